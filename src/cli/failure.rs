//! How a verb ends when it cannot do what was asked.

use std::process::ExitCode;

use crate::app::StartError;
use crate::auth::AuthError;
use crate::backup::BackupError;
use crate::config::ConfigError;
use crate::db::DbError;

/// A failure, worded for the operator in one line.
#[derive(Debug)]
pub enum Failure {
    /// The operator must change something: exit code 2.
    Input(String),
    /// Something broke on the way: exit code 1.
    Broken(String),
}

impl Failure {
    /// Prints the line and answers the exit code.
    pub fn report(&self) -> ExitCode {
        let (text, code) = match self {
            Self::Input(text) => (text, 2),
            Self::Broken(text) => (text, 1),
        };
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        super::print_aside(&format!("takehold: {line}"));
        ExitCode::from(code)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Input(error.to_string())
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Setup(text) => Self::Input(text),
            // On the command line nothing was begun yet that could be saved by waiting.
            DbError::Unavailable(text) => {
                Self::Input(format!("{text}; check TAKEHOLD_DATABASE__URL and that the database runs"))
            }
            DbError::Query(_) => Self::Broken(error.to_string()),
        }
    }
}

impl From<AuthError> for Failure {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Db(error) => error.into(),
            AuthError::Failed(_) => Self::Broken(error.to_string()),
            wrong => Self::Input(wrong.to_string()),
        }
    }
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Input(text) => Self::Input(text),
            BackupError::Store(error) => error.into(),
            BackupError::Stopped => Self::Broken(error.to_string()),
        }
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Db(error) => error.into(),
            StartError::Auth(error) => error.into(),
            wrong => Self::Input(wrong.to_string()),
        }
    }
}
