//! What is written is what `serde_json` writes, byte for byte.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Serialize;
use serde_json::Value as Json;
use wherefore_json::to_string;

fn assert_alike<T: Serialize + ?Sized>(value: &T) {
    let told = serde_json::to_string(value).expect("serde_json takes it");
    assert_eq!(to_string(value).expect("so do we"), told);
}

fn values() -> impl Strategy<Value = Json> {
    let text = prop_oneof![any::<String>(), "[ -~\n\t\\\\\"\u{0}-\u{1f}äß€\u{7f}]{0,40}"];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        text.clone().prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::vec((text.clone(), inner), 0..6)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_is_written_alike(value in values()) {
        assert_alike(&value);
    }

    #[test]
    fn any_text_is_written_alike(text in any::<String>()) {
        assert_alike(&text);
    }

    #[test]
    fn any_number_is_written_alike(whole in any::<i128>(), wide in any::<f64>(), narrow in any::<f32>()) {
        assert_alike(&whole);
        assert_alike(&wide);
        assert_alike(&narrow);
    }
}

/// Every control character at every place of a word, alone and beside another.
#[test]
fn what_needs_escaping_is_found_wherever_it_stands() {
    for odd in (0..0x20).map(char::from).chain(['"', '\\', '\u{7f}', '!', '#', '[', ']', 'é']) {
        for before in 0..18 {
            for after in 0..10 {
                let text = format!("{}{odd}{}", "x".repeat(before), "y".repeat(after));
                assert_alike(&text);
                assert_alike(&format!("{text}{odd}\n{odd}"));
            }
        }
    }
}

#[derive(Serialize)]
enum Shape {
    Empty,
    #[serde(rename = "a \"dot\"")]
    Dot(u8),
    Line(i8, char),
    Box {
        wide: f32,
        high: Option<u16>,
    },
}

#[derive(Serialize)]
struct Unit;

#[derive(Serialize)]
struct Pair(i16, &'static str);

#[derive(Serialize)]
#[serde(transparent)]
struct Wrapped(Vec<bool>);

#[derive(Serialize)]
struct All {
    unit: Unit,
    pair: Pair,
    wrapped: Wrapped,
    shapes: Vec<Shape>,
    tuple: (u32, (), Option<()>),
    numbered: BTreeMap<i64, &'static str>,
    decided: BTreeMap<bool, u64>,
    lettered: BTreeMap<char, [u8; 2]>,
    nothing: [u8; 0],
    not_finite: [f64; 3],
    #[serde(flatten)]
    more: BTreeMap<String, Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<u8>,
}

#[test]
fn every_kind_of_type_is_written_alike() {
    assert_alike(&All {
        unit: Unit,
        pair: Pair(-7, "two"),
        wrapped: Wrapped(vec![true, false]),
        shapes: vec![
            Shape::Empty,
            Shape::Dot(3),
            Shape::Line(-1, '"'),
            Shape::Box { wide: 0.1, high: None },
        ],
        tuple: (1, (), None),
        numbered: [(-1, "a"), (20, "b")].into(),
        decided: [(true, 1)].into(),
        lettered: [('é', [1, 2]), ('"', [3, 4])].into(),
        nothing: [],
        not_finite: [f64::NAN, f64::INFINITY, -0.0],
        more: [("x".to_owned(), Json::from(1.5))].into(),
        left_out: None,
    });
    assert_alike(&BTreeMap::from([(Shapeless::Round, 1), (Shapeless::Flat, 2)]));
}

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
enum Shapeless {
    Round,
    Flat,
}

#[test]
fn a_key_that_is_no_text_is_refused() {
    let error = to_string(&BTreeMap::from([(vec![1], 2)])).expect_err("a list as a key");
    assert_eq!(error.to_string(), "key must be a string");
    assert!(to_string(&BTreeMap::from([((), 2)])).is_err());
    assert!(to_string(&BTreeMap::from([(None::<u8>, 2)])).is_err());
}
