//! Links, mentions, images and bare addresses.

use super::inline;

/// `[text|url]`, `[url]`, `[~user]`, `[^file]`; none where it is only a bracket.
pub fn bracket(rest: &str) -> Option<(String, usize)> {
    // A second opening bracket ends the search, which keeps it linear.
    let end = rest[1..].find(['[', ']'])? + 1;
    if rest.as_bytes()[end] != b']' {
        return None;
    }
    let inside = &rest[1..end];
    Some((link(inside)?, end + 1))
}

fn link(inside: &str) -> Option<String> {
    if let Some(user) = inside.strip_prefix('~') {
        let user = user.strip_prefix("accountid:").unwrap_or(user);
        let plain = !user.is_empty() && !user.contains('|');
        return plain.then(|| format!("@{}", inline::plain(user)));
    }
    if let Some(file) = inside.strip_prefix('^') {
        return (!file.is_empty()).then(|| inline::plain(file));
    }
    let mut parts: Vec<&str> = inside.split('|').collect();
    if parts.last().is_some_and(|last| last.starts_with("smart-")) {
        parts.pop();
    }
    match parts.as_slice() {
        [url] if address(url) => Some(angle(url)),
        [text, url] if text == url && address(url) => Some(angle(url)),
        [text, url] if address(url) || url.starts_with(['#', '/']) => {
            let text = text.trim();
            let shown = if text.is_empty() { url } else { text };
            Some(format!("[{}]({})", inline::plain(shown), target(url)))
        }
        [text, page] if !text.is_empty() && !page.is_empty() => {
            Some(format!("{} ({})", inline::plain(text), inline::plain(page)))
        }
        _ => None,
    }
}

fn address(text: &str) -> bool {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    let scheme = ["http://", "https://", "ftp://", "mailto:", "file://"];
    scheme.iter().any(|scheme| lower.starts_with(scheme)) && text.len() > 8
}

fn angle(url: &str) -> String {
    if url.contains([' ', '<', '>', '\\']) {
        return format!("[{}]({})", inline::plain(url), target(url));
    }
    format!("<{url}>")
}

/// An address as the target of a link.
fn target(url: &str) -> String {
    let odd = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>' | '\\');
    if url.is_empty() || url.contains(odd) {
        let inner = url.replace('\\', "\\\\").replace('<', "%3C").replace('>', "%3E");
        return format!("<{inner}>");
    }
    url.to_owned()
}

/// `!picture.png!` or `!picture.png|thumbnail!`; the name stays the target.
pub fn image(rest: &str) -> Option<(String, usize)> {
    let window = rest[1..].char_indices().nth(300).map_or(rest.len(), |(at, _)| at + 1);
    let end = rest[1..window].find('!')? + 1;
    let file = rest[1..end].split('|').next().unwrap_or_default();
    let extension = file.rsplit('.').next().unwrap_or_default();
    let named = file.contains('.')
        && (1..=5).contains(&extension.len())
        && extension.bytes().all(|b| b.is_ascii_alphanumeric())
        && !file.starts_with(char::is_whitespace);
    if !named && !address(file) {
        return None;
    }
    let shown = file.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(file);
    Some((format!("![{}]({})", inline::plain(shown), target(file)), end + 1))
}

/// An address in running text, as it stands: its signs are not emphasis.
pub fn bare(rest: &str) -> Option<(String, usize)> {
    let start = rest.get(..8).unwrap_or(rest);
    if !["http://", "https://", "ftp://", "mailto:"].iter().any(|s| start.starts_with(s)) {
        return None;
    }
    let stop = |c: char| {
        c.is_whitespace()
            || matches!(c, '<' | '>' | '"' | '|' | '[' | ']' | '{' | '}' | ')' | '\\' | '`')
    };
    let end = rest.find(stop).unwrap_or(rest.len());
    let url =
        rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '\'', '~', '+', '-']);
    (url.len() > 8).then(|| (url.to_owned(), url.len()))
}
