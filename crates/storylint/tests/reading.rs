//! Persona, action, entity and benefit of stories as people write them.

use wherefore_storylint::{Piece, Story, read};

fn texts(pieces: &[Piece]) -> Vec<&str> {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

#[track_caller]
fn reads(text: &str, persona: &str, actions: &[&str], entities: &[&str]) -> Story {
    let story = read(text);
    assert_eq!(story.persona.as_ref().map(|piece| piece.text.as_str()), Some(persona), "{text}");
    assert_eq!(texts(&story.actions), actions, "{text}");
    assert_eq!(texts(&story.entities), entities, "{text}");
    story
}

#[test]
fn the_usual_form() {
    let story = reads(
        "As a returning customer, I want to see my past orders, so that I can order the same again.",
        "returning customer",
        &["see"],
        &["past orders"],
    );
    let benefit = story.benefit.as_ref().unwrap();
    assert_eq!(benefit.text, "I can order the same again");
    assert_eq!(&story.text[benefit.span.start..benefit.span.end], benefit.text);
}

#[test]
fn wishes_for_a_thing() {
    reads("As a buyer, I want an integration with our bank.", "buyer", &["want"], &["integration"]);
    reads("As a buyer, I would like a quote.", "buyer", &["would like"], &["quote"]);
    reads("As a buyer I need the terms in French.", "buyer", &["need"], &["terms"]);
}

#[test]
fn verbs_with_what_belongs_to_them() {
    reads("As a clerk, I want to be able to fill out a form.", "clerk", &["fill out"], &["form"]);
    reads(
        "As a clerk, I want to be notified about late payments.",
        "clerk",
        &["be notified"],
        &["late payments"],
    );
    reads("As a clerk, I want to easily find a form.", "clerk", &["easily find"], &["form"]);
    reads("As a clerk, I want to search for a form.", "clerk", &["search"], &["form"]);
    reads("As a clerk, I don't want to lose drafts.", "clerk", &["lose"], &["drafts"]);
}

#[test]
fn several_actions_and_entities() {
    reads(
        "As a clerk, I want to create, edit or delete an invoice.",
        "clerk",
        &["create", "edit", "delete"],
        &["invoice"],
    );
    reads(
        "As a clerk, I want to see dates, names and amounts.",
        "clerk",
        &["see"],
        &["dates", "names", "amounts"],
    );
    reads(
        "As a clerk, I want to attach a note to the order and send it to the buyer.",
        "clerk",
        &["attach", "send"],
        &["note"],
    );
    reads(
        "As a clerk, I want to see accurate and complete totals.",
        "clerk",
        &["see"],
        &["accurate and complete totals"],
    );
}

#[test]
fn questions_and_clauses() {
    reads("As a clerk, I want to know who paid.", "clerk", &["know"], &["who"]);
    reads("As a clerk, I want to know which bills are open.", "clerk", &["know"], &["bills"]);
    reads("As a clerk, I want to know whether a bill is open.", "clerk", &["know"], &[]);
    reads("As a clerk, I want to ensure that no bill is lost.", "clerk", &["ensure"], &[]);
}

#[test]
fn what_follows_the_entity_is_left_out() {
    reads("As a clerk, I want to see all bills paid by card.", "clerk", &["see"], &["all bills"]);
    reads("As a clerk, I want to see the list of bills.", "clerk", &["see"], &["list"]);
    reads("As a clerk, I want to get this kind of bill.", "clerk", &["get"], &["kind of bill"]);
}

#[test]
fn personas_end_where_the_clause_begins() {
    reads("As the member who has paid, I want to log in.", "member", &["log in"], &[]);
    reads("#G1# As an admin / owner I want to see bills.", "admin / owner", &["see"], &["bills"]);
}

#[test]
fn text_that_is_no_story_has_no_parts() {
    let story = read("");
    assert!(story.persona.is_none() && story.actions.is_empty() && story.benefit.is_none());
    assert!(read("Auditing & Reporting").persona.is_none());
}
