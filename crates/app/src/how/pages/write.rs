//! Writing a page and editing it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{DocPage, LAST, MOST, MOST_DEPTH, PageView, above, parent, tree, view};
use crate::kernel::{Access, Error, Result, rank};
use crate::new_row;
use crate::people::audience;
use crate::people::notify::{About, Notice, notify};
use crate::people::nouns::{by_key, put_text, put_title};
use crate::people::products::{self, Product, check_text, check_title};
use crate::shell::markdown;
use crate::store::{Action, Change, Meta, Record};

/// Write a page.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct WritePage {
    pub product: String,
    pub title: String,
    /// Markdown.
    pub body: String,
    /// The key of the page above it; at the top if left out.
    pub parent: Option<String>,
}

impl Action for WritePage {
    type Output = PageView;
    const META: Meta = Meta::action("write-page", "Write a page", "POST", "/pages");

    fn run(&self, cx: &mut Change<'_>) -> Result<PageView> {
        let actor = cx.actor.clone();
        let ws = actor.workspace;
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let above_it = parent(cx.conn(), &actor, &product, self.parent.as_deref())?;
        let all = tree(cx.conn(), ws, product.id)?;
        if all.len() >= MOST {
            return Err(Error::refused(format!(
                "A product has up to {MOST} pages. Move some to the bin, or join short ones."
            )));
        }
        if let Some(page) = &above_it
            && above(&all, &page.key).len() + 1 >= MOST_DEPTH
        {
            return Err(too_deep());
        }
        // Two that are written at once do not get the same place.
        products::lock_order(cx, product.id)?;
        let last = LAST.first(cx.conn(), ws, &[product.id.into()])?;
        let key = products::next_key(cx, &product)?;
        let page = new_row!(
            cx,
            DocPage {
                product_id: product.id,
                key: key,
                title: check_title("title", &self.title)?,
                body: check_text("body", &self.body)?,
                parent_id: above_it.map(|p| p.id),
                rank: rank::between(last.as_ref().map(|p| p.rank.as_str()), None)?,
                author_id: Some(actor.person),
            }
        );
        cx.insert(&page)?;
        tell(cx, &product, &page, "")?;
        view(cx.conn(), ws, &page)
    }
}

pub(super) fn too_deep() -> Error {
    Error::refused(format!("Pages stand at most {MOST_DEPTH} deep. Choose a page further up."))
}

/// Edit what you name of a page; what others changed in other lines meanwhile stays.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditPage {
    pub key: String,
    pub revision: Option<i64>,
    pub title: Option<String>,
    pub body: Option<String>,
}

impl Action for EditPage {
    type Output = PageView;
    const META: Meta =
        Meta::action("edit-page", "Edit what you name of a page", "PATCH", "/pages/{key}");

    fn run(&self, cx: &mut Change<'_>) -> Result<PageView> {
        let actor = cx.actor.clone();
        let (before, product) = by_key::<DocPage>(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut after = before.clone();
        put_title(&mut after.title, self.title.as_ref())?;
        put_text(&mut after.body, "body", self.body.as_ref())?;
        let after = cx.edit(&before, after, self.revision)?;
        tell(cx, &product, &after, &before.body)?;
        view(cx.conn(), actor.workspace, &after)
    }
}

/// Tells those who are named in a page and were not before.
fn tell(cx: &mut Change<'_>, product: &Product, page: &DocPage, before: &str) -> Result<()> {
    if !page.body.contains('@') || page.body == before {
        return Ok(());
    }
    let ws = cx.workspace();
    let people = audience::audience(cx.conn(), ws, product)?;
    let spelled = audience::spellings(&people);
    let words: Vec<String> = spelled.iter().map(|(words, _)| words.clone()).collect();
    let named = |text: &str| markdown::mentions(text, &words);
    let known: Vec<_> = named(before).into_iter().map(|at| spelled[at].1).collect();
    let about = About { kind: DocPage::KIND, object: page.id, product: product.id, comment: None };
    let mut told = Vec::new();
    for at in named(&page.body) {
        let person = spelled[at].1;
        if !known.contains(&person) && !told.contains(&person) {
            notify(cx, person, Notice::Mention, about)?;
            told.push(person);
        }
    }
    Ok(())
}
