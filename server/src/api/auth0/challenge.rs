//! `/mfa/challenge`: asking a person for a second factor.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::holder::Holder;
use super::password::required;
use super::words::{authenticator_type, from_authenticator_id, kinds};
use super::{Auth0Error, Row};
use crate::api::client::Client;
use crate::api::oauth::identify;
use crate::api::oauth::refusal::OauthRefusal;
use crate::api::parameters::{Body, Parameters};
use crate::engine::oauth::{NoChoice, SecondAsked, SignInError, Wish};
use crate::engine::{Caller, Engine};
use crate::telemetry::note_caller;

/// What is to be asked.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form; what is read are parameters")]
pub(in crate::api) struct ChallengeRequest {
    /// The login that goes on. An access token with the scope `enroll` asks for the first code of a number or an address.
    #[schema(min_length = 1)]
    mfa_token: String,
    /// The application's client id.
    #[schema(min_length = 1)]
    client_id: String,
    /// The application's secret. It may be left out: the token was given to this application. If it is there, it is looked
    /// at.
    client_secret: Option<String>,
    /// `otp`, `oob`, or both with a space between: what the application takes. Anything when not given.
    #[schema(examples("otp oob"))]
    challenge_type: Option<String>,
    /// The one authenticator that is to be asked.
    authenticator_id: Option<String>,
}

/// What was asked.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ChallengeAsked {
    /// `otp` or `oob`.
    #[schema(value_type = String, pattern = "^(otp|oob)$")]
    challenge_type: &'static str,
    /// With `oob`: the question to go on with at the token endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    oob_code: Option<String>,
    /// `prompt`, where the person types a code: the one that was sent to them, or that their phone shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    binding_method: Option<&'static str>,
}

impl From<SecondAsked> for ChallengeAsked {
    fn from(asked: SecondAsked) -> Self {
        match asked {
            SecondAsked::Totp => Self { challenge_type: "otp", oob_code: None, binding_method: None },
            SecondAsked::Oob { code, prompts } => Self {
                challenge_type: "oob",
                oob_code: Some(code),
                binding_method: prompts.then_some("prompt"),
            },
        }
    }
}

/// Ask for a second factor.
///
/// Without `authenticator_id`, the strongest of what the person has, the application takes and its policy allows: their
/// phone, then the app that shows codes, then a code by message, by call, by mail. Asking for a one-time password tells
/// nobody and may be left out.
#[utoipa::path(
    post, path = "/mfa/challenge", operation_id = "challenge", tag = "Auth0 MFA",
    request_body(
        content((ChallengeRequest = "application/json"), (ChallengeRequest = "application/x-www-form-urlencoded")),
        description = "A JSON object, which is known by its first character, or a form.",
    ),
    responses(
        (status = 200, description = "It is asked.", body = ChallengeAsked),
        (status = 400, description = "`invalid_request`: the authenticator is not the person's, or does not count; the \
            token was given to another application; too many messages.", body = OauthRefusal),
        (status = 401, description = "`unsupported_challenge_type`, `association_required`, `expired_token`; \
            `access_denied`: the secret is wrong.", body = OauthRefusal),
        (status = 403, description = "`invalid_grant`: no token of a login, or too many wrong codes. `access_denied`: by \
            the policy.", body = OauthRefusal),
        (status = 429, description = "`too_many_attempts`: asked too often; wait `Retry-After` seconds.",
            body = OauthRefusal),
    ),
)]
pub(in crate::api) async fn challenge(
    State(engine): State<Arc<Engine>>,
    client: Client,
    headers: HeaderMap,
    Body(parameters, _): Body<Auth0Error>,
) -> Result<axum::Json<ChallengeAsked>, Auth0Error> {
    let token = required(&parameters, "mfa_token")?;
    let caller = application(&engine, &headers, &parameters, client).await?;
    let holder = Holder::in_parameter(&engine, &caller, token).await?;
    let types = parameters.list("challenge_type")?.join(" ");
    let wish = wish(&types, parameters.text("authenticator_id")?)?;
    let asked = engine.ask_second_factor(&caller, holder.showing(), &wish).await;
    asked.map(|asked| axum::Json(asked.into())).map_err(|why| refusal(&caller, &types, why))
}

/// The application that the request says it comes from. If it shows a secret, that is looked at; it need not, for the
/// token was given to it.
async fn application(
    engine: &Engine,
    headers: &HeaderMap,
    parameters: &Parameters,
    client: Client,
) -> Result<Arc<Caller>, Auth0Error> {
    let basic = headers.contains_key(axum::http::header::AUTHORIZATION);
    if basic || parameters.text("client_secret")?.is_some() {
        return identify(engine, headers, parameters, client).await;
    }
    let caller = engine.named_client(required(parameters, "client_id")?, client.address).await?;
    note_caller("client", &caller.id(), &caller.application.tenant);
    Ok(caller)
}

fn wish(types: &str, authenticator: Option<&str>) -> Result<Wish, Auth0Error> {
    let factor = authenticator
        .map(|id| from_authenticator_id(id).ok_or_else(|| Auth0Error::from(Row::NoAuthenticator)));
    let words: Vec<_> = types.split_whitespace().collect();
    let wanted = (!words.is_empty()).then(|| words.into_iter().flat_map(kinds).collect());
    Ok(Wish { kinds: wanted, factor: factor.transpose()? })
}

fn refusal(caller: &Caller, types: &str, why: NoChoice) -> Auth0Error {
    match why {
        NoChoice::NothingEnrolled => match &caller.oauth {
            Some(client) => Auth0Error::not_enrolled(&client.wording),
            None => SignInError::NoClient.into(),
        },
        NoChoice::NotOffered(kinds) => {
            let mut supported: Vec<_> = kinds.into_iter().map(authenticator_type).collect();
            supported.sort_unstable();
            supported.dedup();
            let supported = if supported.is_empty() { "none".to_owned() } else { supported.join(" ") };
            Auth0Error::unsupported_challenge(if types.is_empty() { "any" } else { types }, &supported)
        }
        NoChoice::NotFound => Row::NoAuthenticator.into(),
        NoChoice::Refused(error) => error.into(),
    }
}
