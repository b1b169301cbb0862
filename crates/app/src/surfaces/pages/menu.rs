//! The navigation: every page that has a place of its own, what it is called, and the keys that go
//! there.

use axum::http::HeaderMap;

use super::super::session::cookie;
use crate::guide::onboarding::{Preset, in_front};
use crate::how::work_items::open_count;
use crate::kernel::{Access, Actor, Result};
use crate::people::products::Product;
use crate::shell::{Facet, NavLink, NavSection};
use crate::store::Reader;

/// The cookie in which a browser keeps which groups its reader opened or, as `-word`, closed.
const GROUPS: &str = "groups";

/// A page: the last word of its address, what it is called, the keys that go there.
type Entry = (&'static str, &'static str, &'static str);

/// Pages under one heading.
struct Group {
    /// The word by which the browser remembers that it is open.
    word: &'static str,
    title: &'static str,
    facet: Option<Facet>,
    entries: &'static [Entry],
    /// Whether it is open for those who never opened or closed a group.
    open: bool,
}

const PRODUCT: [Group; 5] = [
    Group {
        word: "why",
        title: "Why",
        facet: Some(Facet::Why),
        open: true,
        entries: &[
            ("strategy", "Vision and strategy", "g s"),
            ("metrics", "Metrics", "g ."),
            ("inbox", "Inbox", "g i"),
            ("evidence", "Evidence", "g v"),
            ("portal", "Portal and replies", ""),
            ("interviews", "Interviews", "g u"),
            ("needs", "Needs", "g n"),
            ("market", "Market", ""),
            ("objectives", "Objectives", "g o"),
        ],
    },
    Group {
        word: "what",
        title: "What",
        facet: Some(Facet::What),
        open: true,
        entries: &[
            ("opportunities", "Opportunities", "g p"),
            ("priorities", "Priorities", "g f"),
            ("roadmap", "Roadmap", "g t"),
            ("epics", "Epics", "g e"),
            ("releases", "Releases", "g r"),
            ("decisions", "Decisions", "g c"),
            ("requirements", "Requirements", "g q"),
            ("stakeholders", "Stakeholders", "g k"),
            ("lifecycle", "Lifecycle", ""),
        ],
    },
    Group {
        word: "how",
        title: "How",
        facet: Some(Facet::How),
        open: true,
        entries: &[
            ("backlog", "Backlog", "g b"),
            ("board", "Board", "g d"),
            ("list", "List", "g l"),
            ("table", "Table", ""),
            ("views", "Views", ""),
            ("work-tree", "Tree", "g 1"),
            ("timeline", "Timeline", "g 2"),
            ("calendar", "Calendar", "g 3"),
            ("triage", "Triage", "g 4"),
            ("refinement", "Refinement", ""),
            ("sprints", "Sprints", "g g"),
            ("experiments", "Experiments", "g x"),
            ("phases", "Phases and gates", ""),
        ],
    },
    Group {
        word: "reports",
        title: "Reports",
        facet: None,
        open: true,
        entries: &[
            ("reports", "All reports", ""),
            ("gaps", "Missing why", "g w"),
            ("forecast", "Forecast", ""),
            ("quality", "Story quality", ""),
            ("okr-report", "OKR report", "g j"),
            ("questions", "Questions", "g y"),
            ("flow", "Flow", ""),
            ("health", "Health", ""),
            ("stale", "Left alone", ""),
            ("activity", "Activity", "g a"),
            ("past", "Past days", "g h"),
        ],
    },
    Group {
        word: "product",
        title: "Product",
        facet: None,
        open: false,
        entries: &[
            ("fields", "Fields", ""),
            ("templates", "Templates", ""),
            ("automations", "Rules", ""),
            ("pages", "Pages", "g 5"),
            ("files", "Files", ""),
            ("import", "Import", ""),
            ("bin", "Bin", ""),
            ("settings", "Settings", "g ,"),
        ],
    },
];

/// What a page of a product is called in the navigation.
pub(super) fn label(word: &str) -> Option<&'static str> {
    let all = PRODUCT.iter().flat_map(|g| g.entries);
    all.into_iter().find(|(at, ..)| *at == word).map(|(_, label, _)| *label)
}

/// The groups that the reader of this browser opened or closed.
pub(super) fn groups(headers: &HeaderMap) -> Vec<String> {
    cookie(headers, GROUPS).unwrap_or_default().split('.').map(str::to_owned).collect()
}

/// All groups beside a page: those of its product, then those of the workspace.
pub(super) fn sections(
    cx: &mut Reader<'_>,
    product: Option<&Product>,
    active: &str,
    kept: &[String],
) -> Result<Vec<NavSection>> {
    let mine = NavLink::new("/my-work", "My work").active(active == "my-work").hotkey("g m");
    let mine = NavSection::new("You", None, vec![mine]);
    let mut sections = vec![NavSection { word: "you", open: true, ..mine }];
    if let Some(product) = product {
        let count = open_count(cx.conn, cx.actor.workspace, product.id)?;
        let count = if count >= 1000 { "999+".to_owned() } else { count.to_string() };
        let preset = in_front(cx.conn, cx.actor.workspace)?;
        sections.extend(preset.map(|preset| front(preset, product)));
        for group in &PRODUCT {
            let links = group.entries.iter().map(|(word, label, keys)| {
                let link = NavLink::new(format!("/p/{}/{word}", product.key), *label);
                let link = link.active(*word == active).hotkey(*keys);
                if *word == "backlog" { link.count(&count) } else { link }
            });
            sections.push(NavSection {
                word: group.word,
                open: preset.map_or(group.open, |p| p.open.contains(&group.word)),
                ..NavSection::new(group.title, group.facet, links.collect())
            });
        }
    }
    sections.extend(workspace(cx.actor, active));
    for section in &mut sections {
        for word in kept {
            match word.strip_prefix('-') {
                Some(word) if word == section.word => section.open = false,
                None if word == section.word => section.open = true,
                _ => {}
            }
        }
        section.open |= section.links.iter().any(|link| link.active);
    }
    Ok(sections)
}

/// The pages that a company of this kind goes to most, by the preset with which it began. The groups
/// below hold them too, with their keys.
fn front(preset: &Preset, product: &Product) -> NavSection {
    let link = |word: &&str| {
        NavLink::new(format!("/p/{}/{word}", product.key), label(word).unwrap_or(word))
    };
    let links = preset.front.iter().map(link).collect();
    NavSection { word: "front", open: true, ..NavSection::new("In front", None, links) }
}

/// What stands beside every product: the people, and the way to other products.
fn workspace(actor: &Actor, active: &str) -> Vec<NavSection> {
    let link =
        |word: &str, label: &str| NavLink::new(format!("/{word}"), label).active(active == word);
    let mut people = vec![link("mirror", "Mirror")];
    if actor.check_role(Access::Write).is_ok() {
        people.push(link("charters", "Charters"));
        people.push(link("teams", "Teams").hotkey("g z"));
        people.push(link("teams/map", "Map of teams"));
        people.push(link("culture", "Culture"));
        people.push(link("health", "Health"));
    }
    people.push(link("careers", "Careers"));
    if actor.check_role(Access::Admin).is_ok() {
        people.push(link("people", "People"));
        people.push(link("mail", "Mail"));
    }
    let products = vec![
        NavLink::new("/", "Products").active(active == "home"),
        link("portfolio", "Portfolio"),
        link("learn", "Learn"),
    ];
    let people = NavSection::new("People", None, people);
    let mut sections = vec![NavSection { word: "people", open: true, ..people }];
    let group = NavSection::new("Workspace", None, products);
    sections.push(NavSection { word: "workspace", open: true, ..group });
    sections
}
