//! Reads the configuration and words its errors: one line with what, where, and what would be right.

use std::collections::BTreeMap;
use std::path::Path;

use figment::error::Kind;
use figment::providers::{Format, Serialized, Toml};
use figment::value::{Dict, Value};
use figment::{Figment, Profile};

use super::Config;

/// The configuration cannot be used; the text is for the operator.
#[derive(Debug, thiserror::Error)]
#[error("configuration: {0}")]
pub struct ConfigError(String);

const PREFIX: &str = "TAKEHOLD_";
/// Keys that the environment may also name by file.
const SECRETS: [&str; 6] = [
    "database.url",
    "server.secret_key",
    "bootstrap.owner_password",
    "auth.oidc.client_secret",
    "auth.ldap.bind_password",
    "smtp.url",
];

/// Reads the file (if one is named) and the process's environment.
pub fn load(file: Option<&Path>) -> Result<Config, ConfigError> {
    load_from(file, std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))))
}

/// Reads the file and the given environment.
pub fn load_from(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let environment = Environment::read(environment)?;
    let mut figment = Figment::new();
    let mut in_file = Figment::new();
    if let Some(path) = file {
        let text = std::fs::read_to_string(path)
            .map_err(|e| ConfigError(format!("cannot read the file {}: {e}", path.display())))?;
        in_file = in_file.merge(Toml::string(&text));
        figment = figment.merge(Toml::string(&text));
    }
    let figment = figment.merge(Serialized::from(&environment.values, Profile::Default));
    figment.extract().map_err(|error| word(error, file, &in_file, &environment))
}

/// The variables that speak of the configuration, as a tree and by key.
struct Environment {
    values: Dict,
    variables: BTreeMap<String, String>,
}

impl Environment {
    fn read(all: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let mut values = Dict::new();
        let mut variables = BTreeMap::<String, String>::new();
        for (variable, value) in all {
            let Some(name) = variable.strip_prefix(PREFIX) else { continue };
            // Kubernetes sets TAKEHOLD_PORT and the like for a service of this name: only a double underscore is ours.
            if !name.contains("__") && name != "DATA_DIR" {
                continue;
            }
            let key = name.to_ascii_lowercase().replace("__", ".");
            let (key, value) = match key.strip_suffix("_file").filter(|key| SECRETS.contains(key)) {
                None => (key, value),
                Some(secret) => {
                    let text = std::fs::read_to_string(&value)
                        .map_err(|e| ConfigError(format!("{variable}: cannot read the file {value}: {e}")))?;
                    (secret.to_owned(), text.trim_end_matches(['\r', '\n']).to_owned())
                }
            };
            if let Some(other) = variables.insert(key.clone(), variable.clone()) {
                return Err(ConfigError(format!("{other} and {variable} are both set: set one of them")));
            }
            insert(&mut values, &key, value);
        }
        Ok(Self { values, variables })
    }
}

fn insert(dict: &mut Dict, key: &str, value: String) {
    match key.split_once('.') {
        None => {
            dict.insert(key.to_owned(), Value::from(value));
        }
        Some((section, rest)) => {
            let entry = dict.entry(section.to_owned()).or_insert_with(|| Value::from(Dict::new()));
            if let Value::Dict(_, inner) = entry {
                insert(inner, rest, value);
            }
        }
    }
}

fn word(error: figment::Error, file: Option<&Path>, in_file: &Figment, environment: &Environment) -> ConfigError {
    let place = |key: &str| match (environment.variables.get(key), file) {
        (Some(variable), _) => variable.clone(),
        (None, Some(path)) if key.is_empty() || in_file.find_value(key).is_ok() => format!("{key} in {}", path.display()),
        _ => key.to_owned(),
    };
    let path = error.path.join(".");
    let text = match error.kind {
        Kind::UnknownField(field, known) => {
            let key = if path.is_empty() || path.ends_with(&field) { field } else { format!("{path}.{field}") };
            // A section that does not exist is known by the variable that names something in it.
            let variable = environment.variables.iter().find(|(set, _)| set.starts_with(&format!("{key}.")));
            let place = variable.map_or_else(|| place(&key), |(_, variable)| variable.clone());
            format!("unknown key {place}; known here: {}", known.join(", "))
        }
        Kind::UnknownVariant(found, known) => {
            format!("{}: {found:?} is not one of {}", place(&path), known.join(", "))
        }
        Kind::InvalidType(found, expected) => format!("{}: found {found}, expected {expected}", place(&path)),
        Kind::Message(text) if path.is_empty() => match file {
            Some(file) => format!("{}: {text}", file.display()),
            None => text,
        },
        kind => format!("{}: {kind}", place(&path)),
    };
    ConfigError(text.split_whitespace().collect::<Vec<_>>().join(" "))
}
