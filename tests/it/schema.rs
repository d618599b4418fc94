//! The same tables and columns on both engines, up and down.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use takehold::db::{Db, DbConn, migrate};

use crate::support::Store;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

type Tables = BTreeMap<String, BTreeSet<(String, String, bool)>>;

fn tables(conn: &mut DbConn) -> Tables {
    let columns: Vec<Column> = match conn {
        DbConn::Sqlite(c) => diesel::sql_query(
            "SELECT t.name AS table_name, c.name AS column_name, lower(c.type) AS kind, \
             (c.\"notnull\" = 0 AND c.pk = 0) AS nullable \
             FROM sqlite_master t JOIN pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'",
        )
        .load(c),
        DbConn::Postgres(c) => diesel::sql_query(
            "SELECT table_name::text, column_name::text, data_type::text AS kind, is_nullable = 'YES' AS nullable \
             FROM information_schema.columns WHERE table_schema = 'public'",
        )
        .load(c),
    }
    .unwrap();
    let mut tables = Tables::new();
    for column in columns.into_iter().filter(|column| !column.table_name.starts_with("__diesel")) {
        // Row ids are INTEGER on SQLite by necessity; they hold 64 bits all the same.
        let kind = match column.kind.as_str() {
            "integer" if column.column_name == "id" => "bigint",
            "blob" => "bytea",
            other => other,
        };
        let entry = (column.column_name, kind.to_owned(), column.nullable);
        tables.entry(column.table_name).or_default().insert(entry);
    }
    tables
}

#[test]
fn both_engines_have_the_same_tables_and_go_down_to_none() {
    let stores = [Store::sqlite(), Store::postgres()];
    let mut seen = Vec::new();
    for store in &stores {
        let db = Db::open(&store.url).unwrap();
        assert!(migrate::pending(&db).unwrap() > 0);
        assert!(migrate::run(&db).unwrap() > 0);
        assert_eq!(migrate::run(&db).unwrap(), 0);
        assert_eq!(migrate::pending(&db).unwrap(), 0);
        let mut conn = db.dedicated().unwrap();
        let up = tables(&mut conn);
        assert!(up.contains_key("workspaces"));
        migrate::revert_all(&mut conn).unwrap();
        assert_eq!(tables(&mut conn), Tables::new(), "{}", store.url);
        assert!(migrate::run(&db).unwrap() > 0);
        assert_eq!(tables(&mut conn), up, "up again is as before");
        seen.push(up);
    }
    assert_eq!(seen[0], seen[1]);
}

both_engines! {
    fn a_newer_schema_is_refused_with_the_remedy(store: &Store) {
        let db = Db::open(&store.url).unwrap();
        migrate::run(&db).unwrap();
        let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000000')";
        takehold::on_both!(&mut db.dedicated().unwrap(), |c| diesel::sql_query(newer).execute(c)).unwrap();
        let refused = migrate::run(&db).unwrap_err().to_string();
        assert!(refused.contains("20991231000000") && refused.contains("newer"), "{refused}");
        assert!(migrate::pending(&db).is_err());
    }
}

both_engines! {
    fn many_migrators_at_once_are_as_one(store: &Store) {
        let runs: Vec<_> = (0..4).map(|_| {
            let url = store.url.clone();
            std::thread::spawn(move || migrate::run(&Db::open(&url).unwrap()).unwrap())
        }).collect();
        let applied: usize = runs.into_iter().map(|run| run.join().unwrap()).sum();
        let db = Db::open(&store.url).unwrap();
        assert_eq!(migrate::pending(&db).unwrap(), 0);
        assert!(applied > 0);
    }
}
