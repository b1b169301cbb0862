//! Companies: who the people that are heard speak for, with a size and a revenue, so that "who
//! asks" is seen, not only "how many".

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::nouns::put_text;
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader};
use crate::{new_row, record, selects, statements};

record! {
    /// A customer or another company that is heard.
    pub struct Company in "company", versioned: true {
        pub product_id: Id,
        /// As evidence names it.
        pub name: String,
        pub about: String,
        /// How many people work there or use the product.
        pub people: Option<i64>,
        /// What it pays in a year, in the workspace's currency.
        pub revenue: Option<f64>,
    }
}

impl Indexed for Company {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

selects! {
    ALL: Company = "company", "product_id = $2 AND gone_at IS NULL ORDER BY name LIMIT 1000";
    NAMED: Company = "company", "product_id = $2 AND name = $3 AND gone_at IS NULL";
}

statements! {
    HEARD = "SELECT company, COUNT(*), MAX(said_on) FROM evidence WHERE workspace_id = $1 AND product_id = $2 AND company <> '' AND gone_at IS NULL GROUP BY company ORDER BY 2 DESC, company LIMIT 500";
}

/// A company as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct CompanyView {
    pub name: String,
    pub about: String,
    pub people: Option<i64>,
    pub revenue: Option<f64>,
    /// Pieces of evidence that name it, and the day of the last.
    pub heard: i64,
    pub heard_on: Option<Day>,
    /// Only evidence names it: nothing else is known of it yet.
    pub unknown: bool,
}

impl CompanyView {
    fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            about: String::new(),
            people: None,
            revenue: None,
            heard: 0,
            heard_on: None,
            unknown: false,
        }
    }
}

impl From<&Company> for CompanyView {
    fn from(company: &Company) -> Self {
        Self {
            about: company.about.clone(),
            people: company.people,
            revenue: company.revenue,
            ..Self::named(&company.name)
        }
    }
}

/// The companies of a product, by name.
pub fn all(conn: &mut Conn, ws: i64, product: Id) -> Result<Vec<Company>> {
    ALL.all(conn, ws, &[product.into()])
}

/// Set what is known of a company, or change it.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SetCompany {
    pub product: String,
    /// As evidence names it.
    pub name: String,
    pub about: Option<String>,
    pub people: Option<i64>,
    /// What it pays in a year.
    pub revenue: Option<f64>,
}

impl Action for SetCompany {
    type Output = CompanyView;
    const META: Meta = Meta::action(
        "set-company",
        "Set what is known of a company, or change it",
        "POST",
        "/companies",
    )
    .exercises(&[10]);

    fn run(&self, cx: &mut Change<'_>) -> Result<CompanyView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let name = check_title("name", &self.name)?;
        if self.people.is_some_and(|n| n < 0)
            || self.revenue.is_some_and(|r| !r.is_finite() || r < 0.0)
        {
            return Err(Error::invalid("people", "People and revenue are numbers from 0 on."));
        }
        let values = [product.id.into(), name.clone().into()];
        if let Some(before) = NAMED.first(cx.conn(), actor.workspace, &values)? {
            let mut after = before.clone();
            put_text(&mut after.about, "about", self.about.as_ref())?;
            after.people = self.people.or(after.people);
            after.revenue = self.revenue.or(after.revenue);
            cx.update(&before, &mut after)?;
            return Ok((&after).into());
        }
        let company = new_row!(
            cx,
            Company {
                product_id: product.id,
                name: name,
                about: check_text("about", self.about.as_deref().unwrap_or_default())?,
                people: self.people,
                revenue: self.revenue,
            }
        );
        cx.insert(&company)?;
        Ok((&company).into())
    }
}

/// List a product's companies, with how often and how lately each was heard; also those that only
/// evidence names.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListCompanies {
    pub product: String,
}

impl Query for ListCompanies {
    type Output = Vec<CompanyView>;
    const META: Meta = Meta::query(
        "list-companies",
        "List a product's companies, with how often and how lately each was heard",
        "/companies",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<CompanyView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let ws = cx.actor.workspace;
        let known = all(cx.conn, ws, product.id)?;
        let mut views: Vec<CompanyView> = known.iter().map(Into::into).collect();
        let heard: Vec<(String, i64, Option<Day>)> =
            cx.conn.query(&HEARD, &[ws.into(), product.id.into()], |r| {
                Ok((r.get(0)?, r.get(1)?, r.get(2)?))
            })?;
        for (name, count, last) in heard {
            let at = views.iter().position(|view| view.name == name).unwrap_or_else(|| {
                views.push(CompanyView { unknown: true, ..CompanyView::named(&name) });
                views.len() - 1
            });
            (views[at].heard, views[at].heard_on) = (count, last);
        }
        Ok(views)
    }
}
