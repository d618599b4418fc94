//! How apps come to be: created, connected to data, released again and again by the builders at work on them.

use serde_json::{Value, json};

use super::calendar::Calendar;
use super::diary::{Diary, Note};
use super::draw::Dice;
use super::people::Person;
use super::releases::{Product, RELEASED_AT};

const SOURCES: [(&str, &str); 6] = [
    ("warehouse", "postgresql"),
    ("erp", "mysql"),
    ("gateway", "rest"),
    ("archive", "s3"),
    ("directory", "ldap"),
    ("mail", "smtp"),
];

/// What the builders of `product` tell about it.
pub fn plan(product: &Product, people: &[Person], calendar: &Calendar, diary: &mut Diary, dice: &mut Dice) {
    let name = product.app.name;
    let maker_of =
        |day: i32| people.iter().find(|p| p.sprints.iter().any(|s| s.product.app.name == name && s.until == day));
    let Some(maker) = maker_of(product.launch) else { return };
    let owner = Some(product.app.owner);
    let mut tell =
        |maker: &Person, day: i32, second: i32, event: &'static str, details: Value, version: Option<&str>| {
            let note = Note { within: owner, ..Note::track(maker, day, second, event, details) };
            diary.add(day, note.in_app(name, version));
        };
    let created = calendar.workday((product.launch - 26).max(maker.from));
    tell(maker, created, 9 * 3600, "App Created", json!({"template": dice.chance(0.4)}), None);
    let (source, kind) = dice.pick(&SOURCES);
    tell(maker, created + 1, 10 * 3600, "Data Source Added", json!({"name": source, "kind": kind}), None);
    for (number, release) in product.releases.iter().enumerate() {
        let maker = maker_of(release.day).unwrap_or(maker);
        let details = json!({"version": release.version, "changelog": release.change});
        tell(maker, release.day, RELEASED_AT, "App Released", details, Some(&release.version));
        // Now and then a source is replaced, the new one on the day the old one goes.
        if number % 5 == 4 && release.day < calendar.last {
            let (source, kind) = dice.pick(&SOURCES);
            let gone = json!({"name": source, "kind": kind});
            tell(maker, release.day, 11 * 3600, "Data Source Removed", gone, Some(&release.version));
            let new = json!({"name": format!("{source}-2"), "kind": kind});
            tell(maker, release.day, 11 * 3600 + 240, "Data Source Added", new, Some(&release.version));
        }
    }
}
