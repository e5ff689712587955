//! Acceptto's words, version 9 and the calls of version 8 that its clients still make. The rules are the engine's
//! (`engine::transaction`); the pages that people see are `portal::sign_in`.
//!
//! Its clients send the same parameters in the query of a GET, in the query of a POST with an empty body, as a form, and
//! as JSON. So each operation is there for both methods, and reads what comes from wherever it is.

mod begin;
mod caller;
mod error;
mod parameters;
mod people;
mod result;

use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{RefOr, Required};
use utoipa_axum::routes;

use super::openapi::Routes;
use crate::engine::Standing;

pub(in crate::api) use error::{AccepttoError, AccepttoRefusal};

type Everywhere = super::parameters::Everywhere<AccepttoError>;

/// What Acceptto's clients call.
pub(in crate::api) fn acceptto_routes() -> Routes {
    let new = named(group().merge(old_group()), "");
    Routes::default().nest("/api/v9", new).nest("/api/v8", named(old_group(), "V8"))
}

/// What version 9 has.
fn group() -> Routes {
    Routes::default()
        .routes(routes!(begin::authenticate_with_options))
        .routes(routes!(result::otp_verify))
        .routes(routes!(people::is_user_valid))
        .routes(routes!(people::is_application_valid))
        .routes(routes!(people::create_token))
        .routes(routes!(people::get_user_by_websocket_channel))
}

/// What is there in both versions.
fn old_group() -> Routes {
    Routes::default().routes(routes!(begin::authenticate)).routes(routes!(result::check))
}

/// An operation is described once for its two methods. A name belongs to one of them, a GET has no body, and a POST may do
/// without one.
fn named(mut routes: Routes, version: &str) -> Routes {
    for PathItem { get, post, .. } in routes.get_openapi_mut().paths.paths.values_mut() {
        let rename = |operation: &mut Operation, method: &str| {
            operation.operation_id = operation.operation_id.take().map(|id| id + version + method);
        };
        if let Some(operation) = get {
            rename(operation, "");
            operation.request_body = None;
        }
        if let Some(operation) = post {
            rename(operation, "Post");
            // They are read from there too, but a value in the body takes the place of one that stands in the query.
            operation.parameters = None;
            if let Some(text) = &mut operation.description {
                text.push_str(" The parameters may stand in the query, too.");
            }
            if let Some(RefOr::T(body)) = &mut operation.request_body {
                body.required = Some(Required::False);
            }
        }
    }
    routes
}

/// How a sign-in stands, in Acceptto's words.
fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Open { .. } | Standing::Waiting { .. } => "pending",
        Standing::Approved => "approved",
        Standing::Rejected => "rejected",
        Standing::Expired => "expired",
    }
}
