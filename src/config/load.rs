//! Reads the configuration and words its errors: one line with what, where, and what would be right.

use std::collections::BTreeMap;
use std::path::Path;

use figment::providers::{Format, Serialized, Toml};
use figment::value::{Dict, Value};
use figment::{Figment, Profile};

use super::{Config, Origins};

/// The configuration cannot be used; the text is for the operator.
#[derive(Debug, thiserror::Error)]
#[error("configuration: {0}")]
pub struct ConfigError(String);

const PREFIX: &str = "TAKEHOLD_";
/// Keys that the environment may also name by file.
const SECRETS: [&str; 8] = [
    "database.url",
    "server.secret_key",
    "server.previous_secret_key",
    "bootstrap.owner_password",
    "auth.oidc.client_secret",
    "auth.ldap.bind_password",
    "smtp.url",
    "outbound.proxy",
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
    if let Some(path) = file {
        let text = std::fs::read_to_string(path)
            .map_err(|e| ConfigError(format!("cannot read the file {}: {e}", path.display())))?;
        figment = figment.merge(Toml::string(&text));
        // A file that is no TOML is told apart from one with a wrong key.
        figment.extract::<serde_json::Value>().map_err(|e| not_toml(path, &e))?;
    }
    let merged = figment.merge(Serialized::from(&environment.values, Profile::Default));
    let values: serde_json::Value = merged.extract().map_err(|e| ConfigError(one_line(&e.to_string())))?;
    let mut config: Config = serde_path_to_error::deserialize(values).map_err(|error| {
        let key = error.path().to_string();
        word(&key, &error.into_inner().to_string(), file, &environment)
    })?;
    config.origins = Origins::new(file.map(Path::to_owned), environment.variables);
    Ok(config)
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
            let (key, value) = match key.strip_suffix("_file").filter(|key| is_secret(key)) {
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

/// Sources of sign-on have names of their own, so their secrets are known by how their keys end.
fn is_secret(key: &str) -> bool {
    let of_source = || {
        let name = key.strip_prefix("auth.sources.").and_then(|rest| rest.split_once('.'));
        name.is_some_and(|(_, name)| ["client_secret", "bind_password"].contains(&name))
    };
    SECRETS.contains(&key) || of_source()
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

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The parser draws the place over several lines, with a caret under it; before that stands where, after that what.
fn not_toml(file: &Path, error: &figment::Error) -> ConfigError {
    let text = error.to_string();
    let place = text.lines().next().unwrap_or_default();
    let what: Vec<&str> = text.lines().skip_while(|line| !line.contains('^')).skip(1).map(str::trim).collect();
    let what = what.join(", ").replace(", in TOML source string", "");
    ConfigError(format!("{}: {}", file.display(), one_line(&format!("{place}: {what}"))))
}

/// Says which key, where it was set, and what would be right.
fn word(key: &str, message: &str, file: Option<&Path>, environment: &Environment) -> ConfigError {
    let set_by = environment.variables.iter().find(|(set, _)| *set == key || set.starts_with(&format!("{key}.")));
    let place = match (set_by, file) {
        (Some((_, variable)), _) => variable.clone(),
        (None, Some(file)) => format!("{key} in {}", file.display()),
        (None, None) => key.to_owned(),
    };
    let text = match message.strip_prefix("unknown field ") {
        Some(known) => {
            let known = known.split_once(", expected ").map_or("", |(_, known)| known);
            format!("unknown key {place}; known here: {}", known.trim_start_matches("one of ").replace('`', ""))
        }
        None => format!("{place}: {}", message.replace('`', "")),
    };
    ConfigError(one_line(&text))
}
