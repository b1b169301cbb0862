//! The matrix that an arrangement suggests: the field's table, then what seniority and the kind of
//! product shift, then people in the places of roles.

mod table;
#[cfg(test)]
mod tests;

use super::arrangement::Arrangement;
use super::context::{Context, Holder, ProductKind, Role, Seniority};
use super::matrix::{Letter, Matrix, accountable};
use super::records::ScopeKind;
use crate::kernel::Id;
use crate::people::responsibilities::{CATALOGUE, Group, by_number};
use table::{Seat, seats};

/// A suggested matrix, and what shifted it from the plain table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    pub matrix: Matrix,
    pub notes: Vec<String>,
}

/// What the arrangement gives to these people in a scope.
pub fn suggest(arrangement: Arrangement, context: &Context, scope: ScopeKind) -> Suggestion {
    let mut draft = Draft::new(arrangement, context);
    for r in CATALOGUE.iter().filter(|r| belongs(r.number, scope)) {
        draft.fill(r.number);
    }
    draft.seniority(scope);
    for kind in &context.kinds {
        draft.kind(*kind);
    }
    Suggestion { matrix: draft.matrix, notes: draft.notes }
}

/// A team's charter says how its work is done; what concerns the whole product stands in the
/// product's.
pub fn belongs(number: u8, scope: ScopeKind) -> bool {
    scope != ScopeKind::Team || (28..=43).contains(&number)
}

struct Draft<'c> {
    arrangement: Arrangement,
    people: &'c [Holder],
    matrix: Matrix,
    notes: Vec<String>,
}

impl<'c> Draft<'c> {
    fn new(arrangement: Arrangement, context: &'c Context) -> Self {
        let people = &context.people;
        Self { arrangement, people, matrix: Matrix::default(), notes: Vec::new() }
    }

    /// Those of a role, the most senior first; the order of naming decides among equals.
    fn all(&self, role: Role) -> Vec<&'c Holder> {
        let mut all: Vec<&Holder> = self.people.iter().filter(|p| p.role == role).collect();
        all.sort_by_key(|p| std::cmp::Reverse(p.seniority));
        all
    }

    fn first(&self, role: Role) -> Option<&'c Holder> {
        self.all(role).into_iter().next()
    }

    /// The one person who holds both roles, and whoever stands in where a role is named by nobody.
    fn product_person(&self) -> Option<&'c Holder> {
        let of = |role| self.first(role);
        of(Role::ProductManager).or_else(|| of(Role::ProductOwner)).or_else(|| of(Role::Head))
    }

    /// Who sits in a seat of the table, the first of them in its foremost place.
    fn sitting(&self, seat: Seat) -> Vec<&'c Holder> {
        match seat {
            Seat::Manager => self.all(Role::ProductManager),
            Seat::Owner => self.all(Role::ProductOwner),
            Seat::Head => self.all(Role::Head),
            Seat::Developers => self.all(Role::Developer),
            Seat::Designer => self.all(Role::Designer),
            Seat::One => {
                let first = self.product_person();
                let others = self.people.iter().filter(|p| {
                    matches!(p.role, Role::ProductManager | Role::ProductOwner)
                        && Some(p.person) != first.map(|f| f.person)
                });
                first.into_iter().chain(others).collect()
            }
            Seat::EitherPerTeam => {
                let owner = self.first(Role::ProductOwner);
                let first = owner.or_else(|| self.first(Role::ProductManager));
                let others = self.people.iter().filter(|p| {
                    matches!(p.role, Role::ProductManager | Role::ProductOwner)
                        && Some(p.person) != first.map(|f| f.person)
                });
                first.into_iter().chain(others).collect()
            }
        }
    }

    fn fill(&mut self, number: u8) {
        self.matrix.0.entry(number).or_default();
        for (seat, letter) in seats(self.arrangement, number) {
            for (at, holder) in self.sitting(seat).into_iter().enumerate() {
                // One answers; the others of that role do it with them.
                let letter = if at > 0 && letter.answers() { Letter::R } else { letter };
                self.put(number, holder.person, letter);
            }
        }
        // A line that stays with designers or developers falls to who is there.
        if matches!(number, 30 | 31 | 40 | 43)
            && self.matrix.line(number).is_some_and(|l| accountable(l).is_none())
            && let Some(holder) = self
                .first(Role::Developer)
                .filter(|_| number == 30)
                .or_else(|| self.first(Role::ProductOwner))
                .or_else(|| self.product_person())
        {
            self.put(number, holder.person, Letter::AR);
        }
    }

    /// Writes a letter; who answers already goes on answering.
    fn put(&mut self, number: u8, person: Id, letter: Letter) {
        if !self.matrix.0.contains_key(&number) {
            return;
        }
        let weaker = self.matrix.letter(number, person).is_some_and(|now| now < letter);
        if !weaker && self.matrix.set(number, person, Some(letter)).is_err() {
            let _ = self.matrix.set(number, person, Some(Letter::R));
        }
    }

    /// Gives a line to somebody else to answer for; who did is left with `then`.
    fn pass(&mut self, number: u8, to: Id, then: Letter) {
        let Some(line) = self.matrix.0.get_mut(&number) else { return };
        let from = accountable(line).filter(|from| *from != to);
        let letter = if then.acts() { Letter::A } else { Letter::AR };
        if let Some(from) = from {
            line.insert(from, then);
        }
        line.insert(to, letter);
    }

    fn numbers(&self, wanted: impl Fn(u8) -> bool) -> Vec<u8> {
        self.matrix.0.keys().copied().filter(|n| wanted(*n)).collect()
    }

    fn answers(&self, number: u8, person: Id) -> bool {
        self.matrix.letter(number, person).is_some_and(Letter::answers)
    }

    fn seniority(&mut self, scope: ScopeKind) {
        for holder in self.people {
            match (holder.role, holder.seniority) {
                (Role::ProductManager, Seniority::Junior) => self.junior(holder),
                (Role::ProductManager, s) if s >= Seniority::Lead => self.lead(holder),
                (Role::ProductOwner, s) if s >= Seniority::Senior => {
                    self.senior_owner(holder, scope)
                }
                _ => {}
            }
        }
    }

    /// A junior product manager learns on stories and backlog, and the head answers for the rest.
    fn junior(&mut self, holder: &Holder) {
        let stands_above = self.first(Role::Head).or_else(|| {
            self.all(Role::ProductManager).into_iter().find(|p| p.seniority > Seniority::Junior)
        });
        match stands_above.filter(|above| above.person != holder.person) {
            Some(above) => {
                let moved = self.numbers(|n| {
                    by_number(n).is_some_and(|r| {
                        matches!(r.group, Group::Direction | Group::Choosing | Group::Goals)
                    })
                });
                for n in moved {
                    if self.answers(n, holder.person) {
                        self.pass(n, above.person, Letter::R);
                    }
                }
                self.note("A junior product manager: the head answers for direction, choosing and goals, and the product manager takes part.");
            }
            None => self.note("A junior product manager without anybody above: direction, choosing and goals stay with them. Name a head of product to help."),
        }
        for n in self.numbers(|n| (33..=39).contains(&n)) {
            self.put(n, holder.person, Letter::R);
        }
        self.note("A junior product manager spends the day on stories and backlog, so 33 to 39 are theirs to do.");
    }

    /// From lead on, the day-to-day of the backlog is handed over.
    fn lead(&mut self, holder: &Holder) {
        let next = self
            .first(Role::ProductOwner)
            .or_else(|| {
                let mut others = self.all(Role::ProductManager);
                others.retain(|p| p.person != holder.person && p.seniority < Seniority::Lead);
                others.into_iter().next()
            })
            .or_else(|| self.first(Role::Developer));
        let Some(next) = next.map(|n| n.person) else {
            self.note("From lead on, 33 to 39 are handed over, but nobody is there to take them.");
            return;
        };
        for n in self.numbers(|n| (33..=39).contains(&n)) {
            if self.answers(n, holder.person) {
                self.pass(n, next, Letter::C);
            } else if self.matrix.letter(n, holder.person).is_some_and(Letter::acts)
                && let Some(line) = self.matrix.0.get_mut(&n)
            {
                line.insert(holder.person, Letter::C);
            }
        }
        self.note("A lead product manager hands 33 to 39 over and is consulted.");
    }

    /// A senior product owner takes part in why and what, and may answer for some of it in a part.
    fn senior_owner(&mut self, holder: &Holder, scope: ScopeKind) {
        for n in self.numbers(|n| n <= 27 || n >= 44) {
            self.put(n, holder.person, Letter::R);
        }
        self.note("A senior product owner takes part in why and what.");
        if scope == ScopeKind::Part {
            for n in self.numbers(|n| n == 11 || n == 14) {
                self.pass(n, holder.person, Letter::R);
            }
            self.note("In their part, a senior product owner answers for users' needs and for what is worth solving.");
        }
    }

    fn kind(&mut self, kind: ProductKind) {
        let developers = self.all(Role::Developer);
        match kind {
            ProductKind::Platform => {
                for holder in developers {
                    for n in [7, 11, 13, 14] {
                        let letter = if n == 14 { Letter::C } else { Letter::R };
                        self.put(n, holder.person, letter);
                    }
                }
                self.note("A platform's users are developers: the team's own speak with them and help to frame their problems.");
            }
            ProductKind::Regulated => {
                if let Some(head) = self.first(Role::Head) {
                    for n in [12, 23] {
                        if self.matrix.0.contains_key(&n) {
                            self.pass(n, head.person, Letter::R);
                        }
                    }
                }
                for holder in self.all(Role::ProductManager) {
                    for n in [38, 39, 40] {
                        self.put(n, holder.person, Letter::C);
                    }
                }
                self.note("A regulated product: the head answers for obligations and for go or no-go, and acceptance consults the product manager.");
            }
            ProductKind::InternalTool => {
                for holder in self.all(Role::ProductOwner) {
                    for n in [12, 25, 26] {
                        self.put(n, holder.person, Letter::R);
                    }
                }
                self.note("An internal tool has stakeholders in the house: product owners take part in their needs. Its market is what one could buy instead, so market research stays.");
            }
            ProductKind::Consumer => {
                for holder in self.all(Role::Designer) {
                    for n in [7, 9, 10, 44] {
                        self.put(n, holder.person, Letter::R);
                    }
                }
                self.note("A consumer product: designers take part in conversations, synthesis, segments and outcome reviews.");
            }
            ProductKind::Hardware => {
                for holder in developers {
                    for n in [20, 22, 32] {
                        let letter = if n == 32 { Letter::R } else { Letter::C };
                        self.put(n, holder.person, letter);
                    }
                }
                self.note("Hardware is slow to change: developers are consulted on roadmap and releases, and work on dependencies.");
            }
        }
    }

    fn note(&mut self, text: &str) {
        if !self.notes.iter().any(|n| n == text) {
            self.notes.push(text.to_owned());
        }
    }
}

/// The plain table of an arrangement by roles: what two arrangements are compared by.
pub fn by_role(arrangement: Arrangement) -> Vec<(u8, Vec<(&'static str, Letter)>)> {
    let line = |n| seats(arrangement, n).into_iter().map(|(s, l)| (s.label(), l)).collect();
    CATALOGUE.iter().map(|r| (r.number, line(r.number))).collect()
}
