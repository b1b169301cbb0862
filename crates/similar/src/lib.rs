//! Finds texts that say the same, and groups a heap of them into themes.
