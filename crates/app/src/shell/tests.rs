use axum::body::Body;
use axum::http::{Request, StatusCode};
use maud::{Render, html};
use tower::ServiceExt;

use super::*;
use crate::kernel::{Error, Time};

#[tokio::test]
async fn assets_are_served_compressed_and_kept() {
    let request = Request::get(assets::asset("style.css"))
        .header("accept-encoding", "gzip, deflate, br")
        .body(Body::empty())
        .expect("a request");
    let response = assets::router::<()>().oneshot(request).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-encoding"], "br");
    assert!(response.headers()["cache-control"].to_str().is_ok_and(|v| v.contains("immutable")));
}

#[test]
fn shares_of_a_whole_add_up_in_whole_percents() {
    let percents = |shares: &[f64]| chart::percents(shares.iter().copied());
    assert_eq!(percents(&[0.884, 0.076, 0.04]), [88, 8, 4]);
    assert_eq!(percents(&[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0]), [34, 33, 33]);
    assert_eq!(percents(&[0.5, 0.126]), [50, 13]);
    assert_eq!(percents(&[0.0, 0.0]), [0, 0]);
}

#[test]
fn a_field_shows_the_error_that_is_about_it() {
    let error = Error::invalid("title", "A title is needed: say what it is in a few words.");
    let shown = field("Title", "title").required().problem(Some(&error)).render().0;
    assert!(shown.contains("aria-invalid=\"true\""), "{shown}");
    assert!(shown.contains("A title is needed"), "{shown}");
    let other = field("Size", "size").problem(Some(&error)).render().0;
    assert!(!other.contains("aria-invalid"), "{other}");
}

#[test]
fn what_people_type_is_never_markup() {
    let hostile = "<script>alert(1)</script>\"onload=\"x";
    let row = list_row("/x", hostile).key(hostile).value(hostile).render().0;
    let page = Frame { title: hostile.into(), ..Frame::default() };
    let page = page.render(html! { (textarea("Words", "words").value(hostile)) }).0;
    for text in [row, page] {
        assert!(!text.contains("<script>alert") && !text.contains("\"onload"), "{text}");
    }
}

#[test]
fn pages_carry_no_inline_style() {
    let page = Frame::default().render(meter(40, "2 of 5")).0;
    assert!(!page.contains("style=\"") && !page.contains("<style"), "{page}");
}

#[test]
fn a_difference_marks_the_words_between() {
    let shown = diff("refund within 14 days", "refund within 7 days").0;
    assert!(shown.contains("<del>14 </del>days") && shown.contains("<ins>7 </ins>days"), "{shown}");
    let same = diff("a a", "a a a").0;
    assert!(same.contains("<ins>"), "{same}");
}

#[test]
fn people_who_are_numbered_are_told_apart_by_their_number() {
    for (name, shown) in [
        ("Ana Ruiz", "AR"),
        ("ola", "O"),
        ("Anna Maria Berg", "AM"),
        ("Person 03", "03"),
        ("Person 104", "04"),
        ("7", "7"),
        ("Team 3b", "T3"),
    ] {
        assert!(avatar(name).0.contains(&format!(">{shown}<")), "{name}");
    }
}

#[test]
fn ago_reads_like_speech() {
    let now = Time(1_772_530_200_000_000);
    let back = |seconds: i64| ago(Time(now.0 - seconds * Time::SECOND), now).0;
    assert!(back(5).contains("just now"));
    assert!(back(7_300).contains("2 h ago"));
    assert!(back(90_000).contains("yesterday"));
    assert!(back(40 * 86_400).contains("Jan 2026"));
}

#[test]
fn a_path_marks_its_own_node_and_gives_the_keys_to_its_neighbours() {
    let node = |here| PathNode { here, href: Some("/x".into()), ..PathNode::default() };
    let shown = path_rail("Path", &[node(false), node(true), node(false)]).0;
    assert!(shown.contains("class=\"node none here\""), "{shown}");
    let (up, down) = (shown.find("data-hotkey=\"w\""), shown.find("data-hotkey=\"d\""));
    assert!(up.is_some() && up < down, "{shown}");
}
