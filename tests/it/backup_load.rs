//! Backups of stores that are large, or written to meanwhile.

use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use diesel::prelude::*;
use takehold::backup::{self, Asked, Identities, Recipients, Source};
use takehold::db::schema::{app_settings, event_blocks, workspaces};
use takehold::db::{Alone, Db, DbError, Location, migrate};

use crate::support::{Store, takehold};

both_engines! {
    fn a_backup_is_one_snapshot_though_others_write(store: &Store) {
        let db = Db::open(&store.url).unwrap();
        migrate::run(&db).unwrap();
        // The first and the last table of a backup change together, and much lies between them.
        db.write_blocking(|conn| {
            diesel::insert_into(app_settings::table)
                .values((app_settings::workspace_id.eq(1), app_settings::app.eq(1), app_settings::owners.eq("0"), app_settings::tags.eq("[]")))
                .execute(conn)?;
            diesel::insert_into(workspaces::table)
                .values((workspaces::slug.eq("a"), workspaces::name.eq("0"), workspaces::kind.eq("internal"), workspaces::time_zone.eq("UTC"), workspaces::created_at.eq(0)))
                .execute(conn)?;
            for _ in 0..40 {
                block(conn, 100_000)?;
            }
            Ok::<_, DbError>(())
        }).unwrap();
        let stop = AtomicBool::new(false);
        let folder = store.folder.path().join("backups");
        std::fs::create_dir(&folder).unwrap();
        let written = std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut n = 0;
                while !stop.load(Ordering::Relaxed) {
                    n += 1;
                    db.write_blocking(|conn| {
                        diesel::update(app_settings::table).set(app_settings::owners.eq(n.to_string())).execute(conn)?;
                        block(conn, 1000)?;
                        diesel::update(workspaces::table).set(workspaces::name.eq(n.to_string())).execute(conn)?;
                        Ok::<_, DbError>(())
                    }).unwrap();
                }
                n
            });
            for n in 0..5 {
                let asked = Asked { to: &folder, now: n * 1_000_000, key: None, recipients: &Recipients::default() };
                backup::take(&db, &asked, &mut |_, _| { std::thread::sleep(Duration::from_millis(2)); Ok(()) }).unwrap();
            }
            stop.store(true, Ordering::Relaxed);
            writer.join().unwrap()
        });
        assert!(written > 5, "only {written} writes came between");
        let mut seen = Vec::new();
        for listed in backup::list(&folder).unwrap() {
            let source = Source::open(&folder.join(listed.name)).unwrap();
            let aside = Store::sqlite();
            let location = Location::parse(&aside.url).unwrap();
            let alone = Alone::take(&location).unwrap();
            backup::restore(&source, &Identities::default(), (&location, &alone), &mut backup::unwatched).unwrap();
            drop(alone);
            let (first, last, blocks) = Db::open(&aside.url).unwrap().read_blocking(|conn| {
                let first: String = app_settings::table.select(app_settings::owners).first(conn)?;
                let last: String = workspaces::table.select(workspaces::name).first(conn)?;
                let blocks: i64 = event_blocks::table.count().get_result(conn)?;
                Ok::<_, DbError>((first, last, blocks))
            }).unwrap();
            assert_eq!(first, last);
            assert_eq!(blocks, 40 + first.parse::<i64>().unwrap());
            seen.push(blocks);
        }
        seen.dedup();
        assert!(seen.len() > 1, "the backups differ: {seen:?}");
    }
}

/// A block of so many bytes that do not pack well.
fn block(conn: &mut takehold::db::DbConn, bytes: u64) -> Result<(), DbError> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let first = NEXT.fetch_add(bytes, Ordering::Relaxed);
    let words = (first..).take(usize::try_from(bytes.div_ceil(8)).unwrap());
    let data: Vec<u8> = words.flat_map(|n| xxhash_rust::xxh3::xxh3_64(&n.to_le_bytes()).to_le_bytes()).collect();
    diesel::insert_into(event_blocks::table)
        .values((
            event_blocks::workspace_id.eq(1),
            event_blocks::received_at.eq(0),
            event_blocks::events.eq(1),
            event_blocks::first_at.eq(0),
            event_blocks::last_at.eq(0),
            event_blocks::data.eq(data),
        ))
        .execute(conn)?;
    Ok(())
}

/// The most memory that a process held, in kB; looked at until it ends well.
fn most_memory(mut child: Child) -> u64 {
    let mut most = 0;
    let status = format!("/proc/{}/status", child.id());
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let held =
            text.lines().find_map(|line| line.strip_prefix("VmHWM:")).and_then(|rest| rest.trim().strip_suffix(" kB"));
        most = most.max(held.and_then(|held| held.trim().parse().ok()).unwrap_or(0));
        if let Some(ended) = child.try_wait().unwrap() {
            assert!(ended.success());
            return most;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn quiet(mut command: Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

both_engines! {
    fn memory_does_not_grow_with_the_store(store: &Store) {
        let db = Db::open(&store.url).unwrap();
        migrate::run(&db).unwrap();
        for _ in 0..10 {
            db.write_blocking(|conn| (0..10).try_for_each(|_| block(conn, 1 << 20))).unwrap();
        }
        drop(db);
        let file = store.folder.path().join("large.thb");
        let mut taking = takehold(store);
        taking.arg("backup").arg(&file);
        let taking = most_memory(quiet(taking));
        assert!(std::fs::metadata(&file).unwrap().len() > 90 << 20);
        let mut restoring = takehold(store);
        restoring.arg("restore").arg(&file).arg("--yes");
        let restoring = most_memory(quiet(restoring));
        // The store holds 100 MB.
        assert!(taking < 90_000 && restoring < 120_000, "{taking} kB, {restoring} kB");
    }
}
