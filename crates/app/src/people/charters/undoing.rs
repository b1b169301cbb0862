//! What undo may do to charters: what was signed stays as it was signed, and what held stays history.

use super::ground::signatures;
use super::records::{Charter, Handover, Signature};
use crate::kernel::{Day, Error, Id, Result};
use crate::store::{Change, Indexed, load};

impl Indexed for Charter {
    fn product(&self) -> Option<Id> {
        self.product_id
    }
    fn part(&self) -> Option<Id> {
        self.part_id
    }
    fn team(&self) -> Option<Id> {
        self.team_id
    }
    fn settled(&self, field: &str) -> Option<&'static str> {
        // When it is looked at again is no part of what was signed.
        (!self.is_draft() && field != "review_on").then_some(
            "An agreed charter stays as it was signed. Revise it: that begins a new draft.",
        )
    }
    fn undoing(&self, after: Option<&mut Self>, change: &mut Change<'_>) -> Result<()> {
        let today = change.now.day();
        let Some(after) = after else { return self.check_draft() };
        match (self.state.as_str(), after.state.as_str()) {
            ("draft", "draft") => self.unsign(after, change),
            (was, is) if was == is => Ok(()),
            // Agreeing is taken back on the day of it, with all that it did.
            ("agreed", "draft") if self.agreed_on == Some(today) => Ok(()),
            ("superseded", "agreed") if self.superseded_on == Some(today) => Ok(()),
            ("draft", _) => {
                Err(Error::refused("Only signatures make a charter hold. Sign it again."))
            }
            _ => Err(Error::refused(
                "This charter was in force since that day, which is history now. Revise it: that begins a new draft.",
            )),
        }
    }
}

impl Charter {
    fn check_draft(&self) -> Result<()> {
        if self.is_draft() {
            return Ok(());
        }
        Err(Error::refused(
            "A charter that was agreed is kept. Revise it: that begins a new draft.",
        ))
    }

    /// What was signed was another text, so signatures are taken back.
    fn unsign(&self, after: &Self, change: &mut Change<'_>) -> Result<()> {
        if self.matrix == after.matrix {
            return Ok(());
        }
        let workspace = change.workspace();
        for signed in signatures(change.conn(), workspace, self.id)? {
            change.bin(&signed)?;
        }
        Ok(())
    }
}

impl Indexed for Signature {
    fn product(&self) -> Option<Id> {
        self.product_id
    }
    fn team(&self) -> Option<Id> {
        self.team_id
    }
    fn undoing(&self, after: Option<&mut Self>, change: &mut Change<'_>) -> Result<()> {
        let workspace = change.workspace();
        let charter = load::<Charter>(change.conn(), workspace, self.charter_id)?;
        match after {
            // Whoever has signed does it again where the text is another one than they signed.
            Some(after) => {
                after.gone_at = self.gone_at;
                Ok(())
            }
            None => charter.map_or(Ok(()), |c| c.check_draft()),
        }
    }
}

impl Indexed for Handover {
    fn product(&self) -> Option<Id> {
        self.product_id
    }
    fn part(&self) -> Option<Id> {
        self.part_id
    }
    fn team(&self) -> Option<Id> {
        self.team_id
    }
    fn undoing(&self, after: Option<&mut Self>, change: &mut Change<'_>) -> Result<()> {
        let today = change.now.day();
        let over = |last: Day| last < today.plus_days(-1);
        let held = match after {
            None => self.from_day < today,
            Some(_) => self.until_day.is_some_and(over),
        };
        if held {
            return Err(Error::refused(
                "It has held already, and who did what under it is history. End it, or hand over anew.",
            ));
        }
        Ok(())
    }
}
