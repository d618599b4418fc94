//! What signing in by a source needs; handlers find it as `web::Data<SignOn>`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::mapping::{self, Rule};
use super::merge::{Layers, configured_values};
use super::stored::{self, Row};
use super::{Kind, Settings, Source};
use crate::auth::Auth;
use crate::auth::ldap::Directory;
use crate::auth::oidc::Providers;
use crate::config::{Config, SourceConfig, TotpPolicy};
use crate::crypto::Vault;
use crate::db::DbConn;
use crate::http::ApiError;
use crate::outbound::Outbound;

/// Signing in by other systems.
#[derive(Clone)]
pub struct SignOn {
    pub(in crate::auth) auth: Auth,
    pub(in crate::auth) vault: Vault,
    pub(in crate::auth) config: Arc<Config>,
    pub(in crate::auth) outbound: Outbound,
    pub(in crate::auth) providers: Providers,
}

impl SignOn {
    /// Over these parts.
    pub fn new(auth: Auth, vault: Vault, config: Arc<Config>, outbound: Outbound) -> Self {
        Self { auth, vault, config, outbound, providers: Providers::default() }
    }

    /// Whether passwords that are kept here are taken from everybody.
    pub fn is_local(&self) -> bool {
        self.config.auth.local.enabled.unwrap_or(true)
    }

    /// The directory of a source, if it is one.
    pub fn directory(&self, source: &Source) -> Option<Directory> {
        match &source.settings {
            Settings::Ldap(config) => Some(Directory::new(self.outbound.clone(), &source.key, config)),
            Settings::Oidc(_) => None,
        }
    }

    /// Whether codes of an app stand beside passwords.
    pub fn totp_policy(&self) -> TotpPolicy {
        self.config.auth.local.totp.unwrap_or_default()
    }

    /// All sources as they are set at this moment, by key; those of the configuration first.
    pub fn sources(&self, conn: &mut DbConn) -> Result<Vec<Source>, ApiError> {
        let mut rows: BTreeMap<String, Row> =
            stored::all(conn)?.into_iter().map(|row| (row.key.clone(), row)).collect();
        let mappings = stored::mappings(conn)?;
        let mut all = Vec::new();
        for (key, prefix, config) in self.configured() {
            let (kind, values) = configured_values(&config);
            let row = rows.remove(&key).filter(|row| row.kind == kind.as_str());
            all.push(self.source(conn, (key, kind), row, Some((values, prefix)))?);
        }
        for (key, row) in rows {
            if let Some(kind) = Kind::parse(&row.kind) {
                all.push(self.source(conn, (key, kind), Some(row), None)?);
            }
        }
        for source in &mut all {
            let kept = mappings.iter().filter(|mapping| mapping.source == source.key);
            source.rules.extend(kept.filter_map(stored::Mapping::rule));
        }
        Ok(all)
    }

    /// The source of this key.
    pub fn source_of(&self, conn: &mut DbConn, key: &str) -> Result<Option<Source>, ApiError> {
        Ok(self.sources(conn)?.into_iter().find(|source| source.key == key))
    }

    /// The source that a log-in means: the one it names, or the first of its kind.
    pub fn pick(&self, conn: &mut DbConn, kind: Kind, key: Option<&str>) -> Result<Source, ApiError> {
        let mut usable = self.sources(conn)?.into_iter().filter(|source| source.kind() == kind && source.enabled);
        let found = match key {
            Some(key) => usable.find(|source| source.key == key),
            None => usable.next(),
        };
        let source = found.ok_or_else(|| match key {
            Some(key) => ApiError::not_found(format!("source of sign-on {key:?}")),
            None => ApiError::not_found(match kind {
                Kind::Oidc => "provider of OpenID Connect to sign in by",
                Kind::Ldap => "directory to sign in by",
            }),
        })?;
        match source.missing() {
            Some(missing) => Err(ApiError::conflict(
                "source_incomplete",
                format!("The source {} lacks the setting {missing}.", source.key),
            )),
            None => Ok(source),
        }
    }

    /// The first mapping of the configuration that names no role, with what would be right.
    pub fn wrong_mapping(&self) -> Option<String> {
        self.configured().into_iter().find_map(|(_, prefix, config)| {
            let settings = match config {
                SourceConfig::Oidc(config) => Settings::Oidc(config),
                SourceConfig::Ldap(config) => Settings::Ldap(config),
            };
            let mut problems = Vec::new();
            rules_of(&settings, &mut problems);
            problems.into_iter().next().map(|problem| format!("{prefix}.{problem}"))
        })
    }

    /// Sources of the configuration: key, what stands before its settings there, settings.
    fn configured(&self) -> Vec<(String, String, SourceConfig)> {
        let auth = &self.config.auth;
        let oidc =
            auth.oidc.clone().map(|config| ("oidc".to_owned(), "auth.oidc".to_owned(), SourceConfig::Oidc(config)));
        let ldap =
            auth.ldap.clone().map(|config| ("ldap".to_owned(), "auth.ldap".to_owned(), SourceConfig::Ldap(config)));
        let more =
            auth.sources.iter().map(|(key, config)| (key.clone(), format!("auth.sources.{key}"), config.clone()));
        oidc.into_iter().chain(ldap).chain(more).collect()
    }

    fn source(
        &self,
        conn: &mut DbConn,
        (key, kind): (String, Kind),
        row: Option<Row>,
        configured: Option<(Map<String, Value>, String)>,
    ) -> Result<Source, ApiError> {
        let locked = configured.is_some();
        let mut console = Map::new();
        let (mut name, mut enabled) = (String::new(), true);
        if let Some(row) = &row {
            let opened = row.opened(conn, &self.vault).map_err(|e| ApiError::internal(e.to_string()))?;
            console.extend(row.plain().into_iter().chain(opened).map(|(key, value)| (key, Value::String(value))));
            name.clone_from(&row.name);
            enabled = row.enabled != 0;
        }
        let (configured, prefix) = configured.unwrap_or_default();
        if let Some(given) = configured.get("name").and_then(Value::as_str) {
            given.clone_into(&mut name);
        }
        if name.is_empty() {
            name = match kind {
                Kind::Oidc => "Single sign-on".into(),
                Kind::Ldap => "Directory".into(),
            };
        }
        let layers = Layers { kind, console, configured, origins: &self.config.origins, prefix };
        let (settings, mut problems) = layers.settings();
        let rules = rules_of(&settings, &mut problems);
        Ok(Source { key, name, enabled, settings, rules, shown: layers.shown(), locked, problems })
    }
}

/// The rules of `role_mappings`; a value that is no role is said, and gives nothing.
fn rules_of(settings: &Settings, problems: &mut Vec<String>) -> Vec<Rule> {
    let mappings = match settings {
        Settings::Oidc(config) => &config.role_mappings,
        Settings::Ldap(config) => &config.role_mappings,
    };
    let mut rules = Vec::new();
    for (group, text) in mappings {
        match mapping::parse(text) {
            Ok(gifts) => rules.extend(gifts.into_iter().map(|gift| Rule { group: group.clone(), gift })),
            Err(wrong) => problems.push(format!("role_mappings: {group}: {wrong}")),
        }
    }
    rules
}
