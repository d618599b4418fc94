//! Reads what other systems write, and says it as calls: one JSON object a line, like a line of an import file, so that
//! the importer has one path for all. Pure: no store, no clock.
//!
//! - *line*: what was read; each becomes exactly one call or one refusal with its reason
//! - *call*: a Segment-like object as `/v1` takes it
//!
//! Calls carry no `messageId` unless the source has one: the importer makes it from the line as it was read and its
//! ordinal among equal lines of the file.

pub mod access_log;
pub mod csv_events;
pub mod import;

use serde::Serialize;
use serde_json::{Map, Value};

/// A call in the making; what is `None` or empty is left out.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Call<'a> {
    r#type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    anonymous_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    timestamp: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    properties: Map<String, Value>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    traits: Map<String, Value>,
    #[serde(skip_serializing_if = "Context::is_empty")]
    context: Context<'a>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Context<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    group_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<&'a str>,
}

impl Context<'_> {
    fn is_empty(&self) -> bool {
        self.group_id.is_none() && self.app.is_none()
    }
}

impl Call<'_> {
    /// The call as one line, without the newline.
    fn line(&self) -> String {
        // Only maps with keys that are no strings cannot be written, and there are none.
        serde_json::to_string(self).unwrap_or_default()
    }
}
