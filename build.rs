//! Builds the console when what is embedded would be missing or older than its sources.
//!
//! `TAKEHOLD_SKIP_WEB=1` leaves it out, for work on the server alone. `TAKEHOLD_COMMIT` names the commit that
//! `--version` shows; without it a release asks git, and other builds show none.

#![expect(clippy::panic, clippy::expect_used, reason = "a build that cannot go on says so and stops")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// What the console is built from, below `web`.
const SOURCES: [&str; 9] = [
    "src",
    "public",
    "docs",
    "snippet",
    "index.html",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "vite.config.ts",
];
const PLACEHOLDER: &str = "<!doctype html><title>Takehold</title><p>The console was left out of this build.</p>\n";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-env-changed=TAKEHOLD_SKIP_WEB");
    name_version();
    let web = Path::new("web");
    let index = web.join("dist/index.html");
    let skip = std::env::var_os("TAKEHOLD_SKIP_WEB").is_some_and(|value| !value.is_empty() && value != "0");
    if skip || !web.join("package.json").exists() {
        if !index.exists() {
            write_placeholder(&index);
        }
        return;
    }
    let sources: Vec<PathBuf> = SOURCES.iter().map(|name| web.join(name)).filter(|path| path.exists()).collect();
    for source in &sources {
        println!("cargo::rerun-if-changed={}", source.display());
    }
    // A console that somebody deleted is built again.
    println!("cargo::rerun-if-changed={}", index.display());
    let newest_source = || sources.iter().filter_map(|path| newest(path)).max().unwrap_or(SystemTime::UNIX_EPOCH);
    if changed(&index).is_some_and(|built| built >= newest_source()) {
        return;
    }
    build(web);
    // The console is as old as the newest of its sources. Cargo compares dates too: with today's date
    // it would take the console itself for a change, and run this once more for nothing.
    date(&index, newest_source());
}

/// What `--version` prints: the version and, where it is known, the commit.
fn name_version() {
    println!("cargo::rerun-if-env-changed=TAKEHOLD_COMMIT");
    let version = env!("CARGO_PKG_VERSION");
    let given = std::env::var("TAKEHOLD_COMMIT").ok();
    // A debug build would be linked anew after each commit.
    let is_release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let commit = given.or_else(|| if is_release { commit_of_git() } else { None });
    let commit = commit.map(|commit| commit.trim().to_owned()).filter(|commit| !commit.is_empty());
    println!("cargo::rustc-env=TAKEHOLD_BUILT_FROM={}", commit.as_deref().unwrap_or_default());
    let shown = commit.map_or_else(|| version.to_owned(), |commit| format!("{version} ({commit})"));
    println!("cargo::rustc-env=TAKEHOLD_VERSION={shown}");
}

/// The commit that is checked out; none outside a repository or without git.
fn commit_of_git() -> Option<String> {
    let ask = |args: &[&str]| {
        let said = Command::new("git").args(args).output().ok().filter(|said| said.status.success())?;
        Some(String::from_utf8_lossy(&said.stdout).trim().to_owned())
    };
    for file in ["HEAD", "logs/HEAD"] {
        let path = ask(&["rev-parse", "--git-path", file])?;
        println!("cargo::rerun-if-changed={path}");
    }
    ask(&["rev-parse", "--short=12", "HEAD"])
}

fn build(web: &Path) {
    let installed = changed(&web.join("node_modules/.package-lock.json"));
    let locked = changed(&web.join("package-lock.json"));
    if installed.is_none() || locked > installed {
        // Not `npm ci`: it refuses a lock file that leaves out optional packages of other platforms.
        npm(web, &["install", "--no-save", "--no-audit", "--no-fund"]);
    }
    npm(web, &["run", "build"]);
}

fn npm(web: &Path, args: &[&str]) {
    let said = Command::new("npm").args(args).current_dir(web).output();
    let what = format!("`npm {}` in web/", args.join(" "));
    let advice = "the console needs Node 20 or later; TAKEHOLD_SKIP_WEB=1 leaves it out";
    match said {
        Ok(output) if output.status.success() => {}
        Ok(output) => panic!(
            "{what} failed ({advice}):\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        ),
        Err(error) => panic!("{what} cannot run: {error} ({advice})"),
    }
}

/// Dated before any source, so that the next build that includes the console replaces it.
fn write_placeholder(index: &Path) {
    let folder = index.parent().expect("the path has a folder");
    std::fs::create_dir_all(folder).and_then(|()| std::fs::write(index, PLACEHOLDER)).expect("web/dist is writable");
    date(index, SystemTime::UNIX_EPOCH);
}

fn date(file: &Path, at: SystemTime) {
    let opened = std::fs::File::options().write(true).open(file);
    opened.and_then(|file| file.set_modified(at)).expect("web/dist/index.html is there and writable");
}

fn changed(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).and_then(|data| data.modified()).ok()
}

fn newest(path: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries.filter_map(|entry| newest(&entry.path())).chain(changed(path)).max()
}
