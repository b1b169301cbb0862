//! Suggested story points against those the teams gave.

use std::path::Path;

use crate::figure::Figure;

/// The figures of this part of the data.
pub fn measure(_folder: &Path) -> anyhow::Result<Vec<Figure>> {
    Ok(Vec::new())
}
