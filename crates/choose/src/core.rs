//! What is still undecided in a problem, made small: decided items are taken out, items that come
//! only together become one, and needs that follow from other needs are dropped.

use crate::problem::{Lock, Problem};

/// What became of an item.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Open,
    In,
    Out,
}

/// The undecided part of a problem.
#[derive(Clone)]
pub(crate) struct Core {
    pub(crate) value: Vec<i64>,
    pub(crate) effort: Vec<i64>,
    pub(crate) needs: Vec<Vec<u32>>,
    /// The positions in the problem for which an item stands.
    pub(crate) stands_for: Vec<Vec<u32>>,
    /// What is left of the capacity after the items that are in.
    pub(crate) budget: i64,
    /// The value of the items that are in, and their positions in the problem.
    pub(crate) gained: i64,
    pub(crate) taken: Vec<u32>,
}

impl Core {
    /// The undecided part at the start.
    pub(crate) fn of(problem: &Problem) -> Option<Self> {
        let items = problem.items();
        let core = Self {
            value: items.iter().map(|item| item.value).collect(),
            effort: items.iter().map(|item| item.effort).collect(),
            needs: items
                .iter()
                .map(|item| item.needs.iter().map(|n| *n as u32).collect())
                .collect(),
            stands_for: (0..items.len() as u32).map(|position| vec![position]).collect(),
            budget: problem.capacity(),
            gained: 0,
            taken: Vec::new(),
        };
        let fates = items.iter().map(|item| match item.lock {
            Lock::Free => Fate::Open,
            Lock::In => Fate::In,
            Lock::Out => Fate::Out,
        });
        core.decide(fates.collect())
    }

    pub(crate) fn len(&self) -> usize {
        self.value.len()
    }

    pub(crate) fn total_value(&self) -> i64 {
        self.value.iter().sum()
    }

    pub(crate) fn total_effort(&self) -> i64 {
        self.effort.iter().sum()
    }

    /// Value and effort of a set.
    pub(crate) fn weigh(&self, inside: &[bool]) -> (i64, i64) {
        let chosen = (0..self.len()).filter(|item| inside[*item]);
        chosen.fold((0, 0), |(v, e), item| (v + self.value[item], e + self.effort[item]))
    }

    /// The positions in the problem that a set of this core stands for, those taken before included.
    pub(crate) fn positions(&self, inside: &[bool]) -> Vec<u32> {
        let chosen = (0..self.len()).filter(|item| inside[*item]);
        let open = chosen.flat_map(|item| self.stands_for[item].iter().copied());
        self.taken.iter().copied().chain(open).collect()
    }

    /// For each item, those that need it directly.
    pub(crate) fn needed_by(&self) -> Vec<Vec<u32>> {
        let mut needed_by = vec![Vec::new(); self.len()];
        for (item, needs) in self.needs.iter().enumerate() {
            for need in needs {
                needed_by[*need as usize].push(item as u32);
            }
        }
        needed_by
    }

    /// The core that is left when these fates are known, or none where they contradict each other
    /// or take too much. Fates spread along needs; what no longer fits is out; what costs nothing
    /// is in.
    pub(crate) fn decide(mut self, mut fates: Vec<Fate>) -> Option<Self> {
        let needed_by = self.needed_by();
        let mut reach = Reach::new(self.len());
        loop {
            spread(&self.needs, &mut fates, Fate::In);
            spread(&needed_by, &mut fates, Fate::Out);
            let sunk: i64 =
                (0..self.len()).filter(|i| fates[*i] == Fate::In).map(|i| self.effort[i]).sum();
            let left = self.budget - sunk;
            let torn = |item: usize| {
                fates[item] == Fate::In
                    && self.needs[item].iter().any(|need| fates[*need as usize] == Fate::Out)
            };
            if left < 0 || (0..self.len()).any(torn) {
                return None;
            }
            let mut changed = false;
            for item in 0..self.len() {
                if fates[item] != Fate::Open {
                    continue;
                }
                let fate = self.fate_by_effort(reach.from(item, &self.needs), &fates, left);
                let useless = self.value[item] == 0
                    && needed_by[item].iter().all(|user| fates[*user as usize] == Fate::Out);
                fates[item] = if useless { Fate::Out } else { fate };
                changed |= fates[item] != Fate::Open;
            }
            if !changed {
                break;
            }
        }
        self.take(&fates);
        let open: Vec<bool> = fates.iter().map(|fate| *fate == Fate::Open).collect();
        self.keep(&open);
        self.join_single_users();
        Some(self)
    }

    /// What the effort of all that an item takes with it decides.
    fn fate_by_effort(&self, takes: &[u32], fates: &[Fate], left: i64) -> Fate {
        let mut effort = 0;
        for need in takes {
            match fates[*need as usize] {
                Fate::Open => effort += self.effort[*need as usize],
                Fate::In => {}
                Fate::Out => return Fate::Out,
            }
        }
        match effort {
            0 => Fate::In,
            effort if effort > left => Fate::Out,
            _ => Fate::Open,
        }
    }

    fn take(&mut self, fates: &[Fate]) {
        for (item, fate) in fates.iter().enumerate() {
            if *fate == Fate::In {
                self.budget -= self.effort[item];
                self.gained += self.value[item];
                self.taken.append(&mut self.stands_for[item]);
            }
        }
    }

    /// Drops all items but these, and the needs that point to dropped ones.
    fn keep(&mut self, keep: &[bool]) {
        let mut moved = vec![u32::MAX; keep.len()];
        let mut count = 0;
        for item in 0..keep.len() {
            if keep[item] {
                moved[item] = count;
                self.value.swap(count as usize, item);
                self.effort.swap(count as usize, item);
                self.needs.swap(count as usize, item);
                self.stands_for.swap(count as usize, item);
                count += 1;
            }
        }
        self.value.truncate(count as usize);
        self.effort.truncate(count as usize);
        self.needs.truncate(count as usize);
        self.stands_for.truncate(count as usize);
        for (item, needs) in self.needs.iter_mut().enumerate() {
            needs.iter_mut().for_each(|need| *need = moved[*need as usize]);
            needs.retain(|need| *need != u32::MAX && *need as usize != item);
            needs.sort_unstable();
            needs.dedup();
        }
    }

    /// An item without value that only one other needs is chosen exactly with that one.
    fn join_single_users(&mut self) {
        let mut users = vec![0_u32; self.len()];
        let mut user = vec![0_usize; self.len()];
        for (item, needs) in self.needs.iter().enumerate() {
            for need in needs {
                users[*need as usize] += 1;
                user[*need as usize] = item;
            }
        }
        let mut joins: Vec<bool> =
            (0..self.len()).map(|item| users[item] == 1 && self.value[item] == 0).collect();
        for item in 0..self.len() {
            // In a circle of needs one has to stay.
            let chain = std::iter::successors(Some(item), |at| joins[*at].then(|| user[*at]));
            joins[item] = joins[item] && chain.take(self.len() + 1).count() <= self.len();
        }
        if !joins.contains(&true) {
            return;
        }
        for item in 0..self.len() {
            if !joins[item] {
                continue;
            }
            // The user may itself have joined another: the last one that stays takes it all.
            let mut stays = user[item];
            while joins[stays] {
                stays = user[stays];
            }
            self.effort[stays] += self.effort[item];
            let positions = std::mem::take(&mut self.stands_for[item]);
            self.stands_for[stays].extend(positions);
            let needs = self.needs[item].clone();
            self.needs[stays].extend(needs);
        }
        let keep: Vec<bool> = joins.iter().map(|joins| !joins).collect();
        self.keep(&keep);
    }
}

/// Gives the fate to all that the arcs reach from those that have it.
fn spread(arcs: &[Vec<u32>], fates: &mut [Fate], fate: Fate) {
    let mut open: Vec<usize> = (0..fates.len()).filter(|item| fates[*item] == fate).collect();
    while let Some(item) = open.pop() {
        for next in &arcs[item] {
            let next = *next as usize;
            if fates[next] == Fate::Open {
                fates[next] = fate;
                open.push(next);
            }
        }
    }
}

/// Finds what an item reaches, again and again without new memory.
pub(crate) struct Reach {
    seen: Vec<u32>,
    round: u32,
    found: Vec<u32>,
}

impl Reach {
    pub(crate) fn new(items: usize) -> Self {
        Self { seen: vec![0; items], round: 0, found: Vec::new() }
    }

    /// The item and all it reaches.
    pub(crate) fn from(&mut self, item: usize, arcs: &[Vec<u32>]) -> &[u32] {
        self.round += 1;
        self.found.clear();
        self.found.push(item as u32);
        self.seen[item] = self.round;
        let mut at = 0;
        while at < self.found.len() {
            for next in &arcs[self.found[at] as usize] {
                if self.seen[*next as usize] != self.round {
                    self.seen[*next as usize] = self.round;
                    self.found.push(*next);
                }
            }
            at += 1;
        }
        &self.found
    }
}
