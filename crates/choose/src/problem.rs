//! The next release problem: items with a value and an effort, what each needs, and a capacity.

use std::fmt;

/// Sums of values and of efforts stay below this, so that exact arithmetic never overflows.
const LARGEST_SUM: i64 = 1_000_000_000_000_000;

/// Whether an item is up for choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lock {
    #[default]
    Free,
    /// Promised already: it and all it needs are part of every answer.
    In,
    /// Not this time: it and all that needs it stay out.
    Out,
}

/// Something that can be chosen. A customer is an item of value without effort who needs what they
/// asked for; a requirement may have effort without a value of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    pub value: i64,
    pub effort: i64,
    /// Positions of the items without which this one is worth nothing. Cycles mean "all or none".
    pub needs: Vec<usize>,
    pub lock: Lock,
}

/// A checked problem.
#[derive(Clone, Debug)]
pub struct Problem {
    items: Vec<Item>,
    capacity: i64,
}

/// Why a problem cannot be posed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// An item names a position that does not exist.
    UnknownNeed { item: usize, need: usize },
    /// A value, an effort or the capacity is below zero.
    Negative { item: Option<usize> },
    /// A value, an effort or the capacity is no number, or their sum is too large.
    TooLarge,
    /// An item that must be in needs one that must be out.
    Contradiction { item: usize, need: usize },
    /// What must be in takes more than there is.
    PromisedTooMuch { effort: i64, capacity: i64 },
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownNeed { item, need } => {
                write!(f, "item {item} needs item {need}, which does not exist")
            }
            Self::Negative { item: Some(item) } => {
                write!(f, "item {item} has a value or an effort below zero")
            }
            Self::Negative { item: None } => write!(f, "the capacity is below zero"),
            Self::TooLarge => write!(f, "a value or an effort is too large, or no number"),
            Self::Contradiction { item, need } => {
                write!(f, "item {item} must be in, but it needs item {need}, which must be out")
            }
            Self::PromisedTooMuch { effort, capacity } => write!(
                f,
                "what must be in takes {effort} with all it needs; the capacity is {capacity}"
            ),
        }
    }
}

impl std::error::Error for Mistake {}

impl Problem {
    /// Checks that the problem can be posed and answered.
    pub fn new(items: Vec<Item>, capacity: i64) -> Result<Self, Mistake> {
        if capacity < 0 {
            return Err(Mistake::Negative { item: None });
        }
        let (mut values, mut efforts) = (0_i64, 0_i64);
        for (position, item) in items.iter().enumerate() {
            if item.value < 0 || item.effort < 0 {
                return Err(Mistake::Negative { item: Some(position) });
            }
            values = values.saturating_add(item.value);
            efforts = efforts.saturating_add(item.effort);
            if let Some(need) = item.needs.iter().find(|need| **need >= items.len()) {
                return Err(Mistake::UnknownNeed { item: position, need: *need });
            }
        }
        if values > LARGEST_SUM || efforts > LARGEST_SUM || capacity > LARGEST_SUM {
            return Err(Mistake::TooLarge);
        }
        let problem = Self { items, capacity };
        problem.check_locks()?;
        Ok(problem)
    }

    pub fn items(&self) -> &[Item] {
        &self.items
    }

    pub fn capacity(&self) -> i64 {
        self.capacity
    }

    /// All that must be done for the wanted items: they and what they need, directly or not.
    pub fn closure(&self, wanted: impl IntoIterator<Item = usize>) -> Vec<bool> {
        let mut inside = vec![false; self.items.len()];
        let mut open: Vec<usize> = wanted.into_iter().collect();
        while let Some(item) = open.pop() {
            if !std::mem::replace(&mut inside[item], true) {
                open.extend(self.items[item].needs.iter().filter(|need| !inside[**need]));
            }
        }
        inside
    }

    /// The value and the effort of a set.
    pub fn weigh(&self, inside: &[bool]) -> (i64, i64) {
        let chosen = self.items.iter().zip(inside).filter(|(_, inside)| **inside);
        chosen.fold((0, 0), |(value, effort), (item, _)| (value + item.value, effort + item.effort))
    }

    fn check_locks(&self) -> Result<(), Mistake> {
        let promised = self.locked(Lock::In);
        let closure = self.closure(promised.iter().copied());
        if let Some(need) = (0..self.items.len())
            .find(|position| closure[*position] && self.items[*position].lock == Lock::Out)
        {
            let item = promised
                .into_iter()
                .find(|promised| self.closure([*promised])[need])
                .unwrap_or(need);
            return Err(Mistake::Contradiction { item, need });
        }
        let (_, effort) = self.weigh(&closure);
        if effort > self.capacity {
            return Err(Mistake::PromisedTooMuch { effort, capacity: self.capacity });
        }
        Ok(())
    }

    /// The positions with one kind of lock.
    pub(crate) fn locked(&self, lock: Lock) -> Vec<usize> {
        (0..self.items.len()).filter(|position| self.items[*position].lock == lock).collect()
    }
}
