//! Whether two stories of a backlog ask for the same.

use std::collections::{BTreeSet, HashMap};

use super::{Criterion, Options, Report};
use crate::read::{Parsed, span};
use crate::span::Span;
use crate::stems;

/// Below this the wishes are about different things, whatever role and benefit say.
const LEAST_MEANS: f64 = 0.2;
/// From here on two benefits give the same reason.
const SAME_REASON: f64 = 0.3;
/// With so many stories alike, a story belongs to a series, written so on purpose.
const SERIES: usize = 3;
/// A stem of more stories than this leads to no comparison: it would bring together everything.
const COMMON: usize = 400;

/// Verbs that ask for the same.
const ALIKE: [&[&str]; 6] = [
    &["see", "view", "access", "read", "know", "get", "receive", "have", "show", "display", "want"],
    &["create", "add", "make", "build", "develop", "enter", "insert", "set"],
    &["edit", "update", "modify", "change", "adapt", "alter", "adjust"],
    &["delete", "remove", "erase"],
    &["find", "search", "look", "locate", "filter", "browse"],
    &["use", "apply", "leverage", "utilize", "analyze", "investigate", "explore", "identify"],
];

fn act(action: &str) -> impl Iterator<Item = String> {
    action.split_whitespace().map(|word| {
        let word = word.to_lowercase();
        let group = ALIKE.iter().find(|group| group.contains(&word.as_str()));
        group.map_or_else(|| stems::stem(&word), |group| group[0].to_owned())
    })
}

/// A story reduced to what tells it from others.
struct Wish {
    /// All its words, in lower case.
    words: Vec<String>,
    persona: String,
    means: Bag,
    benefit: Bag,
    /// What is done, by the groups of verbs that stand for each other.
    acts: BTreeSet<String>,
    /// The last words of what it is done to.
    objects: BTreeSet<String>,
}

/// Stems by number, in order, each with its squared weight.
#[derive(Default)]
struct Bag {
    stems: Vec<(usize, f64)>,
    norm: f64,
}

impl Bag {
    /// How many stems two bags share, and their cosine.
    fn with(&self, other: &Bag) -> (usize, f64) {
        let (mut shared, mut dot) = (0, 0.0);
        let mut rest = other.stems.iter().peekable();
        for (stem, weight) in &self.stems {
            while rest.next_if(|(other, _)| other < stem).is_some() {}
            if rest.next_if(|(other, _)| other == stem).is_some() {
                shared += 1;
                dot += weight;
            }
        }
        let norm = (self.norm * other.norm).sqrt();
        (shared, if norm > 0.0 { dot / norm } else { 0.0 })
    }

    fn same(&self, other: &Bag) -> bool {
        self.stems.len() == other.stems.len()
            && self.stems.iter().zip(&other.stems).all(|(one, two)| one.0 == two.0)
    }
}

pub(super) fn check(parsed: &[Parsed], options: &Options, report: &mut Report) {
    let backlog = Backlog::new(parsed);
    for (at, other) in backlog.partners(options.alike) {
        tell(parsed, &backlog.wishes, at, other, report);
    }
}

struct Backlog {
    wishes: Vec<Wish>,
    /// How many stories have a role.
    roles: HashMap<String, usize>,
}

impl Backlog {
    fn new(parsed: &[Parsed]) -> Self {
        let bags: Vec<[BTreeSet<String>; 2]> = parsed
            .iter()
            .map(|story| {
                let frame = &story.frame;
                [frame.means.clone(), frame.benefit.clone()]
                    .map(|part| stems::content(&story.tokens[part]))
            })
            .collect();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for stem in bags.iter().flat_map(|[means, _]| means) {
            *counts.entry(stem).or_default() += 1;
        }
        let all = parsed.len() as f64 + 1.0;
        let bag = |stems: &BTreeSet<String>, known: &mut HashMap<String, usize>| {
            let mut bag = Bag::default();
            for stem in stems {
                let next = known.len();
                let number = *known.entry(stem.clone()).or_insert(next);
                let count = counts.get(stem.as_str()).copied().unwrap_or(1) as f64;
                let weight = (1.0 + (all / (count + 1.0)).ln()).powi(2);
                bag.norm += weight;
                bag.stems.push((number, weight));
            }
            bag.stems.sort_by_key(|(number, _)| *number);
            bag
        };
        let mut known = HashMap::new();
        let mut roles: HashMap<String, usize> = HashMap::new();
        let mut wishes = Vec::with_capacity(parsed.len());
        for (story, [means, benefit]) in parsed.iter().zip(&bags) {
            let wish = wish(story, bag(means, &mut known), bag(benefit, &mut known));
            *roles.entry(wish.persona.clone()).or_default() += 1;
            wishes.push(wish);
        }
        Backlog { wishes, roles }
    }

    /// Each story that asks for what another asks for, with the one most like it.
    fn partners(&self, least: f64) -> Vec<(usize, usize)> {
        let mut postings: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut worded: HashMap<&[String], usize> = HashMap::new();
        let mut best: Vec<Option<(usize, f64)>> = vec![None; self.wishes.len()];
        let mut alike_to = vec![0; self.wishes.len()];
        let mut seen = vec![usize::MAX; self.wishes.len()];
        for (at, own) in self.wishes.iter().enumerate() {
            let twin = *worded.entry(&own.words).or_insert(at);
            let mut others: Vec<usize> = if twin == at { Vec::new() } else { vec![twin] };
            for (stem, _) in &own.means.stems {
                let found = postings.entry(*stem).or_default();
                if found.len() <= COMMON {
                    others.extend(&*found);
                }
                found.push(at);
            }
            for other in others {
                if std::mem::replace(&mut seen[other], at) == at {
                    continue;
                }
                let alike = if other == twin { 1.0 } else { self.alike(own, &self.wishes[other]) };
                if alike < least {
                    continue;
                }
                for (one, two) in [(at, other), (other, at)] {
                    alike_to[one] += 1;
                    if best[one].is_none_or(|(_, known)| alike > known) {
                        best[one] = Some((two, alike));
                    }
                }
            }
        }
        best.into_iter()
            .enumerate()
            .filter_map(|(at, best)| {
                let (other, alike) = best?;
                let series = alike_to[at].max(alike_to[other]) >= SERIES;
                (alike >= 1.0 || !series).then_some((at, other))
            })
            .collect()
    }

    /// How alike two wishes are, from 0 to 1: the same words of the wish are decisive; else wish,
    /// benefit and role count together, for paraphrases share a little of each.
    fn alike(&self, one: &Wish, other: &Wish) -> f64 {
        if one.means.same(&other.means) {
            return 1.0;
        }
        let (shared, means) = one.means.with(&other.means);
        if means < LEAST_MEANS {
            return 0.0;
        }
        let (reasons, benefit) = one.benefit.with(&other.benefit);
        let apart = one.acts.is_disjoint(&other.acts)
            || benefit < SAME_REASON && !same_matter(one, other, shared, reasons > 0);
        if apart || parallel(one, other, shared) {
            return 0.0;
        }
        let role = if one.persona == other.persona { self.role(&one.persona) } else { 0.0 };
        0.5 * means + 0.3 * benefit + 0.2 * role
    }

    /// What the same role tells, from 0 to 1: all where only two stories have it, little where
    /// most do.
    fn role(&self, persona: &str) -> f64 {
        let count = self.roles.get(persona).copied().unwrap_or(1) as f64;
        let stories = self.wishes.len() as f64;
        let most = (stories / 2.0).ln();
        if most > 0.0 { ((stories / count).ln() / most).clamp(0.0, 1.0) } else { 1.0 }
    }
}

fn wish(parsed: &Parsed, means: Bag, benefit: Bag) -> Wish {
    let persona = &parsed.frame.persona;
    let lower = |range: std::ops::Range<usize>| {
        parsed.tokens[range].iter().filter(|token| token.word).map(|token| token.lower.clone())
    };
    let last_words = parsed.story.entities.iter().filter_map(|entity| {
        let word = entity.text.split_whitespace().next_back()?;
        Some(stems::stem(&word.to_lowercase()))
    });
    Wish {
        words: lower(persona.start..parsed.tokens.len()).collect(),
        persona: lower(persona.clone()).collect::<Vec<_>>().join(" "),
        means,
        benefit,
        acts: parsed.story.actions.iter().flat_map(|action| act(&action.text)).collect(),
        objects: last_words.collect(),
    }
}

/// Whether two wishes differ in few words on both sides, as in `export as HTML` and `export as
/// CSV`: written side by side on purpose.
fn parallel(one: &Wish, other: &Wish, shared: usize) -> bool {
    let few = 1..=3;
    few.contains(&(one.means.stems.len() - shared))
        && few.contains(&(other.means.stems.len() - shared))
}

/// Whether two wishes without a common reason still do the same to the same thing: one holds all
/// of the other, or they share many words.
fn same_matter(one: &Wish, other: &Wish, shared: usize, related: bool) -> bool {
    let smaller = one.means.stems.len().min(other.means.stems.len());
    let contained = shared == smaller && shared >= 3;
    !one.acts.is_disjoint(&other.acts)
        && !one.objects.is_disjoint(&other.objects)
        && (contained || related || shared >= 6)
}

fn role(parsed: &Parsed) -> &str {
    parsed.story.persona.as_ref().map_or("…", |persona| &persona.text)
}

fn tell(parsed: &[Parsed], wishes: &[Wish], at: usize, other: usize, report: &mut Report) {
    let (own, first) = (&wishes[at], &wishes[other]);
    let number = other + 1;
    let (message, suggestion) = if own.words == first.words {
        (format!("Story {number} says the same word for word."), "Keep one of the two.".to_owned())
    } else if own.means.same(&first.means) && own.persona != first.persona {
        (
            format!("Story {number} asks for the same in the name of another role."),
            format!("Join them: As a {} or {}, …", role(&parsed[other]), role(&parsed[at])),
        )
    } else if own.means.same(&first.means) {
        (
            format!("Story {number} asks for the same for another reason."),
            "Join them into one story with both reasons.".to_owned(),
        )
    } else {
        (
            format!("Story {number} overlaps with this one."),
            "Join them, or say in each what sets it apart.".to_owned(),
        )
    };
    let place: Span = span(&parsed[at].tokens, &parsed[at].frame.means)
        .or_else(|| span(&parsed[at].tokens, &(0..parsed[at].tokens.len())))
        .unwrap_or(Span { start: 0, end: 0 });
    report.add_to(at, Criterion::Unique, place, message, suggestion);
}
