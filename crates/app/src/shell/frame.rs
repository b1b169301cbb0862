//! Whole pages: the frame people work in, the plain page around it, the peek panel's content.

use maud::{DOCTYPE, Markup, html};

use super::assets::asset;
use super::list::clipped;
use super::nav::{Bell, Crumb, Link, NavLink, NavSection, Person, Switcher, Theme};
use super::{Facet, Toast, explain, kbd};

/// What the page listens to for other people's changes.
#[derive(Clone, Debug)]
pub struct Live {
    /// Where the event stream is.
    pub url: String,
    /// Only events whose `product` is this word refresh the page; empty means every event.
    pub scope: String,
    /// The change that led to this page, whose echo needs no refresh.
    pub own: String,
}

impl Default for Live {
    fn default() -> Self {
        Self { url: "/live".into(), scope: String::new(), own: String::new() }
    }
}

/// The frame of a page: navigation, top bar, centre, rail. Fill what the page has; the rest is empty.
#[derive(Clone, Default)]
pub struct Frame {
    pub title: String,
    pub switcher: Switcher,
    pub sections: Vec<NavSection>,
    pub crumbs: Vec<Crumb>,
    /// The page that explains what this one is about.
    pub learn: Option<Link>,
    /// The facet of what the page shows: its hue for pills, meters and marks.
    pub facet: Facet,
    /// The words in the find box.
    pub query: String,
    /// Above centre and rail, usually [`super::page_head`]; on a phone the rail folds beneath it.
    pub head: Option<Markup>,
    /// The right rail, with the one line it folds into on a phone.
    pub rail: Option<(String, Markup)>,
    /// Uses the whole width, for boards and tables.
    pub wide: bool,
    pub person: Option<Person>,
    /// What concerns the reader, beside their menu.
    pub bell: Option<Bell>,
    pub theme: Theme,
    pub toast: Option<Toast>,
    /// A note above everything, as "You are seeing this as it was on 3 March".
    pub banner: Option<Markup>,
    /// What the palette offers before anything is typed, beside the navigation.
    pub commands: Vec<NavLink>,
    /// Dialogs that any page can open, as the one for a quick note.
    pub dialogs: Option<Markup>,
    /// The button in the bar that opens one of them.
    pub note: Option<Markup>,
    pub live: Option<Live>,
}

impl Frame {
    /// The page around `main`.
    pub fn render(&self, main: Markup) -> Markup {
        let body = html! {
            div.app {
                (self.navigation())
                div.column {
                    (self.bar())
                    @if let Some(banner) = &self.banner { div.banner role="status" { (banner) } }
                    (self.page(main))
                }
                aside.peek aria-label="Peek" {
                    turbo-frame id="peek" target="_top" refresh="morph" data-controller="peek" {}
                }
            }
            div id="toasts" aria-live="polite" role="status" {
                @if let Some(toast) = &self.toast { (toast) }
            }
            dialog.sheet id="quick-dialog" aria-label="Change one thing" {
                turbo-frame id="quick" target="_top" data-controller="quick" {}
            }
            (self.palette())
            (keys_help())
            @if let Some(dialogs) = &self.dialogs { (dialogs) }
        };
        document(&self.title, self.theme, self.live.as_ref(), body)
    }

    fn navigation(&self) -> Markup {
        html! {
            details.nav {
                summary aria-label="Menu" { span.bars {} }
                nav aria-label="Main" data-controller="groups" {
                    (self.switcher.render())
                    @for section in &self.sections { (section.render()) }
                }
            }
        }
    }

    fn bar(&self) -> Markup {
        html! {
            header.bar {
                nav.crumbs aria-label="You are here" {
                    ol {
                        @for crumb in &self.crumbs {
                            li {
                                @match &crumb.href {
                                    Some(href) => a href=(href) { (crumb.label) },
                                    None => span aria-current="page" { (crumb.label) },
                                }
                            }
                        }
                    }
                    @if let Some(learn) = &self.learn { (explain(&learn.href, &learn.label)) }
                }
                search {
                    form.find action="/search" method="get" {
                        input type="search" name="q" value=(self.query) aria-label="Find"
                            placeholder="Find or do anything" data-hotkey="/" autocomplete="off";
                        @if let Some(live) = self.live.as_ref().filter(|l| !l.scope.is_empty()) {
                            input type="hidden" name="near" value=(live.scope);
                        }
                        button.keyed type="button" data-action="palette#open" tabindex="-1" {
                            span.sr { "Commands " } (kbd("Ctrl K"))
                        }
                    }
                }
                @if let Some(note) = &self.note { (note) }
                @if let Some(bell) = &self.bell { (bell.render()) }
                @if let Some(person) = &self.person { (person.render(self.theme)) }
            }
        }
    }

    fn page(&self, main: Markup) -> Markup {
        let facet = self.facet.class();
        html! {
            div.page.wide[self.wide].railed[self.rail.is_some()].(facet) {
                main.main id="main" tabindex="-1" {
                    @if let Some(head) = &self.head {
                        div.head {
                            @if let Some(product) = self.crumbs.first() { p.on-paper { (product.label) } }
                            (head)
                        }
                    }
                    @if let Some((line, rail)) = &self.rail {
                        details.rail {
                            summary { (line) }
                            section aria-label=(line) { (rail) }
                        }
                    }
                    div.centre { (main) }
                }
            }
        }
    }

    /// The palette's dialog: a search box over the navigation's links and the page's commands.
    fn palette(&self) -> Markup {
        html! {
            dialog.palette id="palette" aria-label="Find or do anything" data-turbo-permanent {
                input type="text" role="combobox" aria-expanded="true" aria-controls="palette-list"
                    aria-autocomplete="list" aria-label="Find or do anything" autocomplete="off"
                    spellcheck="false" placeholder="Find or do anything";
                ul id="palette-list" role="listbox" aria-label="Results" {}
            }
            template id="commands" {
                @for section in &self.sections {
                    @for link in &section.links {
                        a href=(link.href) data-group=(section.title) data-keys=[link.hotkey.as_deref()] {
                            (link.label)
                        }
                    }
                }
                @for link in &self.commands {
                    a href=(link.href) data-group="Do" data-keys=[link.hotkey.as_deref()] { (link.label) }
                }
            }
        }
    }
}

/// A page outside the frame: signing in, setting up, an error that leaves no frame.
#[derive(Clone, Default)]
pub struct Plain {
    pub title: String,
    pub theme: Theme,
    pub toast: Option<Toast>,
    /// Room for more than one narrow column.
    pub wide: bool,
}

impl Plain {
    /// A plain page under `title`.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// The page around `main`.
    pub fn render(&self, main: Markup) -> Markup {
        let body = html! {
            div.plain-page.wide[self.wide] {
                header { a.brand href="/" { i {} span { "Wherefore" } } }
                main id="main" tabindex="-1" { (main) }
            }
            div id="toasts" aria-live="polite" role="status" {
                @if let Some(toast) = &self.toast { (toast) }
            }
        };
        document(&self.title, self.theme, None, body)
    }
}

/// What a page answers when the request's `Turbo-Frame` header says `peek`: the same thing, smaller.
pub fn peek(href: &str, title: &str, facet: Facet, body: Markup) -> Markup {
    html! {
        turbo-frame id="peek" target="_top" {
            article.(facet.class()) {
                header.peek-head {
                    h2 { a href=(href) { (clipped(title)) } }
                    a.btn.small href=(href) { "Open" }
                    button.btn.small type="button" data-action="peek#close" aria-label="Close" { "✕" }
                }
                (body)
            }
        }
    }
}

/// What a page answers when the request's `Turbo-Frame` header says `quick`: one small form for the
/// dialog of that name.
pub fn quick(title: &str, form: Markup) -> Markup {
    html! {
        turbo-frame id="quick" target="_top" {
            header.sheet-head {
                h2 { (title) }
                button.btn.small type="button" data-action="quick#close" aria-label="Close" { "✕" }
            }
            (form)
        }
    }
}

fn document(title: &str, theme: Theme, live: Option<&Live>, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" data-theme=[theme.attribute()] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="turbo-refresh-method" content="morph";
                meta name="turbo-refresh-scroll" content="preserve";
                // What is fetched before it is asked for would not count as opened when it is.
                meta name="turbo-prefetch" content="false";
                @if let Some(live) = live {
                    meta name="live" content=(live.url) data-scope=(live.scope)
                        data-own=[(!live.own.is_empty()).then_some(&live.own)];
                }
                title { (clipped(title)) " · Wherefore" }
                link rel="icon" type="image/svg+xml" href=(asset("icon.svg"));
                link rel="preload" as="font" type="font/woff2" crossorigin
                    href=(asset("inter-latin-wght-normal.woff2"));
                link rel="stylesheet" href=(asset("style.css")) data-turbo-track="reload";
                script type="module" src=(asset("app.js")) data-turbo-track="reload" {}
            }
            body data-controller="hotkeys dialogs palette drawn" {
                a.skip href="#main" { "Skip to the page" }
                (body)
            }
        }
    }
}

/// The list of keys, opened by `?`.
fn keys_help() -> Markup {
    const KEYS: [(&str, &str); 29] = [
        ("c", "Create"),
        ("q", "Note a piece of evidence"),
        ("/", "Find"),
        ("Ctrl K", "Find or do anything"),
        ("g …", "Go to a page: the letter is in the palette"),
        ("j k", "Next and previous row"),
        ("Enter", "Open the row"),
        ("x", "Select the row"),
        ("e", "Edit"),
        ("s", "Change state"),
        ("a", "Assign"),
        ("l", "Label"),
        ("p", "Priority"),
        ("i", "Estimate"),
        ("t", "Due day"),
        ("u", "What it is part of"),
        ("f", "Follow the item, or no longer; on a list, its filter"),
        ("y", "Copy the item"),
        ("v", "Decide on an opportunity"),
        ("w", "Show the path to why of a row; walk it up"),
        ("d", "Walk down"),
        ("Alt ↑ ↓", "Move the row or card"),
        ("Alt ← →", "Move the card to another column"),
        ("1 … 6", "Sort what waits in the inbox"),
        ("h", "Make a highlight of what is selected in an interview"),
        ("Ctrl Enter", "Send what is being written"),
        ("z", "Undo what was done last, up to ten minutes ago"),
        ("?", "This list"),
        ("Esc", "Close"),
    ];
    html! {
        dialog.sheet id="keys" aria-labelledby="keys-title" {
            h2 id="keys-title" { "Keys" }
            dl.keys { @for (key, what) in KEYS { div { dt { (kbd(key)) } dd { (what) } } } }
            form method="dialog" { button.btn { "Close" } }
        }
    }
}
