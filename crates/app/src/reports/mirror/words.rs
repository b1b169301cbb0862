//! What a mirror says, in neutral words: what is, never what ought to be. Pure.

use super::reckon::{Count, Role, Standing};

/// A name of the catalogue within a sentence.
fn inside(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next();
    // “OKRs” stays as it is.
    if letters.clone().next().is_some_and(char::is_uppercase) {
        return name.to_owned();
    }
    first.map_or_else(String::new, |c| c.to_lowercase().to_string() + letters.as_str())
}

fn times(n: i64) -> String {
    match n {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    }
}

/// A line in a sentence, to the person or about `who`.
pub(super) fn line(
    who: Option<&str>,
    standing: Standing,
    name: &str,
    count: Count,
    days: i64,
) -> String {
    let name = inside(name);
    let done = times(count.times);
    match (standing, who) {
        (Standing::Exercised, who) => {
            let who = who.unwrap_or("You");
            let beside = match count.outside {
                0 => String::new(),
                n => format!(", {} of them where a charter gives it to others", times(n)),
            };
            format!("{who} exercised {name} {done}{beside}.")
        }
        (Standing::Outside, None) => {
            format!("You also exercise {name}: {done}, while a charter gives it to others.")
        }
        (Standing::Outside, Some(who)) => {
            format!("{who} also exercises {name}: {done}, while a charter gives it to others.")
        }
        (Standing::Dormant, None) => {
            format!("You hold {name} and did not need it in {days} days.")
        }
        (Standing::Dormant, Some(who)) => {
            format!("{who} holds {name} and did not need it in {days} days.")
        }
    }
}

/// “Product manager or product owner?”, answered kindly.
pub(super) fn role(role: Role, who: Option<&str>) -> String {
    let whose = who.map_or_else(|| "your".to_owned(), |who| format!("{who}'s"));
    match role {
        Role::ProductManager => format!(
            "Mostly what product managers usually answer for. Whatever {whose} title says, it is the work that counts."
        ),
        Role::ProductOwner => format!(
            "Mostly what product owners usually answer for. Whatever {whose} title says, it is the work that counts."
        ),
        Role::Both => "Both, as many are. The two are bundles of responsibilities and not two kinds of people; there is no need to choose.".to_owned(),
        Role::Neither => "Neither, mostly: other work comes first, as making things or speaking with users, with a part in why and what along the way.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_neutral() {
        let standings = [Standing::Exercised, Standing::Outside, Standing::Dormant];
        let roles = [Role::ProductManager, Role::ProductOwner, Role::Both, Role::Neither];
        let mut all: Vec<String> = Vec::new();
        for who in [None, Some("Mei Lin")] {
            for standing in standings {
                let count = Count { times: 3, outside: 2 };
                all.push(line(who, standing, "Order of problems", count, 90));
            }
            all.extend(roles.map(|r| role(r, who)));
        }
        for said in &all {
            let said = said.to_lowercase();
            for judging in ["wrong", "should", "must", "only", "fail", "too much", "too little"] {
                assert!(!said.contains(judging), "“{said}” judges");
            }
        }
        assert!(all.iter().any(|s| s.starts_with("You also exercise order of problems")));
        assert!(role(Role::Both, None).contains("as many are"));
    }

    #[test]
    fn a_name_begins_small_within_a_sentence_unless_it_is_short_for_something() {
        assert_eq!(inside("Order of problems"), "order of problems");
        assert_eq!(inside("OKRs"), "OKRs");
        assert_eq!(inside(""), "");
    }
}
