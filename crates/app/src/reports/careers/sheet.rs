//! One's growth as a file to take along to a one-to-one: text that reads well on paper, or a table.

use std::fmt::Write;

use super::growth::{Growth, Month};
use crate::kernel::{Day, Error, Result};
use crate::reports::mirror::{Line, Standing};

/// The formats, with what they are called and what browsers are told.
pub const FORMATS: [(&str, &str, &str); 2] = [
    ("md", "Text, for a one-to-one", "text/markdown; charset=utf-8"),
    ("csv", "CSV, a table by month", "text/csv; charset=utf-8"),
];

/// The file's bytes as text.
pub fn sheet(growth: &Growth, today: Day, format: &str) -> Result<String> {
    match format {
        "md" => Ok(markdown(growth, today)),
        "csv" => Ok(table(&growth.months)),
        _ => Err(Error::NotFound("format")),
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

fn markdown(g: &Growth, today: Day) -> String {
    let mut out = format!("# {}: the last year, as of {today}\n\n", g.name);
    let _ = writeln!(
        out,
        "{} recorded events. Made by {} alone; nobody else can.\n",
        g.year.events, g.name
    );
    if !g.year.enough {
        out.push_str("Not enough data: a mirror speaks from ten events on.\n");
        return out;
    }
    let b = &g.year.balance;
    let _ = writeln!(
        out,
        "Why {}, what {}, how {}. Outward {}, inward {}.\n",
        percent(b.why),
        percent(b.what),
        percent(b.how),
        percent(b.external),
        percent(b.internal)
    );
    if let Some(role) = &g.year.role {
        let _ = writeln!(out, "Product manager or product owner? {}\n", role.words);
    }
    for (title, standing) in [
        ("Exercised", Standing::Exercised),
        ("Also exercised, while a charter gives it to others", Standing::Outside),
        ("Resting", Standing::Dormant),
    ] {
        let lines: Vec<&Line> = g.year.lines.iter().filter(|l| l.standing == standing).collect();
        if lines.is_empty() {
            continue;
        }
        let _ = writeln!(out, "## {title}\n");
        for l in lines {
            let times = if l.times > 0 { format!(": {}", l.times) } else { String::new() };
            let _ = writeln!(out, "- {}{times}", l.name);
        }
        out.push('\n');
    }
    new(&mut out, &g.months);
    compared(&mut out, g);
    out.push_str("## For the talk\n\n- What do I want to do more of?\n- What would I hand over, and to whom?\n- What comes next?\n");
    out
}

fn new(out: &mut String, months: &[Month]) {
    let with: Vec<&Month> = months.iter().filter(|m| !m.new.is_empty()).collect();
    if with.is_empty() {
        return;
    }
    out.push_str("## For the first time\n\n");
    for month in with {
        let _ = writeln!(out, "- {}: {}", month.month, month.new.join(", "));
    }
    out.push('\n');
}

fn compared(out: &mut String, g: &Growth) {
    let Some(profile) = &g.profile else { return };
    let _ = writeln!(out, "## Beside the profile “{}”\n", profile.name);
    for (title, standing) in
        [("Held already", "held"), ("Exercised, not held", "exercised"), ("Ahead", "ahead")]
    {
        let names: Vec<&str> =
            g.lines.iter().filter(|l| l.standing == standing).map(|l| l.name.as_str()).collect();
        if !names.is_empty() {
            let _ = writeln!(out, "- {title}: {}", names.join(", "));
        }
    }
    out.push('\n');
}

/// A text in quotes, as tables want it; none is taken for a formula.
fn quoted(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

fn table(months: &[Month]) -> String {
    let mut out = String::from("month,why,what,how,outward,for the first time\n");
    for m in months {
        let new = quoted(&m.new.join(", "));
        let _ = writeln!(out, "{},{},{},{},{},{new}", m.month, m.why, m.what, m.how, m.external);
    }
    out
}
