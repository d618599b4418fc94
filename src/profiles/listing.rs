//! What the three lists have in common: search, order, pages.

use std::cmp::Ordering;

use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::activity::days;
use crate::http::{ApiError, Cursor, Limit, Page};

/// What every list may be asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    /// Only what has this text in its id, name or e-mail.
    pub q: Option<String>,
    /// `last_seen`, `first_seen`, `events`, `name` or a count; a minus in front turns the order.
    pub sort: Option<String>,
    /// Items of a page: 1 to 500, 50 unless given.
    #[serde(default)]
    #[param(value_type = Option<u16>)]
    pub limit: Limit,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    pub cursor: Option<Cursor>,
    /// Only people active in this app.
    pub app: Option<String>,
    /// Only people of this account.
    pub account: Option<String>,
    /// Only people of this role; people without one are `end_user`.
    pub role: Option<String>,
    /// List bots, internal people and tests too.
    #[serde(default)]
    #[param(required = false)]
    pub include_excluded: bool,
    /// `only` lists nothing but those.
    pub excluded: Option<String>,
    /// People: only those active on any day from this one on; with `active_to`.
    #[param(value_type = Option<String>, format = Date)]
    pub active_from: Option<Date>,
    /// People: only those active on any day until this one.
    #[param(value_type = Option<String>, format = Date)]
    pub active_to: Option<Date>,
    /// People: only those whose first activity falls on this day, or into its `first_period`.
    #[param(value_type = Option<String>, format = Date)]
    pub first: Option<Date>,
    /// `day`, `week` or `month`; `day` unless given.
    pub first_period: Option<String>,
}

impl ListQuery {
    /// Whether a thing that is excluded, or not, belongs on the list.
    pub fn admits(&self, excluded: bool) -> bool {
        match self.excluded.as_deref() {
            Some(_) => excluded,
            None => self.include_excluded || !excluded,
        }
    }

    /// Checks what has few values.
    pub fn check(&self, columns: &[&str]) -> Result<(), ApiError> {
        if self.excluded.as_deref().is_some_and(|word| word != "only") {
            return Err(ApiError::bad_query("excluded", "is not `only`; leave it out"));
        }
        let column = self.sort.as_deref().map(|sort| sort.trim_start_matches('-'));
        if column.is_some_and(|column| !columns.contains(&column)) {
            return Err(ApiError::bad_query("sort", format!("is none of {}", columns.join(", "))));
        }
        Ok(())
    }

    /// The column to sort by, and whether downwards.
    pub fn order(&self) -> (&str, bool) {
        let sort = self.sort.as_deref().unwrap_or("-last_seen");
        sort.strip_prefix('-').map_or((sort, false), |column| (column, true))
    }

    /// Refuses what only the list of people takes.
    pub fn only_things(&self) -> Result<(), ApiError> {
        let asked = [self.active_from.is_some(), self.active_to.is_some(), self.first.is_some()];
        let names = ["active_from", "active_to", "first"];
        match names.into_iter().zip(asked).find(|(_, asked)| *asked) {
            Some((name, _)) => Err(ApiError::bad_query(name, "is taken by the list of people only; leave it out")),
            None => Ok(()),
        }
    }

    /// Whether a text is searched for.
    pub fn searches(&self) -> bool {
        self.q.as_deref().is_some_and(|q| !q.trim().is_empty())
    }

    /// Whether the search text occurs in any of these, without regard to case.
    pub fn finds(&self, texts: &[&str]) -> bool {
        let Some(q) = self.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) else { return true };
        let q = q.to_lowercase();
        texts.iter().any(|text| text.to_lowercase().contains(&q))
    }

    /// Where the page starts.
    fn start(&self) -> Result<usize, ApiError> {
        self.cursor.as_ref().map_or(Ok(0), Cursor::decode)
    }

    /// Sorts and cuts; whatever has no value stands last in either direction.
    pub fn page<T, K: PartialOrd>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> Option<K>) -> Result<Page<T>, ApiError> {
        let down = self.order().1;
        rows.sort_by(|a, b| match (key(a), key(b)) {
            (Some(a), Some(b)) => {
                let order = a.partial_cmp(&b).unwrap_or(Ordering::Equal);
                if down { order.reverse() } else { order }
            }
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        });
        self.cut(rows)
    }

    fn cut<T>(&self, rows: Vec<T>) -> Result<Page<T>, ApiError> {
        let (total, start) = (rows.len(), self.start()?);
        let items: Vec<T> = rows.into_iter().skip(start).take(self.limit.rows()).collect();
        let end = start + items.len();
        let next_cursor = (end < total).then(|| Cursor::encode(&end));
        Ok(Page { items, next_cursor, total: None }.with_total(u64::try_from(total).unwrap_or(0)))
    }
}

/// A stretch of days.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct SpanQuery {
    /// First day.
    #[param(value_type = String, format = Date)]
    pub from: Date,
    /// Last day.
    #[param(value_type = String, format = Date)]
    pub to: Date,
}

impl SpanQuery {
    /// Both ends as day numbers.
    pub fn days(&self) -> Result<(i32, i32), ApiError> {
        if self.to < self.from {
            return Err(ApiError::bad_query("to", "lies before from; swap them"));
        }
        Ok((days::number(self.from), days::number(self.to)))
    }
}

/// A page of a timeline.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct TimelineQuery {
    /// Items of a page: 1 to 500, 50 unless given.
    #[serde(default)]
    #[param(value_type = Option<u16>)]
    pub limit: Limit,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    pub cursor: Option<Cursor>,
}
