//! Who uses which app, and whether they come on a given day. The shares are chosen so that the rhythm learned from the
//! events is the one that the app was made for (the tests compute it).

use std::cmp::Ordering;

use super::calendar::{Calendar, Day};
use super::catalogue::{Beat, Harm};
use super::draw::{Dice, whole};
use super::people::{NEVER, Person, Role};
use super::releases::Product;

/// Somebody's use of an app.
pub struct Habit<'a> {
    /// The app.
    pub product: &'a Product,
    /// The first day.
    pub from: i32,
    /// The first day of no longer using it.
    pub until: i32,
    /// A pause: from, until.
    pause: Option<(i32, i32)>,
    /// The last day of use so far.
    last: i32,
    /// Where in a season the person comes: 0 to 1.
    phase: f64,
    /// The day the next burst of use begins.
    burst: i32,
}

/// Somebody's work on a release of an app.
pub struct Sprint<'a> {
    /// The app.
    pub product: &'a Product,
    /// The first day.
    pub from: i32,
    /// The day of the release.
    pub until: i32,
}

impl Habit<'_> {
    /// Decides whether the person comes on `day`, and remembers it. `mood` is the usual share: 0 to 1 and a little more.
    pub fn comes(&mut self, day: &Day, mood: f64, night: bool, dice: &mut Dice) -> bool {
        if day.index < self.from || day.index >= self.until.min(self.product.end) {
            return false;
        }
        if self.pause.is_some_and(|(from, until)| (from..until).contains(&day.index)) {
            return false;
        }
        let attendance = if night { day.attendance.max(0.75) } else { day.attendance };
        let likelihood = self.likelihood(day, dice);
        let comes = dice.chance(mood * attendance * likelihood);
        if comes {
            self.last = day.index;
        }
        comes
    }

    fn likelihood(&mut self, day: &Day, dice: &mut Dice) -> f64 {
        match self.product.app.beat {
            Beat::Workdays(share) => share,
            Beat::Weekly(usual) => {
                let weekday = day.date.weekday().to_monday_zero_offset();
                match weekday.cmp(&usual) {
                    _ if self.last >= day.week_start() => 0.08,
                    Ordering::Less => 0.12,
                    Ordering::Equal => 0.8,
                    Ordering::Greater => 0.35,
                }
            }
            Beat::MonthEnd if day.left_in_month() > 6 => 0.0,
            Beat::MonthEnd if self.last >= day.month_start() => 0.3,
            Beat::MonthEnd => 0.46,
            Beat::QuarterEnd if day.date.month() % 3 != 0 || !(9..=23).contains(&day.date.day()) => 0.0,
            Beat::QuarterEnd if self.last >= day.month_start() => 0.14,
            Beat::QuarterEnd => 0.3,
            Beat::Season(month, first, last) => {
                let opens = first + i8::try_from(whole(self.phase * f64::from(last - first - 9))).unwrap_or(0);
                let within = day.date.month() == month && (opens..opens + 10).contains(&day.date.day());
                if within { 0.36 } else { 0.0 }
            }
            Beat::Bursts => {
                if day.index >= self.burst + 14 {
                    self.burst += dice.between(345, 470);
                }
                if day.index >= self.burst { 0.4 } else { 0.0 }
            }
        }
    }
}

/// Gives everybody the apps of their department.
pub fn settle<'a>(people: &mut [Person<'a>], products: &'a [Product], calendar: &Calendar, dice: &mut Dice) {
    for product in products {
        let mut taken = 0;
        for person in people.iter_mut().filter(|person| person.excluded.is_none()) {
            if taken == product.app.most || !dice.chance(share(product, person)) {
                continue;
            }
            let habit = habit(product, person, calendar, dice);
            if product.app.closed.is_none_or(|ago| habit.from < calendar.ago(ago)) {
                taken += 1;
                person.habits.push(habit);
            }
        }
    }
}

/// The share of the people like `person` that takes up `product`.
fn share(product: &Product, person: &Person) -> f64 {
    let Some(customer) = person.customer else {
        let night_board = person.night && product.app.name == "Dispatch board";
        return if night_board { 1.0 } else { audience(product, person.group) };
    };
    match audience(product, "customers") {
        0.0 => 0.0,
        _ if customer.light => f64::from(u8::from(product.app.name == "Invoice exchange")),
        share if person.role == Role::Admin => share + 0.3,
        share => share,
    }
}

fn audience(product: &Product, group: &str) -> f64 {
    product.app.audience.iter().find(|(name, _)| *name == group).map_or(0.0, |(_, share)| *share)
}

fn habit<'a>(product: &'a Product, person: &Person, calendar: &Calendar, dice: &mut Dice) -> Habit<'a> {
    let app = product.app;
    let wait = match person.customer {
        // A customer is brought in together; a trial is too short to wait.
        Some(_) => dice.wait(app.uptake / 4.0),
        None if person.night => 0,
        None => dice.wait(app.uptake),
    };
    let from = person.from.max(product.launch + dice.between(0, 4)) + wait;
    let mut until = match app.beat {
        // Those who stopped using the tools of the day still owe their yearly duty, as long as they work here.
        Beat::Season(..) => person.gone(),
        _ => person.until.min(person.gone()),
    };
    if app.drift > 0.0 {
        until = until.min(from + 20 + dice.wait(app.drift));
    }
    let mut pause = None;
    if let Some(Harm { ago, repaired, lost, regained }) = app.harm
        && from < calendar.ago(ago)
        && dice.chance(lost)
    {
        let back = if dice.chance(regained) { calendar.ago(repaired) + dice.between(0, 16) } else { NEVER };
        pause = Some((calendar.ago(ago) + dice.between(0, 9), back));
    }
    let burst = from + dice.between(0, 190);
    Habit { product, from, until, pause, last: -1, phase: dice.unit(), burst }
}

/// Puts builders to work on the releases of `products`: those of the owning department first, else of engineering or IT.
pub fn staff<'a>(people: &mut [Person<'a>], products: &'a [Product], dice: &mut Dice) {
    let builders: Vec<usize> = (0..people.len())
        .filter(|&i| people.get(i).is_some_and(|p| p.role == Role::Builder || p.promoted.is_some()))
        .collect();
    for product in products {
        for (number, release) in product.releases.iter().enumerate() {
            let weeks = if number == 0 { 4 } else { 2 };
            let from = (release.day - weeks * 7).max(0);
            let (mut ours, mut others) = (Vec::new(), Vec::new());
            for &builder in &builders {
                let Some(person) = people.get(builder) else { continue };
                // The first week is everybody's first.
                let since = person.promoted.unwrap_or(person.from);
                if since > from.max(5) || person.until.min(person.gone()) <= release.day {
                    continue;
                }
                match person.group {
                    group if group == product.app.owner => ours.push(builder),
                    "it" | "engineering" => others.push(builder),
                    _ => {}
                }
            }
            let Some(lead) = ours.first().or(others.first()).copied() else { continue };
            let mut team = vec![lead];
            // A small app has one builder, or its builders would make most of its people.
            if product.app.most > 10 && dice.chance(0.6) {
                let mates = if ours.len() > 1 && dice.chance(0.5) { &ours } else { &others };
                let mate = dice.pick(mates);
                if mate != lead && mates.contains(&mate) {
                    team.push(mate);
                }
            }
            for builder in team {
                if let Some(person) = people.get_mut(builder) {
                    person.sprints.push(Sprint { product, from, until: release.day });
                }
            }
        }
    }
}
