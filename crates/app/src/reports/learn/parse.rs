//! Reads a file of pages: each begins with `# slug: Title` (or with a number that the product knows),
//! and has lines of `field: text`.

use super::sources::source;
use super::{Kind, Lesson};

/// The pages of a file, in its order.
pub(super) fn parse(kind: Kind, text: &str) -> Vec<Lesson> {
    let mut all: Vec<Lesson> = Vec::new();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        if let Some(head) = line.strip_prefix("# ") {
            all.push(begin(kind, head));
        } else if let (Some(lesson), Some((field, value))) = (all.last_mut(), line.split_once(':'))
        {
            put(lesson, field.trim(), value.trim());
        }
    }
    all
}

fn begin(kind: Kind, head: &str) -> Lesson {
    let (slug, title) = head.split_once(':').unwrap_or((head, head));
    Lesson {
        kind,
        slug: slug.trim().to_owned(),
        title: title.trim().to_owned(),
        number: slug.trim().trim_start_matches('S').parse().ok(),
        what: String::new(),
        why: String::new(),
        here: String::new(),
        mistakes: Vec::new(),
        place: String::new(),
        answers: Vec::new(),
        sources: Vec::new(),
    }
}

fn put(lesson: &mut Lesson, field: &str, value: &str) {
    let parts = || value.split(',').map(str::trim);
    match field {
        "what" => value.clone_into(&mut lesson.what),
        "why" => value.clone_into(&mut lesson.why),
        "here" => value.clone_into(&mut lesson.here),
        "mistake" => lesson.mistakes.push(value.to_owned()),
        "where" => value.clone_into(&mut lesson.place),
        "answers" => lesson.answers = parts().filter_map(|n| n.parse().ok()).collect(),
        "source" => lesson.sources = parts().filter_map(source).collect(),
        _ => {}
    }
}

/// What a file has that would be lost: a line without a field that is known, a source that is not.
#[cfg(test)]
pub(super) fn lost(text: &str) -> Vec<String> {
    const FIELDS: [&str; 7] = ["what", "why", "here", "mistake", "where", "answers", "source"];
    let mut all = Vec::new();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("# ")) {
        let Some((field, value)) = line.split_once(':') else {
            all.push(line.to_owned());
            continue;
        };
        let parts = || value.split(',').map(str::trim);
        let kept = match field {
            "source" => parts().all(|key| source(key).is_some()),
            "answers" => parts().all(|n| n.parse::<u8>().is_ok()),
            _ => FIELDS.contains(&field) && !value.trim().is_empty(),
        };
        if !kept {
            all.push(line.to_owned());
        }
    }
    all
}
