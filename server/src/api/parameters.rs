//! The parameters of a request, in whichever form they came: real clients send JSON texts under the name of a form, and
//! `null` for what they leave out.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::Value;

use crate::api::extract::{Unreadable, parse_json};

/// The parameters of a request. A body whose first character is `{` is JSON whatever `Content-Type` says; any other is a
/// form. Values are not in `Debug`: there are secrets among them.
#[derive(Clone, Default)]
pub(in crate::api) struct Parameters(BTreeMap<String, Value>);

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The parameters of a request's body. `E` is the form in which its dialect says what is wrong with one.
#[derive(Debug)]
pub(in crate::api) struct Body<E>(pub(in crate::api) Parameters, pub(in crate::api) PhantomData<E>);

impl<S, E> FromRequest<S> for Body<E>
where
    S: Send + Sync,
    E: From<Unreadable> + IntoResponse,
{
    type Rejection = E;

    async fn from_request(request: Request, state: &S) -> Result<Self, E> {
        let bytes = Bytes::from_request(request, state).await.map_err(Unreadable::from)?;
        Ok(Self(Parameters::parse(&bytes)?, PhantomData))
    }
}

/// The parameters of a request's query and of its body together. What is in both counts as it is in the body.
#[derive(Debug)]
pub(in crate::api) struct Everywhere<E>(pub(in crate::api) Parameters, pub(in crate::api) PhantomData<E>);

impl<S, E> FromRequest<S> for Everywhere<E>
where
    S: Send + Sync,
    E: From<Unreadable> + IntoResponse,
{
    type Rejection = E;

    async fn from_request(request: Request, state: &S) -> Result<Self, E> {
        let mut all = Parameters::form(request.uri().query().unwrap_or_default())?;
        let said = request.headers().get(header::CONTENT_TYPE).map(|value| value.as_bytes().to_owned());
        let bytes = Bytes::from_request(request, state).await.map_err(Unreadable::from)?;
        let is_json = said.is_some_and(|said| said.to_ascii_lowercase().starts_with(b"application/json"));
        // What is called JSON is never a form, but it may be empty.
        let body = if is_json && !bytes.trim_ascii().is_empty() {
            parse_json(&bytes).map(Parameters)?
        } else {
            Parameters::parse(&bytes)?
        };
        all.0.extend(body.0);
        Ok(Self(all, PhantomData))
    }
}

impl Parameters {
    /// Reads a body; an empty one has no parameters.
    ///
    /// # Errors
    /// [`Unreadable::Malformed`].
    pub(in crate::api) fn parse(body: &[u8]) -> Result<Self, Unreadable> {
        if body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{') {
            return parse_json(body).map(Self);
        }
        let text =
            std::str::from_utf8(body).map_err(|_| Unreadable::Malformed("the body is no text".to_owned()))?;
        Self::form(text.trim())
    }

    /// Reads a form, or a query. Pieces without anything in them are none.
    fn form(text: &str) -> Result<Self, Unreadable> {
        let mut found = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
            if found.insert(name.clone().into_owned(), Value::String(value.into_owned())).is_some() {
                return Err(Unreadable::Malformed(format!("{name} is there twice")));
            }
        }
        Ok(Self(found))
    }

    /// A parameter that is there; `null` and an empty text are not.
    ///
    /// # Errors
    /// [`Unreadable::Malformed`] when it is no text.
    pub(in crate::api) fn text(&self, name: &str) -> Result<Option<&str>, Unreadable> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
            Some(_) => Err(Unreadable::Malformed(format!("{name} must be a text"))),
        }
    }

    /// A text that programs also write as a JSON number, such as a code.
    ///
    /// # Errors
    /// [`Unreadable::Malformed`] when it is neither.
    pub(in crate::api) fn digits(&self, name: &str) -> Result<Option<String>, Unreadable> {
        match self.0.get(name) {
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            _ => Ok(self.text(name)?.map(str::to_owned)),
        }
    }

    /// A whole number, as a JSON number or as a text.
    ///
    /// # Errors
    /// [`Unreadable::Malformed`] when it is neither.
    pub(in crate::api) fn integer(&self, name: &str) -> Result<Option<i64>, Unreadable> {
        let wrong = || Unreadable::Malformed(format!("{name} must be a whole number"));
        match self.0.get(name) {
            // 1.0 is a whole number in JSON Schema's eyes.
            Some(Value::Number(number)) => {
                let text = number.to_string();
                text.strip_suffix(".0").unwrap_or(&text).parse().map(Some).map_err(|_| wrong())
            }
            Some(Value::String(text)) if !text.trim().is_empty() => {
                text.trim().parse().map(Some).map_err(|_| wrong())
            }
            None | Some(Value::Null | Value::String(_)) => Ok(None),
            Some(_) => Err(wrong()),
        }
    }

    /// A list of words: a JSON array, or one text.
    ///
    /// # Errors
    /// [`Unreadable::Malformed`] when it is neither.
    pub(in crate::api) fn list(&self, name: &str) -> Result<Vec<&str>, Unreadable> {
        let wrong = || Unreadable::Malformed(format!("{name} must be a list of texts"));
        match self.0.get(name) {
            Some(Value::Array(all)) => all.iter().map(|one| one.as_str().ok_or_else(wrong)).collect(),
            _ => Ok(self.text(name)?.into_iter().collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str, name: &str) -> Option<String> {
        Parameters::parse(body.as_bytes()).unwrap().text(name).unwrap().map(str::to_owned)
    }

    #[test]
    fn json_is_known_by_its_first_character() {
        for body in [r#"{"a":"b"}"#, " \n{ \"a\": \"b\" }", "a=b", "a=b\n"] {
            assert_eq!(text(body, "a").as_deref(), Some("b"), "{body}");
        }
        assert_eq!(text("a=x%2By+z&b=%7B", "a").as_deref(), Some("x+y z"));
    }

    #[test]
    fn what_is_null_or_empty_is_not_there() {
        for body in ["", "a=", r#"{"a":null}"#, r#"{"a":""}"#, "{}"] {
            assert_eq!(text(body, "a"), None, "{body}");
        }
    }

    #[test]
    fn a_whole_number_comes_as_a_number_or_as_a_text() {
        let integer = |body: &str| Parameters::parse(body.as_bytes()).unwrap().integer("a");
        for body in [r#"{"a":-7}"#, r#"{"a":-7.0}"#, r#"{"a":"-7"}"#, "a=-7", "a=%20-7%20"] {
            assert_eq!(integer(body), Ok(Some(-7)), "{body}");
        }
        for body in ["", "a=", "a=+", r#"{"a":null}"#, r#"{"a":" "}"#] {
            assert_eq!(integer(body), Ok(None), "{body}");
        }
        for body in [r#"{"a":1.5}"#, r#"{"a":true}"#, r#"{"a":[1]}"#, "a=1.0", "a=x", "a=9223372036854775808"]
        {
            assert!(matches!(integer(body), Err(Unreadable::Malformed(m)) if m.starts_with("a ")), "{body}");
        }
        let digits = |body: &str| Parameters::parse(body.as_bytes()).unwrap().digits("a").unwrap();
        assert_eq!((digits(r#"{"a":12}"#), digits("a=012")), (Some("12".into()), Some("012".into())));
    }

    #[tokio::test]
    async fn query_and_body_are_read_together_and_the_body_wins() {
        let read = async |target: &str, body: &str| {
            let request = Request::builder().uri(target).body(body.to_owned().into()).unwrap();
            let read = Everywhere::<crate::api::native::ApiError>::from_request(request, &()).await;
            read.map(|Everywhere(all, _)| ["a", "b"].map(|name| all.text(name).unwrap().map(str::to_owned)))
        };
        let pair = |a: Option<&str>, b: Option<&str>| [a.map(str::to_owned), b.map(str::to_owned)];
        assert_eq!(read("/?&a=1&&b=u@x", "").await.unwrap(), pair(Some("1"), Some("u@x")));
        assert_eq!(read("/?a=1&b=2", "b=3").await.unwrap(), pair(Some("1"), Some("3")));
        assert_eq!(read("/?a=1", r#"{"b":"3"}"#).await.unwrap(), pair(Some("1"), Some("3")));
        assert_eq!(read("/", "").await.unwrap(), pair(None, None));
        assert!(read("/?a=1&a=2", "").await.is_err());
        for (body, good) in
            [("", true), (" \n", true), ("{}", true), ("[null]", false), ("a=1", false), ("5", false)]
        {
            let request = Request::builder().header("content-type", "application/json; charset=utf-8");
            let request = request.body(body.to_owned().into()).unwrap();
            let read = Everywhere::<crate::api::native::ApiError>::from_request(request, &()).await;
            assert_eq!(read.is_ok(), good, "{body}");
        }
    }

    #[test]
    fn what_is_no_text_is_said_with_its_name() {
        let parameters = Parameters::parse(br#"{"a":5,"b":["x","y"],"c":"x","d":[1]}"#).unwrap();
        assert!(matches!(parameters.text("a"), Err(Unreadable::Malformed(m)) if m.starts_with("a ")));
        assert_eq!(parameters.list("b").unwrap(), ["x", "y"]);
        assert_eq!(parameters.list("c").unwrap(), ["x"]);
        assert!(parameters.list("d").is_err() && parameters.list("e").unwrap().is_empty());
        for body in ["a=1&a=2", "{\"a\":1} x", "[1]x=\u{0}", "{"] {
            let read = Parameters::parse(body.as_bytes());
            assert!(read.is_err() || read.unwrap().text("a").unwrap().is_none(), "{body}");
        }
        assert!(Parameters::parse(b"\xff").is_err());
    }
}
