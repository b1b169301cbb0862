//! Stakeholders: who has a say in a product or is touched by it, by influence and interest.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::stakeholder_talks;
use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::nouns::put;
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader};
use crate::{new_row, record, selects};

record! {
    /// A stakeholder of a product.
    pub struct Stakeholder in "stakeholder", versioned: true {
        pub product_id: Id,
        pub name: String,
        pub organisation: String,
        /// 1 (little) to 5 (decisive).
        pub influence: i64,
        /// 1 (little) to 5 (daily).
        pub interest: i64,
        /// What they want of the product.
        pub wants: String,
    }
}

impl Indexed for Stakeholder {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

selects! {
    ALL: Stakeholder = "stakeholder", "product_id = $2 AND gone_at IS NULL ORDER BY influence DESC, interest DESC, name LIMIT 500";
}

/// A stakeholder as programs and pages see one.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct StakeholderView {
    pub id: Id,
    pub name: String,
    pub organisation: String,
    pub influence: i64,
    pub interest: i64,
    pub wants: String,
    /// The day of the last conversation that was logged.
    pub spoken_on: Option<Day>,
    pub conversations: i64,
    pub revision: i64,
}

impl From<&Stakeholder> for StakeholderView {
    fn from(s: &Stakeholder) -> Self {
        Self {
            id: s.id,
            name: s.name.clone(),
            organisation: s.organisation.clone(),
            influence: s.influence,
            interest: s.interest,
            wants: s.wants.clone(),
            spoken_on: None,
            conversations: 0,
            revision: s.revision,
        }
    }
}

/// What a place on the map asks for.
pub fn advice(influence: i64, interest: i64) -> &'static str {
    match (influence >= 3, interest >= 3) {
        (true, true) => "manage closely",
        (true, false) => "keep satisfied",
        (false, true) => "keep informed",
        (false, false) => "keep an eye on",
    }
}

/// The stakeholders of a product, the most influential first.
pub fn all(conn: &mut Conn, ws: i64, product: Id) -> Result<Vec<Stakeholder>> {
    ALL.all(conn, ws, &[product.into()])
}

fn weight(field: &'static str, given: Option<i64>, usual: i64) -> Result<i64> {
    let weight = given.unwrap_or(usual);
    if (1..=5).contains(&weight) {
        return Ok(weight);
    }
    Err(Error::invalid(field, format!("{field} goes from 1, little, to 5.")))
}

/// Put a stakeholder on the map.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AddStakeholder {
    pub product: String,
    pub name: String,
    pub organisation: String,
    /// 1 to 5; 3 if left out.
    pub influence: Option<i64>,
    /// 1 to 5; 3 if left out.
    pub interest: Option<i64>,
    pub wants: String,
}

impl Action for AddStakeholder {
    type Output = StakeholderView;
    const META: Meta =
        Meta::action("add-stakeholder", "Put a stakeholder on the map", "POST", "/stakeholders")
            .exercises(&[25]);

    fn run(&self, cx: &mut Change<'_>) -> Result<StakeholderView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let one = new_row!(
            cx,
            Stakeholder {
                product_id: product.id,
                name: check_title("name", &self.name)?,
                organisation: self.organisation.trim().to_owned(),
                influence: weight("influence", self.influence, 3)?,
                interest: weight("interest", self.interest, 3)?,
                wants: check_text("wants", self.wants.trim())?,
            }
        );
        cx.insert(&one)?;
        Ok((&one).into())
    }
}

/// Edit what you name of a stakeholder; the rest stays.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct EditStakeholder {
    pub stakeholder: Id,
    #[serde(default)]
    pub revision: Option<i64>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub organisation: Option<String>,
    #[serde(default)]
    pub influence: Option<i64>,
    #[serde(default)]
    pub interest: Option<i64>,
    #[serde(default)]
    pub wants: Option<String>,
    /// Takes them off the map.
    #[serde(default)]
    pub remove: bool,
}

impl Action for EditStakeholder {
    type Output = StakeholderView;
    const META: Meta = Meta::action(
        "edit-stakeholder",
        "Edit what you name of a stakeholder; the rest stays",
        "PATCH",
        "/stakeholders/{stakeholder}",
    )
    .exercises(&[25]);

    fn run(&self, cx: &mut Change<'_>) -> Result<StakeholderView> {
        let actor = cx.actor.clone();
        let before: Stakeholder = cx.get(self.stakeholder, "stakeholder")?;
        products::product_by_id(cx.conn(), &actor, before.product_id, Access::Write).map_err(
            |e| if matches!(e, Error::NotFound(_)) { Error::NotFound("stakeholder") } else { e },
        )?;
        if self.remove {
            cx.bin(&before)?;
            return Ok((&before).into());
        }
        let mut after = before.clone();
        if let Some(name) = &self.name {
            after.name = check_title("name", name)?;
        }
        put(&mut after.organisation, self.organisation.as_ref());
        put(&mut after.wants, self.wants.as_ref());
        after.influence = weight("influence", self.influence, before.influence)?;
        after.interest = weight("interest", self.interest, before.interest)?;
        Ok((&cx.edit(&before, after, self.revision)?).into())
    }
}

/// List a product's stakeholders, the most influential first.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListStakeholders {
    pub product: String,
}

impl Query for ListStakeholders {
    type Output = Vec<StakeholderView>;
    const META: Meta = Meta::query(
        "list-stakeholders",
        "List a product's stakeholders, the most influential first",
        "/stakeholders",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<StakeholderView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let ws = cx.actor.workspace;
        let last = stakeholder_talks::last(cx.conn, ws, product.id)?;
        let view = |s: &Stakeholder| {
            let spoken = last.get(&s.id);
            StakeholderView {
                spoken_on: spoken.map(|(day, _)| *day),
                conversations: spoken.map_or(0, |(_, count)| *count),
                ..s.into()
            }
        };
        Ok(all(cx.conn, ws, product.id)?.iter().map(view).collect())
    }
}
