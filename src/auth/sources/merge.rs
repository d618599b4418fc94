//! One set of settings from several places: default, console, file, environment, the later winning.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{Kind, Settings};
use crate::config::{Origins, Place, SourceConfig};

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SettingOrigin {
    /// Nobody set it.
    Default,
    /// The console.
    Console,
    /// The configuration file.
    File,
    /// The environment.
    Environment,
}

/// A setting of a source, with where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Setting {
    /// Its name.
    #[schema(example = "issuer")]
    pub key: &'static str,
    /// What it means.
    pub what: &'static str,
    /// Its value as text; null if there is none, or if it is a secret.
    pub value: Option<String>,
    /// Whether there is a value, though it may not be shown.
    pub is_set: bool,
    /// Where the value comes from.
    pub origin: SettingOrigin,
    /// The file or the variable that sets it.
    pub place: Option<String>,
    /// Whether its value is never shown.
    pub secret: bool,
    /// Whether the console cannot change it.
    pub locked: bool,
}

/// A setting that a kind of source knows.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub key: &'static str,
    /// The value when nobody sets one.
    pub default: Option<&'static str>,
    /// Whether its value is never shown.
    pub secret: bool,
    /// Whether the console may set it.
    pub by_console: bool,
    /// What it means.
    pub what: &'static str,
}

const fn field(key: &'static str, default: Option<&'static str>, what: &'static str) -> Field {
    Field { key, default, secret: false, by_console: true, what }
}

const fn secret(key: &'static str, what: &'static str) -> Field {
    Field { key, default: None, secret: true, by_console: true, what }
}

/// A file of the server is named by whoever runs the server.
const fn configured(key: &'static str, default: Option<&'static str>, what: &'static str) -> Field {
    Field { key, default, secret: false, by_console: false, what }
}

const OIDC: &[Field] = &[
    field("issuer", None, "The issuer, exactly as it names itself"),
    field("client_id", None, "Takehold's name at the issuer"),
    secret("client_secret", "Takehold's secret at the issuer"),
    field("scopes", Some("openid profile email"), "Scopes to ask for"),
    field("groups_claim", Some("groups"), "The claim that holds groups: a name, a path or a JSON pointer"),
    field("login_prompt", None, "What the issuer is to ask for: login, consent or select_account"),
    field("max_age", None, "Seconds after which the issuer asks for the password again"),
    field("auto_login", Some("false"), "Whether the sign-in page goes on to this source by itself"),
];
const LDAP: &[Field] = &[
    field("url", None, "ldaps://HOST or ldap://HOST; of several, the first that answers is used"),
    field("start_tls", Some("false"), "Whether TLS is begun on a connection to ldap://"),
    configured("allow_plain", Some("false"), "Whether ldap:// without StartTLS is allowed beyond this machine"),
    field("bind_dn", None, "The account that searches; none for an anonymous search"),
    secret("bind_password", "Its password"),
    field("user_base", None, "Where users are searched"),
    field(
        "user_filter",
        Some(crate::auth::ldap::USER_FILTER),
        "How a user is found; {username} stands for what was typed",
    ),
    field("group_base", None, "Where groups are searched; without it, memberOf of the user counts"),
    field("nested_groups", Some("true"), "Whether groups of groups count"),
    field("disable_limit", Some("20"), "Percent of the source's people that one run of directory-sync may disable"),
];
const BOTH: &[Field] = &[
    field("auto_provision", None, "Whether a first log-in makes the user; true once a group is mapped"),
    field("allowed_domains", None, "Only people with an e-mail of these domains may sign in"),
    field("allowed_groups", None, "Only people of one of these groups may sign in"),
    field("sync_roles", Some("true"), "Whether roles follow the groups at each log-in"),
    field(
        "role_strict",
        Some("false"),
        "Whether somebody whose groups give no role is refused even with a role given by hand",
    ),
    field(
        "link_by_email",
        Some("false"),
        "Whether a user of the same verified e-mail, of an allowed domain, becomes theirs",
    ),
    configured("ca_file", None, "Certificates of authorities to trust for this source"),
    configured("role_mappings", None, "Group and role; the console keeps its own beside them"),
];

/// The settings that a kind knows.
pub fn fields(kind: Kind) -> impl Iterator<Item = &'static Field> {
    let own = match kind {
        Kind::Oidc => OIDC,
        Kind::Ldap => LDAP,
    };
    own.iter().chain(BOTH)
}

/// What the configuration sets, as a tree of values.
pub(super) fn configured_values(config: &SourceConfig) -> (Kind, Map<String, Value>) {
    let (kind, value) = match config {
        SourceConfig::Oidc(config) => (Kind::Oidc, serde_json::to_value(config)),
        SourceConfig::Ldap(config) => (Kind::Ldap, serde_json::to_value(config)),
    };
    match value {
        Ok(Value::Object(values)) => (kind, values),
        _ => (kind, Map::new()),
    }
}

/// What is set where.
pub(super) struct Layers<'a> {
    pub kind: Kind,
    /// What the console keeps, secrets included.
    pub console: Map<String, Value>,
    /// What the file and the environment set.
    pub configured: Map<String, Value>,
    /// Where keys of the configuration were set, and what stands before the names of settings there.
    pub origins: &'a Origins,
    pub prefix: String,
}

impl Layers<'_> {
    /// The settings that result, and what cannot be used of them.
    pub fn settings(&self) -> (Settings, Vec<String>) {
        let mut values = self.console.clone();
        values.extend(self.configured.clone());
        values.remove("name");
        match self.kind {
            Kind::Oidc => {
                let (settings, problems) = read(values);
                (Settings::Oidc(settings), problems)
            }
            Kind::Ldap => {
                let (settings, problems) = read(values);
                (Settings::Ldap(settings), problems)
            }
        }
    }

    /// Each setting with its value and where that comes from.
    pub fn shown(&self) -> Vec<Setting> {
        fields(self.kind).map(|field| self.show(field)).collect()
    }

    fn show(&self, field: &Field) -> Setting {
        let configured = self.configured.get(field.key);
        let (value, origin, place) = match (configured, self.console.get(field.key)) {
            (Some(value), _) => {
                let place = self.origins.of(&format!("{}.{}", self.prefix, field.key));
                let origin = match place {
                    Place::File(_) => SettingOrigin::File,
                    Place::Environment(_) => SettingOrigin::Environment,
                };
                (Some(text(value)), origin, Some(place.to_string()))
            }
            (None, Some(value)) => (Some(text(value)), SettingOrigin::Console, None),
            (None, None) => (field.default.map(str::to_owned), SettingOrigin::Default, None),
        };
        Setting {
            key: field.key,
            what: field.what,
            is_set: value.is_some(),
            value: value.filter(|_| !field.secret),
            origin,
            place,
            secret: field.secret,
            locked: configured.is_some() || !field.by_console,
        }
    }
}

/// Reads settings; one that cannot be read is left out and said, so that the others still show.
fn read<T: DeserializeOwned + Default>(mut values: Map<String, Value>) -> (T, Vec<String>) {
    let mut problems = Vec::new();
    loop {
        match serde_path_to_error::deserialize::<_, T>(Value::Object(values.clone())) {
            Ok(settings) => return (settings, problems),
            Err(error) => {
                let key = error.path().to_string();
                problems.push(format!("{key}: {}", error.into_inner()));
                if values.remove(&key).is_none() {
                    return (T::default(), problems);
                }
            }
        }
    }
}

/// A value as one writes it in the environment.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(|item| item.as_str().is_some_and(|text| !text.contains(','))) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn later_places_win_and_each_value_says_where_it_is_from() {
        let origins = Origins::default();
        let layers = Layers {
            kind: Kind::Oidc,
            console: object(
                json!({ "issuer": "https://old.example", "client_secret": "hush", "allowed_domains": "a.example, b.example" }),
            ),
            configured: object(json!({ "issuer": "https://id.example", "sync_roles": false })),
            origins: &origins,
            prefix: "auth.oidc".into(),
        };
        let (Settings::Oidc(settings), problems) = layers.settings() else { unreachable!("the kind is set above") };
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(settings.issuer.as_deref(), Some("https://id.example"));
        assert_eq!(settings.allowed_domains, ["a.example", "b.example"]);
        assert_eq!(settings.sync_roles, Some(false));
        let shown = layers.shown();
        let find = |key: &str| shown.iter().find(|setting| setting.key == key).unwrap();
        let issuer = find("issuer");
        assert_eq!((issuer.origin, issuer.locked), (SettingOrigin::Environment, true));
        assert_eq!(issuer.place.as_deref(), Some("the variable TAKEHOLD_AUTH__OIDC__ISSUER"));
        let secret = find("client_secret");
        assert_eq!((secret.value.as_deref(), secret.is_set, secret.origin), (None, true, SettingOrigin::Console));
        assert_eq!(find("groups_claim").value.as_deref(), Some("groups"));
        assert!(!find("scopes").locked && find("ca_file").locked);
    }

    #[test]
    fn a_value_that_cannot_be_read_is_said_and_the_others_hold() {
        let layers = Layers {
            kind: Kind::Ldap,
            console: object(json!({ "url": "ldap://localhost", "start_tls": "maybe" })),
            configured: Map::new(),
            origins: &Origins::default(),
            prefix: String::new(),
        };
        let (Settings::Ldap(settings), problems) = layers.settings() else { unreachable!("the kind is set above") };
        assert_eq!(settings.url.as_deref(), Some("ldap://localhost"));
        assert_eq!(problems, ["start_tls: \"maybe\" is neither true nor false"]);
    }
}
