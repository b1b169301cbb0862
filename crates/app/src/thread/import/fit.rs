//! What a file holds beyond what forms take is cut to that, as somebody would have had to; the whole
//! of it is kept in a custom field.

use wherefore_exchange::{Backlog, Item, Warning};

use super::compare::TITLE;
use crate::how::work_items::{MOST_LABELS, WORD};

/// A state's name; an index of PostgreSQL holds it in any script.
const STATE: usize = 500;

/// Cuts what is too long, and says so among the warnings of the file.
pub(super) fn fit(file: &mut Backlog) {
    for item in &mut file.items {
        let mut cuts = Cuts { kept: Vec::new(), told: Vec::new() };
        cuts.cut("Status", &mut item.status, STATE);
        if let Some(priority) = &mut item.priority {
            cuts.cut("Priority", priority, WORD);
        }
        cuts.labels(&mut item.labels);
        item.sprints.iter_mut().for_each(|name| cuts.cut("Sprint", name, TITLE));
        for (field, person) in [("Reporter", &mut item.reporter), ("Assignee", &mut item.assignee)]
        {
            if let Some(person) = person {
                cuts.cut(field, &mut person.name, TITLE);
            }
        }
        for author in item.comments.iter_mut().filter_map(|comment| comment.author.as_mut()) {
            cuts.cut("Comment by", author, TITLE);
        }
        let Cuts { kept, told } = cuts;
        kept.into_iter().for_each(|(field, whole)| keep(item, field, whole));
        let row = Some(item.row);
        let told = told.into_iter();
        file.warnings.extend(told.map(|message| Warning { row, message, left_out: false }));
    }
}

/// What was cut of an item.
struct Cuts {
    /// Field and whole text.
    kept: Vec<(&'static str, String)>,
    told: Vec<String>,
}

impl Cuts {
    fn cut(&mut self, field: &'static str, text: &mut String, most: usize) {
        // Characters are never more than bytes.
        if text.len() <= most || text.chars().count() <= most {
            return;
        }
        let begins: String = text.chars().take(most - 1).chain(['…']).collect();
        let whole = std::mem::replace(text, begins);
        self.told.push(format!(
            "{field} has {} characters, and {most} fit; the rest is kept in the field “{field}”.",
            whole.chars().count()
        ));
        self.kept.push((field, whole));
    }

    fn labels(&mut self, labels: &mut Vec<String>) {
        const FIELD: &str = "Labels";
        labels.iter_mut().for_each(|label| self.cut(FIELD, label, WORD));
        let more = labels.split_off(labels.len().min(MOST_LABELS));
        if !more.is_empty() {
            self.told.push(format!(
                "{MOST_LABELS} labels fit, and {} more are kept in the field “{FIELD}”.",
                more.len()
            ));
            self.kept.push((FIELD, more.join(", ")));
        }
    }
}

/// Puts a text into a custom field, behind what stands there.
fn keep(item: &mut Item, field: &str, whole: String) {
    match item.custom.iter_mut().find(|(name, _)| name == field) {
        Some((_, text)) => {
            text.push('\n');
            text.push_str(&whole);
        }
        None => item.custom.push((field.to_owned(), whole)),
    }
}
