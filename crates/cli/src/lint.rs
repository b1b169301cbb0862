//! Reads user stories, one a line, and tells what weakens them. Advice: findings never make the
//! command fail.

use std::collections::BTreeMap;
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use serde_json::{Value, json};
use wherefore_storylint::{
    Criterion, Finding, Options, Piece, Story, check_backlog, check_criteria, read,
};

#[derive(Args)]
pub struct Lint {
    /// One story a line, the whole a backlog; - reads standard input.
    file: PathBuf,
    /// One JSON object a story: text, persona, action, entity, benefit, findings.
    #[arg(long)]
    json: bool,
    /// A SARIF report, which editors and code hosts show.
    #[arg(long, conflicts_with = "json")]
    sarif: bool,
    /// The file holds acceptance criteria, as a list or as Given/When/Then.
    #[arg(long, conflicts_with = "json")]
    criteria: bool,
    /// Leave a criterion out, for instance: valuable.
    #[arg(long, value_parser = criterion)]
    without: Vec<Criterion>,
}

fn criterion(name: &str) -> Result<Criterion, String> {
    Criterion::ALL.into_iter().find(|criterion| criterion.name() == name).ok_or_else(|| {
        let names = Criterion::ALL.map(Criterion::name).join(", ");
        format!("there is no such criterion; there are: {names}")
    })
}

/// A finding with its place in the file, lines and columns counted from 1, columns in characters.
struct Told {
    finding: Finding,
    start: (usize, usize),
    end: (usize, usize),
}

impl Lint {
    pub fn run(self) -> anyhow::Result<()> {
        let text = content(&self.file)?;
        let options = Options { without: self.without.clone(), ..Options::default() };
        let mut out = std::io::stdout().lock();
        let done = if self.criteria {
            let told = in_file(&text, 0, 0, check_criteria(&text, &options));
            self.tell(&mut out, &told, None)
        } else {
            self.stories(&text, &options, &mut out)
        };
        match done {
            // Whoever reads has seen enough, as in `… | head`.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            done => Ok(done?),
        }
    }

    fn stories(&self, text: &str, options: &Options, out: &mut impl Write) -> std::io::Result<()> {
        let lines: Vec<(usize, &str)> =
            text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).collect();
        let stories: Vec<Story> = lines.iter().map(|(_, line)| read(line)).collect();
        let findings = check_backlog(&stories, options);
        if self.json {
            let mut findings = findings.iter().peekable();
            for (at, story) in stories.iter().enumerate() {
                let own: Vec<&Finding> =
                    std::iter::from_fn(|| findings.next_if(|finding| finding.story == at))
                        .collect();
                writeln!(out, "{}", object(story, &own))?;
            }
            return Ok(());
        }
        let told: Vec<Told> = findings
            .into_iter()
            .flat_map(|finding| {
                let (line, text) = lines[finding.story];
                in_file(text, line, 0, vec![finding])
            })
            .collect();
        self.tell(out, &told, Some(stories.len()))
    }

    fn tell(
        &self,
        out: &mut impl Write,
        told: &[Told],
        stories: Option<usize>,
    ) -> std::io::Result<()> {
        let name = name(&self.file);
        if self.sarif {
            return writeln!(out, "{:#}", sarif(&name, told));
        }
        for Told { finding, start, .. } in told {
            let (line, column) = start;
            writeln!(
                out,
                "{name}:{line}:{column}: {}: {}\n    {}",
                finding.criterion.name(),
                finding.message,
                finding.suggestion
            )?;
        }
        summary(out, told, stories)
    }
}

/// How many findings of each kind, and how many stories are free of them.
fn summary(out: &mut impl Write, told: &[Told], stories: Option<usize>) -> std::io::Result<()> {
    let mut counts: BTreeMap<Criterion, usize> = BTreeMap::new();
    for Told { finding, .. } in told {
        *counts.entry(finding.criterion).or_default() += 1;
    }
    if !told.is_empty() {
        writeln!(out)?;
    }
    if let Some(stories) = stories {
        let mut lines: Vec<usize> = told.iter().map(|told| told.start.0).collect();
        lines.dedup();
        writeln!(out, "{stories} stories, {} without a finding", stories - lines.len())?;
    } else {
        writeln!(out, "{} findings", told.len())?;
    }
    for (criterion, count) in counts {
        writeln!(out, "{count:>6} {:<17}{}", criterion.name(), criterion.asks())?;
    }
    Ok(())
}

/// The file's text; a byte order mark is dropped and broken characters are replaced.
fn content(file: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).context("Standard input cannot be read")?;
    } else {
        bytes = std::fs::read(file)
            .with_context(|| format!("{} cannot be read; name a text file", file.display()))?;
    }
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}

fn name(file: &Path) -> String {
    if file == Path::new("-") { "stdin".to_owned() } else { file.display().to_string() }
}

/// Places findings, whose spans are in `text`, at lines and columns of the file.
fn in_file(text: &str, line: usize, column: usize, findings: Vec<Finding>) -> Vec<Told> {
    let place = |byte: usize| {
        let before = text.get(..byte).unwrap_or(text);
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (line + before.matches('\n').count() + 1, column + before[start..].chars().count() + 1)
    };
    findings
        .into_iter()
        .map(|finding| Told {
            start: place(finding.span.start),
            end: place(finding.span.end),
            finding,
        })
        .collect()
}

/// What scripts read: spans count characters from 0, the end excluded.
fn object(story: &Story, findings: &[&Finding]) -> Value {
    let texts = |pieces: &[Piece]| -> Vec<String> {
        pieces.iter().map(|piece| piece.text.clone()).collect()
    };
    let findings: Vec<Value> = findings
        .iter()
        .map(|finding| {
            let span = finding.span.in_chars(&story.text);
            json!({
                "criterion": finding.criterion.name(),
                "span": [span.start, span.end],
                "message": format!("{} {}", finding.message, finding.suggestion),
            })
        })
        .collect();
    json!({
        "text": story.text,
        "persona": story.persona.iter().map(|piece| &piece.text).collect::<Vec<_>>(),
        "action": texts(&story.actions),
        "entity": texts(&story.entities),
        "benefit": story.benefit.as_ref().map(|piece| &piece.text),
        "findings": findings,
    })
}

fn sarif(name: &str, told: &[Told]) -> Value {
    let rules: Vec<Value> = Criterion::ALL
        .iter()
        .map(|criterion| {
            json!({
                "id": criterion.name(),
                "shortDescription": { "text": criterion.asks() },
                "defaultConfiguration": { "level": "note" },
            })
        })
        .collect();
    let results: Vec<Value> = told
        .iter()
        .map(|Told { finding, start, end }| {
            json!({
                "ruleId": finding.criterion.name(),
                "level": "note",
                "message": { "text": format!("{} {}", finding.message, finding.suggestion) },
                "locations": [{ "physicalLocation": {
                    "artifactLocation": { "uri": name.replace('\\', "/").replace(' ', "%20") },
                    "region": {
                        "startLine": start.0, "startColumn": start.1,
                        "endLine": end.0, "endColumn": end.1,
                    },
                }}],
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "wherefore lint",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}
