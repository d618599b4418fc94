//! Who works for the company and its customers, from when to when, and how faithful they are to their apps.

use super::calendar::Calendar;
use super::customers::{self, Customer, Turn};
use super::departments::{self, Department};
use super::draw::Dice;
use super::habits::{Habit, Sprint};
use super::names::Names;

/// A day later than any.
pub const NEVER: i32 = i32::MAX;

/// What somebody may do in the apps.
#[derive(Clone, Copy, PartialEq)]
pub enum Role {
    /// Manages people and permissions.
    Admin,
    /// Makes apps.
    Builder,
    /// Uses them; the role that is not written down.
    EndUser,
}

/// A person.
pub struct Person<'a> {
    /// The user id.
    pub id: String,
    /// First and made-up last name.
    pub name: String,
    /// The address, at a domain that cannot exist.
    pub email: String,
    /// The account.
    pub group: &'static str,
    /// A later account and the day of the move.
    pub moved: Option<(i32, &'static str)>,
    /// The role.
    pub role: Role,
    /// The day on which an end user became a builder.
    pub promoted: Option<i32>,
    /// The first day.
    pub from: i32,
    /// The first day of no longer using the apps of the working day.
    pub until: i32,
    /// The day of leaving the company altogether.
    pub left: Option<i32>,
    /// A long absence: from, until.
    pub away: Option<(i32, i32)>,
    /// Whether the apps took hold with this person.
    pub stays: bool,
    /// Second of the day (UTC) at which the working day begins.
    pub begins_at: i32,
    /// Whether it is the night shift, which works every day of the week.
    pub night: bool,
    /// How often the person comes, against the usual.
    pub diligence: f64,
    /// How the use of the person's account goes, if a customer.
    pub customer: Option<&'static Customer>,
    /// The trait that excludes the person, if any.
    pub excluded: Option<&'static str>,
    /// The apps in use.
    pub habits: Vec<Habit<'a>>,
    /// The apps being built.
    pub sprints: Vec<Sprint<'a>>,
}

impl Person<'_> {
    /// The account on `day`.
    pub fn group_on(&self, day: i32) -> &'static str {
        match self.moved {
            Some((since, group)) if since <= day => group,
            _ => self.group,
        }
    }

    /// Whether the person is on a long absence.
    pub fn is_away(&self, day: i32) -> bool {
        self.away.is_some_and(|(from, until)| (from..until).contains(&day))
    }

    /// The first day of not being in the company any more.
    pub fn gone(&self) -> i32 {
        self.left.unwrap_or(NEVER)
    }
}

/// Hires everybody.
pub struct Office<'c> {
    calendar: &'c Calendar,
    dice: Dice,
    names: Names,
    count: u32,
}

impl<'c> Office<'c> {
    /// An office that has hired nobody yet.
    pub fn new(calendar: &'c Calendar, mut dice: Dice) -> Self {
        let names = Names::shuffled(&mut dice);
        Self { calendar, dice, names, count: 0 }
    }

    /// Everybody: the departments first, then the customers, then testers.
    pub fn hire<'a>(&mut self) -> Vec<Person<'a>> {
        let mut people = Vec::new();
        for department in &departments::ALL {
            people.extend((0..department.people).map(|n| self.colleague(department, n)));
        }
        for customer in customers::ALL {
            people.extend((0..customer.people).map(|n| self.customer(customer, n)));
        }
        people.extend((0..6).map(|_| Person { excluded: Some("internal"), ..self.someone("it", "samplefield", 1) }));
        people.extend((0..4).map(|_| Person { excluded: Some("test"), ..self.someone("sandbox", "sandbox", 1) }));
        people
    }

    fn someone<'a>(&mut self, group: &'static str, domain: &str, from: i32) -> Person<'a> {
        self.count += 1;
        let (name, local) = self.names.next();
        Person {
            id: format!("u-{:04}", self.count),
            name,
            email: format!("{local}@{domain}.example"),
            group,
            moved: None,
            role: Role::EndUser,
            promoted: None,
            from,
            until: NEVER,
            left: None,
            away: None,
            stays: true,
            begins_at: 8 * 3600,
            night: false,
            diligence: 0.82 + 0.3 * self.dice.unit(),
            customer: None,
            excluded: None,
            habits: Vec::new(),
            sprints: Vec::new(),
        }
    }

    /// Person number `n` of a department; the first few hold it together and are there from the start.
    fn colleague<'a>(&mut self, department: &Department, n: u32) -> Person<'a> {
        let role = match n {
            0 => Role::Admin,
            1 => Role::Builder,
            _ if self.dice.chance(department.builders) => Role::Builder,
            _ if self.dice.chance(0.022) => Role::Admin,
            _ => Role::EndUser,
        };
        let pillar = n < 2;
        let early = pillar || self.dice.chance(department.first);
        let from = if early { self.dice.between(0, if pillar { 1 } else { 50 }) } else { self.hiring_day() };
        let from = self.calendar.workday(from);
        let mut person = self.someone(department.id, departments::COMPANY.0, from);
        let staying = match role {
            Role::Admin => 0.82,
            Role::Builder => 0.4,
            Role::EndUser => department.staying,
        };
        let rest = match role {
            Role::Admin => 120.0,
            Role::Builder => 60.0,
            Role::EndUser => 50.0 + 90.0 * department.staying,
        };
        person.role = role;
        self.decide(&mut person, if pillar { 1.0 } else { staying }, rest);
        if !pillar && person.stays && self.dice.chance(0.12) {
            person.left = Some(from + 120 + self.dice.wait(400.0));
        }
        if role == Role::EndUser && person.stays && self.dice.chance(0.015) {
            person.promoted = Some(self.calendar.workday(from + self.dice.between(90, 400)));
        }
        if !pillar && person.stays && self.dice.chance(0.03) {
            let group = self.dice.pick(&["sales", "support", "purchasing", "hr", "marketing"]);
            person.moved = Some((self.calendar.workday(from + self.dice.between(60, 500)), group));
        }
        let late = department.shifts && self.dice.chance(0.45);
        person.begins_at = (department.opens + if late { 8 } else { 0 }) * 3600;
        if department.id == "logistics" && (2..12).contains(&n) {
            // Somebody is awake at any hour of any day, so that the last day is never empty.
            person = Person { night: true, begins_at: 0, from: n.try_into().unwrap_or(0), ..person };
            self.decide(&mut person, 1.0, rest);
        }
        person
    }

    /// Person number `n` of a customer; the first is its champion.
    fn customer<'a>(&mut self, customer: &'static Customer, n: u32) -> Person<'a> {
        let begin = self.calendar.ago(customer.created);
        let life = customer.created - if let Turn::Silent(since) = customer.turn { since } else { 0 };
        let from = match customer.turn {
            _ if n == 0 => begin,
            Turn::Rising if n > 3 => begin + self.dice.between(10, (life - 6).max(10)),
            _ if self.dice.chance(0.7) => begin + self.dice.between(0, (life - 1).clamp(0, 40)),
            _ => begin + self.dice.between(0, (life - 1).max(0)),
        };
        let from = if n == 0 { from } else { self.calendar.workday(from).min(self.calendar.last) };
        let mut person = self.someone(customer.id, customer.id, from.max(0));
        person.customer = Some(customer);
        person.role = if n == 0 || (n == 1 && customer.people > 10) { Role::Admin } else { Role::EndUser };
        self.decide(&mut person, if n == 0 { 1.0 } else { 0.8 }, 60.0);
        if n == 0 {
            person.diligence = 1.15;
            if let Turn::ChampionQuiet(since) = customer.turn {
                person.until = self.calendar.ago(since);
            }
        }
        person.begins_at = self.dice.between(6, 9) * 3600;
        person
    }

    /// Settles whether the apps take hold with `person`; later hires are brought in a little better.
    fn decide(&mut self, person: &mut Person, staying: f64, rest: f64) {
        let progress = f64::from(person.from) / f64::from(self.calendar.last.max(1));
        person.stays = self.dice.chance(staying + 0.1 * progress);
        person.until = NEVER;
        person.left = None;
        if !person.stays {
            person.until = person.from + 2 + self.dice.wait(rest);
            person.left = self.dice.chance(0.35).then_some(person.until);
        }
        if person.stays && self.dice.chance(0.28) {
            let from = person.from + self.dice.between(40, 600);
            person.away = Some((from, from + self.dice.between(35, 95)));
        }
    }

    /// A day on which somebody new begins: hiring comes in waves.
    fn hiring_day(&mut self) -> i32 {
        let last = self.calendar.last - 1;
        for _ in 0..20 {
            let day = self.calendar.workday(self.dice.between(30, last)).min(last);
            let wave = match self.calendar.date(day).month() {
                1 | 4 | 9 => 1.0,
                10 => 0.75,
                7 | 8 | 12 => 0.22,
                _ => 0.45,
            };
            if self.dice.chance(wave) {
                return day;
            }
        }
        last
    }
}
