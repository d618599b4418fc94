//! Signing in and out, the first set-up, and who one is.

mod account;
mod ldap;
mod mappings;
mod me;
mod oidc;
pub(super) mod session;
mod setup;
mod sign_in;
mod source_tests;
mod sources;
mod welcome;

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use utoipa_actix_web::service_config::ServiceConfig;

pub use me::{Me, RoleIn};

use super::sessions;

/// The routes under `/api/v1`.
pub fn configure(cfg: &mut ServiceConfig<'_>) {
    cfg.service(session::sign_in)
        .service(session::sign_out)
        .service(me::me)
        .service(me::workspaces)
        .service(setup::setup_state)
        .service(setup::set_up)
        .service(welcome::look)
        .service(welcome::accept)
        .service(sign_in::ways)
        .service(account::rename)
        .service(account::change_password)
        .service(account::enrol)
        .service(account::confirm)
        .service(account::remove)
        .service(account::own_sessions)
        .service(account::end_own_session)
        .service(sources::list)
        .service(sources::add)
        .service(sources::change)
        .service(sources::remove)
        .service(source_tests::test)
        .service(source_tests::preview)
        .service(mappings::list)
        .service(mappings::add)
        .service(mappings::remove)
        .service(mappings::link);
}

/// The routes under `/auth`, by which people come from elsewhere.
pub fn configure_sign_on(cfg: &mut ServiceConfig<'_>) {
    cfg.service(oidc::login).service(oidc::callback).service(oidc::backchannel_logout).service(ldap::ldap_login);
}

/// The cookie's name. `__Host-` makes browsers refuse it from anywhere but this very host over https.
pub(super) fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-takehold" } else { "takehold" }
}

fn session_cookie(https: bool, value: String) -> Cookie<'static> {
    Cookie::build(cookie_name(https), value)
        .path("/")
        .http_only(true)
        .secure(https)
        .same_site(SameSite::Lax)
        .max_age(Duration::microseconds(sessions::ABSOLUTE))
        .finish()
}
