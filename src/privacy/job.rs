//! Carries out what was asked for.

use std::time::Duration;

use serde_json::json;

use super::export;
use super::requests::{self, PrivacyKind, PrivacyState, Row};
use crate::activity::erasure;
use crate::audit::{self, Entry, Origin};
use crate::auth::{EXPORTED, Workspace};
use crate::crypto::{SecretKey, Vault, VaultError};
use crate::db::DbError;
use crate::jobs::{About, Job, JobError, Look, Misfire, Run, Schedule, Scope};

/// How long an export lies ready, in microseconds.
const FILE_STAYS: i64 = 7 * 24 * 3_600_000_000;
/// So often is an erasure worked out anew when the log changes meanwhile.
const TRIES: usize = 5;
const LEVEL: i32 = 6;

/// `privacy`: exports and erases people.
pub struct Privacy(Option<Vault>);

impl Privacy {
    /// With the key that exports are sealed with; without one they wait for a process that has it.
    pub fn new(key: Option<SecretKey>) -> Self {
        Self(key.map(Vault::new))
    }
}

impl Job for Privacy {
    fn about(&self) -> About {
        About {
            name: "privacy",
            title: "Privacy requests",
            what: "Exports or erases people for whom that was asked, and forgets exports after 7 days.",
            schedule: Schedule::Every(Duration::from_secs(2)),
            scope: Scope::Workspace,
            timeout: Duration::from_secs(60 * 60),
            attempts: 1,
            misfire: Misfire::RunLatest,
            builds_on: &[],
            takes_day: false,
        }
    }

    fn is_needed(&self, look: &Look<'_>) -> Result<bool, DbError> {
        let (Some(workspace), now) = (look.workspace, look.clock.now()) else { return Ok(false) };
        look.db.read_blocking(|conn| {
            Ok(!requests::waiting(conn, workspace.id)?.is_empty() || requests::have_old_files(conn, workspace.id, now)?)
        })
    }

    fn run(&self, run: &Run) -> Result<String, JobError> {
        let workspace = run.workspace()?;
        let now = run.clock.now();
        let forgotten = run.write(|conn| Ok(requests::forget_files(conn, workspace.id, now)?))?;
        let waiting = run.db.read_blocking(|conn| requests::waiting(conn, workspace.id))?;
        let total = u64::try_from(waiting.len()).unwrap_or(0);
        let mut erased = 0;
        for (done, request) in (0..).zip(&waiting) {
            run.check()?;
            run.progress(done, total);
            match request.kind == PrivacyKind::Erasure.as_str() {
                true => erased += u64::from(self.erase(run, workspace, request)?),
                false => self.export(run, workspace, request)?,
            }
        }
        if erased > 0 || forgotten > 0 {
            erasure::scrub(&run.db)?;
            let now = run.clock.now();
            run.write(|conn| Ok(requests::finish_erasures(conn, workspace.id, now)?))?;
        }
        Ok(format!("{total} requests carried out, {erased} people erased, {forgotten} exports forgotten"))
    }
}

impl Privacy {
    fn export(&self, run: &Run, workspace: &Workspace, request: &Row) -> Result<(), JobError> {
        let needed = || JobError::GiveUp("an export is sealed with server.secret_key, which this process lacks".into());
        let vault = self.0.as_ref().ok_or_else(needed)?;
        let (now, id) = (run.clock.now(), request.external_id.as_deref().unwrap_or_default());
        let document = run.db.read_blocking(|conn| -> Result<_, DbError> {
            match erasure::find(conn, workspace.id, id)? {
                Some(whom) => Ok(Some(export::of(conn, workspace, &whom, now)?)),
                None => Ok(None),
            }
        })?;
        let Some(document) = document else { return gone(run, request) };
        let calls = document.get("calls").and_then(|calls| calls.as_array()).map_or(0, Vec::len);
        let packed = zstd::bulk::compress(document.to_string().as_bytes(), LEVEL)
            .map_err(|e| JobError::Retry(format!("the export cannot be compressed: {e}")))?;
        run.write(|conn| {
            let sealed = vault.seal(conn, EXPORTED, &packed, now).map_err(|error| match error {
                VaultError::Db(error) => JobError::from(error),
                other => JobError::GiveUp(other.to_string()),
            })?;
            let message = format!("{calls} calls; the file lies ready for 7 days");
            requests::settle(conn, request.id, PrivacyState::Done, &message, Some((sealed, now + FILE_STAYS)), now)?;
            let detail = json!({ "request": request.id, "calls": calls });
            let entry =
                Entry { workspace: Some(workspace.id), action: "person.exported", target: &request.person, detail };
            Ok(audit::record(conn, &Origin::system("privacy"), entry, now)?)
        })
    }

    /// Answers whether anybody was there to be erased. The request is done only when the files are scrubbed too: it
    /// waits without its id until then, whatever becomes of this process.
    fn erase(&self, run: &Run, workspace: &Workspace, request: &Row) -> Result<bool, JobError> {
        let Some(id) = request.external_id.as_deref() else { return Ok(true) };
        let mut tries = 0;
        loop {
            run.check()?;
            let Some(prepared) = erasure::prepare(&run.db, workspace.id, id)? else {
                return gone(run, request).map(|()| false);
            };
            let now = run.clock.now();
            let stored = run.write(|conn| {
                let erased = prepared.store(conn)?;
                requests::forget_exports(conn, workspace.id, &request.person)?;
                super::unmask::forget(conn, workspace.id, &request.person)?;
                let message = match erased.blanked {
                    0 => format!("{} calls erased", erased.calls),
                    blanked => format!("{} calls erased, the person's name blanked in {blanked} others", erased.calls),
                };
                requests::settle(conn, request.id, PrivacyState::Waiting, &message, None, now)?;
                let detail = json!({ "request": request.id, "calls": erased.calls, "blanked": erased.blanked });
                let entry =
                    Entry { workspace: Some(workspace.id), action: "person.erased", target: &request.person, detail };
                Ok(audit::record(conn, &Origin::system("privacy"), entry, now)?)
            });
            tries += 1;
            match stored {
                Ok(()) => return Ok(true),
                Err(JobError::Retry(_)) if tries < TRIES => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Whoever was asked about was erased meanwhile.
fn gone(run: &Run, request: &Row) -> Result<(), JobError> {
    let now = run.clock.now();
    run.write(|conn| {
        Ok(requests::settle(conn, request.id, PrivacyState::Failed, "nobody of this id is there any more", None, now)?)
    })
}
