//! Setting up an authenticator app: a picture to scan, then the first code.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::auth::Person;
use super::code::{OfKind, ReltioCode, code_for};
use super::picture::{Form, ReltioSeed, picture};
use super::{Body, DONE, Query, ReltioDone, ReltioError};
use crate::api::extract;
use crate::api::oauth::refusal::OauthRefusal;
use crate::api::parameters;
use crate::engine::policy::Factor;
use crate::engine::{Caller, Engine, Error, Proof, Word};
use crate::store::UserRow;

/// A new seed in the form that is wanted. What is verified stays until it is reset.
pub(super) async fn new_seed(
    engine: &Engine,
    caller: &Caller,
    (user, proof): (&UserRow, Option<&Proof>),
    form: Form,
) -> Result<Response, ReltioError> {
    let all = engine.factors(caller, &user.user_ref).await?;
    if all.iter().any(|factor| factor.active && factor.kind == Factor::Totp) {
        return Err(Error::FactorExists.into());
    }
    let seed = engine.enrol_totp(Word::User(caller, proof), &user.user_ref).await?;
    picture(form, &seed)
}

/// Get a QR code to scan.
///
/// With an authenticator app. It counts once `verifyQRCodeEnroll` has its first code; the newest picture counts until
/// then. `Accept` chooses between a PNG, an SVG and JSON. A body is not read.
#[utoipa::path(
    put, path = "/mfa/associateQRCode", operation_id = "associateQRCode", tag = "Reltio MFA setup",
    security(("bearer" = [])),
    params(OfKind),
    responses(
        (status = 200, description = "The picture.", content(
            (Vec<u8> = "image/png"), (String = "image/svg+xml"), (ReltioSeed = "application/json"))),
        (status = 401, description = "`insufficient_user_authentication`: sign in again with your second factor, and come \
            back within ten minutes.", body = OauthRefusal<'static>),
        (status = 403, description = "`mfa_not_available`: the tenant's policy does not allow it.", body = OauthRefusal<'static>),
        (status = 409, description = "`already_enrolled`: one is verified; reset it first. `name_too_long`: for a QR code.", body = OauthRefusal<'static>),
    ),
)]
pub(in crate::api) async fn associate(
    State(engine): State<Arc<Engine>>,
    Person(bearer): Person,
    headers: HeaderMap,
    extract::Query(query, _): Query<OfKind>,
) -> Result<Response, ReltioError> {
    query.must_be(Factor::Totp)?;
    let proof = bearer.proof();
    new_seed(&engine, &bearer.caller, (&bearer.user, proof.as_ref()), Form::wanted(&headers)).await
}

/// Hand in the app's first code.
///
/// From then on a code is asked for at sign-in. The code is used up with it.
#[utoipa::path(
    put, path = "/mfa/verifyQRCodeEnroll", operation_id = "verifyQRCodeEnroll", tag = "Reltio MFA setup",
    security(("bearer" = [])),
    request_body = ReltioCode,
    responses(
        (status = 200, description = "It counts.", body = ReltioDone),
        (status = 400, description = "`invalid_totp`: not the right code. `invalid_mfatype`.", body = OauthRefusal<'static>),
        (status = 401, description = "`insufficient_user_authentication`: sign in again with your second factor, and come \
            back within ten minutes.", body = OauthRefusal<'static>),
        (status = 403, description = "`mfa_not_available`: the tenant's policy does not allow it.", body = OauthRefusal<'static>),
        (status = 404, description = "`enrollment_not_found`: nothing waits to be verified; get a QR code first.", body = OauthRefusal<'static>),
        (status = 429, description = "`too_many_attempts`: codes of this kind are locked after too many wrong ones; an \
            administrator unlocks them.", body = OauthRefusal<'static>),
    ),
)]
pub(in crate::api) async fn verify(
    State(engine): State<Arc<Engine>>,
    Person(bearer): Person,
    parameters::Body(body, _): Body,
) -> Result<axum::Json<ReltioDone>, ReltioError> {
    let code = code_for(Factor::Totp, &body)?;
    let proof = bearer.proof();
    let (caller, user) = (&bearer.caller, &bearer.user);
    engine.confirm_own_factor(caller, proof.as_ref(), user, Factor::Totp, &code).await?;
    Ok(DONE)
}
