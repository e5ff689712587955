//! `/mfa/authenticators`: what a person has, and taking one of it away.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::Auth0Error;
use super::holder::{Holder, bearer};
use super::words::{authenticator_id, authenticator_type, channel, from_authenticator_id, newer_type};
use crate::api::client::Client;
use crate::api::extract::Segment;
use crate::api::oauth::refusal::OauthRefusal;
use crate::engine::{Caller, Engine, Error, ListedFactor, Mask, Word};

/// Something that a person proves themselves with.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Authenticator {
    /// Its id: a word, a bar, and the factor's id.
    #[schema(examples("totp|fac_01hzy3v7k2m4q8r5t6w9x0a1b2"))]
    id: String,
    /// `otp`, `oob` or `recovery-code`.
    #[schema(value_type = String, pattern = "^(otp|oob|recovery-code)$")]
    authenticator_type: &'static str,
    /// Whether it counts. One that does not waits for its first code.
    active: bool,
    /// With `oob`: `auth0` (a phone that answers), `sms`, `voice` or `email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false, pattern = "^(auth0|sms|voice|email)$")]
    oob_channel: Option<&'static str>,
    /// The same as a list, which some clients look for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>, nullable = false)]
    oob_channels: Option<[&'static str; 1]>,
    /// A phone's own name; a number or an address, masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    name: Option<String>,
    /// Where the application has `mfa_requirements` told: the word that they use for it.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    newer: Option<&'static str>,
}

impl Authenticator {
    fn new(caller: &Caller, factor: &ListedFactor) -> Self {
        let oob_channel = channel(factor.kind);
        let newer = caller.oauth.as_ref().is_some_and(|client| client.wording.requirements);
        Self {
            id: authenticator_id(factor),
            authenticator_type: authenticator_type(factor.kind),
            active: factor.active,
            oob_channel,
            oob_channels: oob_channel.map(|channel| [channel]),
            name: factor.name(Mask::Starred),
            newer: newer.then(|| newer_type(factor.kind)),
        }
    }
}

/// List a person's authenticators.
///
/// With the `mfa_token` of a login, or an access token for `https://HOST/mfa/` with the scope `read:authenticators`.
#[utoipa::path(
    get, path = "/mfa/authenticators", operation_id = "listAuthenticators", tag = "Auth0 MFA",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "What they have; also what does not count yet.", body = [Authenticator]),
        (status = 403, description = "`insufficient_scope`; `invalid_grant`: no token of a login.", body = OauthRefusal),
    ),
)]
pub(in crate::api) async fn list(
    State(engine): State<Arc<Engine>>,
    client: Client,
    headers: HeaderMap,
) -> Result<axum::Json<Vec<Authenticator>>, Auth0Error> {
    let (caller, holder) = Holder::of(&engine, &headers, "read:authenticators", client).await?;
    let factors = engine.factors(&caller, &holder.showing().user().user_ref).await?;
    Ok(axum::Json(factors.iter().map(|factor| Authenticator::new(&caller, factor)).collect()))
}

/// Take an authenticator away.
///
/// With an access token for `https://HOST/mfa/` with the scope `remove:authenticators`, whose owner has shown the strongest
/// that they have within the last ten minutes. The token of a login is not enough: it proves the password alone.
#[utoipa::path(
    delete, path = "/mfa/authenticators/{id}", operation_id = "removeAuthenticator", tag = "Auth0 MFA",
    security(("bearer" = [])),
    params(("id" = String, Path, description = "The authenticator's `id`, percent-encoded.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 403, description = "`insufficient_scope`; `access_denied`: sign in again, with the strongest factor.",
            body = OauthRefusal),
        (status = 404, description = "`not_found`: the person has no such authenticator.", body = OauthRefusal),
    ),
)]
pub(in crate::api) async fn remove(
    State(engine): State<Arc<Engine>>,
    client: Client,
    headers: HeaderMap,
    Segment(id, _): Segment<Auth0Error>,
) -> Result<StatusCode, Auth0Error> {
    let bearer = bearer(&engine, &headers, "remove:authenticators", client).await?;
    let id = from_authenticator_id(&id).ok_or_else(Auth0Error::no_such_authenticator)?;
    let proof = bearer.proof();
    let word = Word::User(&bearer.caller, proof.as_ref());
    match engine.remove_factor(word, &bearer.user.user_ref, id).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(Error::NoSuchFactor) => Err(Auth0Error::no_such_authenticator()),
        Err(error) => Err(error.into()),
    }
}
