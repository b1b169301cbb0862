//! Lists and boards: rows that can be walked, selected, moved.

use maud::{Markup, Render, html};

use super::Facet;
use crate::kernel::cut;

/// A row of a list. `j`, `k` walk the rows, `x` selects, Enter opens.
#[derive(Clone, Default)]
pub struct Row {
    pub href: String,
    pub title: String,
    pub facet: Facet,
    /// The short name before the title, as "PAY-123".
    pub key: String,
    /// The value of its check box (`items`), and of `item` when it is moved; empty means neither.
    pub value: String,
    /// Before the title, as the state's pill.
    pub lead: Option<Markup>,
    /// After the title, as labels and people.
    pub tail: Option<Markup>,
    /// Opens in the peek panel first.
    pub peek: bool,
    /// How deep it hangs in a tree, up to 6.
    pub level: u8,
    /// What it hangs under in a tree that can be rearranged: a key, or a word for the root.
    pub under: String,
    /// Before everything, as what unfolds it.
    pub first: Option<Markup>,
}

/// A row that links to `href`; set the rest by struct update.
pub fn list_row(href: impl Into<String>, title: impl Into<String>) -> Row {
    Row { href: href.into(), title: title.into(), ..Row::default() }
}

impl Row {
    /// The short name before the title.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }

    /// What its check box and its moves send.
    pub fn value(mut self, value: impl ToString) -> Self {
        self.value = value.to_string();
        self
    }

    /// The facet whose hue it has.
    pub fn facet(mut self, facet: Facet) -> Self {
        self.facet = facet;
        self
    }

    /// Before the title.
    pub fn lead(mut self, lead: Markup) -> Self {
        self.lead = Some(lead);
        self
    }

    /// After the title.
    pub fn tail(mut self, tail: Markup) -> Self {
        self.tail = Some(tail);
        self
    }

    /// Opens in the peek panel first.
    pub fn peek(mut self) -> Self {
        self.peek = true;
        self
    }

    /// How deep it hangs in a tree.
    pub fn level(mut self, level: u8) -> Self {
        self.level = level.min(6);
        self
    }

    /// What it hangs under, with what unfolds it.
    pub fn branch(mut self, under: impl Into<String>, first: Markup) -> Self {
        self.under = under.into();
        self.first = Some(first);
        self
    }

    fn id(&self) -> Option<String> {
        (!self.value.is_empty()).then(|| format!("row-{}", self.value))
    }

    fn check(&self) -> Markup {
        html! {
            @if !self.value.is_empty() {
                input type="checkbox" name="items" value=(self.value) form="bulk"
                    aria-label={ "Select " (self.key) " " (cut(&self.title, 80)) };
            }
        }
    }

    fn link(&self) -> Markup {
        html! {
            a.title href=(self.href) data-row-link data-turbo-frame=[self.peek.then_some("peek")] {
                (clipped(&self.title))
            }
        }
    }
}

/// The most characters of a title that lists and headings beside them show; the item's own page has all of them.
const MOST_SHOWN: usize = 240;

/// A title as lists and headings show it.
pub fn clipped(title: &str) -> std::borrow::Cow<'_, str> {
    cut(title, MOST_SHOWN)
}

impl Render for Row {
    fn render(&self) -> Markup {
        html! {
            li.row.(self.facet.class()).{ "level-" (self.level) } id=[self.id()] data-row
                data-item=[(!self.value.is_empty()).then_some(&self.value)] data-under=[some(&self.under)] {
                @if let Some(first) = &self.first { (first) }
                (self.check())
                @if !self.key.is_empty() { span.key { (self.key) } }
                @if let Some(lead) = &self.lead { span.lead { (lead) } }
                (self.link())
                @if let Some(tail) = &self.tail { span.tail { (tail) } }
            }
        }
    }
}

/// A list of rows that stands as it is.
pub fn list(label: &str, rows: Markup) -> Markup {
    html! { ul.rows aria-label=(label) { (rows) } }
}

/// Where moves go, and what they say beside `item`, `before` and `after`.
#[derive(Clone, Debug, Default)]
pub struct Sortable {
    /// Where a move posts.
    pub move_url: String,
    /// Sent as `column` by what is dropped here; empty is not sent.
    pub column: String,
    /// Lists of the same group take each other's rows.
    pub group: String,
}

/// A list whose rows can be dragged, or moved with Alt and the arrows.
pub fn sortable(label: &str, to: &Sortable, rows: Markup) -> Markup {
    html! { ul.rows aria-label=(label) data-controller="sortable" data-move-url=(to.move_url)
    data-column=[some(&to.column)] data-group=[some(&to.group)] { (rows) } }
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// What the head and the foot of a board's column say.
#[derive(Clone, Debug, Default)]
pub struct Held {
    pub count: usize,
    /// The count as it is written; it may be cut off.
    pub words: String,
    /// The most it should hold; above it the count turns red.
    pub limit: Option<usize>,
    /// Below the cards: what leads to more of them.
    pub more: Option<Markup>,
}

impl Held {
    /// So many cards, all of them there.
    pub fn all(count: usize) -> Self {
        Self { count, words: count.to_string(), ..Self::default() }
    }
}

/// A column of a board.
pub fn board_column(title: &str, held: &Held, to: &Sortable, cards: Markup) -> Markup {
    let (count, limit) = (held.count, held.limit);
    let over = limit.is_some_and(|limit| count > limit);
    html! {
        section.board-column {
            h2 {
                (title) " "
                span.count.bad[over] {
                    (held.words) @if let Some(limit) = limit { " of " (limit) }
                    @if over { " – over the limit" }
                    // What has room says so: the next one is pulled, not pushed.
                    @else if let Some(room) = limit.map(|l| l - count).filter(|r| *r > 0) { span.room { " – room for " (room) } }
                }
            }
            ul.cards aria-label=(title) data-controller="sortable" data-move-url=(to.move_url)
                data-column=[some(&to.column)] data-group=[some(&to.group)] { (cards) }
            @if let Some(more) = &held.more { p.soft { (more) } }
        }
    }
}

/// A row as a card on a board.
pub fn card(row: &Row) -> Markup {
    html! {
        li.card.(row.facet.class()) id=[row.id()] data-row data-item=[some(&row.value)] {
            p.card-top { (row.check()) span.key { (row.key) } @if let Some(lead) = &row.lead { (lead) } }
            (row.link())
            @if let Some(tail) = &row.tail { div.tail { (tail) } }
        }
    }
}
