//! Cells that hold several things at once.

use super::dates::{self, Order};
use crate::{Attachment, Comment, jira_markup};

/// `date;author;text`, or a text alone.
pub fn comment(cell: &str, order: Order) -> Comment {
    let whole = || Comment { at: None, author: None, body: jira_markup::to_markdown(cell) };
    let Some((date, rest)) = cell.split_once(';') else { return whole() };
    let Some(stamp) = dates::parse(date, order) else { return whole() };
    let (author, body) = rest.split_once(';').unwrap_or(("", rest));
    Comment { at: Some(stamp.micros), author: filled(author), body: jira_markup::to_markdown(body) }
}

/// `date;author;name;url`, or an address or a name alone. A name may hold semicolons.
pub fn attachment(cell: &str, order: Order) -> Attachment {
    let bare = || {
        let cell = cell.trim();
        let url = if cell.contains("://") { cell } else { "" };
        let name = url.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(cell);
        Attachment { at: None, author: None, name: name.to_owned(), url: url.to_owned() }
    };
    let Some((date, rest)) = cell.split_once(';') else { return bare() };
    let Some(stamp) = dates::parse(date, order) else { return bare() };
    let (author, rest) = rest.split_once(';').unwrap_or(("", rest));
    let (name, url) = rest.rsplit_once(';').unwrap_or((rest, ""));
    Attachment {
        at: Some(stamp.micros),
        author: filled(author),
        name: name.trim().to_owned(),
        url: url.trim().to_owned(),
    }
}

/// Labels hold no spaces in Jira, so older exports put several into one cell.
pub fn labels(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|l| !l.is_empty())
}

/// Keys of other issues: one, or a list of them.
pub fn keys(cell: &str) -> Vec<&str> {
    let parts: Vec<&str> = labels(cell).collect();
    let key = |part: &&str| {
        let number = part.rsplit('-').next().unwrap_or_default();
        !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
    };
    if parts.iter().all(key) { parts } else { vec![cell.trim()] }
}

/// A number with a point or a comma.
pub fn number(cell: &str) -> Option<f64> {
    let text = cell.trim();
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-' | b'+'));
    let number: f64 = text.replace(',', ".").parse().ok()?;
    (plain && number.is_finite()).then_some(number)
}

/// The name inside the text that old servers print for a sprint; none for a plain name.
pub fn sprint_name(cell: &str) -> Option<&str> {
    if !cell.contains("greenhopper") {
        return None;
    }
    let start =
        cell.find(",name=").map(|at| at + 6).or_else(|| cell.find("[name=").map(|at| at + 6))?;
    let rest = &cell[start..];
    let end = rest.find(",startDate=").or_else(|| rest.find(']')).unwrap_or(rest.len());
    Some(&rest[..end])
}

/// Whether a person's cell says that there is nobody.
pub fn nobody(cell: &str) -> bool {
    let lower = cell.trim().to_lowercase();
    "unassigned|nieprzypisane|nieprzypisany|nicht zugewiesen|non assigné|non attribué|sin asignar|\
     не назначен|не назначено"
        .split('|')
        .any(|word| word == lower)
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compound_cells_come_apart() {
        let read = comment("05/Sep/25 7:24 AM;u1;one; two", Order::DayFirst);
        assert_eq!((read.author.as_deref(), read.body.as_str()), (Some("u1"), "one; two"));
        assert_eq!(comment("no; date", Order::DayFirst).body, "no; date");
        let read = attachment("05/Sep/25 7:24 AM;u1;a;b.png;https://x/a", Order::DayFirst);
        assert_eq!((read.name.as_str(), read.url.as_str()), ("a;b.png", "https://x/a"));
        assert_eq!(attachment("https://x/b.png", Order::DayFirst).name, "b.png");
        assert_eq!(keys("A-1, A-2"), ["A-1", "A-2"]);
        assert_eq!(keys("the old one"), ["the old one"]);
        assert_eq!((number("3,5"), number("nan"), number("5 pts")), (Some(3.5), None, None));
        let old = "com.atlassian.greenhopper.service.sprint.Sprint@1[id=1,state=CLOSED,name=Sprint 1, late,startDate=x]";
        assert_eq!(sprint_name(old), Some("Sprint 1, late"));
    }
}
