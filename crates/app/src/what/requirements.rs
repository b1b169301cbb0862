//! Requirements: what somebody asks for, with the conversation it comes from and what became of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Actor, Error, Id, Result};
use crate::people::nouns::{
    View, after_id, any_by_key, by_key, one_of, put, put_text, put_title, referred,
};
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Meta, load};
use crate::why::stakeholders::Stakeholder;
use crate::{get_query, list_query, new_row, noun, record, selects};

record! {
    /// What somebody asks for.
    pub struct Requirement in "requirement", versioned: true {
        pub product_id: Id,
        pub key: String,
        pub title: String,
        pub body: String,
        /// The person or document that it comes from.
        pub source: String,
        pub stakeholder_id: Option<Id>,
        /// What was said to and fro about it; empty for one that was only handed down.
        pub conversation: String,
        /// `open`, `taken-up` or `declined`.
        pub state: String,
        pub reason: String,
        pub became_id: Option<Id>,
        pub author_id: Option<Id>,
    }
}

noun! { Requirement is "requirement", text: |r| format!("{}\n\n{}", r.body, r.conversation), proposes: |_r| true }

selects! {
    PAGE: Requirement = "requirement", "product_id = $2 AND gone_at IS NULL AND id < $3 ORDER BY id DESC LIMIT $4";
    BECAME: Requirement = "requirement", "became_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 100";
}

/// A requirement as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct RequirementView {
    pub key: String,
    pub title: String,
    pub body: String,
    pub source: String,
    pub stakeholder: Option<String>,
    pub conversation: String,
    pub state: String,
    pub reason: String,
    /// The key of the item that it became, for those who see that.
    pub became: Option<String>,
    pub revision: i64,
}

impl View<Requirement> for RequirementView {
    fn of(conn: &mut Conn, actor: &Actor, r: &Requirement) -> Result<Self> {
        let ws = actor.workspace;
        let stakeholder = match r.stakeholder_id {
            Some(id) => load::<Stakeholder>(conn, ws, id)?.map(|s| s.name),
            None => None,
        };
        let became = match r.became_id {
            Some(id) => referred(conn, actor, id)?.map(|item| item.key),
            None => None,
        };
        Ok(Self {
            key: r.key.clone(),
            title: r.title.clone(),
            body: r.body.clone(),
            source: r.source.clone(),
            stakeholder,
            conversation: r.conversation.clone(),
            state: r.state.clone(),
            reason: r.reason.clone(),
            became,
            revision: r.revision,
        })
    }
}

/// The requirements that became a record.
pub fn behind(conn: &mut Conn, ws: i64, id: Id) -> Result<Vec<Requirement>> {
    BECAME.all(conn, ws, &[id.into()])
}

/// Write down what somebody asks for, with the conversation it comes from.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AddRequirement {
    pub product: String,
    pub title: String,
    /// Markdown.
    pub body: String,
    /// The person or document that it comes from.
    pub source: String,
    /// The id of a stakeholder on the map.
    pub stakeholder: Option<Id>,
    /// What was said to and fro: their words, your questions, their answers.
    pub conversation: String,
}

impl Action for AddRequirement {
    type Output = RequirementView;
    const META: Meta = Meta::action(
        "add-requirement",
        "Write down what somebody asks for, with the conversation it comes from",
        "POST",
        "/requirements",
    )
    .access(Access::Propose)
    .exercises(&[26]);

    fn run(&self, cx: &mut Change<'_>) -> Result<RequirementView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Propose)?;
        if let Some(id) = self.stakeholder {
            let who: Stakeholder = cx.get(id, "stakeholder")?;
            if who.product_id != product.id {
                return Err(Error::NotFound("stakeholder"));
            }
        }
        let title = check_title("title", &self.title)?;
        if self.source.trim().is_empty() && self.stakeholder.is_none() {
            return Err(Error::invalid("source", "Name the person or document that asks for it."));
        }
        let key = products::next_key(cx, &product)?;
        let requirement = new_row!(
            cx,
            Requirement {
                product_id: product.id,
                key: key,
                title: title,
                body: check_text("body", &self.body)?,
                source: self.source.trim().to_owned(),
                stakeholder_id: self.stakeholder,
                conversation: check_text("conversation", self.conversation.trim())?,
                state: "open".to_owned(),
                reason: String::new(),
                became_id: None,
                author_id: Some(actor.person),
            }
        );
        cx.insert(&requirement)?;
        RequirementView::of(cx.conn(), &actor, &requirement)
    }
}

/// Edit what you name of a requirement; the rest stays.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditRequirement {
    pub key: String,
    pub revision: Option<i64>,
    pub title: Option<String>,
    pub body: Option<String>,
    pub source: Option<String>,
    pub conversation: Option<String>,
}

impl Action for EditRequirement {
    type Output = RequirementView;
    const META: Meta = Meta::action(
        "edit-requirement",
        "Edit what you name of a requirement; the rest stays",
        "PATCH",
        "/requirements/{key}",
    )
    .exercises(&[26]);

    fn run(&self, cx: &mut Change<'_>) -> Result<RequirementView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Requirement>(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut after = before.clone();
        put_title(&mut after.title, self.title.as_ref())?;
        put_text(&mut after.body, "body", self.body.as_ref())?;
        put(&mut after.source, self.source.as_ref());
        put_text(&mut after.conversation, "conversation", self.conversation.as_ref())?;
        let after = cx.edit(&before, after, self.revision)?;
        RequirementView::of(cx.conn(), &actor, &after)
    }
}

/// Take a requirement up as an item, or decline it with the reason.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SettleRequirement {
    pub key: String,
    /// `taken-up`, `declined`, or `open` to reopen it.
    pub state: String,
    /// The key of the item that it became; needed to take it up.
    pub became: Option<String>,
    /// Why; needed to decline and to reopen.
    pub because: String,
}

impl Action for SettleRequirement {
    type Output = RequirementView;
    const META: Meta = Meta::action(
        "settle-requirement",
        "Take a requirement up as an item, or decline it with the reason",
        "POST",
        "/requirements/{key}/settle",
    )
    .exercises(&[26]);

    fn run(&self, cx: &mut Change<'_>) -> Result<RequirementView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Requirement>(cx.conn(), &actor, &self.key, Access::Write)?;
        let words = ["taken-up", "declined", "open"];
        let state = one_of("state", Some(&self.state), "", &words)?;
        let because = check_text("because", self.because.trim())?;
        let became = self.became.as_deref().map(str::trim).filter(|k| !k.is_empty());
        let mut after = before.clone();
        after.became_id = match (&*state, became) {
            ("taken-up", Some(key)) => Some(any_by_key(cx.conn(), &actor, key, Access::Read)?.id),
            ("taken-up", None) => {
                return Err(Error::invalid("became", "Name the key of the item that it became."));
            }
            _ => None,
        };
        if because.is_empty() && state != "taken-up" {
            return Err(Error::invalid("because", "Say why, in a sentence: they will ask."));
        }
        (after.state, after.reason) = (state, because);
        cx.update(&before, &mut after)?;
        RequirementView::of(cx.conn(), &actor, &after)
    }
}

get_query! { GetRequirement = "get-requirement", "Show one requirement", "/requirements/{key}": Requirement as RequirementView }

list_query! {
    ListRequirements = "list-requirements", "List a product's requirements, newest first", "/requirements":
    PAGE as RequirementView, 100 a page,
    after: |id| after_id(id, uuid::Uuid::max())?, place: |r| r.id.to_string()
}
