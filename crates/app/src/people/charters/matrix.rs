//! The matrix of a charter: who is accountable, responsible, consulted, informed for what; and what
//! can be read off it without asking anybody.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::context::Role;
use crate::db::{ColumnRef, FromColumn, Value};
use crate::kernel::{Error, Id, Result};
use crate::people::responsibilities::by_number;

/// What somebody is for a responsibility.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
pub enum Letter {
    /// Answers for it, and does it.
    AR,
    /// Answers for it; others do it.
    A,
    /// Does it.
    R,
    /// Is asked before.
    C,
    /// Is told after.
    I,
}

impl Letter {
    pub const ALL: [Self; 5] = [Self::AR, Self::A, Self::R, Self::C, Self::I];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::AR => "AR",
            Self::A => "A",
            Self::R => "R",
            Self::C => "C",
            Self::I => "I",
        }
    }

    /// As it stands in a table.
    pub fn short(self) -> &'static str {
        if self == Self::AR { "A/R" } else { self.as_str() }
    }

    /// As it is read out.
    pub fn word(self) -> &'static str {
        match self {
            Self::AR => "accountable and responsible",
            Self::A => "accountable",
            Self::R => "responsible",
            Self::C => "consulted",
            Self::I => "informed",
        }
    }

    pub fn answers(self) -> bool {
        matches!(self, Self::AR | Self::A)
    }

    /// Whether doing it is theirs: they change it freely.
    pub fn acts(self) -> bool {
        self <= Self::R
    }

    /// Reads a letter; nothing stands for none.
    pub fn parse(text: &str) -> Result<Option<Self>> {
        let text = text.trim().to_uppercase().replace('/', "");
        if text.is_empty() {
            return Ok(None);
        }
        Self::ALL.into_iter().find(|l| l.as_str() == text).map(Some).ok_or_else(|| {
            Error::invalid("letters", format!("“{text}” is no letter: A, A/R, R, C or I."))
        })
    }
}

/// People's letters for one responsibility.
pub type Line = BTreeMap<Id, Letter>;

/// All lines of a charter, by responsibility.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Matrix(pub BTreeMap<u8, Line>);

impl From<Matrix> for Value {
    fn from(value: Matrix) -> Self {
        Value::Text(serde_json::to_string(&value).unwrap_or_default())
    }
}

impl FromColumn for Matrix {
    fn from_column(column: ColumnRef<'_>, index: usize) -> Result<Self> {
        let text = String::from_column(column, index)?;
        serde_json::from_str(&text).map_err(Error::internal)
    }
}

/// Who answers on a line.
pub fn accountable(line: &Line) -> Option<Id> {
    line.iter().find(|(_, l)| l.answers()).map(|(id, _)| *id)
}

/// Two people whose lines are the same: one role, whatever their titles.
pub type Same = (Id, Id);

/// What two people have in common and what each has alone.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Comparison {
    pub shared: Vec<u8>,
    pub first_only: Vec<u8>,
    pub second_only: Vec<u8>,
    /// What nobody answers for.
    pub unowned: Vec<u8>,
}

/// One line that reads differently in another version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    pub responsibility: u8,
    pub person: Id,
    pub before: Option<Letter>,
    pub after: Option<Letter>,
}

impl Matrix {
    pub fn line(&self, responsibility: u8) -> Option<&Line> {
        self.0.get(&responsibility)
    }

    /// How many people have a letter for it.
    pub fn letters(&self, responsibility: u8) -> usize {
        self.0.get(&responsibility).map_or(0, BTreeMap::len)
    }

    pub fn letter(&self, responsibility: u8, person: Id) -> Option<Letter> {
        self.0.get(&responsibility)?.get(&person).copied()
    }

    /// Sets or clears a cell. A second accountable person is refused: one answers for each.
    pub fn set(&mut self, number: u8, person: Id, letter: Option<Letter>) -> Result<(), Id> {
        let line = self.0.entry(number).or_default();
        if letter.is_some_and(Letter::answers)
            && let Some(other) = accountable(line).filter(|other| *other != person)
        {
            return Err(other);
        }
        match letter {
            Some(letter) => line.insert(person, letter),
            None => line.remove(&person),
        };
        Ok(())
    }

    /// Everybody who has a letter.
    pub fn people(&self) -> Vec<Id> {
        let mut all: Vec<Id> = self.0.values().flat_map(BTreeMap::keys).copied().collect();
        all.sort();
        all.dedup();
        all
    }

    /// Everybody who takes something on: they sign.
    pub fn takers(&self) -> Vec<Id> {
        let acts = |line: &Line| -> Vec<Id> {
            line.iter().filter(|(_, l)| l.acts()).map(|(id, _)| *id).collect()
        };
        let mut all: Vec<Id> = self.0.values().flat_map(acts).collect();
        all.sort();
        all.dedup();
        all
    }

    /// What nobody answers for.
    pub fn unowned(&self) -> Vec<u8> {
        self.0.iter().filter(|(_, line)| accountable(line).is_none()).map(|(n, _)| *n).collect()
    }

    /// What several do and nobody answers for: each may think that another does.
    pub fn contested(&self) -> Vec<u8> {
        let several = |line: &Line| line.values().filter(|l| l.acts()).count() > 1;
        let open = |(_, line): &(&u8, &Line)| accountable(line).is_none() && several(line);
        self.0.iter().filter(open).map(|(n, _)| *n).collect()
    }

    /// What a person holds: their role, whatever it is called.
    pub fn bundle(&self, person: Id) -> BTreeMap<u8, Letter> {
        let mine = |(n, line): (&u8, &Line)| line.get(&person).map(|l| (*n, *l));
        self.0.iter().filter_map(mine).collect()
    }

    /// People who take something on and hold exactly the same.
    pub fn one_role_two_names(&self) -> Vec<Same> {
        let takers = self.takers();
        let bundles: Vec<_> = takers.iter().map(|p| (*p, self.duties(*p))).collect();
        let mut same = Vec::new();
        for (at, (one, mine)) in bundles.iter().enumerate() {
            let twins = bundles[at + 1..].iter().filter(|(_, theirs)| theirs == mine);
            same.extend(twins.map(|(other, _)| (*one, *other)));
        }
        same
    }

    /// What somebody answers for or does; two who share a line with one accountable hold the same
    /// when all else is the same.
    fn duties(&self, person: Id) -> Vec<u8> {
        self.bundle(person).into_iter().filter(|(_, l)| l.acts()).map(|(n, _)| n).collect()
    }

    pub fn compare(&self, first: Id, second: Id) -> Comparison {
        let (a, b) = (self.duties(first), self.duties(second));
        Comparison {
            shared: a.iter().filter(|n| b.contains(n)).copied().collect(),
            first_only: a.iter().filter(|n| !b.contains(n)).copied().collect(),
            second_only: b.iter().filter(|n| !a.contains(n)).copied().collect(),
            unowned: self.unowned(),
        }
    }

    /// Cell by cell, what another version reads differently.
    pub fn differences(&self, after: &Self) -> Vec<Difference> {
        let mut all = Vec::new();
        let numbers: std::collections::BTreeSet<u8> =
            self.0.keys().chain(after.0.keys()).copied().collect();
        for responsibility in numbers {
            let people: std::collections::BTreeSet<Id> = [self, after]
                .iter()
                .filter_map(|m| m.line(responsibility))
                .flat_map(BTreeMap::keys)
                .copied()
                .collect();
            for person in people {
                let (before, now) =
                    (self.letter(responsibility, person), after.letter(responsibility, person));
                if before != now {
                    all.push(Difference { responsibility, person, before, after: now });
                }
            }
        }
        all
    }

    /// A person's role here: the bundle of which they hold most, whatever their title says.
    pub fn role_of(&self, person: Id) -> Option<Role> {
        let duties = self.duties(person);
        if duties.is_empty() {
            return None;
        }
        let usual = |n: &u8| by_number(*n).map(|r| r.accountable);
        let count = |who: &str| duties.iter().filter(|n| usual(n) == Some(who)).count();
        let all = |who: &str| self.0.keys().filter(|n| usual(n) == Some(who)).count().max(1);
        // The share of each bundle, so that the larger bundle does not win by its size.
        let share = |who: &str| count(who) as f64 / all(who) as f64;
        let (manager, owner) = (share("product manager"), share("product owner"));
        let builds = share("developers").max(share("team"));
        let best = [
            (Role::ProductManager, manager),
            (Role::ProductOwner, owner),
            (Role::Designer, share("designer")),
            (Role::Developer, builds),
        ];
        let answers = |who: &str| {
            let mine = |n: &&u8| {
                usual(n) == Some(who) && self.line(**n).and_then(accountable) == Some(person)
            };
            duties.iter().filter(mine).count()
        };
        // Who answers for any of it is told by that first; doing along is everybody's.
        let (a_manager, a_owner) = (answers("product manager"), answers("product owner"));
        if a_manager + a_owner > 0 {
            let manager = a_manager as f64 / all("product manager") as f64;
            let owner = a_owner as f64 / all("product owner") as f64;
            return Some(if manager >= owner { Role::ProductManager } else { Role::ProductOwner });
        }
        best.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(role, _)| role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids<const N: usize>() -> [Id; N] {
        std::array::from_fn(|_| Id::new())
    }

    #[test]
    fn a_second_accountable_is_refused_by_name() {
        let [ana, mei] = ids();
        let mut matrix = Matrix::default();
        assert_eq!(matrix.set(33, ana, Some(Letter::AR)), Ok(()));
        assert_eq!(matrix.set(33, mei, Some(Letter::A)), Err(ana));
        assert_eq!(matrix.set(33, ana, Some(Letter::A)), Ok(()));
        assert_eq!(matrix.set(33, ana, Some(Letter::C)), Ok(()));
        assert_eq!(matrix.set(33, mei, Some(Letter::A)), Ok(()));
        assert_eq!(matrix.unowned(), [0_u8; 0]);
    }

    #[test]
    fn unowned_and_contested_are_found() {
        let [ana, mei] = ids();
        let mut matrix = Matrix::default();
        for who in [ana, mei] {
            matrix.set(7, who, Some(Letter::R)).expect("no accountable yet");
        }
        matrix.set(8, ana, Some(Letter::C)).expect("set");
        assert_eq!((matrix.unowned(), matrix.contested()), (vec![7, 8], vec![7]));
    }

    #[test]
    fn the_same_bundle_is_one_role_with_two_names() {
        let [ana, mei, tom] = ids();
        let mut matrix = Matrix::default();
        for n in [11, 33, 35] {
            matrix.set(n, ana, Some(Letter::R)).expect("set");
            matrix.set(n, mei, Some(Letter::R)).expect("set");
        }
        matrix.set(31, tom, Some(Letter::A)).expect("set");
        assert_eq!(matrix.one_role_two_names(), [(ana.min(mei), ana.max(mei))]);
        let compared = matrix.compare(ana, tom);
        assert_eq!(
            (compared.shared.len(), compared.first_only.len(), compared.second_only),
            (0, 3, vec![31])
        );
    }

    #[test]
    fn versions_differ_cell_by_cell() {
        let [ana, mei] = ids();
        let mut before = Matrix::default();
        before.set(33, mei, Some(Letter::A)).expect("set");
        let mut after = before.clone();
        after.set(33, mei, Some(Letter::C)).expect("set");
        after.set(33, ana, Some(Letter::A)).expect("set");
        let found = before.differences(&after);
        assert_eq!(found.len(), 2);
        assert!(
            found
                .iter()
                .any(|d| d.person == ana && d.before.is_none() && d.after == Some(Letter::A))
        );
        assert!(after.differences(&after.clone()).is_empty());
    }
}
