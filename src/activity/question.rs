//! What every metric's query may ask for, and how it becomes a filter.

use actix_web::web;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::auth::Caller;
use crate::db::DbConn;
use crate::http::{ApiError, TraitFilters};
use crate::ingest::dictionary::{Dictionary, Kind};

use super::ask::Activity;
use super::days;
use super::sight::{Asker, Sight};
use super::view::{Filter, NOWHERE, View};

/// Days that one question may span: about 50 years.
const SPAN: i32 = 18_300;

/// Filters that all metrics take.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MetricQuery {
    /// First day.
    #[param(value_type = String, format = Date)]
    pub from: Option<Date>,
    /// Last day.
    #[param(value_type = String, format = Date)]
    pub to: Option<Date>,
    /// Only events of this app.
    pub app: Option<String>,
    /// Only events of this account.
    pub account: Option<String>,
    /// With `account`: people of its child accounts count for it too.
    #[serde(default)]
    #[param(required = false)]
    pub children: bool,
    /// Only people of this role on the day; people without one are `end_user`.
    pub role: Option<String>,
    /// Segments do not exist yet: refused.
    pub segment: Option<String>,
    /// Count bots, internal people and tests too.
    #[serde(default)]
    #[param(required = false)]
    pub include_excluded: bool,
    /// Length of the periods: `day`, `week` or `month`.
    pub period: Option<String>,
    /// `n_day`, `unbounded` or `bracket`.
    pub variant: Option<String>,
    /// Last period looked at; period 0 is the cohort's own.
    #[param(minimum = 0, maximum = 400)]
    pub periods: Option<u16>,
    /// First and last period of each bracket, such as `0-0,1-3,4-7`.
    pub brackets: Option<String>,
    /// `trait.NAME=VALUE`, any number of times.
    #[serde(default)]
    #[param(ignore)]
    pub traits: TraitFilters,
}

impl MetricQuery {
    /// The asked days; both ends are needed.
    pub fn range(&self) -> Result<(i32, i32), ApiError> {
        let needed = |name: &str| ApiError::bad_query(name, "is needed, as YYYY-MM-DD");
        let from = days::number(self.from.ok_or_else(|| needed("from"))?);
        let to = days::number(self.to.ok_or_else(|| needed("to"))?);
        if to < from {
            return Err(ApiError::bad_query("to", "lies before from; swap them"));
        }
        if to - from > SPAN {
            return Err(ApiError::bad_query("to", format!("lies more than {SPAN} days after from; ask for less")));
        }
        Ok((from, to))
    }

    /// Refuses parameters that this metric does not take, so that they do not quietly mean nothing.
    pub fn only_plain(&self) -> Result<(), ApiError> {
        let refuse = |name: &str, given: bool| {
            if given { Err(ApiError::bad_query(name, "is not taken by this metric; leave it out")) } else { Ok(()) }
        };
        refuse("period", self.period.is_some())?;
        refuse("variant", self.variant.is_some())?;
        refuse("periods", self.periods.is_some())?;
        refuse("brackets", self.brackets.is_some())
    }

    /// The filter, with names looked up: of what is seen only. An unknown name finds nothing.
    pub fn filter(&self, view: &View, names: &Dictionary, sight: &Sight) -> Result<Filter, ApiError> {
        if self.segment.is_some() {
            return Err(ApiError::unprocessable("no_segments", "segment", "there are no segments yet; leave it out"));
        }
        if self.children && self.account.is_none() {
            return Err(ApiError::bad_query("children", "goes with account only"));
        }
        let mut traits = self.traits.0.clone();
        traits.sort();
        sight.check_traits(&traits)?;
        let account = self.account.as_ref().map(|name| names.number(Kind::Account, name).unwrap_or(NOWHERE));
        let children =
            |account| if self.children { view.identity().with_children(account, names) } else { vec![account] };
        Ok(Filter {
            accounts: account.map(children),
            role: self.role.clone(),
            traits,
            include_excluded: self.include_excluded,
            ..sight.filter(names, self.app.as_ref())?
        })
    }
}

/// Runs a question on the caller's workspace, with what the caller may see of it.
pub async fn ask<T: Send + 'static>(
    activity: &web::Data<Activity>,
    caller: &Caller,
    question: impl FnOnce(&mut View, &mut DbConn, &Sight) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let asker = Asker::of(caller, activity.key());
    activity
        .ask(caller.workspace.id, &caller.workspace.time_zone, move |view, conn| {
            let sight = asker.sight(&view.names().read());
            question(view, conn, &sight)
        })
        .await
}
