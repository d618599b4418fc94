//! From the code that a browser brought to who somebody is: exchanged, verified, read.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreClient, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim, CoreIdToken, CoreIdTokenVerifier,
    CoreJwsSigningAlgorithm as Algorithm,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalClaims, AuthType, AuthorizationCode, ClaimsVerificationError, Nonce,
    OAuth2TokenResponse, PkceCodeVerifier, RedirectUrl, RequestTokenError, SignatureVerificationError,
    SubjectIdentifier, TokenResponse, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::attempts::{self, Begun};
use super::claims::{self, Groups};
use super::provider::{Failure, Provider, call, causes, credentials};
use crate::auth::sources::{Proven, SignOn, Source};
use crate::config::OidcConfig;

/// How far clocks may be apart, in seconds.
const LEEWAY: i64 = 60;
/// Where groups are when nobody says.
const GROUPS: &str = "groups";
/// Signatures that are believed: those that the provider alone can make.
const SIGNED_BY_PROVIDER: [Algorithm; 10] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EcdsaP521Sha512,
    Algorithm::EdDsa,
];

/// What a provider told about somebody.
#[derive(Clone, Debug)]
pub struct Told {
    /// Who they are.
    pub proven: Proven,
    /// The session's name there.
    pub sid: Option<String>,
    /// What the provider wants back when the session ends.
    pub id_token: String,
}

/// Every claim, whatever its name.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Every(Map<String, Value>);

impl AdditionalClaims for Every {}

/// Exchanges a code for what the provider tells about its owner.
pub async fn exchange(
    sign_on: &SignOn,
    source: &Source,
    config: &OidcConfig,
    (begun, code, secret): (&Begun, String, &str),
) -> Result<Told, Failure> {
    let provider = sign_on.provider(&source.key, config).await?;
    let (id_token, access_token) = redeem(sign_on, &source.key, config, &provider, (begun, code, secret)).await?;
    let nonce = Nonce::new(attempts::nonce(secret));
    let now = sign_on.auth.clock.now();
    let mut verified = verify(&provider, config, (&id_token, &access_token), &nonce, now);
    if matches!(
        &verified,
        Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey))
    ) {
        // The provider may have a new key since.
        sign_on.providers.forget(&source.key);
        let renewed = sign_on.provider(&source.key, config).await?;
        verified = verify(&renewed, config, (&id_token, &access_token), &nonce, now);
    }
    verified.map_err(|e| Failure::Token(causes(&e)))?;
    let text = id_token.to_string();
    let mut told = payload(&text).ok_or_else(|| Failure::Token("the ID token cannot be read".into()))?;
    check_party(&told, config)?;
    let claim = config.groups_claim.as_deref().unwrap_or(GROUPS);
    let needs_groups = !source.rules.is_empty() || !config.allowed_groups.is_empty();
    let mut groups = claims::groups(&told, claim);
    let lacks = (needs_groups && groups == Groups::Missing) || claims::text(&told, "email").is_none();
    if lacks && provider.userinfo_endpoint().is_some() {
        let more = userinfo(sign_on, &source.key, config, &provider, access_token, &told).await?;
        if groups == Groups::Missing {
            groups = claims::groups(&more, claim);
        }
        add_missing(&mut told, more);
    }
    let groups = match groups {
        Groups::Listed(groups) => groups,
        Groups::Missing => Vec::new(),
        Groups::Overage | Groups::Unreadable if !needs_groups => Vec::new(),
        Groups::Overage => {
            let advice = "The provider lists no groups for this account, because it is in too many (Entra ID beyond 200); \
                          let it send only groups assigned to the application, or map app roles with groups_claim = roles.";
            return Err(Failure::Claims("too_many_groups", advice.into()));
        }
        Groups::Unreadable => {
            let words =
                format!("The claim {claim} is no list of names; set groups_claim to the claim that holds groups.");
            return Err(Failure::Claims("groups_unreadable", words));
        }
    };
    if !config.allowed_domains.is_empty() && claims::email_is_denied(&told) {
        let words = "The provider says that this e-mail is not verified, and only verified ones of some domains may sign in here.";
        return Err(Failure::Claims("email_not_verified", words.into()));
    }
    proven(&told, groups, text)
}

fn proven(told: &Value, groups: Vec<String>, id_token: String) -> Result<Told, Failure> {
    let subject = claims::text(told, "sub").ok_or_else(|| Failure::Token("the ID token names no subject".into()))?;
    let email = claims::text(told, "email").map(str::to_owned);
    let login = claims::text(told, "preferred_username").or(email.as_deref()).unwrap_or(subject).to_owned();
    let name = claims::text(told, "name").unwrap_or(&login).to_owned();
    let proven =
        Proven { subject: subject.to_owned(), login, name, verified: claims::email_is_verified(told), email, groups };
    Ok(Told { proven, sid: claims::text(told, "sid").map(str::to_owned), id_token })
}

/// The code for tokens.
async fn redeem(
    sign_on: &SignOn,
    key: &str,
    config: &OidcConfig,
    provider: &Arc<Provider>,
    (begun, code, secret): (&Begun, String, &str),
) -> Result<(CoreIdToken, AccessToken), Failure> {
    let (id, client_secret) = credentials(config);
    let redirect = RedirectUrl::new(begun.redirect_uri.clone()).map_err(|e| Failure::Settings(e.to_string()))?;
    let client = CoreClient::from_provider_metadata(provider.as_ref().clone(), id, client_secret)
        .set_redirect_uri(redirect)
        .set_auth_type(auth_type(provider));
    let http = sign_on.caller(key, config)?;
    let ask = move |request| call(http.clone(), request);
    let request = client.exchange_code(AuthorizationCode::new(code)).map_err(|e| Failure::Down(causes(&e)))?;
    let answer = request.set_pkce_verifier(PkceCodeVerifier::new(attempts::verifier(secret))).request_async(&ask).await;
    let answer = answer.map_err(|error| match error {
        RequestTokenError::ServerResponse(refusal) => {
            let words = refusal.to_string();
            match refusal.error() {
                CoreErrorResponseType::InvalidGrant => {
                    Failure::Token(format!("the provider does not take the code: {words}"))
                }
                _ => Failure::Settings(words),
            }
        }
        // It sent a token, and one that cannot be read.
        RequestTokenError::Parse(ref why, ref body) if body.windows(10).any(|part| part == b"\"id_token\"") => {
            Failure::Token(format!("the ID token cannot be read: {}", causes(why)))
        }
        other => Failure::Down(causes(&other)),
    })?;
    let token = answer
        .id_token()
        .cloned()
        .ok_or_else(|| Failure::Token("the provider sent no ID token; the scopes must hold openid".into()))?;
    Ok((token, answer.access_token().clone()))
}

/// How to say who we are: in a header, unless the provider wants it in the body.
pub(super) fn auth_type(provider: &Provider) -> AuthType {
    let methods = provider.token_endpoint_auth_methods_supported();
    let has = |method: CoreClientAuthMethod| methods.is_some_and(|methods| methods.contains(&method));
    if has(CoreClientAuthMethod::ClientSecretPost) && !has(CoreClientAuthMethod::ClientSecretBasic) {
        AuthType::RequestBody
    } else {
        AuthType::BasicAuth
    }
}

fn at(microseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(microseconds).unwrap_or_default()
}

/// Signature, issuer, audience, times, nonce, and that the access token belongs to it.
fn verify(
    provider: &Provider,
    config: &OidcConfig,
    (id_token, access_token): (&CoreIdToken, &AccessToken),
    nonce: &Nonce,
    now: i64,
) -> Result<(), ClaimsVerificationError> {
    let (id, _) = credentials(config);
    let leeway = LEEWAY * 1_000_000;
    let max_age = config.max_age.and_then(|seconds| i64::try_from(seconds).ok());
    // Tokens signed with the client's secret are not asked for, so no secret is told to the verifier.
    let verifier = CoreIdTokenVerifier::new_public_client(id, provider.issuer().clone(), provider.jwks().clone())
        .set_allowed_algs(SIGNED_BY_PROVIDER)
        // Others may be audiences too, as long as `azp` names us: see `check_party`.
        .set_other_audience_verifier_fn(|_| true)
        .set_time_fn(move || at(now - leeway))
        .set_issue_time_verifier_fn(move |issued| {
            if issued <= at(now + leeway) { Ok(()) } else { Err("the token is from the future".into()) }
        })
        .set_auth_time_verifier_fn(move |signed_in| match (max_age, signed_in) {
            (None, _) => Ok(()),
            (Some(_), None) => Err("the token does not say when the password was asked for".into()),
            (Some(seconds), Some(signed_in)) if at(now - leeway - seconds.saturating_mul(1_000_000)) <= signed_in => {
                Ok(())
            }
            (Some(_), Some(_)) => Err("the password was asked for too long ago".into()),
        });
    let claims = id_token.claims(&verifier, nonce)?;
    if let Some(expected) = claims.access_token_hash() {
        let algorithm = id_token.signing_alg().map_err(ClaimsVerificationError::SignatureVerification)?;
        let key = id_token.signing_key(&verifier).map_err(ClaimsVerificationError::SignatureVerification)?;
        let actual = AccessTokenHash::from_token(access_token, algorithm, key)
            .map_err(|e| ClaimsVerificationError::Other(e.to_string()))?;
        if actual != *expected {
            return Err(ClaimsVerificationError::Other(
                "the access token is not the one that the ID token names".into(),
            ));
        }
    }
    Ok(())
}

/// A token for several parties must have been issued to us.
fn check_party(told: &Value, config: &OidcConfig) -> Result<(), Failure> {
    let ours = config.client_id.as_deref();
    let several = told.get("aud").and_then(Value::as_array).is_some_and(|all| all.len() > 1);
    match claims::text(told, "azp") {
        Some(party) if Some(party) != ours => {
            Err(Failure::Token("the ID token was issued to another application".into()))
        }
        None if several => {
            Err(Failure::Token("the ID token is for several applications and says not for which".into()))
        }
        _ => Ok(()),
    }
}

async fn userinfo(
    sign_on: &SignOn,
    key: &str,
    config: &OidcConfig,
    provider: &Arc<Provider>,
    access_token: AccessToken,
    told: &Value,
) -> Result<Value, Failure> {
    let (id, secret) = credentials(config);
    let client = CoreClient::from_provider_metadata(provider.as_ref().clone(), id, secret);
    // It must speak of the same subject.
    let subject = claims::text(told, "sub").map(|subject| SubjectIdentifier::new(subject.to_owned()));
    let http = sign_on.caller(key, config)?;
    let ask = move |request| call(http.clone(), request);
    let request = client.user_info(access_token, subject).map_err(|e| Failure::Down(causes(&e)))?;
    let answer: Result<UserInfoClaims<Every, CoreGenderClaim>, _> = request.request_async(&ask).await;
    let answer = answer.map_err(|e| Failure::Down(format!("userinfo: {}", causes(&e))))?;
    serde_json::to_value(answer).map_err(|e| Failure::Down(format!("userinfo: {e}")))
}

fn add_missing(told: &mut Value, more: Value) {
    if let (Some(told), Value::Object(more)) = (told.as_object_mut(), more) {
        for (name, value) in more {
            told.entry(name).or_insert(value);
        }
    }
}

/// What a signed token says; whoever calls has verified it, or does so next.
pub(super) fn payload(token: &str) -> Option<Value> {
    let middle = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(middle).ok()?).ok()
}
