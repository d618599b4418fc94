//! Values that have a form of their own. The environment knows only text, so each accepts text too;
//! each error says what would be right.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use serde::de::{Deserialize, Deserializer, Error};

pub(super) fn address<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    read_address(&String::deserialize(from)?)
}

pub(super) fn maybe_address<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    Option::<String>::deserialize(from)?.map(|text| read_address(&text)).transpose()
}

fn read_address<E: Error>(text: &str) -> Result<SocketAddr, E> {
    let numeric = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    numeric.as_deref().unwrap_or(text).parse().map_err(|_| {
        E::custom(format!("{text:?} is no address with a port; right would be 127.0.0.1:8080 or [::]:8080"))
    })
}

/// An address of another server, as a URL; it may have a path and a password.
pub(super) fn endpoint<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match rest.map(|rest| rest.split('/').next().unwrap_or_default()) {
        Some(host) if !host.is_empty() && !text.contains(char::is_whitespace) => {
            Ok(Some(text.trim_end_matches('/').to_owned()))
        }
        _ => Err(D::Error::custom(format!(
            "{text:?} is no web address; right would be http://host.example.com:4318 or https://host.example.com"
        ))),
    }
}

/// A list of words; in the environment with commas between them.
pub(super) fn words<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(untagged, expecting = "expected a list of words, such as [\"one\", \"two\"]")]
    enum ListOrText {
        List(Vec<String>),
        Text(String),
    }
    let items = match ListOrText::deserialize(from)? {
        ListOrText::List(items) => items,
        ListOrText::Text(text) => text.split(',').map(str::to_owned).collect(),
    };
    Ok(items.iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect())
}

/// A list of names; in the environment with commas between them, or as JSON where a name has a comma.
pub(super) fn names<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(untagged, expecting = "expected a list of names, such as [\"one\", \"two\"]")]
    enum ListOrText {
        List(Vec<String>),
        Text(String),
    }
    let items = match ListOrText::deserialize(from)? {
        ListOrText::List(items) => items,
        ListOrText::Text(text) if text.trim_start().starts_with('[') => serde_json::from_str(&text)
            .map_err(|_| D::Error::custom("no JSON list of names; right would be [\"one\", \"two\"]"))?,
        ListOrText::Text(text) => text.split(',').map(str::to_owned).collect(),
    };
    Ok(items.iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect())
}

/// A number that may be missing; the environment knows only text.
pub(super) fn maybe_number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(untagged, expecting = "expected a number from 0 up")]
    enum NumberOrText {
        Number(u64),
        Text(String),
    }
    match Option::<NumberOrText>::deserialize(from)? {
        None => Ok(None),
        Some(NumberOrText::Number(number)) => Ok(Some(number)),
        Some(NumberOrText::Text(text)) => match text.trim().parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(D::Error::custom(format!("{text:?} is no number from 0 up"))),
        },
    }
}

/// A number; the environment knows only text.
pub(super) fn seconds<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(untagged, expecting = "expected a number of seconds, such as 20")]
    enum NumberOrText {
        Number(u64),
        Text(String),
    }
    let number = match NumberOrText::deserialize(from)? {
        NumberOrText::Number(number) => Some(number),
        NumberOrText::Text(text) => text.trim().parse().ok(),
    };
    number
        .filter(|number| *number <= 3_600)
        .ok_or_else(|| D::Error::custom("is no number of seconds from 0 to 3600; right would be 20"))
}

/// A number of calls in a minute.
pub(super) fn per_minute<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(untagged, expecting = "expected a number of calls in a minute, such as 30000")]
    enum NumberOrText {
        Number(u32),
        Text(String),
    }
    match NumberOrText::deserialize(from)? {
        NumberOrText::Number(number) => Ok(number),
        NumberOrText::Text(text) => text.trim().parse().map_err(|_| {
            D::Error::custom(format!(
                "{text:?} is no number of calls in a minute; right would be 30000, or 0 for no bound"
            ))
        }),
    }
}

pub(super) fn web_origin<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
    let trimmed = text.trim_end_matches('/');
    let host = trimmed.strip_prefix("https://").or_else(|| trimmed.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => {
            Ok(Some(trimmed.to_ascii_lowercase()))
        }
        _ => Err(D::Error::custom(format!(
            "{text:?} is no web address without a path; right would be https://takehold.example.com"
        ))),
    }
}

pub(super) fn at_least_one<'de, D: Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(untagged, expecting = "expected a number from 1 up")]
    enum NumberOrText {
        Number(i64),
        Text(String),
    }
    let (shown, number) = match NumberOrText::deserialize(from)? {
        NumberOrText::Number(number) => (number.to_string(), usize::try_from(number).ok()),
        NumberOrText::Text(text) => (text.clone(), text.trim().parse().ok()),
    };
    number
        .filter(|number| *number > 0)
        .ok_or_else(|| D::Error::custom(format!("{shown} is no number from 1 up; right would be 7")))
}

pub(super) fn recipients<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let items = texts(from)?;
    for item in &items {
        if item.parse::<age::x25519::Recipient>().is_err() {
            return Err(D::Error::custom(format!(
                "{item:?} is no age recipient; right would be the public key that age-keygen prints, age1…"
            )));
        }
    }
    Ok(items)
}

/// A list, or text in which commas or spaces separate the items.
fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(untagged, expecting = "expected a list of texts")]
    enum ListOrText {
        List(Vec<String>),
        Text(String),
    }
    let items = match ListOrText::deserialize(from)? {
        ListOrText::List(items) => items,
        ListOrText::Text(text) => text.split([',', ' ']).map(str::to_owned).collect(),
    };
    Ok(items.into_iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect())
}

pub(super) fn networks<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<IpNet>, D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(untagged, expecting = "expected a list of address ranges, such as [\"10.0.0.0/8\"]")]
    enum ListOrText {
        List(Vec<String>),
        Text(String),
    }
    let items = match ListOrText::deserialize(from)? {
        ListOrText::List(items) => items,
        ListOrText::Text(text) => text.split([',', ' ']).map(str::to_owned).collect(),
    };
    items
        .iter()
        .map(|item| item.trim())
        .filter(|item| !item.is_empty())
        .map(|item| {
            let whole = item.parse::<IpNet>().ok();
            whole.or_else(|| item.parse::<IpAddr>().ok().map(IpNet::from)).ok_or_else(|| {
                D::Error::custom(format!("{item:?} is no address range; right would be 10.0.0.0/8 or 192.168.1.7"))
            })
        })
        .collect()
}

pub(super) fn yes_or_no<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(untagged, expecting = "expected true or false")]
    enum BoolOrText {
        Bool(bool),
        Text(String),
    }
    match Option::<BoolOrText>::deserialize(from)? {
        None => Ok(None),
        Some(BoolOrText::Bool(value)) => Ok(Some(value)),
        Some(BoolOrText::Text(text)) => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Ok(Some(true)),
            "false" | "0" | "no" | "off" => Ok(Some(false)),
            _ => Err(D::Error::custom(format!("{text:?} is neither true nor false"))),
        },
    }
}

pub(super) fn mappings<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(untagged, expecting = "expected groups and roles, such as {\"staff\":\"viewer\"}")]
    enum MapOrText {
        Map(BTreeMap<String, String>),
        Text(String),
    }
    match MapOrText::deserialize(from)? {
        MapOrText::Map(map) => Ok(map),
        MapOrText::Text(text) => serde_json::from_str(&text)
            .map_err(|_| D::Error::custom("no JSON object of group and role; right would be {\"staff\":\"viewer\"}")),
    }
}
