//! When will these be done, how many by a date: forecasts from what a team has finished.
