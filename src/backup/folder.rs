//! The folder that backups are kept in: what is there, and what may go.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::BackupError;
use super::file::Source;

/// A partial file that has lain so long belongs to nobody any more.
const STALE: Duration = Duration::from_secs(24 * 3600);
/// How the name of a backup begins and ends while it is written …
pub(super) const PARTIAL: &str = ".takehold-";
pub(super) const PARTIAL_END: &str = ".partial";
/// … and that of the folder of a drill.
pub(super) const ASIDE: &str = ".takehold-drill-";

/// A backup in the folder.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its file name.
    pub name: String,
    /// When it was taken, in microseconds since 1970; when the file was written, if that cannot be read.
    pub created_at: i64,
    /// Its size.
    pub bytes: u64,
    /// Whether an identity is needed to read it.
    pub encrypted: bool,
    /// How many rows it holds; an encrypted one does not say.
    pub rows: Option<u64>,
    /// When it was read back: before it got its dated name. What other names say nobody knows.
    pub verified_at: Option<i64>,
    /// What is wrong with it, as far as its first and last line tell.
    pub problem: Option<String>,
}

/// The backups of a folder, the newest first.
pub fn list(folder: &Path) -> Result<Vec<Listed>, BackupError> {
    let mut all: Vec<Listed> = names(folder)?
        .into_iter()
        .map(|name| {
            let path = folder.join(&name);
            let meta = std::fs::metadata(&path).ok();
            let bytes = meta.as_ref().map(std::fs::Metadata::len).unwrap_or_default();
            let written_at = meta.and_then(|meta| meta.modified().ok()).map(microseconds).unwrap_or_default();
            match Source::open(&path) {
                Ok(source) => Listed {
                    verified_at: is_dated(&name).then_some(written_at),
                    name,
                    created_at: source.header.created_at,
                    bytes,
                    encrypted: source.header.encrypted,
                    rows: source.footer.rows,
                    problem: None,
                },
                Err(error) => Listed {
                    name,
                    created_at: written_at,
                    bytes,
                    encrypted: false,
                    rows: None,
                    verified_at: None,
                    problem: Some(error.to_string()),
                },
            }
        })
        .collect();
    all.sort_by(|a, b| (b.created_at, &b.name).cmp(&(a.created_at, &a.name)));
    Ok(all)
}

/// The newest backup of a folder that has no problem.
pub fn newest(folder: &Path) -> Result<Option<PathBuf>, BackupError> {
    Ok(list(folder)?.into_iter().find(|listed| listed.problem.is_none()).map(|listed| folder.join(listed.name)))
}

/// Removes all but the newest `keep` of the backups that were given a dated name; the answer is how many.
/// What cannot be read is left for people to look at, and counts for nothing.
pub fn prune(folder: &Path, keep: usize) -> Result<usize, BackupError> {
    let mut removed = 0;
    let dated = list(folder)?.into_iter().filter(|listed| listed.problem.is_none() && is_dated(&listed.name));
    for listed in dated.skip(keep.max(1)) {
        let path = folder.join(&listed.name);
        std::fs::remove_file(&path)
            .map_err(|e| BackupError::Input(format!("cannot remove the old backup {}: {e}", path.display())))?;
        removed += 1;
    }
    remove_partial(folder);
    Ok(removed)
}

/// Removes what backups and drills left that were killed; whatever hinders is no reason to fail.
fn remove_partial(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (name, path) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
        let age = entry.metadata().and_then(|meta| meta.modified()).ok().and_then(|at| at.elapsed().ok());
        if age.is_none_or(|age| age <= STALE) {
            continue;
        }
        if name.starts_with(PARTIAL) && name.ends_with(PARTIAL_END) {
            drop(std::fs::remove_file(path));
        } else if name.starts_with(ASIDE) {
            drop(std::fs::remove_dir_all(path));
        }
    }
}

fn microseconds(at: std::time::SystemTime) -> i64 {
    let since = at.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or_default()
}

fn names(folder: &Path) -> Result<Vec<String>, BackupError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => {
            return Err(BackupError::Input(format!("cannot read the backup folder {}: {e}", folder.display())));
        }
    };
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    Ok(names.filter(|name| name.ends_with(".thb")).collect())
}

/// `takehold-20261122T020000Z.thb`: the names that [`super::name_at`] gives.
fn is_dated(name: &str) -> bool {
    let stamp = name.strip_prefix("takehold-").and_then(|rest| rest.strip_suffix("Z.thb"));
    stamp.is_some_and(|stamp| {
        stamp.len() == 15 && stamp.char_indices().all(|(at, c)| if at == 8 { c == 'T' } else { c.is_ascii_digit() })
    })
}
