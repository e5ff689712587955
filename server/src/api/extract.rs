//! Reading requests so that whatever is wrong with one is said in its dialect's own error form. The type parameter
//! `E` is that form.

use std::marker::PhantomData;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::IntoResponse;
use serde::de::DeserializeOwned;

/// What is wrong with a request before any rule has looked at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// The body is longer than the endpoint takes.
    TooLarge,
    /// The sentence says what, and names the field.
    Malformed(String),
}

/// Why the bytes of a body could not be had.
impl From<BytesRejection> for Unreadable {
    fn from(rejection: BytesRejection) -> Self {
        if rejection.into_response().status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
            Self::TooLarge
        } else {
            Self::Malformed("the body ended early".to_owned())
        }
    }
}

/// A JSON body, whatever `Content-Type` says: real clients of these APIs send JSON under many names.
#[derive(Debug)]
pub(crate) struct Json<T, E>(pub(crate) T, pub(crate) PhantomData<E>);

impl<S, T, E> FromRequest<S> for Json<T, E>
where
    S: Send + Sync,
    T: DeserializeOwned,
    E: From<Unreadable> + IntoResponse,
{
    type Rejection = E;

    async fn from_request(request: Request, state: &S) -> Result<Self, E> {
        let bytes = Bytes::from_request(request, state).await.map_err(Unreadable::from)?;
        Ok(Self(parse_json(&bytes)?, PhantomData))
    }
}

/// Reads a JSON object and says where it is wrong. Anything but an object is refused here: serde would take an array
/// for a struct.
pub(crate) fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(Unreadable::Malformed("a JSON object is needed as the body".to_owned()));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." { String::new() } else { format!("{path}: ") };
        Unreadable::Malformed(format!("{place}{}", error.inner()))
    })?;
    json.end().map_err(|e| Unreadable::Malformed(format!("something follows the JSON object: {e}")))?;
    Ok(value)
}

/// The query string.
#[derive(Debug)]
pub(crate) struct Query<T, E>(pub(crate) T, pub(crate) PhantomData<E>);

impl<S, T, E> FromRequestParts<S> for Query<T, E>
where
    S: Send + Sync,
    T: DeserializeOwned,
    E: From<Unreadable> + IntoResponse,
{
    type Rejection = E;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, E> {
        match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value, PhantomData)),
            Err(rejection) => Err(Unreadable::Malformed(rejection.body_text()).into()),
        }
    }
}

/// The one parameter in the path, percent-decoded once.
#[derive(Debug)]
pub(crate) struct Segment<E>(pub(crate) String, pub(crate) PhantomData<E>);

impl<S, E> FromRequestParts<S> for Segment<E>
where
    S: Send + Sync,
    E: From<Unreadable> + IntoResponse,
{
    type Rejection = E;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, E> {
        match axum::extract::Path::<String>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(text)) => Ok(Self(text, PhantomData)),
            Err(rejection) => Err(Unreadable::Malformed(rejection.body_text()).into()),
        }
    }
}

/// The two parameters in the path, each percent-decoded once.
#[derive(Debug)]
pub(crate) struct Segments<E>(pub(crate) (String, String), pub(crate) PhantomData<E>);

impl<S, E> FromRequestParts<S> for Segments<E>
where
    S: Send + Sync,
    E: From<Unreadable> + IntoResponse,
{
    type Rejection = E;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, E> {
        match axum::extract::Path::<(String, String)>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(both)) => Ok(Self(both, PhantomData)),
            Err(rejection) => Err(Unreadable::Malformed(rejection.body_text()).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Body {
        #[expect(dead_code, reason = "only its form matters here")]
        user_ref: String,
    }

    #[test]
    fn what_is_wrong_names_the_field() {
        let message = |text: &[u8]| match parse_json::<Body>(text) {
            Err(Unreadable::Malformed(message)) => message,
            other => panic!("{other:?}"),
        };
        assert!(message(b"{}").contains("user_ref"));
        assert!(message(br#"{"user_ref":5}"#).starts_with("user_ref: invalid type: integer"));
        assert!(message(b"").contains("JSON object"));
        assert!(message(b"\xff\xfe").contains("JSON object"));
        assert!(message(br#"["a"]"#).contains("JSON object"));
        assert!(message(b"{\"user_ref\":\"\xff\"}").contains("user_ref"));
        assert!(message(br#"{"user_ref":"a"} x"#).contains("follows"));
    }
}
