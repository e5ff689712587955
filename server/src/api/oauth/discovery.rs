//! What a tenant's relying parties read before they check a token: where things are (OpenID Connect Discovery 1.0), and
//! the published keys (RFC 7517). Whose they are is said by nothing but the host that was asked.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::refusal::{OauthRefusal, Refused};
use crate::api::openapi::Routes;
use crate::engine::oauth::{Algorithm, Issuer};
use crate::engine::{Engine, Error};

/// Both may be kept for five minutes: a key is published an hour before it signs.
const KEPT: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "public, max-age=300")];

/// The grants that clients may have, of either flavour.
const GRANTS: [&str; 8] = [
    "client_credentials",
    "http://auth0.com/oauth/grant-type/mfa-oob",
    "http://auth0.com/oauth/grant-type/mfa-otp",
    "http://auth0.com/oauth/grant-type/mfa-recovery-code",
    "http://auth0.com/oauth/grant-type/password-realm",
    "password",
    "refresh_token",
    "state_token",
];
const SCOPES: [&str; 7] = [
    "openid",
    "profile",
    "email",
    "offline_access",
    "enroll",
    "read:authenticators",
    "remove:authenticators",
];
const CLAIMS: [&str; 9] = ["iss", "sub", "aud", "iat", "exp", "auth_time", "amr", "email", "name"];

/// Where a tenant's things are, and what is done there.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Discovery {
    /// `iss` of every token.
    issuer: String,
    /// Where tokens are given.
    token_endpoint: String,
    /// Where the keys are that tokens are checked with.
    jwks_uri: String,
    /// Where a second factor is asked for, in Auth0's words.
    mfa_challenge_endpoint: String,
    /// The grants that an application can be allowed.
    grant_types_supported: [&'static str; 8],
    /// None: there is no authorization endpoint.
    response_types_supported: [&'static str; 0],
    /// A person has the same `sub` for all applications of a tenant.
    subject_types_supported: [&'static str; 1],
    /// With what id tokens are signed, and access tokens too.
    id_token_signing_alg_values_supported: [&'static str; 2],
    /// How an application shows who it is; `none`: one that cannot keep a secret.
    token_endpoint_auth_methods_supported: [&'static str; 3],
    /// The scopes that mean something here; an API of your own may have others.
    scopes_supported: [&'static str; 7],
    /// What can stand in an id token.
    claims_supported: [&'static str; 9],
}

/// The published keys.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct PublishedKeys {
    /// JWKs (RFC 7517), those included that sign soon or have signed lately.
    #[schema(value_type = Vec<Object>)]
    keys: Vec<Value>,
}

impl Discovery {
    fn of(issuer: Issuer) -> Self {
        let at = |path: &str| format!("{}{path}", issuer.url);
        Self {
            token_endpoint: at("oauth/token"),
            jwks_uri: at(".well-known/jwks.json"),
            mfa_challenge_endpoint: at("mfa/challenge"),
            grant_types_supported: GRANTS,
            response_types_supported: [],
            subject_types_supported: ["public"],
            id_token_signing_alg_values_supported: [Algorithm::Rs256, Algorithm::Es256]
                .map(Algorithm::as_str),
            token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
            scopes_supported: SCOPES,
            claims_supported: CLAIMS,
            issuer: issuer.url,
        }
    }
}

/// The tenant whose host was asked.
#[derive(Debug)]
pub(in crate::api) struct AskedHost(Issuer);

impl FromRequestParts<Arc<Engine>> for AskedHost {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, engine: &Arc<Engine>) -> Result<Self, Refused> {
        // HTTP/2 says it in `:authority`; where both are, it is the one that counts (RFC 9112 §3.2.2).
        let host = match parts.uri.authority() {
            Some(authority) => Some(authority.as_str()),
            None => parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()),
        };
        let issuer = match host {
            Some(host) => engine.issuer_at(host).await.map_err(|error| failed(&error))?,
            None => None,
        };
        let nobody = "no tenant issues tokens under this host name; `tenant issuer` gives one its name";
        issuer.map(Self).ok_or_else(|| Refused::new(StatusCode::NOT_FOUND, "not_found", nobody))
    }
}

fn failed(error: &Error) -> Refused {
    match error {
        Error::Store(_) | Error::Closing => Refused::unavailable(error),
        other => Refused::internal(other),
    }
}

/// Where a relying party finds out how to check tokens.
pub(in crate::api) fn routes() -> Routes {
    Routes::default().routes(routes!(configuration)).routes(routes!(published_keys))
}

/// Get the configuration.
///
/// OpenID Connect Discovery 1.0, for the tenant whose host name was asked.
#[utoipa::path(
    get, path = "/.well-known/openid-configuration", operation_id = "openidConfiguration", tag = "Signing in",
    responses(
        (status = 200, description = "Where things are, and what is done there.", body = Discovery),
        (status = 404, description = "`not_found`: no tenant issues tokens under this host name.", body = OauthRefusal),
    ),
)]
async fn configuration(AskedHost(issuer): AskedHost) -> Response {
    (KEPT, Json(Discovery::of(issuer))).into_response()
}

/// Get the published keys.
///
/// With them an API checks the tokens of the tenant whose host name was asked. Choose by `kid`, and take the algorithm from
/// the key and never from the token.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", operation_id = "publishedKeys", tag = "Signing in",
    responses(
        (status = 200, description = "The keys.", body = PublishedKeys),
        (status = 404, description = "`not_found`: no tenant issues tokens under this host name.", body = OauthRefusal),
    ),
)]
async fn published_keys(
    State(engine): State<Arc<Engine>>,
    AskedHost(issuer): AskedHost,
) -> Result<Response, Refused> {
    let keys = engine.published_keys(issuer.tenant).await.map_err(|error| failed(&error))?;
    Ok((KEPT, Json(PublishedKeys { keys })).into_response())
}
