//! Products and their named members. Every other noun is loaded through
//! its product, which is where access control stands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::policies;
use crate::db::{Asked, Conn, Value};
use crate::kernel::{Access, Actor, Error, Id, Result, turns};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, Scope, load};
use crate::{record, selects, statements};

record! {
    /// A product: what a team builds and answers for.
    pub struct Product in "product", versioned: true {
        pub key: String,
        pub name: String,
        pub about: String,
        /// Only named members see a private product.
        pub private: bool,
    }
}

record! {
    /// A person named in a product: how guests and private products get theirs.
    pub struct ProductMember in "product_member", versioned: false {
        pub product_id: Id,
        pub person_id: Id,
    }
}

impl Indexed for Product {
    fn product(&self) -> Option<Id> {
        Some(self.id)
    }
}

impl Indexed for ProductMember {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

/// What a state means, whatever a team calls it.
pub const CATEGORIES: [&str; 6] =
    ["backlog", "unstarted", "started", "in-review", "accepted", "dropped"];

selects! {
    BY_KEY: Product = "product", "key = $2 AND gone_at IS NULL";
    ALL: Product = "product", "gone_at IS NULL ORDER BY name, id LIMIT 500";
    NAMED_PRODUCTS: ProductMember = "product_member", "person_id = $2 AND gone_at IS NULL";
    MEMBERS_OF: ProductMember = "product_member", "product_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 500";
    MEMBERSHIP: ProductMember = "product_member", "product_id = $2 AND person_id = $3 AND gone_at IS NULL";
}

statements! {
    NEW_COUNTER = "INSERT INTO counter (workspace_id, product_id, next) VALUES ($1, $2, 1)";
    /// Also the lock that makes moves in one product's orders follow each other.
    TAKE_NUMBER = "UPDATE counter SET next = next + 1 WHERE workspace_id = $1 AND product_id = $2 RETURNING next - 1";
    LOCK_ORDER = "UPDATE counter SET next = next WHERE workspace_id = $1 AND product_id = $2";
    RAISE_COUNTER = "UPDATE counter SET next = $3 WHERE workspace_id = $1 AND product_id = $2 AND next < $3";
}

/// The product of that key, if this actor may see it and do what needs `access`.
pub fn product(conn: &mut Conn, actor: &Actor, key: &str, access: Access) -> Result<Product> {
    let values = [key.trim().to_uppercase().into()];
    let found = BY_KEY.first(conn, actor.workspace, &values)?.ok_or(Error::NotFound("product"))?;
    permit(conn, actor, found, access)
}

/// The same by id.
pub fn product_by_id(conn: &mut Conn, actor: &Actor, id: Id, access: Access) -> Result<Product> {
    let found = load::<Product>(conn, actor.workspace, id)?
        .filter(|p| p.gone_at.is_none())
        .ok_or(Error::NotFound("product"))?;
    permit(conn, actor, found, access)
}

fn permit(conn: &mut Conn, actor: &Actor, found: Product, access: Access) -> Result<Product> {
    let open =
        actor.role == crate::kernel::Role::Owner || (!found.private && actor.sees_open_products());
    if !open {
        let values = [found.id.into(), actor.person.into()];
        MEMBERSHIP.first(conn, actor.workspace, &values)?.ok_or(Error::NotFound("product"))?;
    }
    actor.check(access)?;
    Ok(found)
}

/// All products of a workspace, whoever sees them.
pub fn every(conn: &mut Conn, workspace: i64) -> Result<Vec<Product>> {
    ALL.all(conn, workspace, &[])
}

/// The products that this actor sees, by name.
pub fn visible(conn: &mut Conn, actor: &Actor) -> Result<Vec<Product>> {
    let all = every(conn, actor.workspace)?;
    if actor.role == crate::kernel::Role::Owner {
        return Ok(all);
    }
    let named = NAMED_PRODUCTS.all(conn, actor.workspace, &[actor.person.into()])?;
    let is_named = |p: &Product| named.iter().any(|m| m.product_id == p.id);
    Ok(all
        .into_iter()
        .filter(|p| (!p.private && actor.sees_open_products()) || is_named(p))
        .collect())
}

/// The people named in a product.
pub fn members(conn: &mut Conn, workspace: i64, product: Id) -> Result<Vec<ProductMember>> {
    MEMBERS_OF.all(conn, workspace, &[product.into()])
}

/// Whether a person is named in a product.
pub fn is_named(conn: &mut Conn, workspace: i64, product: Id, person: Id) -> Result<bool> {
    Ok(MEMBERSHIP.first(conn, workspace, &[product.into(), person.into()])?.is_some())
}

/// The next key of a product, `PAY-123`; one sequence for all that it holds, never reused.
pub fn next_key(cx: &mut Change<'_>, product: &Product) -> Result<String> {
    let (text, values) = next_key_asked(cx.workspace(), product.id);
    let number: i64 = cx.exempt().query_one(text, &values, |row| row.get(0))?;
    Ok(format!("{}-{number}", product.key))
}

/// What [`next_key`] will ask, as [`Conn::ahead`] takes it: to be taken up at once, as it takes the
/// number and holds the product's order from then on.
pub fn next_key_asked(workspace: i64, product: Id) -> Asked<'static> {
    (TAKE_NUMBER.text, vec![workspace.into(), product.into()])
}

/// Keeps numbers up to `used` from being given again.
pub fn reserve_numbers(cx: &mut Change<'_>, product: &Product, used: i64) -> Result<()> {
    let values: [Value; 3] = [cx.workspace().into(), product.id.into(), (used + 1).into()];
    cx.exempt().execute(&RAISE_COUNTER, &values)?;
    Ok(())
}

/// Waits until no other transaction is moving things in this product's orders.
pub fn lock_order(cx: &mut Change<'_>, product: Id) -> Result<()> {
    let values = [cx.workspace().into(), product.into()];
    cx.exempt().execute(&LOCK_ORDER, &values)?;
    Ok(())
}

/// A product as programs see it.
#[derive(Clone, Serialize, JsonSchema)]
pub struct ProductView {
    pub key: String,
    pub name: String,
    pub about: String,
    pub private: bool,
    pub states: Vec<StateView>,
    pub revision: i64,
}

/// A workflow state as programs see it.
#[derive(Clone, Serialize, JsonSchema)]
pub struct StateView {
    pub name: String,
    pub category: String,
}

/// The view of a product with its workflow.
pub fn view(conn: &mut Conn, workspace: i64, product: &Product) -> Result<ProductView> {
    let states = policies::of_product(conn, workspace, product.id)?.states.0;
    let states =
        states.into_iter().map(|s| StateView { name: s.name, category: s.category }).collect();
    Ok(ProductView {
        key: product.key.clone(),
        name: product.name.clone(),
        about: product.about.clone(),
        private: product.private,
        states,
        revision: product.revision,
    })
}

/// Checks a title that a person typed: there, in one line, not beyond 10,000 characters.
pub fn check_title(field: &'static str, text: &str) -> Result<String> {
    let title = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if title.is_empty() {
        return Err(Error::invalid(field, format!("The {field} is empty. Give it a few words.")));
    }
    let length = title.chars().count();
    if length > 10_000 {
        return Err(Error::invalid(
            field,
            format!("The {field} has {length} characters; 10,000 fit. Move the rest to the text."),
        ));
    }
    Ok(title)
}

/// Checks a person's name: a title, without what would make it look like another one.
pub fn check_name(name: &str) -> Result<String> {
    let plain: String = name.chars().filter(|c| !turns(*c)).collect();
    check_title("name", &plain)
}

/// Checks a long text: not beyond a million characters, no NUL.
pub fn check_text(field: &'static str, text: &str) -> Result<String> {
    if text.len() > 4_000_000 {
        return Err(Error::invalid(field, format!("The {field} is too long: 4 MB fit.")));
    }
    Ok(text.replace('\0', "").replace("\r\n", "\n"))
}

/// A key made of a name's letters.
pub fn key_of(name: &str) -> String {
    let letters = |c: &char| c.is_ascii_alphanumeric();
    let words: Vec<String> = name
        .split_whitespace()
        .map(|w| w.chars().filter(letters).collect::<String>().to_uppercase())
        .filter(|w| w.starts_with(|c: char| c.is_ascii_uppercase()))
        .collect();
    let key: String = match words.as_slice() {
        [one] => one.chars().take(4).collect(),
        many => many.iter().filter_map(|w| w.chars().next()).take(4).collect(),
    };
    match key.len() {
        0 => "PROD".to_owned(),
        1 => format!("{key}X"),
        _ => key,
    }
}

/// Create a product with a first workflow.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateProduct {
    /// Two to ten capital letters and digits, beginning with a letter: the front of every key.
    pub key: String,
    pub name: String,
    #[serde(default)]
    pub about: String,
    #[serde(default)]
    pub private: bool,
}

impl Action for CreateProduct {
    type Output = ProductView;
    const META: Meta = Meta {
        name: "create-product",
        summary: "Create a product with a first workflow",
        method: "POST",
        path: "/products",
        access: Access::Admin,
        exercises: &[3],
        scope: Scope::Workspace,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<ProductView> {
        let key = self.key.trim().to_uppercase();
        let shaped = (2..=10).contains(&key.len())
            && key.starts_with(|c: char| c.is_ascii_uppercase())
            && key.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        if !shaped {
            return Err(Error::invalid(
                "key",
                "A product's key is two to ten letters and digits that begin with a letter, like PAY.",
            ));
        }
        let workspace = cx.workspace();
        if BY_KEY.first(cx.conn(), workspace, &[key.clone().into()])?.is_some() {
            return Err(Error::invalid("key", format!("The key {key} is taken. Choose another.")));
        }
        let meta = cx.fresh();
        let product = Product {
            key,
            name: check_title("name", &self.name)?,
            about: check_text("about", &self.about)?,
            private: self.private,
            id: meta.id,
            revision: meta.revision,
            created_at: meta.created_at,
            valid_from: meta.valid_from,
            gone_at: None,
        };
        cx.insert(&product)?;
        cx.exempt().execute(&NEW_COUNTER, &[workspace.into(), product.id.into()])?;
        policies::found(cx, product.id)?;
        if self.private {
            name_person(cx, product.id, cx.actor.person)?;
        }
        view(cx.conn(), workspace, &product)
    }
}

/// Names a person in a product.
pub fn name_person(cx: &mut Change<'_>, product: Id, person: Id) -> Result<()> {
    let workspace = cx.workspace();
    if is_named(cx.conn(), workspace, product, person)? {
        return Ok(());
    }
    let meta = cx.fresh();
    cx.insert(&ProductMember {
        product_id: product,
        person_id: person,
        id: meta.id,
        revision: meta.revision,
        created_at: meta.created_at,
        valid_from: meta.valid_from,
        gone_at: None,
    })
}

/// Name a person in a product, so that guests and members of private products see it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddProductMember {
    pub product: String,
    pub person: Id,
}

impl Action for AddProductMember {
    type Output = ProductView;
    const META: Meta = Meta {
        name: "add-product-member",
        summary: "Name a person in a product",
        method: "POST",
        path: "/products/{product}/members",
        access: Access::Admin,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<ProductView> {
        let actor = cx.actor.clone();
        let product = product(cx.conn(), &actor, &self.product, Access::Admin)?;
        cx.get::<super::members::Person>(self.person, "person")?;
        name_person(cx, product.id, self.person)?;
        view(cx.conn(), actor.workspace, &product)
    }
}

/// Take a person's name out of a product.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveProductMember {
    pub product: String,
    pub person: Id,
}

impl Action for RemoveProductMember {
    type Output = ProductView;
    const META: Meta = Meta {
        name: "remove-product-member",
        summary: "Take a person's name out of a product",
        method: "DELETE",
        path: "/products/{product}/members/{person}",
        access: Access::Admin,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<ProductView> {
        let actor = cx.actor.clone();
        let product = product(cx.conn(), &actor, &self.product, Access::Admin)?;
        let values = [product.id.into(), self.person.into()];
        let member = MEMBERSHIP
            .first(cx.conn(), actor.workspace, &values)?
            .ok_or(Error::NotFound("member"))?;
        cx.bin(&member)?;
        view(cx.conn(), actor.workspace, &product)
    }
}

/// Rename a product, or change what is said of it and who sees it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EditProduct {
    pub product: String,
    pub revision: Option<i64>,
    pub name: Option<String>,
    pub about: Option<String>,
    pub private: Option<bool>,
}

impl Action for EditProduct {
    type Output = ProductView;
    const META: Meta = Meta {
        name: "edit-product",
        summary: "Rename a product, or change what is said of it and who sees it",
        method: "PATCH",
        path: "/products/{product}",
        access: Access::Admin,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<ProductView> {
        let actor = cx.actor.clone();
        let before = product(cx.conn(), &actor, &self.product, Access::Admin)?;
        let mut after = before.clone();
        if let Some(name) = &self.name {
            after.name = check_title("name", name)?;
        }
        if let Some(about) = &self.about {
            after.about = check_text("about", about)?;
        }
        if let Some(private) = self.private {
            after.private = private;
        }
        if after.private && !before.private {
            name_person(cx, before.id, actor.person)?;
        }
        let after = cx.edit(&before, after, self.revision)?;
        view(cx.conn(), actor.workspace, &after)
    }
}

/// List the products you see.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListProducts {}

impl Query for ListProducts {
    type Output = Vec<ProductView>;
    const META: Meta = Meta {
        name: "list-products",
        summary: "List the products you see",
        method: "GET",
        path: "/products",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Workspace,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<ProductView>> {
        let all = visible(cx.conn, cx.actor)?;
        all.iter().map(|p| view(cx.conn, cx.actor.workspace, p)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::key_of;

    #[test]
    fn keys_are_made_of_names() {
        let made = [
            ("Ferries", "FERR"),
            ("Southway Tickets", "ST"),
            ("A", "AX"),
            ("7 of 9", "OF"),
            ("…", "PROD"),
        ];
        for (name, key) in made {
            assert_eq!(key_of(name), key, "{name}");
        }
    }
}
