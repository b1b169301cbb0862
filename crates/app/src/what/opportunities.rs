//! Opportunities: problems that may be worth solving. Whether and in which order are two records:
//! the verdict with its reason, and the rank.

use schemars::JsonSchema;
use serde::Deserialize;

use super::order::{Departure, departure};
use super::ranking::THINGS;
use crate::kernel::{Access, Day, Error, Id, Patch, Result, patch, rank};
use crate::people::notify::{self, About, Notice};
use crate::people::nouns::{by_key, one_of, put_text, put_title};
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Meta, Record};
use crate::{get_query, list_query, new_row, noun, record, selects, statements, view};

record! {
    /// A problem that may be worth solving.
    pub struct Opportunity in "opportunity", versioned: true {
        pub product_id: Id,
        pub key: String,
        /// The problem, in one line.
        pub title: String,
        pub body: String,
        pub state: String,
        pub verdict_reason: String,
        pub rank: String,
        /// Why it stands where it stands, although a score puts it elsewhere.
        pub rank_reason: String,
        pub owner_id: Option<Id>,
        /// "No why yet", honest until this day.
        pub no_why_until: Option<Day>,
    }
}

noun! { Opportunity is "opportunity", text: |o| o.body.clone(), proposes: |_o| true }

/// From open to solved or abandoned; what was turned down reopens with a reason.
const STATES: [&str; 9] = [
    "open",
    "assessing",
    "worth-solving",
    "not-now",
    "rejected",
    "in-discovery",
    "solving",
    "solved",
    "abandoned",
];
/// States that are a verdict and ask for its reason.
const VERDICTS: [&str; 4] = ["worth-solving", "not-now", "rejected", "abandoned"];

statements! {
    LAST_RANK = "SELECT rank FROM opportunity WHERE workspace_id = $1 AND product_id = $2 ORDER BY rank DESC LIMIT 1";
    RANK_BEFORE = "SELECT rank FROM opportunity WHERE workspace_id = $1 AND product_id = $2 AND rank < $3 ORDER BY rank DESC LIMIT 1";
}

selects! {
    PAGE: Opportunity = "opportunity", "product_id = $2 AND gone_at IS NULL AND rank > $3 ORDER BY rank LIMIT $4";
}

view! {
    /// An opportunity as programs and pages see it.
    pub struct OpportunityView of Opportunity {
        pub key: String,
        pub title: String,
        pub body: String,
        pub state: String,
        pub verdict_reason: String,
        pub rank: String,
        /// Why it stands where it stands, although a score puts it elsewhere.
        pub rank_reason: String,
        pub no_why_until: Option<Day>,
        pub revision: i64,
    }
}

/// Frame a problem that may be worth solving.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct FrameOpportunity {
    pub product: String,
    /// The problem, in one line.
    pub title: String,
    /// Markdown.
    pub body: String,
}

impl Action for FrameOpportunity {
    type Output = OpportunityView;
    const META: Meta = Meta::action(
        "frame-opportunity",
        "Frame a problem that may be worth solving",
        "POST",
        "/opportunities",
    )
    .access(Access::Propose)
    .exercises(&[13]);

    fn run(&self, cx: &mut Change<'_>) -> Result<OpportunityView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Propose)?;
        let title = check_title("title", &self.title)?;
        let key = products::next_key(cx, &product)?;
        let values = [actor.workspace.into(), product.id.into()];
        let last: Option<String> = cx.conn().query_opt(&LAST_RANK, &values, |r| r.get(0))?;
        let opportunity = new_row!(
            cx,
            Opportunity {
                product_id: product.id,
                key: key,
                title: title,
                body: check_text("body", &self.body)?,
                state: "open".to_owned(),
                verdict_reason: String::new(),
                rank: rank::between(last.as_deref(), None)?,
                rank_reason: String::new(),
                owner_id: Some(actor.person),
                no_why_until: None,
            }
        );
        cx.insert(&opportunity)?;
        Ok((&opportunity).into())
    }
}

/// Edit what you name of an opportunity; the rest stays.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditOpportunity {
    pub key: String,
    pub revision: Option<i64>,
    pub title: Option<String>,
    pub body: Option<String>,
    #[serde(deserialize_with = "patch")]
    pub no_why_until: Patch<Day>,
}

impl Action for EditOpportunity {
    type Output = OpportunityView;
    const META: Meta = Meta::action(
        "edit-opportunity",
        "Edit what you name of an opportunity; the rest stays",
        "PATCH",
        "/opportunities/{key}",
    )
    .exercises(&[13]);

    fn run(&self, cx: &mut Change<'_>) -> Result<OpportunityView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Opportunity>(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut after = before.clone();
        put_title(&mut after.title, self.title.as_ref())?;
        put_text(&mut after.body, "body", self.body.as_ref())?;
        if let Some(day) = self.no_why_until.filter(|day| *day != before.no_why_until) {
            let today = cx.happened.day();
            after.no_why_until = day.map(|day| day.ahead("no_why_until", today)).transpose()?;
        }
        Ok((&cx.edit(&before, after, self.revision)?).into())
    }
}

/// Decide whether a problem is worth solving, or say how far it has come.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct DecideOpportunity {
    pub key: String,
    /// `open`, `assessing`, `worth-solving`, `not-now`, `rejected`, `in-discovery`, `solving`, `solved` or `abandoned`.
    pub state: String,
    /// Why; needed for a verdict and for reopening.
    pub because: String,
}

impl Action for DecideOpportunity {
    type Output = OpportunityView;
    const META: Meta = Meta::action(
        "decide-opportunity",
        "Decide whether a problem is worth solving, or say how far it has come",
        "POST",
        "/opportunities/{key}/verdict",
    )
    .exercises(&[14]);

    fn run(&self, cx: &mut Change<'_>) -> Result<OpportunityView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<Opportunity>(cx.conn(), &actor, &self.key, Access::Write)?;
        let state = one_of("state", Some(&self.state), &before.state, &STATES)?;
        let because = check_text("because", self.because.trim())?;
        let closed = ["not-now", "rejected", "solved", "abandoned"];
        let reopens = closed.contains(&before.state.as_str()) && !closed.contains(&state.as_str());
        if because.is_empty() && (VERDICTS.contains(&state.as_str()) || reopens) {
            return Err(Error::invalid("because", "Say why, in a sentence: others will ask."));
        }
        // What was turned down comes back first: nobody solved it meanwhile unseen.
        let over = |state: &str| ["solved", "abandoned"].contains(&state);
        let closes_again = closed.contains(&before.state.as_str())
            && closed.contains(&state.as_str())
            && (over(&before.state) || over(&state));
        if closes_again && state != before.state {
            let was = before.state.replace('-', " ");
            return Err(Error::refused(format!(
                "{} is {was}. Reopen it first, with a reason: as open, assessing or worth solving.",
                before.key
            )));
        }
        let mut after = before.clone();
        after.state = state;
        if !because.is_empty() {
            after.verdict_reason = because;
        }
        cx.update(&before, &mut after)?;
        if after.state != before.state {
            tell_framer(cx, &after, &after.state)?;
        }
        Ok((&after).into())
    }
}

/// Tells whoever framed a problem what became of it.
pub(super) fn tell_framer(cx: &mut Change<'_>, o: &Opportunity, word: &str) -> Result<()> {
    let Some(framer) = o.owner_id else { return Ok(()) };
    if notify::hears(cx, framer, Notice::Decided, o.product_id)? {
        let about =
            About { kind: Opportunity::KIND, object: o.id, product: o.product_id, comment: None };
        notify::tell(cx, framer, Notice::Decided, about, Some(word))?;
    }
    Ok(())
}

/// Move an opportunity directly before another, or to the end.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct MoveOpportunity {
    pub key: String,
    pub before: Option<String>,
    /// Why it belongs there, where a score puts it elsewhere; kept with the opportunity. A `reason`
    /// says the same.
    pub because: Option<String>,
}

/// An opportunity at its new place.
#[derive(serde::Serialize, JsonSchema, Clone)]
pub struct MovedOpportunity {
    #[serde(flatten)]
    pub opportunity: OpportunityView,
    /// That it is ranked before anybody judged whether it is worth solving.
    pub warning: Option<String>,
    /// Where it stands against its score, if it departs from it and nobody said why.
    pub departs: Option<String>,
}

/// What is said where something is ranked that nobody has judged: two records, and this is the second.
fn unjudged(o: &Opportunity) -> Option<String> {
    ["open", "assessing"].contains(&o.state.as_str()).then(|| {
        format!(
            "{} is ranked before it was judged: whether it is worth solving comes before which is first.",
            o.key
        )
    })
}

fn moved(o: &Opportunity, against: Option<Departure>) -> MovedOpportunity {
    let unsaid = against.filter(|d| d.departs && o.rank_reason.is_empty());
    MovedOpportunity {
        opportunity: o.into(),
        warning: unjudged(o),
        departs: unsaid.map(|d| d.words()),
    }
}

impl Action for MoveOpportunity {
    type Output = MovedOpportunity;
    const META: Meta = Meta::action(
        "move-opportunity",
        "Move an opportunity directly before another, or to the end",
        "POST",
        "/opportunities/{key}/move",
    )
    .exercises(&[15]);

    fn run(&self, cx: &mut Change<'_>) -> Result<MovedOpportunity> {
        let actor = cx.actor.clone();
        let ws = actor.workspace;
        let (_, product) = by_key::<Opportunity>(cx.conn(), &actor, &self.key, Access::Write)?;
        products::lock_order(cx, product.id)?;
        let (current, _) = by_key::<Opportunity>(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut values = vec![actor.workspace.into(), product.id.into()];
        let target = self.before.as_deref().filter(|k| !k.is_empty());
        let (low, high): (Option<String>, Option<String>) = match target {
            Some(key) => {
                let (next, of) = by_key::<Opportunity>(cx.conn(), &actor, key, Access::Read)?;
                if of.id != product.id {
                    return Err(Error::invalid("before", format!("{key} is in another product.")));
                }
                values.push(next.rank.clone().into());
                (cx.conn().query_opt(&RANK_BEFORE, &values, |r| r.get(0))?, Some(next.rank))
            }
            None => (cx.conn().query_opt(&LAST_RANK, &values, |r| r.get(0))?, None),
        };
        let own = Some(current.rank.as_str());
        if low.as_deref() == own || high.as_deref() == own {
            return Ok(moved(&current, None));
        }
        let mut after = current.clone();
        after.rank = rank::between(low.as_deref(), high.as_deref())?;
        let stood =
            departure(cx.conn(), ws, &product, THINGS[0], (current.id, current.rank.as_str()))?;
        let stands =
            departure(cx.conn(), ws, &product, THINGS[0], (current.id, after.rank.as_str()))?;
        let given = self.because.clone().filter(|b| !b.trim().is_empty());
        match given.or_else(|| cx.reason.clone()) {
            Some(because) => after.rank_reason = check_text("because", because.trim())?,
            // What was said of its place holds on where nothing scores it, or where it departs as before.
            None => {
                if let (Some(stood), Some(stands)) = (&stood, &stands)
                    && !stands.like(stood)
                {
                    after.rank_reason.clear();
                }
            }
        }
        cx.update(&current, &mut after)?;
        Ok(moved(&after, stands))
    }
}

get_query! {
    GetOpportunity = "get-opportunity", "Show one opportunity", "/opportunities/{key}":
    Opportunity as OpportunityView
}

list_query! {
    ListOpportunities = "list-opportunities", "List a product's opportunities in their order",
    "/opportunities": PAGE as OpportunityView, 100 a page,
    after: |rank| rank.unwrap_or_default().into(), place: |o| o.rank.clone()
}
