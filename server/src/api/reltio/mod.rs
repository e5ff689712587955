//! Reltio's words: signing in with a state token, and setting up a second factor. The rules are the engine's.
//!
//! Its documentation writes the same addresses now with `/oauth` before them and now without, so the whole group is there
//! twice.

mod auth;
mod authenticator;
mod code;
mod details;
mod email;
mod error;
pub(in crate::api) mod grants;
mod picture;
mod reset;
mod state_token;

use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::extract;
use super::openapi::Routes;

pub(in crate::api) use error::ReltioError;

type Query<T> = extract::Query<T, ReltioError>;
type Segment = extract::Segment<ReltioError>;
type Body = super::parameters::Body<ReltioError>;

/// Where the group is, and what the names of its operations end with there.
const MOUNTS: [(&str, &str); 2] = [("/oauth/users", ""), ("/users", "Short")];

/// That something was done.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ReltioDone {}

/// The reply to whatever was done.
const DONE: axum::Json<ReltioDone> = axum::Json(ReltioDone {});

/// What Reltio's clients call besides the token endpoint.
pub(in crate::api) fn reltio_routes() -> Routes {
    MOUNTS.into_iter().fold(Routes::default(), |all, (prefix, suffix)| {
        let mut group = group();
        for item in group.get_openapi_mut().paths.paths.values_mut() {
            let operations = [&mut item.get, &mut item.put, &mut item.post];
            for operation in operations.into_iter().flatten() {
                operation.operation_id = operation.operation_id.take().map(|id| id + suffix);
            }
        }
        all.nest(prefix, group)
    })
}

fn group() -> Routes {
    Routes::default()
        .routes(routes!(details::mine))
        .routes(routes!(details::of))
        .routes(routes!(authenticator::associate))
        .routes(routes!(authenticator::verify))
        .routes(routes!(reset::post, reset::put))
        .routes(routes!(reset::by_administrator))
        .routes(routes!(email::enroll))
        .routes(routes!(email::verify))
        .routes(routes!(state_token::associate))
        .routes(routes!(state_token::enroll_email))
        .routes(routes!(state_token::verify))
}
