//! A simulated company: what Takehold would hear in 26 months from Samplefield, a manufacturer with twelve departments,
//! and from the customers who use three of its apps.
//!
//! It makes lines like those of an import file and knows nothing of the product that reads them. The same seed and day
//! make the same lines; a later `now` only adds to them. Nobody in it exists.
//!
//! - *product*: an app on the calendar of a run, with its releases
//! - *habit*: one person's use of one app
//! - *note*: a call that is planned for a known day, against a *visit*, which is drawn when its day comes

mod calendar;
mod calls;
mod catalogue;
mod contracts;
mod customers;
mod departments;
mod diary;
mod draw;
mod habits;
mod lives;
mod making;
mod names;
mod people;
mod releases;
#[cfg(test)]
mod tests;
mod verb;
mod visits;

pub(super) use verb::{Demo, run};

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use calendar::{Calendar, Day};
use calls::{AppContext, Book, Call, Context};
use diary::{Diary, Note};
use draw::Dice;
use people::{Office, Person, Role};
use releases::Product;
use visits::Visitor;

/// Hands each call of the company to `emit` as one line of JSON, in order of time: from 26 months before `today` to
/// `now`. `today` and all times are UTC.
pub fn generate(seed: u64, today: Date, now: Timestamp, emit: &mut dyn FnMut(&str)) {
    let calendar = Calendar::until(today);
    let dice = |stream: u64| Dice::new(seed, stream);
    let products = releases::plan(&calendar, &mut dice(1));
    let mut people = Office::new(&calendar, dice(2)).hire();
    habits::settle(&mut people, &products, &calendar, &mut dice(3));
    habits::staff(&mut people, &products, &mut dice(4));
    let diary = plan(&people, &products, &calendar, &mut dice(5));

    let mut book = Book::new(format!("demo-{seed}"), now.as_millisecond(), emit);
    let mut dice = dice(6);
    for day in calendar.days().take_while(|day| day.starts_at() <= now.as_millisecond()) {
        book.open(&day);
        diary.write(day.index, &mut book);
        for person in &mut people {
            live(person, &day, &calendar, &mut book, &mut dice);
        }
        test(&people, &products, &day, &mut book, &mut dice);
        book.close();
    }
}

/// All that is known beforehand.
fn plan(people: &[Person], products: &[Product], calendar: &Calendar, dice: &mut Dice) -> Diary {
    let mut diary = Diary::new(calendar.last);
    contracts::departments(people, &mut diary);
    for customer in customers::ALL {
        if let Some(champion) = people.iter().find(|p| p.group == customer.id) {
            contracts::customer(customer, champion, calendar, &mut diary, dice);
        }
    }
    for product in products {
        making::plan(product, people, calendar, &mut diary, dice);
    }
    for person in people {
        lives::plan(person, products, calendar, &mut diary, dice);
    }
    lives::strangers(calendar, &mut diary, dice);
    for bot in BOTS {
        let note = Note { second: 5, kind: "identify", user: bot.into(), ..Note::default() };
        diary.add(0, Note { details: json!({"name": bot, "bot": true}), ..note });
    }
    diary
}

/// A day in the life of `person`.
fn live(person: &mut Person, day: &Day, calendar: &Calendar, book: &mut Book, dice: &mut Dice) {
    if day.index < person.from || day.index >= person.gone() || person.is_away(day.index) {
        return;
    }
    if !person.night && day.attendance == 0.0 {
        return;
    }
    let mood = person.diligence * person.customer.map_or(1.0, |c| c.turn.mood(calendar.last - day.index));
    let mut habits = std::mem::take(&mut person.habits);
    for habit in &mut habits {
        if habit.comes(day, mood, person.night, dice) {
            Visitor { person, day }.uses(habit.product, book, dice);
        }
    }
    person.habits = habits;
    if day.index >= person.until {
        return;
    }
    let visitor = Visitor { person, day };
    for sprint in &person.sprints {
        if (sprint.from..sprint.until).contains(&day.index) && dice.chance(0.6 * day.attendance) {
            visitor.builds(sprint.product, book, dice);
        }
    }
    // Administrators look in about once in eight working days.
    if person.role == Role::Admin && person.customer.is_none() && dice.chance(0.13 * day.attendance) {
        visitor.administers(book, dice);
    }
}

/// Robots that look whether the apps answer.
const BOTS: [&str; 2] = ["bot-uptime", "bot-crawler"];

/// Testers, around releases, and robots, four times a day: both are excluded from the figures.
fn test(people: &[Person], products: &[Product], day: &Day, book: &mut Book, dice: &mut Dice) {
    for product in products.iter().filter(|p| p.releases.iter().any(|r| r.day == day.index)) {
        for person in people.iter().filter(|p| p.excluded.is_some() && p.from <= day.index) {
            if dice.chance(0.6) {
                Visitor { person, day }.uses(product, book, dice);
            }
        }
    }
    for bot in BOTS {
        for quarter in 0..4 {
            let app = AppContext { name: "Customer portal", version: None };
            let context = Context { group_id: None, app: Some(app) };
            let at = i64::from(quarter * 21_600_000 + dice.between(0, 9000));
            book.write(at, Call { r#type: "page", user_id: Some(bot), name: Some("Home"), context, ..Call::default() });
        }
    }
}
