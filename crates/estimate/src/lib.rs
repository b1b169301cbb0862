//! Suggests story points from a team's own finished stories.
