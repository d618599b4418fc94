//! Apps: the list, the page of one, its releases and what people set by hand.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, get, patch, web};
use jiff::Timestamp;
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::listing::ListQuery;
use crate::activity::apps::{all, people, rhythms, totals};
use crate::activity::ask::Activity;
use crate::activity::days;
use crate::activity::question::ask;
use crate::activity::rhythm::{Rhythm, RhythmState, state};
use crate::activity::routes::{instant, table};
use crate::activity::series::MONTH;
use crate::activity::sight::Sight;
use crate::activity::small::Smallest;
use crate::activity::view::View;
use crate::apps::releases::{self as release_store};
use crate::apps::settings::{self, Settings};
use crate::audit::{self, Entry};
use crate::auth::{Can, can};
use crate::clock::Clock;
use crate::db::{Db, DbConn};
use crate::http::{ApiError, Page, ValidJson, ValidQuery, maybe, wants_csv};
use crate::ingest::dictionary::{Dictionary, Kind};
use crate::people::pseudonyms;

/// A piece of observed software.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct App {
    app: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    first_seen: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen: Option<Timestamp>,
    /// Counted events over all time.
    events: u64,
    /// Distinct people active in the last 28 days, today included.
    active_people_28: Option<u64>,
    /// The same for the 28 days before.
    active_people_prev_28: Option<u64>,
    rhythm: Rhythm,
    rhythm_set_by_hand: bool,
    /// People whose activity the rhythm was learned from.
    rhythm_people: Option<u64>,
    /// Where the app stands against its rhythm.
    state: RhythmState,
    /// When it is expected to be used again.
    #[schema(value_type = Option<String>, format = Date)]
    expected: Option<jiff::civil::Date>,
    /// The latest release.
    version: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    released_at: Option<Timestamp>,
    /// E-mails.
    owners: Vec<String>,
    tags: Vec<String>,
    /// Whether counts are null because they are of fewer people than the workspace shows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    suppressed: bool,
}

const COLUMNS: [&str; 5] = ["last_seen", "first_seen", "events", "name", "active_people_28"];

/// All apps that the caller sees, unsorted.
fn load(
    view: &mut View,
    conn: &mut DbConn,
    names: &Dictionary,
    sight: &Sight,
    (workspace, now): (i64, i64),
    include_excluded: bool,
) -> Result<Vec<App>, ApiError> {
    let today = view.day_of(now);
    let learned = rhythms(view, conn, today)?;
    let settings = settings::load(conn, workspace)?;
    let totals = totals(view, include_excluded);
    let active = people(view, conn, today - MONTH + 1, today)?;
    let before = people(view, conn, today - 2 * MONTH + 1, today - MONTH)?;
    let mut latest: HashMap<u32, (u32, i64)> = HashMap::new();
    for (app, version, at) in release_store::load(conn, workspace, None)? {
        latest.insert(app, (version, at));
    }
    let smallest = sight.smallest();
    let mut apps = Vec::new();
    for number in all(view, names).into_iter().filter(|number| sight.sees(*number)) {
        let settings = settings.get(&number).cloned().unwrap_or_default();
        let by_hand = settings.rhythm.as_deref().and_then(Rhythm::from_key);
        let told = learned.get(&number);
        let rhythm = by_hand.or_else(|| told.map(|l| l.rhythm)).unwrap_or(Rhythm::Unknown);
        let total = totals.get(&number);
        let last = total.map(|t| view.day_of(t.last));
        let (state, expected) = state(rhythm, last, today);
        let release = latest.get(&number);
        let distinct = |people: &FxHashMap<u32, RoaringBitmap>| people.get(&number).map_or(0, RoaringBitmap::len);
        let telling = told.map_or(0, |l| u64::try_from(l.people).unwrap_or(0));
        let counts = [distinct(&active), distinct(&before), telling];
        let [active_people_28, active_people_prev_28, rhythm_people] = counts.map(|count| smallest.shown(count));
        apps.push(App {
            app: names.name(Kind::App, number).to_owned(),
            first_seen: total.map(|t| instant(t.first)),
            last_seen: total.map(|t| instant(t.last)),
            events: total.map_or(0, |t| t.events),
            active_people_28,
            active_people_prev_28,
            rhythm,
            rhythm_set_by_hand: by_hand.is_some(),
            rhythm_people,
            state,
            expected: expected.map(days::date),
            version: release.map(|(version, _)| names.name(Kind::Version, *version).to_owned()),
            released_at: release.map(|(_, at)| instant(*at)),
            owners: sight.owners(view, names, settings.owners),
            tags: settings.tags,
            suppressed: counts.into_iter().any(|count| smallest.hides(count)),
        });
    }
    Ok(apps)
}

/// Apps
#[utoipa::path(tag = "apps", params(ListQuery), responses((status = 200, body = Page<App>)))]
#[get("/apps")]
pub(super) async fn list(
    caller: Can<can::AppsRead>,
    req: HttpRequest,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    ValidQuery(query): ValidQuery<ListQuery>,
) -> Result<HttpResponse, ApiError> {
    query.check(&COLUMNS)?;
    query.only_things()?;
    let (now, workspace, smallest) = (clock.now(), caller.workspace.id, Smallest::seen_by(&caller));
    let page = ask(&activity, &caller, move |view, conn, sight| {
        let names = view.names();
        let names = names.read();
        let mut apps = load(view, conn, &names, sight, (workspace, now), query.include_excluded)?;
        apps.retain(|app| {
            let mut texts = vec![app.app.as_str()];
            texts.extend(app.owners.iter().chain(&app.tags).map(String::as_str));
            query.finds(&texts)
        });
        match query.order().0 {
            "events" => query.page(apps, |app| Some(app.events)),
            "first_seen" => query.page(apps, |app| app.first_seen),
            "active_people_28" => query.page(apps, |app| app.active_people_28),
            "name" => query.page(apps, |app| Some(app.app.to_lowercase())),
            _ => query.page(apps, |app| app.last_seen),
        }
    })
    .await?;
    if wants_csv(&req) {
        let columns = [
            "app",
            "rhythm",
            "state",
            "expected",
            "active_people_28",
            "active_people_prev_28",
            "first_seen",
            "last_seen",
            "events",
            "version",
            "released_at",
            "owners",
            "tags",
        ];
        let rows = page.items.into_iter().map(|a| {
            let state = serde_json::to_value(a.state).ok().and_then(|v| v.as_str().map(str::to_owned));
            let row = vec![
                a.app,
                a.rhythm.key().to_owned(),
                maybe(state),
                maybe(a.expected),
                maybe(a.active_people_28),
                maybe(a.active_people_prev_28),
                maybe(a.first_seen),
                maybe(a.last_seen),
                a.events.to_string(),
                maybe(a.version),
                maybe(a.released_at),
                a.owners.join(" "),
                a.tags.join(" "),
            ];
            (row, a.suppressed)
        });
        return table("apps", &columns, rows, smallest);
    }
    Ok(HttpResponse::Ok().json(page))
}

fn one(apps: Vec<App>, name: &str) -> Result<App, ApiError> {
    apps.into_iter().find(|app| app.app == name).ok_or_else(|| ApiError::not_found(format!("app {name:?}")))
}

/// An app
#[utoipa::path(
    tag = "apps",
    params(("app" = String, Path, description = "The app's name")),
    responses((status = 200, body = App))
)]
#[get("/apps/{app}")]
pub(super) async fn show(
    caller: Can<can::AppsRead>,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    path: web::Path<(String, String)>,
) -> Result<web::Json<App>, ApiError> {
    let (now, workspace) = (clock.now(), caller.workspace.id);
    let (_, name) = path.into_inner();
    let app = ask(&activity, &caller, move |view, conn, sight| {
        let names = view.names();
        let names = names.read();
        one(load(view, conn, &names, sight, (workspace, now), false)?, &name)
    })
    .await?;
    Ok(web::Json(app))
}

/// What is to be set; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AppChange {
    /// `weekday`, `week`, `month`, `quarter`, `year`; null goes back to the learned one.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    rhythm: Option<Option<String>>,
    /// E-mails, at most 50.
    owners: Option<Vec<String>>,
    /// At most 50 of at most 60 characters.
    tags: Option<Vec<String>>,
}

/// Tells null, which is a value here, from a field that is left out.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(from).map(Some)
}

/// Set an app's rhythm, owners or tags
#[utoipa::path(request_body = AppChange, tag = "apps",
    params(("app" = String, Path, description = "The app's name")),
    responses((status = 200, body = App))
)]
#[patch("/apps/{app}")]
pub(super) async fn change(
    caller: Can<can::AppsWrite>,
    db: web::Data<Db>,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    path: web::Path<(String, String)>,
    ValidJson(mut body): ValidJson<AppChange>,
) -> Result<web::Json<App>, ApiError> {
    let (now, workspace) = (clock.now(), caller.workspace.id);
    let (_, name) = path.into_inner();
    check(&body)?;
    let (number, owners) = ask(&activity, &caller, {
        let (name, asked) = (name.clone(), body.owners.take());
        move |view, conn, sight| {
            let names = view.names();
            let names = names.read();
            let number = sight.app(&names, &name)?;
            let kept = settings::load(conn, workspace)?.remove(&number).unwrap_or_default().owners;
            let owners = asked.map(|asked| with_kept_owners(view, &names, sight, asked, &kept)).transpose()?;
            Ok((number, owners))
        }
    })
    .await?;
    let (origin, target) = (caller.origin.clone(), name.clone());
    db.write(move |conn| {
        let before: Settings = settings::load(conn, workspace)?.remove(&number).unwrap_or_default();
        let mut settings = before.clone();
        if let Some(rhythm) = body.rhythm {
            settings.rhythm = rhythm;
        }
        settings.owners = owners.unwrap_or(settings.owners);
        settings.tags = body.tags.unwrap_or(settings.tags);
        settings::store(conn, workspace, number, &settings)?;
        let shown = |s: &Settings| json!({ "rhythm": s.rhythm, "owners": s.owners, "tags": s.tags });
        let detail = audit::differences(&shown(&before), &shown(&settings));
        let entry = Entry { workspace: Some(workspace), action: "app.changed", target: &target, detail };
        Ok::<_, ApiError>(audit::record(conn, &origin, entry, now)?)
    })
    .await?;
    let app = ask(&activity, &caller, move |view, conn, sight| {
        let names = view.names();
        let names = names.read();
        one(load(view, conn, &names, sight, (workspace, now), false)?, &name)
    })
    .await?;
    Ok(web::Json(app))
}

/// Whoever sees an owner as a pseudonym sends it back as one: it stands for the e-mail that is kept.
fn with_kept_owners(
    view: &mut View,
    names: &Dictionary,
    sight: &Sight,
    asked: Vec<String>,
    kept: &[String],
) -> Result<Vec<String>, ApiError> {
    let shown = sight.owners(view, names, kept.to_vec());
    let known = |owner: &String| shown.iter().position(|shown| shown == owner).and_then(|at| kept.get(at)).cloned();
    let owners: Vec<String> = asked.into_iter().map(|owner| known(&owner).unwrap_or(owner)).collect();
    let none = owners.iter().find(|owner| !owner.contains('@'));
    none.map_or(Ok(()), |owner| Err(no_email(owner)))?;
    Ok(owners)
}

fn check(body: &AppChange) -> Result<(), ApiError> {
    if let Some(Some(rhythm)) = &body.rhythm
        && Rhythm::from_key(rhythm).is_none()
    {
        return Err(ApiError::invalid("rhythm", "is none of weekday, week, month, quarter, year"));
    }
    let words = |field: &str, words: &Option<Vec<String>>, longest: usize| {
        let words = words.as_deref().unwrap_or_default();
        let wrong = |word: &String| word.trim().is_empty() || word.len() > longest || word.contains(char::is_control);
        if words.len() > 50 || words.iter().any(wrong) {
            return Err(ApiError::invalid(
                field,
                format!("holds more than 50 entries, or one that is empty or longer than {longest}"),
            ));
        }
        Ok(())
    };
    words("owners", &body.owners, 254)?;
    words("tags", &body.tags, 60)?;
    // A pseudonym stands for an owner who is one already.
    let none = body.owners.iter().flatten().find(|owner| !owner.contains('@') && pseudonyms::read(owner).is_none());
    none.map_or(Ok(()), |owner| Err(no_email(owner)))
}

fn no_email(owner: &str) -> ApiError {
    ApiError::invalid("owners", format!("{owner:?} is no e-mail address"))
}

/// A published version of an app.
#[derive(Serialize, ToSchema)]
pub(super) struct Release {
    version: String,
    /// When it was announced, or else first seen in events.
    #[schema(value_type = String, format = DateTime)]
    released_at: Timestamp,
}

/// Releases of an app, newest first
#[utoipa::path(
    tag = "apps",
    params(("app" = String, Path, description = "The app's name")),
    responses((status = 200, body = Page<Release>))
)]
#[get("/apps/{app}/releases")]
pub(super) async fn releases(
    caller: Can<can::AppsRead>,
    activity: web::Data<Activity>,
    path: web::Path<(String, String)>,
) -> Result<web::Json<Page<Release>>, ApiError> {
    let workspace = caller.workspace.id;
    let (_, name) = path.into_inner();
    let items = ask(&activity, &caller, move |view, conn, sight| {
        let names = view.names();
        let names = names.read();
        let app = sight.app(&names, &name)?;
        let rows = release_store::load(conn, workspace, Some(app))?;
        let release = |(_, version, at): (u32, u32, i64)| Release {
            version: names.name(Kind::Version, version).to_owned(),
            released_at: instant(at),
        };
        Ok(rows.into_iter().rev().map(release).collect::<Vec<_>>())
    })
    .await?;
    Ok(web::Json(Page::whole(items)))
}
