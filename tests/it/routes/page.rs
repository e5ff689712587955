//! The description as a page: whole, and with nothing from elsewhere.

use countersign_tests::http::{self, Request};
use countersign_tests::server_here::ServerHere;

use super::document::{document, operations};

#[tokio::test]
async fn the_page_has_every_operation_and_every_body_and_loads_nothing_from_elsewhere() {
    let server = ServerHere::start().await;
    let document = document(server.address).await;
    let reply = http::send(server.address, &Request::new("GET", "/api/")).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{policy}");
    let html = reply.text();
    for operation in operations(&document) {
        assert_eq!(html.matches(&format!(" id=\"{}\"", operation.id())).count(), 1, "{}", operation.id());
        assert!(html.contains(&format!("href=\"#{}\"", operation.id())), "{}", operation.id());
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert_eq!(html.matches(&format!(" id=\"schema-{name}\"")).count(), 1, "{name}");
    }
    assert_eq!(html.matches("<pre").count(), operations(&document).len(), "an example for each");
    for loaded in ["<script", "<img", "<iframe", "style=", "onclick", "src="] {
        assert!(!html.contains(loaded), "{loaded}");
    }
    let links = html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    for link in links {
        let here = ["../assets/countersign.css", "openapi.json"].contains(&link);
        let anchor = link.strip_prefix('#').is_some_and(|name| html.contains(&format!(" id=\"{name}\"")));
        assert!(here || anchor, "{link} leads away, or nowhere");
    }
    let beside = http::send(server.address, &Request::new("GET", "/api")).await;
    assert_eq!((beside.status, beside.header("location")), (308, Some("api/")));
}
