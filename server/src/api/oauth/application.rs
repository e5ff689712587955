//! Which application a request to the OAuth dialects comes from: its client id and secret as Basic or in the body, or the
//! id alone where it cannot keep a secret. Nothing is read from the address: what stands there is in everybody's logs.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use zeroize::Zeroizing;

use crate::api::basic::basic;
use crate::api::client::Client;
use crate::api::extract::Unreadable;
use crate::api::parameters::Parameters;
use crate::engine::oauth::SignInError;
use crate::engine::{Caller, Engine, Error};
use crate::telemetry::note_caller;

/// What an application shows of itself.
struct Shown {
    id: String,
    secret: Option<Zeroizing<String>>,
}

/// The OAuth client that a request comes from.
///
/// # Errors
/// 400 for two forms that disagree. [`SignInError::Rule`] as [`Engine::identify`] says it;
/// [`SignInError::NoClient`] for an application that is no OAuth client.
pub(in crate::api) async fn identify<E>(
    engine: &Engine,
    headers: &HeaderMap,
    parameters: &Parameters,
    client: Client,
) -> Result<Arc<Caller>, E>
where
    E: From<Unreadable> + From<SignInError>,
{
    let shown = shown(headers, parameters)?.ok_or(SignInError::Rule(Error::Unauthorized))?;
    let secret = shown.secret.as_ref().map(|secret| secret.as_str());
    let caller = engine.identify(&shown.id, secret, client.address).await.map_err(SignInError::Rule)?;
    note_caller("client", &caller.id(), &caller.application.tenant);
    if caller.oauth.is_none() {
        tracing::warn!(client = %caller.id(), "{}", SignInError::NoClient);
        return Err(SignInError::NoClient.into());
    }
    Ok(caller)
}

/// What the request shows; none: nothing, or a header that is not of that form.
fn shown(headers: &HeaderMap, parameters: &Parameters) -> Result<Option<Shown>, Unreadable> {
    let (id, secret) = (parameters.text("client_id")?, parameters.text("client_secret")?);
    let scheme = headers.get(header::AUTHORIZATION).map(|value| value.as_bytes());
    let is_basic = scheme.and_then(|value| value.get(..6)).is_some_and(|s| s.eq_ignore_ascii_case(b"basic "));
    if !is_basic {
        let secret = secret.map(|secret| Zeroizing::new(secret.to_owned()));
        return Ok(id.map(|id| Shown { id: id.to_owned(), secret }));
    }
    let Some((by_header, password)) = basic(headers).map(|(id, secret)| (decoded(&id), decoded(&secret)))
    else {
        return Ok(None);
    };
    if id.is_some_and(|id| id != by_header) || secret.is_some_and(|secret| secret != password) {
        let message =
            "client_id and client_secret say another client than the header Authorization; send one of them";
        return Err(Unreadable::Malformed(message.to_owned()));
    }
    let secret = Some(Zeroizing::new(password)).filter(|secret| !secret.is_empty());
    Ok(Some(Shown { id: by_header, secret }))
}

/// RFC 6749 §2.3.1 has both encoded like a form before they are put into the header, and some clients do so; ours have
/// no character that means anything there, so both ways are read alike.
fn decoded(text: &str) -> String {
    let joined = format!("v={text}");
    let mut pairs = url::form_urlencoded::parse(joined.as_bytes());
    match (pairs.next(), pairs.next()) {
        (Some((_, value)), None) => value.into_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn read(
        header: Option<&'static str>,
        body: &str,
    ) -> Result<Option<(String, Option<String>)>, Unreadable> {
        let mut headers = HeaderMap::new();
        if let Some(value) = header {
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
        }
        let found = shown(&headers, &Parameters::parse(body.as_bytes()).unwrap())?;
        Ok(found.map(|shown| (shown.id, shown.secret.map(|secret| secret.to_string()))))
    }

    fn pair(id: &str, secret: Option<&str>) -> Result<Option<(String, Option<String>)>, Unreadable> {
        Ok(Some((id.to_owned(), secret.map(str::to_owned))))
    }

    #[test]
    fn basic_or_body_or_the_id_alone() {
        assert_eq!(read(Some("Basic YTpi"), ""), pair("a", Some("b")));
        assert_eq!(read(Some("basic YTpi"), "client_id=a"), pair("a", Some("b")));
        assert_eq!(read(Some("Basic YTpi"), "client_id=a&client_secret=b"), pair("a", Some("b")));
        assert_eq!(read(Some("Basic YTo="), ""), pair("a", None));
        assert_eq!(read(None, "client_id=a&client_secret=b"), pair("a", Some("b")));
        assert_eq!(read(None, r#"{"client_id":"a","client_secret":null}"#), pair("a", None));
        assert_eq!(read(Some("Bearer x"), "client_id=a&client_secret=b"), pair("a", Some("b")));
    }

    #[test]
    fn nothing_broken_or_two_that_disagree_is_nobody() {
        assert_eq!(read(None, "client_secret=b"), Ok(None));
        assert_eq!(read(Some("Basic !"), "client_id=a&client_secret=b"), Ok(None));
        assert!(read(Some("Basic YTpi"), "client_id=c").is_err());
        assert!(read(Some("Basic YTpi"), "client_id=a&client_secret=c").is_err());
    }

    #[test]
    fn who_encodes_for_the_header_is_understood_and_who_does_not_too() {
        // app%5F1:cs%5Fsecret%5F%2Dx
        assert_eq!(
            read(Some("Basic YXBwJTVGMTpjcyU1RnNlY3JldCU1RiUyRHg="), ""),
            pair("app_1", Some("cs_secret_-x"))
        );
        assert_eq!(read(Some("Basic YXBwXzE6Y3Nfc2VjcmV0Xy14"), ""), pair("app_1", Some("cs_secret_-x")));
    }
}
