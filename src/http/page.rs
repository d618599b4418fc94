//! Lists in pages.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, Deserializer, Error};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ApiError;

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// Where the next page starts; null on the last.
    pub next_cursor: Option<String>,
    /// How many items all pages hold, where that is cheap to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// A list that is never long enough to be cut.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None, total: None }
    }

    /// Makes a page of rows of which one more than the limit was fetched; `place` tells where an item stands.
    pub fn cut<K: Serialize>(mut rows: Vec<T>, limit: Limit, place: impl FnOnce(&T) -> K) -> Self {
        let more = rows.len() > limit.rows();
        rows.truncate(limit.rows());
        let next_cursor = rows.last().filter(|_| more).map(|last| Cursor::encode(&place(last)));
        Self { items: rows, next_cursor, total: None }
    }

    /// Adds how many items all pages hold.
    #[must_use]
    pub fn with_total(mut self, total: u64) -> Self {
        self.total = Some(total);
        self
    }
}

/// How many items a page may have: 1 to 500, 50 unless asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(u16);

impl Limit {
    const MOST: u16 = 500;

    /// As a count of rows.
    pub fn rows(self) -> usize {
        usize::from(self.0)
    }

    /// One more than the page, to know whether another follows.
    pub fn rows_and_one(self) -> i64 {
        i64::from(self.0) + 1
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let wrong = || D::Error::custom(format!("is no number from 1 to {}", Self::MOST));
        let text = String::deserialize(from)?;
        text.parse::<u16>().ok().filter(|n| (1..=Self::MOST).contains(n)).map(Self).ok_or_else(wrong)
    }
}

/// A place in a list, opaque to clients.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Cursor(String);

impl Cursor {
    /// The place as text.
    pub fn encode<K: Serialize>(place: &K) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
    }

    /// The place again; 422 for what is no cursor of this list.
    pub fn decode<K: DeserializeOwned>(&self) -> Result<K, ApiError> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.0).ok();
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or_else(|| {
            ApiError::bad_query("cursor", "is no cursor of this list; take next_cursor of the page before")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_whether_another_follows() {
        let page = Page::cut(vec![1, 2, 3], Limit(2), |n| *n);
        assert_eq!(page.items, [1, 2]);
        let cursor = Cursor(page.next_cursor.unwrap());
        assert_eq!(cursor.decode::<i32>().unwrap(), 2);
        assert!(cursor.decode::<String>().is_err());
        assert_eq!(Page::cut(vec![1, 2], Limit(2), |n| *n).next_cursor, None);
    }
}
