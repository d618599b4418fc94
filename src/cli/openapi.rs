//! `takehold openapi`: prints the document that `web/openapi.json` is made from.

use std::io::Write;
use std::process::ExitCode;

use super::Failure;
use crate::app::openapi;

pub(super) fn run() -> Result<ExitCode, Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(openapi::document().as_bytes()).map_err(|e| Failure::Broken(format!("standard output: {e}")))?;
    Ok(ExitCode::SUCCESS)
}
