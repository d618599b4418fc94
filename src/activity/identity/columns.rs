//! One trait of all people at a time, by day.

use std::collections::HashSet;

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::{Identity, word};
use crate::activity::days::DayClock;
use crate::people::traits::Subject;

/// One trait of all people: values by day, the last of each day.
pub(super) type Column = FxHashMap<u32, Vec<(i32, Option<String>)>>;

impl Identity {
    /// Makes the column of a trait, so that [`Identity::value_on`] can answer.
    pub fn prepare_column(&mut self, name: &str, clock: &mut DayClock) {
        if self.columns.contains_key(name) {
            return;
        }
        let people: HashSet<u32> = self
            .calls
            .keys()
            .filter_map(|subject| match subject {
                Subject::Person(key) => Some(self.person(*key)),
                Subject::Account(_) => None,
            })
            .collect();
        let mut column = Column::default();
        for person in people {
            let values = self.values(person, name, clock);
            if !values.is_empty() {
                column.insert(person, values);
            }
        }
        self.columns.insert(name.to_owned(), column);
    }

    pub(super) fn refresh_columns(&mut self, person: u32, clock: &mut DayClock) -> bool {
        let names: Vec<String> = self.columns.keys().cloned().collect();
        let mut changed = false;
        for name in names {
            let values = self.values(person, &name, clock);
            if let Some(column) = self.columns.get_mut(&name) {
                let before =
                    if values.is_empty() { column.remove(&person) } else { column.insert(person, values.clone()) };
                changed |= before.unwrap_or_default() != values;
            }
        }
        changed
    }

    fn values(&self, person: u32, name: &str, clock: &mut DayClock) -> Vec<(i32, Option<String>)> {
        let quoted = format!("\"{name}\"");
        let mut values: Vec<(i32, Option<String>)> = Vec::new();
        for call in self.person_calls(person) {
            let Some(text) = self.sets.get(&call.set).filter(|text| text.contains(&quoted)) else { continue };
            let Ok(mut set) = serde_json::from_str::<Map<String, Value>>(text) else { continue };
            let Some(value) = set.remove(name) else { continue };
            let day = clock.day(call.at);
            let value = word(&value);
            match values.last_mut() {
                Some(last) if last.0 == day => last.1 = value,
                Some(last) if last.1 == value => {}
                _ => values.push((day, value)),
            }
        }
        values
    }

    /// The value of a prepared trait that each person has by now.
    pub fn latest_values(&self, name: &str) -> impl Iterator<Item = (u32, &str)> {
        let column = self.columns.get(name).into_iter().flatten();
        column.filter_map(|(person, values)| Some((*person, values.last()?.1.as_deref()?)))
    }

    /// The value of a prepared trait that holds on a day.
    pub fn value_on(&self, name: &str, person: u32, day: i32) -> Option<&str> {
        let values = self.columns.get(name)?.get(&person)?;
        let after = values.partition_point(|(from, _)| *from <= day);
        values.get(after.checked_sub(1)?)?.1.as_deref()
    }
}
