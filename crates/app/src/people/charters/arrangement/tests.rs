use proptest::prelude::*;

use super::*;
use crate::kernel::Id;
use crate::people::charters::context::{Holder, Role, Seniority};

fn with(stage: Stage, company: Company, teams: u32, framework: Framework) -> Context {
    Context { stage, company, teams, framework, ..Context::default() }
}

fn managed(context: Context) -> Context {
    let holder =
        Holder { person: Id::new(), role: Role::ProductManager, seniority: Seniority::Mid };
    Context { people: vec![holder], ..context }
}

#[test]
fn each_rule_gives_what_the_field_says() {
    use Arrangement::{Both, Coexist, ManagerOnly, Overlap, OwnerOnly};
    use Company::{Established, Large, Multinational, ScaleUp, Startup};
    use Framework::{Hybrid, Kanban, Lightweight, Scrum};
    use Stage::{Growth, Launch, Maturity, Search};
    let cases = [
        (with(Search, Large, 9, Scrum), 1, Both),
        (with(Search, Large, 9, Kanban), 1, ManagerOnly),
        (with(Launch, Startup, 2, Lightweight), 1, ManagerOnly),
        (with(Launch, Startup, 1, Scrum), 1, Both),
        (with(Growth, Established, 2, Hybrid), 2, Coexist),
        (with(Growth, Established, 1, Scrum), 3, OwnerOnly),
        (managed(with(Growth, Established, 1, Scrum)), 6, Both),
        (with(Growth, ScaleUp, 2, Kanban), 4, Overlap),
        (with(Growth, Startup, 4, Kanban), 4, Overlap),
        (with(Maturity, Large, 2, Scrum), 5, Coexist),
        (with(Maturity, Multinational, 1, Kanban), 5, Coexist),
        (with(Maturity, Established, 8, Scrum), 5, Coexist),
        (with(Maturity, Established, 2, Kanban), 6, Both),
    ];
    for (context, rule, arrangement) in cases {
        let advice = advise(&context);
        assert_eq!((advice.rule, advice.arrangement), (rule, arrangement), "{context:?}");
        assert!(!advice.reasons.is_empty());
    }
}

#[test]
fn from_one_team_to_eight_the_advice_changes_and_says_why() {
    let one = managed(with(Stage::Growth, Company::Established, 1, Framework::Scrum));
    let eight = Context { teams: 8, ..one.clone() };
    let (before, after) = (advise(&one), advise(&eight));
    assert_eq!((before.arrangement, after.arrangement), (Arrangement::Both, Arrangement::Coexist));
    assert!(after.reasons.iter().any(|r| r.contains("8 teams")), "{:?}", after.reasons);
    assert!(after.offers.iter().any(|o| o.contains("LeSS")));
    assert_eq!(differences(&one, &eight), ["8 teams where there was one team"]);
    assert!(before.turns.iter().any(|t| t.when == "3 teams"), "{:?}", before.turns);
}

#[test]
fn where_the_number_of_teams_changes_nothing_the_advice_says_why() {
    let scale_up = managed(with(Stage::Growth, Company::ScaleUp, 1, Framework::Scrum));
    let eight = Context { teams: 8, ..scale_up.clone() };
    let (before, after) = (advise(&scale_up), advise(&eight));
    // More teams ask for more product managers: the arrangement holds, its reasons and offers do not.
    assert_eq!(
        (before.arrangement, after.arrangement),
        (Arrangement::Overlap, Arrangement::Overlap)
    );
    assert_ne!(before.reasons, after.reasons);
    assert!(after.reasons[0].contains("8 teams"), "{:?}", after.reasons);
    assert!(before.offers.is_empty() && after.offers[0].contains("coexist"), "{:?}", after.offers);
    assert!(after.steady.is_some_and(|why| why.contains("more product managers")));
    // Where it does change something, nothing of the kind is said.
    let plain = managed(with(Stage::Growth, Company::Established, 2, Framework::Kanban));
    assert_eq!(advise(&plain).steady, None);
}

fn contexts() -> impl Strategy<Value = Context> {
    let pick = |n: usize| 0..n;
    (pick(5), pick(5), 1_u32..14, pick(4), any::<bool>()).prop_map(|(s, c, teams, f, manager)| {
        let context = with(Stage::ALL[s], Company::ALL[c], teams, Framework::ALL[f]);
        if manager { managed(context) } else { context }
    })
}

proptest! {
    /// Advice is the same each time, and every turn it names is true and a real change.
    #[test]
    fn turns_are_true(context in contexts()) {
        let advice = advise(&context);
        prop_assert_eq!(&advice, &advise(&context));
        prop_assert!((1..=6).contains(&advice.rule));
        for turn in &advice.turns {
            prop_assert_ne!(turn.then, advice.arrangement);
            if let Some(n) = turn.when.strip_suffix(" teams").and_then(|n| n.parse().ok()) {
                prop_assert_eq!(advise(&Context { teams: n, ..context.clone() }).arrangement, turn.then);
            }
        }
    }

    /// The nearest number of teams is named: none between changes the advice.
    #[test]
    fn the_nearest_number_of_teams_is_named(context in contexts()) {
        let advice = advise(&context);
        let up = advice.turns.iter().filter_map(|t| t.when.strip_suffix(" teams")?.parse::<u32>().ok()).find(|n| *n > context.teams);
        for n in context.teams + 1..up.unwrap_or(13) {
            prop_assert_eq!(advise(&Context { teams: n, ..context.clone() }).arrangement, advice.arrangement);
        }
    }

    /// Either some number of teams changes the arrangement, or the advice says why none does.
    #[test]
    fn the_number_of_teams_is_never_passed_over(context in contexts()) {
        let all: Vec<_> = (1..=12).map(|teams| advise(&Context { teams, ..context.clone() })).collect();
        let changes = all.iter().any(|a| a.arrangement != all[0].arrangement);
        for advice in &all {
            prop_assert_eq!(advice.steady.is_none(), changes, "{:?}", context);
        }
    }

    /// Titles count in one place only: whether anybody is titled product manager in a single Scrum team.
    #[test]
    fn titles_matter_only_where_scrum_has_no_manager(context in contexts()) {
        let plain = Context { people: Vec::new(), ..context.clone() };
        if advise(&plain).arrangement != advise(&managed(plain.clone())).arrangement {
            prop_assert!(context.framework == Framework::Scrum && context.teams == 1);
        }
    }
}
