//! `directory-sync`: asks each directory about everybody who signs in by it.

use std::time::Duration;

use serde_json::json;

use crate::audit::{self, Entry, Origin};
use crate::auth::AuthError;
use crate::auth::grants;
use crate::auth::sources::identities::{self, Identity};
use crate::auth::sources::{Settings, SignOn, Source, accounts, rejoin};
use crate::jobs::{About, Job, JobError, Look, Misfire, Run, Schedule, Scope};

/// Its name.
const NAME: &str = "directory-sync";
/// The pause between two runs.
const EVERY: Duration = Duration::from_secs(15 * 60);
/// People that are asked about over one connection.
const AT_ONCE: usize = 100;
/// Percent of a source's people that one run may shut out when nobody says, and how many it may in any case.
const PERCENT: u64 = 20;
const FEW: usize = 10;

/// Roles follow the groups, and who has left is shut out.
pub struct DirectorySync(Option<SignOn>);

impl DirectorySync {
    /// Over these sources; none without the key that opens their secrets.
    pub fn new(sign_on: Option<SignOn>) -> Self {
        Self(sign_on)
    }
}

/// What a directory says about somebody.
enum Fate {
    /// They are there, with these groups.
    Here(Vec<String>),
    /// They are gone, or shut out there.
    Gone(&'static str),
}

impl Job for DirectorySync {
    fn about(&self) -> About {
        About {
            name: NAME,
            title: "Directory sync",
            what: "Asks each directory about everybody who signs in by it: roles follow the groups, and who has left is shut out.",
            schedule: Schedule::Every(EVERY),
            scope: Scope::Installation,
            timeout: Duration::from_secs(30 * 60),
            attempts: 1,
            misfire: Misfire::Skip,
            builds_on: &[],
            takes_day: false,
        }
    }

    fn is_needed(&self, look: &Look<'_>) -> Result<bool, crate::db::DbError> {
        look.db.read_blocking(|conn| Ok(!self.directories(conn).unwrap_or_default().is_empty()))
    }

    fn run(&self, run: &Run) -> Result<String, JobError> {
        let sources = run.db.read_blocking(|conn| self.directories(conn))?;
        if sources.is_empty() {
            return Ok("no directory is set up".into());
        }
        // The job has a thread of its own, and nothing else waits on it.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|e| JobError::Retry(format!("no thread can be had: {e}")))?;
        let mut said = Vec::new();
        let mut failed = Vec::new();
        for source in &sources {
            match self.one(run, &runtime, source) {
                Ok(words) => said.push(format!("{}: {words}", source.key)),
                Err(JobError::Stopped) => return Err(JobError::Stopped),
                Err(error) => failed.push(format!("{}: {error}", source.key)),
            }
        }
        if failed.is_empty() { Ok(said.join("; ")) } else { Err(JobError::Retry(failed.join("; "))) }
    }
}

impl DirectorySync {
    fn directories(&self, conn: &mut crate::db::DbConn) -> Result<Vec<Source>, JobError> {
        let Some(sign_on) = &self.0 else {
            return Err(JobError::GiveUp("the key that opens secrets is missing: set server.secret_key".into()));
        };
        let all = sign_on.sources(conn).map_err(|e| JobError::Retry(e.to_string()))?;
        let is_usable = |source: &Source| {
            source.enabled && source.missing().is_none() && matches!(source.settings, Settings::Ldap(_))
        };
        Ok(all.into_iter().filter(is_usable).collect())
    }

    fn one(&self, run: &Run, runtime: &tokio::runtime::Runtime, source: &Source) -> Result<String, JobError> {
        let Settings::Ldap(config) = &source.settings else { return Ok("no directory".into()) };
        let people = run.db.read_blocking(|conn| identities::at(conn, &source.key))?;
        let Some(directory) = self.0.as_ref().and_then(|sign_on| sign_on.directory(source)) else {
            return Ok("no directory".into());
        };
        let total = u64::try_from(people.len()).unwrap_or(u64::MAX);
        let mut fates = Vec::with_capacity(people.len());
        for some in people.chunks(AT_ONCE) {
            run.check()?;
            run.progress(u64::try_from(fates.len()).unwrap_or(0), total);
            let subjects = some.iter().map(|identity| identity.subject.clone()).collect();
            // One error ends it: whoever was not asked about stays as they are.
            let found = runtime.block_on(directory.all_of(subjects));
            let found = found.map_err(|trouble| JobError::Retry(trouble.words().to_owned()))?;
            fates.extend(some.iter().zip(found).map(|(identity, found)| match found {
                Some((entry, groups)) if entry.active => (identity, Fate::Here(groups)),
                Some(_) => (identity, Fate::Gone("shut out there")),
                None => (identity, Fate::Gone("not there any more")),
            }));
        }
        let leaving = self.leaving(run, source, &fates)?;
        let limit =
            usize::try_from(total * config.disable_limit.unwrap_or(PERCENT) / 100).unwrap_or(usize::MAX).max(FEW);
        if leaving > limit {
            return Err(JobError::GiveUp(format!(
                "{leaving} of {total} people would be shut out, and one run shuts out {limit} at most: look at user_base, or raise disable_limit"
            )));
        }
        let (mut changed, mut shut_out) = (0, 0);
        for (identity, fate) in &fates {
            match fate {
                Fate::Here(groups) => changed += usize::from(self.keep(run, source, identity, groups)?),
                Fate::Gone(why) => shut_out += usize::from(self.shut_out(run, source, identity, why)?),
            }
        }
        Ok(format!("{total} people, {changed} with other roles, {shut_out} shut out"))
    }

    /// How many of those who are gone can still sign in here.
    fn leaving(&self, run: &Run, source: &Source, fates: &[(&Identity, Fate)]) -> Result<usize, JobError> {
        let gone: Vec<i64> = fates
            .iter()
            .filter(|(_, fate)| matches!(fate, Fate::Gone(_)))
            .map(|(identity, _)| identity.user_id)
            .collect();
        run.db.read_blocking(|conn| {
            let mut leaving = 0;
            for id in gone {
                let user = accounts::by_id(conn, id).map_err(failed)?;
                let kept = accounts::belongs_to_others(conn, id, &source.key)?;
                leaving += usize::from(user.disabled_at.is_none() && !kept);
            }
            Ok(leaving)
        })
    }

    fn keep(&self, run: &Run, source: &Source, identity: &Identity, groups: &[String]) -> Result<bool, JobError> {
        let (origin, now) = (Origin::system(NAME), run.clock.now());
        run.write(|conn| {
            let back = accounts::disabled_by(conn, identity.user_id)?.as_deref() == Some(source.key.as_str());
            if back {
                accounts::enable(conn, identity.user_id)?;
                let user = accounts::by_id(conn, identity.user_id).map_err(failed)?;
                let detail = json!({ "source": source.key });
                audit::record(
                    conn,
                    &origin,
                    Entry { workspace: None, action: "user.enabled", target: &user.email, detail },
                    now,
                )?;
            }
            Ok(rejoin(conn, source, identity, groups, &origin, now).map_err(failed)? || back)
        })
    }

    fn shut_out(&self, run: &Run, source: &Source, identity: &Identity, why: &str) -> Result<bool, JobError> {
        let (origin, now) = (Origin::system(NAME), run.clock.now());
        let shut_out = run.write(|conn| {
            let user = accounts::by_id(conn, identity.user_id).map_err(failed)?;
            if user.disabled_at.is_some() {
                return Ok(false);
            }
            let detail = json!({ "source": source.key, "why": why });
            // Who has another way in loses what this source gave, and no more.
            if accounts::belongs_to_others(conn, user.id, &source.key)? {
                let before = grants::sync(conn, user.id, &source.key, &[]).map_err(failed)?;
                if !before.is_empty() {
                    let entry = Entry { workspace: None, action: "role.revoked", target: &user.email, detail };
                    audit::record(conn, &origin, entry, now)?;
                }
                return Ok(false);
            }
            let shut = grants::guarded(conn, |conn| Ok(accounts::disable(conn, user.id, &source.key, now)?));
            match shut {
                Ok(()) => {}
                // The last owner stays.
                Err(AuthError::Taken { message, .. }) => {
                    return Err(JobError::GiveUp(format!("{}: {message}", user.email)));
                }
                Err(error) => return Err(failed(error)),
            }
            audit::record(
                conn,
                &origin,
                Entry { workspace: None, action: "user.disabled", target: &user.email, detail },
                now,
            )?;
            Ok(true)
        });
        match shut_out {
            Err(JobError::GiveUp(words)) => {
                tracing::warn!(source = source.key, reason = words, "somebody who has left stays");
                Ok(false)
            }
            done => done,
        }
    }
}

fn failed(error: AuthError) -> JobError {
    match error {
        AuthError::Db(error) => error.into(),
        other => JobError::Retry(other.to_string()),
    }
}
