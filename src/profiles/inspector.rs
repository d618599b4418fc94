//! The live inspector: the last calls, as the caller may see them.

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::masks::Masks;
use crate::activity::ask::Activity;
use crate::activity::question::ask;
use crate::auth::{Can, Scope, can};
use crate::clock::Clock;
use crate::http::{ApiError, ValidQuery};
use crate::ingest::Ingest;
use crate::ingest::inspector::{Entry, InspectorTotals, KEPT};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct LookQuery {
    /// Only entries after this one.
    #[serde(default)]
    after: u64,
    /// At most so many, the newest; 500 unless given.
    limit: Option<u16>,
}

/// The last calls that came in.
#[derive(Serialize, ToSchema)]
struct Inspector {
    items: Vec<Entry>,
    totals: InspectorTotals,
    /// Calls per second over the last ten seconds.
    per_second: f64,
    /// Ask for entries after this one next.
    next: u64,
}

/// The last calls, and why any was refused
#[utoipa::path(tag = "inspector", params(LookQuery), responses((status = 200, body = Inspector)))]
#[get("/inspector")]
pub(super) async fn look(
    caller: Can<can::InspectorRead>,
    ingest: web::Data<Ingest>,
    activity: web::Data<Activity>,
    clock: web::Data<Clock>,
    ValidQuery(query): ValidQuery<LookQuery>,
) -> Result<web::Json<Inspector>, ApiError> {
    if i64::try_from(query.after).is_err() {
        return Err(ApiError::bad_query("after", "is no number of an entry; take `next` of the look before"));
    }
    let limit = query.limit.map_or(KEPT, |limit| usize::from(limit).min(KEPT));
    let apps = match &caller.scope {
        Scope::All => None,
        Scope::Apps(apps) => Some(apps),
    };
    ingest.inspector.forget_erased(caller.workspace.id, caller.workspace.erasures);
    let mut look = ingest.inspector.look(caller.workspace.id, clock.now(), (query.after, limit), apps);
    if !caller.sees_names() {
        let entries = look.entries;
        look.entries = ask(&activity, &caller, move |view, _, sight| {
            let names = view.names();
            let names = names.read();
            sight.prepare(view);
            let masks = Masks { view, names: &names, sight };
            Ok(entries.into_iter().map(|entry| masks.entry(entry)).collect())
        })
        .await?;
    }
    Ok(web::Json(Inspector { items: look.entries, totals: look.totals, per_second: look.per_second, next: look.next }))
}
