//! Files that are no good, and the folder of those that are.

use std::path::{Path, PathBuf};

use takehold::backup::{self, Asked, BackupError, Identities, Present, Recipients, Source};
use takehold::crypto::SecretKey;
use takehold::db::{Alone, Db, Location, migrate};

use crate::support::{Store, refused, run};

pub fn key() -> SecretKey {
    SecretKey::parse(&"07".repeat(32)).unwrap()
}

/// A backup of a store with a little of everything that `migrate` and `admin` make.
fn small(store: &Store, name: &str) -> PathBuf {
    run(store, &["admin", "create-user", "--email", "ada@example.com", "--role", "owner"]);
    take(store, name)
}

fn take(store: &Store, name: &str) -> PathBuf {
    let to = store.folder.path().join(name);
    let db = Db::open(&store.url).unwrap();
    let asked = Asked { to: &to, now: 1_795_000_000_000_000, key: Some(&key()), recipients: &Recipients::default() };
    backup::take(&db, &asked, &mut backup::unwatched).unwrap().path
}

/// What is wrong with a file; nothing when nothing is.
fn wrong(file: &Path) -> Option<String> {
    let found =
        Source::open(file).and_then(|source| backup::verify(&source, &Identities::default(), &mut backup::unwatched));
    match found {
        Ok(_) => None,
        Err(BackupError::Input(text)) => Some(text),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn each_wrong_byte_and_each_early_end_is_noticed() {
    let store = Store::sqlite();
    let file = small(&store, "a.thb");
    let good = std::fs::read(&file).unwrap();
    assert_eq!(wrong(&file), None);
    let other = store.folder.path().join("b.thb");
    for at in (0..good.len()).step_by(7) {
        let mut bytes = good.clone();
        bytes[at] ^= 1 << (at % 8);
        std::fs::write(&other, &bytes).unwrap();
        let text = wrong(&other).unwrap_or_else(|| panic!("a flipped bit at {at} was not noticed"));
        assert!(text.contains("b.thb"), "{text}");
        std::fs::write(&other, &good[..at]).unwrap();
        assert!(wrong(&other).is_some(), "an end at {at} was not noticed");
    }
    std::fs::write(&other, [&good[..], b"more\n"].concat()).unwrap();
    assert!(wrong(&other).unwrap().contains("has grown"));
    let (head, tail) = good.split_at(good.len() / 2);
    std::fs::write(&other, [head, b"inserted", tail].concat()).unwrap();
    assert!(wrong(&other).is_some());
}

both_engines! {
    fn a_wrong_file_leaves_the_store_as_it_was(store: &Store) {
        let file = small(store, "a.thb");
        let good = std::fs::read(&file).unwrap();
        run(store, &["admin", "create-write-key", "--name", "made after the backup"]);
        let location = Location::parse(&store.url).unwrap();
        let rows = || match backup::look(&location).unwrap() {
            Present::Rows(contents) => contents,
            other => panic!("{other:?}"),
        };
        let before = rows();
        let other = store.folder.path().join("b.thb");
        let name = other.to_string_lossy();
        let with = |bytes: &[u8], part: &str| {
            std::fs::write(&other, bytes).unwrap();
            refused(&run(store, &["restore", &name, "--yes"]), part);
        };
        with(&good[..good.len() - 1], "is incomplete");
        with(&good[..good.len() / 2], "is incomplete");
        with(b"", "is no backup of takehold");
        with(b"a letter", "is no backup of takehold");
        with(&String::from_utf8_lossy(&good).replacen("\"format\":1", "\"format\":2", 1).into_bytes(), "has format 2");
        let mut newer = good.clone();
        let year = newer.windows(14).position(|bytes| bytes == b"\"schema\":\"2026").unwrap() + 12;
        newer[year..year + 2].copy_from_slice(b"99");
        with(&newer, "does not know: use takehold");
        refused(&run(store, &["restore", "/none.thb", "--yes"]), "/none.thb");

        // Past the check: what is found only while rows are written takes them back.
        let mut flipped = good.clone();
        let middle = good.len() * 3 / 4;
        flipped[middle] ^= 4;
        std::fs::write(&other, &flipped).unwrap();
        let source = Source::open(&other).unwrap();
        let alone = Alone::take(&location).unwrap();
        let failed = backup::restore(&source, &Identities::default(), (&location, &alone), &mut backup::unwatched);
        assert!(failed.unwrap_err().to_string().contains("is damaged"));
        let stopped = backup::restore(&Source::open(&file).unwrap(), &Identities::default(), (&location, &alone), &mut |_, _| Err(BackupError::Stopped));
        assert!(matches!(stopped, Err(BackupError::Stopped)));
        drop(alone);
        assert_eq!(rows(), before);
        assert!(!store.folder.path().join("takehold.db.restoring").exists());
        assert!(run(store, &["restore", &file.to_string_lossy(), "--yes"]).status.success());
        assert_eq!(rows().rows() + 1, before.rows());
    }
}

#[test]
fn the_newest_are_kept_and_the_newest_is_drilled() {
    let store = Store::sqlite();
    let db = Db::open(&store.url).unwrap();
    migrate::run(&db).unwrap();
    let folder = store.folder.path().join("backups");
    std::fs::create_dir(&folder).unwrap();
    let day = 86_400_000_000;
    let recipients = Recipients::default();
    let names: Vec<String> = (0..5)
        .map(|n| {
            let asked = Asked { to: &folder, now: 1_795_000_000_000_000 + n * day, key: None, recipients: &recipients };
            let path = backup::take(&db, &asked, &mut backup::unwatched).unwrap().path;
            path.file_name().unwrap().to_string_lossy().into_owned()
        })
        .collect();
    assert_eq!(names[0], "takehold-20261118T110640Z.thb");
    std::fs::copy(folder.join(&names[0]), folder.join("mine.thb")).unwrap();
    std::fs::write(folder.join("takehold-20270101T000000Z.thb"), b"TAKEHOLD BACKUP ").unwrap();
    assert_eq!(backup::prune(&folder, 2).unwrap(), 3);
    let listed = backup::list(&folder).unwrap();
    let newest_first: Vec<&str> =
        listed.iter().map(|one| one.name.as_str()).filter(|name| names.iter().any(|n| n == name)).collect();
    assert_eq!(newest_first, [&names[4], &names[3]]);
    let mut shown: Vec<(&str, bool, bool)> =
        listed.iter().map(|one| (one.name.as_str(), one.verified_at.is_some(), one.problem.is_some())).collect();
    shown.sort_unstable();
    let expected = [
        ("mine.thb", false, false),
        (names[3].as_str(), true, false),
        (&names[4], true, false),
        ("takehold-20270101T000000Z.thb", false, true),
    ];
    assert_eq!(shown, expected);
    let newest = listed.iter().find(|one| one.name == names[4]).unwrap();
    assert!(newest.rows.is_some() && newest.bytes > 0);
    let newest = backup::newest(&folder).unwrap().unwrap();
    assert!(newest.ends_with(&names[4]));
    let source = Source::open(&newest).unwrap();
    let mut told = (0, 0);
    backup::drill(&source, &Identities::default(), &folder, &mut |done, total| {
        told = (done, total);
        Ok(())
    })
    .unwrap();
    assert!(told.0 == told.1 && told.0 > 0, "{told:?}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 4, "a drill leaves nothing behind");
    assert!(backup::list(&folder.join("none")).unwrap().is_empty());
}
