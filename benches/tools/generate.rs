//! Writes simulated events as NDJSON: `generate EVENTS PEOPLE PEOPLE_DAYS [FIRST LAST] [shuffled]`.

mod event;

use std::io::Write;

use event::Shape;

fn main() -> std::io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let shuffled = words.iter().any(|word| word == "shuffled");
    let numbers: Vec<u64> = words.iter().filter_map(|word| word.parse().ok()).collect();
    let (shape, first, last) = match numbers[..] {
        [events, people, people_days] => (Shape { events, people, people_days }, 0, events),
        [events, people, people_days, first, last] => (Shape { events, people, people_days }, first, last),
        _ => panic!("write: generate EVENTS PEOPLE PEOPLE_DAYS [FIRST LAST] [shuffled]"),
    };
    let mut out = std::io::stdout().lock();
    let mut lines = Vec::with_capacity(1 << 20);
    for at in first..last {
        // A step that shares no divisor with the count visits every event once.
        let at = if shuffled { (u128::from(at) * 2_147_483_647 % u128::from(shape.events)) as u64 } else { at };
        event::write(&mut lines, shape, at, None);
        lines.push(b'\n');
        if lines.len() > (1 << 20) - 1024 {
            out.write_all(&lines)?;
            lines.clear();
        }
    }
    out.write_all(&lines)
}
