//! What is told about people: who they are, when they move, what they learn, what they answer, what troubles them.

use serde_json::json;

use super::calendar::Calendar;
use super::customers::Turn;
use super::diary::{Diary, Note};
use super::draw::{Dice, whole};
use super::people::{NEVER, Person, Role};
use super::releases::Product;

const TROUBLES: [&str; 8] = [
    "Page stays empty after signing in",
    "Export stops at 500 rows",
    "Wrong total in the summary",
    "Cannot attach a photo",
    "Needs a field for the cost centre",
    "Search does not find umlauts",
    "Very slow in the morning",
    "Please bring the old form back",
];

/// Everything planned for `person`.
pub fn plan(person: &Person, products: &[Product], calendar: &Calendar, diary: &mut Diary, dice: &mut Dice) {
    let arrival = person.begins_at.max(300) - 120;
    let mut traits = json!({"name": person.name, "email": person.email});
    if let Some(role) = match person.role {
        Role::Admin => Some("admin"),
        Role::Builder => Some("builder"),
        Role::EndUser => None,
    } {
        set(&mut traits, "role", json!(role));
    }
    if let Some(excluded) = person.excluded {
        set(&mut traits, excluded, json!(true));
    }
    let mut identify = Note::identify(person, person.from, arrival, traits);
    if person.customer.is_some() && dice.chance(0.4) {
        identify.anonymous = Some(looks_around(person, diary, dice));
    }
    diary.add(person.from, identify);
    changes(person, calendar, diary);
    if person.excluded.is_none() {
        trains(person, calendar, diary, dice);
        answers(person, products, calendar, diary, dice);
        opens_tickets(person, products, calendar, diary, dice);
    }
}

fn set(traits: &mut serde_json::Value, key: &str, value: serde_json::Value) {
    if let Some(traits) = traits.as_object_mut() {
        traits.insert(key.to_owned(), value);
    }
}

/// Visits before signing in, known by the browser only; returns its id.
fn looks_around(person: &Person, diary: &mut Diary, dice: &mut Dice) -> String {
    let browser = format!("b-{}{:04x}", &person.id.trim_start_matches("u-"), dice.below(65_536));
    for _ in 0..dice.between(1, 3) {
        let day = person.from - dice.between(0, 6);
        visit(&browser, day, diary, dice, person.begins_at - 900);
    }
    browser
}

/// A page seen by somebody unknown.
fn visit(browser: &str, day: i32, diary: &mut Diary, dice: &mut Dice, second: i32) {
    let page = dice.pick(&["Welcome", "Prices", "Help"]);
    let anonymous = Some(browser.to_owned());
    let note = Note { second, kind: "page", anonymous, name: Some(page), ..Note::default() };
    diary.add(day, note.in_app("Customer portal", None));
}

/// People who looked at the portal and never signed in.
pub fn strangers(calendar: &Calendar, diary: &mut Diary, dice: &mut Dice) {
    for number in 0..24 {
        let day = dice.between(40, calendar.last);
        let browser = format!("b-stranger-{number:02}");
        for _ in 0..dice.between(1, 3) {
            let second = dice.between(7 * 3600, 20 * 3600);
            visit(&browser, day + dice.between(0, 9), diary, dice, second);
        }
    }
}

fn changes(person: &Person, calendar: &Calendar, diary: &mut Diary) {
    let gone = person.gone();
    if let Some((day, group)) = person.moved.filter(|(day, _)| *day < gone) {
        diary.add(day, Note::identify(person, day, 7 * 3600, json!({"department": group})));
    }
    if let Some(day) = person.promoted.filter(|day| *day < gone) {
        diary.add(day, Note::identify(person, day, 7 * 3600, json!({"role": "builder"})));
    }
    if gone != NEVER {
        let note = Note::identify(person, gone, 17 * 3600, json!({"left_at": calendar.date(gone).to_string()}));
        diary.add(gone, note);
    }
}

/// Whether the person is around and the account alive on `day`.
fn present(person: &Person, day: i32, calendar: &Calendar) -> bool {
    let mood = person.customer.map_or(1.0, |c| c.turn.mood(calendar.last - day));
    day >= person.from && day < person.until.min(person.gone()) && mood > 0.0 && calendar.day(day).works()
}

fn trains(person: &Person, calendar: &Calendar, diary: &mut Diary, dice: &mut Dice) {
    let day = calendar.workday(person.from + dice.between(2, 28));
    let likely = if person.stays { 0.6 } else { 0.22 };
    if dice.chance(likely) && present(person, day, calendar) {
        let course = dice.pick(&["Getting started", "Safety of data", "Working with exports"]);
        let second = person.begins_at + dice.between(600, 20_000);
        diary.add(day, Note::track(person, day, second, "Training Completed", json!({"course": course})));
    }
}

/// Answers to the half-yearly question and to the one after a release.
fn answers(person: &Person, products: &[Product], calendar: &Calendar, diary: &mut Diary, dice: &mut Dice) {
    let mut day = person.from + dice.between(20, 200);
    while day <= calendar.last {
        if dice.chance(0.4) && present(person, day, calendar) {
            let sliding = matches!(person.customer.map(|c| c.turn), Some(Turn::Sliding(_)));
            // The captive account: much used, little liked.
            let captive = person.customer.is_some_and(|c| c.id == "pattern-pharma");
            let liked = if sliding || captive {
                4.4
            } else if person.stays {
                8.3
            } else {
                6.4
            };
            let score = whole(liked + 4.6 * (dice.unit() + dice.unit() - 1.0)).clamp(0, 10);
            let second = person.begins_at + dice.between(0, 25_000);
            let details = json!({"kind": "nps", "score": score});
            diary.add(day, Note::track(person, day, second, "Survey Answered", details));
        }
        day += dice.between(150, 230);
    }
    for product in products {
        let Some(habit) = person.habits.iter().find(|h| h.product.app.name == product.app.name) else { continue };
        for release in product.releases.iter().filter(|r| r.day >= habit.from && r.day < habit.until) {
            let day = calendar.workday(release.day + dice.between(1, 12));
            if dice.chance(0.045) && present(person, day, calendar) {
                let harmed = product
                    .app
                    .harm
                    .is_some_and(|h| (calendar.ago(h.ago)..calendar.ago(h.repaired)).contains(&release.day));
                let liked = if harmed { 1.9 } else { 4.1 };
                let score = whole(liked + 2.4 * (dice.unit() + dice.unit() - 1.0) + 0.5).clamp(1, 5);
                let second = person.begins_at + dice.between(0, 25_000);
                let note = Note::track(person, day, second, "Survey Answered", json!({"kind": "csat", "score": score}));
                diary.add(day, note.in_app(product.app.name, Some(&release.version)));
            }
        }
    }
}

/// Tickets: few as a rule, many after the release that hurt and from the customer that is about to leave.
fn opens_tickets(person: &Person, products: &[Product], calendar: &Calendar, diary: &mut Diary, dice: &mut Dice) {
    let mut day = person.from + dice.wait(420.0);
    while day <= calendar.last {
        if let Some(habit) = person.habits.first().filter(|_| present(person, day, calendar)) {
            ticket(person, habit.product, day, diary, dice);
        }
        day += 5 + dice.wait(420.0);
    }
    for product in products {
        let Some(harm) = product.app.harm else { continue };
        if person.habits.iter().any(|h| h.product.app.name == product.app.name) && dice.chance(0.3) {
            let day = calendar.workday(calendar.ago(harm.ago) + dice.between(0, 24));
            if present(person, day, calendar) {
                ticket(person, product, day, diary, dice);
            }
        }
    }
    let sliding = person.customer.is_some_and(|c| matches!(c.turn, Turn::Sliding(_)));
    if let Some(habit) = person.habits.first().filter(|_| sliding && person.role == Role::Admin) {
        for ago in [6, 4, 3, 1] {
            ticket(person, habit.product, calendar.ago(ago), diary, dice);
        }
    }
}

fn ticket(person: &Person, product: &Product, day: i32, diary: &mut Diary, dice: &mut Dice) {
    let id = format!("T-{}-{day}-{:03}", person.id, dice.below(1000));
    let second = person.begins_at + dice.between(300, 25_000);
    let subject = dice.pick(&TROUBLES);
    let severity = dice.pick(&["low", "normal", "normal", "high"]);
    let opened = json!({"ticket_id": id, "subject": subject, "severity": severity});
    let note = Note::track(person, day, second, "Ticket Opened", opened);
    diary.add(day, note.in_app(product.app.name, product.version(day)));
    let days = dice.wait(2.5);
    let closed = json!({"ticket_id": id, "days": days});
    let note = Note::track(person, day + days, second + 3000, "Ticket Closed", closed);
    diary.add(day + days, note.in_app(product.app.name, product.version(day + days)));
}
