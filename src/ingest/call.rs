//! One call as clients send it, borrowed from the body where it can be.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Text that may also arrive as a number or boolean: clients send numeric user ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text<'a>(pub Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }
            fn visit_borrowed_str<E: de::Error>(self, v: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(v)))
            }
            fn visit_str<E: de::Error>(self, v: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(v.to_owned())))
            }
            fn visit_u64<E: de::Error>(self, v: u64) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(v.to_string())))
            }
            fn visit_i64<E: de::Error>(self, v: i64) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(v.to_string())))
            }
        }
        deserializer.deserialize_any(TextVisitor)
    }
}

/// A call of the Segment specification; fields that mean nothing here are passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub struct Call<'a> {
    /// `track`, `identify`, `group`, `page`, `screen` or `alias`.
    #[serde(rename = "type", default)]
    pub kind: Option<Text<'a>>,
    /// Identity of the call for deduplication.
    #[serde(default)]
    pub message_id: Option<Text<'a>>,
    /// The known person.
    #[serde(default)]
    pub user_id: Option<Text<'a>>,
    /// The person before sign-in.
    #[serde(default)]
    pub anonymous_id: Option<Text<'a>>,
    /// Name of a `track` event.
    #[serde(default)]
    pub event: Option<Text<'a>>,
    /// Name of a page or screen.
    #[serde(default)]
    pub name: Option<Text<'a>>,
    /// The account of a `group` call.
    #[serde(default)]
    pub group_id: Option<Text<'a>>,
    /// The id an `alias` call replaces.
    #[serde(default)]
    pub previous_id: Option<Text<'a>>,
    /// When it happened.
    #[serde(default)]
    pub timestamp: Option<Text<'a>>,
    /// The client's clock when it sent the call.
    #[serde(default)]
    pub sent_at: Option<Text<'a>>,
    /// Facts about the event.
    #[serde(borrow, default)]
    pub properties: Option<&'a RawValue>,
    /// Facts about the person or account.
    #[serde(borrow, default)]
    pub traits: Option<&'a RawValue>,
    /// Account and app.
    #[serde(default)]
    pub context: Option<Context<'a>>,
    /// The write key, where it is not sent in a header.
    #[serde(default)]
    pub write_key: Option<Text<'a>>,
}

/// The part of `context` that has a meaning here.
#[derive(Debug, Default)]
pub struct Context<'a> {
    /// The account.
    pub group_id: Option<Text<'a>>,
    /// The app.
    pub app: Option<App<'a>>,
}

// Written by hand, since a derived one also takes a list for an object.
impl<'de: 'a, 'a> Deserialize<'de> for Context<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ContextVisitor;
        impl<'de> Visitor<'de> for ContextVisitor {
            type Value = Context<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("context as an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Context<'de>, A::Error> {
                let mut context = Context::default();
                while let Some(key) = map.next_key::<Text<'de>>()? {
                    match key.0.as_ref() {
                        "groupId" => context.group_id = map.next_value()?,
                        "app" => context.app = map.next_value()?,
                        _ => drop(map.next_value::<de::IgnoredAny>()?),
                    }
                }
                Ok(context)
            }
        }
        deserializer.deserialize_map(ContextVisitor)
    }
}

/// `context.app`: text, or an object with `name` and `version`.
#[derive(Debug, Default)]
pub struct App<'a> {
    /// The app's name.
    pub name: Option<Text<'a>>,
    /// Its release.
    pub version: Option<Text<'a>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for App<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AppVisitor;
        impl<'de> Visitor<'de> for AppVisitor {
            type Value = App<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the app as text or as an object with name and version")
            }
            fn visit_borrowed_str<E: de::Error>(self, v: &'de str) -> Result<App<'de>, E> {
                Ok(App { name: Some(Text(Cow::Borrowed(v))), version: None })
            }
            fn visit_str<E: de::Error>(self, v: &str) -> Result<App<'de>, E> {
                Ok(App { name: Some(Text(Cow::Owned(v.to_owned()))), version: None })
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<App<'de>, A::Error> {
                let mut app = App::default();
                while let Some(key) = map.next_key::<Text<'de>>()? {
                    match key.0.as_ref() {
                        "name" => app.name = map.next_value()?,
                        "version" => app.version = map.next_value()?,
                        _ => drop(map.next_value::<de::IgnoredAny>()?),
                    }
                }
                Ok(app)
            }
        }
        deserializer.deserialize_any(AppVisitor)
    }
}

/// The body of `/v1/batch`: its items are parsed one by one, so that a bad one spoils no other.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchBody<'a> {
    /// The calls.
    #[serde(borrow)]
    pub batch: Vec<&'a RawValue>,
    /// The client's clock when it sent the batch.
    #[serde(default, borrow)]
    pub sent_at: Option<Text<'a>>,
    /// The write key, where it is not sent in a header.
    #[serde(default, borrow)]
    pub write_key: Option<Text<'a>>,
    /// Context for items that bring none of their own.
    #[serde(default, borrow)]
    pub context: Option<&'a RawValue>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_shapes_of_app_and_numeric_ids() {
        let call: Call<'_> = serde_json::from_str(
            r#"{"type":"track","userId":42,"context":{"app":{"name":"A","version":"1","build":2}}}"#,
        )
        .unwrap();
        assert_eq!(call.user_id.unwrap().0, "42");
        let app = call.context.unwrap().app.unwrap();
        assert_eq!((app.name.unwrap().0.as_ref(), app.version.unwrap().0.as_ref()), ("A", "1"));
        let call: Call<'_> = serde_json::from_str(r#"{"context":{"app":"A\u0042","groupId":null}}"#).unwrap();
        assert_eq!(call.context.unwrap().app.unwrap().name.unwrap().0, "AB");
    }
}
