//! The end of sessions on both sides: ours tells the provider, and the provider tells us.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::JsonWebKey;
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use serde_json::Value;

use super::claims;
use super::provider::{Failure, Provider};
use super::tokens::payload;
use crate::config::OidcConfig;

/// What a logout token must hold.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// How old a logout token may be, and how far clocks may be apart, in seconds.
const OLDEST: i64 = 300;
const LEEWAY: i64 = 60;

/// Where a browser goes to end its session at the provider, if that has a place for it.
pub fn logout_url(provider: &Provider, config: &OidcConfig, id_token: Option<&str>, back_to: &str) -> Option<String> {
    let endpoint = provider.additional_metadata().end_session_endpoint.as_ref()?;
    let mut url = reqwest::Url::parse(endpoint).ok()?;
    {
        let mut query = url.query_pairs_mut();
        if let Some(token) = id_token {
            query.append_pair("id_token_hint", token);
        }
        query.append_pair("client_id", config.client_id.as_deref().unwrap_or_default());
        query.append_pair("post_logout_redirect_uri", back_to);
    }
    Some(url.into())
}

/// Whose sessions a provider ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutToken {
    /// The subject, if it is about all of their sessions.
    pub subject: Option<String>,
    /// One session by its name there.
    pub sid: Option<String>,
}

/// Reads a logout token and believes it only if the provider signed it for us, a moment ago (OpenID Connect Back-Channel
/// Logout 1.0, section 2.6). `now` in microseconds since 1970.
pub fn read_logout_token(
    token: &str,
    provider: &Provider,
    config: &OidcConfig,
    now: i64,
) -> Result<LogoutToken, Failure> {
    let wrong = |words: &str| Failure::Token(format!("the logout token {words}"));
    check_signature(token, provider)?;
    let told = payload(token).ok_or_else(|| wrong("cannot be read"))?;
    if claims::text(&told, "iss") != Some(provider.issuer().as_str()) {
        return Err(wrong("is from another issuer"));
    }
    let ours = config.client_id.as_deref().unwrap_or_default();
    let is_ours = match told.get("aud") {
        Some(Value::String(one)) => one == ours,
        Some(Value::Array(all)) => all.iter().any(|one| one == ours),
        _ => false,
    };
    if !is_ours {
        return Err(wrong("is for another application"));
    }
    let now = now / 1_000_000;
    let issued = told.get("iat").and_then(Value::as_i64).ok_or_else(|| wrong("does not say when it was issued"))?;
    let expired = told.get("exp").and_then(Value::as_i64).is_some_and(|at| at + LEEWAY < now);
    if expired || issued > now + LEEWAY || issued < now - OLDEST {
        return Err(wrong("is not from now"));
    }
    if told.get("events").and_then(|events| events.get(EVENT)).is_none_or(|event| !event.is_object()) {
        return Err(wrong("is about no logout"));
    }
    if told.get("nonce").is_some() {
        return Err(wrong("is an ID token"));
    }
    let read = LogoutToken {
        subject: claims::text(&told, "sub").map(str::to_owned),
        sid: claims::text(&told, "sid").map(str::to_owned),
    };
    if read.subject.is_none() && read.sid.is_none() { Err(wrong("names nobody")) } else { Ok(read) }
}

fn check_signature(token: &str, provider: &Provider) -> Result<(), Failure> {
    let wrong = |words: &str| Failure::Token(format!("the logout token {words}"));
    let (signed, signature) = token.rsplit_once('.').ok_or_else(|| wrong("is no token"))?;
    let header = signed.split('.').next().unwrap_or_default();
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    let header: Value =
        decode(header).and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or_else(|| wrong("is no token"))?;
    let algorithm: CoreJwsSigningAlgorithm = header
        .get("alg")
        .cloned()
        .and_then(|name| serde_json::from_value(name).ok())
        .ok_or_else(|| wrong("is not signed in a way that is known here"))?;
    let signature = decode(signature).filter(|bytes| !bytes.is_empty()).ok_or_else(|| wrong("is not signed"))?;
    let kid = header.get("kid").and_then(Value::as_str);
    let fits = |key: &&CoreJsonWebKey| kid.is_none() || key.key_id().is_some_and(|id| Some(id.as_str()) == kid);
    // The keys of a discovery document are public ones, so no shared secret can be meant.
    let signs = |key: &CoreJsonWebKey| key.verify_signature(&algorithm, signed.as_bytes(), &signature).is_ok();
    if provider.jwks().keys().iter().filter(fits).any(signs) {
        Ok(())
    } else {
        Err(wrong("bears no signature of the provider"))
    }
}
