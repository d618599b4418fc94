//! Reads the whole chain and tells the first row that is not as it was written.

use serde::Serialize;

use super::chain::Row;
use super::read;
use crate::db::{DbConn, DbError};

/// Rows that are read at once.
const ROWS: i64 = 2_000;

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Damage {
    /// It says something else than when it was written.
    Changed,
    /// It was there.
    Removed,
    /// It was never written by this program.
    Inserted,
}

/// The first row that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Its number.
    pub row: i64,
    /// What became of it.
    pub damage: Damage,
    /// How that shows.
    pub text: String,
}

/// What the whole chain is like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Whether every row is as it was written.
    pub ok: bool,
    /// How many rows were ever written.
    pub rows: i64,
    /// Hash of the last row that was written.
    pub head: String,
    /// The first that is wrong.
    pub wrong: Option<Fault>,
}

/// Reads every row of one snapshot; `watch` is told how many were read of how many, and may stop it.
pub fn verify<E: From<DbError>>(
    conn: &mut DbConn,
    mut watch: impl FnMut(i64, i64) -> Result<(), E>,
) -> Result<Verdict, E> {
    let (rows, head) = read::head(conn)?;
    let mut walk = Walk { rows, head: &head, last: (0, String::new()), doubted: false };
    // Numbers begin with 1; a row below stands there because somebody put it there.
    let (mut after, mut wrong) = (i64::MIN, None);
    while wrong.is_none() {
        let batch = read::after(conn, after, ROWS)?;
        wrong = batch.iter().find_map(|row| walk.step(row));
        match batch.last() {
            Some(last) => after = last.id,
            None => {
                wrong = wrong.or_else(|| walk.end());
                break;
            }
        }
        watch(walk.last.0, rows)?;
    }
    Ok(Verdict { ok: wrong.is_none(), rows, head, wrong })
}

struct Walk<'a> {
    rows: i64,
    head: &'a str,
    // Number and hash of the row before.
    last: (i64, String),
    // The row before fits its own hash, but does not carry that of its predecessor.
    doubted: bool,
}

fn fault(row: i64, damage: Damage, text: impl Into<String>) -> Option<Fault> {
    Some(Fault { row, damage, text: text.into() })
}

impl Walk<'_> {
    fn step(&mut self, row: &Row) -> Option<Fault> {
        let expected = self.last.0 + 1;
        let follows = row.previous == self.last.1;
        if self.doubted {
            return self.judge(row.id == expected && follows);
        }
        if row.id < expected || row.id > self.rows {
            let text = format!("row {} was inserted: the log has rows 1 to {}", row.id, self.rows);
            return fault(row.id, Damage::Inserted, text);
        }
        if row.id > expected {
            return fault(expected, Damage::Removed, format!("row {expected} was removed: row {} comes next", row.id));
        }
        if row.reckon() != row.hash {
            return fault(row.id, Damage::Changed, format!("row {} was changed: its hash does not fit it", row.id));
        }
        // Either the row before was changed and given a new hash, or this one: what comes next tells.
        self.doubted = !follows;
        self.last = (row.id, row.hash.clone());
        None
    }

    /// The row in doubt is right if what comes next builds on it; then the one before it is wrong.
    fn judge(&self, next_follows: bool) -> Option<Fault> {
        let here = self.last.0;
        if next_follows && here > 1 {
            let before = here - 1;
            return fault(
                before,
                Damage::Changed,
                format!("row {before} was changed: row {here} carries another hash of it"),
            );
        }
        fault(here, Damage::Changed, format!("row {here} was changed: it does not carry the hash of the row before"))
    }

    /// What is wrong after the last row that is there.
    fn end(&self) -> Option<Fault> {
        let (last, hash) = &self.last;
        if self.doubted {
            return self.judge(*last == self.rows && hash == self.head);
        }
        if *last < self.rows {
            let first = last + 1;
            return fault(first, Damage::Removed, format!("row {first} was removed: {} rows were written", self.rows));
        }
        if hash != self.head {
            return fault(
                *last,
                Damage::Changed,
                format!("row {last} was changed: the head of the log has another hash of it"),
            );
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(rows: i64) -> Vec<Row> {
        let mut previous = String::new();
        let made = (1..=rows).map(|id| {
            let mut row = Row {
                id,
                at: id,
                workspace_id: None,
                actor_kind: "system".into(),
                actor_id: None,
                actor: "test".into(),
                action: "test.done".into(),
                target: format!("thing {id}"),
                detail: "{}".into(),
                address: None,
                request_id: None,
                previous: previous.clone(),
                hash: String::new(),
            };
            row.hash = row.reckon();
            previous.clone_from(&row.hash);
            row
        });
        made.collect()
    }

    fn look(rows: &[Row], written: i64, head: &str) -> Option<(i64, Damage)> {
        let mut walk = Walk { rows: written, head, last: (0, String::new()), doubted: false };
        let found = rows.iter().find_map(|row| walk.step(row)).or_else(|| walk.end());
        found.map(|fault| (fault.row, fault.damage))
    }

    #[test]
    fn the_first_wrong_row_is_named() {
        let whole = chain(6);
        let head = whole[5].hash.clone();
        let look = |change: &dyn Fn(&mut Vec<Row>)| {
            let mut rows = whole.clone();
            change(&mut rows);
            look(&rows, 6, &head)
        };
        assert_eq!(look(&|_| {}), None);
        assert_eq!(look(&|rows| rows[2].target = "else".into()), Some((3, Damage::Changed)));
        let rehashed = |at: usize| {
            move |rows: &mut Vec<Row>| {
                rows[at].target = "else".into();
                rows[at].hash = rows[at].reckon();
            }
        };
        for at in 0..6 {
            assert_eq!(look(&rehashed(at)), Some((i64::try_from(at).unwrap() + 1, Damage::Changed)), "{at}");
            assert_eq!(look(&|rows| drop(rows.remove(at))), Some((i64::try_from(at).unwrap() + 1, Damage::Removed)));
        }
        assert_eq!(look(&|rows| rows.truncate(4)), Some((5, Damage::Removed)));
        assert_eq!(look(&|rows| rows.clear()), Some((1, Damage::Removed)));
        assert_eq!(look(&|rows| rows.push(Row { id: 7, ..rows[5].clone() })), Some((7, Damage::Inserted)));
        assert_eq!(look(&|rows| rows.insert(0, Row { id: 0, ..rows[5].clone() })), Some((0, Damage::Inserted)));
        // A row between others moves those after it on.
        assert_eq!(
            look(&|rows| {
                rows.insert(3, Row { id: 4, ..rows[2].clone() });
                rows.iter_mut().skip(4).for_each(|row| row.id += 1);
            }),
            Some((4, Damage::Changed))
        );
    }

    #[test]
    fn an_empty_log_is_whole() {
        assert_eq!(look(&[], 0, ""), None);
    }
}
