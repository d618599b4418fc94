//! `takehold admin list-workspaces` and `update-workspace`.

use clap::Args;
use serde_json::json;

use super::{Failure, print_line};
use crate::admin::workspaces as settings;
use crate::audit::Origin;
use crate::auth::AuthError;
use crate::auth::workspaces::{self as store, Change};
use crate::db::{Db, DbError};
use crate::people::exclusions::{self, Kind};

#[derive(Debug, Args)]
pub(super) struct ListWorkspaces {
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct UpdateWorkspace {
    /// Its name in paths.
    #[arg(long)]
    slug: String,
    /// Its name for people.
    #[arg(long)]
    name: Option<String>,
    /// An IANA name; only while no events are stored.
    #[arg(long)]
    time_zone: Option<String>,
    /// Days that events are kept, or `for-ever`.
    #[arg(long, value_name = "DAYS")]
    retention_days_events: Option<String>,
    /// Days that runs of jobs are kept.
    #[arg(long, value_name = "DAYS")]
    retention_days_jobs: Option<i32>,
    /// A user id or anonymous id that shall not count; may be given again.
    #[arg(long, value_name = "ID")]
    exclude_id: Vec<String>,
    /// A user id or anonymous id that shall count again.
    #[arg(long, value_name = "ID")]
    include_id: Vec<String>,
    /// A domain of e-mails whose people shall not count; may be given again.
    #[arg(long, value_name = "DOMAIN")]
    exclude_email_domain: Vec<String>,
    /// A domain of e-mails whose people shall count again.
    #[arg(long, value_name = "DOMAIN")]
    include_email_domain: Vec<String>,
}

pub(super) fn list(verb: &ListWorkspaces, db: &Db) -> Result<(), Failure> {
    let all = db.read_blocking(|conn| {
        let mut all = Vec::new();
        for workspace in store::all(conn)? {
            let ids = exclusions::of_kind(conn, workspace.id, Kind::Id)?;
            let domains = exclusions::of_kind(conn, workspace.id, Kind::EmailDomain)?;
            all.push((workspace, ids, domains));
        }
        Ok::<_, DbError>(all)
    })?;
    if verb.json {
        let rows: Vec<_> = all
            .iter()
            .map(|(workspace, ids, domains)| {
                json!({
                    "slug": workspace.slug,
                    "name": workspace.name,
                    "kind": workspace.kind().as_str(),
                    "time_zone": workspace.time_zone,
                    "retention_days_events": workspace.retention_days_events,
                    "retention_days_jobs": workspace.retention_days_jobs,
                    "excluded": { "ids": ids, "email_domains": domains },
                })
            })
            .collect();
        print_line(&serde_json::to_string_pretty(&rows).unwrap_or_default());
        return Ok(());
    }
    for (workspace, ids, domains) in all {
        let kept = workspace.retention_days_events.map_or("for ever".to_owned(), |days| format!("{days} days"));
        let (slug, name, kind, zone) = (&workspace.slug, &workspace.name, &workspace.kind, &workspace.time_zone);
        let excluded = ids.len() + domains.len();
        print_line(&format!("{slug}: {name} ({kind}, {zone}); events kept {kept}; {excluded} patterns excluded"));
    }
    Ok(())
}

pub(super) fn update(verb: &UpdateWorkspace, db: &Db, now: i64) -> Result<(), Failure> {
    let days = match verb.retention_days_events.as_deref() {
        None => None,
        Some("for-ever") => Some(None),
        Some(text) => Some(Some(text.parse::<i32>().map_err(|_| {
            Failure::Input(format!("--retention-days-events: {text:?} is no number; right would be 730 or for-ever"))
        })?)),
    };
    let change = Change {
        name: verb.name.as_deref(),
        time_zone: verb.time_zone.as_deref(),
        retention_days_events: days,
        retention_days_jobs: verb.retention_days_jobs,
        ..Change::default()
    };
    let (ids, domains) =
        ((&verb.exclude_id, &verb.include_id), (&verb.exclude_email_domain, &verb.include_email_domain));
    db.write_blocking(|conn| {
        let workspace = store::get(conn, &verb.slug)?;
        let mut patterns = |kind: Kind, (more, fewer): (&Vec<String>, &Vec<String>)| {
            if more.is_empty() && fewer.is_empty() {
                return Ok::<_, AuthError>(None);
            }
            let fewer: Vec<String> = fewer.iter().filter_map(|text| kind.read(text).ok()).collect();
            let mut wanted = exclusions::of_kind(conn, workspace.id, kind)?;
            wanted.retain(|pattern| !fewer.contains(pattern));
            wanted.extend(more.iter().cloned());
            Ok(Some(wanted))
        };
        let excluded = (patterns(Kind::Id, ids)?, patterns(Kind::EmailDomain, domains)?);
        settings::update(conn, &workspace, &change, excluded, &Origin::command_line(), now)
    })?;
    Ok(())
}
