//! Every version of the schema: described whole, brought to the newest without loss, and left alone when that fails.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use takehold::backup::{self, Asked, BackupError, Identities, Recipients, Source};
use takehold::db::tables::{self, Kind, Row, Table, Value};
use takehold::db::{Alone, Db, DbConn, Location, migrate, transaction};
use takehold::on_both;

use crate::support::{Store, refused, takehold};

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
}

fn columns(conn: &mut DbConn) -> BTreeSet<(String, String)> {
    let ask = match conn {
        DbConn::Sqlite(_) => {
            "SELECT t.name AS table_name, c.name AS column_name FROM sqlite_master t JOIN pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"
        }
        DbConn::Postgres(_) => {
            "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let found: Vec<Column> = on_both!(conn, |c| diesel::sql_query(ask).load(c)).unwrap();
    let found = found.into_iter().filter(|column| !column.table_name.starts_with("__diesel"));
    found.map(|column| (column.table_name, column.column_name)).collect()
}

both_engines! {
    fn a_backup_holds_every_column_that_there_is(store: &Store) {
        let db = Db::open(&store.url).unwrap();
        for version in migrate::versions() {
            let mut conn = db.dedicated().unwrap();
            migrate::up_to(&mut conn, &version).unwrap();
            let shape = tables::of_version(&version).unwrap();
            let described = shape.iter().flat_map(|table| table.columns.iter().map(|column| (table.name.clone(), column.name.clone())));
            assert_eq!(described.collect::<BTreeSet<_>>(), columns(&mut conn), "{version}");
            assert!(shape.iter().all(|table| !table.key.is_empty()), "a table without a key has no order");
        }
    }
}

/// Three rows for each table; what stands for another row by its number is one of the three.
fn samples(table: &Table) -> Vec<Row> {
    let value = |n: i64, at: i64, kind: Kind| match kind {
        Kind::Int => Value::Int(n),
        Kind::Real => Value::Real(f64::from(i32::try_from(n).unwrap()) + 0.5),
        Kind::Text => Value::Text(format!("{n}-{at} 'é\"")),
        Kind::Bytes => Value::Bytes(vec![0, 255, u8::try_from(n).unwrap()]),
    };
    let row = |n: i64| table.columns.iter().zip(0..).map(|(column, at)| value(n, at, column.kind)).collect();
    (1..=3).map(row).collect()
}

fn rows(conn: &mut DbConn, table: &Table) -> Vec<Row> {
    let mut rows = Vec::new();
    tables::each(conn, table, |row| {
        rows.push(row);
        Ok::<(), takehold::db::DbError>(())
    })
    .unwrap();
    rows
}

fn fill(db: &Db, shape: &[Table]) {
    let mut conn = db.dedicated().unwrap();
    if let DbConn::Sqlite(c) = &mut conn {
        c.batch_execute("PRAGMA foreign_keys = OFF").unwrap();
    }
    transaction(&mut conn, "BEGIN", "BEGIN", |conn| {
        tables::without_references(conn, |conn| {
            for table in shape {
                tables::insert(conn, table, samples(table))?;
                if table.numbered {
                    // Rows were removed: their numbers must not come again.
                    tables::set_last_number(conn, table, 77)?;
                }
            }
            Ok::<_, BackupError>(())
        })
    })
    .unwrap();
}

/// Each version with the one that this binary has, which is the last.
fn versions() -> (Vec<String>, String) {
    let versions = migrate::versions();
    let head = versions.last().unwrap().clone();
    (versions, head)
}

fn stores(of: fn() -> Store) {
    let (all, head) = versions();
    for version in all {
        let store = of();
        let db = Db::open(&store.url).unwrap();
        let shape = tables::of_version(&version).unwrap();
        migrate::up_to(&mut db.dedicated().unwrap(), &version).unwrap();
        fill(&db, &shape);
        let folder = store.folder.path().join("backups");
        std::fs::create_dir(&folder).unwrap();
        let asked = Asked { to: &folder, now: 0, key: None, recipients: &Recipients::default() };
        let taken = backup::take(&db, &asked, &mut backup::unwatched).unwrap().path;

        if version != head {
            // The next migration fails, for a table of its own is there already.
            let at_head = tables::of_version(&head).unwrap();
            let new = at_head.iter().find(|table| shape.iter().all(|old| old.name != table.name));
            if let Some(new) = new {
                let sql = |sql: String| on_both!(&mut db.dedicated().unwrap(), |c| c.batch_execute(&sql)).unwrap();
                sql(format!("CREATE TABLE {} (x INTEGER)", new.name));
                let failed = migrate::run(&db).unwrap_err().to_string();
                assert!(failed.contains(&new.name), "{failed}");
                assert_eq!(migrate::applied(&mut db.dedicated().unwrap()).unwrap().as_ref(), Some(&version));
                sql(format!("DROP TABLE {}", new.name));
            }
        }
        let mut told = None;
        migrate::run_after(&db, |upgrade| {
            told = Some((upgrade.from.clone(), upgrade.to.clone()));
            Ok(())
        })
        .unwrap();
        assert_eq!(told, (version != head).then(|| (version.clone(), head.clone())));
        let copy = store.folder.path().join(format!("takehold.before-{head}.db"));
        assert_eq!(copy.exists(), version != head && store.url.starts_with("sqlite"));
        if copy.exists() {
            let copy = Db::open(&format!("sqlite://{}", copy.display())).unwrap();
            assert_eq!(migrate::applied(&mut copy.dedicated().unwrap()).unwrap().as_ref(), Some(&version));
        }

        // A backup of the old version, restored on either engine, is the same as the upgraded store.
        let (sqlite, postgres) = (Store::sqlite(), Store::postgres());
        for other in [&sqlite, &postgres] {
            let location = Location::parse(&other.url).unwrap();
            let alone = Alone::take(&location).unwrap();
            let source = Source::open(&taken).unwrap();
            backup::restore(&source, &Identities::default(), (&location, &alone), &mut backup::unwatched).unwrap();
        }
        let mut conns = [&store, &sqlite, &postgres].map(|store| Db::open(&store.url).unwrap().dedicated().unwrap());
        for table in &shape {
            for conn in &mut conns {
                assert_eq!(rows(conn, table), samples(table), "{version}: {}", table.name);
                let last = tables::last_number(conn, table).unwrap();
                assert_eq!(last, table.numbered.then_some(77), "{version}: {}", table.name);
            }
        }
        for table in tables::of_version(&head).unwrap() {
            let [upgraded, others @ ..] = &mut conns;
            let upgraded = rows(upgraded, &table);
            for conn in others {
                assert_eq!(rows(conn, &table), upgraded, "{version}: {}", table.name);
            }
        }
    }
}

#[test]
fn every_schema_comes_to_the_newest_on_sqlite() {
    stores(Store::sqlite);
}

#[test]
fn every_schema_comes_to_the_newest_on_postgres() {
    stores(Store::postgres);
}

both_engines! {
    fn a_first_migration_that_fails_leaves_nothing(store: &Store) {
        let db = Db::open(&store.url).unwrap();
        let mut conn = db.dedicated().unwrap();
        on_both!(&mut conn, |c| c.batch_execute("CREATE TABLE write_keys (x INTEGER)")).unwrap();
        let before = columns(&mut conn);
        let failed = migrate::run(&db).unwrap_err().to_string();
        assert!(failed.contains("write_keys"), "{failed}");
        assert_eq!(columns(&mut conn), before);
        assert_eq!(migrate::applied(&mut conn).unwrap(), None);
        let nothing = backup::take(&db, &Asked { to: store.folder.path(), now: 0, key: None, recipients: &Recipients::default() }, &mut backup::unwatched);
        assert!(nothing.unwrap_err().to_string().contains("nothing to back up"));
    }
}

#[test]
fn postgresql_is_backed_up_before_an_upgrade() {
    let (versions, head) = versions();
    let (Some(old), true) = (versions.first(), versions.len() > 1) else { return };
    let store = Store::postgres();
    let db = Db::open(&store.url).unwrap();
    migrate::up_to(&mut db.dedicated().unwrap(), old).unwrap();
    let applied = || migrate::applied(&mut db.dedicated().unwrap()).unwrap();
    let upgrade =
        |folder: &str| takehold(&store).arg("migrate").env("TAKEHOLD_BACKUP__FOLDER", folder).output().unwrap();
    refused(&upgrade("/proc/none"), "before the upgrade");
    assert_eq!(applied().as_ref(), Some(old));
    let folder = store.folder.path().join("kept");
    assert!(upgrade(&folder.to_string_lossy()).status.success());
    assert_eq!(applied(), Some(head));
    let newest = backup::newest(&folder).unwrap().unwrap();
    assert_eq!(&Source::open(&newest).unwrap().header.schema, old);
    assert!(upgrade("/proc/none").status.success(), "nothing is to be done, and nothing is backed up");
}
