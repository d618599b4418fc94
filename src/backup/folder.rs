//! The folder that backups are kept in: what is there, and what may go.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::BackupError;
use super::file::Source;

/// A partial file that has lain so long belongs to nobody any more.
const STALE: Duration = Duration::from_secs(24 * 3600);

/// A backup in the folder.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its file name.
    pub name: String,
    /// When it was taken, in microseconds since 1970; nothing when it cannot be read.
    pub created_at: Option<i64>,
    /// Its size.
    pub bytes: u64,
    /// Whether an identity is needed to read it.
    pub encrypted: bool,
    /// How many rows it holds; an encrypted one does not say.
    pub rows: Option<u64>,
    /// What is wrong with it. Each was read back before it got its name, so that only its ends are looked at here.
    pub problem: Option<String>,
}

/// The backups of a folder, the newest first.
pub fn list(folder: &Path) -> Result<Vec<Listed>, BackupError> {
    let mut all: Vec<Listed> = names(folder)?
        .into_iter()
        .map(|name| {
            let path = folder.join(&name);
            let bytes = std::fs::metadata(&path).map(|meta| meta.len()).unwrap_or_default();
            match Source::open(&path) {
                Ok(source) => Listed {
                    name,
                    created_at: Some(source.header.created_at),
                    bytes,
                    encrypted: source.header.encrypted,
                    rows: source.footer.rows,
                    problem: None,
                },
                Err(error) => Listed {
                    name,
                    created_at: None,
                    bytes,
                    encrypted: false,
                    rows: None,
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

/// Removes what backups left that were killed; whatever hinders is no reason to fail.
fn remove_partial(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let age = entry.metadata().and_then(|meta| meta.modified()).ok().and_then(|at| at.elapsed().ok());
        if name.starts_with(".takehold-") && name.ends_with(".partial") && age.is_some_and(|age| age > STALE) {
            drop(std::fs::remove_file(entry.path()));
        }
    }
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
