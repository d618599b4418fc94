//! Lists and pages of people, accounts and apps, and the live inspector: who they are and what they did.
//!
//! - *timeline*: the events of a person or account, newest first.

mod account;
mod accounts;
mod active;
mod apps;
mod few;
mod inspector;
mod listing;
mod masks;
mod merges;
mod people;
mod person;
mod search;
mod timeline;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::activity::identity::word;
use crate::activity::routes::instant;

/// Adds the lists and pages.
pub fn configure(cfg: &mut ServiceConfig<'_>) {
    cfg.service(search::summary).service(search::search).service(inspector::look);
    cfg.service(apps::list).service(apps::show).service(apps::change).service(apps::releases);
    cfg.service(merges::merge).service(merges::unmerge);
    cfg.service(people::list).service(person::show).service(person::active_days).service(person::timeline);
    cfg.service(accounts::list).service(account::show).service(account::active_days).service(account::app_weeks);
    cfg.service(account::timeline);
}

/// A fact about a person or an account.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Trait {
    name: String,
    /// Any JSON value.
    #[schema(value_type = Value)]
    value: Value,
    /// Since when it has this value.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
}

type Traits = BTreeMap<String, (Value, i64)>;

fn listed(traits: Traits) -> Vec<Trait> {
    traits.into_iter().map(|(name, (value, at))| Trait { name, value, since: instant(at) }).collect()
}

fn text(traits: &Traits, name: &str) -> Option<String> {
    traits.get(name).and_then(|(value, _)| word(value)).filter(|text| !text.is_empty())
}

fn number(traits: &Traits, name: &str) -> Option<f64> {
    traits.get(name).and_then(|(value, _)| value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()))
}

/// Counted events of a day.
#[derive(Serialize, ToSchema)]
struct ActivityDay {
    #[schema(value_type = String, format = Date)]
    date: jiff::civil::Date,
    events: u64,
    /// Distinct people, for accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>, required = false)]
    people: Option<Option<u64>>,
    /// Whether that count is null because it is of fewer people than the workspace shows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    suppressed: bool,
}

/// Days with activity; days without are left out.
#[derive(Serialize, ToSchema)]
struct ActivityDays {
    days: Vec<ActivityDay>,
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
}
