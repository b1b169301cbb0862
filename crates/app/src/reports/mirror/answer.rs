//! What somebody does about a line of their mirror: keep it as it is, or adopt what a charter gives
//! to others. Handing over has its own action.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::charters::{
    AddToCharter, CharterView, GetCharter, Letter, ReviseCharter, SetLetter, charter, of_scope,
};
use crate::people::responsibilities;
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, Scope};
use crate::{new_row, record, selects};

/// Days for which something that is kept is not asked about again.
const KEPT: i64 = 90;

record! {
    /// Something in a mirror that its person leaves as it is.
    pub struct MirrorKeep in "mirror_keep", versioned: false {
        pub person_id: Id,
        pub responsibility: i64,
        pub until_day: Day,
    }
}

impl Indexed for MirrorKeep {}

selects! {
    KEEPS: MirrorKeep = "mirror_keep", "person_id = $2 AND until_day >= $3 AND gone_at IS NULL ORDER BY responsibility LIMIT 200";
    OF_RESPONSIBILITY: MirrorKeep = "mirror_keep", "person_id = $2 AND responsibility = $3 AND gone_at IS NULL";
}

/// What somebody keeps as it is, with the last day of it.
pub(super) fn kept(conn: &mut Conn, ws: i64, person: Id, today: Day) -> Result<Vec<(u8, Day)>> {
    let rows = KEEPS.all(conn, ws, &[person.into(), today.into()])?;
    let known = |r: MirrorKeep| Some((u8::try_from(r.responsibility).ok()?, r.until_day));
    Ok(rows.into_iter().filter_map(known).collect())
}

/// Something that is kept as it is.
#[derive(Serialize, JsonSchema, Clone, Debug)]
pub struct Kept {
    pub responsibility: i64,
    pub name: String,
    pub until_day: Day,
}

/// Keep a line of your mirror as it is; it is not asked about for 90 days.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct KeepResponsibility {
    pub responsibility: i64,
}

impl Action for KeepResponsibility {
    type Output = Kept;
    const META: Meta = Meta::action(
        "keep-responsibility",
        "Keep a line of your mirror as it is; it is not asked about for 90 days",
        "POST",
        "/mirror/{responsibility}/keep",
    )
    .access(Access::Propose)
    .scope(Scope::Workspace);
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<Kept> {
        let (ws, person) = (cx.workspace(), cx.actor.person);
        let known = responsibilities::known(cx.conn(), ws, self.responsibility)?;
        let until_day = cx.now.day().plus_days(KEPT);
        let number = i64::from(known.number);
        match OF_RESPONSIBILITY.first(cx.conn(), ws, &[person.into(), number.into()])? {
            Some(before) => {
                let mut after = before.clone();
                after.until_day = until_day;
                cx.edit(&before, after, None)?;
            }
            None => {
                let row = new_row!(
                    cx,
                    MirrorKeep { person_id: person, responsibility: number, until_day: until_day }
                );
                cx.insert(&row)?;
            }
        }
        Ok(Kept { responsibility: number, name: known.name, until_day })
    }
}

/// Adopt what you do while a charter gives it to others: a new draft of that charter has you in it,
/// as responsible beside whoever answers, and holds when all have signed.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct AdoptResponsibility {
    pub responsibility: i64,
    /// The agreed charter that gives it to others.
    pub charter: Id,
}

impl Action for AdoptResponsibility {
    type Output = CharterView;
    const META: Meta = Meta::action(
        "adopt-responsibility",
        "Adopt what you do while a charter gives it to others, in a new draft of that charter",
        "POST",
        "/mirror/{responsibility}/adopt",
    );
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<CharterView> {
        let actor = cx.actor.clone();
        let ws = actor.workspace;
        let known = responsibilities::known(cx.conn(), ws, self.responsibility)?;
        let (agreed, _) = charter(cx.conn(), &actor, self.charter, Access::Write)?;
        if agreed.state != "agreed" {
            return Err(Error::refused(
                "This charter does not hold. Adopt it from the one that does, or change the draft.",
            ));
        }
        let held = agreed.matrix.letter(known.number, actor.person);
        if held.is_some_and(Letter::acts) {
            // It is theirs already.
            return shown(cx, agreed.id);
        }
        let versions = of_scope(cx.conn(), ws, agreed.scope_id)?;
        let view = match versions.iter().find(|c| c.state == "draft") {
            Some(draft) => shown(cx, draft.id)?,
            None => ReviseCharter { charter: agreed.id }.run(cx)?,
        };
        let person = actor.person.to_string();
        if view.people.iter().all(|p| p.id != actor.person) {
            AddToCharter { charter: view.id, person: person.clone(), role: None }.run(cx)?;
        }
        let row = view.rows.iter().find(|r| r.number == known.number);
        if row.and_then(|r| r.letters.get(&person)).is_some_and(|l| l.acts()) {
            return shown(cx, view.id);
        }
        let (letter, responsibility) = ("R".to_owned(), i64::from(known.number));
        SetLetter { charter: view.id, responsibility, person, letter }.run(cx)
    }
}

fn shown(cx: &mut Change<'_>, charter: Id) -> Result<CharterView> {
    let (actor, now) = (cx.actor.clone(), cx.now);
    GetCharter { charter }.run(&mut Reader { conn: cx.conn(), actor: &actor, now })
}
