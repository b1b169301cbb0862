//! How well the open stories of a product are written, from their words alone: a report on the
//! backlog, and the hints beside one story. Advice; nothing is held back.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wherefore_storylint::{Criterion, Finding, Options, check_backlog, check_criteria, read};

use crate::how::work_items::WorkItem;
use crate::kernel::{Access, Result};
use crate::people::products;
use crate::selects;
use crate::store::{Meta, Query, Reader};

/// Stories that are read together; the next ones are a page further.
const TOGETHER: i64 = 300;

selects! {
    STORIES: WorkItem = "work_item_now", "product_id = $2 AND category <> 'accepted' AND category <> 'dropped' AND level = 'story' AND rank > $3 ORDER BY rank LIMIT $4";
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
        Ok(report(&rows, only, next))
    }
}

fn report(rows: &[WorkItem], only: Option<&str>, next: Option<String>) -> Quality {
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
    let Some(text) = criteria(body) else { return Vec::new() };
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
