//! Who reaches what: every route of the OpenAPI document has a rule here, and keeps it.
//!
//! A route without a rule fails, and so does one whose handler demands another permission than its rule says, or
//! none. What a viewer and a builder are told holds no name, e-mail or id of a person, and nothing of an app that is
//! not the builder's.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};
use takehold::auth::{Role, can};

use crate::support::{Actor, Answer, TestApp};

/// What a route asks of whoever calls it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    /// Nothing: it is for those who are not signed in yet, or tells nothing of anybody.
    Open,
    /// To be signed in as a user; it is about that user alone.
    Own,
    /// To be signed in, as a user or by a token; it tells what they may see anyway.
    SignedIn,
    /// A permission.
    Needs(&'static str),
}
use Rule::{Needs, Open, Own, SignedIn};

/// Every route; `/w` stands for `/api/v1/workspaces/{workspace}`.
const RULES: &[(&str, &str, Rule)] = &[
    ("GET", "/healthz", Open),
    ("GET", "/readyz", Open),
    ("GET", "/metrics", Open),
    ("GET", "/auth/oidc/login", Open),
    ("GET", "/auth/oidc/callback", Open),
    ("POST", "/auth/oidc/backchannel-logout", Open),
    ("POST", "/auth/ldap/login", Open),
    ("GET", "/api/v1/sign-in", Open),
    ("POST", "/api/v1/welcome", Open),
    ("POST", "/api/v1/welcome/accept", Open),
    ("GET", "/api/v1/audit", Needs("audit.read")),
    ("GET", "/api/v1/audit/state", Needs("audit.read")),
    ("GET", "/api/v1/invitations", Needs("users.read")),
    ("POST", "/api/v1/invitations", Needs("users.write")),
    ("DELETE", "/api/v1/invitations/{id}", Needs("users.write")),
    ("GET", "/api/v1/roles", SignedIn),
    ("GET", "/api/v1/sessions", Needs("sessions.read")),
    ("DELETE", "/api/v1/sessions/{id}", Needs("sessions.write")),
    ("GET", "/api/v1/users", Needs("users.read")),
    ("GET", "/api/v1/users/{id}", Needs("users.read")),
    ("POST", "/api/v1/users/{id}/disable", Needs("users.write")),
    ("POST", "/api/v1/users/{id}/enable", Needs("users.write")),
    ("POST", "/api/v1/users/{id}/password-link", Needs("users.write")),
    ("PUT", "/api/v1/users/{id}/roles", Needs("users.write")),
    ("DELETE", "/api/v1/users/{id}/sessions", Needs("sessions.write")),
    ("POST", "/api/v1/users/{id}/identities", Needs("users.write")),
    ("GET", "/api/v1/sign-in-sources", Needs("sources.read")),
    ("POST", "/api/v1/sign-in-sources", Needs("sources.write")),
    ("PUT", "/api/v1/sign-in-sources/{key}", Needs("sources.write")),
    ("DELETE", "/api/v1/sign-in-sources/{key}", Needs("sources.write")),
    ("POST", "/api/v1/sign-in-sources/{key}/test", Needs("sources.write")),
    ("POST", "/api/v1/sign-in-sources/{key}/preview", Needs("sources.write")),
    ("GET", "/api/v1/group-mappings", Needs("sources.read")),
    ("POST", "/api/v1/group-mappings", Needs("sources.write")),
    ("DELETE", "/api/v1/group-mappings/{id}", Needs("sources.write")),
    ("GET", "/w/hand-over", Needs("users.read")),
    ("POST", "/w/people/{external_id}/unmask", Needs("people.unmask_ask")),
    ("GET", "/w/unmask-requests", Needs("people.unmask_ask")),
    ("POST", "/w/unmask-requests/{id}/approve", Needs("people.unmask_approve")),
    ("POST", "/w/unmask-requests/{id}/refuse", Needs("people.unmask_approve")),
    ("GET", "/w/privacy-requests", Needs("privacy.read")),
    ("POST", "/w/privacy-requests", Needs("privacy.write")),
    ("GET", "/w/privacy-requests/{id}/file", Needs("privacy.write")),
    ("PUT", "/api/v1/me", Own),
    ("PUT", "/api/v1/me/password", Own),
    ("POST", "/api/v1/me/totp", Own),
    ("POST", "/api/v1/me/totp/confirm", Own),
    ("POST", "/api/v1/me/totp/remove", Own),
    ("GET", "/api/v1/me/sessions", Own),
    ("DELETE", "/api/v1/me/sessions/{id}", Own),
    ("GET", "/api/v1/me", Own),
    ("POST", "/api/v1/session", Open),
    ("DELETE", "/api/v1/session", Own),
    ("GET", "/api/v1/setup", Open),
    ("POST", "/api/v1/setup", Open),
    ("GET", "/api/v1/system/backups", Needs("system.read")),
    ("POST", "/api/v1/system/backups", Needs("system.manage")),
    ("GET", "/api/v1/system/capacity", Needs("system.read")),
    ("GET", "/api/v1/system/destinations", Needs("system.read")),
    ("GET", "/api/v1/system/health", Needs("system.read")),
    ("GET", "/api/v1/system/jobs", Needs("system.read")),
    ("GET", "/api/v1/system/jobs/{name}/runs", Needs("system.read")),
    ("POST", "/api/v1/system/jobs/{name}/runs", Needs("system.manage")),
    ("GET", "/api/v1/workspaces", SignedIn),
    ("POST", "/api/v1/workspaces", Needs("workspaces.write")),
    ("GET", "/w", Needs("workspaces.read")),
    ("PATCH", "/w", Needs("workspaces.write")),
    ("GET", "/w/accounts", Needs("people.read")),
    ("GET", "/w/accounts/{external_id}", Needs("people.read")),
    ("GET", "/w/accounts/{external_id}/activity", Needs("people.read")),
    ("GET", "/w/accounts/{external_id}/apps", Needs("people.read")),
    ("GET", "/w/accounts/{external_id}/timeline", Needs("people.read")),
    ("GET", "/w/apps", Needs("apps.read")),
    ("GET", "/w/apps/{app}", Needs("apps.read")),
    ("PATCH", "/w/apps/{app}", Needs("apps.write")),
    ("GET", "/w/apps/{app}/releases", Needs("apps.read")),
    ("GET", "/w/inspector", Needs("inspector.read")),
    ("POST", "/w/inspector/test-event", Needs("inspector.write")),
    ("GET", "/w/metrics/active", Needs("metrics.read")),
    ("GET", "/w/metrics/apps", Needs("metrics.read")),
    ("GET", "/w/metrics/features", Needs("metrics.read")),
    ("GET", "/w/metrics/lifecycle", Needs("metrics.read")),
    ("GET", "/w/metrics/retention", Needs("metrics.read")),
    ("GET", "/w/people", Needs("people.read")),
    ("GET", "/w/people/{external_id}", Needs("people.read")),
    ("GET", "/w/people/{external_id}/activity", Needs("people.read")),
    ("DELETE", "/w/people/{external_id}/merged/{merged_id}", Needs("people.merge")),
    ("PUT", "/w/people/{external_id}/merged/{merged_id}", Needs("people.merge")),
    ("GET", "/w/people/{external_id}/timeline", Needs("people.read")),
    ("GET", "/w/search", Needs("people.read")),
    ("GET", "/w/summary", Needs("metrics.read")),
    ("GET", "/w/tokens", Needs("tokens.read")),
    ("POST", "/w/tokens", Needs("tokens.write")),
    ("DELETE", "/w/tokens/{id}", Needs("tokens.write")),
    ("POST", "/w/tokens/{id}/rotate", Needs("tokens.write")),
    ("POST", "/w/write-keys/{id}/rotate", Needs("write_keys.write")),
    ("GET", "/w/write-keys", Needs("write_keys.read")),
    ("POST", "/w/write-keys", Needs("write_keys.write")),
    ("DELETE", "/w/write-keys/{id}", Needs("write_keys.write")),
];

/// A route as the document describes it.
struct Route {
    method: Method,
    path: String,
    rule: Rule,
    operation: Value,
}

fn routes(api: &Value) -> Vec<Route> {
    let mut rules: BTreeMap<(String, String), Rule> = BTreeMap::new();
    for (method, path, rule) in RULES {
        let path = match path.strip_prefix("/w") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("/api/v1/workspaces/{{workspace}}{rest}"),
            _ => (*path).to_owned(),
        };
        assert!(rules.insert(((*method).to_owned(), path.clone()), *rule).is_none(), "{method} {path} has two rules");
    }
    let (mut routes, mut without) = (Vec::new(), Vec::new());
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let key = (method.to_uppercase(), path.clone());
            let Some(rule) = rules.remove(&key) else {
                without.push(key);
                continue;
            };
            let method = Method::from_bytes(key.0.as_bytes()).unwrap();
            routes.push(Route { method, path: key.1, rule, operation: operation.clone() });
        }
    }
    assert!(without.is_empty(), "routes without a rule; say here who may reach them: {without:#?}");
    assert!(rules.is_empty(), "rules of routes that are not there: {rules:#?}");
    routes
}

/// A value that fits a schema as far as reading it goes.
fn value(api: &Value, schema: &Value) -> Value {
    if let Some(target) = schema["$ref"].as_str() {
        return value(api, api.pointer(target.trim_start_matches('#')).unwrap());
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    let one = |key: &str| schema[key].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null")).cloned();
    if let Some(one) = one("oneOf").or_else(|| one("anyOf")).or_else(|| one("allOf")) {
        return value(api, &one);
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"].get(0).and_then(Value::as_str));
    match kind {
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(false),
        Some("array") => json!([]),
        Some("string") if schema["format"] == "date" => json!("2026-03-01"),
        Some("string") => json!("x@example.com"),
        _ => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            required.map(|name| (name.to_owned(), value(api, &schema["properties"][name]))).collect()
        }
    }
}

/// What stands in the path for each name, and in the query for those who search.
type Words = BTreeMap<&'static str, String>;

impl Route {
    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn call(&self, api: &Value, actor: &Actor, words: &Words, accept: &str) -> Answer {
        let mut path = self.path.clone();
        let mut query = Vec::new();
        for parameter in self.operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            let word = if name == "external_id" && self.path.contains("/accounts/") { "account" } else { name };
            let text = words.get(word).cloned().unwrap_or_else(|| match value(api, &parameter["schema"]) {
                Value::String(text) => text,
                other => other.to_string(),
            });
            if parameter["in"] == "path" {
                path = path.replace(&format!("{{{name}}}"), &urlencode(&text));
            } else if parameter["required"] == true || ["from", "to"].contains(&name) {
                query.push(format!("{name}={}", urlencode(&text)));
            }
        }
        // Features are of one app.
        if self.path.ends_with("/metrics/features") {
            query.push(format!("app={}", urlencode(&words["app"])));
        }
        let request = actor.request(self.method.clone(), &format!("{path}?{}", query.join("&")));
        let request = request.header("accept", accept).header("x-takehold-request", "1");
        let request = match self.operation.pointer("/requestBody/content/application~1json/schema") {
            Some(schema) => request.json(&value(api, schema)),
            None => request,
        };
        actor.send(request)
    }
}

fn urlencode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

const MINE: &str = "Leave Requests";
const THEIRS: &str = "Ledger Closing";

/// What a company did: 12 people in the builder's app, 7 of another, two of both.
struct Company {
    people: BTreeSet<String>,
    foreign: BTreeSet<String>,
    own_person: String,
    foreign_person: String,
}

fn company(app: &TestApp) -> Company {
    let key = app.write_key("all");
    let (mut people, mut foreign, mut calls) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    let mut names = (0..19).map(|n| {
        let first = ["Aurelia", "Benedikt", "Cosima", "Darius", "Evangeline"][n % 5];
        let last = ["Quillfeather", "Ravensworth", "Silverthorne", "Tangledown"][n / 5];
        (
            format!("{first} {last}"),
            format!("{first}.{last}@people.example").to_lowercase(),
            format!("emp-{:04}", 7100 + n),
        )
    });
    let day = |n: usize| format!("2026-03-{:02}T09:{:02}:00Z", 1 + n % 20, n % 60);
    for n in 0..19 {
        let (name, email, id) = names.next().unwrap();
        let anonymous = format!("device-{:05}", 33_000 + n);
        let both = n >= 17;
        let apps: &[&str] = if both {
            &[MINE, THEIRS]
        } else if n < 12 {
            &[MINE]
        } else {
            &[THEIRS]
        };
        let account = if apps == [THEIRS] { "Accounting of the North" } else { "Human Resources" };
        calls.push(json!({ "type": "identify", "userId": id, "anonymousId": anonymous, "timestamp": day(n),
            "context": { "app": apps[0] }, "traits": { "name": name, "email": email, "phone": "+49 30 5550100",
            "manager": email, "role": if n % 3 == 0 { "builder" } else { "end_user" } } }));
        for app in apps {
            let (event, version) =
                if *app == MINE { ("Request Filed", "1.4.0") } else { ("Quarter Sealed", "9.9.9-beta") };
            for visit in 0..5 {
                calls.push(json!({ "type": "track", "userId": id, "event": event, "timestamp": day(n + visit * 3),
                    "context": { "app": { "name": app, "version": version }, "groupId": account, "ip": "10.9.8.7" },
                    "properties": { "for": id, "cc": email, "note": format!("on behalf of {name}"), "app": app } }));
            }
            calls.push(json!({ "type": "page", "anonymousId": anonymous, "name": "Home", "timestamp": day(n + 1),
                "context": { "app": app }, "properties": { "url": format!("https://intra.example/u/{id}") } }));
        }
        people.extend([name, email, id, anonymous]);
        if apps == [THEIRS] {
            foreign.insert(account.to_owned());
        }
    }
    let group = json!({ "type": "group", "userId": "emp-7112", "groupId": "Accounting of the North", "context": { "app": THEIRS },
        "timestamp": day(3), "traits": { "name": "Northern Accounting" } });
    calls.push(group);
    for part in calls.chunks(100) {
        let answer = app.stranger().with_token(&key).post("/v1/batch", &json!({ "batch": part }));
        assert_eq!((answer.status, answer.json()["rejected"].clone()), (200, Value::Null), "{}", answer.text());
    }
    let admin = app.program(Role::Admin);
    for (name, owner) in [(MINE, "builder@example.com"), (THEIRS, "somebody.else@people.example")] {
        let path = format!("/api/v1/workspaces/default/apps/{}", urlencode(name));
        assert_eq!(admin.patch(&path, &json!({ "owners": [owner], "tags": ["of the company"] })).status, 200);
        // Keys of apps, one each.
        let keys = "/api/v1/workspaces/default/write-keys";
        assert_eq!(admin.post(keys, &json!({ "name": format!("key of {name}"), "app": name })).status, 201);
    }
    foreign.extend([THEIRS, "Quarter Sealed", "9.9.9-beta", "Northern Accounting", "somebody.else"].map(str::to_owned));
    Company { people, foreign, own_person: "emp-7100".into(), foreign_person: "emp-7113".into() }
}

/// The pseudonym of a person, who is found by it and nothing else.
fn pseudonym(admin: &Actor, viewer: &Actor, id: &str) -> String {
    let of = "/api/v1/workspaces/default/people";
    let known = admin.get(&format!("{of}/{id}")).json();
    let list = viewer.get(&format!("{of}?limit=500")).json();
    let same = |one: &&Value| one["first_seen"] == known["first_seen"] && one["last_seen"] == known["last_seen"];
    let found: Vec<&Value> = list["items"].as_array().unwrap().iter().filter(same).collect();
    for one in found {
        let name = one["external_id"].as_str().unwrap();
        if admin.get(&format!("{of}/{name}")).json()["external_id"] == id {
            return name.to_owned();
        }
    }
    panic!("{id} has no pseudonym in {list}");
}

fn words(app: &str, account: &str, person: &str) -> Words {
    let query =
        [("from", "2026-03-01"), ("to", "2026-03-31"), ("workspace", "default"), ("q", "p-"), ("name", "rollup")];
    let known = [("app", app), ("account", account), ("external_id", person), ("merged_id", person), ("id", "1")];
    query.into_iter().chain(known).map(|(name, text)| (name, text.to_owned())).collect()
}

fn assert_silent<'s>(route: &str, who: &str, answer: &Answer, secrets: impl IntoIterator<Item = &'s String>) {
    let text = answer.text().to_lowercase();
    for secret in secrets {
        assert!(!text.contains(&secret.to_lowercase()), "{route} tells a {who} {secret:?}: {text}");
    }
}

both_engines! {
    fn every_route_keeps_its_rule(app: &TestApp) {
        let api: Value = serde_json::from_str(&takehold::app::openapi::document()).unwrap();
        let company = company(app);
        // Somebody who may decide: what a viewer asks for is not granted at once.
        app.make_user("owner@example.com", Role::Owner, "default");
        let (viewer, builder) = (app.user(Role::Viewer), app.user(Role::Builder));
        let (admin, nobody, stranger) = (app.program(Role::Admin), app.program(Role::Scim), app.stranger());
        let own = words(MINE, "Human Resources", &pseudonym(&admin, &viewer, &company.own_person));
        let foreign = words(THEIRS, "Accounting of the North", &pseudonym(&admin, &viewer, &company.foreign_person));
        let missing = words("No Such App", "No Such Account", "p-aaaaaaaaaa");
        let real = words(MINE, "Human Resources", &company.own_person);
        for route in routes(&api) {
            let name = route.name();
            let anonymous = route.call(&api, &stranger, &own, "*/*");
            let unsigned = route.call(&api, &nobody, &own, "*/*");
            match route.rule {
                Open => assert!(!anonymous.text().contains("sign_in_needed"), "{name} {anonymous:?}"),
                _ => assert_eq!(anonymous.problem(), (401, "sign_in_needed".into()), "{name}"),
            }
            match route.rule {
                Needs(permission) => {
                    assert_eq!(unsigned.status, 403, "{name} asks nothing of the caller: {}", unsigned.text());
                    assert!(unsigned.text().contains(&format!("permission {permission},")), "{name}: {}", unsigned.text());
                }
                Own => assert_eq!(unsigned.status, 403, "{name} {}", unsigned.text()),
                Open | SignedIn => {}
            }
            for (who, actor, role) in [("viewer", &viewer, Role::Viewer), ("builder", &builder, Role::Builder)] {
                if name == "DELETE /api/v1/session" {
                    continue;
                }
                let may = match route.rule {
                    Needs(permission) => can::of(role).contains(&permission),
                    _ => true,
                };
                for accept in ["application/json", "text/csv"] {
                    let answer = route.call(&api, actor, &own, accept);
                    if !may {
                        assert_eq!(answer.problem(), (403, "forbidden".into()), "{name} as {who}");
                    } else if route.rule == Open || route.rule == Own {
                        assert!(answer.status < 500, "{name} as {who}: {}", answer.text());
                    } else if route.method == Method::GET {
                        assert_eq!(answer.status, 200, "{name} as {who}: {}", answer.text());
                    } else {
                        let refused = answer.status >= 500 || [401, 403].contains(&answer.status);
                        assert!(!refused, "{name} as {who}: {}", answer.text());
                    }
                    assert_silent(&name, who, &answer, &company.people);
                    if role == Role::Builder {
                        assert_silent(&name, who, &answer, &company.foreign);
                    }
                }
                if !may || !route.path.contains("{workspace}") {
                    continue;
                }
                // The id of a person is not there for whoever may not see it, nor is what belongs to another app.
                if route.path.contains("/people/{") {
                    assert_eq!(route.call(&api, actor, &real, "*/*").problem(), (404, "not_found".into()), "{name} as {who}");
                }
                let asks = route.path.contains("{app}") || route.path.contains("{external_id}") || name.ends_with("/features");
                if role == Role::Builder && asks {
                    let (theirs, none) = (route.call(&api, actor, &foreign, "*/*"), route.call(&api, actor, &missing, "*/*"));
                    assert_eq!(theirs.problem(), (404, "not_found".into()), "{name}");
                    assert_eq!(none.problem(), (404, "not_found".into()), "{name}");
                    let plain = |answer: &Answer, words: &Words| {
                        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
                        ["app", "account", "external_id"].iter().fold(detail, |text, name| text.replace(&words[name], "…"))
                    };
                    assert_eq!(plain(&theirs, &foreign), plain(&none, &missing), "{name}");
                }
            }
        }
    }
}
