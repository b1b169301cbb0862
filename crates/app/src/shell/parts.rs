//! Small parts: pills, meters, notices, figures, heads of pages.

use maud::{Markup, Render, html};

use super::Link;
use super::list::clipped;

/// The three questions; each has one hue, used for nothing else.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Facet {
    Why,
    What,
    How,
    #[default]
    None,
}

impl Facet {
    /// The class that sets the hue for everything inside.
    pub fn class(self) -> &'static str {
        match self {
            Self::Why => "why",
            Self::What => "what",
            Self::How => "how",
            Self::None => "none",
        }
    }
}

/// What a pill or a notice means beyond its words.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tone {
    #[default]
    Plain,
    /// In the hue of the facet around it.
    Facet,
    Good,
    Bad,
    Warn,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain-tone",
            Self::Facet => "f",
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Warn => "warn",
        }
    }
}

/// A short fact in a pill.
pub fn pill(text: &str) -> Markup {
    toned(text, Tone::Plain)
}

/// A pill with a tone.
pub fn toned(text: &str, tone: Tone) -> Markup {
    html! { span.pill.(tone.class()) { (text) } }
}

/// A key to press.
pub fn kbd(key: &str) -> Markup {
    html! { kbd { (key) } }
}

/// A quiet question mark that leads to what explains `term`.
pub fn explain(href: &str, term: &str) -> Markup {
    html! { a.explain href=(href) aria-label={ "What is this: " (term) } title=(term) { "?" } }
}

/// Progress from 0 to 100 with its words.
pub fn meter(percent: u8, words: &str) -> Markup {
    let percent = percent.min(100);
    html! {
        span.mini { progress max="100" value=(percent) aria-label=(words) {} span { (words) } }
    }
}

/// The initials of a person in a circle.
pub fn avatar(name: &str) -> Markup {
    html! { span.avatar aria-hidden="true" title=(name) { (initials(name)) } }
}

/// The initials of a name; of one that ends with a number, as “Person 12”, its last two digits.
fn initials(name: &str) -> String {
    let last = name.split_whitespace().last().unwrap_or_default();
    if !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()) {
        return last[last.len().saturating_sub(2)..].to_owned();
    }
    let first = name.split_whitespace().filter_map(|word| word.chars().next()).take(2);
    first.collect::<String>().to_uppercase()
}

/// What belongs here, a small example, and how to start it.
pub fn empty_state(title: &str, example: &str, action: Markup) -> Markup {
    html! {
        div.empty {
            h2 { (title) }
            p.voice { (example) }
            div.acts { (action) }
        }
    }
}

/// A note beside the text: what was noticed, what to do.
pub fn notice(tone: Tone, body: Markup) -> Markup {
    let mark = match tone {
        Tone::Good => "✓",
        Tone::Bad => "✕",
        Tone::Warn => "!",
        Tone::Plain | Tone::Facet => "◐",
    };
    let role = if tone == Tone::Bad { "alert" } else { "note" };
    html! {
        div.hint.(tone.class()) role=(role) { span aria-hidden="true" { (mark) } div { (body) } }
    }
}

/// The head of a page: a small line, the title, facts, what one can do.
pub fn page_head(small: &str, title: &str, meta: Markup, actions: Markup) -> Markup {
    html! {
        header.page-head {
            div {
                @if !small.is_empty() { p.key { (clipped(small)) } }
                h1 { (title) }
                @if !meta.0.is_empty() { div.meta { (meta) } }
            }
            @if !actions.0.is_empty() { div.acts { (actions) } }
        }
    }
}

/// A headed part of a page.
pub fn section(title: &str, body: Markup) -> Markup {
    html! { section.part { h2 { (title) } (body) } }
}

/// Views of the same thing; the active one by its place.
pub fn tabs(label: &str, links: &[Link], active: usize) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            @for (at, link) in links.iter().enumerate() {
                a href=(link.href) aria-current=[(at == active).then_some("page")] { (link.label) }
            }
        }
    }
}

/// A bar of filter fields that lives in the address; sends itself on change where scripts run.
pub fn filters(action: &str, fields: Markup) -> Markup {
    html! {
        form.filters method="get" action=(action) role="search" aria-label="Filter"
            data-controller="filters" {
            (fields)
            button.btn.small { "Filter" }
        }
    }
}

/// One figure with its name and a note.
pub fn stat(label: &str, figure: &str, note: &str) -> Markup {
    html! {
        div.stat {
            dt { (label) }
            dd { strong { (figure) } @if !note.is_empty() { span.soft { (note) } } }
        }
    }
}

/// A row of [`stat`]s.
pub fn stats(figures: Markup) -> Markup {
    html! { dl.stats { (figures) } }
}

/// Text with a button that copies it.
pub fn copy(text: &str) -> Markup {
    html! {
        span.copy data-controller="copy" {
            code data-copy-target="text" { (text) }
            button.btn.small type="button" data-action="copy#copy" { "Copy" }
        }
    }
}

/// Before and after, with the words that differ marked.
pub fn diff(before: &str, after: &str) -> Markup {
    html! { dl.diff { (sides(("Before", before), ("After", after))) } }
}

/// What two made of a text, each under its label, beside what it was.
pub fn two_of(was: (&str, &str), theirs: (&str, &str), yours: (&str, &str)) -> Markup {
    html! { dl.diff { div { dt { (was.0) } dd { (was.1) } } (sides(theirs, yours)) } }
}

/// Two texts under their labels, with the words that differ marked.
fn sides((old_label, before): (&str, &str), (new_label, after): (&str, &str)) -> Markup {
    let old: Vec<&str> = before.split_inclusive(char::is_whitespace).collect();
    let new: Vec<&str> = after.split_inclusive(char::is_whitespace).collect();
    let shortest = old.len().min(new.len());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail = old.iter().rev().zip(new.iter().rev()).take(shortest - head);
    let tail = tail.take_while(|(a, b)| a == b).count();
    let side = |words: &[&str], added: bool| {
        let end = words.len() - tail;
        let changed = words[head..end].concat();
        html! {
            (words[..head].concat())
            @if !changed.is_empty() {
                @if added { ins { (changed) } } @else { del { (changed) } }
            }
            (words[end..].concat())
        }
    };
    html! {
        div { dt { (old_label) } dd { (side(&old, false)) } }
        div { dt { (new_label) } dd { (side(&new, true)) } }
    }
}

/// A short message that something was done, with the way back where there is one.
#[derive(Clone, Debug, Default)]
pub struct Toast {
    pub message: String,
    /// Where undoing posts.
    pub undo: Option<String>,
    /// A page that says more.
    pub link: Option<Link>,
    /// Something went wrong: it stays until it is closed.
    pub bad: bool,
    /// A small form that asks something about it; it waits for an answer or to be closed.
    pub ask: Option<Markup>,
}

impl Render for Toast {
    fn render(&self) -> Markup {
        html! {
            @let stays = self.bad || self.ask.is_some();
            div.toast.bad[self.bad] data-controller="toast" data-toast-stay=[stays.then_some("")] {
                span { (self.message) }
                @if let Some(link) = &self.link { a href=(link.href) { (link.label) } }
                @if let Some(action) = &self.undo {
                    form method="post" action=(action) { button.btn.small data-hotkey="z" { "Undo" } }
                }
                @if let Some(ask) = &self.ask { (ask) }
                button.plain type="button" data-action="toast#close" aria-label="Close" { "✕" }
            }
        }
    }
}

/// A message.
pub fn toast(message: impl Into<String>) -> Toast {
    Toast { message: message.into(), ..Toast::default() }
}

/// A message with the address that takes it back.
pub fn toast_with_undo(message: impl Into<String>, undo: impl Into<String>) -> Toast {
    Toast { message: message.into(), undo: Some(undo.into()), ..Toast::default() }
}
