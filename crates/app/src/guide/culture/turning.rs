//! Which actions turn something over that culture should come before, and what exactly they turned.

use super::records::TitleChange;
use crate::how::switching::{ActivatePolicy, AdoptFramework};
use crate::kernel::{Access, Error, Id, Result};
use crate::people::charters::{
    Charter, ChooseArrangement, DraftCharter, Ground, charter, ground, of_scope,
};
use crate::people::members::{EditPerson, EditTitles, Person};
use crate::people::policies::{self, OVERLAYS, Owner, PRESETS, Policy};
use crate::people::products::{self, Product};
use crate::people::{parts, teams};
use crate::store::{Action, Change, load};

/// What was turned over.
#[derive(Clone, Debug, Default)]
pub struct Turned {
    /// `framework`, `arrangement`, `titles` or `practice`.
    pub kind: &'static str,
    pub product: Option<Product>,
    pub team: Option<Id>,
    pub subject_id: Option<Id>,
    pub subject: String,
    pub was: String,
    pub became: String,
    pub titles: Vec<TitleChange>,
    pub back: Option<Id>,
    pub practice: &'static str,
}

/// An action before which it is asked.
pub trait Turning: Action {
    /// What has to be known before it is done.
    type Before;

    fn look(&self, cx: &mut Change<'_>) -> Result<Self::Before>;

    /// What it turned over, if anything.
    fn turned(&self, cx: &mut Change<'_>, before: Self::Before) -> Result<Option<Turned>>;
}

/// A framework with its overlays, as people read it.
fn framework(policy: &Policy) -> String {
    let known = PRESETS.iter().find(|p| p.name == policy.preset);
    let title = known.map_or(policy.preset.as_str(), |p| p.title).to_owned();
    let over = OVERLAYS.iter().filter(|(word, ..)| policy.overlays.iter().any(|o| o == word));
    over.fold(title, |all, (_, title, _)| format!("{all} + {title}"))
}

/// A product in which a decision about a team is kept: the first one of its parts that one sees.
pub(super) fn product_of_team(cx: &mut Change<'_>, team: Id) -> Result<Option<Product>> {
    let (ws, actor) = (cx.workspace(), cx.actor.clone());
    let seen = products::visible(cx.conn(), &actor)?;
    let parts = parts::of_team(cx.conn(), ws, team)?;
    let own = seen.iter().find(|p| parts.iter().any(|part| part.product_id == p.id));
    Ok(own.or_else(|| seen.iter().find(|p| !p.private)).cloned())
}

fn switched(cx: &mut Change<'_>, owner: Owner, before: Option<Policy>) -> Result<Option<Turned>> {
    let (ws, actor) = (cx.workspace(), cx.actor.clone());
    // The first framework of a team takes the place of nothing.
    let Some(before) = before.filter(|p| p.preset != "plain") else { return Ok(None) };
    let Some(now) = policies::active(cx.conn(), ws, owner)? else { return Ok(None) };
    let (was, became) = (framework(&before), framework(&now));
    if was == became {
        return Ok(None);
    }
    let (product, team, subject_id, subject) = match owner {
        Owner::Team(id) => {
            let name = teams::by_id(cx.conn(), ws, id)?.name;
            (product_of_team(cx, id)?, Some(id), id, name)
        }
        Owner::Product(id) => {
            let product = products::product_by_id(cx.conn(), &actor, id, Access::Read)?;
            let name = product.name.clone();
            (Some(product), None, id, name)
        }
    };
    let back = Some(before.id);
    let subject_id = Some(subject_id);
    let kind = "framework";
    Ok(Some(Turned {
        kind,
        product,
        team,
        subject_id,
        subject,
        was,
        became,
        back,
        ..Turned::default()
    }))
}

impl Turning for ActivatePolicy {
    type Before = (Owner, Option<Policy>);

    fn look(&self, cx: &mut Change<'_>) -> Result<Self::Before> {
        let (ws, actor) = (cx.workspace(), cx.actor.clone());
        let owner = policies::policy(cx.conn(), &actor, self.policy, Access::Write)?.owner();
        Ok((owner, policies::active(cx.conn(), ws, owner)?))
    }

    fn turned(&self, cx: &mut Change<'_>, (owner, before): Self::Before) -> Result<Option<Turned>> {
        switched(cx, owner, before)
    }
}

impl Turning for AdoptFramework {
    type Before = (Owner, Option<Policy>);

    fn look(&self, cx: &mut Change<'_>) -> Result<Self::Before> {
        let (ws, actor) = (cx.workspace(), cx.actor.clone());
        let product = self.product.as_deref();
        let owner = policies::owner(cx.conn(), &actor, self.team, product, Access::Write)?;
        Ok((owner, policies::active(cx.conn(), ws, owner)?))
    }

    fn turned(&self, cx: &mut Change<'_>, (owner, before): Self::Before) -> Result<Option<Turned>> {
        switched(cx, owner, before)
    }
}

/// The charter that holds in a scope.
fn agreed(cx: &mut Change<'_>, scope: Id) -> Result<Option<Charter>> {
    let ws = cx.workspace();
    Ok(of_scope(cx.conn(), ws, scope)?.into_iter().find(|c| c.state == "agreed"))
}

fn arranged(cx: &mut Change<'_>, ground: Ground, holds: Option<Charter>) -> Result<Option<Turned>> {
    let ws = cx.workspace();
    let Some(holds) = holds else { return Ok(None) };
    let draft = of_scope(cx.conn(), ws, ground.id)?.into_iter().find(Charter::is_draft);
    let Some(draft) = draft.filter(|d| d.arrangement != holds.arrangement) else { return Ok(None) };
    let team = ground.place.team.filter(|_| ground.product.is_none());
    let product = match (ground.product, team) {
        (None, Some(team)) => product_of_team(cx, team)?,
        (product, _) => product,
    };
    Ok(Some(Turned {
        kind: "arrangement",
        product,
        team,
        subject_id: Some(ground.id),
        subject: ground.name,
        was: holds.arrangement().label().to_owned(),
        became: draft.arrangement().label().to_owned(),
        back: Some(holds.id),
        ..Turned::default()
    }))
}

impl Turning for DraftCharter {
    type Before = (Ground, Option<Charter>);

    fn look(&self, cx: &mut Change<'_>) -> Result<Self::Before> {
        let actor = cx.actor.clone();
        let (product, part, team) =
            (self.product.as_deref(), self.part.as_deref(), self.team.as_deref());
        let ground = ground(cx.conn(), &actor, product, part, team, Access::Write)?;
        let holds = agreed(cx, ground.id)?;
        Ok((ground, holds))
    }

    fn turned(&self, cx: &mut Change<'_>, (on, holds): Self::Before) -> Result<Option<Turned>> {
        arranged(cx, on, holds)
    }
}

impl Turning for ChooseArrangement {
    type Before = (Ground, Option<Charter>);

    fn look(&self, cx: &mut Change<'_>) -> Result<Self::Before> {
        let actor = cx.actor.clone();
        let (_, ground) = charter(cx.conn(), &actor, self.charter, Access::Write)?;
        let holds = agreed(cx, ground.id)?;
        Ok((ground, holds))
    }

    fn turned(&self, cx: &mut Change<'_>, (on, holds): Self::Before) -> Result<Option<Turned>> {
        arranged(cx, on, holds)
    }
}

/// Titles that were others before; a first title changes nothing.
fn retitled(cx: &mut Change<'_>, before: Vec<Person>) -> Result<Option<Turned>> {
    let ws = cx.workspace();
    let mut titles = Vec::new();
    for person in before.into_iter().filter(|p| !p.title.is_empty()) {
        let now = load::<Person>(cx.conn(), ws, person.id)?.ok_or(Error::NotFound("person"))?;
        if now.title != person.title {
            titles.push(TitleChange { person: person.id, was: person.title, became: now.title });
        }
    }
    let Some(first) = titles.first().cloned() else { return Ok(None) };
    let one = titles.len() == 1;
    let actor = cx.actor.clone();
    let product = products::visible(cx.conn(), &actor)?.into_iter().find(|p| !p.private);
    let said = |title: String| if title.is_empty() { "no title".to_owned() } else { title };
    Ok(Some(Turned {
        kind: "titles",
        product,
        subject_id: one.then_some(first.person),
        subject: if one { "A title".to_owned() } else { format!("{} titles", titles.len()) },
        was: if one { said(first.was) } else { "the earlier ones".to_owned() },
        became: if one { said(first.became) } else { "others".to_owned() },
        titles,
        ..Turned::default()
    }))
}

impl Turning for EditPerson {
    type Before = Vec<Person>;

    fn look(&self, cx: &mut Change<'_>) -> Result<Vec<Person>> {
        Ok(vec![cx.get(self.person, "person")?])
    }

    fn turned(&self, cx: &mut Change<'_>, before: Vec<Person>) -> Result<Option<Turned>> {
        retitled(cx, before)
    }
}

impl Turning for EditTitles {
    type Before = Vec<Person>;

    fn look(&self, cx: &mut Change<'_>) -> Result<Vec<Person>> {
        self.people(cx)
    }

    fn turned(&self, cx: &mut Change<'_>, before: Vec<Person>) -> Result<Option<Turned>> {
        retitled(cx, before)
    }
}
