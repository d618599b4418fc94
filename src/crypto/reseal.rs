//! Everything sealed at once: sealed anew under a new data key, or tried whether it opens.

use diesel::prelude::*;
use diesel::sql_types::Text;
use regex::Regex;

use super::vault::{Vault, VaultError};
use crate::db::DbConn;
use crate::on_both;

/// A column that holds sealed texts, alone or within JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Its table.
    pub table: &'static str,
    /// The column that tells the rows apart.
    pub key: &'static str,
    /// The column itself.
    pub column: &'static str,
    /// For which purpose its texts are sealed.
    pub purpose: &'static str,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    place: String,
    #[diesel(sql_type = Text)]
    content: String,
}

impl Sealed {
    fn rows(&self, conn: &mut DbConn) -> Result<Vec<Found>, VaultError> {
        let Self { table, key, column, .. } = self;
        let sql = format!(
            "SELECT CAST({key} AS TEXT) AS place, {column} AS content FROM {table} WHERE {column} LIKE '%v1.%' ORDER BY {key}"
        );
        Ok(on_both!(conn, |c| diesel::sql_query(sql).load(c))?)
    }

    /// Puts another text in the place of the one that was read; one that was changed meanwhile stays.
    fn replace(&self, conn: &mut DbConn, found: &Found, content: &str) -> Result<(), VaultError> {
        let Self { table, key, column, .. } = self;
        let sql = format!("UPDATE {table} SET {column} = $1 WHERE CAST({key} AS TEXT) = $2 AND {column} = $3");
        let (row, before) = (&found.place, &found.content);
        on_both!(conn, |c| diesel::sql_query(sql)
            .bind::<Text, _>(content)
            .bind::<Text, _>(row)
            .bind::<Text, _>(before)
            .execute(c))?;
        Ok(())
    }
}

/// What a sealed text looks like, wherever it stands.
fn form() -> Result<Regex, VaultError> {
    Regex::new(r"\bv1\.[0-9]+\.[A-Za-z0-9_-]+").map_err(|e| VaultError::Broken(e.to_string()))
}

/// How much was sealed anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Number of the data key that seals from now on.
    pub key: i64,
    /// Secrets that were sealed anew.
    pub secrets: usize,
    /// Data keys that nothing needed any more, and that are gone.
    pub forgotten: usize,
}

/// Makes a new data key, wraps all under the installation's present key, and seals every secret anew.
pub fn reseal(conn: &mut DbConn, vault: &Vault, all: &[Sealed], now: i64) -> Result<Resealed, VaultError> {
    let form = form()?;
    let key = vault.renew(conn, now)?;
    let mut resealed = Resealed { key, ..Resealed::default() };
    for sealed in all {
        for found in sealed.rows(conn)? {
            let mut content = String::with_capacity(found.content.len());
            let mut end = 0;
            for place in form.find_iter(&found.content) {
                let secret = vault.open(conn, sealed.purpose, place.as_str())?;
                content.push_str(found.content.get(end..place.start()).unwrap_or_default());
                content.push_str(&vault.seal(conn, sealed.purpose, &secret, now)?);
                end = place.end();
                resealed.secrets += 1;
            }
            content.push_str(found.content.get(end..).unwrap_or_default());
            sealed.replace(conn, &found, &content)?;
        }
    }
    resealed.forgotten = {
        let used = used(conn, all, &form)?;
        vault.forget_unused(conn, &used, now)?
    };
    Ok(resealed)
}

/// The data keys that something is sealed with.
fn used(conn: &mut DbConn, all: &[Sealed], form: &Regex) -> Result<Vec<i64>, VaultError> {
    let mut used = Vec::new();
    for sealed in all {
        for found in sealed.rows(conn)? {
            let keys = form
                .find_iter(&found.content)
                .filter_map(|place| place.as_str().split('.').nth(1)?.parse::<i64>().ok());
            used.extend(keys);
        }
    }
    used.sort_unstable();
    used.dedup();
    Ok(used)
}

/// Opens every secret; answers how many there are, and what is wrong with each that does not open.
pub fn try_all(conn: &mut DbConn, vault: &Vault, all: &[Sealed]) -> Result<(usize, Vec<String>), VaultError> {
    let form = form()?;
    let (mut opened, mut broken) = (0, vault.try_keys(conn)?);
    for sealed in all {
        for found in sealed.rows(conn)? {
            for place in form.find_iter(&found.content) {
                match vault.open(conn, sealed.purpose, place.as_str()) {
                    Ok(_) => opened += 1,
                    Err(VaultError::Broken(why)) => {
                        broken.push(format!("{}.{} of {}: {why}", sealed.table, sealed.column, found.place));
                    }
                    Err(other) => return Err(other),
                }
            }
        }
    }
    Ok((opened, broken))
}
