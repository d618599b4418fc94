//! What the claims of a token say: groups above all, wherever the issuer puts them.

use serde_json::{Map, Value};

/// The groups of somebody, as far as claims tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Groups {
    /// These.
    Listed(Vec<String>),
    /// The claim is not there.
    Missing,
    /// The issuer says that there are too many to list them, as Entra ID does beyond 200.
    Overage,
    /// The claim is there, and no list of names.
    Unreadable,
}

/// The groups that a claim lists. The claim is a name, such as `groups`; a path, such as `realm_access.roles`; or a JSON
/// pointer, such as `/realm_access/roles`.
pub fn groups(claims: &Value, claim: &str) -> Groups {
    match find(claims, claim) {
        Some(found) => list(found),
        None if is_overage(claims, claim) => Groups::Overage,
        None => Groups::Missing,
    }
}

fn find<'a>(claims: &'a Value, claim: &str) -> Option<&'a Value> {
    if claim.starts_with('/') {
        return claims.pointer(claim);
    }
    // Names of claims may hold dots and slashes themselves: https://example.com/groups.
    claims.get(claim).or_else(|| claim.split('.').try_fold(claims, |inner, name| inner.get(name)))
}

fn list(found: &Value) -> Groups {
    match found {
        Value::Null => Groups::Missing,
        Value::String(one) => Groups::Listed(vec![one.clone()]),
        // As Zitadel writes roles: the names are the keys.
        Value::Object(named) => Groups::Listed(named.keys().cloned().collect()),
        Value::Array(items) => {
            let names = items.iter().map(|item| match item {
                Value::String(name) => Some(name.clone()),
                Value::Object(fields) => name_of(fields),
                _ => None,
            });
            names.collect::<Option<Vec<_>>>().map_or(Groups::Unreadable, Groups::Listed)
        }
        _ => Groups::Unreadable,
    }
}

fn name_of(fields: &Map<String, Value>) -> Option<String> {
    ["name", "displayName", "id"].into_iter().find_map(|key| fields.get(key)?.as_str().map(str::to_owned))
}

/// Entra ID points elsewhere instead: `_claim_names` names the claim, or `hasgroups` is set in an implicit flow.
fn is_overage(claims: &Value, claim: &str) -> bool {
    let elsewhere = claims.get("_claim_names").and_then(|names| names.get(claim)).is_some();
    let hinted = match claims.get("hasgroups") {
        Some(Value::Bool(yes)) => *yes,
        Some(Value::String(yes)) => yes == "true",
        _ => false,
    };
    elsewhere || hinted
}

/// A claim that is text.
pub fn text<'a>(claims: &'a Value, claim: &str) -> Option<&'a str> {
    claims.get(claim).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// Whether the issuer vouches for the e-mail; some write it as text.
pub fn email_is_verified(claims: &Value) -> bool {
    match claims.get("email_verified") {
        Some(Value::Bool(yes)) => *yes,
        Some(Value::String(yes)) => yes == "true",
        _ => false,
    }
}

/// Whether the issuer says that the e-mail is not verified; many say nothing.
pub fn email_is_denied(claims: &Value) -> bool {
    match claims.get("email_verified") {
        Some(Value::Bool(yes)) => !yes,
        Some(Value::String(yes)) => yes == "false",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn listed(names: &[&str]) -> Groups {
        Groups::Listed(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn groups_are_found_where_issuers_put_them() {
        // Keycloak: full paths of groups, and roles of the realm.
        let keycloak = json!({ "groups": ["/staff", "/staff/admins"], "realm_access": { "roles": ["admin"] } });
        assert_eq!(groups(&keycloak, "groups"), listed(&["/staff", "/staff/admins"]));
        assert_eq!(groups(&keycloak, "realm_access.roles"), listed(&["admin"]));
        assert_eq!(groups(&keycloak, "/realm_access/roles"), listed(&["admin"]));
        // Entra ID: object ids, or roles of the app.
        let entra = json!({ "groups": ["5a1c2f0e-7f58-4b0b-9ed7-0d2d2d2d2d2d"], "roles": ["Admins"] });
        assert_eq!(groups(&entra, "roles"), listed(&["Admins"]));
        // Auth0 and Okta: a claim named like a URL.
        let named = json!({ "https://example.com/groups": ["a"] });
        assert_eq!(groups(&named, "https://example.com/groups"), listed(&["a"]));
        // Zitadel: an object of roles.
        let zitadel = json!({ "urn:zitadel:iam:org:project:roles": { "admin": { "1": "acme.example" } } });
        assert_eq!(groups(&zitadel, "urn:zitadel:iam:org:project:roles"), listed(&["admin"]));
        assert_eq!(groups(&json!({ "groups": "one" }), "groups"), listed(&["one"]));
        assert_eq!(groups(&json!({ "groups": [] }), "groups"), listed(&[]));
        assert_eq!(groups(&json!({ "groups": [1] }), "groups"), Groups::Unreadable);
        assert_eq!(groups(&json!({}), "groups"), Groups::Missing);
    }

    #[test]
    fn too_many_groups_are_not_taken_for_none() {
        let overage = json!({
            "_claim_names": { "groups": "src1" },
            "_claim_sources": { "src1": { "endpoint": "https://graph.windows.net/TENANT/users/USER/getMemberObjects" } },
        });
        assert_eq!(groups(&overage, "groups"), Groups::Overage);
        assert_eq!(groups(&json!({ "hasgroups": true }), "groups"), Groups::Overage);
        assert_eq!(groups(&json!({ "hasgroups": "true" }), "groups"), Groups::Overage);
        assert_eq!(groups(&json!({ "_claim_names": { "groups": "src1" }, "roles": ["a"] }), "roles"), listed(&["a"]));
    }

    #[test]
    fn only_what_is_verified_is() {
        assert!(email_is_verified(&json!({ "email_verified": true })));
        assert!(email_is_verified(&json!({ "email_verified": "true" })));
        assert!(!email_is_verified(&json!({ "email_verified": false })));
        assert!(!email_is_verified(&json!({ "email_verified": 1 })));
        assert!(!email_is_verified(&json!({})));
        assert!(email_is_denied(&json!({ "email_verified": false })));
        assert!(!email_is_denied(&json!({})) && !email_is_denied(&json!({ "email_verified": true })));
    }
}
