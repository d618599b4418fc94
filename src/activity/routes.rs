//! Metrics over HTTP.

use actix_web::{HttpRequest, HttpResponse, get, web};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::apps::{self, FEATURES};
use super::ask::Activity;
use super::days::{self, Period};
use super::question::{MetricQuery, ask};
use super::retention::{self, Question, Variant};
use super::rhythm::Rhythm;
use super::series;
use super::shown::{ActiveDay, AppMonth, Cohort, FeatureUse, LifecyclePeriod};
use super::small::Smallest;
use super::totals::Total;
use crate::apps::settings;
use crate::auth::{Can, can};
use crate::clock::Clock;
use crate::http::{ApiError, Csv, ValidQuery, maybe, wants_csv};
use crate::ingest::dictionary::Kind;

/// Adds the metrics.
pub fn configure(cfg: &mut ServiceConfig<'_>) {
    cfg.service(active).service(retention_of).service(lifecycle).service(app_months).service(features);
}

/// Microseconds since 1970 as an instant.
pub fn instant(at: i64) -> Timestamp {
    Timestamp::from_microsecond(at).unwrap_or_default()
}

/// A file of rows, which say at their end whether something is hidden where anything ever is.
pub fn table(
    name: &'static str,
    columns: &[&str],
    rows: impl IntoIterator<Item = (Vec<String>, bool)>,
    smallest: Smallest,
) -> Result<HttpResponse, ApiError> {
    let says = !smallest.shows_all();
    let columns: Vec<&str> = columns.iter().copied().chain(says.then_some("suppressed")).collect();
    let rows = rows.into_iter().map(|(mut row, suppressed)| {
        row.extend(says.then(|| suppressed.to_string()));
        row
    });
    Csv::table(name, &columns, rows)
}

/// Active people by day.
#[derive(Serialize, ToSchema)]
struct ActiveSeries {
    days: Vec<ActiveDay>,
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
}

/// Active people by day
#[utoipa::path(tag = "metrics", params(MetricQuery), responses((status = 200, body = ActiveSeries)))]
#[get("/metrics/active")]
async fn active(
    caller: Can<can::MetricsRead>,
    req: HttpRequest,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    ValidQuery(query): ValidQuery<MetricQuery>,
) -> Result<HttpResponse, ApiError> {
    let (from, to) = query.range()?;
    query.only_plain()?;
    let smallest = Smallest::seen_by(&caller);
    let days = ask(&activity, &caller, move |view, conn, sight| {
        let filter = query.filter(view, &view.names().read(), sight)?;
        Ok(series::active(view, conn, &filter, from - ActiveDay::before(smallest), to)?)
    })
    .await?;
    let days = ActiveDay::all(days, smallest);
    if wants_csv(&req) {
        let columns = [
            "date",
            "dau",
            "wau",
            "mau",
            "mau_calendar_month",
            "dau_over_mau",
            "stickiness",
            "active_accounts",
            "events",
        ];
        let rows = days.iter().map(|d| {
            let counts = [d.dau, d.wau, d.mau, d.mau_calendar_month].map(maybe);
            let mut row = vec![d.date.to_string()];
            row.extend(counts);
            row.extend([
                maybe(d.dau_over_mau),
                maybe(d.stickiness),
                d.active_accounts.to_string(),
                d.events.to_string(),
            ]);
            (row, d.suppressed)
        });
        return table("active", &columns, rows, smallest);
    }
    Ok(HttpResponse::Ok().json(ActiveSeries { days, as_of: instant(clock.now()) }))
}

/// Cohorts and who of them came back.
#[derive(Serialize, ToSchema)]
struct Retention {
    period: Period,
    variant: Variant,
    cohorts: Vec<Cohort>,
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
}

/// The word of a parameter with few values.
fn word<T: serde::de::DeserializeOwned>(
    name: &str,
    text: Option<&str>,
    fallback: T,
    words: &str,
) -> Result<T, ApiError> {
    let Some(text) = text else { return Ok(fallback) };
    serde_json::from_value(serde_json::Value::String(text.to_owned()))
        .map_err(|_| ApiError::bad_query(name, format!("is none of {words}")))
}

const PERIODS: &str = "day, week, month";

/// Retention of cohorts by the period of a person's first activity
#[utoipa::path(tag = "metrics", params(MetricQuery), responses((status = 200, body = Retention)))]
#[get("/metrics/retention")]
async fn retention_of(
    caller: Can<can::MetricsRead>,
    req: HttpRequest,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    ValidQuery(query): ValidQuery<MetricQuery>,
) -> Result<HttpResponse, ApiError> {
    let cohorts = query.range()?;
    let period = word("period", query.period.as_deref(), Period::Week, PERIODS)?;
    let variant = word("variant", query.variant.as_deref(), Variant::NDay, "n_day, unbounded, bracket")?;
    let periods = i32::from(query.periods.unwrap_or(12));
    if periods > 400 {
        return Err(ApiError::bad_query("periods", "is more than 400; ask for fewer"));
    }
    let brackets = match (variant, &query.brackets) {
        (Variant::Bracket, Some(text)) => brackets(text)?,
        (Variant::Bracket, None) => return Err(ApiError::bad_query("brackets", "is needed, such as 0-0,1-3,4-7")),
        (_, Some(_)) => return Err(ApiError::bad_query("brackets", "goes with variant=bracket only")),
        (_, None) => Vec::new(),
    };
    let (now, smallest) = (clock.now(), Smallest::seen_by(&caller));
    let cohorts = ask(&activity, &caller, move |view, conn, sight| {
        let filter = query.filter(view, &view.names().read(), sight)?;
        let question = Question { period, variant, cohorts, periods, brackets, today: view.day_of(now) };
        Ok(retention::retention(view, conn, &filter, &question)?)
    })
    .await?;
    let cohorts: Vec<Cohort> = cohorts.into_iter().map(|cohort| Cohort::of(cohort, smallest)).collect();
    if wants_csv(&req) {
        let columns = ["start", "size", "index", "eligible", "retained", "running"];
        let rows = cohorts.iter().flat_map(|cohort| {
            let cells = cohort.eligible.iter().zip(&cohort.retained).zip(&cohort.running).enumerate();
            cells.map(|(at, ((eligible, retained), running))| {
                let start = [cohort.start.to_string(), maybe(cohort.size), at.to_string()];
                let cell = [maybe(*eligible), maybe(*retained), running.to_string()];
                (start.into_iter().chain(cell).collect(), cohort.suppressed)
            })
        });
        return table("retention", &columns, rows, smallest);
    }
    Ok(HttpResponse::Ok().json(Retention { period, variant, cohorts, as_of: instant(now) }))
}

fn brackets(text: &str) -> Result<Vec<(i32, i32)>, ApiError> {
    let wrong = || ApiError::bad_query("brackets", "is no list of ranges such as 0-0,1-3,4-7 (0 to 400, rising)");
    let range = |part: &str| {
        let (first, last) = part.split_once('-')?;
        let (first, last) = (first.trim().parse::<i32>().ok()?, last.trim().parse::<i32>().ok()?);
        (0 <= first && first <= last && last <= 400).then_some((first, last))
    };
    let ranges: Option<Vec<_>> = text.split(',').map(range).collect();
    ranges.filter(|ranges| ranges.len() <= 100).ok_or_else(wrong)
}

/// Who came, stayed, came back and stayed away, by period.
#[derive(Serialize, ToSchema)]
struct PeriodLifecycle {
    periods: Vec<LifecyclePeriod>,
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
}

/// Lifecycle of periods, with the quick ratio
#[utoipa::path(tag = "metrics", params(MetricQuery), responses((status = 200, body = PeriodLifecycle)))]
#[get("/metrics/lifecycle")]
async fn lifecycle(
    caller: Can<can::MetricsRead>,
    req: HttpRequest,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    ValidQuery(query): ValidQuery<MetricQuery>,
) -> Result<HttpResponse, ApiError> {
    let (from, to) = query.range()?;
    let period = word("period", query.period.as_deref(), Period::Month, PERIODS)?;
    let (now, smallest) = (clock.now(), Smallest::seen_by(&caller));
    let periods = ask(&activity, &caller, move |view, conn, sight| {
        let filter = query.filter(view, &view.names().read(), sight)?;
        let today = view.day_of(now);
        Ok(retention::lifecycle(view, conn, &filter, period, from, to, today)?)
    })
    .await?;
    let periods: Vec<_> = periods.into_iter().map(|period| LifecyclePeriod::of(period, smallest)).collect();
    if wants_csv(&req) {
        let columns = ["start", "active", "new", "current", "resurrected", "dormant", "quick_ratio", "running"];
        let rows = periods.iter().map(|p| {
            let counts = [p.active, p.new, p.current, p.resurrected, p.dormant].map(maybe);
            let start = std::iter::once(p.start.to_string());
            let row = start.chain(counts).chain([maybe(p.quick_ratio), p.running.to_string()]).collect();
            (row, p.suppressed)
        });
        return table("lifecycle", &columns, rows, smallest);
    }
    Ok(HttpResponse::Ok().json(PeriodLifecycle { periods, as_of: instant(now) }))
}

/// An app over months.
#[derive(Serialize, ToSchema)]
struct AppOverMonths {
    app: String,
    rhythm: Rhythm,
    months: Vec<AppMonth>,
    #[schema(value_type = Option<String>, format = DateTime)]
    first_seen: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen: Option<Timestamp>,
}

/// Every app over months.
#[derive(Serialize, ToSchema)]
struct AppMonths {
    apps: Vec<AppOverMonths>,
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
}

/// Apps by calendar month, with their rhythm
#[utoipa::path(tag = "metrics", params(MetricQuery), responses((status = 200, body = AppMonths)))]
#[get("/metrics/apps")]
async fn app_months(
    caller: Can<can::MetricsRead>,
    req: HttpRequest,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    ValidQuery(query): ValidQuery<MetricQuery>,
) -> Result<HttpResponse, ApiError> {
    let (from, to) = query.range()?;
    query.only_plain()?;
    let now = clock.now();
    let (workspace, smallest) = (caller.workspace.id, Smallest::seen_by(&caller));
    let apps = ask(&activity, &caller, move |view, conn, sight| {
        let names = view.names();
        let filter = query.filter(view, &names.read(), sight)?;
        let mut months = apps::months(view, conn, &filter, from, to)?;
        let today = view.day_of(now);
        let learned = apps::rhythms(view, conn, today)?;
        let settings = settings::load(conn, workspace)?;
        let totals = apps::totals(view, filter.include_excluded);
        let names = names.read();
        let wanted = |app: &u32| sight.sees(*app) && filter.app.is_none_or(|only| only == *app);
        Ok(apps::all(view, &names)
            .into_iter()
            .filter(wanted)
            .map(|app| {
                let by_hand = settings.get(&app).and_then(|s| Rhythm::from_key(s.rhythm.as_deref()?));
                let rhythm = by_hand.or_else(|| learned.get(&app).map(|l| l.rhythm)).unwrap_or(Rhythm::Unknown);
                let total: Option<Total> = totals.get(&app).copied();
                let months = months.remove(&app).unwrap_or_default().into_iter();
                AppOverMonths {
                    app: names.name(Kind::App, app).to_owned(),
                    rhythm,
                    months: months.map(|month| AppMonth::of(month, smallest)).collect(),
                    first_seen: total.map(|t| instant(t.first)),
                    last_seen: total.map(|t| instant(t.last)),
                }
            })
            .collect::<Vec<_>>())
    })
    .await?;
    if wants_csv(&req) {
        let rows = apps.iter().flat_map(|app| {
            app.months.iter().map(|month| {
                let counts = [maybe(month.active_people), month.events.to_string()];
                let names = [app.app.clone(), app.rhythm.key().to_owned(), month.start.to_string()];
                (names.into_iter().chain(counts).collect(), month.suppressed)
            })
        });
        return table("app-months", &["app", "rhythm", "start", "active_people", "events"], rows, smallest);
    }
    Ok(HttpResponse::Ok().json(AppMonths { apps, as_of: instant(now) }))
}

/// How the features of an app are used.
#[derive(Serialize, ToSchema)]
struct FeatureAdoption {
    app: String,
    #[schema(value_type = String, format = Date)]
    from: jiff::civil::Date,
    #[schema(value_type = String, format = Date)]
    to: jiff::civil::Date,
    /// Distinct people active in the app.
    active_people: Option<u64>,
    /// People who should use the app; null until someone is entitled.
    entitled_people: Option<u64>,
    features: Vec<FeatureUse>,
    /// What the list leaves out.
    warning: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
    /// Whether the count of active people is null because it is of fewer than the workspace shows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    suppressed: bool,
}

/// Adoption of an app's features
#[utoipa::path(tag = "metrics", params(MetricQuery), responses((status = 200, body = FeatureAdoption)))]
#[get("/metrics/features")]
async fn features(
    caller: Can<can::MetricsRead>,
    req: HttpRequest,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    ValidQuery(query): ValidQuery<MetricQuery>,
) -> Result<HttpResponse, ApiError> {
    let (from, to) = query.range()?;
    query.only_plain()?;
    let app = query.app.clone().ok_or_else(|| ApiError::bad_query("app", "is needed"))?;
    let smallest = Smallest::seen_by(&caller);
    let found = ask(&activity, &caller, move |view, conn, sight| {
        let names = view.names();
        let names = names.read();
        let filter = query.filter(view, &names, sight)?;
        Ok(apps::features(view, conn, &filter, &names, from, to)?)
    })
    .await?;
    let active_people = found.active_people;
    let features = found.features.into_iter().map(|one| FeatureUse::of(one, active_people, smallest));
    let mut features: Vec<FeatureUse> = features.collect();
    if !smallest.shows_all() {
        // The place in the list must not tell what is hidden.
        features.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.feature.cmp(&b.feature)));
    }
    if wants_csv(&req) {
        let columns =
            ["feature", "kind", "people", "share_of_active", "share_of_entitled", "events", "events_per_person"];
        let rows = features.iter().map(|f| {
            let shares = [maybe(f.share_of_active), maybe(f.share_of_entitled), f.events.to_string()];
            let names = [f.feature.clone(), f.kind.to_owned(), maybe(f.people)];
            let row = names.into_iter().chain(shares).chain([maybe(f.events_per_person)]).collect();
            (row, f.suppressed)
        });
        return table("features", &columns, rows, smallest);
    }
    let warning = (found.beyond > 0)
        .then(|| format!("{} more features are not shown: only the {FEATURES} most used are.", found.beyond));
    Ok(HttpResponse::Ok().json(FeatureAdoption {
        app,
        from: days::date(from),
        to: days::date(to),
        active_people: smallest.shown(active_people),
        entitled_people: None,
        features,
        warning,
        as_of: instant(clock.now()),
        suppressed: smallest.hides(active_people),
    }))
}
