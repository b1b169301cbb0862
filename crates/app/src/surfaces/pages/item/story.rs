//! A story in its usual form, recognised from its words: who, what, what for. Never asked for.

use maud::{Markup, html};
use wherefore_storylint::read;

/// The parts of a story where its title or the beginning of its text says who wants what.
pub(super) fn form(title: &str, body: &str) -> Markup {
    let first = body.trim_start().split("\n\n").next().unwrap_or_default();
    let Some((who, what, why)) = parts(title).or_else(|| parts(first)) else { return html! {} };
    html! {
        dl.story {
            div { dt { "As a" } dd { (who) } }
            div { dt { "I want" } dd { (what) } }
            @if let Some(why) = why { div { dt { "so that" } dd { (why) } } }
        }
    }
}

/// Who, what and what for; nothing where it is not told like that.
fn parts(text: &str) -> Option<(String, String, Option<String>)> {
    if text.chars().count() > 1_000 {
        return None;
    }
    let story = read(text);
    let who = story.persona?.text;
    let action = story.actions.first()?;
    let end = story.benefit.as_ref().map_or(text.len(), |b| b.span.start);
    let rest = text.get(action.span.start..end)?;
    // What introduces the benefit belongs to neither part.
    let rest = rest.trim_end().trim_end_matches([',', ';', '.']);
    let lower = rest.to_lowercase();
    let cut = ["so that", "so i", "in order to", "so"].iter().find_map(|w| {
        (story.benefit.is_some() && lower.ends_with(w)).then(|| rest.len() - w.len())
    });
    let what = rest.get(..cut.unwrap_or(rest.len()))?.trim().trim_end_matches([',', ';']);
    // Where a thing is wanted rather than done, the wish itself is read as the action.
    let wish = ["would like ", "want ", "need ", "wish "].iter().find_map(|w| what.strip_prefix(w));
    let what = wish.unwrap_or(what);
    let why = story.benefit.map(|b| b.text.trim().trim_end_matches('.').to_owned());
    (!what.is_empty()).then(|| (who, what.to_owned(), why))
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_story_is_taken_apart_and_other_words_are_left_alone() {
        let (who, what, why) = parts(
            "As a commuter, I want to see the fare before I pay, so that nothing surprises me.",
        )
        .expect("a story");
        assert_eq!(who, "commuter");
        assert_eq!(what, "see the fare before I pay");
        assert_eq!(why.as_deref(), Some("nothing surprises me"));
        let (_, what, _) = parts("As a visitor, I want fares sorted by price, so that I choose.")
            .expect("a story");
        assert!(what.starts_with("fares sorted"), "{what}");
        assert!(parts("Rotate the certificates").is_none());
        assert!(parts("").is_none());
    }
}
