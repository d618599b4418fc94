//! Events of a person or account from the log, newest first.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::few::Few;
use super::listing::TimelineQuery;
use crate::activity::routes::instant;
use crate::activity::sight::{About, Sight};
use crate::activity::view::View;
use crate::db::schema::event_blocks;
use crate::db::{DbConn, DbError};
use crate::http::{ApiError, Cursor, Page};
use crate::ingest::block::{NONE, decode};
use crate::ingest::dictionary::{Dictionary, Kind};
use crate::ingest::model::CallKind;

/// A call as the timeline shows it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TimelineItem {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `track`, `page`, `screen`, `identify`, `group` or `alias`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The event's, page's or screen's name.
    name: Option<String>,
    app: Option<String>,
    version: Option<String>,
    account: Option<String>,
    /// The person's id.
    person: Option<String>,
    /// Properties, or traits.
    #[schema(value_type = Object)]
    properties: Value,
}

/// Whose events.
pub(super) enum Whose {
    /// Those of these keys.
    Keys(HashSet<u32>),
    /// Those that name one of these accounts.
    Accounts(Vec<u32>),
}

/// Properties as JSON; what has no value as JSON (a number such as 1e999) is shown as it was sent.
fn properties(text: &str) -> Value {
    if text.is_empty() {
        return json!({});
    }
    serde_json::from_str(text).unwrap_or_else(|_| json!({ "as sent": text }))
}

/// Where a row stands: instant, block, place in the block.
type Place = (i64, i64, usize);

/// Who looks at a timeline, and what they see.
pub(super) struct Looks<'l> {
    pub view: &'l View,
    pub names: &'l Dictionary,
    pub sight: &'l Sight,
    pub few: &'l Few,
}

/// A page of a timeline. Blocks are read from the latest on, only as far as the page needs.
pub(super) fn timeline(
    conn: &mut DbConn,
    workspace: i64,
    looks: &Looks<'_>,
    whose: &Whose,
    query: &TimelineQuery,
) -> Result<Page<TimelineItem>, ApiError> {
    let (view, names, sight) = (looks.view, looks.names, looks.sight);
    let before: Option<Place> = query.cursor.as_ref().map(Cursor::decode).transpose()?;
    let upto = before.map_or(i64::MAX, |place| place.0);
    let blocks: Vec<(i64, i64)> = event_blocks::table
        .filter(event_blocks::workspace_id.eq(workspace))
        .filter(event_blocks::first_at.le(upto))
        .order((event_blocks::last_at.desc(), event_blocks::id.desc()))
        .select((event_blocks::id, event_blocks::last_at))
        .load(conn)
        .map_err(DbError::from)?;
    let mut hidden: HashMap<u32, Option<About>> = HashMap::new();
    let wanted = query.limit.rows() + 1;
    let mut found: Vec<(Place, TimelineItem)> = Vec::new();
    for (id, newest) in blocks {
        let enough = found.get(wanted - 1).is_some_and(|(place, _)| place.0 > newest);
        if enough {
            break;
        }
        let data: Vec<u8> = event_blocks::table
            .filter(event_blocks::id.eq(id))
            .select(event_blocks::data)
            .first(conn)
            .map_err(DbError::from)?;
        let columns = decode(&data)?;
        let rows: Vec<usize> = (0..columns.len)
            .filter(|row| {
                let key = columns.subject.get(*row);
                let account = columns.account.get(*row);
                let place = columns.at.get(*row).map(|at| (*at, id, *row));
                let matches = match whose {
                    Whose::Keys(keys) => key.is_some_and(|key| keys.contains(key)),
                    Whose::Accounts(accounts) => account.is_some_and(|account| accounts.contains(account)),
                };
                let seen = sight.sees(columns.app.get(*row).copied().unwrap_or(NONE));
                seen && matches && place.is_some_and(|place| before.is_none_or(|before| place < before))
            })
            .collect();
        if rows.is_empty() {
            continue;
        }
        let facts = columns.facts(&data)?;
        let name = |kind, number: Option<&u32>| number.filter(|n| **n != NONE).map(|n| names.name(kind, *n).to_owned());
        for row in rows {
            let Some(at) = columns.at.get(row) else { continue };
            let kind = columns.kind.get(row).and_then(|k| CallKind::ALL.get(usize::from(*k)));
            let event = name(Kind::Event, columns.event.get(row));
            let person = columns.subject.get(row).map(|key| view.identity().person(*key));
            let about =
                person.and_then(|key| hidden.entry(key).or_insert_with(|| sight.about(view, names, key)).as_ref());
            let event = event.and_then(|name| name.get(1..).map(str::to_owned)).filter(|name| !name.is_empty());
            let said = facts.get(row).map_or_else(|| json!({}), |text| properties(text));
            // Of person and account only the one whose page this is stays, where too few people share the account.
            let account = columns.account.get(row).filter(|account| **account != NONE);
            let few = account.is_some_and(|account| looks.few.account(*account));
            let of_account = matches!(whose, Whose::Accounts(_));
            let item = TimelineItem {
                at: instant(*at),
                kind: kind.map_or("track", |kind| kind.word()),
                name: match about {
                    Some(about) => event.map(|name| sight.text(about, &name)),
                    None => event,
                },
                app: name(Kind::App, columns.app.get(row)),
                version: name(Kind::Version, columns.version.get(row)),
                account: name(Kind::Account, account).filter(|_| of_account || !few),
                person: person.filter(|_| !(of_account && few)).map(|key| sight.id(names, key).0),
                properties: match about {
                    _ if of_account && few => json!({}),
                    Some(about) => sight.call(view, names, about, said),
                    None => said,
                },
            };
            found.push(((*at, id, row), item));
        }
        found.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
        found.truncate(wanted);
    }
    let more = found.len() == wanted;
    found.truncate(query.limit.rows());
    let next_cursor = found.last().filter(|_| more).map(|(place, _)| Cursor::encode(place));
    Ok(Page { items: found.into_iter().map(|(_, item)| item).collect(), next_cursor, total: None })
}
