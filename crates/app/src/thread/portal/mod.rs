//! The public portal of a product: off until an admin opens it. What it shows is chosen: ideas that
//! were let in, the roadmap as customers may hear it, and the changelog that was published. Nothing
//! else of the workspace is read here.

pub mod board;
pub mod callers;
pub mod changelog;
pub mod comments;
pub mod drafts;
pub mod ideas;
pub mod moderation;
pub mod replies;
pub mod visitors;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::products::{self, Product, check_text, check_title};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, load};
use crate::{new_row, record, selects, statements};

record! {
    /// How a product meets the public.
    pub struct Portal in "portal", versioned: true {
        pub product_id: Id,
        /// What its address ends with.
        pub slug: String,
        pub open: bool,
        pub title: String,
        /// What visitors read first.
        pub intro: String,
        /// Whether ideas and comments wait until somebody lets them in.
        pub moderated: bool,
        pub ideas: bool,
        pub comments: bool,
        pub roadmap: bool,
        pub changelog: bool,
        /// Whether search engines may list it.
        pub indexed: bool,
        /// Sites that may show it in a frame, separated by spaces.
        pub embed_hosts: String,
    }
}

impl Indexed for Portal {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

selects! {
    OF_PRODUCT: Portal = "portal", "product_id = $2 AND gone_at IS NULL LIMIT 1";
    BY_SLUG: Portal = "portal", "slug = $2 AND open = TRUE AND gone_at IS NULL LIMIT 1";
}

statements! {
    /// An address is looked up before anybody knows of which workspace it is.
    WORKSPACE_OF_SLUG = "SELECT p.workspace_id FROM portal p JOIN workspace w ON w.id = p.workspace_id WHERE p.slug = $1 AND p.open = TRUE AND p.gone_at IS NULL AND w.archived_at IS NULL ORDER BY p.workspace_id LIMIT 1";
    TAKEN = "SELECT COUNT(*) FROM portal WHERE slug = $1 AND gone_at IS NULL AND NOT (workspace_id = $2 AND product_id = $3)";
}

/// An open portal with its product.
#[derive(Clone)]
pub struct Site {
    pub ws: i64,
    pub portal: Portal,
    pub product: Product,
}

/// The open portal at an address.
pub fn site(conn: &mut Conn, slug: &str) -> Result<Site> {
    let missing = || Error::NotFound("portal");
    let ws: i64 =
        conn.query_opt(&WORKSPACE_OF_SLUG, &[slug.into()], |r| r.get(0))?.ok_or_else(missing)?;
    let portal = BY_SLUG.first(conn, ws, &[slug.into()])?.ok_or_else(missing)?;
    let product = load::<Product>(conn, ws, portal.product_id)?.filter(|p| p.gone_at.is_none());
    Ok(Site { ws, product: product.ok_or_else(missing)?, portal })
}

/// A product's portal, open or not.
pub fn of_product(conn: &mut Conn, ws: i64, product: Id) -> Result<Option<Portal>> {
    OF_PRODUCT.first(conn, ws, &[product.into()])
}

/// A portal's settings as programs and pages see them.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct PortalView {
    pub product: String,
    /// The path at which it is, or would be.
    pub path: String,
    pub slug: String,
    pub open: bool,
    pub title: String,
    pub intro: String,
    pub moderated: bool,
    pub ideas: bool,
    pub comments: bool,
    pub roadmap: bool,
    pub changelog: bool,
    pub indexed: bool,
    pub embed_hosts: String,
    pub revision: i64,
}

fn view(product: &Product, p: &Portal) -> PortalView {
    PortalView {
        product: product.key.clone(),
        path: format!("/portal/{}", p.slug),
        slug: p.slug.clone(),
        open: p.open,
        title: p.title.clone(),
        intro: p.intro.clone(),
        moderated: p.moderated,
        ideas: p.ideas,
        comments: p.comments,
        roadmap: p.roadmap,
        changelog: p.changelog,
        indexed: p.indexed,
        embed_hosts: p.embed_hosts.clone(),
        revision: p.revision,
    }
}

/// The end of an address: small letters, digits, hyphens.
fn check_slug(text: &str) -> Result<String> {
    let slug = text.trim().to_lowercase();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let ends = slug.starts_with('-') || slug.ends_with('-');
    if !(2..=60).contains(&slug.len()) || !slug.chars().all(plain) || ends {
        return Err(Error::invalid(
            "slug",
            "The address ends with 2 to 60 small letters, digits or hyphens, like southway-tickets.",
        ));
    }
    Ok(slug)
}

/// Sites as a browser's policy takes them: each a scheme and a host, nothing that ends the policy.
fn check_hosts(text: &str) -> Result<String> {
    let mut all = Vec::new();
    for host in text.split([' ', ',', '\n', '\r', '\t']).filter(|h| !h.is_empty()) {
        let host = host.trim_end_matches('/').to_lowercase();
        let name = host.strip_prefix("https://").or_else(|| host.strip_prefix("http://"));
        let bare = name.unwrap_or_default().strip_prefix("*.").or(name).unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-:".contains(c);
        if bare.is_empty() || !bare.chars().all(plain) {
            return Err(Error::invalid(
                "embed_hosts",
                format!("“{host}” is no site. Write each like https://www.example.org."),
            ));
        }
        all.push(host);
    }
    if all.len() > 10 {
        return Err(Error::invalid("embed_hosts", "Up to ten sites may show it."));
    }
    Ok(all.join(" "))
}

/// Open or close a product's public portal, and say what it shows.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SetPortal {
    pub product: String,
    pub revision: Option<i64>,
    /// Whether the public sees it; it is closed until somebody says so.
    pub open: Option<bool>,
    /// What its address ends with; made of the product's name if left out.
    pub slug: Option<String>,
    pub title: Option<String>,
    pub intro: Option<String>,
    /// Whether ideas and comments wait until somebody lets them in.
    pub moderated: Option<bool>,
    pub ideas: Option<bool>,
    pub comments: Option<bool>,
    pub roadmap: Option<bool>,
    pub changelog: Option<bool>,
    /// Whether search engines may list it.
    pub indexed: Option<bool>,
    /// Sites that may show it in a frame, like `https://www.example.org`.
    pub embed_hosts: Option<String>,
}

impl Action for SetPortal {
    type Output = PortalView;
    const META: Meta = Meta::action(
        "set-portal",
        "Open or close a product's public portal, and say what it shows",
        "PATCH",
        "/products/{product}/portal",
    )
    .access(Access::Admin);

    fn run(&self, cx: &mut Change<'_>) -> Result<PortalView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Admin)?;
        let before = of_product(cx.conn(), actor.workspace, product.id)?;
        let mut after = before.clone().unwrap_or_else(|| fresh(cx, &product));
        if let Some(slug) = self.slug.as_deref().filter(|s| !s.trim().is_empty()) {
            after.slug = check_slug(slug)?;
        }
        if let Some(title) = self.title.as_deref().filter(|t| !t.trim().is_empty()) {
            after.title = check_title("title", title)?;
        }
        if let Some(intro) = &self.intro {
            after.intro = check_text("intro", intro)?;
        }
        if let Some(hosts) = &self.embed_hosts {
            after.embed_hosts = check_hosts(hosts)?;
        }
        let switches = [
            (&mut after.open, self.open),
            (&mut after.moderated, self.moderated),
            (&mut after.ideas, self.ideas),
            (&mut after.comments, self.comments),
            (&mut after.roadmap, self.roadmap),
            (&mut after.changelog, self.changelog),
            (&mut after.indexed, self.indexed),
        ];
        for (switch, given) in switches {
            *switch = given.unwrap_or(*switch);
        }
        let values = [after.slug.clone().into(), actor.workspace.into(), product.id.into()];
        let taken: i64 = cx.conn().query_one(&TAKEN, &values, |r| r.get(0))?;
        if taken > 0 {
            return Err(Error::invalid("slug", "Another portal has this address. Choose another."));
        }
        let after = match before {
            Some(before) => cx.edit(&before, after, self.revision)?,
            None => {
                cx.insert(&after)?;
                after
            }
        };
        Ok(view(&product, &after))
    }
}

/// A portal as it begins: closed, everything on it, each idea looked at first.
fn fresh(cx: &Change<'_>, product: &Product) -> Portal {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' };
    let name: String = product.name.chars().map(plain).collect();
    let slug = name.split_whitespace().collect::<Vec<_>>().join("-");
    let slug = check_slug(&slug).unwrap_or_else(|_| product.key.to_lowercase());
    new_row!(
        cx,
        Portal {
            product_id: product.id,
            slug: slug,
            open: false,
            title: product.name.clone(),
            intro: String::new(),
            moderated: true,
            ideas: true,
            comments: true,
            roadmap: true,
            changelog: true,
            indexed: false,
            embed_hosts: String::new(),
        }
    )
}

/// Show how a product's public portal is set.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetPortal {
    pub product: String,
}

impl Query for GetPortal {
    type Output = Option<PortalView>;
    const META: Meta = Meta::query(
        "get-portal",
        "Show how a product's public portal is set",
        "/products/{product}/portal",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Option<PortalView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let found = of_product(cx.conn, cx.actor.workspace, product.id)?;
        Ok(found.map(|portal| view(&product, &portal)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_cannot_end_the_policy() {
        for bad in [
            "https://a.org; script-src *",
            "'none'",
            "*",
            "https://",
            "javascript:x",
            "https://a.org/path",
        ] {
            assert!(check_hosts(bad).is_err(), "{bad}");
        }
        let fine = check_hosts("https://www.example.org, https://*.example.com/").expect("sites");
        assert_eq!(fine, "https://www.example.org https://*.example.com");
    }

    #[test]
    fn addresses_are_plain() {
        for bad in ["", "a", "-a", "a-", "a/b", "..", "ä b", "a\u{0}b"] {
            assert!(check_slug(bad).is_err(), "{bad}");
        }
        assert_eq!(check_slug(" Southway-2 ").expect("a slug"), "southway-2");
    }
}
