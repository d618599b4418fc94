//! Other ways in than `/v1`: files of calls, access logs, CSV.

pub mod import;
