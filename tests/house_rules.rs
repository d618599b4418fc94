//! Arrows go down only: roof → rooms → platform → foundation, and among rooms only as drawn.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it should be")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const FOUNDATION: [&str; 5] = ["clock", "config", "crypto", "db", "telemetry"];
/// A folder of the platform, and which of its neighbours it may use.
const PLATFORM: [(&str, &[&str]); 8] = [
    ("http", &[]),
    ("audit", &[]),
    ("auth", &["http", "audit", "outbound"]),
    ("jobs", &["auth"]),
    ("directory", &["audit", "auth", "jobs"]),
    ("backup", &["jobs"]),
    ("outbound", &[]),
    ("health", &["backup"]),
];
/// A room, and the rooms that it may use directly.
const ROOMS: [(&str, &[&str]); 8] = [
    ("people", &[]),
    ("apps", &["people"]),
    ("ingest", &["people", "apps"]),
    ("connectors", &["ingest"]),
    ("activity", &["ingest", "people", "apps"]),
    ("profiles", &["activity", "ingest", "people", "apps"]),
    ("privacy", &["activity", "ingest", "people"]),
    ("admin", &["activity", "ingest", "people"]),
];
const ROOF: [&str; 2] = ["app", "cli"];
/// Longer files are asked about.
const LONG: usize = 400;

/// What files of a folder may name after `crate::`.
fn allowed(folder: &str) -> BTreeSet<&'static str> {
    let platform = PLATFORM.iter().map(|(name, _)| *name);
    let rooms = ROOMS.iter().map(|(name, _)| *name);
    let mut allowed: BTreeSet<&str> = FOUNDATION.into_iter().collect();
    if let Some((_, neighbours)) = PLATFORM.iter().find(|(name, _)| *name == folder) {
        allowed.extend(neighbours.iter().copied());
    } else if let Some((_, lower)) = ROOMS.iter().find(|(name, _)| *name == folder) {
        allowed.extend(platform);
        allowed.extend(lower.iter().copied());
    } else if folder == "app" {
        allowed.extend(platform.chain(rooms));
    } else if folder == "cli" {
        allowed.extend(platform.chain(rooms).chain(["app"]));
    } else {
        assert!(FOUNDATION.contains(&folder), "the house has no place for src/{folder}: draw it here and in README.md");
    }
    allowed
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&src, &mut found);
    found
        .into_iter()
        .filter_map(|path| {
            let first = path.strip_prefix(&src).unwrap().components().next()?.as_os_str().to_str()?.to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let folder = first.trim_end_matches(".rs").to_owned();
            (!["lib", "main"].contains(&folder.as_str())).then_some((folder, path, text))
        })
        .collect()
}

/// The names that follow `crate::` anywhere in a text, comments left out; `crate::{a, b::c}` names two.
fn named(text: &str) -> Vec<String> {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let mut names = Vec::new();
    for after in code.split("crate::").skip(1) {
        match after.strip_prefix('{') {
            None => names.extend(after.split(|c: char| !c.is_alphanumeric() && c != '_').next().map(str::to_owned)),
            Some(group) => {
                let (mut depth, mut word, mut first) = (1, String::new(), true);
                for c in group.chars() {
                    match c {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                    if depth == 1 && c == ',' {
                        first = true;
                        names.push(std::mem::take(&mut word));
                    } else if first && (c.is_alphanumeric() || c == '_') {
                        word.push(c);
                    } else if !word.is_empty() {
                        first = false;
                    }
                }
                names.push(word);
            }
        }
    }
    names.into_iter().filter(|name| !name.is_empty()).collect()
}

#[test]
fn arrows_go_down_only() {
    let mut upward = Vec::new();
    for (folder, path, text) in sources() {
        let allowed = allowed(&folder);
        for name in named(&text) {
            // What is exported at the root by macro, such as on_both!, belongs to the folder that defines it.
            let is_own = name == folder || name == "on_both";
            if !is_own && !allowed.contains(name.as_str()) {
                upward.push(format!("{} uses crate::{name}", path.display()));
            }
        }
    }
    assert!(upward.is_empty(), "arrows that do not go down:\n{}", upward.join("\n"));
}

#[test]
fn the_plan_names_every_folder_once() {
    let mut all: Vec<&str> = FOUNDATION.into_iter().chain(ROOF).collect();
    all.extend(PLATFORM.iter().map(|(name, _)| *name).chain(ROOMS.iter().map(|(name, _)| *name)));
    let distinct: BTreeSet<&str> = all.iter().copied().collect();
    assert_eq!(all.len(), distinct.len());
}

#[test]
fn long_files_are_asked_about() {
    for (_, path, text) in sources() {
        let lines = text.lines().count();
        if lines > LONG {
            println!("{} has {lines} lines: is it one thing?", path.display());
        }
    }
}

#[test]
fn groups_and_single_paths_are_both_read() {
    let text =
        "use crate::{db::Db, auth::{Can, can}, http};\nlet x = crate::crypto::hash(y);\n// crate::app\nuse super::x;";
    assert_eq!(named(text), ["db", "auth", "http", "crypto"]);
}
