//! OpenID Connect: the authorization code flow with PKCE, state and nonce, and what follows from its tokens.
//!
//! - *provider*: who vouches; its discovery document and keys are read once and kept for a while.
//! - *attempt*: a log-in that went off to the provider; it comes back once, within ten minutes, to the same browser.

pub mod attempts;
pub mod claims;
mod logout;
mod probe;
mod provider;
mod tokens;

pub use logout::{LogoutToken, logout_url, read_logout_token};
pub use probe::probe;
pub use provider::{Failure, Provider, Providers, login_url};
pub use tokens::{Told, exchange};
