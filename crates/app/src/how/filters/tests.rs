use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Filter {
    parse(text).unwrap_or_else(|problem| panic!("{text}: {problem}"))
}

fn refused(text: &str) -> Problem {
    parse(text).expect_err(text)
}

#[test]
fn every_kind_of_term_is_understood() {
    let text = r#"state:"in review" label:checkout -label:spike assignee:me points>=3 due<2026-03-01 level:story,bug is:open is:blocked no:why no:assignee sprint:current team:Booking part:Checkout text words sort:due group:assignee"#;
    let filter = read(text);
    assert_eq!(filter.terms.len(), 16);
    assert_eq!(filter.to_string(), text);
    assert_eq!(filter.sort, Some(Sort { by: "due".into(), down: false }));
    assert_eq!(filter.group, ["assignee"]);
    assert_eq!(filter.terms[0].values, ["in review"]);
    assert!(filter.terms[2].not);
    assert_eq!(filter.terms[4].op, Op::AtLeast);
    assert_eq!(filter.terms[6].values, ["story", "bug"]);
}

#[test]
fn other_words_and_signs_say_the_same() {
    let same = [
        ("epic:RIDE-4", "parent:RIDE-4"),
        ("points:>=3", "points>=3"),
        ("points:m", "points:3"),
        ("points=3", "points:3"),
        ("STATUS:Done", "state:Done"),
        ("is:\"In review\"", "is:in-review"),
        ("-sort:due", "sort:-due"),
        ("group:epic", "group:parent"),
        ("group:state group:assignee", "group:state,assignee"),
        ("group:state group:state", "group:state"),
        ("sort:-FIELD.Size", "sort:-field.Size"),
        ("sort:\"field. Customers touched\"", "sort:\"field.Customers touched\""),
        ("group:\"field.A, b\",state", "group:\"field.A, b\",state"),
        ("text:\"two words\"", "\"two words\""),
        ("  a   b ", "a b"),
    ];
    for (typed, printed) in same {
        assert_eq!(read(typed).to_string(), printed, "{typed}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_what_was_meant() {
    let cases = [
        ("staet:x", 0..5, Some("state"), "no field “staet”"),
        ("a level:stroy", 8..13, Some("story"), "epic, story, task, bug"),
        ("level>story", 0..6, None, "level:…"),
        ("due<soon", 4..8, None, "2026-03-01"),
        ("due<todya", 4..9, Some("today"), "not a day"),
        ("points>many", 7..11, None, "not a number"),
        ("label:", 6..6, None, "missing after label"),
        ("a \"b", 2..4, None, "never closed"),
        ("sort:deu", 0..8, Some("due"), "sorted by one of"),
        ("group:stat", 6..10, Some("state"), "grouped by one of"),
        ("group:state,team,part", 0..21, None, "up to two"),
        ("group:state,team group:part", 17..27, None, "up to two"),
        ("sort:field.", 0..11, None, "a field of the product"),
        ("group:field.", 6..12, None, "a field of the product"),
        ("points>3,4", 0..10, None, "one value"),
        ("!?", 0..2, None, "letters"),
    ];
    for (typed, at, perhaps, words) in cases {
        let problem = refused(typed);
        assert_eq!(problem.at, at, "{typed}: {problem}");
        assert_eq!(problem.perhaps.as_deref(), perhaps, "{typed}: {problem}");
        assert!(problem.to_string().contains(words), "{typed}: {problem}");
    }
    assert!(parse(&"a ".repeat(2_000)).is_err());
    assert!(parse(&"a ".repeat(41)).is_err());
}

#[test]
fn a_field_is_replaced_and_taken_away() {
    let state = field_named("state").unwrap();
    let filter = read("state:a,b -state:c x");
    assert_eq!(filter.plain("state").as_deref(), Some("a,b"));
    assert_eq!(read("is:open is:blocked").plain("is"), None);
    assert_eq!(read("state:a,\"b c\"").plain("state").as_deref(), Some("a,\"b c\""));
    let other = filter.clone().with(state, vec!["In review".into()]);
    assert_eq!(other.to_string(), "-state:c x state:\"In review\"");
    assert_eq!(other.with(state, Vec::new()).to_string(), "-state:c x");
    assert_eq!(filter.without(1).to_string(), "state:a,b x");
}

#[test]
fn what_is_asked_of_a_field_of_the_product_is_replaced_and_taken_away() {
    let filter = read("field:Impact=High -field:Impact=Low field:\"Size>=3\" x");
    assert_eq!(filter.said("impact").as_deref(), Some("High"));
    assert_eq!(filter.said("Size").as_deref(), Some(""));
    let other = filter.saying("Impact", vec!["Very high".into()]);
    let printed = "-field:Impact=Low field:Size>=3 x field:\"Impact=Very high\"";
    assert_eq!(other.to_string(), printed);
    let away = other.saying("Impact", Vec::new()).to_string();
    assert_eq!(away, "-field:Impact=Low field:Size>=3 x");
    assert_eq!(read("field:A=1 field:A=2").said("A"), None);
    assert_eq!(read("field:A=1,A=2").said("A").as_deref(), Some("1,2"));
}

#[test]
fn parameters_of_an_address_need_no_quotes() {
    assert_eq!(given("In review"), ["In review"]);
    assert_eq!(given("story,bug"), ["story", "bug"]);
    assert_eq!(given("\"a, b\",c"), ["a, b", "c"]);
    assert_eq!(given("\"open"), ["\"open"]);
    assert!(given(" ").is_empty());
}

fn anything() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{0,12}",
        "[-]?(state|label|points|due|is|no|sort|group|text|level|x)(:|=|<|>=)[a-z0-9,\"\\\\ -]{0,10}",
        "(sort|group):-?field\\.\\PC{0,8}",
        Just("due<+7d".to_owned()),
        Just("level:story,bug".to_owned()),
        Just("\"a \\\" b\\\\\"".to_owned()),
        "[\"\\\\:<>=, -]{0,6}",
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|all| all.join(" "))
}

proptest! {
    #[test]
    fn printing_what_was_read_is_stable_and_nothing_panics(text in anything()) {
        match parse(&text) {
            Ok(filter) => {
                let printed = filter.to_string();
                let again = parse(&printed).map_err(|p| {
                    TestCaseError::fail(format!("{text:?} prints {printed:?}: {p}"))
                })?;
                prop_assert_eq!(again.to_string(), printed);
                prop_assert_eq!(again.terms.len(), filter.terms.len());
                for (a, b) in again.terms.iter().zip(&filter.terms) {
                    prop_assert_eq!((a.not, a.field, a.op, &a.values), (b.not, b.field, b.op, &b.values));
                }
                prop_assert_eq!((again.sort, again.group), (filter.sort, filter.group));
            }
            Err(problem) => {
                prop_assert!(problem.at.start <= problem.at.end && problem.at.end <= text.len());
                prop_assert!(text.get(problem.at).is_some());
            }
        }
        let _ = given(&text);
    }
}
