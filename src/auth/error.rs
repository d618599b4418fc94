//! Why a user, token, key or workspace cannot be made.

use crate::crypto::PasswordError;
use crate::db::DbError;
use crate::http::ApiError;

/// A refusal, worded for whoever gave the input, or a failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// A value that cannot be.
    #[error("{field}: {message}")]
    Invalid {
        /// Which value.
        field: &'static str,
        /// What is wrong, and what would be right.
        message: String,
    },
    /// A value that is in use already.
    #[error("{field}: {message}")]
    Taken {
        /// Which value.
        field: &'static str,
        /// Who has it.
        message: String,
    },
    /// The store failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The machine failed.
    #[error("{0}")]
    Failed(String),
}

impl AuthError {
    /// A value that cannot be.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { field, message: message.into() }
    }

    /// A value that is in use already.
    pub fn taken(field: &'static str, message: impl Into<String>) -> Self {
        Self::Taken { field, message: message.into() }
    }
}

impl From<diesel::result::Error> for AuthError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

impl From<getrandom::Error> for AuthError {
    fn from(error: getrandom::Error) -> Self {
        Self::Failed(format!("the operating system gives no randomness: {error}"))
    }
}

impl From<PasswordError> for AuthError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Failed(cause) => Self::Failed(cause),
            wrong => Self::invalid("password", wrong.to_string()),
        }
    }
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Invalid { field, message } => Self::invalid(field, message),
            AuthError::Taken { field, message } => {
                Self::conflict("taken", format!("{field}: {message}")).with_field(field, message)
            }
            AuthError::Db(error) => error.into(),
            AuthError::Failed(cause) => Self::internal(cause),
        }
    }
}
