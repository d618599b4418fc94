//! The query of a URL, read strictly: a misspelt parameter must not quietly mean nothing.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};

use super::ApiError;

/// The parameters of a query: 422 `bad_query` naming the parameter for what does not fit.
///
/// Mark `T` with `#[serde(deny_unknown_fields)]`, so that unknown parameters are refused.
/// A call that filters by traits has a field `traits: TraitFilters` with `#[serde(default)]`.
#[derive(Debug)]
pub struct ValidQuery<T>(pub T);

/// The parameters `trait.NAME=VALUE` of a query, in the order given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraitFilters(pub Vec<(String, String)>);

/// The one field that all `trait.NAME` parameters are gathered into, since serde knows fixed names only.
const GATHERED: &str = "traits";

impl<'de> Deserialize<'de> for TraitFilters {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        serde_json::from_str(&text).map(Self).map_err(D::Error::custom)
    }
}

impl<T: DeserializeOwned> FromRequest for ValidQuery<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(req.query_string()).map(Self))
    }
}

fn read<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    let mut plain = form_urlencoded::Serializer::new(String::new());
    let mut traits = Vec::<(String, String)>::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name.contains('\0') || value.contains('\0') {
            return Err(ApiError::bad_query(name.replace('\0', ""), "holds a NUL character; leave it out"));
        }
        match name.strip_prefix("trait.") {
            Some("") => return Err(ApiError::bad_query("trait.", "names no trait; write trait.NAME=VALUE")),
            Some(name) => traits.push((name.to_owned(), value.into_owned())),
            None if name == GATHERED => return Err(unknown(GATHERED, "write trait.NAME=VALUE")),
            None => {
                plain.append_pair(&name, &value);
            }
        }
    }
    let first_trait = traits.first().map(|(name, _)| format!("trait.{name}"));
    if first_trait.is_some() {
        plain.append_pair(GATHERED, &serde_json::to_string(&traits).unwrap_or_default());
    }
    let plain = plain.finish();
    let source = serde_urlencoded::Deserializer::new(form_urlencoded::parse(plain.as_bytes()));
    serde_path_to_error::deserialize(source).map_err(|error| {
        let path = error.path().to_string();
        let message = error.into_inner().to_string();
        let quoted = |prefix: &str| {
            let rest = message.strip_prefix(prefix)?;
            rest.split('`').next().map(str::to_owned)
        };
        if let Some(name) = quoted("unknown field `") {
            let known = message.split_once(", ").map_or("", |(_, known)| known);
            let name = if name == GATHERED { first_trait.unwrap_or(name) } else { name };
            return unknown(&name, &known.replace(", `traits`", ""));
        }
        if let Some(name) = quoted("missing field `") {
            return ApiError::bad_query(name, "is needed");
        }
        if let Some(name) = quoted("duplicate field `") {
            return ApiError::bad_query(name, "is given twice");
        }
        ApiError::bad_query(if path == "." { "query".to_owned() } else { path }, message)
    })
}

fn unknown(name: &str, known: &str) -> ApiError {
    ApiError::bad_query(name, format!("is not known here; {known}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Ask {
        from: String,
        periods: Option<u32>,
        #[serde(default)]
        include_excluded: bool,
        #[serde(default)]
        traits: TraitFilters,
    }

    fn refused(query: &str) -> String {
        read::<Ask>(query).unwrap_err().to_string()
    }

    #[test]
    fn parameters_are_read_with_their_types() {
        let ask: Ask =
            read("from=2026-01-01&periods=4&include_excluded=true&trait.plan=paid+up&trait.size=%3E3").unwrap();
        assert_eq!((ask.from.as_str(), ask.periods, ask.include_excluded), ("2026-01-01", Some(4), true));
        assert_eq!(ask.traits.0, [("plan".into(), "paid up".into()), ("size".into(), ">3".into())]);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        assert!(refused("from=x&form=y").contains("form: is not known here; expected one of `from`"));
        assert!(refused("periods=3").contains("from: is needed"));
        assert!(refused("from=x&from=y").contains("from: is given twice"));
        assert!(refused("from=x&periods=many").contains("periods: invalid digit"));
        assert!(refused("from=x&traits=a").contains("traits: is not known"));
        assert!(refused("from=x%00").contains("NUL"));
    }

    #[test]
    fn a_trait_is_unknown_where_none_is_taken() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Plain {
            #[serde(rename = "from")]
            _from: Option<String>,
        }
        let refused = read::<Plain>("trait.plan=paid").unwrap_err().to_string();
        assert!(refused.contains("trait.plan: is not known"), "{refused}");
    }
}
