//! What a person does on a day of use: pages and actions, a few seconds to a few minutes apart.

use serde_json::{Value, json};

use super::calendar::Day;
use super::calls::{AppContext, Book, Call, Context};
use super::catalogue::Feature;
use super::draw::{Dice, whole};
use super::people::Person;
use super::releases::Product;

/// Milliseconds of an hour.
const HOUR: i32 = 3_600_000;

/// A person at work on a day.
pub struct Visitor<'a, 'p> {
    /// Who.
    pub person: &'a Person<'p>,
    /// When.
    pub day: &'a Day,
}

impl Visitor<'_, '_> {
    fn context<'c>(&'c self, product: &'c Product) -> Context<'c> {
        let version = product.version(self.day.index);
        Context {
            group_id: Some(self.person.group_on(self.day.index)),
            app: Some(AppContext { name: product.app.name, version }),
        }
    }

    fn call<'c>(&'c self, kind: &'c str, context: Context<'c>) -> Call<'c> {
        Call { r#type: kind, user_id: Some(&self.person.id), context, ..Call::default() }
    }

    /// Use of an app: once, or twice for the apps of the working day.
    pub fn uses(&self, product: &Product, book: &mut Book, dice: &mut Dice) {
        let app = product.app;
        let context = self.context(product);
        let mut left = 1 + dice.wait(app.actions - 0.5).min(14);
        // The night shift looks at its apps when it comes, so that a day has begun soon after midnight.
        let hours = if self.person.night { 0.5 } else { 7.5 };
        let mut at = self.person.begins_at * 1000 + whole(dice.unit() * dice.unit() * hours * f64::from(HOUR));
        let pages = u32::try_from(self.repertoire(app.pages.len())).unwrap_or(1);
        while left > 0 {
            // Mostly the first page: it is the one the app opens with.
            let page = if dice.chance(0.5) { 0 } else { dice.below(pages) };
            let name = usize::try_from(page).ok().and_then(|page| app.pages.get(page)).copied();
            book.write(i64::from(at), Call { name, ..self.call("page", context) });
            let burst = dice.between(1, 4).min(left);
            for _ in 0..burst {
                at += dice.between(4_000, 150_000);
                self.acts(product, context, at, book, dice);
            }
            left -= burst;
            at += if dice.chance(0.3) { dice.between(HOUR, 3 * HOUR) } else { dice.between(10_000, 200_000) };
        }
    }

    /// How many of `all` pages or features the person's account has discovered: the first ones, at least one.
    fn repertoire(&self, all: usize) -> usize {
        let Some(customer) = self.person.customer else { return all };
        let known = f64::from(u32::try_from(all).unwrap_or(0)) * customer.breadth;
        usize::try_from(whole(known + 0.5)).unwrap_or(0).clamp(1, all.max(1))
    }

    fn acts(&self, product: &Product, context: Context, at: i32, book: &mut Book, dice: &mut Dice) {
        let released = product.released(self.day.index);
        let weight = |feature: &Feature| {
            if feature.since >= released {
                0
            } else if feature.golden && !self.person.stays {
                // Those who stay find the features that matter; the others wander.
                feature.weight / 3
            } else {
                feature.weight
            }
        };
        let known = self.repertoire(product.app.features.len());
        let mut ticket = dice.below(product.app.features.iter().take(known).map(weight).sum());
        for feature in product.app.features.iter().take(known) {
            if ticket < weight(feature) {
                let properties: Option<Value> =
                    feature.measure.map(|(name, most)| json!({name: dice.between(1, most)}));
                let call = self.call("track", context);
                let call = Call { event: Some(feature.name), properties: properties.as_ref(), ..call };
                return book.write(i64::from(at), call);
            }
            ticket -= weight(feature);
        }
    }

    /// Work on an app, which happens in the editor and not in the app: it would count among its features.
    pub fn builds(&self, product: &Product, book: &mut Book, dice: &mut Dice) {
        let context = Context { group_id: Some(self.person.group_on(self.day.index)), app: None };
        let properties = json!({"app": product.app.name});
        let properties = Some(&properties);
        let mut at = self.person.begins_at * 1000 + dice.between(HOUR / 4, 2 * HOUR);
        book.write(i64::from(at), Call { name: Some("Editor"), properties, ..self.call("page", context) });
        for _ in 0..dice.between(2, 5) {
            at += dice.between(60_000, HOUR);
            let event =
                dice.pick(&["Query Edited", "Component Changed", "Preview Run", "Preview Run", "Version Saved"]);
            book.write(i64::from(at), Call { event: Some(event), properties, ..self.call("track", context) });
        }
    }

    /// An administrator's round, which belongs to no app.
    pub fn administers(&self, book: &mut Book, dice: &mut Dice) {
        let context = Context { group_id: Some(self.person.group_on(self.day.index)), app: None };
        let mut at = self.person.begins_at * 1000 + dice.between(0, 6 * HOUR);
        for _ in 0..dice.between(1, 3) {
            at += dice.between(20_000, 240_000);
            let event = dice.pick(&["Permissions Reviewed", "Person Invited", "Usage Reviewed", "Secret Rotated"]);
            book.write(i64::from(at), Call { event: Some(event), ..self.call("track", context) });
        }
    }
}
