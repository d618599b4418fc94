//! Restores a backup aside, to know that it can be done when it must be.

use std::path::Path;

use super::contents::Contents;
use super::file::Source;
use super::folder::ASIDE;
use super::keys::Identities;
use super::{BackupError, Watch, restore_sqlite};

/// Restores a backup into a temporary SQLite file in `folder`, whichever engine it comes from, reads every
/// row back, holds them against the backup, and removes the file.
pub fn drill(
    source: &Source,
    identities: &Identities,
    folder: &Path,
    watch: &mut Watch<'_>,
) -> Result<Contents, BackupError> {
    let aside = tempfile::Builder::new().prefix(ASIDE).tempdir_in(folder).map_err(|e| {
        BackupError::Input(format!("cannot restore aside in {}: {e}; it must be writable", folder.display()))
    })?;
    restore_sqlite::make(source, identities, &aside.path().join("takehold.db"), watch)
}
