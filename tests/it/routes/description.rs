//! No route lacks a description, and no description lacks what its reader needs.

use std::collections::BTreeSet;

use countersign_tests::http::{self, Request};
use countersign_tests::server_here::ServerHere;
use serde_json::Value;

use super::document::{Operation, document, operations, resolved};

/// Every `$ref` in a value, wherever it stands.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(pointer) = value["$ref"].as_str() {
                found.insert(pointer.to_owned());
            }
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

fn is_sentence(text: &Value) -> bool {
    text.as_str().is_some_and(|text| text.len() > 4 && text.ends_with('.') && !text.contains("[`"))
}

fn every_member_is_described(document: &Value, schema: &Value, name: &str) {
    for (member, described) in schema["properties"].as_object().into_iter().flatten() {
        let there = &described["description"];
        let named = resolved(document, described)["description"].is_string();
        let one_of = described["oneOf"].is_array();
        assert!(
            there.is_string() || named || one_of || name == "PublicKey",
            "{name}.{member} is not described"
        );
        assert!(!there.as_str().unwrap_or_default().contains("[`"), "{name}.{member}: a link of ours");
    }
}

fn parameters_are_described(operation: &Operation) {
    let in_path: BTreeSet<String> = operation
        .path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(str::to_owned)
        .collect();
    let told = operation.parameters("path").iter().map(|p| p["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(in_path, told, "{}", operation.id());
    for parameter in operation.described["parameters"].as_array().into_iter().flatten() {
        assert!(is_sentence(&parameter["description"]), "{} {parameter}", operation.id());
        assert!(parameter["schema"].is_object(), "{} {parameter}", operation.id());
    }
}

fn responses_are_described(document: &Value, operation: &Operation) {
    let id = operation.id();
    let responses = operation.described["responses"].as_object().unwrap();
    assert!(responses.keys().any(|status| status.starts_with('2')), "{id}: is there no good end?");
    for (status, response) in responses {
        assert!(is_sentence(&response["description"]), "{id} {status}: {}", response["description"]);
        if status == "204" {
            assert!(response["content"].is_null(), "{id}");
            continue;
        }
        let (content_type, content) = response["content"].as_object().unwrap().iter().next().unwrap();
        let schema = resolved(document, &content["schema"]);
        assert!(schema.is_object(), "{id} {status}");
        if !status.starts_with('2') {
            let device = operation.described["tags"][0] == "Device";
            let form = if device { "application/problem+json" } else { "application/json" };
            assert_eq!(content_type, form, "{id} {status}");
        }
        if ["429", "503"].contains(&status.as_str()) {
            assert!(response["headers"]["Retry-After"].is_object(), "{id} {status}");
        }
    }
}

#[tokio::test]
async fn every_operation_says_what_it_does_takes_and_answers() {
    let server = ServerHere::start().await;
    let document = document(server.address).await;
    let tags: Vec<&Value> = document["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    let mut ids = BTreeSet::new();
    for operation in operations(&document) {
        let (id, described) = (operation.id(), &operation.described);
        assert!(ids.insert(id.to_owned()), "{id} stands twice");
        for text in ["summary", "description"] {
            assert!(is_sentence(&described[text]), "{id}: {text}: {}", described[text]);
        }
        assert_eq!(described["tags"].as_array().map(Vec::len), Some(1), "{id}");
        assert!(tags.contains(&&described["tags"][0]), "{id}: {}", described["tags"]);
        let security = described["security"].as_array().unwrap_or_else(|| panic!("{id}: who may call it?"));
        for scheme in security.iter().flat_map(|one| one.as_object().unwrap().keys()) {
            assert!(schemes.contains_key(scheme), "{id}: {scheme}");
        }
        parameters_are_described(&operation);
        responses_are_described(&document, &operation);
        if let Some(body) = described.get("requestBody") {
            let or_in_the_query = described["tags"][0] == "Acceptto";
            assert_eq!(body["required"], !or_in_the_query, "{id}");
            let content = body["content"].as_object().unwrap();
            let (content_type, content) = content.iter().next().unwrap();
            let known = ["application/json", "application/x-www-form-urlencoded"];
            assert!(known.contains(&content_type.as_str()), "{id}: {content_type}");
            let schema = resolved(&document, &content["schema"]);
            assert_eq!(schema["type"], "object", "{id}");
        }
    }
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for pointer in &found {
        assert!(document.pointer(&pointer[1..]).is_some(), "{pointer} leads nowhere");
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        every_member_is_described(&document, schema, name);
        assert!(found.contains(&format!("#/components/schemas/{name}")), "{name} is used by nothing");
    }
}

#[tokio::test]
async fn the_document_names_this_server_and_no_version_of_it() {
    let server = ServerHere::start().await;
    let document = document(server.address).await;
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["servers"][0]["url"], format!("http://{}", server.address));
    assert_eq!(document["info"]["version"], "1", "S55: the API's version, not the program's");
    let again = http::send(server.address, &Request::new("GET", "/api/openapi.json")).await;
    assert_eq!(again.json(), document);
}
