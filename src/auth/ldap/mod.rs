//! Directories: reached by LDAP, searched by an account of their own, asked whether a password is right.
//!
//! - *entry*: somebody in the directory, known by an id that never changes (entryUUID, objectGUID).
//! - *trouble*: why the directory could not say; that is never taken for a no.

mod connect;
mod find;
pub mod names;
mod probe;

pub use find::Entry;
pub use probe::probe;

use std::future::Future;
use std::time::Duration;

use actix_web::http::StatusCode;

use crate::auth::sources::Proven;
use crate::config::LdapConfig;
use crate::http::ApiError;
use crate::outbound::Outbound;
use connect::Session;

/// How a user is found when nobody says.
pub const USER_FILTER: &str = "(|(uid={username})(sAMAccountName={username})(userPrincipalName={username}))";
/// How long a log-in may keep somebody waiting.
const PATIENCE: Duration = Duration::from_secs(9);
/// How long a job may ask about some people.
const PATIENCE_OF_JOBS: Duration = Duration::from_secs(120);

/// Why a directory let nobody in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It does not answer, has enough of us, or answers nonsense.
    Down(String),
    /// It cannot be used as it is set here.
    Settings(String),
    /// Name and password do not fit together; the text says more, for the log only.
    Wrong(String),
}

impl Trouble {
    /// As the audit log names the reason.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Down(_) => "directory_unavailable",
            Self::Settings(_) => "directory_settings",
            Self::Wrong(_) => "wrong_credentials",
        }
    }

    /// What exactly happened, for the log.
    pub fn words(&self) -> &str {
        match self {
            Self::Down(words) | Self::Settings(words) | Self::Wrong(words) => words,
        }
    }
}

impl From<Trouble> for ApiError {
    fn from(trouble: Trouble) -> Self {
        let (status, text) = match &trouble {
            Trouble::Down(words) => (
                StatusCode::SERVICE_UNAVAILABLE,
                format!(
                    "The directory cannot be asked right now ({words}); nobody is shut out for it, try again in a moment."
                ),
            ),
            Trouble::Settings(words) => (
                StatusCode::SERVICE_UNAVAILABLE,
                format!("The directory cannot be used as it is set up ({words}); tell whoever runs this installation."),
            ),
            Trouble::Wrong(_) => (StatusCode::UNAUTHORIZED, "Name and password do not fit together.".to_owned()),
        };
        Self::new(status, trouble.reason(), text)
    }
}

/// A directory as it is set.
#[derive(Clone)]
pub struct Directory {
    outbound: Outbound,
    key: String,
    config: LdapConfig,
}

impl Directory {
    /// The directory of a source.
    pub fn new(outbound: Outbound, key: &str, config: &LdapConfig) -> Self {
        Self { outbound, key: key.to_owned(), config: config.clone() }
    }

    /// Who somebody is, if the password is theirs.
    pub async fn authenticate(&self, username: &str, password: &str) -> Result<Proven, Trouble> {
        // RFC 4513: a bind without a password succeeds for anybody.
        if password.is_empty() || username.trim().is_empty() || username.len() > 256 {
            return Err(Trouble::Wrong("no name or no password".into()));
        }
        let (this, username, password) = (self.clone(), username.trim().to_owned(), password.to_owned());
        apart(PATIENCE, async move {
            let mut session = Session::open(&this.outbound, &this.key, &this.config).await?;
            let entry = session
                .find(&username)
                .await?
                .ok_or_else(|| Trouble::Wrong("the directory has nobody of this name".into()))?;
            session.bind_as(&entry.dn, &password).await?;
            if !entry.active {
                return Err(Trouble::Wrong("the directory has shut this account out".into()));
            }
            session.bind_service().await?;
            let groups = session.groups(&entry).await?;
            session.close().await;
            Ok(entry.proven(&username, groups))
        })
        .await
    }

    /// Somebody by the name that they would type, with their groups.
    pub async fn look_up(&self, username: &str) -> Result<Option<(Entry, Vec<String>)>, Trouble> {
        let (this, username) = (self.clone(), username.trim().to_owned());
        apart(PATIENCE, async move {
            let mut session = Session::open(&this.outbound, &this.key, &this.config).await?;
            let Some(entry) = session.find(&username).await? else { return Ok(None) };
            let groups = session.groups(&entry).await?;
            session.close().await;
            Ok(Some((entry, groups)))
        })
        .await
    }

    /// People by their ids, with their groups, in the same order; none for whom the directory is sure that there is
    /// nobody.
    pub async fn all_of(&self, subjects: Vec<String>) -> Result<Vec<Option<(Entry, Vec<String>)>>, Trouble> {
        let this = self.clone();
        apart(PATIENCE_OF_JOBS, async move {
            let mut session = Session::open(&this.outbound, &this.key, &this.config).await?;
            let mut all = Vec::with_capacity(subjects.len());
            for subject in subjects {
                all.push(match session.find_subject(&subject).await? {
                    Some(entry) => {
                        let groups = session.groups(&entry).await?;
                        Some((entry, groups))
                    }
                    None => None,
                });
            }
            session.close().await;
            Ok(all)
        })
        .await
    }
}

/// Does something in a task of its own, for as long as there is patience: bytes that make no sense may end a task, and
/// must end nothing else.
async fn apart<T: Send + 'static>(
    patience: Duration,
    work: impl Future<Output = Result<T, Trouble>> + Send + 'static,
) -> Result<T, Trouble> {
    let task = tokio::spawn(tokio::time::timeout(patience, work));
    match task.await {
        Ok(Ok(done)) => done,
        Ok(Err(_)) => Err(Trouble::Down(format!("it did not answer within {} seconds", patience.as_secs()))),
        Err(_) => Err(Trouble::Down("its answers make no sense".into())),
    }
}
