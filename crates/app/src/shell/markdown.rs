//! Text that people write, as safe HTML: CommonMark with tables, task lists, strikethrough and
//! bare addresses. Item keys become links and `@name` is marked; code is left as it is typed.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use comrak::arena_tree::NodeEdge;
use comrak::nodes::{AstNode, NodeLink, NodeValue};
use comrak::{Arena, Node, Options, format_html, parse_document};
use maud::{PreEscaped, html};

#[cfg(test)]
mod tests;

/// Longer texts are cut here, and say so.
const MOST_BYTES: usize = 200 * 1024;
/// Deeper nesting is shown flat: no person writes it, and browsers suffer from it.
const MOST_DEPTH: usize = 40;
/// A table's rows after this many cells are left out, and the page says so.
const MOST_CELLS: usize = 10_000;
/// Letters and digits before the hyphen of an item key.
const MOST_PREFIX: usize = 10;

/// Renders `text`. `links` gives the address of an item key such as PAY-123, if there is one.
pub fn render(text: &str, links: &dyn Fn(&str) -> Option<String>) -> PreEscaped<String> {
    render_for(text, links, None)
}

/// The same; where `people` are given, only their names are mentions, and whole names count.
pub fn render_for(
    text: &str,
    links: &dyn Fn(&str) -> Option<String>,
    people: Option<&[String]>,
) -> PreEscaped<String> {
    let (shown, cut) = head_of(text, MOST_BYTES);
    let options = options();
    let arena = Arena::new();
    let root = parse_document(&arena, shown, &options);
    let rows_left_out = tidy(&arena, root);
    link_words(&arena, root, links, people);

    let mut raw = String::with_capacity(shown.len() * 2);
    let failed = format_html(root, &options, &mut raw).is_err();
    let safe = scrollable(&CLEANER.clean(&raw).to_string());
    html! {
        (PreEscaped(safe))
        @if failed {
            p.notice { "This text could not be shown whole. Edit it to see all of it." }
        }
        @if rows_left_out {
            p.notice { "A table here is cut after 10,000 cells. Attach it as a file to keep it whole." }
        }
        @if cut {
            p.notice { "This text is cut after 200 KB. Attach the rest as a file." }
        }
    }
}

/// What can be wider than the page scrolls by itself, by key too. In clean HTML these tags are tags:
/// where somebody wrote them as words, they are escaped.
fn scrollable(clean: &str) -> String {
    clean
        .replace(
            "<table>",
            r#"<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>"#,
        )
        .replace("</table>", "</table></div>")
        .replace("<pre>", r#"<pre tabindex="0">"#)
}

/// The first `max` characters of the text without its markup, on one line.
pub fn plain_excerpt(text: &str, max: usize) -> String {
    // Markup takes room too; what lies far behind the excerpt need not be read.
    let (near, cut) = head_of(text, max.saturating_mul(16).clamp(1024, MOST_BYTES));
    let arena = Arena::new();
    let root = parse_document(&arena, near, &options());
    let mut words = String::new();
    for node in root.descendants() {
        match &node.data().value {
            NodeValue::Text(part) => words.push_str(part),
            NodeValue::Code(code) => words.push_str(&code.literal),
            NodeValue::CodeBlock(block) => {
                words.push(' ');
                words.push_str(&block.literal);
            }
            NodeValue::SoftBreak | NodeValue::LineBreak => words.push(' '),
            value if value.block() => words.push(' '),
            _ => {}
        }
    }
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if !cut && line.chars().count() <= max {
        return line;
    }
    let kept: String = line.chars().take(max.saturating_sub(1)).collect();
    // A word cut in two reads badly; a very long word is cut all the same.
    let whole = match kept.rfind(' ') {
        Some(at) if kept.len() - at <= 20 => &kept[..at],
        _ => &kept,
    };
    format!("{}…", whole.trim_end())
}

fn head_of(text: &str, max: usize) -> (&str, bool) {
    let end = text.floor_char_boundary(max);
    (&text[..end], end < text.len())
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.tasklist = true;
    options.extension.autolink = true;
    options.render.tasklist_classes = true;
    // Typed HTML shows as what was typed, rather than vanish.
    options.render.escape = true;
    options
}

/// What may remain in the end, whatever the renderer let through.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let flowing = ["p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th"];
    let mut tags: HashSet<&str> = flowing.into();
    tags.extend(["a", "blockquote", "br", "code", "del", "em", "hr", "img", "input", "ol"]);
    tags.extend(["pre", "span", "strong", "table", "tbody", "thead", "tr", "ul"]);
    let mut builder = Builder::empty();
    builder
        .tags(tags)
        .clean_content_tags(["script", "style"].into())
        .generic_attributes(HashSet::new())
        .tag_attributes(HashMap::from([
            ("a", ["href", "title"].into()),
            ("img", ["src", "alt", "title"].into()),
            ("input", ["checked"].into()),
            ("ol", ["start"].into()),
            ("td", ["align"].into()),
            ("th", ["align"].into()),
        ]))
        .set_tag_attribute_values(HashMap::from([
            // The only inputs are the boxes of task lists, and they are for reading.
            ("input", HashMap::from([("type", "checkbox"), ("disabled", "")])),
            ("img", HashMap::from([("loading", "lazy")])),
        ]))
        .allowed_classes(HashMap::from([
            ("a", ["key"].into()),
            ("span", ["mention"].into()),
            ("ul", ["contains-task-list"].into()),
            ("ol", ["contains-task-list"].into()),
            ("li", ["task-list-item"].into()),
        ]))
        .url_schemes(["http", "https", "mailto"].into())
        .url_relative(UrlRelative::PassThrough)
        .attribute_filter(|tag, attribute, value| {
            let other = tag == "img" && attribute == "src" && !is_file(value);
            (!other).then_some(Cow::Borrowed(value))
        })
        .link_rel(Some("noopener nofollow"));
    for tag in flowing {
        // Text that runs from right to left does so beside text that does not.
        builder.set_tag_attribute_value(tag, "dir", "auto");
    }
    builder
});

/// Whether it is the address of a file that was attached here: the only pictures that are shown. One
/// from elsewhere would tell its server who reads what.
fn is_file(url: &str) -> bool {
    is_local(url) && url.starts_with("/files/") && !url.contains("..")
}

/// Whether a browser would ask this server for the address.
fn is_local(url: &str) -> bool {
    // Browsers skip control characters and take a backslash for a slash.
    let url: String =
        url.chars().filter(|c| *c > ' ').map(|c| if c == '\\' { '/' } else { c }).collect();
    let path = url.split(['?', '#']).next().unwrap_or("");
    let has_scheme = path.split('/').next().is_some_and(|first| first.contains(':'));
    !url.is_empty() && !has_scheme && !path.starts_with("//")
}

/// Sets headings below the page's own, flattens what nests too deep, turns pictures that are no attached files into links and bounds tables.
/// Tells whether table rows were left out.
fn tidy<'a>(arena: &'a Arena<'a>, root: Node<'a>) -> bool {
    let (mut flat, mut pictures, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    let mut headings = Vec::new();
    let (mut depth, mut in_link, mut cells) = (0_usize, 0_usize, 0_usize);
    for edge in root.traverse() {
        let (node, entering) = match edge {
            NodeEdge::Start(node) => (node, true),
            NodeEdge::End(node) => (node, false),
        };
        let value = &node.data().value;
        match value {
            NodeValue::Link(_) if entering => in_link += 1,
            NodeValue::Link(_) => in_link -= 1,
            NodeValue::Image(link) if entering && !is_file(&link.url) => {
                pictures.push((node, in_link > 0));
            }
            NodeValue::Heading(_) if entering => headings.push(node),
            NodeValue::TableCell if entering => cells += 1,
            NodeValue::TableRow(false) if entering && cells > MOST_CELLS => rows.push(node),
            _ => {}
        }
        let Some(limit) = depth_limit(value) else { continue };
        if entering {
            depth += 1;
            if depth > limit {
                flat.push(node);
            }
        } else {
            depth -= 1;
        }
    }
    for heading in headings {
        if let NodeValue::Heading(heading) = &mut heading.data_mut().value {
            heading.level = (heading.level + 1).min(6);
        }
    }
    for row in &rows {
        row.detach();
    }
    for (picture, linked) in pictures {
        if linked { unwrap(picture) } else { picture_to_link(arena, picture) }
    }
    // From the outside in, so that every node moves only once.
    flat.into_iter().for_each(unwrap);
    !rows.is_empty()
}

/// How deep a node that holds others of its sort may lie; an item goes with its list.
fn depth_limit(value: &NodeValue) -> Option<usize> {
    match value {
        NodeValue::Item(_) | NodeValue::TaskItem(_) => Some(MOST_DEPTH + 1),
        NodeValue::List(_)
        | NodeValue::BlockQuote
        | NodeValue::Emph
        | NodeValue::Strong
        | NodeValue::Strikethrough
        | NodeValue::Image(_) => Some(MOST_DEPTH),
        _ => None,
    }
}

/// Puts the children of a node in its place.
fn unwrap(node: Node<'_>) {
    while let Some(child) = node.first_child() {
        node.insert_before(child);
    }
    node.detach();
}

fn picture_to_link<'a>(arena: &'a Arena<'a>, picture: Node<'a>) {
    let NodeValue::Image(link) = picture.data().value.clone() else { return };
    if picture.first_child().is_none() {
        picture.append(text_node(arena, link.url.clone()));
    }
    picture.data_mut().value =
        NodeValue::Link(Box::new(NodeLink { url: link.url, title: link.title }));
}

fn text_node<'a>(arena: &'a Arena<'a>, text: String) -> Node<'a> {
    arena.alloc(AstNode::from(NodeValue::Text(text.into())))
}

/// Which of `people` are mentioned in running text, by their place in the list.
pub fn mentions(text: &str, people: &[String]) -> Vec<usize> {
    let (shown, _) = head_of(text, MOST_BYTES);
    let arena = Arena::new();
    let root = parse_document(&arena, shown, &options());
    let mut found = Vec::new();
    for node in running_texts(root) {
        let NodeValue::Text(text) = node.data().value.clone() else { continue };
        let mut previous = ' ';
        for (at, c) in text.char_indices() {
            if c == '@' && !is_word(previous) {
                found.extend(name_in(&text[at + 1..], people).map(|(place, _)| place));
            }
            previous = c;
        }
    }
    found
}

/// Texts outside links and pictures.
fn running_texts(root: Node<'_>) -> Vec<Node<'_>> {
    let mut in_link = 0_usize;
    let mut texts = Vec::new();
    for edge in root.traverse() {
        match edge {
            NodeEdge::Start(node) => match node.data().value {
                NodeValue::Link(_) | NodeValue::Image(_) => in_link += 1,
                NodeValue::Text(_) if in_link == 0 => texts.push(node),
                _ => {}
            },
            NodeEdge::End(node) => {
                if matches!(node.data().value, NodeValue::Link(_) | NodeValue::Image(_)) {
                    in_link -= 1;
                }
            }
        }
    }
    texts
}

/// Replaces keys and mentions in running text; what is inside a link stays.
fn link_words<'a>(
    arena: &'a Arena<'a>,
    root: Node<'a>,
    links: &dyn Fn(&str) -> Option<String>,
    people: Option<&[String]>,
) {
    for node in running_texts(root) {
        let NodeValue::Text(text) = node.data().value.clone() else { continue };
        let parts = parts_of(&text, links, people);
        if parts.iter().all(|part| matches!(part, Part::Plain(_))) {
            continue;
        }
        for part in parts {
            let made = match part {
                Part::Plain(plain) => text_node(arena, plain.to_owned()),
                Part::Marked(html) => arena.alloc(AstNode::from(NodeValue::Raw(html))),
            };
            node.insert_before(made);
        }
        node.detach();
    }
}

enum Part<'t> {
    Plain(&'t str),
    Marked(String),
}

/// Cuts text at keys that lead somewhere and at mentions.
fn parts_of<'t>(
    text: &'t str,
    links: &dyn Fn(&str) -> Option<String>,
    people: Option<&[String]>,
) -> Vec<Part<'t>> {
    let mut parts = Vec::new();
    let (mut plain_from, mut at) = (0, 0);
    let mut previous = ' ';
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let found = if is_word(previous) {
            None
        } else if c == '@' {
            mention(rest, people)
        } else {
            key(rest).and_then(|key| {
                let href = links(key)?;
                Some((key.len(), html! { a.key href=(href) { (key) } }.into_string()))
            })
        };
        match found {
            Some((length, marked)) => {
                if plain_from < at {
                    parts.push(Part::Plain(&text[plain_from..at]));
                }
                parts.push(Part::Marked(marked));
                at += length;
                plain_from = at;
                previous = 'x';
            }
            None => {
                at += c.len_utf8();
                previous = c;
            }
        }
    }
    if plain_from < text.len() {
        parts.push(Part::Plain(&text[plain_from..]));
    }
    parts
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | '@')
}

/// The item key that `rest` begins with: capitals and digits, a hyphen, a number.
fn key(rest: &str) -> Option<&str> {
    let bytes = rest.as_bytes();
    if !bytes.first()?.is_ascii_uppercase() {
        return None;
    }
    let prefix = bytes
        .iter()
        .take(MOST_PREFIX + 1)
        .take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        .count();
    if prefix > MOST_PREFIX || bytes.get(prefix) != Some(&b'-') {
        return None;
    }
    let digits = bytes[prefix + 1..].iter().take(10).take_while(|b| b.is_ascii_digit()).count();
    let length = prefix + 1 + digits;
    let ends = rest[length..].chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '_');
    ((1..=9).contains(&digits) && ends).then(|| &rest[..length])
}

/// The mention that `rest` begins with, and its length.
fn mention(rest: &str, people: Option<&[String]>) -> Option<(usize, String)> {
    let body = &rest[1..];
    if let Some(people) = people {
        let (_, length) = name_in(body, people)?;
        let marked = html! { span.mention { "@" (body[..length]) } };
        return Some((1 + length, marked.into_string()));
    }
    let end = body
        .char_indices()
        .find(|(_, c)| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.'))
        .map_or(body.len(), |(at, _)| at);
    // A full stop after a name ends the sentence.
    let name = body[..end].trim_end_matches(['.', '-']);
    if !name.starts_with(char::is_alphanumeric) {
        return None;
    }
    Some((1 + name.len(), html! { span.mention { "@" (name) } }.into_string()))
}

/// The longest of `people` that `body` begins with: its place in the list, and its length there.
fn name_in(body: &str, people: &[String]) -> Option<(usize, usize)> {
    let ends = |length: usize| {
        body[length..].chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '_')
    };
    let matching = people.iter().enumerate().filter(|(_, name)| {
        let head = body.get(..name.len());
        !name.is_empty()
            && head.is_some_and(|h| h.to_lowercase() == name.to_lowercase())
            && ends(name.len())
    });
    matching.max_by_key(|(_, name)| name.len()).map(|(place, name)| (place, name.len()))
}
