//! Events from a CSV file with a header, the form in which spreadsheets and databases hand them out.
//!
//! Columns by name, in any order: `user_id` or `anonymous_id` (or both), `event`, `timestamp`, and if wanted `app`,
//! `account`, `message_id`. Every other column becomes a property of its name, as does `properties.NAME`; an empty cell
//! becomes nothing. Whole and decimal numbers, `true` and `false` keep their type; `007` stays text.
//! Comma, semicolon and tab separate; whichever the header has most of. Times without a zone are UTC.

use std::io::BufRead;

use csv::ByteRecord;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::{Call, Context};

/// Why a file cannot be read as events at all.
#[derive(Debug, thiserror::Error)]
pub enum BadHeader {
    /// A column that every event needs is missing.
    #[error("line 1: the header has no column `{missing}`; it has: {found}")]
    Missing {
        /// The name or names expected.
        missing: &'static str,
        /// The names found.
        found: String,
    },
    /// Two columns bear the same name.
    #[error("line 1: two columns are named `{0}`")]
    Twice(String),
    /// The file could not be read.
    #[error("line 1: {0}")]
    Unreadable(String),
}

/// Why one row is refused.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct BadRow {
    /// The line of the file on which the row begins; the header is line 1.
    pub line: u64,
    /// What is wrong, and what would be right.
    pub reason: String,
    /// The row, for the file of rejected lines.
    pub row: String,
}

/// What a column holds.
#[derive(PartialEq)]
enum Column {
    User,
    Anonymous,
    Event,
    Time,
    App,
    Account,
    MessageId,
    Property(String),
}

/// Reads the rows of one file. Each row becomes one call or one refusal.
pub struct CsvEvents<R> {
    reader: csv::Reader<R>,
    columns: Vec<Column>,
    app: Option<String>,
    record: ByteRecord,
    broken: bool,
}

impl<R: BufRead> CsvEvents<R> {
    /// Reads the header of `input`. `app` is the app of rows that name none.
    pub fn open(mut input: R, app: Option<&str>) -> Result<Self, BadHeader> {
        let unreadable = |error: &dyn std::fmt::Display| BadHeader::Unreadable(error.to_string());
        let separator = separator(input.fill_buf().map_err(|e| unreadable(&e))?);
        let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(input);
        let header = reader.byte_headers().map_err(|e| unreadable(&e))?;
        let names: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        let columns: Vec<Column> = names.iter().map(|name| column(name)).collect();
        for (number, column) in columns.iter().enumerate() {
            if columns.iter().skip(number + 1).any(|other| other == column) {
                return Err(BadHeader::Twice(names.get(number).cloned().unwrap_or_default()));
            }
        }
        let has = |column: &Column| columns.contains(column);
        let missing = if !has(&Column::User) && !has(&Column::Anonymous) {
            "user_id` or `anonymous_id"
        } else if !has(&Column::Event) {
            "event"
        } else if !has(&Column::Time) {
            "timestamp"
        } else {
            return Ok(Self { reader, columns, app: app.map(str::to_owned), record: ByteRecord::new(), broken: false });
        };
        Err(BadHeader::Missing { missing, found: names.join(", ") })
    }

    fn row(&self) -> Result<String, String> {
        let (cells, columns) = (self.record.len(), self.columns.len());
        if cells != columns {
            return Err(format!("the row has {cells} cells, the header {columns}; is a quote or separator missing?"));
        }
        let mut call = Call { r#type: "track", ..Call::default() };
        call.context = Context { app: self.app.as_deref(), group_id: None };
        for (number, (cell, column)) in self.record.iter().zip(&self.columns).enumerate() {
            let cell = std::str::from_utf8(cell).map_err(|_| format!("cell {} is not UTF-8", number + 1))?.trim();
            if cell.is_empty() {
                continue;
            }
            match column {
                Column::User => call.user_id = Some(cell),
                Column::Anonymous => call.anonymous_id = Some(cell),
                Column::Event => call.event = Some(cell),
                Column::Time => call.timestamp = time(cell)?.to_string(),
                Column::App => call.context.app = Some(cell),
                Column::Account => call.context.group_id = Some(cell),
                Column::MessageId => call.message_id = Some(cell),
                Column::Property(name) => drop(call.properties.insert(name.clone(), value(cell))),
            }
        }
        if call.user_id.is_none() && call.anonymous_id.is_none() {
            return Err("neither `user_id` nor `anonymous_id` is filled".to_owned());
        }
        if call.event.is_none() {
            return Err("`event` is empty".to_owned());
        }
        // The receipt would be the day of the import, which is no day of use.
        if call.timestamp.is_empty() {
            return Err("`timestamp` is empty".to_owned());
        }
        Ok(call.line())
    }
}

impl<R: BufRead> Iterator for CsvEvents<R> {
    type Item = Result<String, BadRow>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.broken {
            return None;
        }
        let before = self.reader.position().line();
        let read = self.reader.read_byte_record(&mut self.record);
        let line = self.record.position().map_or(before, csv::Position::line);
        match read {
            Ok(false) => None,
            Ok(true) => Some(self.row().map_err(|reason| BadRow { line, reason, row: joined(&self.record) })),
            // Rows of any length and any bytes are read, so what is left is the file itself: it ends here.
            Err(error) => {
                self.broken = true;
                Some(Err(BadRow { line, reason: error.to_string(), row: String::new() }))
            }
        }
    }
}

/// The character that the first line has most of; a comma if it has none.
fn separator(start: &[u8]) -> u8 {
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: u8| line.iter().filter(|byte| **byte == separator).count();
    [b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

fn column(name: &str) -> Column {
    match name.to_ascii_lowercase().as_str() {
        "user_id" | "userid" => Column::User,
        "anonymous_id" | "anonymousid" => Column::Anonymous,
        "event" => Column::Event,
        "timestamp" => Column::Time,
        "app" => Column::App,
        "account" => Column::Account,
        "message_id" | "messageid" => Column::MessageId,
        _ => Column::Property(name.strip_prefix("properties.").unwrap_or(name).to_owned()),
    }
}

/// RFC 3339, a date and time or a date alone (UTC), or seconds or milliseconds since 1970.
fn time(cell: &str) -> Result<Timestamp, String> {
    if let Ok(instant) = cell.parse() {
        return Ok(instant);
    }
    let number = cell.parse::<i64>().ok();
    let instant = match (cell.len(), number) {
        (10, Some(seconds)) => Timestamp::from_second(seconds).ok(),
        (13, Some(milliseconds)) => Timestamp::from_millisecond(milliseconds).ok(),
        _ => cell.parse::<DateTime>().ok().and_then(|local| local.to_zoned(TimeZone::UTC).ok()).map(|z| z.timestamp()),
    };
    instant.ok_or_else(|| {
        let shown: String = cell.chars().take(40).collect();
        format!("`timestamp` {shown} is no time; expected 2026-01-31T09:30:00Z, 2026-01-31 09:30:00 or 2026-01-31")
    })
}

/// The cell with the type that it shows.
fn value(cell: &str) -> Value {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let padded = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let plain = !padded
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.starts_with(|c: char| c.is_ascii_digit());
    match cell {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        // At most 15 digits survive as a number.
        _ if plain && digits.len() <= 15 => cell
            .parse::<i64>()
            .map(Value::from)
            .or_else(|_| cell.parse::<f64>().map(Value::from))
            .unwrap_or_else(|_| Value::from(cell)),
        _ => Value::from(cell),
    }
}

/// The row as CSV again.
fn joined(record: &ByteRecord) -> String {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let written = writer.write_byte_record(record).ok().and_then(|()| writer.into_inner().ok());
    String::from_utf8_lossy(&written.unwrap_or_default()).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{BadRow, CsvEvents};

    fn read(text: &[u8]) -> Vec<Result<Value, BadRow>> {
        let events = CsvEvents::open(text, Some("Shop")).unwrap();
        events.map(|row| row.map(|line| serde_json::from_str(&line).unwrap())).collect()
    }

    fn header(text: &str) -> String {
        CsvEvents::open(text.as_bytes(), None).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn columns_become_a_call() {
        let rows = read(
            b"\xef\xbb\xbfTimestamp,event,user_id,account,app,message_id,properties.lines,note,paid\r\n\
              2026-01-31T09:30:00+01:00,Order Placed,u-1,sales,Order desk,m-1,12,\"a, \"\"b\"\"\nc\",true\r\n",
        );
        assert_eq!(
            rows,
            [Ok(json!({
                "type": "track", "messageId": "m-1", "userId": "u-1", "event": "Order Placed",
                "timestamp": "2026-01-31T08:30:00Z",
                "properties": {"lines": 12, "note": "a, \"b\"\nc", "paid": true},
                "context": {"groupId": "sales", "app": "Order desk"},
            }))]
        );
    }

    #[test]
    fn empty_cells_say_nothing_and_types_show() {
        let rows = read(b"anonymous_id;event;timestamp;app;a;b;c;d\nx;Seen;2026-01-31;;007;-1.5;;1.2.3\n");
        let row = rows[0].as_ref().unwrap();
        assert_eq!(row["context"], json!({"app": "Shop"}));
        assert_eq!(row["properties"], json!({"a": "007", "b": -1.5, "d": "1.2.3"}));
        assert_eq!(row["timestamp"], "2026-01-31T00:00:00Z");
        assert_eq!(row["userId"], Value::Null);
    }

    #[test]
    fn times_are_read_in_the_usual_forms() {
        for (cell, expected) in [
            ("2026-01-31 09:30:00", "2026-01-31T09:30:00Z"),
            ("2026-01-31T09:30:00.25Z", "2026-01-31T09:30:00.25Z"),
            ("1769851800", "2026-01-31T09:30:00Z"),
            ("1769851800000", "2026-01-31T09:30:00Z"),
        ] {
            let rows = read(format!("user_id\tevent\ttimestamp\nu\te\t{cell}\n").as_bytes());
            assert_eq!(rows[0].as_ref().unwrap()["timestamp"], expected, "{cell}");
        }
    }

    #[test]
    fn bad_rows_name_their_line_and_the_rest_is_kept() {
        let rows = read(
            b"user_id,event,timestamp,note\n\
              u,e,2026-01-31,\"two\nlines\"\n\
              ,e,2026-01-31,\n\
              u,,2026-01-31,\n\
              u,e,,\n\
              u,e,31.01.2026,\n\
              u,e\n\
              u,e,2026-01-31,\xff\n\
              u,e,2026-01-31,last\n",
        );
        let reasons: Vec<String> = rows.iter().filter_map(|row| row.as_ref().err()).map(ToString::to_string).collect();
        assert_eq!(
            reasons,
            [
                "line 4: neither `user_id` nor `anonymous_id` is filled",
                "line 5: `event` is empty",
                "line 6: `timestamp` is empty",
                "line 7: `timestamp` 31.01.2026 is no time; expected 2026-01-31T09:30:00Z, 2026-01-31 09:30:00 or 2026-01-31",
                "line 8: the row has 2 cells, the header 4; is a quote or separator missing?",
                "line 9: cell 4 is not UTF-8",
            ]
        );
        assert_eq!(rows.len(), 8);
        assert_eq!(rows[1].as_ref().unwrap_err().row, ",e,2026-01-31,");
        assert_eq!(rows[7].as_ref().unwrap()["properties"], json!({"note": "last"}));
    }

    #[test]
    fn a_header_without_what_is_needed_says_so() {
        assert_eq!(
            header("who,event,timestamp\n"),
            "line 1: the header has no column `user_id` or `anonymous_id`; it has: who, event, timestamp"
        );
        assert_eq!(
            header("user_id,timestamp\n"),
            "line 1: the header has no column `event`; it has: user_id, timestamp"
        );
        assert_eq!(header("user_id,event\n"), "line 1: the header has no column `timestamp`; it has: user_id, event");
        assert_eq!(header("user_id,event,timestamp,a,properties.a\n"), "line 1: two columns are named `a`");
        assert_eq!(header(""), "line 1: the header has no column `user_id` or `anonymous_id`; it has: ");
    }
}
