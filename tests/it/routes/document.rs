//! The OpenAPI document as the tests walk it.

use std::net::SocketAddr;

use countersign_tests::http::{self, Request};
use serde_json::Value;

/// What a path item can have besides operations is not used.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// One operation.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    /// In capitals.
    pub(super) method: String,
    /// With its parameters in braces.
    pub(super) path: String,
    /// What the document says of it.
    pub(super) described: Value,
}

impl Operation {
    /// Its name in the document.
    pub(super) fn id(&self) -> &str {
        self.described["operationId"].as_str().unwrap_or_else(|| panic!("{} {}", self.method, self.path))
    }

    /// The parameters at a place: `path`, `query` or `header`.
    pub(super) fn parameters(&self, place: &str) -> Vec<Value> {
        let all = self.described["parameters"].as_array().cloned().unwrap_or_default();
        all.into_iter().filter(|parameter| parameter["in"] == place).collect()
    }

    /// Whether it can be called with what is in the request line and body alone.
    pub(super) fn is_public(&self) -> bool {
        self.described["security"].as_array().is_some_and(Vec::is_empty)
    }

    /// Whether a device signs it.
    pub(super) fn is_signed(&self) -> bool {
        self.described["security"].as_array().unwrap().iter().any(|one| one.get("device").is_some())
    }
}

/// The document of a running server.
pub(super) async fn document(address: SocketAddr) -> Value {
    let reply = http::send(address, &Request::new("GET", "/api/openapi.json")).await;
    assert_eq!(reply.header("content-type"), Some("application/json"));
    reply.expect(200)
}

/// All operations of a document.
pub(super) fn operations(document: &Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, described) in item.as_object().unwrap() {
            assert!(METHODS.contains(&method.as_str()), "{path} {method}");
            let (method, path) = (method.to_uppercase(), path.clone());
            all.push(Operation { method, path, described: described.clone() });
        }
    }
    assert!(all.len() > 15, "the walk finds the operations");
    all
}

/// What a `$ref` points to, or the value itself.
pub(super) fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(pointer) => {
            let target =
                document.pointer(pointer.strip_prefix('#').expect("a reference within the document"));
            target.unwrap_or_else(|| panic!("{pointer} leads nowhere"))
        }
        None => value,
    }
}

/// An address for a path: each parameter is what `value` says.
pub(super) fn address(path: &str, value: impl Fn(&str) -> String) -> String {
    let segments = path.split('/').map(|segment| {
        let name = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        name.map_or_else(|| segment.to_owned(), |name| http::segment(&value(name)))
    });
    segments.collect::<Vec<_>>().join("/")
}
