//! What an action or a query answers, as JSON text: written once, from the types themselves.

use serde::Serialize;
use serde_json::Value as Json;
use wherefore_json::Writer;

use crate::kernel::{Error, Result};

/// JSON that most surfaces pass on as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer(String);

impl Answer {
    /// The answer that says this.
    pub fn of(output: &impl Serialize) -> Result<Self> {
        // Room for most answers, so that few are moved while they grow.
        let mut writer = Writer::with_capacity(8 * 1024);
        output.serialize(&mut writer).map_err(Error::internal)?;
        Ok(Self(writer.into_text()))
    }

    /// An answer that was given before.
    pub(super) fn again(text: String) -> Self {
        Self(text)
    }

    pub fn text(&self) -> &str {
        &self.0
    }

    pub fn into_text(self) -> String {
        self.0
    }

    /// The answer as a value to look into.
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.0).unwrap_or_default()
    }

    /// A member of the answer that is a text, as its key.
    pub fn word(&self, member: &str) -> Option<String> {
        self.json().get(member)?.as_str().map(str::to_owned)
    }
}
