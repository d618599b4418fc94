//! Where a key was set, for pages that show settings with their origin.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Where the operator set a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the file of this path.
    File(PathBuf),
    /// By this variable of the environment.
    Environment(String),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "the file {}", path.display()),
            Self::Environment(variable) => write!(f, "the variable {variable}"),
        }
    }
}

/// The places where keys were set.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    file: Option<PathBuf>,
    variables: BTreeMap<String, String>,
}

impl Origins {
    pub(super) fn new(file: Option<PathBuf>, variables: BTreeMap<String, String>) -> Self {
        Self { file, variables }
    }

    /// Where a key that has a value was set, such as `auth.oidc.issuer`.
    pub fn of(&self, key: &str) -> Place {
        match (self.variables.get(key), &self.file) {
            (Some(variable), _) => Place::Environment(variable.clone()),
            (None, Some(file)) => Place::File(file.clone()),
            // A key inside a value that the environment sets as a whole.
            (None, None) => Place::Environment(format!("TAKEHOLD_{}", key.to_ascii_uppercase().replace('.', "__"))),
        }
    }
}
