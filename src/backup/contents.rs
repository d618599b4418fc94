//! What a backup or a store holds, in the terms of those who decide about it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::db::tables::{Row, Table, Value};

/// The rows of one table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// How many.
    pub rows: u64,
    /// The sum of a hash of each: the same for the same rows in any order.
    pub sum: u64,
}

/// What a workspace holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// Its name in paths.
    pub slug: String,
    /// Stored calls.
    pub events: i64,
    /// The instant of the latest, in microseconds since 1970.
    pub newest_at: Option<i64>,
}

/// What there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// By name of the table.
    pub tables: BTreeMap<String, Total>,
    /// By number of the workspace.
    pub workspaces: BTreeMap<i64, Holding>,
}

impl Contents {
    /// Rows of all tables.
    pub fn rows(&self) -> u64 {
        self.tables.values().map(|total| total.rows).sum()
    }

    /// Takes in a row of a table; `hash` is that of the row.
    pub(super) fn note(&mut self, table: &Table, row: &Row, hash: u64) {
        if let Some(total) = self.tables.get_mut(&table.name) {
            total.rows += 1;
            total.sum = total.sum.wrapping_add(hash);
        }
        let number = |name: &str| match value(table, row, name) {
            Some(Value::Int(number)) => Some(*number),
            _ => None,
        };
        match table.name.as_str() {
            "workspaces" => {
                if let (Some(id), Some(Value::Text(slug))) = (number("id"), value(table, row, "slug")) {
                    self.workspaces.entry(id).or_default().slug.clone_from(slug);
                }
            }
            "event_blocks" => {
                if let Some(id) = number("workspace_id") {
                    let holding = self.workspaces.entry(id).or_default();
                    holding.events += number("events").unwrap_or_default();
                    holding.newest_at = holding.newest_at.max(number("last_at"));
                }
            }
            _ => {}
        }
    }

    /// Prepares for the rows of a table, of which there may be none.
    pub(super) fn begin(&mut self, table: &Table) {
        self.tables.entry(table.name.clone()).or_default();
    }
}

fn value<'r>(table: &Table, row: &'r Row, name: &str) -> Option<&'r Value> {
    let at = table.columns.iter().position(|column| column.name == name)?;
    row.get(at)
}
