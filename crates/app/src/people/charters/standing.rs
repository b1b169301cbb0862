//! Who answers for what on a day: the narrowest agreed charter that says so, and what was handed over
//! since.

use schemars::JsonSchema;
use serde::Serialize;

use super::matrix::{Letter, Line, Matrix, accountable};
use super::records::{Charter, Handover, ScopeKind};
use crate::db::{Asked, Conn, Value};
use crate::kernel::{Day, Id, Result};
use crate::selects;
use crate::store::Place;

selects! {
    IN_FORCE: Charter = "charter", "scope_id IN ($2, $3, $4) AND agreed_on <= $5 AND (superseded_on IS NULL OR superseded_on > $5) AND gone_at IS NULL LIMIT 10";
    HANDED: Handover = "handover", "scope_id IN ($2, $3, $4) AND from_day <= $5 AND (until_day IS NULL OR until_day >= $5) AND gone_at IS NULL ORDER BY from_day, id LIMIT 500";
}

/// What somebody is for a responsibility in a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// No agreed charter gives it to anybody here: it is free to all.
    Free,
    Accountable,
    Responsible,
    Consulted,
    Informed,
    None,
}

impl Standing {
    /// Whether doing it overrides nobody.
    pub fn acts_freely(self) -> bool {
        matches!(self, Self::Free | Self::Accountable | Self::Responsible)
    }
}

/// A charter that holds in a place.
#[derive(Clone, Debug)]
pub struct Force {
    pub charter: Id,
    pub kind: ScopeKind,
    pub scope_id: Id,
    pub matrix: Matrix,
}

fn place_and_day(place: &Place, day: Day) -> [Value; 4] {
    let id = |id: Option<Id>| id.unwrap_or(Id(uuid::Uuid::nil())).into();
    [id(place.part), id(place.team), id(place.product), day.into()]
}

/// The charters that hold in a place on a day, the narrowest first: part, team, product.
pub fn in_force(conn: &mut Conn, workspace: i64, place: &Place, day: Day) -> Result<Vec<Force>> {
    let rows = IN_FORCE.all(conn, workspace, &place_and_day(place, day))?;
    let mut all: Vec<Force> = rows
        .into_iter()
        .map(|c| Force { charter: c.id, kind: c.kind(), scope_id: c.scope_id, matrix: c.matrix })
        .collect();
    all.sort_by_key(|f| f.kind);
    Ok(all)
}

/// What holds in a place on a day.
pub struct Holding {
    /// The charters, the narrowest first.
    pub charters: Vec<Force>,
    /// What was handed over, the earliest first.
    pub handed: Vec<Handover>,
}

impl Holding {
    /// Two queries, whatever there is.
    pub fn at(conn: &mut Conn, workspace: i64, place: &Place, day: Day) -> Result<Self> {
        conn.ahead(&Self::asked(workspace, place, day))?;
        let charters = in_force(conn, workspace, place, day)?;
        let handed = HANDED.all(conn, workspace, &place_and_day(place, day))?;
        Ok(Self { charters, handed })
    }

    /// What [`Holding::at`] will ask, as [`Conn::ahead`] takes it.
    pub(super) fn asked(workspace: i64, place: &Place, day: Day) -> [Asked<'static>; 2] {
        let values = place_and_day(place, day);
        [IN_FORCE.asked(workspace, &values), HANDED.asked(workspace, &values)]
    }

    /// The line of a responsibility.
    pub fn resolve(&self, responsibility: u8) -> Resolved {
        resolve(&self.charters, &self.handed, responsibility)
    }
}

/// A responsibility's line as it holds, and where that is said.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    pub line: Line,
    /// The scope whose charter says so; nothing where only a hand-over does.
    pub kind: Option<ScopeKind>,
    pub charter: Option<Id>,
    /// The hand-over that gave it to whoever answers.
    pub handover: Option<Id>,
}

impl Resolved {
    /// Whether anybody has taken it on.
    pub fn is_taken(&self) -> bool {
        self.line.values().any(|l| l.acts())
    }

    pub fn standing(&self, person: Id) -> Standing {
        if !self.is_taken() {
            return Standing::Free;
        }
        match self.line.get(&person) {
            Some(Letter::AR | Letter::A) => Standing::Accountable,
            Some(Letter::R) => Standing::Responsible,
            Some(Letter::C) => Standing::Consulted,
            Some(Letter::I) => Standing::Informed,
            None => Standing::None,
        }
    }
}

/// The line of a responsibility from the charters in force, narrowest first, with what was handed
/// over. A hand-over of a wider scope leaves a narrower charter alone.
pub fn resolve(forces: &[Force], handed: &[Handover], responsibility: u8) -> Resolved {
    let base = forces.iter().find(|f| f.matrix.line(responsibility).is_some_and(|l| !l.is_empty()));
    let mut resolved = Resolved {
        line: base.and_then(|f| f.matrix.line(responsibility).cloned()).unwrap_or_default(),
        kind: base.map(|f| f.kind),
        charter: base.map(|f| f.charter),
        handover: None,
    };
    let widest = base.map_or(ScopeKind::Product, |f| f.kind);
    let mut steps: Vec<&Handover> = handed
        .iter()
        .filter(|h| h.responsibility == i64::from(responsibility) && h.kind() <= widest)
        .collect();
    steps.sort_by_key(|h| (std::cmp::Reverse(h.kind()), h.from_day, h.id));
    for step in steps {
        let letter = match resolved.line.get(&step.from_id) {
            Some(letter) if letter.acts() => *letter,
            // Where no charter says anything, whoever hands it over has it.
            None if !resolved.is_taken() => Letter::AR,
            _ => continue,
        };
        resolved.line.insert(step.from_id, Letter::C);
        let own = resolved.line.get(&step.to_id).copied();
        let letter = own.filter(|own| *own < letter).unwrap_or(letter);
        resolved.line.insert(step.to_id, letter);
        if letter.answers() {
            resolved.handover = Some(step.id);
        }
    }
    resolved
}

/// A charter's matrix with what was handed over in its scope.
pub fn as_handed_over(charter: &Charter, handed: &[Handover]) -> Matrix {
    let force = Force {
        charter: charter.id,
        kind: charter.kind(),
        scope_id: charter.scope_id,
        matrix: charter.matrix.clone(),
    };
    let here: Vec<Handover> =
        handed.iter().filter(|h| h.scope_id == charter.scope_id).cloned().collect();
    let mut matrix = charter.matrix.clone();
    for handover in &here {
        let Ok(number) = u8::try_from(handover.responsibility) else { continue };
        let resolved = resolve(std::slice::from_ref(&force), &here, number);
        matrix.0.insert(number, resolved.line);
    }
    matrix
}

/// What a person is for a responsibility in a place on a day.
pub fn standing(
    conn: &mut Conn,
    workspace: i64,
    place: &Place,
    person: Id,
    responsibility: u8,
    day: Day,
) -> Result<Standing> {
    Ok(Holding::at(conn, workspace, place, day)?.resolve(responsibility).standing(person))
}

/// Who answers for a responsibility in a place.
#[derive(Clone, Debug)]
pub struct Answer {
    pub responsibility: u8,
    /// Nobody, where it is unowned.
    pub person: Option<Id>,
    pub resolved: Resolved,
}

/// Who answers for each of these in a place on a day; those that no charter names are left out.
pub fn who_answers(
    conn: &mut Conn,
    workspace: i64,
    place: &Place,
    responsibilities: &[u8],
    day: Day,
) -> Result<Vec<Answer>> {
    let holding = Holding::at(conn, workspace, place, day)?;
    let answer = |responsibility: &u8| {
        let resolved = holding.resolve(*responsibility);
        let person = accountable(&resolved.line);
        (!resolved.line.is_empty()).then_some(Answer {
            responsibility: *responsibility,
            person,
            resolved,
        })
    };
    Ok(responsibilities.iter().filter_map(answer).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Time;

    fn force(kind: ScopeKind, cells: &[(u8, Id, Letter)]) -> Force {
        let mut matrix = Matrix::default();
        for (n, who, letter) in cells {
            matrix.set(*n, *who, Some(*letter)).expect("one accountable");
        }
        Force { charter: Id::new(), kind, scope_id: Id::new(), matrix }
    }

    fn handover(kind: ScopeKind, number: i64, from: Id, to: Id, day: &str) -> Handover {
        let now = Time(0);
        Handover {
            responsibility: number,
            scope: kind.as_str().into(),
            scope_id: Id::new(),
            product_id: None,
            part_id: None,
            team_id: None,
            from_id: from,
            to_id: to,
            from_day: day.parse().expect("a day"),
            until_day: None,
            reason: String::new(),
            id: Id::new(),
            revision: 1,
            created_at: now,
            valid_from: now,
            gone_at: None,
        }
    }

    #[test]
    fn the_narrowest_charter_that_names_it_decides() {
        let [mei, ana, tom] = [Id::new(), Id::new(), Id::new()];
        let product = force(ScopeKind::Product, &[(1, mei, Letter::AR), (33, mei, Letter::AR)]);
        let team = force(ScopeKind::Team, &[(33, ana, Letter::AR), (33, tom, Letter::C)]);
        let all = [team, product];
        assert_eq!(resolve(&all, &[], 33).standing(ana), Standing::Accountable);
        assert_eq!(resolve(&all, &[], 33).standing(mei), Standing::None);
        assert_eq!(resolve(&all, &[], 33).standing(tom), Standing::Consulted);
        assert_eq!(resolve(&all, &[], 1).standing(mei), Standing::Accountable);
        assert_eq!(resolve(&all, &[], 2).standing(mei), Standing::Free);
        assert_eq!(resolve(&[], &[], 33).standing(tom), Standing::Free);
    }

    #[test]
    fn what_is_handed_over_is_the_other_ones_at_once() {
        let [mei, ana, tom] = [Id::new(), Id::new(), Id::new()];
        let product = [force(ScopeKind::Product, &[(33, mei, Letter::AR), (33, ana, Letter::R)])];
        let one = handover(ScopeKind::Part, 33, mei, ana, "2026-03-02");
        let given = resolve(&product, std::slice::from_ref(&one), 33);
        assert_eq!(
            (given.standing(ana), given.standing(mei)),
            (Standing::Accountable, Standing::Consulted)
        );
        assert_eq!(given.handover, Some(one.id));
        let on = handover(ScopeKind::Part, 33, ana, tom, "2026-03-05");
        let chain = resolve(&product, &[one.clone(), on], 33);
        assert_eq!(
            (chain.standing(tom), chain.standing(ana)),
            (Standing::Accountable, Standing::Consulted)
        );
        assert_eq!(chain.line.values().filter(|l| l.answers()).count(), 1);
        // Who has nothing gives nothing.
        let odd = handover(ScopeKind::Part, 33, tom, ana, "2026-03-01");
        assert_eq!(resolve(&product, &[odd], 33).standing(mei), Standing::Accountable);
    }

    #[test]
    fn a_wide_hand_over_leaves_a_narrow_charter_alone() {
        let [mei, ana, tom] = [Id::new(), Id::new(), Id::new()];
        let team = force(ScopeKind::Team, &[(33, mei, Letter::AR)]);
        let wide = handover(ScopeKind::Product, 33, mei, ana, "2026-03-02");
        assert_eq!(resolve(&[team], &[wide], 33).standing(mei), Standing::Accountable);
        let free = handover(ScopeKind::Product, 8, mei, tom, "2026-03-02");
        assert_eq!(resolve(&[], &[free], 8).standing(tom), Standing::Accountable);
    }
}
