//! `mfaDetails`: what somebody can have, and what of it is verified.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Person;
use super::code::word;
use super::{ReltioError, Segment};
use crate::api::extract;
use crate::api::oauth::refusal::OauthRefusal;
use crate::engine::oauth::ADMINISTRATOR;
use crate::engine::policy::Factor;
use crate::engine::{Caller, Engine, Error};
use crate::store::UserRow;

/// What somebody can have.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ReltioDetails {
    /// The types that the tenant's policy allows, `AUTHENTICATOR` and `EMAIL`.
    availables: Vec<&'static str>,
    /// Each of them, also those that the person does not have.
    details: BTreeMap<&'static str, ReltioVerified>,
}

/// How it stands with one type.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ReltioVerified {
    /// Whether its first code has come back, so that it is asked for at sign-in.
    verified: bool,
}

async fn details(
    engine: &Engine,
    caller: &Caller,
    user: &UserRow,
) -> Result<axum::Json<ReltioDetails>, ReltioError> {
    let all = engine.factors(caller, &user.user_ref).await?;
    let kinds = [Factor::Totp, Factor::Email].into_iter().filter(|kind| caller.policy.factors.allow(*kind));
    let verified = |kind| all.iter().any(|factor| factor.active && factor.kind == kind);
    let details: Vec<_> =
        kinds.map(|kind| (word(kind), ReltioVerified { verified: verified(kind) })).collect();
    let availables = details.iter().map(|(word, _)| *word).collect();
    Ok(axum::Json(ReltioDetails { availables, details: details.into_iter().collect() }))
}

/// See what you have set up.
///
/// Which types there are, and which of them are verified.
#[utoipa::path(
    get, path = "/mfaDetails", operation_id = "mfaDetails", tag = "Reltio MFA setup",
    security(("bearer" = [])),
    responses((status = 200, description = "How it stands.", body = ReltioDetails)),
)]
pub(in crate::api) async fn mine(
    State(engine): State<Arc<Engine>>,
    Person(bearer): Person,
) -> Result<axum::Json<ReltioDetails>, ReltioError> {
    details(&engine, &bearer.caller, &bearer.user).await
}

/// See what somebody has set up.
///
/// For administrators: people with the role `ROLE_ADMIN_CUSTOMER`.
#[utoipa::path(
    get, path = "/{username}/mfaDetails", operation_id = "mfaDetailsOf", tag = "Reltio MFA setup",
    security(("bearer" = [])),
    params(("username" = String, Path, description = "The name that the person signs in with; `@` as it is or as `%40`.")),
    responses(
        (status = 200, description = "How it stands.", body = ReltioDetails),
        (status = 403, description = "`access_denied`: only for administrators.", body = OauthRefusal<'static>),
        (status = 404, description = "`user_not_found`: nobody by that name among your own people.", body = OauthRefusal<'static>),
    ),
)]
pub(in crate::api) async fn of(
    State(engine): State<Arc<Engine>>,
    Person(bearer): Person,
    extract::Segment(username, _): Segment,
) -> Result<axum::Json<ReltioDetails>, ReltioError> {
    bearer.has_role(ADMINISTRATOR)?;
    let tenant = bearer.caller.application.tenant;
    let user = engine.person_named(tenant, &username).await?.ok_or(Error::UserNotFound)?;
    details(&engine, &bearer.caller, &user).await
}
