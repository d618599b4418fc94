//! Providers: discovered, remembered for a while, and asked by our own way out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::StatusCode;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient,
    CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata, RedirectUrl, Scope, http,
};
use serde::{Deserialize, Serialize};

use super::attempts::{self, Attempt};
use crate::auth::sources::SignOn;
use crate::config::OidcConfig;
use crate::http::ApiError;
use crate::outbound::{Client, Kind as Destination};

/// How long a discovery document is believed, in microseconds.
const FRESH: i64 = 10 * 60 * 1_000_000;
/// The largest answer that is read, in bytes; a provider's documents are far smaller.
const LARGEST: usize = 1 << 20;
/// Scopes when none are set.
const SCOPES: &str = "openid profile email";

/// What a discovery document says beyond OpenID Connect Core.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct More {
    /// Where sessions are ended.
    pub end_session_endpoint: Option<String>,
    /// Whether `iss` stands beside the code.
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for More {}

/// What a provider says about itself, its keys included.
pub type Provider = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// Why signing in by a provider failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It does not answer, or answers nonsense: whoever signs in is not to blame.
    Down(String),
    /// It does not take us for who we are: the operator must look at the settings.
    Settings(String),
    /// What the browser brought is worth nothing: a code or token that is wrong.
    Token(String),
    /// The token is right, and says something that keeps its owner out.
    Claims(&'static str, String),
}

impl Failure {
    /// As the audit log names the reason.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Down(_) => "provider_unavailable",
            Self::Settings(_) => "provider_refuses_client",
            Self::Token(_) => "token_refused",
            Self::Claims(code, _) => code,
        }
    }

    /// What exactly went wrong, for the log and the audit log.
    pub fn words(&self) -> &str {
        match self {
            Self::Down(words) | Self::Settings(words) | Self::Token(words) | Self::Claims(_, words) => words,
        }
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        let (status, text) = match &failure {
            Failure::Down(words) => (
                StatusCode::SERVICE_UNAVAILABLE,
                format!("The provider cannot be used right now ({words}); try again in a moment."),
            ),
            Failure::Settings(words) => (
                StatusCode::BAD_GATEWAY,
                format!("The provider refuses this installation ({words}); tell whoever runs it."),
            ),
            Failure::Token(words) => {
                (StatusCode::UNAUTHORIZED, format!("The log-in was refused: {words}; begin it again."))
            }
            Failure::Claims(_, words) => (StatusCode::FORBIDDEN, words.clone()),
        };
        Self::new(status, failure.reason(), text)
    }
}

/// A call to a provider that failed on the way.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CallError(String);

/// Makes a call that the library asks for.
pub async fn call(client: Client, request: HttpRequest) -> Result<HttpResponse, CallError> {
    let request = reqwest::Request::try_from(request).map_err(|e| CallError(e.to_string()))?;
    let mut answer = client.execute(request).await.map_err(CallError)?;
    let mut response = http::Response::builder().status(answer.status().as_u16());
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|e| CallError(e.to_string()))? {
        if body.len() + chunk.len() > LARGEST {
            return Err(CallError("the answer is larger than 1 MiB".into()));
        }
        body.extend_from_slice(&chunk);
    }
    response.body(body).map_err(|e| CallError(e.to_string()))
}

/// An error of the library with what caused it.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        let words = deeper.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = deeper.source();
    }
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(400).collect()
}

/// What is remembered of providers: by key of the source, the issuer it had, when, and what it said.
type Remembered = HashMap<String, (String, i64, Arc<Provider>)>;

/// The providers of this process.
#[derive(Clone, Default)]
pub struct Providers(Arc<Mutex<Remembered>>);

impl Providers {
    /// Forgets a provider, so that it is read anew.
    pub fn forget(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    fn recall(&self, key: &str, issuer: &str, now: i64) -> Option<Arc<Provider>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, at, provider) = all.get(key)?;
        (known == issuer && now - at < FRESH).then(|| provider.clone())
    }

    fn remember(&self, key: &str, issuer: &str, now: i64, provider: &Arc<Provider>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(key.to_owned(), (issuer.to_owned(), now, provider.clone()));
    }
}

impl SignOn {
    /// The client that calls a provider.
    pub(in crate::auth) fn caller(&self, key: &str, config: &OidcConfig) -> Result<Client, Failure> {
        let trusting = self.outbound.trusting(config.ca_file.as_deref(), &format!("{key}.ca_file"));
        trusting.and_then(|way| way.client(Destination::SIGN_ON)).map_err(|e| Failure::Settings(e.to_string()))
    }

    /// What the provider of a source says about itself, as remembered, or asked.
    pub(in crate::auth) async fn provider(&self, key: &str, config: &OidcConfig) -> Result<Arc<Provider>, Failure> {
        let issuer = config.issuer.clone().unwrap_or_default();
        let now = self.auth.clock.now();
        if let Some(provider) = self.providers.recall(key, &issuer, now) {
            return Ok(provider);
        }
        let url = IssuerUrl::new(issuer.clone())
            .map_err(|e| Failure::Settings(format!("the setting issuer {issuer:?} is no URL: {e}")))?;
        let client = self.caller(key, config)?;
        let ask = move |request| call(client.clone(), request);
        let provider = Provider::discover_async(url, &ask).await.map_err(|e| Failure::Down(causes(&e)))?;
        let provider = Arc::new(provider);
        self.providers.remember(key, &issuer, now, &provider);
        Ok(provider)
    }
}

/// Who we are for a provider.
pub fn credentials(config: &OidcConfig) -> (ClientId, Option<ClientSecret>) {
    let secret = config.client_secret.clone().filter(|secret| !secret.is_empty()).map(ClientSecret::new);
    (ClientId::new(config.client_id.clone().unwrap_or_default()), secret)
}

/// Where a browser goes to sign in.
pub fn login_url(
    provider: &Provider,
    config: &OidcConfig,
    attempt: &Attempt,
    redirect_uri: &str,
) -> Result<String, Failure> {
    let (id, secret) = credentials(config);
    let redirect = RedirectUrl::new(redirect_uri.to_owned())
        .map_err(|e| Failure::Settings(format!("server.public_url makes no address to come back to: {e}")))?;
    let client = CoreClient::from_provider_metadata(provider.clone(), id, secret).set_redirect_uri(redirect);
    let (state, nonce) = (attempt.state.clone(), attempts::nonce(&attempt.secret));
    let verifier = PkceCodeVerifier::new(attempts::verifier(&attempt.secret));
    let mut request = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || CsrfToken::new(state), || Nonce::new(nonce))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
    let scopes = config.scopes.as_deref().unwrap_or(SCOPES);
    // The library asks for `openid` itself.
    let scopes = scopes.split([' ', ',']).filter(|scope| !scope.is_empty() && *scope != "openid");
    request = request.add_scopes(scopes.map(|scope| Scope::new(scope.to_owned())));
    if let Some(prompt) = config.login_prompt.as_deref().filter(|prompt| !prompt.is_empty()) {
        request = request.add_prompt(match prompt {
            "none" => CoreAuthPrompt::None,
            "consent" => CoreAuthPrompt::Consent,
            "select_account" => CoreAuthPrompt::SelectAccount,
            _ => CoreAuthPrompt::Login,
        });
    }
    if let Some(seconds) = config.max_age {
        request = request.set_max_age(Duration::from_secs(seconds));
    }
    let (url, _, _) = request.url();
    Ok(url.into())
}
