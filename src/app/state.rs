//! What the server holds. Handlers never see it whole: each takes the part it needs as `web::Data<Part>`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32};

use actix_web::web;

use super::metrics::Measured;
use crate::activity::ask::Activity;
use crate::auth::sources::SignOn;
use crate::auth::{Auth, AuthError, workspaces};
use crate::backup::{self, Asked, Recipients};
use crate::clock::Clock;
use crate::config::{Config, ConfigError, TotpPolicy};
use crate::crypto::{KeyError, SecretKey, Vault};
use crate::db::copy::quick_check;
use crate::db::{Db, DbConn, DbError, Location, migrate};
use crate::health::{Started, hold_to_key};
use crate::http::ClientAddress;
use crate::http::layers::Https;
use crate::http::limit::RateLimit;
use crate::ingest::Ingest;
use crate::ingest::dictionary::Dictionaries;
use crate::jobs::Jobs;
use crate::outbound::{Outbound, OutboundError};

/// Everything that the handlers of this process share.
#[derive(Clone)]
pub struct AppState {
    /// The store.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// What the operator set.
    pub config: Arc<Config>,
    /// Signing in.
    pub auth: Auth,
    /// Signing in by other systems.
    pub sign_on: SignOn,
    /// The installation's secret key.
    pub key: SecretKey,
    /// Seals what is kept secret.
    pub vault: Vault,
    /// Taking events in.
    pub ingest: Ingest,
    /// What events add up to.
    pub activity: Activity,
    /// What happens by itself.
    pub jobs: Jobs,
    /// The way out.
    pub outbound: Outbound,
    /// When this process started, microseconds since 1970.
    pub started_at: i64,
    /// Whether this process takes requests.
    pub(super) health: web::Data<Health>,
    limit: RateLimit,
}

/// Whether this process takes requests.
#[derive(Debug, Default)]
pub(super) struct Health {
    /// Set when the process was told to stop.
    pub draining: AtomicBool,
    /// How many checks of the store failed one after the other.
    pub failures: AtomicU32,
}

/// The server cannot start; the text is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The secret key is missing or wrong.
    #[error("server.secret_key: {0}")]
    Key(#[from] KeyError),
    /// The store cannot be used.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Users or workspaces cannot be made.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// Calls to elsewhere cannot be made.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// Something else on this machine.
    #[error("{0}")]
    Machine(String),
}

impl AppState {
    /// Opens the store, brings it up to date and reads the secret key.
    pub fn open(config: Config, clock: Clock) -> Result<Self, StartError> {
        let outbound = Outbound::new(&config.outbound, clock.clone())?;
        Self::open_with(config, clock, outbound)
    }

    /// The same with a way out that the process uses already.
    pub fn open_with(config: Config, clock: Clock, outbound: Outbound) -> Result<Self, StartError> {
        let started_at = clock.now();
        let db = Db::open(&config.database_url())?;
        look_for_damage(&db)?;
        prepare_store(&config, &db, &clock)?;
        let key = secret_key(&config, &db)?;
        let client = ClientAddress::behind(config.server.trusted_proxies.clone());
        let limit = RateLimit::new(config.server.rate_limit, client.clone());
        let auth = Auth::new(db.clone(), clock.clone(), client, config.server.is_https())
            .with_codes_for_owners(config.auth.local.totp == Some(TotpPolicy::RequiredForOwners));
        let jobs = super::jobs(&config, &db, &clock, &outbound)?;
        let names = Dictionaries::default();
        let ingest = Ingest::start(db.clone(), names.clone(), clock.clone())
            .map_err(|e| StartError::Machine(format!("cannot start the committing thread: {e}")))?;
        let vault = Vault::new(key.clone()).with_previous(previous_key(&config)?);
        let activity = Activity::new(db.clone(), names, key.clone());
        let (config, health) = (Arc::new(config), web::Data::default());
        let sign_on = SignOn::new(auth.clone(), vault.clone(), config.clone(), outbound.clone());
        if let Some(problem) = sign_on.wrong_mapping() {
            return Err(StartError::Machine(format!("configuration: {problem}")));
        }
        Ok(Self {
            ingest,
            activity,
            jobs,
            db,
            clock,
            config,
            auth,
            sign_on,
            key,
            vault,
            outbound,
            started_at,
            health,
            limit,
        })
    }

    /// Hands the parts to actix.
    pub(super) fn register(&self, cfg: &mut web::ServiceConfig) {
        cfg.app_data(web::Data::new(self.db.clone()))
            .app_data(web::Data::new(self.clock.clone()))
            .app_data(web::Data::new(self.auth.clone()))
            .app_data(web::Data::new(self.key.clone()))
            .app_data(web::Data::new(self.vault.clone()))
            .app_data(web::Data::new(self.sign_on.clone()))
            .app_data(web::Data::new(self.ingest.clone()))
            .app_data(web::Data::new(self.activity.clone()))
            .app_data(web::Data::new(self.jobs.clone()))
            .app_data(web::Data::new(self.outbound.clone()))
            .app_data(web::Data::new(Started(self.started_at)))
            .app_data(web::Data::new(Measured::of(self)))
            .app_data(web::Data::from(self.config.clone()))
            .app_data(self.health.clone())
            .app_data(web::Data::new(self.limit.clone()))
            .app_data(Https(self.config.server.is_https()));
    }
}

/// Opens the store and brings it up to date, as every verb that works on it does.
pub fn open_store(config: &Config, clock: &Clock) -> Result<Db, StartError> {
    let db = Db::open(&config.database_url())?;
    prepare_store(config, &db, clock)?;
    Ok(db)
}

fn prepare_store(config: &Config, db: &Db, clock: &Clock) -> Result<(), StartError> {
    upgrade(config, db, clock)?;
    let now = clock.now();
    db.write_blocking(|conn| workspaces::ensure_default(conn, now))?;
    Ok(())
}

/// A database file up to this size, in bytes, is read through before it is served.
const QUICKLY_READ: u64 = 32 << 20;

/// A damaged file is not served. A large one is read through beside serving, so that the start stays short.
fn look_for_damage(db: &Db) -> Result<(), StartError> {
    let Location::Sqlite(path) = db.location() else { return Ok(()) };
    let (mut conn, path) = (db.dedicated()?, path.clone());
    let small = std::fs::metadata(&path).is_ok_and(|file| file.len() <= QUICKLY_READ);
    let mut look = move || match &mut conn {
        DbConn::Sqlite(conn) => {
            quick_check(conn, &path).map_err(|error| StartError::Machine(format!("{error}; restore it from a backup")))
        }
        DbConn::Postgres(_) => Ok(()),
    };
    if small {
        return look();
    }
    std::thread::Builder::new()
        .name("look".into())
        .spawn(move || look().inspect_err(|error| tracing::error!(%error, "the database is damaged")))
        .map(drop)
        .map_err(|e| StartError::Machine(format!("cannot start the thread that looks for damage: {e}")))
}

/// Brings the schema up to date. What an older version left on PostgreSQL is backed up before, into the
/// configured folder; on SQLite the database is copied in any case.
pub fn upgrade(config: &Config, db: &Db, clock: &Clock) -> Result<usize, StartError> {
    let before = |upgrade: &migrate::Upgrade| {
        let (Location::Postgres(_), Some(folder)) = (db.location(), config.backup_folder()) else { return Ok(()) };
        let taken = std::fs::create_dir_all(&folder).map_err(|e| e.to_string()).and_then(|()| {
            let key = known_key(config).ok().flatten();
            let recipients = Recipients::parse(&config.backup.encrypt_to).map_err(|e| e.to_string())?;
            let asked = Asked { to: &folder, now: clock.now(), key: key.as_ref(), recipients: &recipients };
            backup::take(db, &asked, &mut backup::unwatched).map_err(|e| e.to_string())
        });
        let taken = taken.map_err(|e| {
            DbError::Setup(format!(
                "cannot back up schema {} before the upgrade: {e} (backup.folder is {})",
                upgrade.from,
                folder.display()
            ))
        })?;
        tracing::info!(backup = %taken.path.display(), from = upgrade.from, to = upgrade.to, "backed up before the upgrade");
        Ok(())
    };
    Ok(migrate::run_after(db, before)?)
}

/// The installation's key when there is one already: configured, or in the data folder on SQLite.
pub fn known_key(config: &Config) -> Result<Option<SecretKey>, StartError> {
    if let Some(text) = &config.server.secret_key {
        return Ok(Some(SecretKey::parse(text)?));
    }
    let file = config.data_dir().join("secret.key");
    let on_sqlite = config.database_url().starts_with("sqlite://");
    Ok(if on_sqlite && file.exists() { Some(SecretKey::read_or_make(&file)?) } else { None })
}

/// The configured key; on SQLite one is made in the data folder when none is configured. Another key than that of
/// the first start is refused.
pub fn secret_key(config: &Config, db: &Db) -> Result<SecretKey, StartError> {
    let key = read_key(config, db)?;
    hold_to_key::<StartError>(db, &key, previous_key(config)?.as_ref())?;
    Ok(key)
}

/// The key before, while it is being replaced.
pub fn previous_key(config: &Config) -> Result<Option<SecretKey>, StartError> {
    let read = config.server.previous_secret_key.as_deref().map(SecretKey::parse).transpose();
    read.map_err(|e| StartError::Machine(format!("server.previous_secret_key: {e}")))
}

fn read_key(config: &Config, db: &Db) -> Result<SecretKey, StartError> {
    match (&config.server.secret_key, db.location()) {
        (Some(text), _) => Ok(SecretKey::parse(text)?),
        (None, Location::Sqlite(_)) => {
            let folder = config.data_dir();
            std::fs::create_dir_all(&folder).map_err(|e| {
                StartError::Machine(format!(
                    "cannot make the data folder {}: {e}; choose another with TAKEHOLD_DATA_DIR",
                    folder.display()
                ))
            })?;
            Ok(SecretKey::read_or_make(&folder.join("secret.key"))?)
        }
        (None, Location::Postgres(_)) => Err(StartError::Machine(
            "server.secret_key is needed with PostgreSQL, so that all servers share it: set \
             TAKEHOLD_SERVER__SECRET_KEY or TAKEHOLD_SERVER__SECRET_KEY_FILE to what `openssl rand -hex 32` prints"
                .into(),
        )),
    }
}
