//! Tokens as Auth0 hands them out.

use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::engine::oauth::Tokens;

/// Tokens.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Granted<'a> {
    /// A signed JWT (RFC 9068).
    #[schema(value_type = String)]
    access_token: &'a str,
    /// `Bearer`; `bearer` for Reltio's clients.
    #[schema(value_type = String)]
    token_type: &'static str,
    /// Seconds that the access token is good for.
    #[schema(minimum = 1)]
    expires_in: i64,
    /// The scopes that were granted, with spaces between. Not there when none was asked for and none given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    scope: Option<&'a str>,
    /// Who the person is; when `openid` was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    id_token: Option<&'a str>,
    /// For the next access token; when `offline_access` was asked for, and always for Reltio's clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    refresh_token: Option<&'a str>,
    /// The next recovery code, where one was used. The one that was used is dead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    recovery_code: Option<&'a str>,
}

impl<'a> Granted<'a> {
    /// These tokens. `asked`: the scopes that were asked for; they are said again, and where none was asked for, those
    /// that were granted are.
    pub(in crate::api) fn new(token_type: &'static str, tokens: &'a Tokens, asked: &str) -> Self {
        let told = !(asked.is_empty() && tokens.scope.is_empty());
        Self {
            access_token: &tokens.access_token,
            token_type,
            expires_in: tokens.expires_in,
            scope: told.then_some(tokens.scope.as_str()),
            id_token: tokens.id_token.as_ref().map(|token| token.as_str()),
            refresh_token: tokens.refresh_token.as_ref().map(|token| token.as_str()),
            recovery_code: None,
        }
    }
}

/// The reply with these tokens. `asked`: the scopes that were asked for. `recovery_code`: the next one, where one was used.
pub(in crate::api) fn granted(tokens: &Tokens, asked: &str, recovery_code: Option<&str>) -> Response {
    axum::Json(Granted { recovery_code, ..Granted::new("Bearer", tokens, asked) }).into_response()
}
