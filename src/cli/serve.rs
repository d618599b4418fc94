//! `takehold serve`: the appliance.

use std::process::ExitCode;

use super::Failure;
use crate::app::{AppState, server};
use crate::auth::{AuthError, setup, users};
use crate::clock::Clock;
use crate::config::Config;
use crate::crypto::Passwords;

pub(super) fn run(config: Config) -> Result<ExitCode, Failure> {
    actix_web::rt::System::new().block_on(async {
        let state = AppState::open(config, Clock::system())?;
        let running = server::start(state.clone())?;
        first_owner(&state)?;
        tracing::info!(address = %running.address, url = state.config.server.shown_url(), "serving");
        running.until_stopped().await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Without users, makes the one that the configuration names, or prints where to make one.
#[expect(clippy::print_stderr, reason = "the set-up code is for whoever started the server, not for the log's readers")]
fn first_owner(state: &AppState) -> Result<(), Failure> {
    let now = state.clock.now();
    let bootstrap = &state.config.bootstrap;
    if let Some(email) = &bootstrap.owner_email {
        if state.db.read_blocking(users::exist)? {
            return Ok(());
        }
        let password = bootstrap.owner_password.as_deref().ok_or_else(|| {
            Failure::Input(
                "bootstrap.owner_email is set without bootstrap.owner_password: set \
                 TAKEHOLD_BOOTSTRAP__OWNER_PASSWORD or TAKEHOLD_BOOTSTRAP__OWNER_PASSWORD_FILE"
                    .into(),
            )
        })?;
        let hash = Passwords::hash_now(password)
            .map_err(|e| Failure::Input(format!("bootstrap.owner_password: {e}")))?;
        let owner = state.db.write_blocking(|conn| setup::make_first_owner(conn, (email, "", &hash), now))?;
        tracing::info!(email = owner.email, "first owner made");
        return Ok(());
    }
    if let Some(code) = state.db.write_blocking(|conn| Ok::<_, AuthError>(setup::renew_code(conn)?))? {
        eprintln!("Set up: {}/setup?code={}", state.config.server.shown_url(), code.text);
    }
    Ok(())
}
