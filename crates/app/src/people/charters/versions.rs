//! The charters that a scope has had, and what differs from one to the next.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arrangement::Arrangement;
use super::ground;
use super::matrix::Letter;
use crate::kernel::{Access, Day, Id, Result};
use crate::people::responsibilities;
use crate::store::{Meta, Query, Reader};

/// A charter among those of its scope.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct CharterVersion {
    pub id: Id,
    pub number: i64,
    /// `draft`, `agreed` or `superseded`.
    pub state: String,
    pub arrangement: Arrangement,
    pub agreed_on: Option<Day>,
    pub superseded_on: Option<Day>,
}

/// List all charters that a charter's scope has had, the newest first.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListCharterVersions {
    pub charter: Id,
}

impl Query for ListCharterVersions {
    type Output = Vec<CharterVersion>;
    const META: Meta = Meta::query(
        "list-charter-versions",
        "List all charters that a charter's scope has had, the newest first",
        "/charters/{charter}/versions",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<CharterVersion>> {
        let (charter, _) = ground::charter(cx.conn, cx.actor, self.charter, Access::Read)?;
        let all = ground::of_scope(cx.conn, cx.actor.workspace, charter.scope_id)?;
        let version = |c: &super::Charter| CharterVersion {
            id: c.id,
            number: c.number,
            state: c.state.clone(),
            arrangement: c.arrangement(),
            agreed_on: c.agreed_on,
            superseded_on: c.superseded_on,
        };
        Ok(all.iter().map(version).collect())
    }
}

/// One letter that differs between two charters of a scope.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema, Debug)]
pub struct ChangedLetter {
    pub responsibility: u8,
    pub name: String,
    pub person: Id,
    pub person_name: String,
    pub was: Option<Letter>,
    pub is: Option<Letter>,
}

/// Compare a charter with the one before it in its scope, letter by letter.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareCharters {
    pub charter: Id,
}

impl Query for CompareCharters {
    type Output = Vec<ChangedLetter>;
    const META: Meta = Meta::query(
        "compare-charters",
        "Compare a charter with the one before it in its scope",
        "/charters/{charter}/changes",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<ChangedLetter>> {
        let ws = cx.actor.workspace;
        let (charter, _) = ground::charter(cx.conn, cx.actor, self.charter, Access::Read)?;
        let all = ground::of_scope(cx.conn, ws, charter.scope_id)?;
        let before = all.into_iter().find(|c| c.number < charter.number && c.state != "draft");
        let before = before.map(|c| c.matrix).unwrap_or_default();
        let people = crate::people::members::names(cx.conn, ws)?;
        let names = responsibilities::names(cx.conn, ws)?;
        Ok(before
            .differences(&charter.matrix)
            .into_iter()
            .map(|d| ChangedLetter {
                responsibility: d.responsibility,
                name: names.get(&d.responsibility).cloned().unwrap_or_default(),
                person: d.person,
                person_name: people.get(&d.person).cloned().unwrap_or_default(),
                was: d.before,
                is: d.after,
            })
            .collect())
    }
}
