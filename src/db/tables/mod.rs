//! Every table of a schema as data: what a backup reads and a restore writes, on either engine.
//!
//! - *shape*: the tables and columns of one version of the schema.
//! - *row*: the values of a table's columns, in the order of the shape.
//!
//! The tables of `schema.rs` are those of the newest version only, and a backup may be of an older
//! one. So a shape is asked of the migrations themselves: no table can be forgotten.

mod read;
mod shape;
mod write;

use serde::{Deserialize, Serialize};

pub use read::{count, each, last_number};
pub use shape::of_version;
pub use write::{insert, set_last_number, without_references};

/// What a column holds. Numbers are 64 bits wide here, whatever the column's own width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers.
    Int,
    /// Numbers with a fraction.
    Real,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// A table of one version of the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns in the order of a row.
    pub columns: Vec<Column>,
    /// The columns of its primary key.
    pub key: Vec<Column>,
    /// Whether the database itself numbers the rows, never giving a number twice.
    pub numbered: bool,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(#[serde(with = "serde_bytes")] Vec<u8>),
}

/// The values of a table's columns.
pub type Row = Vec<Value>;

/// A name as both engines take it. Names come from our migrations, never from outside.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn list<'a>(names: impl Iterator<Item = &'a Column>) -> String {
    names.map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
}
