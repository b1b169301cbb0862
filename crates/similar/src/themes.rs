//! Groups a heap of texts into themes: the two groups most alike on average are joined again and
//! again, until no two are alike enough.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::Text;
use crate::label::{Background, COMMON, FEW, Spelt};
use crate::words::words;

/// Two groups whose texts are less alike than this on average stay apart.
const ALIKE: f64 = 0.1;
/// Texts less alike than this are not even looked at together.
const FAINT: f64 = 0.05;
const TITLE: f64 = 2.0;

/// What the texts are about.
#[derive(Clone, Debug, PartialEq)]
pub struct Themes {
    /// The largest first.
    pub themes: Vec<Theme>,
    /// The places of texts that are like no other.
    pub alone: Vec<usize>,
}

/// Texts that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Up to three words or phrases that its texts share, the most telling first.
    pub label: Vec<String>,
    /// The places of its texts, the most typical first.
    pub members: Vec<usize>,
}

type Vector = FxHashMap<u32, f64>;

/// Two groups that may be joined; the most alike comes out of the heap first.
struct Pair {
    alike: f64,
    groups: (usize, usize),
}

impl PartialEq for Pair {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Pair {}

impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Pair {
    fn cmp(&self, other: &Self) -> Ordering {
        self.alike.total_cmp(&other.alike).then_with(|| other.groups.cmp(&self.groups))
    }
}

/// A group of texts while it is built: its members, and the sum of their vectors.
struct Group {
    members: Vec<usize>,
    sum: Vector,
    near: FxHashSet<usize>,
}

/// Groups the texts, which are named by their places in the list.
pub fn themes(texts: &[Text]) -> Themes {
    let (spelt, vectors) = read(texts);
    let mut groups = join(start(&vectors));
    groups.sort_by(|a, b| {
        b.members.len().cmp(&a.members.len()).then_with(|| a.members.cmp(&b.members))
    });
    let background = Background::new(&spelt);
    let mut found = Themes { themes: Vec::new(), alone: Vec::new() };
    for group in groups {
        if group.members.len() == 1 {
            found.alone.extend(group.members);
            continue;
        }
        let of: Vec<&Spelt> = group.members.iter().map(|&member| &spelt[member]).collect();
        let label = background.label(&of);
        let mut members = group.members;
        let typical: FxHashMap<usize, f64> =
            members.iter().map(|&member| (member, dot(&vectors[member], &group.sum))).collect();
        members.sort_by(|a, b| typical[b].total_cmp(&typical[a]).then_with(|| a.cmp(b)));
        found.themes.push(Theme { label, members });
    }
    found
}

/// The words of every text as they are spelt, and each text as a vector of length 1.
fn read(texts: &[Text]) -> (Vec<Spelt>, Vec<Vector>) {
    let mut ids: FxHashMap<String, u32> = FxHashMap::default();
    let mut spelt: Vec<Spelt> = Vec::new();
    let mut counts: Vec<Vector> = Vec::new();
    let mut with: Vec<u32> = Vec::new();
    for text in texts {
        let (mut ways, mut count) = (Spelt::new(), Vector::default());
        for (part, unit) in [(text.title, TITLE), (text.body, 1.0)] {
            // A letter on its own (I'm, they'd) names nothing.
            for word in words(part).into_iter().filter(|word| word.stem.len() > 1) {
                let next = ids.len() as u32;
                let id = *ids.entry(word.stem).or_insert(next);
                ways.push((id, part.get(word.span).unwrap_or_default().to_owned()));
                *count.entry(id).or_default() += unit;
            }
        }
        with.resize(ids.len(), 0);
        for &id in count.keys() {
            with[id as usize] += 1;
        }
        spelt.push(ways);
        counts.push(count);
    }
    let total = texts.len() as f64;
    for vector in &mut counts {
        vector.retain(|&id, _| {
            let texts = with[id as usize];
            texts > 1 && (f64::from(texts) <= COMMON * total || total < FEW)
        });
        for (&id, weight) in vector.iter_mut() {
            let rarity = ((total + 1.0) / (f64::from(with[id as usize]) + 0.5)).ln().max(0.05);
            *weight = (1.0 + weight.ln()) * rarity;
        }
        let length = ordered(vector).map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
        vector.values_mut().for_each(|weight| *weight /= length);
    }
    (spelt, counts)
}

/// Entries in an order that does not depend on the map, so that sums come out the same.
fn ordered(vector: &Vector) -> impl Iterator<Item = (u32, f64)> {
    let mut entries: Vec<(u32, f64)> = vector.iter().map(|(&id, &weight)| (id, weight)).collect();
    entries.sort_unstable_by_key(|&(id, _)| id);
    entries.into_iter()
}

fn dot(a: &Vector, b: &Vector) -> f64 {
    let (small, large) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let product = ordered(small).filter_map(|(id, weight)| Some(weight * large.get(&id)?));
    product.sum()
}

/// Every text on its own, knowing which others are not altogether strange to it.
fn start(vectors: &[Vector]) -> Vec<Group> {
    let mut with: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
    for (at, vector) in vectors.iter().enumerate() {
        for &id in vector.keys() {
            with.entry(id).or_default().push(at);
        }
    }
    let mut groups = Vec::new();
    let mut sums = vec![0.0f64; vectors.len()];
    for (at, vector) in vectors.iter().enumerate() {
        for (id, weight) in ordered(vector) {
            for &other in &with[&id] {
                sums[other] += weight * vectors[other][&id];
            }
        }
        let mut near = FxHashSet::default();
        for (other, sum) in sums.iter_mut().enumerate() {
            if std::mem::take(sum) >= FAINT && other != at {
                near.insert(other);
            }
        }
        groups.push(Group { members: vec![at], sum: vector.clone(), near });
    }
    groups
}

fn join(start: Vec<Group>) -> Vec<Group> {
    let mut groups: Vec<Option<Group>> = start.into_iter().map(Some).collect();
    let mut heap: BinaryHeap<Pair> = BinaryHeap::new();
    for (at, group) in groups.iter().enumerate() {
        for &other in group.iter().flat_map(|group| &group.near).filter(|&&other| other > at) {
            push(&groups, at, other, &mut heap);
        }
    }
    while let Some(Pair { groups: (a, b), .. }) = heap.pop() {
        // A pair that named a group that has since been joined is out of date.
        if groups[a].is_none() || groups[b].is_none() {
            continue;
        }
        let (Some(mut one), Some(two)) = (groups[a].take(), groups[b].take()) else { continue };
        let joined = groups.len();
        for (id, weight) in two.sum {
            *one.sum.entry(id).or_default() += weight;
        }
        one.members.extend(two.members);
        one.members.sort_unstable();
        one.near.extend(two.near);
        one.near.retain(|&other| groups[other].is_some());
        let mut near: Vec<usize> = one.near.iter().copied().collect();
        near.sort_unstable();
        groups.push(Some(one));
        for other in near {
            if let Some(group) = &mut groups[other] {
                group.near.insert(joined);
            }
            push(&groups, other, joined, &mut heap);
        }
    }
    groups.into_iter().flatten().collect()
}

fn push(groups: &[Option<Group>], a: usize, b: usize, heap: &mut BinaryHeap<Pair>) {
    if let (Some(one), Some(two)) = (&groups[a], &groups[b]) {
        let members = (one.members.len() * two.members.len()) as f64;
        let alike = dot(&one.sum, &two.sum) / members;
        if alike >= ALIKE {
            heap.push(Pair { alike, groups: (a, b) });
        }
    }
}
