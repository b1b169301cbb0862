//! A story in its usual form, recognised from its words: who, what, what for. Never asked for.

use maud::{Markup, html};
use wherefore_storylint::read;

/// The parts of a story where its title or the beginning of its text says who wants what.
pub(super) fn form(title: &str, body: &str) -> Markup {
    let Some((who, what, why)) = parts(title).or_else(|| parts(&opening(body))) else {
        return html! {};
    };
    html! {
        dl.story {
            div { dt { "As a" } dd { (who) } }
            div { dt { "I want" } dd { (what) } }
            @if let Some(why) = why { div { dt { "so that" } dd { (why) } } }
        }
    }
}

/// The first paragraph of a text; lists, headings and further sentences tell of other things.
fn opening(body: &str) -> String {
    let lines = body.trim_start().lines().map(str::trim);
    let plain = |line: &&str| {
        !line.is_empty() && !line.starts_with(['-', '*', '#', '>', '|', '`', '=', '1'])
    };
    let first = lines.take_while(plain).collect::<Vec<_>>().join(" ");
    let next = |rest: &str| rest.trim_start().starts_with(char::is_uppercase);
    let end = first.match_indices(". ").find(|(at, dot)| next(&first[at + dot.len()..]));
    end.map_or(first.as_str(), |(at, _)| &first[..at]).to_owned()
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
    use super::{opening, parts};

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
    }

    #[test]
    fn what_follows_a_story_is_no_part_of_it() {
        let story = "As a commuter, I want to see the fare, so that nothing surprises me";
        for rest in [
            ".\r\n\r\nAsked for by sales.",
            ". Asked for by sales.",
            "\n- on the map",
            "\n## Notes",
        ] {
            let (.., why) = parts(&opening(&format!("{story}{rest}"))).expect("a story");
            assert_eq!(why.as_deref(), Some("nothing surprises me"), "{rest:?}");
        }
        let over_lines = "As a commuter,\nI want to see the fare,\nso that nothing surprises me.";
        assert!(parts(&opening(over_lines)).is_some_and(|(.., why)| why.is_some()));
        assert!(parts("").is_none());
    }
}
