//! Writes pages with every component into a folder, to look at them: `gallery FOLDER`.

use std::path::Path;
use std::{env, fs, io};

use maud::{Markup, html};
use wherefore_app::kernel::Error;
use wherefore_app::shell::*;

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| "gallery".into());
    let folder = Path::new(&folder);
    fs::create_dir_all(folder.join("assets"))?;
    for asset in assets::ASSETS {
        fs::write(folder.join("assets").join(asset.path), asset.bytes())?;
    }
    let pages: [(&str, Markup); 6] = [
        ("item", item()),
        ("list", rows()),
        ("board", board()),
        ("forms", forms()),
        ("parts", parts()),
        ("login", login()),
    ];
    for (name, page) in pages {
        fs::write(folder.join(format!("{name}.html")), page.into_string())?;
    }
    Ok(())
}

fn frame(title: &str) -> Frame {
    let link = |label: &str| NavLink::new("#", label);
    Frame {
        title: title.into(),
        facet: Facet::How,
        switcher: Switcher {
            current: "Southway Tickets".into(),
            links: vec![link("All products"), link("Depot Planner")],
        },
        sections: vec![
            NavSection::new(
                "Why",
                Some(Facet::Why),
                vec![link("Vision and strategy"), link("Evidence").count("12 new"), link("Needs")],
            ),
            NavSection::new("What", Some(Facet::What), vec![link("Opportunities"), link("Epics")]),
            NavSection::new(
                "How",
                Some(Facet::How),
                vec![link("Backlog").count(86).active(true).hotkey("g b"), link("Board")],
            ),
            NavSection::new("People", None, vec![link("Charter"), link("Signals").count(2)]),
        ],
        crumbs: vec![
            Crumb::to("#", "Southway Tickets"),
            Crumb::to("#", "Backlog"),
            Crumb::here(title),
        ],
        person: Some(Person {
            name: "Ana Ruiz".into(),
            detail: "ana@example.org".into(),
            ..Person::default()
        }),
        ..Frame::default()
    }
}

fn item() -> Markup {
    let node = |facet, label: &str, title: &str| PathNode {
        facet,
        label: label.into(),
        title: title.into(),
        href: Some("#".into()),
        ..PathNode::default()
    };
    let nodes = [
        PathNode {
            progress: Some((44, "296".into())),
            ..node(Facet::Why, "Key result", "Calls about refunds, from 410 to 150 a week")
        },
        PathNode {
            quote: Some("I paid twice and got half of one back.".into()),
            note: Some("Commuter, interview, 3 March".into()),
            ..node(Facet::Why, "Users' need, 31 people", "Get money back for what I could not use")
        },
        PathNode {
            gap: true,
            ..node(Facet::Why, "Business need", "None yet: add one, or say until when")
        },
        PathNode {
            progress: Some((62, "8 of 13".into())),
            ..node(Facet::What, "Epic, on track", "Refunds in the app")
        },
        PathNode { here: true, ..node(Facet::How, "Story", "RIDE-214") },
        node(Facet::How, "Serves it", "3 tasks, 1 open pull request"),
    ];
    let meta = html! { (toned("In review", Tone::Facet)) span { "Ana Ruiz" } span { "5 points" } };
    let acts = html! { a.btn href="#" { "Edit " (kbd("e")) } };
    let title = "Refund a split ticket without calling the help line";
    Frame {
        head: Some(page_head("RIDE-214, story", title, meta, acts)),
        rail: Some(("Path to why: 4 above, 1 gap".into(), path_rail("Path to why", &nodes))),
        toast: Some(toast_with_undo("Moved to review.", "#")),
        ..frame("RIDE-214")
    }
    .render(html! {
        p.voice { "As a commuter who bought two tickets for one journey, I want to refund the part I did not use, so that a cancelled train does not cost me the other half." }
        (section("Acceptance criteria", html! {
            ol.crit {
                li { span.ok { "✓" } span { em { "Given" } " a split ticket, " em { "then" } " only that part is refunded within 14 days" } span.soft { "met" } }
                li { span.no { "✕" } span { em { "Given" } " the train was cancelled, " em { "then" } " the refund is offered" } span.soft { "not met" } }
            }
        }))
        (notice(Tone::Plain, html! { b { "“the same day”" } " cannot be tested as written. Say by when, in hours?" }))
        div.acts { (post_button("#", "Accept", None)) (dialog_link("send", "#", "Send back with a reason", None)) }
        (section("Activity", html! { ul.log { li { b { "Tom Okoro" } " moved it to review, 2 h ago" } } }))
        (dialog("send", "Send back", form("#", html! { (textarea("Reason", "reason").required()) (submit("Send back")) })))
    })
}

fn row(at: usize) -> Row {
    let long = "A title that goes on and on because somebody pasted a whole sentence, and then some more, without ever stopping to breathe";
    let title = if at.is_multiple_of(4) { long } else { "Show the next train on the lock screen" };
    list_row("#", title)
        .key(format!("RIDE-{}", 200 + at))
        .value(at)
        .facet(Facet::How)
        .lead(toned("Ready", Tone::Facet))
        .tail(html! { (pill("refunds")) span { "3" } (avatar("Ana Ruiz")) })
        .level(if at % 3 == 1 { 1 } else { 0 })
}

fn choices() -> Vec<Choice> {
    vec![Choice::new("", "Any"), Choice::new("ready", "Ready"), Choice::new("done", "Done")]
}

fn rows() -> Markup {
    let head = page_head(
        "",
        "Backlog",
        html! { "86 stories, in order" },
        html! {
            a.btn.go href="#" data-hotkey="c" { "New story " (kbd("c")) }
        },
    );
    let to = Sortable { move_url: "/move".into(), ..Sortable::default() };
    let next = Pages { next: Some("#".into()), note: "12 of 86".into(), ..Pages::default() };
    Frame { head: Some(head), ..frame("Backlog") }.render(html! {
        (tabs("Views", &[Link::new("#", "List"), Link::new("#", "Board")], 0))
        (filters("#", html! {
            (select("State", "state", choices()))
            (field("Label", "label").id("f-label"))
        }))
        (sortable("Backlog", &to, html! { @for at in 0..12 { (row(at)) } }))
        (pages(&next))
        (bulk_bar("#", html! { (select("Set state", "state", choices()).id("bulk-state")) (button("Apply", "do", "state")) }))
    })
}

fn board() -> Markup {
    let column = |title: &str, from: usize, to: usize, limit| {
        let sortable =
            Sortable { move_url: "/move".into(), column: title.into(), group: "board".into() };
        let cards = html! { @for at in from..to { (card(&row(at))) } };
        board_column(title, &Held { limit, ..Held::all(to - from) }, &sortable, cards)
    };
    let head = page_head("", "Board", html! {}, html! {});
    Frame { head: Some(head), wide: true, ..frame("Board") }.render(html! {
        div.board {
            (column("Ready", 0, 5, None))
            (column("In progress", 5, 9, Some(3)))
            (column("In review", 9, 10, Some(2)))
            (column("Done", 10, 10, None))
        }
    })
}

fn forms() -> Markup {
    let error = Error::invalid("title", "A title is needed: say in a few words what it is.");
    Frame { facet: Facet::Why, ..frame("New") }.render(html! {
        (page_head("Evidence", "New piece of evidence", html! {}, html! {}))
        (form("#", html! {
            (form_error(Some(&Error::refused("This sprint is closed. Open a new one first."))))
            (field("Title", "title").required().problem(Some(&error)).help("A few words"))
            (textarea("What they said", "words").voice().placeholder("“I paid twice.”").draft("gallery"))
            div.fields { (select("Kind", "kind", choices())) (field("Day", "day").kind("date")) }
            (checkbox("Share outside the team", "share").help("Names are left out."))
            div.acts { (submit("Add")) (button("Add another", "again", "1")) (danger("Delete", "delete", "1")) }
        }))
    })
}

fn parts() -> Markup {
    Frame { banner: Some(html! { "You see this as it was on 3 March 2026." }), ..frame("Parts") }
        .render(html! {
            div { (pill("plain")) " " (toned("facet", Tone::Facet)) " " (toned("good", Tone::Good)) " " (toned("bad", Tone::Bad)) " " (toned("warn", Tone::Warn)) }
            (stats(html! { (stat("Cycle time", "4.2 days", "median of 30")) (stat("Throughput", "11", "a week")) (stat("Age", "9 days", "")) }))
            (empty_state("No evidence yet", "“I paid twice and got half of one back.”", html! { a.btn.go href="#" { "Add evidence" } }))
            (diff("Refunds arrive within 14 days of asking", "Refunds arrive within 7 days of asking"))
            (data_table("Flow by week", &["Week", "#Done", "#Started"], vec![
                vec![html! { "9" }, html! { "11" }, html! { "12" }],
                vec![html! { "10" }, html! { "1,204" }, html! { "3" }],
            ]))
            (notice(Tone::Good, html! { "Imported 120 of 120." }))
            (notice(Tone::Warn, html! { "Two rows were left out." }))
            (menu("State", Some("s"), html! { button.plain { "Ready" } }))
            (copy("wf_live_2f9a"))
            (meter(62, "8 of 13"))
        })
}

fn login() -> Markup {
    Plain::new("Sign in").render(html! {
        h1 { "Sign in" }
        (form("/login", html! {
            (field("Mail address", "email").kind("email").required().autocomplete("username").autofocus())
            (field("Password", "password").kind("password").required().autocomplete("current-password"))
            (submit("Sign in"))
        }))
    })
}
