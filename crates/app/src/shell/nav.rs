//! What the frame is told: links, crumbs, who is signed in.

use maud::{Markup, html};

use super::{Facet, kbd};

/// A link with its words.
#[derive(Clone, Debug, Default)]
pub struct Link {
    pub href: String,
    pub label: String,
}

impl Link {
    /// A link to `href` that reads `label`.
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self { href: href.into(), label: label.into() }
    }
}

/// One step of where the reader is; the last one, without an address, is the page itself.
#[derive(Clone, Debug, Default)]
pub struct Crumb {
    pub href: Option<String>,
    pub label: String,
}

impl Crumb {
    /// A step that links to a page above.
    pub fn to(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self { href: Some(href.into()), label: label.into() }
    }

    /// The page itself.
    pub fn here(label: impl Into<String>) -> Self {
        Self { href: None, label: label.into() }
    }
}

/// A link in the navigation.
#[derive(Clone, Debug, Default)]
pub struct NavLink {
    pub href: String,
    pub label: String,
    /// A figure beside it, as "12 new".
    pub count: Option<String>,
    pub active: bool,
    /// Keys that follow it, as "g b".
    pub hotkey: Option<String>,
}

impl NavLink {
    /// A link without figure, not active.
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self { href: href.into(), label: label.into(), ..Self::default() }
    }

    /// Shows a figure beside it.
    pub fn count(mut self, count: impl ToString) -> Self {
        self.count = Some(count.to_string());
        self
    }

    /// Marks the page the reader is on.
    pub fn active(mut self, active: bool) -> Self {
        self.active = active;
        self
    }

    /// Keys that follow it; none where the text is empty.
    pub fn hotkey(mut self, keys: impl Into<String>) -> Self {
        self.hotkey = Some(keys.into()).filter(|keys: &String| !keys.is_empty());
        self
    }

    fn render(&self) -> Markup {
        html! {
            a href=(self.href) aria-current=[self.active.then_some("page")]
                data-hotkey=[self.hotkey.as_deref()] {
                span { (self.label) }
                @if let Some(count) = &self.count { b { (count) } }
            }
        }
    }
}

/// A headed group of links, in the hue of its facet, that can be closed. `data-controller="groups"`
/// on the navigation keeps which
/// of them the reader opened or closed.
#[derive(Clone, Debug, Default)]
pub struct NavSection {
    pub title: String,
    pub facet: Option<Facet>,
    pub links: Vec<NavLink>,
    /// The word by which the browser remembers it.
    pub word: &'static str,
    pub open: bool,
}

impl NavSection {
    /// A group under `title`.
    pub fn new(title: impl Into<String>, facet: Option<Facet>, links: Vec<NavLink>) -> Self {
        Self { title: title.into(), facet, links, word: "", open: true }
    }

    pub(super) fn render(&self) -> Markup {
        html! {
            details.group.(self.facet.unwrap_or_default().class()) open[self.open]
                data-group=(self.word) {
                summary data-action="groups#keep" { h2 { span.dot {} (self.title) } }
                ul { @for link in &self.links { li { (link.render()) } } }
            }
        }
    }
}

/// Where one can go from here at the top of the navigation: the name of this place and its siblings.
#[derive(Clone, Debug, Default)]
pub struct Switcher {
    pub current: String,
    pub links: Vec<NavLink>,
}

impl Switcher {
    pub(super) fn render(&self) -> Markup {
        html! {
            @if self.links.is_empty() {
                a.brand href="/" { i {} span { (self.current) } }
            } @else {
                details.switch data-controller="menu" {
                    summary.brand { i {} span { (self.current) } }
                    ul { @for link in &self.links { li { (link.render()) } } }
                }
            }
        }
    }
}

/// The reader's choice of light or dark.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// All choices, for the menu.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The stored word: `system`, `light` or `dark`.
    pub fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads the stored word; anything else is the system's choice.
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.word() == word).unwrap_or_default()
    }

    /// The attribute on `<html>`, absent where the system decides.
    pub(super) fn attribute(self) -> Option<&'static str> {
        (self != Self::System).then(|| self.word())
    }

    fn label(self) -> &'static str {
        match self {
            Self::System => "As the system",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }
}

/// The bell: where notifications are, and how many are unread.
#[derive(Clone, Debug, Default)]
pub struct Bell {
    pub href: String,
    /// Shown up to 99.
    pub unread: i64,
}

impl Bell {
    pub(super) fn render(&self) -> Markup {
        let figure = if self.unread > 99 { "99+".to_owned() } else { self.unread.to_string() };
        html! {
            a.bell href=(self.href) title="Notifications" data-hotkey="g '" {
                svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" {
                    path d="M8 2a4 4 0 0 0-4 4c0 4-1.5 5-1.5 5h11S12 10 12 6a4 4 0 0 0-4-4Zm-1.3 11.5a1.5 1.5 0 0 0 2.6 0"
                        fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" {}
                }
                @if self.unread > 0 { b { (figure) } span.sr { " unread notifications" } }
                @else { span.sr { "Notifications, none unread" } }
            }
        }
    }
}

/// Who is signed in, and their menu.
#[derive(Clone, Debug)]
pub struct Person {
    pub name: String,
    /// A second line, as the mail address.
    pub detail: String,
    pub links: Vec<Link>,
    /// Where the theme form posts `theme=system|light|dark`.
    pub theme_action: String,
    /// Where signing out posts.
    pub sign_out_action: String,
}

impl Default for Person {
    fn default() -> Self {
        Self {
            name: String::new(),
            detail: String::new(),
            links: Vec::new(),
            theme_action: "/theme".into(),
            sign_out_action: "/logout".into(),
        }
    }
}

impl Person {
    pub(super) fn render(&self, theme: Theme) -> Markup {
        html! {
            details.menu.person data-controller="menu" {
                summary { (super::avatar(&self.name)) span.sr { (self.name) } }
                div.sheet {
                    p { strong { (self.name) } br; span.soft { (self.detail) } }
                    @if !self.links.is_empty() {
                        ul { @for link in &self.links { li { a href=(link.href) { (link.label) } } } }
                    }
                    form method="post" action=(self.theme_action) data-controller="theme" {
                        fieldset {
                            legend { "Theme" }
                            @for choice in Theme::ALL {
                                button.chip name="theme" value=(choice.word())
                                    aria-pressed=(choice == theme) { (choice.label()) }
                            }
                        }
                    }
                    p { button.plain type="button" data-action="hotkeys#help" { "Keys " (kbd("?")) } }
                    form method="post" action=(self.sign_out_action) data-turbo="false"
                        data-forgets-drafts {
                        button.plain { "Sign out" }
                    }
                }
            }
        }
    }
}
