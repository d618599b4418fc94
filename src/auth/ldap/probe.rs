//! Tries a directory step by step, and tells what it said itself.

use std::time::{Duration, Instant};

use super::connect::{Session, check_encryption, greet, place, reach, servers};
use super::{Entry, Trouble, apart};
use crate::auth::sources::Stage;
use crate::config::LdapConfig;
use crate::outbound::Outbound;

/// How long all steps may take together.
const PATIENCE: Duration = Duration::from_secs(9);

/// Connect, TLS and bind at each server, in order, until one serves; then the user and their groups, if one is named.
/// Answers the steps, and whom it found.
pub async fn probe(
    outbound: &Outbound,
    key: &str,
    config: &LdapConfig,
    username: Option<&str>,
) -> (Vec<Stage>, Option<(Entry, Vec<String>)>) {
    let (outbound, key, config) = (outbound.clone(), key.to_owned(), config.clone());
    let username = username.map(str::to_owned);
    let begun = Instant::now();
    let done = apart(PATIENCE, async move {
        let mut stages = Vec::new();
        let found = steps(&outbound, &key, &config, username.as_deref(), &mut stages).await;
        Ok((stages, found))
    });
    match done.await {
        Ok(done) => done,
        Err(trouble) => (vec![Stage::failed("connect", begun, trouble.words())], None),
    }
}

async fn steps(
    outbound: &Outbound,
    key: &str,
    config: &LdapConfig,
    username: Option<&str>,
    stages: &mut Vec<Stage>,
) -> Option<(Entry, Vec<String>)> {
    let begun = Instant::now();
    let urls = match servers(config) {
        Ok(urls) => urls,
        Err(trouble) => {
            stages.push(Stage::failed("connect", begun, trouble.words()));
            return None;
        }
    };
    let mut session = None;
    for url in urls {
        let tried = serve(&url, (outbound, key), config, stages).await;
        if let Some(served) = tried {
            session = Some(served);
            break;
        }
    }
    let (mut session, username) = (session?, username?);
    let begun = Instant::now();
    let entry = match session.find(username).await {
        Ok(Some(entry)) => entry,
        Ok(None) => {
            stages.push(Stage::failed(
                "user",
                begun,
                "the directory finds nobody of this name: look at user_base and user_filter",
            ));
            return None;
        }
        Err(trouble) => {
            stages.push(Stage::failed("user", begun, trouble.words()));
            return None;
        }
    };
    let state = if entry.active { "" } else { ", shut out there" };
    let email = entry.email.as_deref().unwrap_or("no e-mail");
    stages.push(Stage::passed("user", begun, format!("{}, {email}, id {}{state}", entry.dn, entry.subject)));
    let begun = Instant::now();
    match session.groups(&entry).await {
        Ok(groups) => {
            stages.push(Stage::passed("groups", begun, format!("{} groups", groups.len())));
            session.close().await;
            Some((entry, groups))
        }
        Err(trouble) => {
            stages.push(Stage::failed("groups", begun, trouble.words()));
            None
        }
    }
}

async fn serve(
    url: &reqwest::Url,
    (outbound, key): (&Outbound, &str),
    config: &LdapConfig,
    stages: &mut Vec<Stage>,
) -> Option<Session> {
    let begun = Instant::now();
    let reached = match check_encryption(url, config) {
        Ok(()) => reach(url).await,
        Err(trouble) => Err(trouble),
    };
    let stream = match reached {
        Ok(stream) => stream,
        Err(trouble) => {
            stages.push(Stage::failed("connect", begun, trouble.words()));
            return None;
        }
    };
    stages.push(Stage::passed("connect", begun, place(url)));
    let begun = Instant::now();
    let ldap = match greet(stream, url, (outbound, key), config).await {
        Ok(ldap) => ldap,
        Err(trouble) => {
            stages.push(Stage::failed("tls", begun, trouble.words()));
            return None;
        }
    };
    let how = match (url.scheme(), config.start_tls) {
        ("ldaps", _) => "TLS from the start",
        (_, Some(true)) => "TLS by StartTLS",
        _ => "not encrypted",
    };
    stages.push(Stage::passed("tls", begun, how));
    let begun = Instant::now();
    let mut session = Session { ldap, config: config.clone(), is_active_directory: None };
    match session.bind_service().await {
        Ok(()) => {
            stages.push(Stage::passed("bind", begun, config.bind_dn.clone().unwrap_or_else(|| "anonymous".into())));
            Some(session)
        }
        Err(Trouble::Down(words) | Trouble::Settings(words) | Trouble::Wrong(words)) => {
            stages.push(Stage::failed("bind", begun, &words));
            None
        }
    }
}
