//! Log-ins under way. The store keeps hashes; nonce and PKCE verifier follow from a secret that only the browser has.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use crate::crypto::{self, random_letters};
use crate::db::schema::login_attempts;
use crate::db::{DbConn, DbError};

/// How long a log-in may take, in microseconds.
const PATIENCE: i64 = 10 * 60 * 1_000_000;
/// Letters of the state and of the browser's secret.
const LETTERS: usize = 43;
/// Letters of the state that stand in the cookie's name, so that log-ins in two tabs do not disturb each other.
const NAMED: usize = 8;

/// A log-in that sets off.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// What the provider hands back.
    pub state: String,
    /// What the browser keeps.
    pub secret: String,
}

/// A log-in that came back.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Begun {
    /// The key of the source.
    pub source: String,
    /// Where the provider was told to send the browser.
    pub redirect_uri: String,
    /// Where the user wanted to go.
    pub destination: String,
    cookie_hash: String,
    created_at: i64,
}

impl Attempt {
    /// A new one.
    pub fn new() -> Result<Self, getrandom::Error> {
        Ok(Self { state: random_letters(LETTERS)?, secret: random_letters(LETTERS)? })
    }
}

/// The name of the cookie that a state belongs to.
pub fn cookie_name(https: bool, state: &str) -> String {
    let prefix = if https { "__Host-" } else { "" };
    let named: String = state.chars().filter(char::is_ascii_alphanumeric).take(NAMED).collect();
    format!("{prefix}takehold-login-{named}")
}

/// What the ID token must repeat.
pub fn nonce(secret: &str) -> String {
    derived("nonce", secret)
}

/// What proves to the token endpoint that the code was asked for here.
pub fn verifier(secret: &str) -> String {
    derived("verifier", secret)
}

fn derived(purpose: &str, secret: &str) -> String {
    hex::encode(Sha256::digest(format!("takehold {purpose} {secret}")))
}

/// Keeps a log-in that sets off; those that took too long are forgotten.
pub fn keep(
    conn: &mut DbConn,
    attempt: &Attempt,
    (source, redirect_uri, destination): (&str, &str, &str),
    now: i64,
) -> Result<(), DbError> {
    diesel::delete(login_attempts::table.filter(login_attempts::created_at.lt(now - PATIENCE))).execute(conn)?;
    diesel::insert_into(login_attempts::table)
        .values((
            login_attempts::state_hash.eq(crypto::hash(&attempt.state)),
            login_attempts::cookie_hash.eq(crypto::hash(&attempt.secret)),
            login_attempts::source.eq(source),
            login_attempts::redirect_uri.eq(redirect_uri),
            login_attempts::destination.eq(destination),
            login_attempts::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes a log-in that came back: once, in time, and to the browser that it set off from.
pub fn take(conn: &mut DbConn, state: &str, secret: Option<&str>, now: i64) -> Result<Option<Begun>, DbError> {
    let hash = crypto::hash(state);
    let found: Option<Begun> = login_attempts::table
        .find(&hash)
        .select((
            login_attempts::source,
            login_attempts::redirect_uri,
            login_attempts::destination,
            login_attempts::cookie_hash,
            login_attempts::created_at,
        ))
        .first(conn)
        .optional()?;
    // Of two at once, one deletes the row.
    let taken = diesel::delete(login_attempts::table.find(&hash)).execute(conn)? > 0;
    let fits = |begun: &Begun| {
        let is_browser = secret.is_some_and(|secret| crypto::equal(&begun.cookie_hash, &crypto::hash(secret)));
        taken && is_browser && now - begun.created_at <= PATIENCE
    };
    Ok(found.filter(fits))
}

/// Where to go after signing in: a path of ours, never another site.
pub fn destination(to: Option<&str>) -> String {
    let ours = |to: &&str| {
        to.starts_with('/')
            && !to.starts_with("//")
            && to.len() <= 2_000
            && !to.contains(['\\', '\r', '\n', '\t'])
            && !to.contains(char::is_control)
            && !to.starts_with("/auth/")
    };
    to.filter(ours).unwrap_or("/").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_never_lands_on_another_site() {
        assert_eq!(destination(Some("/apps?q=a#b")), "/apps?q=a#b");
        for foreign in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "evil",
            "",
            "/auth/oidc/login",
        ] {
            assert_eq!(destination(Some(foreign)), "/", "{foreign:?}");
        }
        assert_eq!(destination(None), "/");
    }

    #[test]
    fn cookie_and_derived_secrets_have_their_forms() {
        let attempt = Attempt::new().unwrap();
        assert!(cookie_name(true, &attempt.state).starts_with("__Host-takehold-login-"));
        assert_eq!(cookie_name(false, "a;b=c\"").len(), "takehold-login-abc".len());
        assert_ne!(nonce(&attempt.secret), verifier(&attempt.secret));
        assert_eq!(verifier(&attempt.secret).len(), 64);
    }
}
