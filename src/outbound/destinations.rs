//! Every destination ever called.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use diesel::prelude::*;
use diesel::upsert::excluded;

use crate::db::schema::destinations as table;
use crate::db::{Db, DbConn, DbError};
use crate::on_both;

/// Destinations that may wait to be stored, so that a database that stays away costs no memory.
const WAITING: usize = 10_000;
/// Characters of an error that are kept.
const ERROR: usize = 500;

/// What a destination serves for. Whoever calls elsewhere has one here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// As it is stored and shown.
    pub name: &'static str,
    /// What it is called for.
    pub purpose: &'static str,
    /// The key of the configuration that names it.
    pub configured_by: &'static str,
}

impl Kind {
    /// PostgreSQL.
    pub const DATABASE: Self = Self { name: "database", purpose: "Stores all data", configured_by: "database.url" };
    /// The collector of traces.
    pub const TRACES: Self =
        Self { name: "traces", purpose: "Takes traces of requests", configured_by: "telemetry.otlp_endpoint" };
    /// The collector of the audit log.
    pub const SYSLOG: Self = Self { name: "syslog", purpose: "Takes the audit log", configured_by: "audit.syslog" };
    /// A provider of OpenID Connect.
    pub const SIGN_ON: Self =
        Self { name: "sign-on", purpose: "Tells who signs in", configured_by: "auth.oidc.issuer" };
    /// A directory.
    pub const DIRECTORY: Self = Self {
        name: "directory",
        purpose: "Tells who signs in and what their groups are",
        configured_by: "auth.ldap.url",
    };
    const ALL: [Self; 5] = [Self::DATABASE, Self::TRACES, Self::SYSLOG, Self::SIGN_ON, Self::DIRECTORY];

    /// The kind of this name; one that an earlier version knew may be gone.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name == name)
    }
}

/// A destination as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = table)]
pub struct Destination {
    /// See [`Kind::name`].
    pub kind: String,
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: i32,
    /// What it is called for.
    pub purpose: String,
    /// When it was called first.
    pub first_at: i64,
    /// When it was called last.
    pub last_at: i64,
    /// How often it was called.
    pub contacts: i64,
    /// How many of these failed.
    pub failures: i64,
    /// What went wrong last.
    pub last_error: Option<String>,
}

/// All destinations, the one called last first.
pub fn list(conn: &mut DbConn) -> Result<Vec<Destination>, DbError> {
    Ok(table::table
        .order((table::last_at.desc(), table::kind, table::host, table::port))
        .select(Destination::as_select())
        .load(conn)?)
}

#[derive(Clone, Debug)]
struct Contact {
    first_at: i64,
    last_at: i64,
    contacts: u64,
    failures: u64,
    last_error: Option<String>,
}

/// What was called and is not stored yet.
#[derive(Debug, Default)]
pub(super) struct Contacts(Mutex<BTreeMap<(Kind, String, u16), Contact>>);

impl Contacts {
    pub(super) fn note(&self, kind: Kind, host: &str, port: u16, times: u64, failure: Option<String>, now: i64) {
        let failures = if failure.is_some() { times } else { 0 };
        let last_error = failure.map(|text| text.chars().filter(|c| *c != '\0').take(ERROR).collect());
        let contact = Contact { first_at: now, last_at: now, contacts: times, failures, last_error };
        self.add([((kind, host.to_owned(), port), contact)]);
    }

    fn add(&self, contacts: impl IntoIterator<Item = ((Kind, String, u16), Contact)>) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, contact) in contacts {
            if waiting.len() >= WAITING && !waiting.contains_key(&key) {
                continue;
            }
            match waiting.entry(key) {
                std::collections::btree_map::Entry::Vacant(place) => drop(place.insert(contact)),
                std::collections::btree_map::Entry::Occupied(mut place) => {
                    let known = place.get_mut();
                    known.first_at = known.first_at.min(contact.first_at);
                    known.contacts += contact.contacts;
                    known.failures += contact.failures;
                    if contact.last_at >= known.last_at {
                        known.last_at = contact.last_at;
                        known.last_error = contact.last_error.or(known.last_error.take());
                    }
                }
            }
        }
    }

    pub(super) fn flush(&self, db: &Db) -> Result<(), DbError> {
        let taken = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if taken.is_empty() {
            return Ok(());
        }
        let stored = db.write_blocking(|conn| taken.iter().try_for_each(|(key, contact)| store(conn, key, contact)));
        if stored.is_err() {
            self.add(taken);
        }
        stored
    }
}

fn store(conn: &mut DbConn, (kind, host, port): &(Kind, String, u16), contact: &Contact) -> Result<(), DbError> {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let row = (
        table::kind.eq(kind.name),
        table::host.eq(host),
        table::port.eq(i32::from(*port)),
        table::purpose.eq(kind.purpose),
        table::first_at.eq(contact.first_at),
        table::last_at.eq(contact.last_at),
        table::contacts.eq(count(contact.contacts)),
        table::failures.eq(count(contact.failures)),
    );
    on_both!(conn, |c| diesel::insert_into(table::table)
        .values(row)
        .on_conflict((table::kind, table::host, table::port))
        .do_update()
        .set((
            table::purpose.eq(excluded(table::purpose)),
            table::last_at.eq(excluded(table::last_at)),
            table::contacts.eq(table::contacts + excluded(table::contacts)),
            table::failures.eq(table::failures + excluded(table::failures)),
        ))
        .execute(c))?;
    if let Some(error) = &contact.last_error {
        diesel::update(table::table.find((kind.name, host, i32::from(*port))))
            .set(table::last_error.eq(error))
            .execute(conn)?;
    }
    Ok(())
}
