//! The engine against a plain reading of the definitions: random calls, late, repeated and in any
//! order, folded or not, must add up to what the definitions say, before and after a reindex.

#![expect(clippy::as_conversions, reason = "small numbers of a test")]

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use takehold::activity::ask::Activity;
use takehold::activity::days::date;
use takehold::activity::series::{ActiveDay, active};
use takehold::activity::view::{Filter, NOWHERE};
use takehold::activity::{expiry, fold};
use takehold::crypto::SecretKey;
use takehold::db::schema::{activity_days, activity_totals, event_blocks};
use takehold::db::{Db, DbConn, DbError, migrate};
use takehold::ingest::accept::{Envelope, accept};
use takehold::ingest::compact::compact;
use takehold::ingest::dictionary::{Dictionaries, Dictionary, Kind};
use takehold::ingest::log::Log;
use takehold::ingest::model::Batch;
use takehold::ingest::receive::parse;

use crate::support::Store;

/// 2026-03-01, and the days that calls fall on.
const FIRST: i32 = 20_513;
const DAYS: i32 = 5;
const HOUR: i64 = 3_600_000_000;
const NAMES: [&str; 4] = ["tOpen", "tSave", "tTicket Opened", "pHome"];

/// A call in the terms of the definitions.
#[derive(Clone, Debug)]
struct Made {
    kind: usize,
    user: Option<u8>,
    anonymous: Option<u8>,
    account: Option<u8>,
    app: Option<u8>,
    name: usize,
    value: u8,
    at: i64,
    id: String,
}

const ACCOUNTS: [&str; 3] = ["x", "y", "individual"];
const APPS: [&str; 3] = ["p", "q", "r"];
const ROLES: [&str; 2] = ["builder", "admin"];

fn calls() -> impl Strategy<Value = Vec<Made>> {
    let one = (
        prop_oneof![6 => 0usize..1, 1 => 1usize..2, 1 => 2usize..3, 1 => 3usize..4],
        proptest::option::weighted(0.7, 0u8..4),
        proptest::option::weighted(0.5, 0u8..3),
        proptest::option::weighted(0.4, 0u8..3),
        proptest::option::weighted(0.7, 0u8..3),
        0usize..4,
        0u8..6,
    );
    proptest::collection::vec(one, 1..60).prop_flat_map(|rows| {
        // Distinct instants in random order: what is sent last may have happened first.
        let hours: Vec<i64> = (0..i64::from(DAYS) * 24).collect();
        (Just(rows), Just(hours).prop_shuffle()).prop_map(|(rows, hours)| {
            let with_hours = rows.into_iter().zip(hours);
            with_hours
                .enumerate()
                .map(|(i, ((kind, user, anonymous, account, app, name, value), hour))| Made {
                    kind,
                    user: user.or(if anonymous.is_none() { Some(0) } else { None }),
                    anonymous,
                    account: if kind == 2 { account.or(Some(0)) } else { account },
                    app,
                    name,
                    value,
                    at: i64::from(FIRST) * 24 * HOUR + hour * HOUR + 7,
                    id: format!("m{i:03}"),
                })
                .collect()
        })
    })
}

impl Made {
    fn line(&self) -> String {
        let time = jiff::Timestamp::from_microsecond(self.at).unwrap().to_string();
        let mut call = serde_json::json!({
            "messageId": self.id,
            "timestamp": time,
            "context": {"groupId": self.account.map(|a| ACCOUNTS[a as usize]), "app": self.app.map(|a| APPS[a as usize])},
            "userId": self.user.map(|u| format!("u{u}")),
            "anonymousId": self.anonymous.map(|a| format!("a{a}")),
        });
        let extra = match self.kind {
            0 if self.name == 3 => serde_json::json!({"type": "page", "name": "Home"}),
            0 => serde_json::json!({"type": "track", "event": &NAMES[self.name][1..]}),
            1 => serde_json::json!({"type": "identify", "traits": self.traits()}),
            2 => serde_json::json!({
                "type": "group",
                "groupId": self.account.map(|a| ACCOUNTS[a as usize]),
                "traits": {"internal": self.value == 0},
            }),
            _ => serde_json::json!({"type": "alias", "previousId": self.previous()}),
        };
        call.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        call.to_string()
    }

    fn traits(&self) -> serde_json::Value {
        match self.value {
            0 => serde_json::json!({"bot": true}),
            1 => serde_json::json!({"bot": false}),
            2 | 3 => serde_json::json!({"role": ROLES[(self.value - 2) as usize]}),
            4 => serde_json::json!({"role": null, "test": false}),
            _ => serde_json::json!({"plan": "pro"}),
        }
    }

    /// An alias replaces a user id or an anonymous id.
    fn previous(&self) -> String {
        if self.value < 4 { format!("u{}", self.value) } else { format!("a{}", self.value - 4) }
    }

    fn subject(&self) -> String {
        self.user.map_or_else(|| format!("aa{}", self.anonymous.unwrap()), |u| format!("uu{u}"))
    }

    fn is_counted(&self) -> bool {
        self.kind == 0 && self.name != 2
    }

    fn day(&self) -> i32 {
        i32::try_from(self.at / (24 * HOUR)).unwrap()
    }
}

/// The definitions, read plainly.
struct Plain<'c> {
    calls: Vec<&'c Made>,
    /// Events before this instant are not kept any more; the accounts joined are.
    kept_from: i64,
    parents: BTreeMap<String, String>,
}

impl<'c> Plain<'c> {
    fn of(calls: &'c [Made]) -> Self {
        let mut calls: Vec<&Made> = calls.iter().collect();
        calls.sort_by_key(|c| c.at);
        let mut plain = Self { calls, kept_from: i64::MIN, parents: BTreeMap::new() };
        for call in plain.calls.clone() {
            let mut sources = Vec::new();
            if call.kind == 3 {
                sources.extend([format!("a{}", call.previous()), format!("u{}", call.previous())]);
            } else if let (Some(_), Some(anonymous)) = (call.user, call.anonymous) {
                sources.push(format!("aa{anonymous}"));
            }
            sources.sort();
            for source in sources {
                let target = call.subject();
                if source != target && !plain.parents.contains_key(&source) && plain.person(&target) != source {
                    plain.parents.insert(source, target);
                }
            }
        }
        plain
    }

    fn person(&self, key: &str) -> String {
        self.parents.get(key).map_or_else(|| key.to_owned(), |parent| self.person(parent))
    }

    /// The last value of a trait that a person was given on or before a day.
    fn last(&self, person: &str, name: &str, day: i32) -> serde_json::Value {
        let of_person = |c: &&&Made| c.kind == 1 && c.day() <= day && self.person(&c.subject()) == person;
        let mut given = self.calls.iter().filter(of_person).filter_map(|c| c.traits().get(name).cloned());
        given.next_back().unwrap_or(serde_json::Value::Null)
    }

    fn excluded(&self, person: &str) -> bool {
        self.last(person, "bot", i32::MAX) == true
    }

    fn account_excluded(&self, account: u8) -> bool {
        self.calls.iter().rfind(|c| c.kind == 2 && c.account == Some(account)).is_some_and(|c| c.value == 0)
    }

    fn account(&self, event: &Made) -> Option<u8> {
        let person = self.person(&event.subject());
        let joined = |c: &&&Made| c.at <= event.at && c.account.is_some() && self.person(&c.subject()) == person;
        event.account.or_else(|| self.calls.iter().rfind(joined).and_then(|c| c.account))
    }

    fn passing(&self, case: &Case) -> Vec<(&'c Made, String, Option<u8>)> {
        let mut passing = Vec::new();
        for call in self.calls.iter().filter(|c| c.is_counted() && c.at >= self.kept_from) {
            let (person, account) = (self.person(&call.subject()), self.account(call));
            let role = self.last(&person, "role", call.day());
            let role = role.as_str().unwrap_or("end_user");
            let counts = case.include_excluded
                || !(self.excluded(&person) || account.is_some_and(|account| self.account_excluded(account)));
            if counts
                && case.app.is_none_or(|app| call.app == Some(app))
                && case.apps.is_none_or(|apps| call.app.is_some_and(|app| apps.contains(&app)))
                && case.account.is_none_or(|only| account == Some(only))
                && case.role.is_none_or(|only| only == role)
            {
                passing.push((*call, person, account));
            }
        }
        passing
    }

    fn series(&self, case: &Case) -> Vec<ActiveDay> {
        let passing = self.passing(case);
        let people = |from: i32, to: i32| -> u64 {
            let within = passing.iter().filter(|(c, _, _)| (from..=to).contains(&c.day()));
            within.map(|(_, person, _)| person).collect::<BTreeSet<_>>().len() as u64
        };
        (FIRST - 1..FIRST + DAYS + 2)
            .map(|day| {
                let accounts = passing.iter().filter(|(c, _, a)| (day - 27..=day).contains(&c.day()) && *a != Some(2));
                let accounts: BTreeSet<u8> = accounts.filter_map(|(_, _, account)| *account).collect();
                let month = date(day);
                let in_month = passing
                    .iter()
                    .filter(|(c, _, _)| (date(c.day()).year(), date(c.day()).month()) == (month.year(), month.month()));
                let dau_sum: u64 = (day - 27..=day).map(|d| people(d, d)).sum();
                let mau = people(day - 27, day);
                ActiveDay {
                    date: month,
                    dau: people(day, day),
                    wau: people(day - 6, day),
                    mau,
                    mau_calendar_month: in_month.map(|(_, person, _)| person).collect::<BTreeSet<_>>().len() as u64,
                    dau_over_mau: (mau > 0).then(|| people(day, day) as f64 / mau as f64),
                    stickiness: (mau > 0).then(|| dau_sum as f64 / mau as f64 / 28.0),
                    active_accounts: accounts.len() as u64,
                    events: passing.iter().filter(|(c, _, _)| c.day() == day).count() as u64,
                }
            })
            .collect()
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Case {
    include_excluded: bool,
    app: Option<u8>,
    /// Those of a builder.
    apps: Option<&'static [u8]>,
    account: Option<u8>,
    role: Option<&'static str>,
}

const CASES: [Case; 12] = [
    Case { include_excluded: true, app: None, apps: None, account: None, role: None },
    Case { include_excluded: false, app: None, apps: None, account: None, role: None },
    Case { include_excluded: false, app: Some(0), apps: None, account: None, role: None },
    Case { include_excluded: true, app: None, apps: None, account: Some(0), role: None },
    Case { include_excluded: false, app: Some(1), apps: None, account: Some(1), role: None },
    Case { include_excluded: true, app: None, apps: None, account: None, role: Some("builder") },
    Case { include_excluded: false, app: None, apps: None, account: None, role: Some("end_user") },
    Case { include_excluded: false, app: None, apps: Some(&[0, 2]), account: None, role: None },
    Case { include_excluded: true, app: None, apps: Some(&[1, 2]), account: None, role: None },
    Case { include_excluded: false, app: None, apps: Some(&[0, 1]), account: Some(1), role: None },
    Case { include_excluded: true, app: None, apps: Some(&[0, 2]), account: None, role: Some("builder") },
    Case { include_excluded: false, app: None, apps: Some(&[]), account: None, role: None },
];

/// The stored index: days, then totals.
type Stored = (Vec<(i32, Vec<u8>)>, Vec<(i64, Vec<u8>)>);

struct Engine {
    db: Db,
    workspace: i64,
    dictionaries: Dictionaries,
}

impl Engine {
    fn send(&self, log: &mut Log, calls: &[&Made]) {
        let dictionary = self.dictionaries.of(self.workspace);
        let mut batch = Batch::default();
        let envelope = Envelope { received_at: i64::MAX / 2, sent_at: None, app: None, correct_clock: false };
        for call in calls {
            let line = call.line();
            let known = dictionary.read();
            accept(&parse(&line).unwrap(), None, &envelope, &known, &mut batch, || 0).unwrap();
        }
        log.append(self.workspace, 0, &[&batch]).unwrap();
    }

    fn check(&self, activity: &Activity, calls: &[Made], when: &str) {
        self.check_kept(activity, calls, i64::MIN, when);
    }

    fn check_kept(&self, activity: &Activity, calls: &[Made], kept_from: i64, when: &str) {
        let plain = Plain { kept_from, ..Plain::of(calls) };
        for case in CASES {
            let got = activity
                .ask_blocking(self.workspace, "UTC", |view, conn| {
                    let names = view.names();
                    let names = names.read();
                    let number = |kind, name: &str| Some(names.number(kind, name).unwrap_or(NOWHERE));
                    let filter = Filter {
                        app: case.app.and_then(|a| number(Kind::App, APPS[a as usize])),
                        apps: case.apps.map(|apps| numbers(&names, apps)),
                        accounts: case
                            .account
                            .and_then(|a| number(Kind::Account, ACCOUNTS[a as usize]))
                            .map(|a| vec![a]),
                        role: case.role.map(str::to_owned),
                        include_excluded: case.include_excluded,
                        ..Filter::default()
                    };
                    drop(names);
                    active(view, conn, &filter, FIRST - 1, FIRST + DAYS + 1)
                })
                .unwrap();
            for (got, expected) in got.iter().zip(plain.series(&case)) {
                let near = |a: Option<f64>, b: Option<f64>| match (a, b) {
                    (Some(a), Some(b)) => (a - b).abs() < 1e-9,
                    (a, b) => a == b,
                };
                assert!(near(got.stickiness, expected.stickiness), "{when} {case:?} {got:?} {expected:?}");
                let got = ActiveDay { stickiness: expected.stickiness, ..got.clone() };
                assert_eq!(got, expected, "{when} {case:?}");
            }
        }
        self.check_accounts(activity, &plain, when);
        self.check_people(activity, &plain, when);
    }

    /// What each person did in some apps only, in all and day by day.
    fn check_people(&self, activity: &Activity, plain: &Plain<'_>, when: &str) {
        const APPS_SEEN: &[u8] = &[0, 2];
        let case = Case { include_excluded: true, apps: Some(APPS_SEEN), ..Case::default() };
        type Sum = (u64, i64, i64, BTreeMap<i32, u64>);
        let mut expected: BTreeMap<String, Sum> = BTreeMap::new();
        for (call, person, _) in plain.passing(&case) {
            let sum = expected.entry(person).or_insert_with(|| (0, i64::MAX, i64::MIN, BTreeMap::new()));
            (sum.0, sum.1, sum.2) = (sum.0 + 1, sum.1.min(call.at), sum.2.max(call.at));
            *sum.3.entry(call.day()).or_default() += 1;
        }
        let got = activity
            .ask_blocking(self.workspace, "UTC", |view, conn| {
                let names = view.names();
                let names = names.read();
                let apps = numbers(&names, APPS_SEEN);
                let people: BTreeSet<u32> =
                    names.all(Kind::Person).map(|(key, _)| view.identity().person(key)).collect();
                let mut got: BTreeMap<String, Sum> = BTreeMap::new();
                for person in people {
                    let days = view.person_days(conn, person, Some(&apps), (FIRST - 1, FIRST + DAYS + 1))?;
                    match view.person_total(person, Some(&apps)) {
                        None => assert!(days.is_empty(), "{when}"),
                        Some(total) => {
                            let sum = (total.events, total.first, total.last, days.into_iter().collect());
                            got.insert(names.name(Kind::Person, person).to_owned(), sum);
                        }
                    }
                }
                Ok::<_, DbError>(got)
            })
            .unwrap();
        assert_eq!(got, expected, "{when}");
    }

    fn check_accounts(&self, activity: &Activity, plain: &Plain<'_>, when: &str) {
        let case = Case { include_excluded: true, ..Case::default() };
        let mut expected: BTreeMap<String, (BTreeSet<String>, u64, i64, i64)> = BTreeMap::new();
        for (call, person, account) in plain.passing(&case) {
            let Some(account) = account else { continue };
            let sum = expected
                .entry(ACCOUNTS[account as usize].to_owned())
                .or_insert_with(|| (BTreeSet::new(), 0, i64::MAX, i64::MIN));
            sum.0.insert(person);
            sum.1 += 1;
            (sum.2, sum.3) = (sum.2.min(call.at), sum.3.max(call.at));
        }
        let got = activity
            .ask_blocking(self.workspace, "UTC", |view, conn| {
                let names = view.names();
                let uses = view.account_uses(conn, true)?;
                let names = names.read();
                let mut got: BTreeMap<String, (BTreeSet<String>, u64, i64, i64)> = BTreeMap::new();
                for ((account, _), used) in uses.iter() {
                    let sum = got
                        .entry(names.name(Kind::Account, *account).to_owned())
                        .or_insert_with(|| (BTreeSet::new(), 0, i64::MAX, i64::MIN));
                    sum.0.extend(used.people.iter().map(|p| names.name(Kind::Person, p).to_owned()));
                    sum.1 += used.total.events;
                    (sum.2, sum.3) = (sum.2.min(used.total.first), sum.3.max(used.total.last));
                }
                Ok::<_, DbError>(got)
            })
            .unwrap();
        assert_eq!(got, expected, "{when}");
    }

    fn fold(&self) {
        while fold::fold(&self.db, self.workspace, "UTC").unwrap() > 0 {}
    }

    fn stored(&self) -> Stored {
        self.db
            .read_blocking(|conn| {
                let days = activity_days::table
                    .filter(activity_days::workspace_id.eq(self.workspace))
                    .order(activity_days::day)
                    .select((activity_days::day, activity_days::data))
                    .load(conn)?;
                let totals = activity_totals::table
                    .filter(activity_totals::workspace_id.eq(self.workspace))
                    .order(activity_totals::shard)
                    .select((activity_totals::shard, activity_totals::data))
                    .load(conn)?;
                Ok::<_, DbError>((days, totals))
            })
            .unwrap()
    }
}

/// The numbers of apps, sorted, as far as any event named them.
fn numbers(names: &Dictionary, apps: &[u8]) -> Vec<u32> {
    let mut numbers: Vec<u32> = apps.iter().filter_map(|app| names.number(Kind::App, APPS[*app as usize])).collect();
    numbers.sort_unstable();
    numbers
}

fn key() -> SecretKey {
    SecretKey::parse(&"07".repeat(32)).unwrap()
}

fn holds(store: &Store, cases: u32) {
    let db = Db::open(&store.url).unwrap();
    migrate::run(&db).unwrap();
    let workspace = std::cell::Cell::new(1000);
    // Which part of the calls goes when: parts are sent in this order, some twice, with a fold or a question between.
    let plan = proptest::collection::vec((0usize..60, 0u8..4), 0..8);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    runner
        .run(&(calls(), plan), |(calls, plan)| {
            workspace.set(workspace.get() + 1);
            let engine = Engine { db: db.clone(), workspace: workspace.get(), dictionaries: Dictionaries::default() };
            let activity = Activity::new(db.clone(), engine.dictionaries.clone(), key());
            let mut log = Log::new(db.clone(), engine.dictionaries.clone());
            let mut sent = 0;
            for (cut, then) in plan {
                let end = cut.min(calls.len()).max(sent);
                let part: Vec<&Made> = calls[sent..end].iter().collect();
                engine.send(&mut log, &part);
                sent = end;
                match then {
                    0 => engine.fold(),
                    1 => engine.check(&activity, &calls[..sent], "in the middle"),
                    // Another process sends the same again.
                    2 => engine.send(&mut Log::new(db.clone(), Dictionaries::default()), &[]),
                    _ => engine.send(&mut log, &part),
                }
            }
            engine.send(&mut log, &calls[sent..].iter().collect::<Vec<_>>());
            let mut elsewhere = Log::new(db.clone(), engine.dictionaries.clone());
            engine.send(&mut elsewhere, &calls.iter().rev().collect::<Vec<_>>());
            engine.check(&activity, &calls, "as it came");
            engine.fold();
            engine.check(&activity, &calls, "folded");
            let incremental = engine.stored();
            fold::reset(&db, engine.workspace).unwrap();
            engine.check(&activity, &calls, "while rebuilding");
            engine.fold();
            assert!(engine.stored() == incremental, "rebuilt and incremental differ");
            // 64 small blocks are worth merging: calls that change nothing, of somebody else.
            let nothing =
                Made { kind: 0, user: Some(9), anonymous: None, account: None, app: None, name: 2, ..calls[0].clone() };
            for i in 0..70 {
                engine.send(&mut log, &[&Made { id: format!("nothing{i}"), ..nothing.clone() }]);
            }
            engine.fold();
            let before = blocks(&db, engine.workspace);
            while compact(&db, engine.workspace, i64::MAX).unwrap() {}
            assert!(blocks(&db, engine.workspace) < before);
            fold::reset(&db, engine.workspace).unwrap();
            engine.fold();
            let anew = Activity::new(db.clone(), Dictionaries::default(), key());
            engine.check(&anew, &calls, "small blocks merged, rebuilt, by another process");
            for kept_days in [DAYS + 9, 3, 3, 1] {
                let today = i64::from(FIRST + DAYS) * 24 * HOUR;
                let keep = u32::try_from(kept_days).unwrap();
                let gone = expiry::apply(&db, engine.workspace, "UTC", keep, today).unwrap();
                let from = today - i64::from(kept_days) * 24 * HOUR;
                assert!(kept_days < 9 || gone == 0);
                engine.check_kept(&activity, &calls, from, "old events gone");
                let shortened = engine.stored();
                assert_eq!(expiry::apply(&db, engine.workspace, "UTC", keep, today).unwrap(), 0, "once is enough");
                fold::reset(&db, engine.workspace).unwrap();
                engine.fold();
                assert!(engine.stored() == shortened, "rebuilt and shortened differ");
                engine.check_kept(&anew, &calls, from, "old events gone, rebuilt");
            }
            Ok(())
        })
        .unwrap();
}

fn blocks(db: &Db, workspace: i64) -> i64 {
    let count = |conn: &mut DbConn| -> Result<i64, DbError> {
        Ok(event_blocks::table.filter(event_blocks::workspace_id.eq(workspace)).count().get_result(conn)?)
    };
    db.read_blocking(count).unwrap()
}

both_engines! {
    fn random_calls_add_up_to_what_the_definitions_say(store: &Store) {
        let cases = std::env::var("TAKEHOLD_TEST_CASES").ok().and_then(|n| n.parse().ok());
        holds(store, cases.unwrap_or(48));
    }
}
