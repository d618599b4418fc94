//! Where the data lives.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{DbConn, DbError, Manager};

/// Where the data lives, from `database.url`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// `sqlite://PATH`: a file; its folder is made when missing.
    Sqlite(PathBuf),
    /// `postgres://…`: passed to libpq as it is.
    Postgres(String),
}

impl Location {
    /// Reads a database URL; the error is a sentence for the operator.
    pub fn parse(url: &str) -> Result<Self, DbError> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            let path = path.split('?').next().unwrap_or_default();
            if path.is_empty() {
                return Err(DbError::Setup("database.url names no file: write sqlite:///path/to/takehold.db".into()));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err(DbError::Setup("database.url is neither sqlite://PATH nor postgres://USER@HOST/NAME".into()))
    }
}

impl Location {
    /// One new connection, outside any pool.
    pub fn connect(&self) -> Result<DbConn, DbError> {
        Manager { location: self.clone(), opened: Arc::default() }.open()
    }

    /// The hosts that the store is reached at, with their ports; none for a file or a socket of this machine.
    pub fn hosts(&self) -> Vec<(String, u16)> {
        let Self::Postgres(url) = self else { return Vec::new() };
        let rest = url.split_once("://").map_or("", |(_, rest)| rest);
        let (address, options) = rest.split_once('?').unwrap_or((rest, ""));
        let address = address.split('/').next().unwrap_or_default();
        let named = address.rsplit_once('@').map_or(address, |(_, hosts)| hosts);
        let option = |name: &str| options.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let hosts = if named.is_empty() { option("host").unwrap_or_default() } else { named };
        let port_of = |text: Option<&str>| text.and_then(|port| port.parse().ok()).unwrap_or(5432);
        let split = |host: &str| match host.rsplit_once(':').filter(|(_, port)| !port.contains(']')) {
            Some((host, port)) => (host.trim_matches(['[', ']']).to_owned(), port_of(Some(port))),
            None => (host.trim_matches(['[', ']']).to_owned(), port_of(option("port"))),
        };
        let is_elsewhere = |host: &&str| !host.is_empty() && !host.starts_with(['/', '@', '%']);
        hosts.split(',').filter(is_elsewhere).map(split).collect()
    }
}

/// The kind of network disk that a path lies on, if it does: SQLite's locks and shared memory do not hold there.
/// A file that is not there yet is judged by the nearest folder that is.
pub fn network_file_system(path: &Path) -> Option<&'static str> {
    let there = path.ancestors().map(|part| if part.as_os_str().is_empty() { Path::new(".") } else { part });
    let disk = there.filter_map(|part| rustix::fs::statfs(part).ok()).next()?;
    // The number is signed or not, and of 32 or 64 bits, as the platform has it.
    network_kind(disk.f_type.to_string().parse::<i64>().ok()? & 0xffff_ffff)
}

fn network_kind(number: i64) -> Option<&'static str> {
    match number {
        0x6969 => Some("NFS"),
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => Some("SMB"),
        0x5346_414f => Some("AFS"),
        _ => None,
    }
}

pub(super) fn refuse_network_disk(path: &Path) -> Result<(), DbError> {
    match network_file_system(path) {
        None => Ok(()),
        Some(kind) => Err(DbError::Setup(format!(
            "{} lies on a network disk ({kind}), where SQLite loses data: give it a local disk, or use PostgreSQL \
             with TAKEHOLD_DATABASE__URL",
            path.display()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_from_any_form_of_url() {
        let hosts = |url: &str| Location::parse(url).unwrap().hosts();
        assert_eq!(hosts("postgres://u:p%40@db.example.com/x"), [("db.example.com".to_owned(), 5432)]);
        assert_eq!(hosts("postgresql://db:6000/x?sslmode=require"), [("db".to_owned(), 6000)]);
        assert_eq!(hosts("postgres://u@a:1,b:2/x"), [("a".to_owned(), 1), ("b".to_owned(), 2)]);
        assert_eq!(hosts("postgres://u@[::1]:7/x"), [("::1".to_owned(), 7)]);
        assert_eq!(hosts("postgres:///x?host=db&port=9"), [("db".to_owned(), 9)]);
        assert!(hosts("postgres:///x?host=/run/postgresql").is_empty());
        assert!(hosts("sqlite:///x.db").is_empty());
    }

    #[test]
    fn disks_of_the_network_are_known_by_their_number() {
        let named = [0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x5346_414f].map(network_kind);
        assert_eq!(named, [Some("NFS"), Some("SMB"), Some("SMB"), Some("SMB"), Some("AFS")]);
        // ext4, xfs, btrfs, tmpfs, overlay, zfs.
        for local in [0xef53, 0x5846_5342, 0x9123_683e, 0x0102_1994, 0x794c_7630, 0x2fc1_2fc1] {
            assert_eq!(network_kind(local), None, "{local:x}");
        }
        assert_eq!(network_file_system(Path::new("/tmp/not/there/yet.db")), None);
    }
}
