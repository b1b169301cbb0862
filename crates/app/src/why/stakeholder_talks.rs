//! Conversations with stakeholders, logged: what was said, and what was agreed.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::stakeholders::Stakeholder;
use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::members;
use crate::people::nouns::{Page, after_id, cut};
use crate::people::products::{self, check_text};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader};
use crate::{new_row, record, selects, statements};

record! {
    /// A conversation with a stakeholder.
    pub struct StakeholderTalk in "stakeholder_talk", versioned: false {
        pub product_id: Id,
        pub stakeholder_id: Id,
        pub said_on: Day,
        pub notes: String,
        /// What comes of it.
        pub agreed: String,
        pub author_id: Option<Id>,
    }
}

impl Indexed for StakeholderTalk {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

selects! {
    OF: StakeholderTalk = "stakeholder_talk", "stakeholder_id = $2 AND gone_at IS NULL AND id < $3 ORDER BY id DESC LIMIT $4";
}

statements! {
    LAST = "SELECT stakeholder_id, MAX(said_on), COUNT(*) FROM stakeholder_talk WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL GROUP BY stakeholder_id";
}

/// Days after which somebody to be managed closely or kept satisfied has not been spoken with for long.
pub const LONG: i64 = 60;

/// A conversation as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct TalkView {
    pub id: Id,
    pub said_on: Day,
    pub notes: String,
    pub agreed: String,
    /// Who logged it.
    pub by: String,
}

/// The last conversation with each stakeholder of a product, and how many there were.
pub fn last(conn: &mut Conn, ws: i64, product: Id) -> Result<HashMap<Id, (Day, i64)>> {
    let rows = conn.query(&LAST, &[ws.into(), product.into()], |r| {
        Ok((r.get::<Id>(0)?, (r.get::<Day>(1)?, r.get::<i64>(2)?)))
    })?;
    Ok(rows.into_iter().collect())
}

/// Log a conversation with a stakeholder: what was said, and what was agreed.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct LogConversation {
    pub stakeholder: Id,
    /// Today if left out.
    #[serde(default)]
    pub said_on: Option<Day>,
    pub notes: String,
    /// What comes of it.
    #[serde(default)]
    pub agreed: String,
}

/// The stakeholder, if this actor may do `access` in their product.
fn stakeholder(
    conn: &mut Conn,
    actor: &crate::kernel::Actor,
    id: Id,
    access: Access,
) -> Result<Stakeholder> {
    let missing = || Error::NotFound("stakeholder");
    let found = crate::store::load::<Stakeholder>(conn, actor.workspace, id)?;
    let found = found.filter(|s| s.gone_at.is_none()).ok_or_else(missing)?;
    products::product_by_id(conn, actor, found.product_id, access)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok(found)
}

impl Action for LogConversation {
    type Output = TalkView;
    const META: Meta = Meta::action(
        "log-conversation",
        "Log a conversation with a stakeholder: what was said, and what was agreed",
        "POST",
        "/stakeholders/{stakeholder}/conversations",
    )
    .exercises(&[25]);

    fn run(&self, cx: &mut Change<'_>) -> Result<TalkView> {
        let actor = cx.actor.clone();
        let with = stakeholder(cx.conn(), &actor, self.stakeholder, Access::Write)?;
        let notes = check_text("notes", self.notes.trim())?;
        if notes.is_empty() {
            return Err(Error::invalid("notes", "Say what was talked about, in a sentence."));
        }
        let today = cx.happened.day();
        let said_on = self.said_on.unwrap_or(today);
        if said_on > today {
            return Err(Error::invalid("said_on", "A conversation is logged once it was held."));
        }
        let talk = new_row!(
            cx,
            StakeholderTalk {
                product_id: with.product_id,
                stakeholder_id: with.id,
                said_on: said_on,
                notes: notes,
                agreed: check_text("agreed", self.agreed.trim())?,
                author_id: Some(actor.person),
            }
        );
        cx.insert(&talk)?;
        Ok(view(&talk, actor.name))
    }
}

fn view(talk: &StakeholderTalk, by: String) -> TalkView {
    TalkView {
        id: talk.id,
        said_on: talk.said_on,
        notes: talk.notes.clone(),
        agreed: talk.agreed.clone(),
        by,
    }
}

/// List the conversations with a stakeholder, the last logged first.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListConversations {
    pub stakeholder: Id,
    /// What the page before named as `next`.
    #[serde(default)]
    pub after: Option<String>,
    /// 1 to 200; 50 if left out.
    #[serde(default)]
    pub limit: Option<i64>,
}

impl Query for ListConversations {
    type Output = Page<TalkView>;
    const META: Meta = Meta::query(
        "list-conversations",
        "List the conversations with a stakeholder, the last logged first",
        "/stakeholders/{stakeholder}/conversations",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Page<TalkView>> {
        let with = stakeholder(cx.conn, cx.actor, self.stakeholder, Access::Read)?;
        let limit = self.limit.unwrap_or(50).clamp(1, 200);
        let after = after_id(self.after.as_deref(), uuid::Uuid::max())?;
        let values = [with.id.into(), after, (limit + 1).into()];
        let rows = OF.all(cx.conn, cx.actor.workspace, &values)?;
        let (rows, next) = cut(rows, limit, |talk| talk.id.to_string());
        let names = members::names(cx.conn, cx.actor.workspace)?;
        let name = |id: Option<Id>| id.and_then(|id| names.get(&id).cloned()).unwrap_or_default();
        Ok(Page { items: rows.iter().map(|t| view(t, name(t.author_id))).collect(), next })
    }
}
