//! Making an item with all that is said of it at once: from a template, with criteria and sub-tasks.

use super::{ItemTemplate, named, skeleton};
use crate::how::work_items::{self, CreateWorkItem, WorkItem};
use crate::how::{criteria, subtasks};
use crate::kernel::{Error, Result};
use crate::people::products::Product;
use crate::store::{Change, Fields};

/// Creates an item, from its template where one is named.
pub fn create(cx: &mut Change<'_>, product: &Product, input: &CreateWorkItem) -> Result<WorkItem> {
    let ws = cx.workspace();
    let wanted = input.template.as_deref().map(str::trim).filter(|t| !t.is_empty());
    let input = match wanted {
        Some(name) => {
            let found = named(cx.conn(), ws, product.id, name)?;
            let message = format!("{} has no template “{name}” in use.", product.name);
            filled(&found.ok_or_else(|| Error::invalid("template", message))?, input)
        }
        None => input.clone(),
    };
    let input = begun(cx, product, input)?;
    let item = work_items::create(cx, product, &input)?;
    let judged = criteria::written(&input.criteria);
    if !judged.trim().is_empty() {
        criteria::add(cx, product.id, item.id, &judged)?;
    }
    if input.subtasks.iter().any(|t| !t.trim().is_empty()) {
        if item.level == "epic" {
            return Err(Error::invalid("subtasks", "Epics have stories under them, no sub-tasks."));
        }
        subtasks::add(cx, product, &item, &input.subtasks)?;
    }
    Ok(item)
}

/// What was written into the text of a template that a form began with. One that was renamed or
/// retired meanwhile takes nothing away.
fn begun(
    cx: &mut Change<'_>,
    product: &Product,
    mut input: CreateWorkItem,
) -> Result<CreateWorkItem> {
    let ws = cx.workspace();
    let begun = input.begun_from.as_deref().map(str::trim).filter(|t| !t.is_empty());
    if let Some(name) = begun
        && let Some(template) = named(cx.conn(), ws, product.id, name)?
    {
        input.body = skeleton::filled_in(&template.body, &input.body);
    }
    Ok(input)
}

/// What is asked for, with what the template holds where nothing else is said.
fn filled(template: &ItemTemplate, input: &CreateWorkItem) -> CreateWorkItem {
    let mut all = input.clone();
    all.title = titled(&template.title, &input.title);
    let level = input.level.as_deref().filter(|l| !l.trim().is_empty());
    all.level = Some(level.unwrap_or(&template.level).to_owned());
    if input.body.trim().is_empty() {
        all.body = skeleton::told(&template.body);
    }
    if input.criteria.trim().is_empty() {
        all.criteria = criteria::whole(&template.criteria);
    }
    if input.subtasks.iter().all(|t| t.trim().is_empty()) {
        all.subtasks = template.subtasks.to_vec();
    }
    all.labels = template.labels.iter().chain(&input.labels).cloned().collect();
    let mut fields = template.fields.0.clone();
    fields.extend(input.fields.0.clone());
    all.fields = Fields(fields);
    all
}

/// A title behind the template's beginning.
fn titled(begin: &str, title: &str) -> String {
    let (begin, title) = (begin.trim(), title.trim());
    if begin.is_empty() || title.to_lowercase().starts_with(&begin.to_lowercase()) {
        return title.to_owned();
    }
    format!("{begin} {title}").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::titled;

    #[test]
    fn a_title_begins_as_the_template_says_once() {
        assert_eq!(titled("Bug:", "it fails"), "Bug: it fails");
        assert_eq!(titled("Bug:", "bug: it fails"), "bug: it fails");
        assert_eq!(titled("Look at the certificates", ""), "Look at the certificates");
        assert_eq!(titled("", "Pay"), "Pay");
    }
}
