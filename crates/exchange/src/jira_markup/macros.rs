//! Macros in braces that hold whole blocks: code, noformat, quote, panel.

/// A stretch of the text.
#[derive(Debug, PartialEq)]
pub enum Part<'a> {
    Text(&'a str),
    Code {
        language: &'a str,
        title: &'a str,
        body: &'a str,
    },
    /// Opens or closes a quotation.
    Quote,
    /// Opens or closes a panel.
    Panel(&'a str),
}

/// Cuts the text at its block macros. An opened code macro that is never closed stays text.
pub fn split(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut from, mut at) = (0, 0);
    // Once no closing macro lies ahead, none ever will: no second search.
    let (mut no_code, mut no_format) = (false, false);
    while let Some(brace) = text[at..].find('{').map(|found| at + found) {
        let inside = &text[brace + 1..];
        if inside.starts_with('{') {
            at = brace + 2;
            continue;
        }
        at = brace + 1;
        let Some((name, arguments, after)) = head(inside).map(|(n, a, l)| (n, a, brace + 1 + l))
        else {
            continue;
        };
        let (part, end) = match name {
            "quote" => (Part::Quote, after),
            "panel" => (Part::Panel(argument(arguments, "title")), after),
            "code" | "noformat" => {
                let (close, exhausted) = match name {
                    "code" => ("{code}", &mut no_code),
                    _ => ("{noformat}", &mut no_format),
                };
                let found = if *exhausted { None } else { text[after..].find(close) };
                let Some(length) = found else {
                    *exhausted = true;
                    continue;
                };
                let body = &text[after..after + length];
                let language = if name == "code" { language(arguments) } else { "" };
                let title = argument(arguments, "title");
                (Part::Code { language, title, body }, after + length + close.len())
            }
            _ => continue,
        };
        if from < brace {
            parts.push(Part::Text(&text[from..brace]));
        }
        parts.push(part);
        (from, at) = (end, end);
    }
    if from < text.len() {
        parts.push(Part::Text(&text[from..]));
    }
    parts
}

/// `name}` or `name:arguments}` at the start: name, arguments, length with the closing brace.
pub fn head(inside: &str) -> Option<(&str, &str, usize)> {
    let letters = inside.bytes().take(12).take_while(u8::is_ascii_alphabetic).count();
    let name = &inside[..letters];
    if name.is_empty() {
        return None;
    }
    let rest = &inside[letters..];
    if rest.starts_with('}') {
        return Some((name, "", letters + 1));
    }
    let arguments = rest.strip_prefix(':')?;
    let end = arguments.bytes().take(1000).position(|b| matches!(b, b'}' | b'\n' | b'{'))?;
    (arguments.as_bytes()[end] == b'}').then(|| (name, &arguments[..end], letters + 2 + end))
}

fn argument<'a>(arguments: &'a str, name: &str) -> &'a str {
    let value = |pair: &'a str| pair.split_once('=').filter(|(key, _)| key.trim() == name);
    arguments.split('|').find_map(value).map_or("", |(_, value)| value.trim())
}

fn language(arguments: &str) -> &str {
    let plain = arguments.split('|').map(str::trim).find(|part| !part.contains('='));
    let word = plain.unwrap_or_else(|| argument(arguments, "language"));
    let safe = |c: char| c.is_alphanumeric() || matches!(c, '+' | '-' | '#' | '.' | '_');
    if word.chars().all(safe) { word } else { "" }
}
