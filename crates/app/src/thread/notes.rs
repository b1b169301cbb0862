//! Release notes as a first draft from the thread, in the groups of Keep a Changelog; a person edits
//! them.

use super::nodes::Node;

/// Drafts notes from what a release holds: bugs under Fixed, the rest under Added; what has no
/// place in front of users, tasks, stays out.
pub fn draft_notes(held: &[Node]) -> String {
    let group = |title: &str, wanted: fn(&str) -> bool| {
        let lines: Vec<String> = held
            .iter()
            .filter(|n| wanted(&n.kind))
            .map(|n| format!("- {} ({})", n.title, n.key))
            .collect();
        (!lines.is_empty()).then(|| format!("### {title}\n\n{}\n", lines.join("\n")))
    };
    let groups = [
        group("Added", |kind| ["epic", "story", "opportunity"].contains(&kind)),
        group("Fixed", |kind| kind == "bug"),
    ];
    groups.into_iter().flatten().collect::<Vec<_>>().join("\n")
}
