//! What of a template's text nobody filled in, which is not kept as if somebody had written it.

/// Whether a line waits to be filled in: it has dots where words belong.
fn waits(line: &str) -> bool {
    line.split_whitespace().any(|word| {
        let dots = word.trim_matches([',', ';', ':', '!', '?', '(', ')']);
        dots.chars().all(|c| "….".contains(c)) && (dots.contains('…') || dots.len() >= 3)
    })
}

/// Whether a line is a place alone: a heading, or the mark of a list without words.
fn is_place(line: &str) -> bool {
    let line = line.trim();
    let words = line.trim_start_matches(|c: char| "-*+.)".contains(c) || c.is_ascii_digit());
    line.starts_with('#') || (!line.is_empty() && words.trim().is_empty())
}

/// The text of a template for whoever fills it in later: without the lines that are dots.
pub fn told(template: &str) -> String {
    let lines: Vec<&str> = template.lines().filter(|line| !waits(line)).collect();
    lines.join("\n").trim().to_owned()
}

/// What was written into a template's text: without its lines that still wait, and without its
/// headings below which nobody wrote anything.
pub fn filled_in(template: &str, text: &str) -> String {
    let own: Vec<&str> = template.lines().map(str::trim).collect();
    let is_own = |line: &str| own.contains(&line.trim());
    let mut kept: Vec<&str> = Vec::new();
    // Headings and marks whose words may still come.
    let mut open: Vec<&str> = Vec::new();
    for line in text.lines() {
        if is_own(line) && waits(line) {
            continue;
        }
        if is_own(line) && is_place(line) {
            let heading = line.trim_start().starts_with('#');
            // A heading ends what the one before had open.
            if heading {
                open.clear();
            }
            open.push(line);
        } else if line.trim().is_empty() && !open.is_empty() {
            open.push(line);
        } else {
            kept.append(&mut open);
            kept.push(line);
        }
    }
    kept.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORY: &str = "As a …, I want …, so that ….\n\n## What we know\n\n## Not part of it\n";
    const BUG: &str = "## What happened\n\n## How to see it\n1. \n\n## Since when\n";

    #[test]
    fn what_nobody_filled_in_is_not_kept() {
        assert_eq!(filled_in(STORY, STORY), "");
        assert_eq!(filled_in(BUG, BUG), "");
        assert_eq!(filled_in(STORY, &STORY.replace('\n', "\r\n")), "");
        let known = STORY.replace("know\n", "know\nRiders ask.\n");
        assert_eq!(filled_in(STORY, &known), "## What we know\nRiders ask.");
        let steps = BUG.replace("1. ", "1. Open it\n2. Close it");
        assert_eq!(filled_in(BUG, &steps), "## How to see it\n1. Open it\n2. Close it");
    }

    #[test]
    fn what_somebody_wrote_stays_as_it_is() {
        let own = "As a rider, I want more …, so that I wait less.\n\n## My heading\n\n1. ";
        assert_eq!(filled_in(STORY, own), own.trim());
        assert_eq!(filled_in("", "## A\n\n…"), "## A\n\n…");
    }

    #[test]
    fn places_stay_for_who_fills_them_in_later() {
        assert_eq!(told(STORY), "## What we know\n\n## Not part of it");
        assert_eq!(told("## What happened"), "## What happened");
        assert_eq!(told("Ask support first…"), "Ask support first…");
    }
}
