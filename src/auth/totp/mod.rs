//! Codes of an authenticator app (RFC 6238) beside a password, each good for once, and recovery codes for a lost phone.

use diesel::prelude::*;
use totp_rs::{Builder, Secret, Totp};

use crate::crypto::{self, Vault, VaultError, random_letters};
use crate::db::schema::{recovery_codes, users};
use crate::db::{DbConn, DbError};
use crate::http::ApiError;

/// What secrets are sealed for.
pub(super) const PURPOSE: &str = "totp";
/// Bytes of a secret, as RFC 4226 recommends.
const BYTES: usize = 20;
/// Recovery codes that one gets, and letters of each.
const CODES: usize = 10;
const LETTERS: usize = 10;

/// What somebody types into an authenticator app, or scans.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// The secret in base32.
    pub secret: String,
    /// The same as a QR code holds it.
    pub uri: String,
}

fn failed(error: &VaultError) -> ApiError {
    ApiError::internal(error.to_string())
}

/// Whether a user signs in with codes.
pub fn is_on(conn: &mut DbConn, user_id: i64) -> Result<bool, DbError> {
    let since: Option<i64> = users::table.find(user_id).select(users::totp_since).first(conn)?;
    Ok(since.is_some())
}

/// Makes a secret for a user; it counts once a code of it is confirmed.
pub fn enrol(conn: &mut DbConn, vault: &Vault, (user_id, email): (i64, &str), now: i64) -> Result<Enrolment, ApiError> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes)?;
    let totp = Builder::new()
        .with_secret(Secret::new_stack(bytes))
        .with_account_name(email.replace(':', " "))
        .with_issuer(Some("Takehold"))
        .build()
        .map_err(|e| ApiError::internal(e.to_string()))?;
    let sealed = vault.seal(conn, PURPOSE, &bytes, now).map_err(|e| failed(&e))?;
    diesel::update(users::table.find(user_id))
        .set((users::totp_secret.eq(Some(sealed)), users::totp_since.eq(None::<i64>), users::totp_step.eq(None::<i64>)))
        .execute(conn)?;
    let uri = totp.to_url().map_err(|e| ApiError::internal(e.to_string()))?;
    Ok(Enrolment { secret: totp.secret().to_base32(), uri })
}

/// Turns codes on, if this one is right; answers new recovery codes.
pub fn confirm(
    conn: &mut DbConn,
    vault: &Vault,
    user_id: i64,
    code: &str,
    now: i64,
) -> Result<Option<Vec<String>>, ApiError> {
    if !take_code(conn, vault, user_id, code, now)? {
        return Ok(None);
    }
    diesel::update(users::table.find(user_id)).set(users::totp_since.eq(Some(now))).execute(conn)?;
    forget_recovery(conn, user_id)?;
    let mut codes = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        let letters = random_letters(LETTERS)?.to_lowercase();
        let code = letters.split_at_checked(LETTERS / 2).map_or_else(|| letters.clone(), |(a, b)| format!("{a}-{b}"));
        diesel::insert_into(recovery_codes::table)
            .values((recovery_codes::user_id.eq(user_id), recovery_codes::code_hash.eq(hash(&code))))
            .execute(conn)?;
        codes.push(code);
    }
    Ok(Some(codes))
}

/// Turns codes off.
pub fn remove(conn: &mut DbConn, user_id: i64) -> Result<(), DbError> {
    diesel::update(users::table.find(user_id))
        .set((
            users::totp_secret.eq(None::<String>),
            users::totp_since.eq(None::<i64>),
            users::totp_step.eq(None::<i64>),
        ))
        .execute(conn)?;
    forget_recovery(conn, user_id)
}

fn forget_recovery(conn: &mut DbConn, user_id: i64) -> Result<(), DbError> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user_id))).execute(conn)?;
    Ok(())
}

/// How a user proved that they have their phone, or once had it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A code of the app.
    Code,
    /// A recovery code, used up now.
    Recovery,
}

/// Takes a code of the app or a recovery code, each good for once.
pub fn take(conn: &mut DbConn, vault: &Vault, user_id: i64, code: &str, now: i64) -> Result<Option<Proof>, ApiError> {
    if take_code(conn, vault, user_id, code, now)? {
        return Ok(Some(Proof::Code));
    }
    let used = diesel::delete(recovery_codes::table.find((user_id, hash(code)))).execute(conn)?;
    Ok((used > 0).then_some(Proof::Recovery))
}

fn hash(code: &str) -> String {
    crypto::hash(&code.trim().to_lowercase().replace('-', ""))
}

fn take_code(conn: &mut DbConn, vault: &Vault, user_id: i64, code: &str, now: i64) -> Result<bool, ApiError> {
    let row: (Option<String>, Option<i64>) =
        users::table.find(user_id).select((users::totp_secret, users::totp_step)).first(conn)?;
    let (Some(sealed), last) = row else { return Ok(false) };
    let bytes = vault.open(conn, PURPOSE, &sealed).map_err(|e| failed(&e))?;
    let totp: Totp = Builder::new()
        .with_secret(Secret::new(bytes.into_boxed_slice()))
        .with_account_name("Takehold")
        .build()
        .map_err(|e| ApiError::internal(e.to_string()))?;
    let seconds = u64::try_from(now / 1_000_000).unwrap_or(0);
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let Some(step) = totp.check(&digits, seconds).and_then(|step| i64::try_from(step).ok()) else { return Ok(false) };
    // Whoever looked over the shoulder comes too late. Of two at once, one changes the row.
    let taken = last.is_none_or(|last| last < step)
        && diesel::update(users::table.filter(users::id.eq(user_id)))
            .filter(users::totp_step.is_null().or(users::totp_step.lt(step)))
            .set(users::totp_step.eq(Some(step)))
            .execute(conn)?
            > 0;
    Ok(taken)
}
