//! Everything that is stored about a person, as one JSON document.

use diesel::prelude::*;
use serde_json::{Value, json};

use crate::activity::erasure::Whom;
use crate::auth::Workspace;
use crate::db::schema::{event_blocks, person_links};
use crate::db::{DbConn, DbError};
use crate::ingest::block::{NONE, decode};
use crate::ingest::dictionary::{Dictionary, Kind};
use crate::people::traits::{self, Subject};

fn instant(microseconds: i64) -> String {
    jiff::Timestamp::from_microsecond(microseconds).unwrap_or_default().to_string()
}

/// The document; what others said of the person stays with the others.
pub(super) fn of(conn: &mut DbConn, workspace: &Workspace, whom: &Whom, now: i64) -> Result<Value, DbError> {
    let mut names = Dictionary::default();
    names.refresh(conn, workspace.id)?;
    Ok(json!({
        "exported_at": instant(now),
        "workspace": workspace.slug,
        "ids": whom.ids,
        "joined_ids": joined(conn, workspace.id, whom, &names)?,
        "traits": traits_of(conn, workspace.id, whom, &names)?,
        "calls": calls(conn, workspace.id, whom, &names)?,
    }))
}

fn id(names: &Dictionary, key: i64) -> String {
    u32::try_from(key).map_or("", |key| names.name(Kind::Person, key)).chars().skip(1).collect()
}

fn joined(conn: &mut DbConn, workspace: i64, whom: &Whom, names: &Dictionary) -> Result<Vec<Value>, DbError> {
    let keys: Vec<i64> = whom.keys.iter().map(|key| i64::from(*key)).collect();
    let links: Vec<(i64, i64, i64, i16)> = person_links::table
        .filter(person_links::workspace_id.eq(workspace))
        .filter(person_links::source.eq_any(keys.clone()).or(person_links::target.eq_any(keys)))
        .order(person_links::at)
        .select((person_links::source, person_links::target, person_links::at, person_links::undone))
        .load(conn)?;
    let link = |(source, target, at, undone): (i64, i64, i64, i16)| json!({ "id": id(names, source), "belongs_to": id(names, target), "at": instant(at), "taken_back": undone != 0 });
    Ok(links.into_iter().map(link).collect())
}

fn traits_of(conn: &mut DbConn, workspace: i64, whom: &Whom, names: &Dictionary) -> Result<Vec<Value>, DbError> {
    let mut all = Vec::new();
    for key in &whom.keys {
        for call in traits::load_calls(conn, workspace, Some(Subject::Person(*key)))? {
            let set = traits::load_sets(conn, workspace, Some(call.set))?.pop();
            let traits: Value = set.and_then(|(_, text)| serde_json::from_str(&text).ok()).unwrap_or_default();
            all.push((call.at, json!({ "at": instant(call.at), "id": id(names, i64::from(*key)), "traits": traits })));
        }
    }
    all.sort_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, call)| call).collect())
}

fn calls(conn: &mut DbConn, workspace: i64, whom: &Whom, names: &Dictionary) -> Result<Vec<Value>, DbError> {
    let blocks: Vec<i64> = event_blocks::table
        .filter(event_blocks::workspace_id.eq(workspace))
        .order(event_blocks::id)
        .select(event_blocks::id)
        .load(conn)?;
    let name = |kind, number: u32| (number != NONE).then(|| names.name(kind, number).to_owned());
    let mut all = Vec::new();
    for block in blocks {
        let row = event_blocks::table.filter(event_blocks::id.eq(block)).select(event_blocks::data);
        // A block that was merged meanwhile is found in another.
        let Some(data) = row.first::<Vec<u8>>(conn).optional()? else { continue };
        let columns = decode(&data)?;
        let theirs = |key: &u32| whom.keys.contains(key);
        if !columns.subject.iter().any(theirs) && !columns.anonymous.iter().any(theirs) {
            continue;
        }
        let facts = columns.facts(&data)?;
        for event in columns.rows(&facts) {
            if !theirs(&event.subject) && !theirs(&event.anonymous) {
                continue;
            }
            let facts: Value = serde_json::from_str(event.facts).unwrap_or_default();
            let of_event = name(Kind::Event, event.event).map(|name| name.chars().skip(1).collect::<String>());
            let call = json!({
                "at": instant(event.at),
                "type": event.kind.word(),
                "id": id(names, i64::from(event.subject)),
                "other_id": (event.anonymous != NONE).then(|| id(names, i64::from(event.anonymous))),
                "event": of_event,
                "app": name(Kind::App, event.app),
                "version": name(Kind::Version, event.version),
                "account": name(Kind::Account, event.account),
                "properties": facts,
            });
            all.push((event.at, call));
        }
    }
    all.sort_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, call)| call).collect())
}
