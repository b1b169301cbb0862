//! Finds texts of a file that say the same, or groups them into themes.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;
use wherefore_similar::{Hit, Index, Text, themes};

#[derive(Args)]
pub struct Similar {
    /// One text a line; in a file named .csv the columns id and text (and title, if there is one).
    file: PathBuf,
    /// Find what is like this text.
    #[arg(long, conflicts_with = "themes")]
    query: Option<String>,
    /// Group the texts and name the groups.
    #[arg(long)]
    themes: bool,
    /// How many to show for a query; how many pairs without one.
    #[arg(long, default_value_t = 10)]
    limit: usize,
    /// Without a query: how alike two texts must be to be shown, from 0 to 1.
    #[arg(long, default_value_t = 0.4)]
    least: f64,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

/// A text of the file and how it is called there.
struct Entry {
    id: String,
    title: String,
    text: String,
}

impl Entry {
    fn text(&self) -> Text<'_> {
        Text::new(&self.title, &self.text)
    }

    fn shown(&self) -> String {
        let whole = format!("{} {}", self.title, self.text);
        let line = whole.trim().lines().next().unwrap_or("");
        match line.char_indices().nth(120) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line.to_owned(),
        }
    }
}

impl Similar {
    pub fn run(self) -> anyhow::Result<()> {
        let entries = read(&self.file)?;
        let mut out = std::io::stdout().lock();
        let done = if self.themes {
            self.tell_themes(&entries, &mut out)
        } else {
            let mut index = Index::new();
            for (at, entry) in entries.iter().enumerate() {
                index.set(at, entry.text());
            }
            match &self.query {
                Some(query) => {
                    let hits = index.similar(Text::new(query, ""), self.limit);
                    hits.iter().try_for_each(|hit| self.tell_hit(&entries, hit, &mut out))
                }
                None => self.tell_pairs(&entries, &index, &mut out),
            }
        };
        match done {
            // Whoever reads has seen enough, as in `… | head`.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            done => Ok(done?),
        }
    }

    fn tell_hit(
        &self,
        entries: &[Entry],
        hit: &Hit<usize>,
        out: &mut impl Write,
    ) -> std::io::Result<()> {
        let entry = &entries[hit.key];
        if self.json {
            let text = entry.shown();
            let told =
                json!({ "id": entry.id, "score": hit.score, "shared": hit.shared, "text": text });
            return writeln!(out, "{told}");
        }
        writeln!(out, "{:.2}  {}  {}", hit.score, entry.id, entry.shown())?;
        writeln!(out, "      both say: {}", hit.shared.join(", "))
    }

    /// The pairs that are most alike, each once.
    fn tell_pairs(
        &self,
        entries: &[Entry],
        index: &Index<usize>,
        out: &mut impl Write,
    ) -> std::io::Result<()> {
        let mut pairs: Vec<(usize, Hit<usize>)> = Vec::new();
        for (at, entry) in entries.iter().enumerate() {
            let hits = index.similar_except(&at, entry.text(), 5);
            pairs.extend(hits.into_iter().filter(|hit| hit.score >= self.least).map(|h| (at, h)));
        }
        pairs.sort_by(|a, b| b.1.score.total_cmp(&a.1.score).then_with(|| a.0.cmp(&b.0)));
        let mut seen = std::collections::BTreeSet::new();
        pairs.retain(|(at, hit)| seen.insert((hit.key.min(*at), hit.key.max(*at))));
        for (at, hit) in pairs.iter().take(self.limit) {
            let (one, two) = (&entries[*at], &entries[hit.key]);
            if self.json {
                let told =
                    json!({ "ids": [one.id, two.id], "score": hit.score, "shared": hit.shared });
                writeln!(out, "{told}")?;
                continue;
            }
            writeln!(out, "{:.2}  {}  {}", hit.score, one.id, one.shown())?;
            writeln!(out, "      {}  {}", two.id, two.shown())?;
        }
        Ok(())
    }

    fn tell_themes(&self, entries: &[Entry], out: &mut impl Write) -> std::io::Result<()> {
        let texts: Vec<Text> = entries.iter().map(Entry::text).collect();
        let found = themes(&texts);
        for theme in &found.themes {
            let ids: Vec<&str> = theme.members.iter().map(|&at| &*entries[at].id).collect();
            if self.json {
                writeln!(out, "{}", json!({ "theme": theme.label, "ids": ids }))?;
                continue;
            }
            writeln!(out, "{} ({})", theme.label.join(" · "), ids.len())?;
            for &at in theme.members.iter().take(3) {
                writeln!(out, "      {}  {}", entries[at].id, entries[at].shown())?;
            }
        }
        let alone: Vec<&str> = found.alone.iter().map(|&at| &*entries[at].id).collect();
        if alone.is_empty() {
            return Ok(());
        }
        if self.json {
            return writeln!(out, "{}", json!({ "theme": null, "ids": alone }));
        }
        writeln!(out, "like no other ({}): {}", alone.len(), alone.join(", "))
    }
}

fn read(file: &PathBuf) -> anyhow::Result<Vec<Entry>> {
    let bytes =
        std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if !file.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("csv")) {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let entry = |(at, line): (usize, &str)| Entry {
            id: (at + 1).to_string(),
            title: line.to_owned(),
            text: String::new(),
        };
        return Ok(lines.map(entry).collect());
    }
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let headers = reader.headers()?.clone();
    let column = |name: &str| headers.iter().position(|h| h.trim().eq_ignore_ascii_case(name));
    let (id, title, body) = (column("id"), column("title"), column("text"));
    if title.is_none() && body.is_none() {
        bail!("{} has no column “text” and none “title”; name one so", file.display());
    }
    let mut entries = Vec::new();
    for (at, row) in reader.records().enumerate() {
        let row = row.with_context(|| file.display().to_string())?;
        let cell = |column: Option<usize>| column.and_then(|at| row.get(at)).unwrap_or_default();
        let id = Some(cell(id)).filter(|id| !id.is_empty()).map(str::to_owned);
        // A file with texts alone is a file of headlines.
        let (title, text) =
            if title.is_some() { (cell(title), cell(body)) } else { (cell(body), "") };
        entries.push(Entry {
            id: id.unwrap_or_else(|| (at + 1).to_string()),
            title: title.to_owned(),
            text: text.to_owned(),
        });
    }
    Ok(entries)
}
