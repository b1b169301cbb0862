//! What estimates are added up in: points and hours are; of sizes, and where nothing is estimated,
//! items are counted.

use crate::db::Conn;
use crate::kernel::{Id, Result};
use crate::people::policies;

/// What sums of a team's work are told in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    Points,
    Hours,
    Items,
}

impl Unit {
    /// The unit of what a policy says estimates are made in, or of a word as it was kept.
    pub fn of(estimates: &str) -> Self {
        match estimates {
            "points" => Self::Points,
            "hours" => Self::Hours,
            _ => Self::Items,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Points => "points",
            Self::Hours => "hours",
            Self::Items => "items",
        }
    }

    /// The amount of work: the sum of its estimates, or how many items it is.
    pub fn amount(self, estimates: f64, items: i64) -> f64 {
        // A sum over nothing is a negative zero.
        if self == Self::Items { items as f64 } else { estimates + 0.0 }
    }
}

/// The unit of a team, or of a product where no team is meant.
pub fn unit(conn: &mut Conn, ws: i64, product: Id, team: Option<Id>) -> Result<Unit> {
    Ok(Unit::of(&policies::workflow(conn, ws, product, team)?.estimates))
}

/// The unit of all work on a product, and nothing where its teams estimate in different ones.
pub fn of_product(conn: &mut Conn, ws: i64, product: Id) -> Result<Option<Unit>> {
    let teams = policies::teams_on(conn, ws, product)?;
    // Once teams have policies of their own, theirs say how the work is estimated.
    if teams.is_empty() {
        return Ok(Some(unit(conn, ws, product, None)?));
    }
    let mut units = Vec::new();
    for (team, _) in teams {
        units.push(unit(conn, ws, product, Some(team))?);
    }
    units.dedup();
    Ok(units.first().copied().filter(|_| units.len() == 1))
}

/// The word for sums of estimates of this unit, at the beginning of a heading; nothing where items are
/// counted.
pub fn heading(unit: Option<Unit>) -> Option<&'static str> {
    match unit {
        Some(Unit::Points) => Some("Points"),
        Some(Unit::Hours) => Some("Hours"),
        Some(Unit::Items) => None,
        None => Some("Estimates"),
    }
}

#[cfg(test)]
mod tests {
    use super::Unit;

    #[test]
    fn sizes_are_counted_and_points_and_hours_added_up() {
        let amounts = ["points", "hours", "sizes", "none"].map(|e| Unit::of(e).amount(13.0, 4));
        assert_eq!(amounts, [13.0, 13.0, 4.0, 4.0]);
        let words = ["points", "hours", "items"];
        assert!(words.iter().all(|word| Unit::of(word).word() == *word), "a kept word reads back");
    }
}
