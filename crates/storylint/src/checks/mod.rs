//! What can be found in a story's text, and how a finding is told.

mod atomic;
mod backlog;
mod criteria;
mod form;
mod minimal;
mod unique;
mod vocabulary;
mod wording;

use serde::Serialize;

pub use backlog::check_backlog;
pub use criteria::check_criteria;

use crate::read::{Parsed, Story, parse};
use crate::span::Span;

/// The quality that a finding is about: those of the Quality User Story framework that text can
/// show, INVEST where it asks for more, and testability of acceptance criteria.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Criterion {
    /// It names a role and what the role wants.
    WellFormed,
    /// It asks for one thing.
    Atomic,
    /// It holds role, wish and benefit and nothing else.
    Minimal,
    /// It is a sentence without slips.
    FullSentence,
    /// It states the problem, not a solution.
    ProblemOriented,
    /// Its words mean one thing to all readers.
    Unambiguous,
    /// Its extent is clear enough to be estimated.
    Estimatable,
    /// It can be built without another story.
    Independent,
    /// It says what it is good for.
    Valuable,
    /// It fits into an iteration.
    Small,
    /// It is worded like the rest of its backlog.
    Uniform,
    /// It says what no other story of its backlog says.
    Unique,
    /// Whether it is met can be seen.
    Testable,
    /// A Given/When/Then scenario has all three.
    ThenPresent,
}

impl Criterion {
    /// Every criterion, in the order in which findings at one place are told.
    pub const ALL: [Criterion; 14] = [
        Criterion::WellFormed,
        Criterion::Atomic,
        Criterion::Minimal,
        Criterion::FullSentence,
        Criterion::ProblemOriented,
        Criterion::Unambiguous,
        Criterion::Estimatable,
        Criterion::Independent,
        Criterion::Valuable,
        Criterion::Small,
        Criterion::Uniform,
        Criterion::Unique,
        Criterion::Testable,
        Criterion::ThenPresent,
    ];

    /// The name that reports carry.
    pub fn name(self) -> &'static str {
        match self {
            Criterion::WellFormed => "well-formed",
            Criterion::Atomic => "atomic",
            Criterion::Minimal => "minimal",
            Criterion::FullSentence => "full-sentence",
            Criterion::ProblemOriented => "problem-oriented",
            Criterion::Unambiguous => "unambiguous",
            Criterion::Estimatable => "estimatable",
            Criterion::Independent => "independent",
            Criterion::Valuable => "valuable",
            Criterion::Small => "small",
            Criterion::Uniform => "uniform",
            Criterion::Unique => "unique",
            Criterion::Testable => "testable",
            Criterion::ThenPresent => "then-present",
        }
    }

    /// What the criterion asks for, in one sentence.
    pub fn asks(self) -> &'static str {
        match self {
            Criterion::WellFormed => "A story names a role and what the role wants.",
            Criterion::Atomic => "A story asks for one thing.",
            Criterion::Minimal => "A story holds role, wish and benefit and nothing else.",
            Criterion::FullSentence => "A story is a whole sentence without slips.",
            Criterion::ProblemOriented => {
                "A story states the problem and leaves the solution open."
            }
            Criterion::Unambiguous => "A story's words mean the same to everyone.",
            Criterion::Estimatable => "A story's extent is clear enough to be estimated.",
            Criterion::Independent => "A story can be built without waiting for another.",
            Criterion::Valuable => "A story says what it is good for.",
            Criterion::Small => "A story fits into an iteration.",
            Criterion::Uniform => "The stories of a backlog follow one template.",
            Criterion::Unique => "No two stories of a backlog ask for the same.",
            Criterion::Testable => "Whether an acceptance criterion is met can be seen.",
            Criterion::ThenPresent => "A scenario says when it applies and what then holds.",
        }
    }
}

/// One thing to look at: where, why, and what could stand there instead. Advice, never a gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which story of the backlog, counted from 0; always 0 for a single story.
    pub story: usize,
    /// The quality that is lacking.
    pub criterion: Criterion,
    /// Where, in bytes of the text.
    pub span: Span,
    /// The reason, in a sentence.
    pub message: String,
    /// A rewrite, a split, or what to ask.
    pub suggestion: String,
}

/// What to look for.
#[derive(Clone, Debug)]
pub struct Options {
    /// Criteria that are left out.
    pub without: Vec<Criterion>,
    /// More words than this in one story are worth a look.
    pub most_words: usize,
    /// From how many stories on a backlog has a usual template.
    pub least_for_template: usize,
    /// How alike two wishes are, from 0 to 1, before they count as the same.
    pub alike: f64,
}

impl Default for Options {
    fn default() -> Self {
        Options { without: Vec::new(), most_words: 50, least_for_template: 5, alike: 0.4 }
    }
}

/// What weakens one story; empty where nothing was found. In the order of the text.
pub fn check(story: &Story, options: &Options) -> Vec<Finding> {
    check_parsed(&parse(&story.text), options)
}

pub(crate) fn check_parsed(parsed: &Parsed, options: &Options) -> Vec<Finding> {
    let mut report = Report::new();
    form::check(parsed, options, &mut report);
    // A heading or a note has no wish to look into.
    let told = parsed.story.persona.is_some() || !parsed.frame.wish.is_empty();
    if told && !parsed.frame.means.is_empty() {
        atomic::check(parsed, &mut report);
        minimal::check(parsed, &mut report);
        wording::check(parsed, &mut report);
    }
    report.finish(options)
}

/// Collects findings.
pub(crate) struct Report {
    findings: Vec<Finding>,
}

impl Report {
    pub fn new() -> Self {
        Report { findings: Vec::new() }
    }

    pub fn add(&mut self, criterion: Criterion, span: Span, message: String, suggestion: String) {
        self.add_to(0, criterion, span, message, suggestion);
    }

    pub fn add_to(
        &mut self,
        story: usize,
        criterion: Criterion,
        span: Span,
        message: String,
        suggestion: String,
    ) {
        self.findings.push(Finding { story, criterion, span, message, suggestion });
    }

    /// In the order of stories and text, without what was asked to be left out.
    pub fn finish(mut self, options: &Options) -> Vec<Finding> {
        self.findings.retain(|finding| !options.without.contains(&finding.criterion));
        self.findings.sort_by_key(|finding| {
            (finding.story, finding.span.start, finding.criterion, finding.span.end)
        });
        self.findings
    }
}
