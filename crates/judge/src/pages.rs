//! The figures kept in the documentation: each page has a block that this writes, and no figure may
//! become worse than the one that stands there.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::figure::{Bound, Figure};

const END: &str = "<!-- end of figures -->";
/// Values are kept to so many digits; what rounds to the same is the same.
const DIGITS: usize = 3;

/// The page that tells of a part of the data, below `docs/judgement`.
fn page(folder: &str) -> &'static str {
    match folder {
        "user_stories" => "storylint.md",
        "flow" => "forecast.md",
        "story_points" => "estimate.md",
        "duplicates" => "similar.md",
        _ => "choose.md",
    }
}

/// A figure of the page, or of now, that has become worse.
pub struct Worse {
    pub name: String,
    pub kept: f64,
    pub now: f64,
}

/// A page with its block of figures.
pub struct Kept {
    path: PathBuf,
    before: String,
    /// The fingerprint of the data that the page tells of, and of those at hand.
    told: Option<String>,
    here: String,
    folder: String,
    block: String,
    after: String,
}

impl Kept {
    /// Opens the page of a part of the data, which have this fingerprint.
    pub fn open(docs: &Path, folder: &str, here: String) -> anyhow::Result<Self> {
        let path = docs.join(page(folder));
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let lacks = || format!("{} has no block of figures for {folder}", path.display());
        let start = format!("<!-- figures: {folder}");
        let (before, rest) = text.split_once(&start).with_context(lacks)?;
        let (told, rest) = rest.split_once(" -->\n").with_context(lacks)?;
        let (block, after) = rest.split_once(END).with_context(lacks)?;
        Ok(Self {
            before: before.to_owned(),
            told: told.strip_prefix(", data ").map(str::to_owned),
            here,
            folder: folder.to_owned(),
            block: block.to_owned(),
            after: format!("{END}{after}"),
            path,
        })
    }

    /// Whether the page tells of other data than those at hand.
    pub fn is_of_other_data(&self) -> bool {
        self.told.as_ref().is_some_and(|told| *told != self.here)
    }

    /// The figures that are worse than those the page holds.
    pub fn worse(&self, figures: &[Figure]) -> Vec<Worse> {
        let kept = rows(&self.block);
        let judged = figures.iter().filter(|figure| !figure.is_time());
        judged
            .filter_map(|figure| {
                let (_, kept) = kept.iter().find(|(name, _)| *name == figure.name)?;
                let now = rounded(figure.value);
                let worse = match figure.bound? {
                    Bound::AtLeast(_) => now < *kept,
                    Bound::AtMost(_) => now > *kept,
                };
                worse.then(|| Worse { name: figure.name.clone(), kept: *kept, now })
            })
            .collect()
    }

    /// What the page tells and nobody measured this time.
    pub fn lost(&self, figures: &[Figure]) -> Vec<String> {
        let kept = rows(&self.block).into_iter().map(|(name, _)| name);
        kept.filter(|name| figures.iter().all(|figure| figure.name != *name)).collect()
    }

    /// Writes the figures into the page.
    pub fn write(&self, figures: &[Figure]) -> anyhow::Result<()> {
        let Self { before, folder, here, after, .. } = self;
        let table = table(figures);
        let text = format!("{before}<!-- figures: {folder}, data {here} -->\n{table}{after}");
        std::fs::write(&self.path, text).with_context(|| self.path.display().to_string())
    }
}

fn rounded(value: f64) -> f64 {
    let scale = 10f64.powi(DIGITS as i32);
    (value * scale).round() / scale
}

/// The figures as a table. Times depend on the machine, so only their bound is told.
fn table(figures: &[Figure]) -> String {
    let mut text =
        "| figure | value | cases | kept to | elsewhere |\n|---|---|---|---|---|\n".to_owned();
    for figure in figures {
        let bound = match figure.bound {
            None => String::new(),
            Some(Bound::AtLeast(floor)) => format!("≥ {}", rounded(floor)),
            Some(Bound::AtMost(ceiling)) => format!("≤ {}", rounded(ceiling)),
        };
        let value = if figure.is_time() {
            "within".to_owned()
        } else {
            format!("{:.DIGITS$}", figure.value)
        };
        let elsewhere = figure.reference.replace('|', "/");
        text += &format!("| {} | {value} | {} | {bound} | {elsewhere} |\n", figure.name, figure.n);
    }
    text
}

/// Names and values of a table that was written before; of times, and of nothing, there are none.
fn rows(block: &str) -> Vec<(String, f64)> {
    let cells = |line: &str| -> Option<(String, f64)> {
        let mut cells = line.trim_matches(['|', ' ']).split(" | ");
        Some((cells.next()?.to_owned(), cells.next()?.parse().ok()?))
    };
    block.lines().filter_map(cells).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(name: &str, value: f64, bound: Option<Bound>) -> Figure {
        Figure { name: name.to_owned(), value, n: 7, reference: "a | b".to_owned(), bound }
    }

    #[test]
    fn what_was_written_is_read_again_and_held_to() {
        let folder = std::env::temp_dir().join(format!("judge-pages-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("estimate.md");
        std::fs::write(
            &path,
            "Before\n<!-- figures: story_points -->\nold\n<!-- end of figures -->\nAfter\n",
        )
        .expect("a page");
        let open =
            |data: &str| Kept::open(&folder, "story_points", data.to_owned()).expect("the page");
        let floor = Some(Bound::AtLeast(0.1));
        let ceiling = Some(Bound::AtMost(9.0));
        let first = [
            figure("hits", 0.5, floor),
            figure("off", 2.0, ceiling),
            figure("took, ms", 3.0, ceiling),
        ];
        let page = open("1a");
        assert!(page.worse(&first).is_empty(), "nothing was kept yet");
        page.write(&first).expect("written");
        let page = open("1a");
        let same = [
            figure("hits", 0.4999, floor),
            figure("off", 1.5, ceiling),
            figure("took, ms", 8.0, ceiling),
        ];
        assert!(page.worse(&same).is_empty(), "better, or the same but for rounding");
        let worse = page.worse(&[figure("hits", 0.49, floor), figure("off", 2.01, ceiling)]);
        assert_eq!(worse.iter().map(|w| w.name.as_str()).collect::<Vec<_>>(), ["hits", "off"]);
        let text = std::fs::read_to_string(&path).expect("the page");
        assert!(text.starts_with("Before\n") && text.ends_with("-->\nAfter\n"), "{text}");
        assert!(text.contains("| hits | 0.500 | 7 | ≥ 0.1 | a / b |"), "{text}");
        assert!(!open("1a").is_of_other_data() && open("2b").is_of_other_data());
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
