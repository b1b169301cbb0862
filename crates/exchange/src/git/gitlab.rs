//! GitLab's messages.

use serde_json::Value;

use super::{Event, Standing, push, text};

pub(super) fn read(value: &Value) -> Vec<Event> {
    match value["object_kind"].as_str() {
        Some("push") => {
            let home = text(value, "/project/web_url");
            push(value, &text(value, "/project/default_branch"), &format!("{home}/-/tree/"))
        }
        Some("merge_request") => merge_request(value).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn merge_request(value: &Value) -> Option<Event> {
    let mr = value.get("object_attributes")?;
    let standing = match mr["state"].as_str()? {
        "merged" => Standing::Merged,
        "closed" => Standing::Closed,
        _ => Standing::Open,
    };
    Some(Event::PullRequest {
        number: mr["iid"].as_i64()?,
        title: text(mr, "/title"),
        body: text(mr, "/description"),
        branch: text(mr, "/source_branch"),
        url: text(mr, "/url"),
        author: text(value, "/user/name"),
        standing,
    })
}
