//! The simulated events: each is a pure function of its place, so that a run can be repeated,
//! shuffled or cut without keeping anything in memory.

use std::io::Write;

/// Days the events lie on: the year 2025.
pub const DAYS: u64 = 365;
const PEOPLE_OF_AN_ACCOUNT: u64 = 10;
const APPS: [&str; 12] = [
    "Billing", "Ledger", "Payroll", "Holidays", "Tickets", "Wiki", "Stock", "Routes", "Quality", "Tax", "Forms", "Mail",
];
const NAMES: [&str; 20] = [
    "Document Opened", "Report Exported", "Record Created", "Record Changed", "Search Run", "Filter Saved",
    "File Uploaded", "File Shared", "Comment Added", "Task Closed", "Approval Given", "Invoice Sent", "Payment Booked",
    "Order Placed", "Item Received", "Label Printed", "Rule Edited", "View Switched", "List Sorted", "Draft Discarded",
];
const MONTHS: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// How many of what.
#[derive(Clone, Copy)]
pub struct Shape {
    pub events: u64,
    pub people: u64,
    /// Draws of (person, day): more events than these fall on the same people and days.
    pub people_days: u64,
}

/// Bits that look random, the same for the same input.
pub fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// 36 bytes like a UUID.
pub fn message_id(number: u64) -> [u8; 36] {
    let halves = [mix(number), mix(number ^ 0xa5a5_a5a5_0000_0000)];
    let mut out = [b'-'; 36];
    let places = (0..36).filter(|at| ![8, 13, 18, 23].contains(at));
    for (digit, at) in places.enumerate() {
        let nibble = (halves[digit / 16] >> (digit % 16 * 4)) & 15;
        out[at] = b"0123456789abcdef"[nibble as usize];
    }
    out
}

/// Writes event number `at` of the shape; `instant` overrides its time.
pub fn write(out: &mut Vec<u8>, shape: Shape, at: u64, instant: Option<&str>) {
    let per_day = shape.events.div_ceil(DAYS);
    let (day, within) = (at / per_day, at % per_day);
    // Busy people come often, and more people come as the year goes on.
    let slot = within % (shape.people_days / DAYS).max(1);
    let draw = mix(mix(day) ^ slot);
    let share = (draw >> 11) as f64 / (1u64 << 53) as f64;
    let pool = shape.people as f64 * (0.3 + 0.7 * (day + 1) as f64 / DAYS as f64);
    let person = (share * share * pool) as u64;
    // Everybody uses two apps, and six functions of each.
    let dice = mix(at ^ 0x5bd1_e995);
    let app = (person + dice % 2 * 5) % 12;
    let name = (person * 7 + app + (dice >> 8) % 6) % 20;
    let id = message_id(at);
    let millis = within * (86_400_000 / per_day.max(1)).max(1);
    out.extend_from_slice(b"{\"type\":\"track\",\"messageId\":\"");
    out.extend_from_slice(&id);
    let (account, version) = (person / PEOPLE_OF_AN_ACCOUNT, 1 + day / 30);
    let (app, name) = (APPS[app as usize], NAMES[name as usize]);
    let written = write!(out, "\",\"userId\":\"u{person}\",\"event\":\"{name}\",\"timestamp\":\"").and_then(|()| {
        match instant {
            Some(instant) => out.write_all(instant.as_bytes()),
            None => write_instant(out, day, millis),
        }?;
        write!(
            out,
            "\",\"context\":{{\"groupId\":\"a{account:05}\",\"app\":{{\"name\":\"{app}\",\"version\":\"{version}\"}}}}}}"
        )
    });
    written.expect("memory takes whatever is written");
}

fn write_instant(out: &mut Vec<u8>, day: u64, millis: u64) -> std::io::Result<()> {
    let (mut month, mut left) = (0, day);
    while left >= MONTHS[month] {
        left -= MONTHS[month];
        month += 1;
    }
    let (seconds, millis) = (millis / 1000, millis % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    write!(out, "2025-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z", month + 1, left + 1)
}
