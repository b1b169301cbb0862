//! Texts, cut to what there is room for.

use std::borrow::Cow;

/// A text as it is, or its first `most` characters with a sign that more follows.
pub fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return text.into();
    }
    // Where the next character begins: a byte that does not go on with one.
    match text.bytes().enumerate().filter(|(_, byte)| byte & 0xc0 != 0x80).nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// Whether it turns the direction of writing: in a name it can make one look like another.
pub fn turns(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(cut("Fahrgäste", 9), "Fahrgäste");
        assert_eq!(cut("Fahrgäste", 6), "Fahrgä…");
        assert_eq!(cut("🚆🚆🚆", 2), "🚆🚆…");
        assert_eq!(cut("", 0), "");
    }
}
