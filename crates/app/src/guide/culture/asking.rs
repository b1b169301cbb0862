//! The question itself, laid beside an action's own input: which problem shall this solve? Every
//! surface that offers the action offers the question with it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value as Json};

use super::keeping::keep;
use super::turning::Turning;
use crate::kernel::{Day, Result};
use crate::store::{Action, Change, Meta, joined_schema};

/// What is asked. Nothing of it has to be answered.
#[derive(Deserialize, JsonSchema, Clone, Default, Debug)]
#[serde(default)]
pub struct Question {
    /// Which problem a changed framework, arrangement or title shall solve. It is kept as a decision;
    /// left out, “no reason given” is kept.
    pub problem: Option<String>,
    /// The signals that it should lower, as `S3`.
    pub problem_signals: Option<Vec<String>>,
    /// When the signals before and after are laid side by side; in 90 days if left out.
    pub look_back_on: Option<Day>,
}

/// An action that asks.
pub struct Asked<A> {
    pub action: A,
    pub question: Question,
}

const OWN: [&str; 3] = ["problem", "problem_signals", "look_back_on"];

impl<'de, A: DeserializeOwned> Deserialize<'de> for Asked<A> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let mut rest: Map<String, Json> = Map::deserialize(deserializer)?;
        let own: Map<String, Json> =
            OWN.iter().filter_map(|name| Some(((*name).to_owned(), rest.remove(*name)?))).collect();
        let question = Question::deserialize(Json::Object(own)).map_err(D::Error::custom)?;
        let action = A::deserialize(Json::Object(rest)).map_err(D::Error::custom)?;
        Ok(Self { action, question })
    }
}

impl<A: JsonSchema> JsonSchema for Asked<A> {
    fn schema_name() -> Cow<'static, str> {
        A::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        joined_schema::<A, Question>(generator)
    }
}

impl<A: Turning> Action for Asked<A> {
    type Output = A::Output;
    const META: Meta = A::META;
    const PERSONAL: bool = A::PERSONAL;
    const SHOWS_SECRET: bool = A::SHOWS_SECRET;

    fn run(&self, cx: &mut Change<'_>) -> Result<A::Output> {
        let before = self.action.look(cx)?;
        let output = self.action.run(cx)?;
        if let Some(turned) = self.action.turned(cx, before)? {
            keep(cx, turned, &self.question)?;
        }
        Ok(output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    struct Plain {
        name: String,
    }

    #[test]
    fn the_question_is_taken_apart_from_the_action() {
        let asked: Asked<Plain> = serde_json::from_str(
            r#"{"name":"Tickets","problem":"Everything waits","look_back_on":"2026-05-01"}"#,
        )
        .expect("both");
        assert_eq!(asked.action.name, "Tickets");
        assert_eq!(asked.question.problem.as_deref(), Some("Everything waits"));
        let none: Asked<Plain> = serde_json::from_str(r#"{"name":"Tickets"}"#).expect("no answer");
        assert!(none.question.problem.is_none());
        let wrong = serde_json::from_str::<Asked<Plain>>(r#"{"name":"T","probelm":"x"}"#);
        assert!(wrong.is_err(), "what the action does not know is refused still");
    }
}
