//! `takehold serve`: the appliance.

use std::process::ExitCode;

use super::{Failure, print_aside};
use crate::app::{AppState, server};
use crate::audit::Origin;
use crate::auth::{setup, users};
use crate::clock::Clock;
use crate::config::Config;
use crate::crypto::Passwords;
use crate::outbound::Outbound;

pub(super) fn run(config: Config, outbound: Outbound) -> Result<ExitCode, Failure> {
    actix_web::rt::System::new().block_on(async {
        let state = AppState::open_with(config, Clock::system(), outbound)?;
        make_owner(&state)?;
        let running = server::start(state.clone())?;
        // Only a server that listens offers a code: it replaces the one that was printed before.
        offer_setup(&state)?;
        tracing::info!(address = %running.address, url = state.config.server.shown_url(), "serving");
        running.until_stopped().await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Makes the first owner that the configuration names.
fn make_owner(state: &AppState) -> Result<(), Failure> {
    let bootstrap = &state.config.bootstrap;
    let Some(email) = &bootstrap.owner_email else { return Ok(()) };
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
    let hash = Passwords::hash_now(password).map_err(|e| Failure::Input(format!("bootstrap.owner_password: {e}")))?;
    let now = state.clock.now();
    let owner = state.db.write_blocking(|conn| {
        setup::make_first_owner(conn, (email, "", &hash), &Origin::system("first start"), now)
    })?;
    tracing::info!(email = owner.email, "first owner made");
    Ok(())
}

/// Without users, prints where to make the first. The code is for whoever started the server, not for the log.
fn offer_setup(state: &AppState) -> Result<(), Failure> {
    if let Some(code) = state.db.write_blocking(setup::renew_code)? {
        print_aside(&format!("Set up: {}/setup?code={}", state.config.server.shown_url(), code.text));
    }
    Ok(())
}
