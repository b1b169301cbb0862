//! Keeps plain text plain: signs that Markdown would read are escaped.

/// Adds a character, escaped where it would mean something between its neighbours.
pub fn push(out: &mut String, c: char, before: Option<char>, rest: &str) {
    let after = rest.chars().next();
    let space = |side: Option<char>| side.is_none_or(char::is_whitespace);
    let word = |side: Option<char>| side.is_some_and(char::is_alphanumeric);
    let means = match c {
        '\\' => after.is_none_or(|a| a.is_ascii_punctuation()),
        '`' | '[' | ']' | '~' => true,
        '*' => !(space(before) && space(after)) || before.is_none(),
        '_' => !(word(before) && word(after) || space(before) && space(after)),
        '<' => after.is_some_and(|a| a.is_ascii_alphabetic() || matches!(a, '/' | '!' | '?')),
        '&' => entity(rest),
        _ => false,
    };
    if means {
        out.push('\\');
    }
    out.push(c);
}

/// `amp;`, `#39;` and the like.
fn entity(rest: &str) -> bool {
    let name =
        rest.bytes().take(32).take_while(|b| b.is_ascii_alphanumeric() || *b == b'#').count();
    name > 0 && rest.as_bytes().get(name) == Some(&b';')
}

/// Escapes a line that would start a block, or underline the one above.
pub fn line_start(text: &str) -> String {
    let first = text.chars().next();
    let hashes = text.bytes().take_while(|b| *b == b'#').count();
    let after = |length: usize| text[length..].chars().next().is_none_or(char::is_whitespace);
    let block = match first {
        Some('#') => hashes <= 6 && after(hashes),
        Some('-' | '=') => {
            let same = text.bytes().take_while(|b| Some(char::from(*b)) == first).count();
            same == text.trim_end().len() || after(1)
        }
        Some('+') => after(1),
        Some('>') => true,
        _ => false,
    };
    if block { format!("\\{text}") } else { text.to_owned() }
}
