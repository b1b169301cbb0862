//! Reads a user story into persona, action, entity and benefit, and points at what weakens it.
