//! Handing over one responsibility: scoped, dated, in effect at once. The charter stays as it was
//! signed; what somebody did under it stays theirs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asking::person;
use super::ground;
use super::matrix::{Line, accountable};
use super::records::{Handover, ScopeKind};
use super::standing::Holding;
use crate::db::Conn;
use crate::kernel::{Access, Actor, Day, Error, Id, Result, Role};
use crate::new_row;
use crate::people::members;
use crate::people::notify::{self, About, Notice};
use crate::people::products::check_text;
use crate::people::responsibilities;
use crate::store::{Action, Change, Meta, Place, Query, Reader, Record, load, load_many};

/// A hand-over as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct HandoverView {
    pub id: Id,
    pub responsibility: i64,
    pub responsibility_name: String,
    /// `product`, `part` or `team`, and its name.
    pub scope: String,
    pub scope_name: String,
    pub from: Id,
    pub from_name: String,
    pub to: Id,
    pub to_name: String,
    pub from_day: Day,
    pub until_day: Option<Day>,
    pub reason: String,
    /// `coming`, `holds` or `ended`.
    pub state: String,
}

fn view(
    conn: &mut Conn,
    workspace: i64,
    handover: &Handover,
    scope_name: &str,
    today: Day,
) -> Result<HandoverView> {
    let one = std::slice::from_ref(handover);
    views(conn, workspace, one, scope_name, today)?.pop().ok_or(Error::NotFound("hand-over"))
}

/// Hand-overs of a scope as they are shown: what they name is looked up once for all.
fn views(
    conn: &mut Conn,
    workspace: i64,
    all: &[Handover],
    scope_name: &str,
    today: Day,
) -> Result<Vec<HandoverView>> {
    let people = all.iter().flat_map(|h| [h.from_id, h.to_id]);
    let people = load_many::<members::Person>(conn, workspace, people, None)?;
    let names = responsibilities::names(conn, workspace)?;
    let shown = |h: &Handover| {
        let name = |id: Id| people.get(&id).map(|p| p.name.clone()).unwrap_or_default();
        let number = u8::try_from(h.responsibility).unwrap_or_default();
        let called = names.get(&number).cloned().unwrap_or_default();
        told(h, scope_name, today, called, (name(h.from_id), name(h.to_id)))
    };
    Ok(all.iter().map(shown).collect())
}

fn told(
    handover: &Handover,
    scope_name: &str,
    today: Day,
    responsibility_name: String,
    (from_name, to_name): (String, String),
) -> HandoverView {
    let state = match (handover.from_day > today, handover.until_day) {
        (true, _) => "coming",
        (false, Some(until)) if until < today => "ended",
        _ => "holds",
    };
    HandoverView {
        id: handover.id,
        responsibility: handover.responsibility,
        responsibility_name,
        scope: handover.scope.clone(),
        scope_name: scope_name.to_owned(),
        from: handover.from_id,
        from_name,
        to: handover.to_id,
        to_name,
        from_day: handover.from_day,
        until_day: handover.until_day,
        reason: handover.reason.clone(),
        state: state.to_owned(),
    }
}

/// Hand one responsibility over to somebody, from a day on and, if it comes back, until a day.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct HandOver {
    /// A product's key; nothing for a team.
    pub product: Option<String>,
    /// A part's id or name, within the product.
    pub part: Option<String>,
    /// A team's id or name.
    pub team: Option<String>,
    pub responsibility: i64,
    /// Who has it: a person's id or name. Left out, it is you where you answer for it or do it, and for
    /// an admin whoever answers for it.
    pub from: Option<String>,
    /// Who takes it: a person's id or name.
    pub to: String,
    /// Today, if left out.
    pub from_day: Option<Day>,
    /// The last day; it stays with them if left out.
    pub until_day: Option<Day>,
    pub why: String,
}

impl Action for HandOver {
    type Output = HandoverView;
    const META: Meta = Meta::action(
        "hand-over",
        "Hand one responsibility over to somebody, from a day on",
        "POST",
        "/handovers",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<HandoverView> {
        let (actor, today) = (cx.actor.clone(), cx.now.day());
        let workspace = actor.workspace;
        let (product, part, team) =
            (self.product.as_deref(), self.part.as_deref(), self.team.as_deref());
        let ground = ground::ground(cx.conn(), &actor, product, part, team, Access::Write)?;
        let known = responsibilities::known(cx.conn(), workspace, self.responsibility)?;
        let from_day = self.from_day.unwrap_or(today);
        let line = line(cx, &ground.place, known.number, from_day)?;
        let from = match self.from.as_deref().filter(|f| !f.trim().is_empty()) {
            Some(name) => person(cx.conn(), workspace, "from", name)?,
            None => {
                let holder = holder(&actor, &line).to_string();
                person(cx.conn(), workspace, "from", &holder)?
            }
        };
        if self.to.trim().is_empty() {
            return Err(Error::invalid("to", "Say who takes it."));
        }
        let to = person(cx.conn(), workspace, "to", &self.to)?;
        check_taker(&to)?;
        check_days(from_day, self.until_day, today)?;
        if from.id == to.id {
            return Err(Error::invalid(
                "to",
                "It would go from somebody to themselves. Choose whose it is under “From”, and who takes it.",
            ));
        }
        if from.id != actor.person && actor.role < Role::Admin {
            return Err(Error::Forbidden(format!(
                "What is {}'s is theirs to hand over. Ask them, or an admin while they are away.",
                from.name
            )));
        }
        if !line.get(&from.id).is_some_and(|letter| letter.acts()) {
            let message = format!(
                "{} neither answers for “{}” in {} nor is responsible for it by an agreed charter, so there is nothing to hand over.",
                from.name, known.name, ground.name
            );
            return Err(Error::invalid("from", message));
        };
        let row = new_row!(
            cx,
            Handover {
                responsibility: self.responsibility,
                scope: ground.scope.as_str().to_owned(),
                scope_id: ground.id,
                product_id: ground.place.product,
                part_id: ground.place.part,
                team_id: ground.place.team,
                from_id: from.id,
                to_id: to.id,
                from_day: from_day,
                until_day: self.until_day,
                reason: check_text("why", self.why.trim())?,
            }
        );
        cx.insert(&row)?;
        tell_taker(cx, &row, "handed-over")?;
        view(cx.conn(), workspace, &row, &ground.name, today)
    }
}

/// Tells whoever takes it, or has it taken back, of it.
fn tell_taker(cx: &mut Change<'_>, handover: &Handover, word: &str) -> Result<()> {
    let product = handover.product_id.unwrap_or(Actor::NOBODY);
    if notify::hears(cx, handover.to_id, Notice::HandedOver, product)? {
        let about = About { kind: Handover::KIND, object: handover.id, product, comment: None };
        notify::tell(cx, handover.to_id, Notice::HandedOver, about, Some(word))?;
    }
    Ok(())
}

/// Whoever takes it has to be able to do it: access follows the hand-over, and a guest only proposes.
fn check_taker(to: &members::Person) -> Result<()> {
    let problem = if !to.active {
        "cannot sign in"
    } else if to.role == Role::Guest.as_str() {
        "is a guest, who only proposes"
    } else {
        return Ok(());
    };
    let message = format!("{} {problem}, so nothing can be handed over to them.", to.name);
    Err(Error::invalid("to", message))
}

fn check_days(from: Day, until: Option<Day>, today: Day) -> Result<()> {
    if from < today {
        let message = "What was done is history: hand over from today on, or from a later day.";
        return Err(Error::invalid("from_day", message));
    }
    if until.is_some_and(|until| until < from) {
        return Err(Error::invalid("until_day", "The last day comes before the first one."));
    }
    Ok(())
}

/// Who is what for it there on that day.
fn line(cx: &mut Change<'_>, place: &Place, number: u8, day: Day) -> Result<Line> {
    let workspace = cx.workspace();
    Ok(Holding::at(cx.conn(), workspace, place, day)?.resolve(number).line)
}

/// Whose it is to hand over where nobody is named: an admin hands over what somebody answers for,
/// everybody else what is theirs.
fn holder(actor: &Actor, line: &Line) -> Id {
    let own = line.get(&actor.person).is_some_and(|letter| letter.acts());
    let answers = accountable(line);
    let theirs = answers.filter(|_| !own || actor.role >= Role::Admin);
    theirs.unwrap_or(actor.person)
}

/// Take a hand-over back; from today on it is with whoever had it.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct EndHandover {
    pub handover: Id,
}

impl Action for EndHandover {
    type Output = HandoverView;
    const META: Meta = Meta::action(
        "end-handover",
        "Take a hand-over back; from today on it is with whoever had it",
        "POST",
        "/handovers/{handover}/end",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<HandoverView> {
        let (actor, today) = (cx.actor.clone(), cx.now.day());
        let before: Handover = cx.get(self.handover, "hand-over")?;
        let place = place_of(&before);
        let ground =
            ground::ground_of(cx.conn(), &actor, place, Access::Write).map_err(|e| match e {
                Error::NotFound(_) => Error::NotFound("hand-over"),
                other => other,
            })?;
        let theirs = [before.from_id, before.to_id].contains(&actor.person);
        if !theirs && actor.role < Role::Admin {
            return Err(Error::Forbidden(
                "Only who handed it over, who took it, or an admin takes it back.".into(),
            ));
        }
        let mut after = before.clone();
        after.until_day = Some(today.plus_days(-1).max(before.from_day.plus_days(-1)));
        if before.until_day.is_none_or(|until| until >= today) {
            cx.update(&before, &mut after)?;
            tell_taker(cx, &after, "taken-back")?;
        }
        view(cx.conn(), actor.workspace, &after, &ground.name, today)
    }
}

/// A hand-over in a line, and where it is looked at.
pub struct HandoverTold {
    /// As “Vision of Southway Tickets”.
    pub title: String,
    /// The address of its page, without the first stroke.
    pub page: String,
    pub reason: String,
}

/// A hand-over as whoever it concerns is told of it; nothing where it is not theirs to see.
pub fn handover_told(cx: &mut Reader<'_>, id: Id) -> Result<Option<HandoverTold>> {
    let ws = cx.actor.workspace;
    let Some(handover) = load::<Handover>(cx.conn, ws, id)? else { return Ok(None) };
    let ground = match ground::ground_of(cx.conn, cx.actor, place_of(&handover), Access::Read) {
        Err(Error::NotFound(_)) => return Ok(None),
        other => other?,
    };
    let number = u8::try_from(handover.responsibility).unwrap_or_default();
    let name = responsibilities::names(cx.conn, ws)?.remove(&number).unwrap_or_default();
    let query = serde_urlencoded::to_string(ground.pairs()).map_err(Error::internal)?;
    Ok(Some(HandoverTold {
        title: format!("“{name}” of {}", ground.name),
        page: format!("handovers?{query}"),
        reason: handover.reason,
    }))
}

fn place_of(handover: &Handover) -> Place {
    let team = handover.team_id.filter(|_| handover.scope == ScopeKind::Team.as_str());
    Place { product: handover.product_id, part: handover.part_id, team }
}

/// List what was handed over in a product, a part of one, or a team, the newest first.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListHandovers {
    pub product: Option<String>,
    pub part: Option<String>,
    pub team: Option<String>,
}

impl Query for ListHandovers {
    type Output = Vec<HandoverView>;
    const META: Meta = Meta::query(
        "list-handovers",
        "List what was handed over in a product, a part of one, or a team",
        "/handovers",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<HandoverView>> {
        let (product, part, team) =
            (self.product.as_deref(), self.part.as_deref(), self.team.as_deref());
        let ground = ground::ground(cx.conn, cx.actor, product, part, team, Access::Read)?;
        let (workspace, today) = (cx.actor.workspace, cx.now.day());
        let rows = ground::handovers_of(cx.conn, workspace, ground.id)?;
        views(cx.conn, workspace, &rows, &ground.name, today)
    }
}
