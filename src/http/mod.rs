//! What every handler is made of: one error envelope, strict input, pages, CSV, and the layers around a request.
//!
//! - *problem*: an error as `application/problem+json` with a stable `code`.
//! - *cursor*: an opaque place in a list; the next page starts after it.
//!
//! A handler takes [`ValidQuery`] or [`ValidJson`], answers `Result<_, ApiError>`, and logs nothing itself:
//! a failure is logged once, by [`layers::request_id`].

mod client;
mod csrf;
mod csv;
mod error;
mod json;
pub mod layers;
pub mod limit;
mod page;
mod query;

pub use client::ClientAddress;
pub use csrf::{check_console_write, check_same_origin};
pub use csv::{Csv, Exported, maybe, wants_csv};
pub use error::{ApiError, FieldError, Problem};
pub use json::{ValidJson, object};
pub use page::{Cursor, Limit, Page};
pub use query::{TraitFilters, ValidQuery};
