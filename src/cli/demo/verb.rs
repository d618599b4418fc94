//! `takehold demo`: serves the simulated company on a temporary database.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use crossbeam_channel::{Receiver, bounded};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::generate;
use crate::activity::fold;
use crate::app::{AppState, server};
use crate::audit::Origin;
use crate::auth::{AuthError, setup, workspaces};
use crate::cli::{Failure, print_line};
use crate::clock::Clock;
use crate::config::{Config, TelemetryConfig};
use crate::connectors::import::{Calls, ImportError, Line, Source, Target, import};
use crate::crypto::{Passwords, random_letters};
use crate::db::Db;

const EMAIL: &str = "demo@takehold.example";
/// Lines handed over together.
const TOGETHER: usize = 2_000;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Demo {
    /// The port to listen on, on this machine only.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Another number simulates another company.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(in crate::cli) fn run(verb: &Demo) -> Result<ExitCode, Failure> {
    let _telemetry = crate::telemetry::start(&TelemetryConfig::default(), None).map_err(Failure::Input)?;
    let folder = tempfile::Builder::new().prefix("takehold-demo-").tempdir().map_err(|e| {
        Failure::Input(format!("cannot make a temporary folder: {e}; set TMPDIR to one that can be written"))
    })?;
    let mut config = Config { data_dir: Some(folder.path().to_owned()), ..Config::default() };
    config.server.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, verb.port));
    actix_web::rt::System::new().block_on(async {
        let clock = Clock::system();
        let state = AppState::open(config, clock.clone())?;
        // A port in use is told before the company is made.
        let running = server::start(state.clone())?;
        fill(&state.db, verb.seed, &clock)?;
        let password = random_letters(16).map_err(AuthError::from)?;
        let hash = Passwords::hash_now(&password).map_err(|e| Failure::Input(e.to_string()))?;
        let now = clock.now();
        state.db.write_blocking(|conn| {
            setup::make_first_owner(conn, (EMAIL, "Demo Owner", &hash), &Origin::system("demo"), now)
        })?;
        print_line(&format!("Open: http://{}", running.address));
        print_line(&format!("Log in: {EMAIL} / {password}"));
        running.until_stopped().await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Stores the company by the same way as any import.
fn fill(db: &Db, seed: u64, clock: &Clock) -> Result<(), Failure> {
    let now = Timestamp::from_microsecond(clock.now()).unwrap_or_default();
    let workspace = db.read_blocking(|conn| workspaces::get(conn, workspaces::DEFAULT))?;
    let fold = || fold::fold(db, workspace.id, &workspace.time_zone);
    let target = Target { db, workspace: workspace.id, fold: &fold, app: None };
    let (lines, made) = bounded(8);
    let maker = std::thread::spawn(move || {
        let mut together = Vec::with_capacity(TOGETHER);
        generate(seed, now.to_zoned(TimeZone::UTC).date(), now, &mut |line| {
            together.push(line.to_owned());
            if together.len() == TOGETHER {
                // The receiver is gone only if storing failed, which is told by it.
                drop(lines.send(std::mem::take(&mut together)));
            }
        });
        drop(lines.send(together));
    });
    let mut source = Made { made, lines: Vec::new(), number: 0 };
    let tally = import(&target, &mut source, clock, &mut |refused| {
        let message = &refused.rejection.message;
        Err(ImportError::File(format!("the simulated company made a call that is refused: {message}")))
    })?;
    maker.join().map_err(|_| Failure::Input("the simulated company could not be made".into()))?;
    tracing::debug!(?tally, "simulated company stored");
    Ok(())
}

/// Lines as the other thread makes them.
struct Made {
    made: Receiver<Vec<String>>,
    // The last one is next.
    lines: Vec<String>,
    number: u64,
}

impl Source for Made {
    fn next(&mut self) -> Result<Option<Line<'_>>, ImportError> {
        while self.lines.is_empty() {
            match self.made.recv() {
                Ok(lines) => self.lines = lines.into_iter().rev().collect(),
                Err(_) => return Ok(None),
            }
        }
        self.number += 1;
        let Some(line) = self.lines.pop() else { return Ok(None) };
        Ok(Some(Line { number: self.number, text: b"", calls: Ok(Calls::Made(line, None)) }))
    }
}
