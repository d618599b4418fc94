//! The OpenAPI document, gathered from the very routes that are served.

use std::collections::BTreeSet;

use actix_web::App;
use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder};
use utoipa_actix_web::AppExt;

use super::router;
use crate::http::{FieldError, Problem};

/// The document as JSON text, the same bytes for the same routes.
pub fn document() -> String {
    let mut text = serde_json::to_string_pretty(&finish(gather())).unwrap_or_default();
    text.push('\n');
    text
}

fn gather() -> OpenApi {
    let (_, mut api) = App::new().into_utoipa_app().configure(router::routes).split_for_parts();
    let mut problems = vec![(Problem::name().into_owned(), <Problem as utoipa::PartialSchema>::schema())];
    problems.push((FieldError::name().into_owned(), <FieldError as utoipa::PartialSchema>::schema()));
    api.components.get_or_insert_default().schemas.extend(problems);
    let info = InfoBuilder::new()
        .title("Takehold")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Shows whether the software a company builds takes hold."))
        .build();
    OpenApiBuilder::from(api).info(info).build()
}

/// What holds for many routes is said once here: the workspace of the path, who may call, and how errors look.
fn finish(api: OpenApi) -> Value {
    let mut api = serde_json::to_value(api).unwrap_or_default();
    set(
        &mut api,
        "/components/securitySchemes",
        json!({
            "token": { "type": "http", "scheme": "bearer", "description": "An API token, thk_…" },
            "session": { "type": "apiKey", "in": "cookie", "name": "takehold", "description": "A console session; writes need the header X-Takehold-Request: 1" },
        }),
    );
    set(&mut api, "/security", json!([{ "token": [] }, { "session": [] }]));
    let Some(paths) = api.get_mut("paths").and_then(Value::as_object_mut) else { return api };
    for (path, item) in paths.iter_mut() {
        let Some(operations) = item.as_object_mut() else { continue };
        for (method, operation) in operations.iter_mut().filter(|(_, operation)| operation.is_object()) {
            name_operation(path, method, operation);
            if path.contains("{workspace}") {
                add_workspace(operation);
            }
            add_problems(path, operation);
        }
    }
    require_nullable(&mut api);
    refer_to_rows(&mut api);
    name_lists(&api)
}

/// utoipa writes the rows of a list out; they are the component of that name.
fn refer_to_rows(api: &mut Value) {
    let Some(schemas) = api.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    let names: Vec<String> = schemas.keys().cloned().collect();
    for (name, schema) in schemas.iter_mut() {
        let row = name.strip_prefix("Page_").or_else(|| name.strip_suffix("List"));
        let known = row.filter(|row| names.iter().any(|name| name == row));
        if let (Some(row), Some(items)) = (known, schema.pointer_mut("/properties/items/items")) {
            *items = json!({ "$ref": format!("#/components/schemas/{row}") });
        }
    }
}

/// In answers a field without a value is there all the same, as null. A field that may be left out says so by
/// `#[schema(nullable = false)]`. In what clients send, a field that may be null may be left out too.
fn require_nullable(api: &mut Value) {
    let sent = schemas_sent(api);
    let Some(schemas) = api.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    for (_, schema) in schemas.iter_mut().filter(|(name, _)| !sent.contains(*name)) {
        require_in(schema);
    }
}

fn require_in(schema: &mut Value) {
    if let Some(parts) = schema.get_mut("allOf").and_then(Value::as_array_mut) {
        parts.iter_mut().for_each(require_in);
    }
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    let given = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let is_required =
        |name: &String, property: &Value| given.iter().any(|given| given == name.as_str()) || is_nullable(property);
    let required = properties.iter().filter(|(name, property)| is_required(name, property));
    let required: Vec<Value> = required.map(|(name, _)| json!(name)).collect();
    if !required.is_empty() {
        set(schema, "/required", json!(required));
    }
}

fn is_nullable(property: &Value) -> bool {
    let is_null = |value: &Value| value == "null";
    let has_null = |kind: &Value| kind.as_array().is_some_and(|kinds| kinds.iter().any(is_null));
    property.get("type").is_some_and(has_null)
        || property
            .get("oneOf")
            .and_then(Value::as_array)
            .is_some_and(|all| all.iter().any(|one| one.get("type").is_some_and(is_null)))
}

/// The schemas of what clients send, and those that they are made of.
fn schemas_sent(api: &Value) -> BTreeSet<String> {
    let operations = api.get("paths").and_then(Value::as_object).into_iter().flat_map(|paths| paths.values());
    let operations = operations.filter_map(Value::as_object).flat_map(|item| item.values());
    let mut open: Vec<String> = operations.filter_map(|one| one.get("requestBody")).flat_map(references).collect();
    let mut sent = BTreeSet::new();
    while let Some(name) = open.pop() {
        if let Some(schema) = api.pointer(&format!("/components/schemas/{name}"))
            && sent.insert(name)
        {
            open.extend(references(schema));
        }
    }
    sent
}

fn references(value: &Value) -> Vec<String> {
    let own = value.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
    let below: Vec<&Value> = match value {
        Value::Object(map) => map.values().collect(),
        Value::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    };
    own.map(str::to_owned).into_iter().chain(below.into_iter().flat_map(references)).collect()
}

/// `Page<Person>` is called `PersonList` by clients.
fn name_lists(value: &Value) -> Value {
    let rename = |text: &str| {
        let (path, name) = text.rsplit_once('/').map_or(("", text), |(path, name)| (path, name));
        let slash = if path.is_empty() { "" } else { "/" };
        name.strip_prefix("Page_").map_or_else(|| text.to_owned(), |item| format!("{path}{slash}{item}List"))
    };
    match value {
        // serde_json's own maps are sorted, which makes the order stable.
        Value::Object(map) => map.iter().map(|(key, value)| (rename(key), name_lists(value))).collect(),
        Value::Array(items) => items.iter().map(name_lists).collect(),
        Value::String(text) if text.starts_with("#/components/schemas/Page_") => Value::String(rename(text)),
        other => other.clone(),
    }
}

fn set(value: &mut Value, pointer: &str, content: Value) {
    if let Some((parent, key)) = pointer.rsplit_once('/')
        && let Some(Value::Object(map)) = value.pointer_mut(parent)
    {
        map.insert(key.to_owned(), content);
    }
}

/// Handlers are named after what they do in their room (`list`); in the document names must differ.
fn name_operation(path: &str, method: &str, operation: &mut Value) {
    let words = path.trim_start_matches("/api/v1").trim_start_matches("/workspaces/{workspace}");
    let words: Vec<String> = words
        .split(['/', '-', '_', '.'])
        .filter(|word| !word.is_empty())
        .map(|word| word.trim_matches(['{', '}']).to_owned())
        .collect();
    // The workspace itself.
    let words = if words.is_empty() { vec!["workspace".to_owned()] } else { words };
    set(operation, "/operationId", json!(format!("{method}_{}", words.join("_"))));
}

fn add_workspace(operation: &mut Value) {
    let parameter = json!({
        "name": "workspace", "in": "path", "required": true, "example": "default",
        "description": "Name of the workspace in paths", "schema": { "type": "string" },
    });
    let Some(operation) = operation.as_object_mut() else { return };
    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    let Some(parameters) = parameters.as_array_mut() else { return };
    // The tuple of a handler's path is unnamed, so the macro cannot tell which of its parts this is.
    parameters.retain(|given| given.get("name").and_then(Value::as_str) != Some("workspace"));
    parameters.insert(0, parameter);
}

fn add_problems(path: &str, operation: &mut Value) {
    let open = operation.get("security").is_some();
    let has_body = operation.get("requestBody").is_some();
    let has_query = operation.get("parameters").and_then(Value::as_array).is_some_and(|all| !all.is_empty());
    let mut expected = vec![("500", "Our fault; the log says why"), ("503", "The store does not answer right now")];
    if !open {
        expected.push(("401", "Not signed in"));
        expected.push(("403", "Not allowed"));
    }
    if path.starts_with("/api/") || path.starts_with("/auth/") {
        expected.push(("429", "Too many calls; see Retry-After"));
    }
    if path.contains('{') {
        expected.push(("404", "Not there"));
    }
    if has_body {
        expected.extend([("400", "The body cannot be read"), ("413", "The body is too large")]);
        expected.extend([("415", "The body is no JSON"), ("403", "Not allowed")]);
    }
    if has_body || has_query {
        expected.push(("422", "A value that cannot be"));
    }
    for (status, description) in expected {
        if operation.pointer(&format!("/responses/{status}")).is_none() {
            set(operation, &format!("/responses/{status}"), json!({ "description": description }));
        }
    }
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    for (_, response) in responses.iter_mut().filter(|(status, _)| status.starts_with(['4', '5'])) {
        set(
            response,
            "/content",
            json!({
                "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } },
            }),
        );
    }
}

/// Which methods each path knows, to tell a wrong method from a wrong path.
pub(super) struct KnownPaths(Vec<(ResourceDef, Vec<Method>)>);

impl KnownPaths {
    /// The paths of the document.
    pub fn new() -> Self {
        let api = finish(gather());
        let paths = api.get("paths").and_then(Value::as_object).cloned().unwrap_or_default();
        let known = paths.into_iter().map(|(path, item)| {
            let methods = item.as_object().into_iter().flat_map(|item| item.keys());
            let methods = methods.filter_map(|name| Method::from_bytes(name.to_ascii_uppercase().as_bytes()).ok());
            (ResourceDef::new(path), methods.collect())
        });
        Self(known.collect())
    }

    /// The methods of a path; none if the path is not known.
    pub fn methods(&self, path: &str) -> Vec<&Method> {
        self.0.iter().filter(|(def, _)| def.is_match(path)).flat_map(|(_, methods)| methods).collect()
    }
}
