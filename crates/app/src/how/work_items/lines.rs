//! Adding many items at once, a line each: bullets and boxes before them mean nothing, what is
//! indented stands under the line above, and `#label`, `@person`, `!priority` and `=3` say more.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::create::{CreateWorkItem, create};
use super::filter::someone;
use super::{LEVELS, WorkItem};
use crate::db::Conn;
use crate::kernel::{Access, Actor, Error, Result};
use crate::people::members;
use crate::people::products::{self, Product, check_title};
use crate::store::{Action, Change, Meta, Query, Reader, load};

/// The most lines at once.
const MOST: usize = 200;
/// How deep lines stand under each other.
const DEEPEST: usize = 4;

/// A line as it was read.
#[derive(Clone, PartialEq, Debug, Default)]
struct Line {
    /// Counted from 1 in what was pasted.
    number: usize,
    /// The place among the lines read of the one that it stands under.
    under: Option<usize>,
    depth: usize,
    level: Option<&'static str>,
    title: String,
    labels: Vec<String>,
    who: Option<String>,
    priority: Option<String>,
    points: Option<f64>,
    /// Ticked: done already.
    ticked: bool,
}

/// Reads lines; empty ones are left out.
fn read(text: &str) -> Vec<Line> {
    let mut all: Vec<Line> = Vec::new();
    // Where lines stand that others may stand under: how far in, and their place.
    let mut open: Vec<(usize, usize)> = Vec::new();
    for (at, raw) in text.lines().enumerate().filter(|(_, raw)| !raw.trim().is_empty()) {
        let indent = indent(raw);
        open.retain(|(outer, _)| *outer < indent);
        let mut line = words(raw.trim());
        line.number = at + 1;
        line.under = open.last().map(|(_, place)| *place);
        line.depth = open.len();
        open.push((indent, all.len()));
        all.push(line);
    }
    all
}

fn indent(raw: &str) -> usize {
    let space = raw.chars().take_while(|c| c.is_whitespace());
    space.map(|c| if c == '\t' { 4 } else { 1 }).sum()
}

/// The words behind a bullet, a number or a box.
fn behind_bullet(text: &str) -> (&str, bool) {
    let bullet =
        |t: &str| ["- ", "* ", "+ ", "• "].iter().find_map(|b| t.strip_prefix(b).map(str::len));
    let number = |t: &str| {
        let figures = t.chars().take_while(char::is_ascii_digit).count();
        let rest = t.get(figures..).filter(|_| (1..=4).contains(&figures))?;
        rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") ")).map(str::len)
    };
    let left = bullet(text).or_else(|| number(text)).unwrap_or(text.len());
    let text = text[text.len() - left..].trim_start();
    for (mark, ticked) in [("[ ]", false), ("[]", false), ("[x]", true), ("[X]", true)] {
        if let Some(rest) = text.strip_prefix(mark) {
            return (rest.trim_start(), ticked);
        }
    }
    (text, false)
}

fn words(text: &str) -> Line {
    let (mut text, ticked) = behind_bullet(text);
    let mut line = Line { ticked, ..Line::default() };
    if let Some((word, rest)) = text.split_once(':')
        && let Some(level) = LEVELS.iter().find(|l| **l == word.trim().to_lowercase())
    {
        (line.level, text) = (Some(*level), rest);
    }
    let mut title: Vec<String> = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let quoted = rest.strip_prefix("@\"").and_then(|r| r.split_once('"'));
        let (word, after) = match quoted {
            Some((name, after)) => (format!("@{name}"), after),
            None => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        if !line.takes(&word) {
            title.push(word);
        }
        rest = after.trim_start();
    }
    line.title = title.join(" ");
    line
}

/// An item as one line tells it, as `Call the bank @Tom Okoro !high`.
pub fn told_by(text: &str, people: &[String]) -> CreateWorkItem {
    let line = words(quoted(text, people).trim());
    CreateWorkItem {
        title: line.title,
        level: line.level.map(str::to_owned),
        labels: line.labels,
        assignee: line.who,
        priority: line.priority,
        points: line.points,
        ..CreateWorkItem::default()
    }
}

/// The same text, with names of several words that stand behind an @ in quotes.
fn quoted(text: &str, people: &[String]) -> String {
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        told.push_str(&rest[..=at]);
        rest = &rest[at + 1..];
        let named = people.iter().filter(|name| name.contains(' '));
        if let Some(end) = named.filter_map(|name| begins_with(rest, name)).max() {
            told.extend(["\"", &rest[..end], "\""]);
            rest = &rest[end..];
        }
    }
    told.push_str(rest);
    told
}

/// Where a name ends that a text begins with, whatever its case.
fn begins_with(text: &str, name: &str) -> Option<usize> {
    let mut chars = text.char_indices();
    for wanted in name.chars() {
        let (_, found) = chars.next()?;
        if !found.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    let next = chars.next();
    let ends = next.is_none_or(|(_, c)| !c.is_alphanumeric());
    ends.then(|| next.map_or(text.len(), |(at, _)| at))
}

impl Line {
    /// Whether a word says something about the item instead of being part of its title.
    fn takes(&mut self, word: &str) -> bool {
        let Some(first) = word.chars().next() else { return false };
        let rest = &word[first.len_utf8()..];
        let begins = rest.chars().next().is_some_and(char::is_alphabetic);
        match first {
            '#' if begins => self.labels.push(rest.to_owned()),
            '@' if begins && self.who.is_none() => self.who = Some(rest.to_owned()),
            '!' if begins && self.priority.is_none() => self.priority = Some(rest.to_owned()),
            '=' if self.points.is_none() => match rest.replace(',', ".").parse::<f64>() {
                Ok(points) if points.is_finite() => self.points = Some(points),
                _ => return false,
            },
            _ => return false,
        }
        true
    }
}

/// What becomes of a line.
#[derive(Serialize, JsonSchema, Clone, Debug)]
pub struct LineView {
    /// Counted from 1 in what was pasted.
    pub line: usize,
    pub depth: usize,
    pub level: String,
    pub title: String,
    pub labels: Vec<String>,
    pub assignee: Option<String>,
    pub priority: Option<String>,
    pub points: Option<f64>,
    /// Left out, since its box is ticked.
    pub left_out: bool,
    /// Why it cannot be created.
    pub problem: Option<String>,
}

/// A line with the item that it becomes.
struct Planned {
    line: Line,
    view: LineView,
}

fn plan(conn: &mut Conn, actor: &Actor, text: &str, level: Option<&str>) -> Result<Vec<Planned>> {
    let first = level.map(str::trim).filter(|l| !l.is_empty()).unwrap_or("story");
    if !LEVELS.contains(&first) {
        return Err(Error::invalid("level", "Levels are epic, story, task and bug."));
    }
    let people = members::all(conn, actor.workspace)?;
    let people: Vec<String> = people.into_iter().map(|p| p.name).collect();
    let lines = read(&quoted(text, &people));
    if lines.is_empty() {
        return Err(Error::invalid("lines", "Write a line for each item."));
    }
    if lines.len() > MOST {
        let message = format!("Up to {MOST} lines are added at once; these are {}.", lines.len());
        return Err(Error::invalid("lines", message));
    }
    let mut all: Vec<Planned> = Vec::with_capacity(lines.len());
    for line in lines {
        let above = line.under.and_then(|at| all.get(at));
        let level = match (line.level, above.map(|p| p.view.level.as_str())) {
            (Some(level), _) => level,
            (None, Some("epic")) => "story",
            (None, Some(_)) => "task",
            (None, None) => first,
        };
        let left_out = line.ticked || above.is_some_and(|p| p.view.left_out);
        let mut view = LineView {
            line: line.number,
            depth: line.depth,
            level: level.to_owned(),
            title: line.title.clone(),
            labels: line.labels.clone(),
            assignee: line.who.clone(),
            priority: line.priority.clone(),
            points: line.points,
            left_out,
            problem: None,
        };
        if !left_out {
            view.problem = problem(conn, actor, &line, &mut view)?;
        }
        all.push(Planned { line, view });
    }
    Ok(all)
}

/// What is wrong with a line; a person who is found is shown by name.
fn problem(
    conn: &mut Conn,
    actor: &Actor,
    line: &Line,
    view: &mut LineView,
) -> Result<Option<String>> {
    if let Err(error) = check_title("title", &line.title) {
        return Ok(Some(error.to_string()));
    }
    if line.depth > DEEPEST {
        return Ok(Some(format!("It stands more than {DEEPEST} deep.")));
    }
    if line.points.is_some_and(|p| !(0.0..=10_000.0).contains(&p)) {
        return Ok(Some("Points go from 0 to 10,000.".to_owned()));
    }
    let Some(who) = &line.who else { return Ok(None) };
    match someone(conn, actor, who)? {
        Some(id) => {
            let person = load::<members::Person>(conn, actor.workspace, id)?;
            view.assignee = person.map(|p| p.name).or_else(|| Some(who.clone()));
            Ok(None)
        }
        None => Ok(Some(format!(
            "Nobody here is called “{who}”. Write the whole name, in quotes: @\"Ana Ruiz\"."
        ))),
    }
}

/// Show what would become of pasted lines; nothing is created.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct PreviewLines {
    pub product: String,
    pub lines: String,
    /// Of lines that stand under no other: `epic`, `story` (if left out), `task` or `bug`.
    pub level: Option<String>,
}

impl Query for PreviewLines {
    type Output = Vec<LineView>;
    const META: Meta = Meta::query(
        "preview-lines",
        "Show what would become of pasted lines; nothing is created",
        "/work-items/lines",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<LineView>> {
        products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let all = plan(cx.conn, cx.actor, &self.lines, self.level.as_deref())?;
        Ok(all.into_iter().map(|p| p.view).collect())
    }
}

/// Create many work items from lines, all or none: `- [ ] title #label @person !priority =3`, with what is indented under the line above.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct CreateMany {
    pub product: String,
    /// A line each, up to 200. Ticked boxes are left out.
    pub lines: String,
    /// Of lines that stand under no other: `epic`, `story` (if left out), `task` or `bug`.
    pub level: Option<String>,
    /// The key of the item that such lines stand under.
    pub parent: Option<String>,
    /// A team's id or name, for all of them.
    pub team: Option<String>,
    /// A part's id or name, for all of them.
    pub part: Option<String>,
}

/// The items that were created, in the order of their lines.
#[derive(Serialize, JsonSchema)]
pub struct Created {
    pub created: Vec<String>,
}

impl Action for CreateMany {
    type Output = Created;
    const META: Meta = Meta::action(
        "create-many",
        "Create many work items from lines, all or none",
        "POST",
        "/work-items/lines",
    )
    .exercises(&[35]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Created> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let all = plan(cx.conn(), &actor, &self.lines, self.level.as_deref())?;
        if let Some(wrong) = all.iter().find(|p| p.view.problem.is_some()) {
            let problem = wrong.view.problem.clone().unwrap_or_default();
            let message = format!("Line {}: {problem}", wrong.view.line);
            return Err(Error::invalid("lines", message));
        }
        let mut made: Vec<Option<WorkItem>> = Vec::with_capacity(all.len());
        for planned in &all {
            let item = match planned.view.left_out {
                true => None,
                false => Some(self.create(cx, &product, planned, &made)?),
            };
            made.push(item);
        }
        let created: Vec<String> = made.into_iter().flatten().map(|item| item.key).collect();
        if created.is_empty() {
            return Err(Error::invalid("lines", "Every box is ticked: nothing is left to create."));
        }
        Ok(Created { created })
    }
}

impl CreateMany {
    fn create(
        &self,
        cx: &mut Change<'_>,
        product: &Product,
        planned: &Planned,
        made: &[Option<WorkItem>],
    ) -> Result<WorkItem> {
        let Planned { line, view } = planned;
        let above = line.under.and_then(|at| made.get(at)?.as_ref()).map(|item| item.key.clone());
        let input = CreateWorkItem {
            title: view.title.clone(),
            level: Some(view.level.clone()),
            parent: above.or_else(|| self.parent.clone()),
            assignee: view.assignee.clone(),
            team: self.team.clone(),
            part: self.part.clone(),
            points: view.points,
            priority: view.priority.clone(),
            labels: view.labels.clone(),
            ..CreateWorkItem::default()
        };
        create(cx, product, &input).map_err(|error| match error {
            Error::Invalid { field, message } => {
                Error::Invalid { field, message: format!("Line {}: {message}", view.line) }
            }
            Error::Refused(message) => Error::Refused(format!("Line {}: {message}", view.line)),
            other => other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_need_no_quotes() {
        let people = ["Ana".to_owned(), "Ana Ruiz".to_owned(), "José Ñandú Ö".to_owned()];
        for (text, title, who) in [
            ("Call the bank @ana ruiz", "Call the bank", Some("ana ruiz")),
            ("@José Ñandú Ö calls", "calls", Some("José Ñandú Ö")),
            ("Call @Ana Ruizová", "Call Ruizová", Some("Ana")),
            ("Call @\"Ana Ruiz\" twice", "Call twice", Some("Ana Ruiz")),
            ("Mail me@example.org, @ nobody", "Mail me@example.org, @ nobody", None),
        ] {
            let told = told_by(text, &people);
            assert_eq!((told.title.as_str(), told.assignee.as_deref()), (title, who), "{text}");
        }
    }

    #[test]
    fn marks_say_more_and_what_is_indented_stands_under_the_line_above() {
        let text = "- [ ] Epic: Refunds #money\n\t1. Ask for one @\"Ana Ruiz\" !high =3\n      - a task #1 a=b\n\n  * bug: it fails @me\n- [x] done\nplain = text";
        let all = read(text);
        let shown: Vec<_> =
            all.iter().map(|l| (l.number, l.under, l.depth, l.title.as_str())).collect();
        assert_eq!(
            shown,
            [
                (1, None, 0, "Refunds"),
                (2, Some(0), 1, "Ask for one"),
                (3, Some(1), 2, "a task #1 a=b"),
                (5, Some(0), 1, "it fails"),
                (6, None, 0, "done"),
                (7, None, 0, "plain = text"),
            ]
        );
        assert_eq!((all[0].level, &all[0].labels), (Some("epic"), &vec!["money".to_owned()]));
        assert_eq!(all[1].who.as_deref(), Some("Ana Ruiz"));
        assert_eq!((all[1].priority.as_deref(), all[1].points), (Some("high"), Some(3.0)));
        assert_eq!((all[3].level, all[3].who.as_deref()), (Some("bug"), Some("me")));
        assert!(all[4].ticked && !all[5].ticked);
    }

    #[test]
    fn odd_lines_are_titles() {
        for odd in ["!", "@", "#", "=", "=x", "- ", "[", "@\"", "éé: x", "1.x", "12345. x"] {
            assert_eq!(read(odd).len(), 1, "{odd}");
        }
        assert!(read(" \n\t\n").is_empty());
    }
}
