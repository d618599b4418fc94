//! The OpenAPI document.

use serde_json::Value;

use crate::support::TestApp;

fn document() -> Value {
    serde_json::from_str(&takehold::app::openapi::document()).unwrap()
}

#[test]
fn the_document_is_stable_and_served() {
    assert_eq!(takehold::app::openapi::document(), takehold::app::openapi::document());
    let served = TestApp::start().stranger().get("/api/v1/openapi.json");
    assert_eq!(served.json(), document());
}

#[test]
fn the_console_is_made_for_this_document() {
    let committed: Value = serde_json::from_str(include_str!("../../web/openapi.json")).unwrap();
    assert!(committed == document(), "run `cargo run -- openapi > web/openapi.json`, and `npm run generate` in web");
}

/// Ends of paths that are an order in themselves.
const BARE: [&str; 3] = ["/me/totp", "/approve", "/refuse"];

#[test]
fn every_operation_says_who_may_and_how_it_fails() {
    let api = document();
    let schemas = api["components"]["schemas"].as_object().unwrap();
    assert!(schemas.contains_key("Problem") && schemas.contains_key("FieldError"));
    let mut ids = std::collections::BTreeSet::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = format!("{method} {path}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{name}: the name is taken");
            assert!(operation["summary"].is_string(), "{name} has no summary");
            assert!(operation["tags"][0].is_string(), "{name} has no tag");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.contains_key("500") && responses.contains_key("503"), "{name}");
            assert!(operation.get("security").is_some() || responses.contains_key("401"), "{name}");
            let has_body = operation.get("requestBody").is_some();
            match method.as_str() {
                "patch" => assert!(has_body, "{name}: the body is not described"),
                // A put, and a word at the end of a path, may say all there is to say.
                "put" => {}
                "post" if BARE.iter().any(|end| path.ends_with(end)) => {}
                "post" => assert!(has_body, "{name}: the body is not described"),
                _ => assert!(!has_body, "{name} takes no body"),
            }
            let named = operation["parameters"].as_array().into_iter().flatten();
            let named: Vec<&str> = named.filter(|p| p["in"] == "path").map(|p| p["name"].as_str().unwrap()).collect();
            for part in path.split('/').filter_map(|part| part.strip_prefix('{')) {
                assert!(named.contains(&part.trim_end_matches('}')), "{name}: {part} is not described");
            }
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(api: &Value, value: &Value) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(target)) = map.get("$ref") {
                    assert!(api.pointer(target.trim_start_matches('#')).is_some(), "{target}");
                }
                map.values().for_each(|value| walk(api, value));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(api, value)),
            _ => {}
        }
    }
    let api = document();
    walk(&api, &api);
}

#[test]
fn a_field_of_an_answer_is_always_there_unless_it_is_said_to_be_left_out() {
    let api = document();
    let required = |schema: &str| api["components"]["schemas"][schema]["required"].to_string();
    assert!(required("ApiToken").contains("\"expires_at\""));
    assert!(!required("CreateToken").contains("\"expires_at\""), "what is sent may be left out");
    assert!(!required("Problem").contains("\"request_id\""));
    assert!(required("WriteKeyList").contains("\"next_cursor\"") && !required("WriteKeyList").contains("total"));
}
