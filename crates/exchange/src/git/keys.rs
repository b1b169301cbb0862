//! The keys of items that a text names, as `PAY-12`.

/// Words that, before a key, say that the item is done with it.
const CLOSING: [&str; 9] =
    ["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"];

/// The most keys of one text.
const MOST: usize = 50;

/// Every key in a text, once, in capitals. Branches are often written small: `pay-12-refunds`.
pub fn keys(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (key, ..) in found(text) {
        if !all.contains(&key) {
            all.push(key);
        }
    }
    all
}

/// The keys that a text says it closes: “Closes PAY-12”, “fixes: PAY-12, PAY-13 and PAY-14”.
pub fn closed(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut open_until = None;
    for (key, start, end) in found(text) {
        let before = &text[open_until.unwrap_or(0)..start];
        let joined = open_until.is_some()
            && matches!(
                before.trim().to_lowercase().as_str(),
                "," | "and" | ", and" | "&" | "+" | ""
            );
        let head = text[..start].trim_end().trim_end_matches([':', '[', '(', '#']).trim_end();
        let word = head.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        // A long way between the word and the key says nothing.
        let near = head.len() + 4 >= start;
        let says = near && CLOSING.contains(&word.to_lowercase().as_str());
        if (says || joined) && !all.contains(&key) {
            all.push(key);
        }
        open_until = (says || joined).then_some(end);
    }
    all
}

/// Keys with where they begin and end.
fn found(text: &str) -> Vec<(String, usize, usize)> {
    let bytes = text.as_bytes();
    let mut all = Vec::new();
    for (dash, _) in text.match_indices('-') {
        let mut start = dash;
        while start > 0 && bytes[start - 1].is_ascii_alphanumeric() {
            start -= 1;
        }
        let mut end = dash + 1;
        while end < bytes.len() && bytes[end].is_ascii_digit() {
            end += 1;
        }
        let word = &text[start..dash];
        let begins = word.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
        let next = |n: usize| bytes.get(end + n).copied().unwrap_or(b' ');
        let further = next(0) == b'-' && next(1).is_ascii_digit();
        let ends = !next(0).is_ascii_alphanumeric() && !further;
        // What stands before it may be anything but a dash: `SHA-256-12` is no key.
        let free = start == 0 || bytes[start - 1] != b'-';
        let digits = (1..=9).contains(&(end - dash - 1));
        if begins && ends && free && digits && (2..=10).contains(&word.len()) {
            all.push((text[start..end].to_uppercase(), start, end));
        }
        if all.len() == MOST {
            break;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_branches_titles_and_texts() {
        assert_eq!(keys("pay-12-refunds"), ["PAY-12"]);
        assert_eq!(keys("feature/PAY-12_and-PAY-13"), ["PAY-12"]);
        assert_eq!(keys("PAY-12: refunds (PAY-13, pay-12)"), ["PAY-12", "PAY-13"]);
        assert_eq!(keys("use SHA-256-12 and utf8, a-1, PAY-, -12, 12-12"), Vec::<String>::new());
        assert_eq!(keys("Ä PAY-7ß PAY-8."), ["PAY-7", "PAY-8"]);
    }

    #[test]
    fn closing_words_close_what_follows_them() {
        assert_eq!(closed("Closes PAY-12"), ["PAY-12"]);
        assert_eq!(
            closed("fixes: PAY-12, PAY-13 and pay-14; see PAY-15"),
            ["PAY-12", "PAY-13", "PAY-14"]
        );
        assert_eq!(closed("Resolved [PAY-9](https://example.org)"), ["PAY-9"]);
        assert_eq!(
            closed("discloses PAY-12, enclosed PAY-13, PAY-14 closes"),
            Vec::<String>::new()
        );
        assert_eq!(
            closed("PAY-1 is not closed by this. It fixes the door of PAY-2"),
            Vec::<String>::new()
        );
    }
}
