//! How well the open stories of a product are written, from their words alone: a report on the
//! backlog, and the hints beside one story. Advice; nothing is held back.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wherefore_storylint::{Criterion, Finding, Options, check_backlog, check_criteria, read};

use crate::how::work_items::WorkItem;
use crate::kernel::{Access, Id, Result};
use crate::people::products;
use crate::store::{Meta, Query, Reader};
use crate::{selects, statements};

/// Stories that are read together; the next ones are a page further.
const TOGETHER: i64 = 300;

selects! {
    STORIES: WorkItem = "work_item_now", "product_id = $2 AND category <> 'accepted' AND category <> 'dropped' AND level = 'story' AND rank > $3 ORDER BY rank LIMIT $4";
}

statements! {
    CRITERIA = "SELECT c.item_id, c.kind, c.title, c.steps FROM work_item w JOIN criterion c ON c.workspace_id = w.workspace_id AND c.item_id = w.id AND c.gone_at IS NULL WHERE w.workspace_id = $1 AND w.product_id = $2 AND w.gone_at IS NULL AND w.rank >= $3 AND w.rank <= $4 ORDER BY w.rank, c.position LIMIT 3000";
}

/// Report how well the open stories are written, with what to change.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetQuality {
    pub product: String,
    /// Only the stories with findings of this criterion.
    pub criterion: Option<String>,
    /// What the page before named as `next`.
    pub after: Option<String>,
}

/// The report.
#[derive(Serialize, JsonSchema, Debug)]
pub struct Quality {
    /// Open stories that were read.
    pub checked: usize,
    /// Those among them whose text is in the form of a story.
    pub told: usize,
    /// Those of which nothing is to be said.
    pub clean: usize,
    /// How many stories each criterion finds something in, most first.
    pub criteria: Vec<Counted>,
    /// Stories with findings, in the order of the backlog.
    pub items: Vec<Weak>,
    pub next: Option<String>,
}

/// A criterion and how many stories miss it.
#[derive(Serialize, JsonSchema, Debug)]
pub struct Counted {
    pub criterion: String,
    /// What it asks for.
    pub asks: String,
    pub stories: usize,
}

/// A story and what is to be said of it.
#[derive(Serialize, JsonSchema, Debug)]
pub struct Weak {
    pub key: String,
    pub title: String,
    pub findings: Vec<Hint>,
}

/// One finding.
#[derive(Serialize, JsonSchema, Debug, Clone)]
pub struct Hint {
    pub criterion: String,
    /// The words that it is about.
    pub place: String,
    pub message: String,
    /// What to do.
    pub suggestion: String,
    /// The story worded anew, or the stories that it splits into.
    pub wordings: Vec<String>,
}

impl Query for GetQuality {
    type Output = Quality;
    const META: Meta = Meta::query(
        "get-quality",
        "Report how well the open stories are written, with what to change",
        "/quality",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Quality> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let after = self.after.clone().unwrap_or_default();
        let values = [product.id.into(), after.into(), (TOGETHER + 1).into()];
        let mut rows = STORIES.all(cx.conn, cx.actor.workspace, &values)?;
        let more = rows.len() as i64 > TOGETHER;
        rows.truncate(TOGETHER as usize);
        let next = more.then(|| rows.last().map(|item| item.rank.clone())).flatten();
        let only = self.criterion.as_deref().filter(|criterion| !criterion.is_empty());
        let judged = kept_criteria(cx, product.id, &rows)?;
        Ok(report(&rows, &judged, only, next))
    }
}

/// The criteria that are kept beside each of these stories, as text.
fn kept_criteria(
    cx: &mut Reader<'_>,
    product: Id,
    rows: &[WorkItem],
) -> Result<BTreeMap<Id, String>> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return Ok(BTreeMap::new());
    };
    let values = [
        cx.actor.workspace.into(),
        product.into(),
        first.rank.clone().into(),
        last.rank.clone().into(),
    ];
    let all: Vec<(Id, String, String, String)> =
        cx.conn.query(&CRITERIA, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))?;
    let mut texts: BTreeMap<Id, String> = BTreeMap::new();
    for (item, kind, title, steps) in all {
        texts.entry(item).or_default().push_str(&as_text(&kind, &title, &steps));
    }
    Ok(texts)
}

/// One criterion as it would be typed.
fn as_text(kind: &str, title: &str, steps: &str) -> String {
    if kind == "scenario" {
        format!("Scenario: {title}\n{steps}\n")
    } else {
        format!("- {title}\n")
    }
}

/// What is to be said of criteria that are kept beside a story: their kinds, titles and steps.
pub fn hints_of_criteria<'a>(all: impl Iterator<Item = (&'a str, &'a str, String)>) -> Vec<Hint> {
    let text: String = all.map(|(kind, title, steps)| as_text(kind, title, &steps)).collect();
    checked(&text)
}

fn report(
    rows: &[WorkItem],
    judged: &BTreeMap<Id, String>,
    only: Option<&str>,
    next: Option<String>,
) -> Quality {
    let texts: Vec<(usize, &str)> = rows
        .iter()
        .enumerate()
        .filter_map(|(at, item)| Some((at, story(&item.title, &item.body)?)))
        .collect();
    let stories: Vec<_> = texts.iter().map(|(_, text)| read(text)).collect();
    let mut found: Vec<Vec<Hint>> = rows.iter().map(|_| Vec::new()).collect();
    for finding in check_backlog(&stories, &Options::default()) {
        if let Some((at, text)) = texts.get(finding.story) {
            found[*at].push(Hint::new(text, finding));
        }
    }
    for (at, item) in rows.iter().enumerate() {
        found[at].extend(of_criteria(&item.body));
        found[at].extend(judged.get(&item.id).map(|text| checked(text)).unwrap_or_default());
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for hints in &found {
        let mut names: Vec<&str> = hints.iter().map(|hint| hint.criterion.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            *counts.entry(name).or_default() += 1;
        }
    }
    let mut criteria: Vec<Counted> = Criterion::ALL
        .into_iter()
        .filter_map(|criterion| {
            let stories = *counts.get(criterion.name())?;
            let (name, asks) = (criterion.name().to_owned(), criterion.asks().to_owned());
            Some(Counted { criterion: name, asks, stories })
        })
        .collect();
    criteria.sort_by_key(|c| std::cmp::Reverse(c.stories));
    let clean = texts.iter().filter(|(at, _)| found[*at].is_empty()).count();
    let weak = rows.iter().zip(found).filter(|(_, findings)| match only {
        Some(only) => findings.iter().any(|hint| hint.criterion == only),
        None => !findings.is_empty(),
    });
    let items = weak
        .map(|(item, findings)| Weak { key: item.key.clone(), title: item.title.clone(), findings })
        .collect();
    Quality { checked: rows.len(), told: texts.len(), clean, criteria, items, next }
}

impl Hint {
    fn new(text: &str, finding: Finding) -> Self {
        let is_story = |part: &&str| story(part, "").is_some();
        let parts = finding.suggestion.split(" | ").map(str::trim);
        Self {
            criterion: finding.criterion.name().to_owned(),
            place: finding.span.of(text).to_owned(),
            wordings: parts.filter(is_story).map(str::to_owned).collect(),
            message: finding.message,
            suggestion: finding.suggestion,
        }
    }
}

/// What is to be said of one text: of its story, and of its acceptance criteria.
pub fn hints(title: &str, body: &str) -> Vec<Hint> {
    let mut all = Vec::new();
    if let Some(text) = story(title, body) {
        let findings = wherefore_storylint::check(&read(text), &Options::default());
        all.extend(findings.into_iter().map(|finding| Hint::new(text, finding)));
    }
    all.extend(of_criteria(body));
    all
}

fn of_criteria(body: &str) -> Vec<Hint> {
    criteria(body).map(checked).unwrap_or_default()
}

fn checked(text: &str) -> Vec<Hint> {
    let findings = check_criteria(text, &Options::default());
    findings.into_iter().map(|finding| Hint::new(text, finding)).collect()
}

/// The text in the form of a story: the title, or a line of the text.
pub fn story<'a>(title: &'a str, body: &'a str) -> Option<&'a str> {
    std::iter::once(title).chain(body.lines()).map(str::trim).find(|line| {
        let start: String = line.chars().take(6).collect::<String>().to_lowercase();
        ["as a ", "as an ", "as the"].iter().any(|opening| start.starts_with(opening))
    })
}

/// The acceptance criteria in a text: what follows a heading of that name, or the scenarios.
fn criteria(body: &str) -> Option<&str> {
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        let words = line.trim_start_matches(['#', '*', ' ']).to_lowercase();
        if words.starts_with("acceptance criteria") {
            let rest = &body[at + line.len()..];
            return Some(rest.find("\n#").map_or(rest, |end| &rest[..end]));
        }
        if words.starts_with("given ") {
            return Some(&body[at..]);
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_is_found_in_the_title_or_the_text() {
        assert_eq!(story("As a rider, I want …", ""), Some("As a rider, I want …"));
        assert_eq!(story("Pay", "Why:\n  As an owner, I want …"), Some("As an owner, I want …"));
        assert_eq!(story("Assign riders", "As soon as possible"), None);
    }

    #[test]
    fn criteria_end_with_their_part() {
        let body = "Text\n## Acceptance criteria\n- It is fast\n\n## Notes\nquick ones";
        assert_eq!(criteria(body), Some("- It is fast\n"));
        assert_eq!(criteria("Given a bus\nWhen it leaves"), Some("Given a bus\nWhen it leaves"));
    }

    #[test]
    fn a_split_tells_the_two_stories() {
        let text = "As a rider, I want to see my tickets and cancel them, so that I plan my day.";
        let split = hints(text, "").into_iter().find(|hint| hint.criterion == "atomic");
        let split = split.expect("two actions");
        assert_eq!(split.wordings.len(), 2, "{split:?}");
        assert!(split.wordings.iter().all(|wording| wording.starts_with("As a rider, I want to")));
    }
}
