//! What holds on every route whatever it does: methods that are not described, and bodies that are too long.

use std::collections::BTreeMap;

use countersign_tests::device::Device;
use countersign_tests::http::{self, Connection, Request};

use super::document::{address, document, operations};
use crate::server;

const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"];

/// What refusals look like at an address: OAuth's dialects have a form of their own.
fn form(address: &str) -> &'static str {
    if address.starts_with("/api/") { "application/problem+json" } else { "application/json" }
}

/// What they say: mPass's have no words of their own for it.
fn code(address: &str, word: &str) -> String {
    if address.starts_with("/mpass-web/") { String::new() } else { word.to_owned() }
}

#[tokio::test]
async fn a_method_that_is_not_described_is_405_on_every_path_and_does_nothing() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let mut paths: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for operation in operations(&document(server.address).await) {
        paths.entry(operation.path.clone()).or_default().push(operation.method);
    }
    for (path, mut allowed) in paths {
        allowed.sort();
        for method in METHODS.iter().filter(|method| !allowed.contains(&(**method).to_owned())) {
            let target = address(&path, |_| "x".to_owned());
            let mut connection = Connection::open(server.address).await.unwrap();
            connection.write(&cms.request(method, &target).bytes(server.address, false)).await;
            // The reply to HEAD has no body, whatever length it announces.
            let reply =
                if *method == "HEAD" { connection.head().await } else { connection.reply().await.unwrap() };
            assert_eq!(reply.status, 405, "{method} {path}");
            let mut told: Vec<_> = reply.header("allow").unwrap().split(", ").map(str::to_owned).collect();
            told.sort();
            assert_eq!(told, allowed, "{method} {path}");
            assert_eq!(reply.header("content-type"), Some(form(&path)), "{method} {path}");
            if *method != "HEAD" {
                assert_eq!(reply.refusal(), (405, code(&path, "method_not_allowed")), "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn s38_an_address_without_an_operation_is_404_as_problem_details() {
    let server = server().await;
    let document = document(server.address).await;
    let paths = document["paths"].as_object().unwrap().keys();
    let beside = paths.flat_map(|path| [format!("{path}/"), format!("{path}/x/y")]);
    for path in beside.chain(["/api/v1", "/api/v1/", "/api/v9/users"].map(str::to_owned)) {
        let target = address(&path, |_| "x".to_owned());
        let reply = http::send(server.address, &Request::new("GET", &target)).await;
        // What was appended can still be a parameter of a neighbour, which then says what it takes.
        assert!([404, 405, 401].contains(&reply.status), "{target}: {}", reply.text());
        if reply.status == 404 {
            assert_eq!(reply.refusal(), (404, code(&target, "not_found")), "{target}");
            assert_eq!(reply.header("content-type"), Some(form(&target)), "{target}");
        }
    }
}

#[tokio::test]
async fn s41_a_body_over_64_kib_is_413_on_every_route_that_takes_one() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let mut tried = 0;
    for operation in operations(&document(server.address).await) {
        if operation.described.get("requestBody").is_none() {
            continue;
        }
        tried += 1;
        let target = address(&operation.path, |_| "x".to_owned());
        let body = vec![b' '; 64 * 1024 + 1];
        let request = if operation.is_signed() {
            device.request(&operation.method, &target, &body)
        } else {
            cms.request(&operation.method, &target).body(body)
        };
        let reply = http::send(server.address, &request).await;
        let by_token = operation.described["security"] == serde_json::json!([{"bearer": []}]);
        let too_large = if operation.path.starts_with("/api/") { "too_large" } else { "invalid_request" };
        let refusal = reply.refusal();
        // Where a token is needed it may be asked for before the body is read.
        let unread = by_token && refusal == (401, "invalid_token".to_owned());
        assert!(unread || refusal == (413, too_large.to_owned()), "{}: {refusal:?}", operation.id());
        assert!(operation.described["responses"]["413"].is_object(), "{}", operation.id());
    }
    assert!(tried >= 7, "the walk finds them");
}
