//! The accounts over time: departments with their licences, customers with trial, plan, renewal, expansion and leaving.

use serde_json::{Value, json};

use super::calendar::Calendar;
use super::customers::{Customer, Turn};
use super::departments::{self, Department};
use super::diary::{Diary, Note};
use super::draw::Dice;
use super::people::Person;

/// Second of the day at which contracts change.
const OFFICE_HOUR: i32 = 9 * 3600;
/// Days between renewals.
const TERM: i32 = 365;

/// The company and its departments.
pub fn departments(people: &[Person], diary: &mut Diary) {
    let (company, name) = departments::COMPANY;
    for department in &departments::ALL {
        let Some(head) = people.iter().find(|p| p.group == department.id) else { continue };
        if department.id == "it" {
            let traits =
                json!({"name": name, "hosting": "self-hosted", "industry": "manufacturing", "employees": 1480});
            diary.add(0, Note::group(head, 60, company, traits));
            diary.add(0, Note::group(head, 61, "sandbox", json!({"name": "Sandbox", "test": true})));
        }
        diary.add(head.from, Note::group(head, 120, department.id, department_traits(department, company)));
    }
}

fn department_traits(department: &Department, company: &str) -> Value {
    json!({
        "name": department.name,
        "parent": company,
        "kind": "department",
        "seats": department.seats,
        "employees": department.people,
        "hosting": "self-hosted",
    })
}

/// The contract of one customer; `champion` is its first person.
pub fn customer(customer: &Customer, champion: &Person, calendar: &Calendar, diary: &mut Diary, dice: &mut Dice) {
    let mut contract = Contract { customer, champion, calendar, diary };
    contract.opens(dice);
    if customer.paid.is_some() {
        contract.runs();
    }
    contract.ends();
}

struct Contract<'a, 'p> {
    customer: &'a Customer,
    champion: &'a Person<'p>,
    calendar: &'a Calendar,
    diary: &'a mut Diary,
}

impl Contract<'_, '_> {
    fn date(&self, ago: i32) -> String {
        self.calendar.date(self.calendar.ago(ago)).to_string()
    }

    fn tell(&mut self, ago: i32, traits: Value) {
        let note = Note::group(self.champion, OFFICE_HOUR, self.customer.id, traits);
        self.diary.add(self.calendar.ago(ago), note);
    }

    fn track(&mut self, ago: i32, event: &'static str, details: Value) {
        let day = self.calendar.ago(ago);
        self.diary.add(day, Note::track(self.champion, day, OFFICE_HOUR + 30, event, details));
    }

    fn opens(&mut self, dice: &mut Dice) {
        let c = self.customer;
        let mut traits = json!({
            "name": c.name,
            "plan": if c.paid.is_some() { "trial" } else { c.plan },
            "created_at": self.date(c.created),
            "seats": c.seats.min(5),
            "industry": dice.pick(&["food", "freight", "retail", "health", "energy", "media"]),
            "region": dice.pick(&["eu-central", "eu-north", "us-east", "ap-south"]),
            "hosting": dice.pick(&["cloud", "cloud", "self-hosted"]),
            "employees": dice.between(3, 60) * 10,
            "acquisition_channel": dice.pick(&["sales-led", "referral", "search", "fair"]),
            "source_campaign": dice.pick(&["spring-fair", "webinar", "partner-letter", "none"]),
        });
        // A trial that starts later than the account is told when it starts.
        if c.trial == Some(c.created) {
            extend(&mut traits, self.trial(c.created));
        }
        let note = Note::group(self.champion, 30, c.id, traits);
        self.diary.add(self.calendar.ago(c.created), note);
        if let Some(ago) = c.trial.filter(|ago| *ago != c.created) {
            let traits = self.trial(ago);
            self.tell(ago, traits);
        }
    }

    fn trial(&self, ago: i32) -> Value {
        json!({"plan": "trial", "trial_started_at": self.date(ago), "trial_ends_at": self.date(ago - 14)})
    }

    /// Buying, growing and renewing, up to the end if there is one.
    fn runs(&mut self) {
        let c = self.customer;
        let Some(paid) = c.paid else { return };
        let rising = c.turn == Turn::Rising;
        let (seats, mrr) = if rising { (c.seats / 2, c.mrr / 2) } else { (c.seats, c.mrr) };
        let ends = self.date(paid - TERM);
        self.tell(
            paid,
            json!({"plan": c.plan, "paid_since": self.date(paid), "seats": seats, "mrr": mrr,
                   "renewal_at": ends, "subscription_ends_at": ends}),
        );
        if rising {
            self.tell(paid * 3 / 5, json!({"seats": c.seats * 3 / 4, "mrr": c.mrr * 3 / 4}));
            self.tell(paid / 5, json!({"seats": c.seats, "mrr": c.mrr}));
        }
        let ended = match (c.cancelled, c.turn) {
            (Some((ago, _)), _) | (None, Turn::Lapsed(ago) | Turn::WonBack(ago, _)) => ago,
            _ => -1,
        };
        let mut ago = paid - TERM;
        while ago > ended.max(0) {
            self.renews(ago);
            ago -= TERM;
        }
    }

    fn renews(&mut self, ago: i32) {
        let ends = self.date(ago - TERM);
        self.tell(ago, json!({"renewal_at": ends, "subscription_ends_at": ends}));
        self.track(ago, "Subscription Renewed", json!({"term_days": TERM, "mrr": self.customer.mrr}));
    }

    fn leaves(&mut self, ago: i32, reason: &str) {
        self.track(ago + 6, "Unsubscribe Started", json!({"step": "reason"}));
        self.track(ago, "Subscription Cancelled", json!({"churn_reason": reason}));
        let traits = json!({"cancelled_at": self.date(ago), "churn_reason": reason});
        self.tell(ago, traits);
    }

    fn ends(&mut self) {
        let c = self.customer;
        if let Some((ago, reason)) = c.cancelled {
            self.leaves(ago, reason);
        }
        match c.turn {
            Turn::WonBack(left, back) => {
                self.leaves(left, "competitor_integrations");
                self.renews(back);
            }
            Turn::Sliding(_) => {
                self.tell(17, json!({"seats": c.seats - c.seats / 5, "mrr": c.mrr - c.mrr / 6}));
                self.track(3, "Unsubscribe Started", json!({"step": "overview"}));
            }
            Turn::Unplugged(ago) => {
                let day = self.calendar.ago(ago);
                let details = json!({"name": "customer-erp", "kind": "postgresql"});
                let note = Note::track(self.champion, day, OFFICE_HOUR, "Data Source Removed", details);
                self.diary.add(day, note.in_app("Order tracking", None));
            }
            _ => {}
        }
    }
}

fn extend(traits: &mut Value, more: Value) {
    if let (Some(traits), Value::Object(more)) = (traits.as_object_mut(), more) {
        traits.extend(more);
    }
}
