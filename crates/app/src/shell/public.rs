//! The frame of pages for the public: calm, without scripts, and with nothing of the workspace.

use maud::{DOCTYPE, Markup, html};

use super::assets::asset;
use super::list::clipped;

/// A page for everybody.
#[derive(Clone, Default)]
pub struct Public {
    pub title: String,
    /// Whose portal it is.
    pub site: String,
    /// Where the site begins.
    pub home: String,
    /// Pages of the site: address, label, whether this is it.
    pub pages: Vec<(String, String, bool)>,
    /// What stands at the end of the bar: sign in, or out.
    pub visitor: Option<Markup>,
    /// The address of the feed.
    pub feed: Option<String>,
    /// Search engines may list it.
    pub indexed: bool,
    /// Inside somebody else's page: no bar, and links open outside.
    pub embedded: bool,
}

impl Public {
    /// The page around `main`.
    pub fn render(&self, main: Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    @if !self.indexed { meta name="robots" content="noindex, nofollow"; }
                    title { (clipped(&self.title)) " · " (self.site) }
                    link rel="icon" type="image/svg+xml" href=(asset("icon.svg"));
                    link rel="stylesheet" href=(asset("style.css"));
                    @if let Some(feed) = &self.feed {
                        link rel="alternate" type="application/atom+xml" title="Changelog" href=(feed);
                    }
                    @if self.embedded { base target="_blank"; }
                }
                body.public.embedded[self.embedded] {
                    a.skip href="#main" { "Skip to the page" }
                    @if !self.embedded { (self.bar()) }
                    main id="main" tabindex="-1" { (main) }
                    @if !self.embedded {
                        footer { p.soft { "Kept with Wherefore" } }
                    }
                }
            }
        }
    }

    fn bar(&self) -> Markup {
        html! {
            header.public-bar {
                a.brand href=(self.home) { (self.site) }
                nav aria-label="Pages" {
                    @for (href, label, here) in &self.pages {
                        a href=(href) aria-current=[here.then_some("page")] { (label) }
                    }
                }
                @if let Some(visitor) = &self.visitor { div.visitor { (visitor) } }
            }
        }
    }
}
