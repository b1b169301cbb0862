//! GitHub's messages, which Gitea's follow.

use serde_json::Value;

use super::{Event, Standing, push, text};

pub(super) fn read(event: &str, value: &Value) -> Vec<Event> {
    let home = text(value, "/repository/html_url");
    match event {
        "push" => {
            let default = text(value, "/repository/default_branch");
            push(value, &default, &format!("{home}/tree/"))
        }
        "create" | "delete" if value["ref_type"] == "branch" => {
            let name = text(value, "/ref");
            let name = name.strip_prefix("refs/heads/").unwrap_or(&name).to_owned();
            let url = format!("{home}/tree/{name}");
            vec![Event::Branch { name, url, gone: event == "delete" }]
        }
        "pull_request" => pull_request(value).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn pull_request(value: &Value) -> Option<Event> {
    let pr = value.get("pull_request")?;
    let known = [
        "opened",
        "reopened",
        "edited",
        "closed",
        "ready_for_review",
        "synchronize",
        "synchronized",
    ];
    if !known.contains(&value["action"].as_str()?) {
        return None;
    }
    let standing = match (pr["state"].as_str(), pr["merged"].as_bool()) {
        (_, Some(true)) => Standing::Merged,
        (Some("closed"), _) => Standing::Closed,
        _ => Standing::Open,
    };
    Some(Event::PullRequest {
        number: value["number"].as_i64().or_else(|| pr["number"].as_i64())?,
        title: text(pr, "/title"),
        body: text(pr, "/body"),
        branch: text(pr, "/head/ref"),
        url: text(pr, "/html_url"),
        author: text(pr, "/user/login"),
        standing,
    })
}
