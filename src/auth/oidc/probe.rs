//! Tries a provider step by step, and tells what it said itself.

use std::time::Instant;

use openidconnect::core::{CoreClient, CoreErrorResponseType};
use openidconnect::{AuthorizationCode, PkceCodeVerifier, RedirectUrl, RequestTokenError};

use super::provider::{call, causes, credentials};
use super::tokens::auth_type;
use crate::auth::sources::{SignOn, Stage};
use crate::config::OidcConfig;

/// Discovery, keys, and whether the provider knows us: a made-up code must be refused as a code, not as a client.
pub async fn probe(sign_on: &SignOn, key: &str, config: &OidcConfig, redirect_uri: &str) -> Vec<Stage> {
    let mut stages = Vec::new();
    sign_on.providers.forget(key);
    let begun = Instant::now();
    let provider = match sign_on.provider(key, config).await {
        Ok(provider) => provider,
        Err(failure) => {
            stages.push(Stage::failed("discovery", begun, failure.words()));
            return stages;
        }
    };
    stages.push(Stage::passed("discovery", begun, format!("issuer {}", provider.issuer().as_str())));
    let begun = Instant::now();
    let keys = provider.jwks().keys().len();
    if keys == 0 {
        stages.push(Stage::failed("keys", begun, "the provider lists no key that could sign an ID token"));
        return stages;
    }
    stages.push(Stage::passed("keys", begun, format!("{keys} keys")));
    let begun = Instant::now();
    let said = refusal_of_made_up_code(sign_on, key, config, redirect_uri, &provider).await;
    stages.push(match said {
        Ok(words) => Stage::passed("client", begun, words),
        Err(words) => Stage::failed("client", begun, &words),
    });
    stages
}

async fn refusal_of_made_up_code(
    sign_on: &SignOn,
    key: &str,
    config: &OidcConfig,
    redirect_uri: &str,
    provider: &super::Provider,
) -> Result<String, String> {
    let (id, secret) = credentials(config);
    let redirect = RedirectUrl::new(redirect_uri.to_owned()).map_err(|e| e.to_string())?;
    let client = CoreClient::from_provider_metadata(provider.clone(), id, secret)
        .set_redirect_uri(redirect)
        .set_auth_type(auth_type(provider));
    let http = sign_on.caller(key, config).map_err(|failure| failure.words().to_owned())?;
    let ask = move |request| call(http.clone(), request);
    let request = client
        .exchange_code(AuthorizationCode::new("a-made-up-code".into()))
        .map_err(|e| causes(&e))?
        .set_pkce_verifier(PkceCodeVerifier::new("0".repeat(64)));
    match request.request_async(&ask).await {
        Err(RequestTokenError::ServerResponse(refusal)) => match refusal.error() {
            CoreErrorResponseType::InvalidGrant => {
                Ok("the provider knows the client, and refuses a made-up code".into())
            }
            _ => Err(refusal.to_string()),
        },
        Err(error) => Err(causes(&error)),
        Ok(_) => Err("the provider takes a made-up code".into()),
    }
}
