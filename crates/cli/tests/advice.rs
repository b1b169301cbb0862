//! Forecasts and choices from files, as a script asks for them.

use serde_json::Value;
use wherefore_testkit::Program;

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_wherefore"))
}

/// Writes a file and gives its path.
fn file(program: &Program, name: &str, text: &str) -> String {
    let path = program.folder().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_string_lossy().into_owned()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Three items finished a week in 2025, the last ten left open.
fn items() -> String {
    let mut text = "Key,Created,Started,Resolved\n".to_owned();
    let start = jiff::civil::date(2025, 1, 6);
    for number in 0..100_i64 {
        let day = |days| start.checked_add(jiff::Span::new().days(number * 7 / 3 + days)).unwrap();
        let done = if number < 90 { format!("{} 10:00:00", day(9)) } else { String::new() };
        text.push_str(&format!("A-{number},{},{},{done}\n", day(-25), day(4)));
    }
    text
}

#[test]
fn a_forecast_from_dates_says_when_and_how_many_and_for_what_reasons() {
    let program = program();
    let path = file(&program, "items.csv", &items());
    let arguments = ["forecast", &path, "--today", "2025-08-11", "--by", "2025-10-06"];
    let told = json(&program.done(&[&arguments[..], &["--json"]].concat()));
    assert_eq!(told["items"], 10);
    let weeks: Vec<u64> =
        ["p50", "p70", "p85", "p95"].iter().map(|p| told["weeks"][p].as_u64().unwrap()).collect();
    assert!(weeks.is_sorted() && (2..=6).contains(&weeks[0]), "{weeks:?}");
    assert!(told["dates"]["p50"].as_str().unwrap().starts_with("2025-"));
    let sure = told["at_least"]["p85"].as_u64().unwrap();
    assert!((5..=24).contains(&sure), "{sure}");
    assert!(told["chance"].as_f64().unwrap() > 0.7);
    assert!(told["past"]["forecasts"].as_u64().unwrap() > 2);
    assert_eq!(told["flow"]["cycle_time_p85_days"], 6);
    let words = program.done(&arguments);
    assert!(words.contains("10 items will be done\n  with 50 % confidence by 2025-"), "{words}");
    assert!(words.contains("This takes for granted:\n- "), "{words}");
    assert_eq!(words, program.done(&arguments));
}

#[test]
fn growth_makes_it_later() {
    let program = program();
    let path = file(&program, "items.csv", &items());
    let p85 = |more: &[&str]| {
        let arguments =
            [&["forecast", &path, "--today", "2025-08-11", "--items", "30", "--json"], more];
        json(&program.done(&arguments.concat()))["weeks"]["p85"].as_u64().unwrap_or(u64::MAX)
    };
    assert!(p85(&["--growth"]) > p85(&[]));
}

#[test]
fn weekly_counts_do_with_or_without_a_heading() {
    let program = program();
    let plain = file(&program, "plain.csv", "3\n5\n0\n4\n6\n2\n5\n3\n4\n");
    let named =
        file(&program, "named.csv", "week,done\n1,3\n2,5\n3,0\n4,4\n5,6\n6,2\n7,5\n8,3\n9,4\n");
    let ask = |path: &str| {
        program.done(&["forecast", path, "--items", "20", "--today", "2026-01-01", "--json"])
    };
    assert_eq!(ask(&plain), ask(&named));
}

#[test]
fn thin_or_old_or_unreadable_histories_are_refused_in_words() {
    let program = program();
    let thin = file(&program, "thin.csv", "done\n3\n4\n5\n");
    let said = program.refused(&["forecast", &thin, "--items", "5"]);
    assert!(said.contains("it needs 8 complete weeks of history, and there are 3"), "{said}");
    let old = file(&program, "old.csv", &items());
    let said = program.refused(&["forecast", &old, "--today", "2026-08-01"]);
    assert!(said.contains("0 items finished in the last 12 weeks"), "{said}");
    let odd = file(&program, "odd.csv", "Created,Resolved\n2025-01-01,yesterday\n");
    let said = program.refused(&["forecast", &odd]);
    assert!(said.contains("“yesterday” in row 2 is no date like 2026-03-31"), "{said}");
    let other = file(&program, "other.csv", "name,colour\nball,red\n");
    let said = program.refused(&["forecast", &other]);
    assert!(said.contains("has neither columns"), "{said}");
}

#[test]
fn a_choice_from_a_table_is_closed_and_proven() {
    let program = program();
    let path = file(
        &program,
        "candidates.csv",
        "key,value,effort,needs,lock\npay,8,5,,\nrefund,6,2,pay,\ntheme,5,4,,\nlegal,0,1.5,,in\n",
    );
    let arguments = ["choose", &path, "--capacity", "8.5"];
    let told = json(&program.done(&[&arguments[..], &["--json"]].concat()));
    assert_eq!(told["chosen"], serde_json::json!(["pay", "refund", "legal"]));
    assert_eq!((&told["value"], &told["effort"]), (&14.0.into(), &8.5.into()));
    assert_eq!((&told["optimal"], &told["gap"]), (&true.into(), &0.0.into()));
    let words = program.done(&arguments);
    assert!(words.ends_with("Value 14 for effort 8.5 of 8.5. No choice that fits is worth more."));
}

#[test]
fn customers_and_published_instances_are_read_too() {
    let program = program();
    let text = r#"{"capacity": 6, "candidates": [{"key": "a", "effort": 3}, {"key": "b", "effort": 3,
        "needs": ["a"]}, {"key": "c", "effort": 4}], "customers": [
        {"name": "Acme", "value": 5, "wants": ["b"]}, {"name": "Bolt", "value": 4, "wants": ["c"]}]}"#;
    let told = json(&program.done(&["choose", &file(&program, "request.json", text), "--json"]));
    assert_eq!((&told["chosen"], &told["value"]), (&serde_json::json!(["a", "b"]), &5.0.into()));
    assert_eq!(told["customers"], serde_json::json!(["Acme"]));
    // Two levels of one requirement each, the second needs the first; two customers.
    let instance = file(&program, "small.txt", "2\n1\n3\n1\n4\n1\n1 2\n2\n9 1 2\n5 1 1\n");
    let ask = |capacity| {
        json(&program.done(&["choose", &instance, "--capacity", capacity, "--json"]))["value"]
            .clone()
    };
    assert_eq!((ask("7"), ask("6"), ask("2")), (14.0.into(), 5.0.into(), 0.0.into()));
}

#[test]
fn a_problem_that_makes_no_sense_is_refused_by_name() {
    let program = program();
    let unknown = file(&program, "unknown.csv", "key,value,effort,needs\na,1,1,b\n");
    let said = program.refused(&["choose", &unknown, "--capacity", "1"]);
    assert!(said.contains("a needs b, which is not there"), "{said}");
    let torn = file(&program, "torn.csv", "key,value,effort,needs,lock\na,1,1,b,in\nb,1,1,,out\n");
    let said = program.refused(&["choose", &torn, "--capacity", "5"]);
    assert!(said.contains("a must be in, but it needs b, which must be out"), "{said}");
    let said = program.refused(&["choose", &torn]);
    assert!(said.contains("--capacity"), "{said}");
}
