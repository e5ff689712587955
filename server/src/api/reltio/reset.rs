//! Taking an authenticator app away, so that another one can be set up: by its owner, who shows that they still have it or
//! a recovery code, or by an administrator.

use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use serde::Deserialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::auth::{Person, application};
use super::code::{code, kind_named, recovery_code, state_token};
use super::{Body, DONE, ReltioDone, ReltioError, Segment};
use crate::api::bearer::shows_token;
use crate::api::client::Client;
use crate::api::extract;
use crate::api::oauth::refusal::OauthRefusal;
use crate::api::parameters::{self, Parameters};
use crate::engine::Engine;
use crate::engine::policy::Factor;

/// Whose app, and the proof that it is they who ask. As JSON, or as a form.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "it describes what `Parameters` reads")]
pub(in crate::api) struct ReltioReset {
    /// With the application's credentials: the token of the person's login. It proves the password and nothing else, so a
    /// code is needed besides. `state_token` is read too.
    #[serde(rename = "stateToken")]
    #[schema(nullable = false)]
    state_token: Option<String>,
    /// With the application's credentials, in place of `stateToken`: the name that the person signs in with.
    #[schema(nullable = false)]
    username: Option<String>,
    /// `AUTHENTICATOR`, or left out.
    #[schema(pattern = "^AUTHENTICATOR$", nullable = false)]
    mfatype: Option<String>,
    /// A code of the app. With a person's token it may be left out for ten minutes after they have signed in with their
    /// second factor.
    #[schema(pattern = r"^\s*([0-9]\s*){6}$", nullable = false, examples("331425"))]
    totp: Option<String>,
    /// A recovery code, in place of `totp`.
    #[schema(nullable = false)]
    recovery_code: Option<String>,
}

/// Who asks for a reset: whoever shows a token is the owner, and everybody else an application.
#[derive(Debug)]
pub(in crate::api) enum Asker {
    /// A person.
    Owner(Box<Person>),
    /// The headers of a request that has yet to show whose it is.
    Application(HeaderMap, Client),
}

impl FromRequestParts<Arc<Engine>> for Asker {
    type Rejection = ReltioError;

    async fn from_request_parts(parts: &mut Parts, engine: &Arc<Engine>) -> Result<Self, ReltioError> {
        if shows_token(&parts.headers) {
            return Ok(Self::Owner(Box::new(Person::from_request_parts(parts, engine).await?)));
        }
        let Ok(client) = Client::from_request_parts(parts, engine).await;
        Ok(Self::Application(parts.headers.clone(), client))
    }
}

/// What is shown for a reset: a code and its kind.
fn shown(body: &Parameters) -> Result<Option<(Factor, Zeroizing<String>)>, ReltioError> {
    if kind_named(body)?.is_some_and(|kind| kind != Factor::Totp) {
        return Err(ReltioError::mfatype("mfatype must be AUTHENTICATOR here, or left out"));
    }
    let recovery = recovery_code(body)?.map(|code| (Factor::Recovery, Zeroizing::new(code.to_owned())));
    Ok(code(body)?.map(|code| (Factor::Totp, code)).or(recovery))
}

/// By the owner with a token: a code, or the second factor of a sign-in just now.
async fn by_owner(engine: &Engine, person: Person, body: &Parameters) -> Result<(), ReltioError> {
    let Person(bearer) = person;
    let (caller, user) = (&bearer.caller, &bearer.user);
    let proof = match shown(body)? {
        Some((kind, code)) => Some(engine.prove_for_reset(caller, user, (kind, &code)).await?),
        None => bearer.proof(),
    };
    Ok(engine.reset_own_totp(caller, proof.as_ref(), user).await?)
}

/// By an application that names the person: never without a code.
async fn by_application(
    engine: &Engine,
    (headers, client): (&HeaderMap, Client),
    body: &Parameters,
) -> Result<(), ReltioError> {
    let caller = application(engine, headers, body, client).await?;
    let missing = "totp or recovery_code must be there: a state token proves the password and no more";
    let (kind, code) = shown(body)?.ok_or_else(|| ReltioError::invalid(missing))?;
    let (user, proof) = match (state_token(body)?, body.text("username")?) {
        (Some(token), None) => {
            let user = engine.login(&caller, token).await?.user;
            let proof = engine.prove_for_reset(&caller, &user, (kind, &code)).await?;
            (user, proof)
        }
        (None, Some(name)) => {
            let refused = "this is not a code of somebody by that name, or no more codes of theirs are taken";
            let proven = engine.prove_by_name(&caller, name, (kind, &code)).await?;
            proven.ok_or_else(|| ReltioError::code(refused))?
        }
        _ => return Err(ReltioError::invalid("either stateToken or username must be there")),
    };
    Ok(engine.reset_own_totp(&caller, Some(&proof), &user).await?)
}

async fn reset(
    engine: &Engine,
    asker: Asker,
    body: &Parameters,
) -> Result<axum::Json<ReltioDone>, ReltioError> {
    match asker {
        Asker::Owner(person) => by_owner(engine, *person, body).await?,
        Asker::Application(headers, client) => by_application(engine, (&headers, client), body).await?,
    }
    Ok(DONE)
}

/// Reset your authenticator app.
///
/// Another one can be set up then. An application calls this with its id and secret, and says whose app; a person with
/// their token. Either way a code of the app or a recovery code must be there, or the person must have signed in with their
/// strongest factor within ten minutes.
#[utoipa::path(
    post, path = "/mfa/resetMyQRCodeEnroll", operation_id = "resetMyQRCodeEnroll", tag = "Reltio MFA setup",
    request_body = ReltioReset, security(("basic" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The app counts no more.", body = ReltioDone),
        (status = 400, description = "`invalid_totp`: not the right code. `invalid_mfatype`.", body = OauthRefusal<'static>),
        (status = 401, description = "`invalid_client`. `invalid_state_token`: begin again with the password. \
            `insufficient_user_authentication`: show a code.", body = OauthRefusal<'static>),
        (status = 403, description = "`mfa_not_available`: the tenant's policy does not allow such codes.", body = OauthRefusal<'static>),
        (status = 404, description = "`enrollment_not_found`: there is nothing to reset.", body = OauthRefusal<'static>),
        (status = 429, description = "`too_many_attempts`: codes of this kind are locked after too many wrong ones; an \
            administrator unlocks them.", body = OauthRefusal<'static>),
    ),
)]
pub(in crate::api) async fn post(
    State(engine): State<Arc<Engine>>,
    asker: Asker,
    parameters::Body(body, _): Body,
) -> Result<axum::Json<ReltioDone>, ReltioError> {
    reset(&engine, asker, &body).await
}

/// Reset your authenticator app, as some clients ask for it.
///
/// The same as with `POST`.
#[utoipa::path(
    put, path = "/mfa/resetMyQRCodeEnroll", operation_id = "putResetMyQRCodeEnroll", tag = "Reltio MFA setup",
    request_body = ReltioReset, security(("basic" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "As with `POST`.", body = ReltioDone),
        (status = 400, description = "As with `POST`.", body = OauthRefusal<'static>),
        (status = 401, description = "As with `POST`.", body = OauthRefusal<'static>),
        (status = 403, description = "As with `POST`.", body = OauthRefusal<'static>),
        (status = 404, description = "As with `POST`.", body = OauthRefusal<'static>),
        (status = 429, description = "As with `POST`.", body = OauthRefusal<'static>),
    ),
)]
pub(in crate::api) async fn put(
    State(engine): State<Arc<Engine>>,
    asker: Asker,
    parameters::Body(body, _): Body,
) -> Result<axum::Json<ReltioDone>, ReltioError> {
    reset(&engine, asker, &body).await
}

/// Reset somebody's authenticator app.
///
/// For administrators: people with the role `ROLE_ADMIN_CUSTOMER`, who have signed in with their own second factor within
/// ten minutes when they have one. The person is told. That there is nothing to reset is no error.
#[utoipa::path(
    put, path = "/{username}/mfa/resetQRCodeEnroll", operation_id = "resetQRCodeEnroll", tag = "Reltio MFA setup",
    security(("bearer" = [])),
    params(("username" = String, Path, description = "The name that the person signs in with; `@` as it is or as `%40`.")),
    responses(
        (status = 200, description = "The person has no app that counts.", body = ReltioDone),
        (status = 401, description = "`insufficient_user_authentication`: sign in again with your own second factor.", body = OauthRefusal<'static>),
        (status = 403, description = "`access_denied`: only for administrators.", body = OauthRefusal<'static>),
        (status = 404, description = "`user_not_found`: nobody by that name among your own people.", body = OauthRefusal<'static>),
    ),
)]
pub(in crate::api) async fn by_administrator(
    State(engine): State<Arc<Engine>>,
    Person(bearer): Person,
    extract::Segment(username, _): Segment,
) -> Result<axum::Json<ReltioDone>, ReltioError> {
    let by = engine.administrator(&bearer).await?;
    engine.reset_totp_of(&by, &username).await?;
    Ok(DONE)
}
