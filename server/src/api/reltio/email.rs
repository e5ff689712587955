//! Setting up codes by mail: one goes to the person's own address, and comes back.

use std::sync::Arc;

use axum::extract::State;

use super::auth::Person;
use super::code::{OfKind, ReltioCode, code_for};
use super::{Body, DONE, Query, ReltioDone, ReltioError};
use crate::api::extract;
use crate::api::oauth::refusal::OauthRefusal;
use crate::api::parameters;
use crate::engine::Engine;
use crate::engine::policy::Factor;

/// Have a code sent to your address.
///
/// To the address that the tenant has of you, and no other. Asked for again while a code is on its way, the same
/// enrolment gets a new one.
#[utoipa::path(
    put, path = "/mfa/enrollEmail", operation_id = "enrollEmail", tag = "Reltio MFA setup",
    security(("bearer" = [])),
    params(OfKind),
    responses(
        (status = 200, description = "The code is on its way.", body = ReltioDone),
        (status = 400, description = "`invalid_mfatype`. `invalid_request`: no address is known.", body = OauthRefusal<'static>),
        (status = 401, description = "`insufficient_user_authentication`: sign in again with your second factor, and come \
            back within ten minutes.", body = OauthRefusal<'static>),
        (status = 403, description = "`mfa_not_available`: the tenant's policy does not allow it.", body = OauthRefusal<'static>),
        (status = 409, description = "`already_enrolled`: the address is verified.", body = OauthRefusal<'static>),
        (status = 502, description = "`mail_failed`: nobody carries mail here; the operator sets up a provider.", body = OauthRefusal<'static>),
        (status = 429, description = "`too_many_requests`: a code was sent just now, or too many were; wait `Retry-After` \
            seconds. `too_many_attempts`: codes of this kind are locked.", body = OauthRefusal<'static>),
    ),
)]
pub(in crate::api) async fn enroll(
    State(engine): State<Arc<Engine>>,
    Person(bearer): Person,
    extract::Query(query, _): Query<OfKind>,
) -> Result<axum::Json<ReltioDone>, ReltioError> {
    query.must_be(Factor::Email)?;
    engine.enrol_own_email(&bearer.caller, bearer.proof().as_ref(), &bearer.user).await?;
    Ok(DONE)
}

/// Hand in the mailed code.
///
/// From then on a code is mailed at each sign-in, unless you have an authenticator app.
#[utoipa::path(
    put, path = "/mfa/verifyEmail", operation_id = "verifyEmail", tag = "Reltio MFA setup",
    security(("bearer" = [])),
    request_body = ReltioCode,
    responses(
        (status = 200, description = "The address counts.", body = ReltioDone),
        (status = 400, description = "`invalid_totp`: not the right code. `expired_totp`: ask for a new one. \
            `invalid_mfatype`.", body = OauthRefusal<'static>),
        (status = 401, description = "`insufficient_user_authentication`: sign in again with your second factor, and come \
            back within ten minutes.", body = OauthRefusal<'static>),
        (status = 403, description = "`mfa_not_available`: the tenant's policy does not allow it.", body = OauthRefusal<'static>),
        (status = 404, description = "`enrollment_not_found`: nothing waits to be verified.", body = OauthRefusal<'static>),
        (status = 429, description = "`too_many_attempts`: codes of this kind are locked after too many wrong ones; an \
            administrator unlocks them.", body = OauthRefusal<'static>),
    ),
)]
pub(in crate::api) async fn verify(
    State(engine): State<Arc<Engine>>,
    Person(bearer): Person,
    parameters::Body(body, _): Body,
) -> Result<axum::Json<ReltioDone>, ReltioError> {
    let code = code_for(Factor::Email, &body)?;
    let proof = bearer.proof();
    let (caller, user) = (&bearer.caller, &bearer.user);
    engine.confirm_own_factor(caller, proof.as_ref(), user, Factor::Email, &code).await?;
    Ok(DONE)
}
