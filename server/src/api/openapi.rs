//! The OpenAPI document, made from the handlers. A handler describes what is special about it; what holds for every
//! operation of its kind (who may call it, and the refusals that any request can meet) is added here, once.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use countersign_protocol::problem::Problem;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use super::acceptto::AccepttoRefusal;
use super::native::Refusal;
use super::oauth::refusal::OauthRefusal;
use crate::engine::Engine;

/// Routes with their description. `utoipa_axum::routes!` mounts a handler only together with it.
pub(super) type Routes = OpenApiRouter<Arc<Engine>>;

/// What the whole API is, for its readers.
const DESCRIPTION: &str = "Ask a person on their phone whether it is really them, and read the answer. A backend \
calls the operations under *Asking people*, *Users and devices* and the like with its client id and secret; the rest \
belongs to phones. Bodies are read as JSON whatever `Content-Type` says. Unknown members are ignored unless the \
schema says otherwise; the character U+0000 is taken nowhere. Times are RFC 3339 in UTC. No reply may be cached.";

/// The groups in the order in which they are read.
const TAGS: [(&str, &str); 13] = [
    ("Asking people", "Ask, read the result, take the question back, fetch the evidence."),
    ("Users and devices", "Whom the server knows, and which phones they have."),
    ("Factors", "What a person proves themselves with besides, and how that changes."),
    ("Webhooks", "What was sent to your endpoints, and sending it again."),
    ("Enrolment", "What a new phone calls with the token of its link."),
    ("Device", "What an enrolled phone calls. Every reply carries the nonce for the next request."),
    ("Delivery", "Where those who carry short messages report what became of them."),
    (
        "Signing in",
        "OAuth 2.0: tokens for a name, a password and a second factor; and the keys they are signed with.",
    ),
    ("Auth0 MFA", "Second factors at sign-in, in the words of Auth0's MFA API."),
    ("Reltio MFA setup", "A person's second factors, in the words of Reltio's MFA setup API."),
    (
        "Acceptto",
        "Sign-ins that a person finishes on their phone or on our page, in the words of Acceptto's API.",
    ),
    ("mPass", "Verifying numbers with codes by short message, in the words of mPass's API."),
    ("Description", "This document."),
];

/// Who calls a group of routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    /// A relying party with its client id and secret; MyPass's error form.
    Applications,
    /// Anyone, with a token in the request; MyPass's error form.
    Enrolling,
    /// An enrolled device that signs its requests; problem details.
    Devices,
    /// A client of one of the OAuth dialects, with its credentials or a token in the request; OAuth's error form.
    SigningIn,
    /// A client of Acceptto's, with what it needs in its parameters or a token; Acceptto's own replies.
    Acceptto,
    /// A client of mPass's, with its key in the query; mPass's own replies.
    Mpass,
    /// Anyone.
    Everyone,
}

/// The methods that each path takes, as the header `Allow` lists them.
pub(super) type Methods = BTreeMap<String, String>;

/// Routes without their description; of that, what they take is noted. The document is made when somebody asks for it:
/// whoever serves sign-ins does not carry it.
pub(super) fn mounted(routes: Routes, taken: &mut Methods) -> Router<Arc<Engine>> {
    let (router, described) = routes.split_for_parts();
    for (path, item) in described.paths.paths {
        let methods = [
            ("DELETE", item.delete.is_some()),
            ("GET", item.get.is_some()),
            ("PATCH", item.patch.is_some()),
            ("POST", item.post.is_some()),
            ("PUT", item.put.is_some()),
        ];
        let here = methods.into_iter().filter(|(_, there)| *there).map(|(method, _)| method);
        let all = taken.entry(path).or_default();
        for method in here {
            if !all.is_empty() {
                all.push_str(", ");
            }
            all.push_str(method);
        }
    }
    router
}

/// What a reader is told of these routes. `server` is the public base URL.
pub(super) fn document(server: &str, groups: impl IntoIterator<Item = (For, Routes)>) -> Value {
    let mut own = vec![
        (Refusal::name().into_owned(), Refusal::schema()),
        (Problem::name().into_owned(), Problem::schema()),
        (OauthRefusal::name().into_owned(), OauthRefusal::schema()),
        (AccepttoRefusal::name().into_owned(), AccepttoRefusal::schema()),
    ];
    Refusal::schemas(&mut own);
    Problem::schemas(&mut own);
    OauthRefusal::schemas(&mut own);
    let mut schemas: Map<_, _> = own.into_iter().map(|(name, schema)| (name, json!(schema))).collect();
    let mut paths = Map::new();
    for (callers, routes) in groups {
        let mut described = json!(routes.split_for_parts().1);
        without_links(&mut described);
        for (path, item) in members(&mut described, "/paths") {
            let all = paths.entry(path).or_insert_with(|| json!({}));
            for (method, mut operation) in item.as_object().cloned().unwrap_or_default() {
                complete(callers, &method, &mut operation);
                if let Some(all) = all.as_object_mut() {
                    all.insert(method, operation);
                }
            }
        }
        schemas.extend(members(&mut described, "/components/schemas"));
    }
    let tags: Vec<_> = TAGS.iter().map(|(name, text)| json!({"name": name, "description": text})).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Countersign",
            "version": "1",
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server, "description": "This server"}],
        "tags": tags,
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": security_schemes()},
    })
}

/// The types describe themselves to Rust's readers too, with links that only those can follow.
fn without_links(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(text)) = members.get_mut("description") {
                *text = text.replace("[`", "`").replace("`]", "`");
            }
            members.values_mut().for_each(without_links);
        }
        Value::Array(items) => items.iter_mut().for_each(without_links),
        _ => {}
    }
}

/// Takes an object's members out.
fn members(value: &mut Value, pointer: &str) -> Map<String, Value> {
    match value.pointer_mut(pointer).map(Value::take) {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

fn security_schemes() -> Value {
    json!({
        "clientId": {"type": "apiKey", "in": "header", "name": "X-Client-ID",
            "description": "The application's client id, `app_…`. Together with `X-Client-Secret`."},
        "clientSecret": {"type": "apiKey", "in": "header", "name": "X-Client-Secret",
            "description": "One of the application's secrets, `cs_secret_…`."},
        "basic": {"type": "http", "scheme": "basic",
            "description": "Client id and secret as user name and password. Not looked at when the header pair is there."},
        "bearer": {"type": "http", "scheme": "bearer",
            "description": "The token that the operation names."},
        "device": {"type": "apiKey", "in": "header", "name": "Authorization",
            "description": "`Device` and a `cs-request+jwt` by the device's possession key over method, address, body and nonce."},
    })
}

/// Adds what every operation of these callers has.
fn complete(callers: For, method: &str, operation: &mut Value) {
    let has_body = operation.get("requestBody").is_some();
    let Some(operation) = operation.as_object_mut() else { return };
    if matches!(callers, For::Everyone | For::Mpass) {
        operation.entry("security").or_insert(json!([]));
        return;
    }
    let form = Form::of(callers);
    match callers {
        For::Applications => {
            let either = json!([{"clientId": [], "clientSecret": []}, {"basic": []}]);
            operation.entry("security").or_insert(either);
            form.add(
                operation,
                "401",
                "`unauthorized`: unknown client id, wrong or expired secret, or none at all.",
            );
            form.add(operation, "429", "`rate_limited`: asked too often; wait `Retry-After` seconds.");
        }
        For::Acceptto => {
            operation.entry("security").or_insert(json!([]));
            form.add(operation, "429", "`rate_limited`: wait `Retry-After` seconds.");
        }
        For::Enrolling | For::Everyone | For::Mpass => {
            let _open = operation.entry("security").or_insert(json!([]));
        }
        For::SigningIn => {
            let open = operation.entry("security").or_insert(json!([])).as_array().is_none_or(Vec::is_empty);
            if !open {
                form.add(operation, "401", "`invalid_token`: no token, or one that is not good here.");
            }
        }
        For::Devices => {
            let signed = operation.get("security").is_none();
            operation.entry("security").or_insert(json!([{"device": []}]));
            if signed {
                form.add(operation, "401", SIGN_AGAIN);
            }
        }
    }
    form.add(operation, "400", "`invalid_request`: not what is described here; the text names the field.");
    let (too_large, failure, unavailable) = form.codes;
    if has_body {
        form.add(operation, "413", &format!("`{too_large}`: a body above 64 KiB."));
    }
    if callers != For::Devices {
        form.add(operation, "500", &format!("`{failure}`: the operator finds the reason in the log."));
    }
    let away = "it cannot be done at the moment; try again after `Retry-After` seconds.";
    form.add(operation, "503", &format!("`{unavailable}`: {away}"));
    if callers == For::Applications && method == "post" {
        idempotent(form, operation);
    }
    for (status, response) in
        operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten()
    {
        if let Some(response) = response.as_object_mut() {
            response.entry("headers").or_insert_with(|| headers(status));
        }
    }
}

const SIGN_AGAIN: &str = "`use_nonce`: sign again with the nonce in this reply; `invalid_proof`: the signature does \
not hold; `device_unknown`: the device was removed or never existed.";

/// What `Idempotency-Key` adds to a POST.
fn idempotent(form: Form, operation: &mut Map<String, Value>) {
    let parameter = json!({
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "A name of your own for this request, new for each new one: the same request again gets the \
            same reply again for 24 hours, and is done once.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    });
    if let Some(parameters) = operation.entry("parameters").or_insert(json!([])).as_array_mut() {
        parameters.push(parameter);
    }
    let in_flight = "`idempotency_in_flight`: a request with this `Idempotency-Key` is being done; ask again after \
        `Retry-After` seconds.";
    form.add(operation, "409", in_flight);
    if let Some(conflict) = operation.get_mut("responses").and_then(|all| all.get_mut("409")?.as_object_mut())
    {
        conflict.insert("headers".to_owned(), headers("429"));
    }
    form.add(
        operation,
        "422",
        "`idempotency_key_reused`: the key belongs to another request; take a new one.",
    );
    let replayed = json!({
        "description": "`true` on a reply that is given for the second time.",
        "schema": {"type": "string", "enum": ["true"]},
    });
    for (status, response) in
        operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten()
    {
        if let Some(response) = response.as_object_mut().filter(|_| status.starts_with('2')) {
            let headers = response.entry("headers").or_insert(json!({}));
            headers
                .as_object_mut()
                .map(|headers| headers.insert("Idempotency-Replayed".to_owned(), replayed.clone()));
        }
    }
}

/// The form in which a dialect says no.
#[derive(Debug, Clone, Copy)]
struct Form {
    content_type: &'static str,
    schema: &'static str,
    /// Its codes for a body that is too large, for a failure, and for what cannot be done at the moment.
    codes: (&'static str, &'static str, &'static str),
}

impl Form {
    fn of(callers: For) -> Self {
        let (content_type, schema, codes) = match callers {
            For::Acceptto => (
                "application/json",
                "#/components/schemas/AccepttoRefusal",
                ("too_large", "internal_error", "unavailable"),
            ),
            For::Applications | For::Enrolling | For::Everyone | For::Mpass => (
                "application/json",
                "#/components/schemas/Refusal",
                ("too_large", "internal_error", "unavailable"),
            ),
            For::SigningIn => (
                "application/json",
                "#/components/schemas/OauthRefusal",
                ("invalid_request", "server_error", "temporarily_unavailable"),
            ),
            For::Devices => (
                "application/problem+json",
                "#/components/schemas/Problem",
                ("too_large", "internal_error", "unavailable"),
            ),
        };
        Self { content_type, schema, codes }
    }

    /// Adds a refusal, or one more reason for it.
    fn add(self, operation: &mut Map<String, Value>, status: &str, why: &str) {
        let responses = operation.entry("responses").or_insert(json!({}));
        let Some(responses) = responses.as_object_mut() else { return };
        let mut content = Map::new();
        content.insert(self.content_type.to_owned(), json!({"schema": {"$ref": self.schema}}));
        let fresh = json!({"description": why, "content": content});
        let response = responses.entry(status).or_insert(fresh);
        let known = response.get("description").and_then(Value::as_str).unwrap_or_default();
        if known != why {
            let both = format!("{known} {why}");
            let _known_before =
                response.as_object_mut().map(|r| r.insert("description".to_owned(), both.into()));
        }
    }
}

/// The headers that replies with this status carry.
fn headers(status: &str) -> Value {
    let seconds = json!({"description": "Whole seconds.", "schema": {"type": "integer", "minimum": 1}});
    let scheme = json!({"description": "The scheme to use.", "schema": {"type": "string"}});
    match status {
        "401" => json!({"WWW-Authenticate": scheme}),
        "429" | "503" => json!({"Retry-After": seconds}),
        _ => json!({}),
    }
}
