//! `/mfa/associate`: giving a person an authenticator.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::holder::Holder;
use super::words::{authenticator_type, channel, from_channel};
use super::{Auth0Error, Row};
use crate::api::client::Client;
use crate::api::oauth::refusal::OauthRefusal;
use crate::api::parameters::{Body, Parameters};
use crate::engine::oauth::{Associated, NewFactor, SignInError};
use crate::engine::policy::Factor;
use crate::engine::{Engine, Error, NewContact};
use crate::store::UserRow;

/// Which authenticator is wanted.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form; what is read are parameters")]
pub(in crate::api) struct Associate {
    /// One of `otp` and `oob`. The word alone is taken too.
    #[schema(examples(json!(["oob"])))]
    authenticator_types: Vec<String>,
    /// With `oob`: one of `sms`, `voice`, `email` and `auth0`, which is a phone that answers. The word alone is taken too.
    oob_channels: Option<Vec<String>>,
    /// With `sms` and `voice`: the number, with its country code.
    #[schema(examples("+966501234567"))]
    phone_number: Option<String>,
    /// With `email`: the address; the person's own when not given.
    email: Option<String>,
}

/// An authenticator that waits to be used for the first time. What is secret in it is told this once.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct AssociatedAuthenticator<'a> {
    /// `otp` or `oob`.
    #[schema(value_type = String, pattern = "^(otp|oob)$")]
    authenticator_type: &'static str,
    /// With `oob`: by which way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    oob_channel: Option<&'static str>,
    /// With `oob`: the question to go on with at the token endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    oob_code: Option<&'a str>,
    /// `prompt`, where a code goes to the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    binding_method: Option<&'static str>,
    /// With `otp`: the seed in base32.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    secret: Option<&'a str>,
    /// With `otp`: the link that authenticator apps scan. With `auth0`: the link that our own app scans, good for five
    /// minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    barcode_uri: Option<&'a str>,
    /// With the first one only: one recovery code. It counts once the authenticator does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>, nullable = false)]
    recovery_codes: Option<[&'a str; 1]>,
}

impl<'a> AssociatedAuthenticator<'a> {
    fn new(associated: &'a Associated) -> Self {
        let kind = associated.kind;
        let is_sent = matches!(kind, Factor::Sms | Factor::Voice | Factor::Email);
        Self {
            authenticator_type: authenticator_type(kind),
            oob_channel: channel(kind),
            oob_code: associated.oob.as_deref(),
            binding_method: is_sent.then_some("prompt"),
            secret: associated.secret.as_ref().map(|text| text.as_str()),
            barcode_uri: associated.link.as_ref().map(|text| text.as_str()),
            recovery_codes: associated.recovery_code.as_ref().map(|code| [code.as_str()]),
        }
    }
}

/// Give a person an authenticator.
///
/// With the `mfa_token` of a login while the person has none that counts; otherwise with an access token for
/// `https://HOST/mfa/` with the scope `enroll`, whose owner has shown the strongest that they have within the last ten
/// minutes. It counts once it was used at the token endpoint with the same token; a phone, once it was taken.
#[utoipa::path(
    post, path = "/mfa/associate", operation_id = "associate", tag = "Auth0 MFA",
    security(("bearer" = [])),
    request_body(content((Associate = "application/json"), (Associate = "application/x-www-form-urlencoded")),
        description = "A JSON object, which is known by its first character, or a form."),
    responses(
        (status = 200, description = "The authenticator, which does not count yet.", body = AssociatedAuthenticator),
        (status = 403, description = "`access_denied`: the person has an authenticator, and this token is not enough for \
            another one; or the policy does not allow it. `insufficient_scope`. `invalid_grant`: no token of a login.",
            body = OauthRefusal),
    ),
)]
pub(in crate::api) async fn associate(
    State(engine): State<Arc<Engine>>,
    client: Client,
    headers: HeaderMap,
    Body(parameters, _): Body<Auth0Error>,
) -> Result<Response, Auth0Error> {
    let (caller, holder) = Holder::of(&engine, &headers, "enroll", client).await?;
    let showing = holder.showing();
    engine.may_bind(&caller, showing).await?;
    let new = wanted(&parameters, showing.user())?;
    let associated = engine.associate(&caller, showing, &new).await.map_err(|error| refusal(&new, error))?;
    Ok(axum::Json(AssociatedAuthenticator::new(&associated)).into_response())
}

/// What the parameters ask for.
fn wanted(parameters: &Parameters, user: &UserRow) -> Result<NewFactor, Auth0Error> {
    match one(parameters, "authenticator_types")? {
        "otp" => return Ok(NewFactor::Totp),
        "oob" => {}
        _ => return Err(Auth0Error::invalid("authenticator_types must be one of otp and oob")),
    }
    let kind = from_channel(one(parameters, "oob_channels")?)
        .ok_or_else(|| Auth0Error::invalid("oob_channels must be one of sms, voice, email and auth0"))?;
    let to = match kind {
        Factor::Sms | Factor::Voice => parameters.text("phone_number")?.ok_or("phone_number"),
        Factor::Email => parameters.text("email")?.or(user.email.as_deref()).ok_or("email"),
        Factor::Push | Factor::Totp | Factor::Recovery => return Ok(NewFactor::Push),
    };
    let to = to.map_err(Auth0Error::missing)?.to_owned();
    Ok(NewFactor::Contact(NewContact { kind, to, language: None }))
}

/// The one word of a list.
fn one<'a>(parameters: &'a Parameters, name: &str) -> Result<&'a str, Auth0Error> {
    match parameters.list(name)?.as_slice() {
        [] => Err(Auth0Error::missing(name)),
        [one] => Ok(one),
        _ => Err(Auth0Error::invalid(format!("{name} must have one word; ask once for each"))),
    }
}

fn refusal(new: &NewFactor, error: SignInError) -> Auth0Error {
    let phone = matches!(new, NewFactor::Contact(new) if new.kind != Factor::Email);
    match error {
        SignInError::Rule(Error::Invalid(_)) if phone => Row::BadPhone.into(),
        error => error.into(),
    }
}
