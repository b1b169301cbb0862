//! Agreeing: a draft holds once everybody who does something by it has signed, and takes the place
//! of the one before.

use schemars::JsonSchema;
use serde::Deserialize;

use super::drafting::draft;
use super::ground;
use super::records::{Charter, Signature};
use super::views::{CharterView, view};
use crate::kernel::{Day, Error, Id, Result};
use crate::new_row;
use crate::people::members::Person;
use crate::people::one_time;
use crate::people::tokens::Ended;
use crate::store::{Action, Change, Meta, load};

/// Whoever has to sign a draft and has not: all who are accountable or responsible and can sign in,
/// or will when they follow their invitation.
pub(super) fn waiting(
    conn: &mut crate::db::Conn,
    workspace: i64,
    charter: &Charter,
    today: Day,
) -> Result<Vec<Person>> {
    let invited = one_time::invited(conn, workspace, today.start())?;
    let signed = ground::signatures(conn, workspace, charter.id)?;
    let mut waiting = Vec::new();
    for id in charter.matrix.takers() {
        if signed.iter().any(|s| s.person_id == id) {
            continue;
        }
        waiting.extend(
            load::<Person>(conn, workspace, id)?.filter(|p| p.active || invited.contains(&p.id)),
        );
    }
    waiting.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(waiting)
}

/// Sign a draft; with the last signature it holds.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct SignCharter {
    pub charter: Id,
}

impl Action for SignCharter {
    type Output = CharterView;
    const META: Meta = Meta::action(
        "sign-charter",
        "Sign a draft; with the last signature it holds",
        "POST",
        "/charters/{charter}/sign",
    );
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<CharterView> {
        let actor = cx.actor.clone();
        let (before, ground) = draft(cx, self.charter)?;
        if before.matrix.takers().is_empty() {
            return Err(Error::refused(
                "Nobody is accountable or responsible for anything yet. Fill the matrix first.",
            ));
        }
        let today = cx.now.day();
        let waiting_for = waiting(cx.conn(), actor.workspace, &before, today)?;
        // Whoever is only asked or told may sign too; it is not waited for.
        let signed = ground::signatures(cx.conn(), actor.workspace, before.id)?;
        if signed.iter().all(|s| s.person_id != actor.person) {
            let row = new_row!(
                cx,
                Signature {
                    charter_id: before.id,
                    product_id: before.product_id,
                    team_id: before.team_id,
                    person_id: actor.person,
                }
            );
            cx.insert(&row)?;
        }
        let mut after = before.clone();
        if waiting_for.iter().all(|p| p.id == actor.person) {
            agree(cx, &before, &mut after)?;
        }
        view(cx.conn(), &actor, &after, &ground, today)
    }
}

fn agree(cx: &mut Change<'_>, before: &Charter, after: &mut Charter) -> Result<()> {
    let (workspace, today) = (cx.workspace(), cx.now.day());
    for old in ground::of_scope(cx.conn(), workspace, before.scope_id)? {
        if old.state == "agreed" {
            let mut superseded = old.clone();
            "superseded".clone_into(&mut superseded.state);
            superseded.superseded_on = Some(today);
            cx.update(&old, &mut superseded)?;
        }
    }
    // What was handed over for good is written into the new charter, or it is not.
    for handover in ground::handovers_of(cx.conn(), workspace, before.scope_id)? {
        if handover.until_day.is_none() && handover.from_day <= today {
            let mut ended = handover.clone();
            ended.until_day = Some(today.plus_days(-1));
            cx.update(&handover, &mut ended)?;
        }
    }
    "agreed".clone_into(&mut after.state);
    after.agreed_on = Some(today);
    cx.update(before, after)
}

/// Discard a draft.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct DiscardCharter {
    pub charter: Id,
}

impl Action for DiscardCharter {
    type Output = Ended;
    const META: Meta =
        Meta::action("discard-charter", "Discard a draft", "DELETE", "/charters/{charter}");

    fn run(&self, cx: &mut Change<'_>) -> Result<Ended> {
        let (before, _) = draft(cx, self.charter)?;
        cx.bin(&before)?;
        Ok(Ended { ended: true })
    }
}

/// The people whose signature a draft waits for.
pub fn waits_for(
    conn: &mut crate::db::Conn,
    workspace: i64,
    charter: &Charter,
    today: Day,
) -> Result<Vec<Id>> {
    Ok(waiting(conn, workspace, charter, today)?.into_iter().map(|p| p.id).collect())
}
