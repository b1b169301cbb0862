//! What is warned of, and what is not: landscapes made by hand.

use std::collections::HashMap;

use super::super::{Interaction, Landscape, LimitsView};
use super::{InHand, warnings};
use crate::kernel::{Day, Id, Time};
use crate::people::parts::Part;
use crate::people::products::Product;
use crate::people::teams::Team;

fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

fn team(name: &str, kind: &str) -> Team {
    Team {
        name: name.into(),
        kind: kind.into(),
        state: "active".into(),
        id: Id::new(),
        revision: 1,
        created_at: Time(0),
        valid_from: Time(0),
        gone_at: None,
    }
}

fn with(one: &Team, other: &Team, mode: &str, starts: &str, ends: Option<&str>) -> Interaction {
    Interaction {
        team_id: one.id,
        other_id: other.id,
        mode: mode.into(),
        purpose: "Learn it".into(),
        starts: day(starts),
        ends: ends.map(day),
        ended_on: None,
        because: String::new(),
        id: Id::new(),
        revision: 1,
        created_at: Time(0),
        valid_from: Time(0),
        gone_at: None,
    }
}

fn part(name: &str, product: Id, team: Option<Id>) -> Part {
    Part {
        product_id: product,
        name: name.into(),
        team_id: team,
        id: Id::new(),
        revision: 1,
        created_at: Time(0),
        valid_from: Time(0),
        gone_at: None,
    }
}

fn land(teams: Vec<Team>, interactions: Vec<Interaction>) -> Landscape {
    Landscape {
        day: day("2026-03-31"),
        teams,
        parts: Vec::new(),
        interactions,
        members: HashMap::new(),
        products: Vec::new(),
    }
}

fn kinds(land: &Landscape, hand: &[InHand]) -> Vec<String> {
    warnings(land, &LimitsView::default(), hand).into_iter().map(|w| w.kind).collect()
}

#[test]
fn a_sound_landscape_is_quiet() {
    let (a, b) = (team("Sales", "stream-aligned"), team("Base", "platform"));
    let served = with(&b, &a, "x-as-a-service", "2024-01-01", None);
    let learnt = with(&a, &b, "collaboration", "2026-03-01", Some("2026-04-30"));
    let coming = with(&b, &a, "facilitating", "2026-05-01", None);
    assert!(kinds(&land(vec![a, b], vec![served, learnt, coming]), &[]).is_empty());
}

#[test]
fn ends_that_passed_are_missing_or_far_off_are_told_once_each() {
    let (a, b) = (team("Sales", "stream-aligned"), team("Help", "enabling"));
    let cases = [
        ("collaboration", "2026-03-01", Some("2026-03-30"), "overdue"),
        ("x-as-a-service", "2026-01-01", Some("2026-03-30"), "overdue"),
        ("collaboration", "2025-12-01", Some("2026-06-30"), "too-long"),
        ("facilitating", "2026-01-20", None, "too-long"),
        ("facilitating", "2026-03-20", None, "no-end"),
        ("collaboration", "2026-03-20", None, "no-end"),
    ];
    for (mode, starts, ends, wanted) in cases {
        let found = land(vec![a.clone(), b.clone()], vec![with(&a, &b, mode, starts, ends)]);
        let all = warnings(&found, &LimitsView::default(), &[]);
        assert_eq!(all.len(), 1, "{mode} {starts}: {all:?}");
        assert_eq!(all[0].kind, wanted, "{mode} {starts}");
        assert_eq!(all[0].interaction, Some(found.interactions[0].id));
        assert!(all[0].href.ends_with(&found.interactions[0].id.to_string()));
    }
    // On its last day it is not overdue yet.
    let last = with(&a, &b, "collaboration", "2026-03-01", Some("2026-03-31"));
    assert!(kinds(&land(vec![a, b], vec![last]), &[]).is_empty());
}

#[test]
fn only_a_stream_aligned_team_collaborates_too_much() {
    let (a, b, c) =
        (team("Sales", "stream-aligned"), team("Base", "platform"), team("Maths", "platform"));
    let ends = Some("2026-04-30");
    let all = vec![
        with(&a, &b, "collaboration", "2026-03-01", ends),
        with(&c, &a, "collaboration", "2026-03-01", ends),
        with(&b, &c, "collaboration", "2026-03-01", ends),
    ];
    let found = land(vec![a, b, c], all);
    let told = warnings(&found, &LimitsView::default(), &[]);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].sentence.starts_with("Sales collaborates with 2 teams"), "{told:?}");
    let more = LimitsView { collaborations: 2, ..LimitsView::default() };
    assert!(warnings(&found, &more, &[]).is_empty());
}

fn product(key: &str) -> Product {
    Product {
        key: key.into(),
        name: "Shop".into(),
        about: String::new(),
        private: false,
        id: Id::new(),
        revision: 1,
        created_at: Time(0),
        valid_from: Time(0),
        gone_at: None,
    }
}

#[test]
fn parts_have_one_owner_and_teams_few_streams() {
    let (a, b) = (team("Sales", "stream-aligned"), team("Help", "stream-aligned"));
    let shop = product("SHOP");
    let (fares, refunds) = (part("Fares", shop.id, Some(a.id)), part("Refunds", shop.id, None));
    let mut found = land(vec![a.clone(), b.clone()], Vec::new());
    found.parts = vec![fares.clone(), refunds];
    found.products = vec![shop.clone()];
    let in_hand = |team: &Team, part: Option<Id>, items| InHand {
        team: team.id,
        product: shop.id,
        part,
        items,
    };
    let all = warnings(&found, &LimitsView::default(), &[in_hand(&b, Some(fares.id), 3)]);
    assert_eq!(
        all.iter().map(|w| w.kind.as_str()).collect::<Vec<_>>(),
        ["unowned-part", "shared-part"]
    );
    assert!(all[0].sentence.contains("Refunds") && !all[0].sentence.contains("Fares"));
    assert!(all[1].sentence.contains("Help has 3 items"), "{}", all[1].sentence);
    // Its own work in its own part is nobody's concern, until there is too much of it.
    found.parts.truncate(1);
    assert!(kinds(&found, &[in_hand(&a, Some(fares.id), 12)]).is_empty());
    assert_eq!(kinds(&found, &[in_hand(&a, Some(fares.id), 13)]), ["many-streams"]);
    let few = LimitsView { parts: 0, ..LimitsView::default() };
    let told = warnings(&found, &few, &[]);
    assert_eq!(told[0].href, "/p/SHOP/settings");
}
