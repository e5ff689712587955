//! One HTTP request and its reply as plain data: what the machines of [`crate::enroll`] and [`crate::approve`] hand
//! out and take back. Who carries them over the network is [`crate::client`]; in tests it is nobody.

use std::fmt;

use countersign_protocol::problem::Code;
use countersign_protocol::wire::Outcome;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The methods that the protocol uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Does something once.
    Post,
    /// Replaces.
    Put,
    /// Changes a part.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// As it stands on the wire and in a signed request.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A request to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The whole address with its query.
    pub url: String,
    /// Names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body; none is not the same as an empty one only for the `content-type`.
    pub body: Vec<u8>,
    /// Whether sending it twice does no more than sending it once, so that it may be tried again.
    pub repeatable: bool,
    /// Seconds that the server may hold the reply back on purpose (a long poll), on top of the usual time-out.
    pub wait_seconds: u32,
}

impl Request {
    pub(crate) fn new(method: Method, url: String) -> Self {
        let accept = ("accept", "application/json, application/problem+json".to_owned());
        // Only POST makes something new each time; the others leave the same state behind however often they arrive.
        let repeatable = method != Method::Post;
        Self { method, url, headers: vec![accept], body: Vec::new(), repeatable, wait_seconds: 0 }
    }

    pub(crate) fn json(mut self, body: Vec<u8>) -> Self {
        self.headers.push(("content-type", "application/json".to_owned()));
        self.body = body;
        self
    }
}

impl fmt::Debug for Request {
    /// The address may hold an enrolment token and the headers a signed proof, so neither is printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).finish_non_exhaustive()
    }
}

/// A reply that came, whatever it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, already limited in size.
    pub body: Vec<u8>,
}

impl Reply {
    /// A header's first value; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Whether the status is 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The content of a successful reply.
    ///
    /// # Errors
    /// [`ReplyError`] for everything else.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ReplyError> {
        self.success()?;
        if !self.is_json() {
            return Err(ReplyError::NotCountersign { status: self.status });
        }
        serde_json::from_slice(&self.body).map_err(|source| ReplyError::Unreadable { source: source.into() })
    }

    /// That a reply without content was a success.
    ///
    /// # Errors
    /// [`ReplyError`] for everything else.
    pub fn success(&self) -> Result<(), ReplyError> {
        match self.status {
            200..300 => Ok(()),
            400..600 if self.is_json() => match serde_json::from_slice::<AnyError>(&self.body) {
                Ok(error) => Err(ReplyError::Refused(error.into_refusal(self.status))),
                Err(_) => Err(ReplyError::NotCountersign { status: self.status }),
            },
            status => Err(ReplyError::NotCountersign { status }),
        }
    }

    fn is_json(&self) -> bool {
        let kind = self.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        kind == "application/json" || kind == countersign_protocol::problem::CONTENT_TYPE
    }
}

/// The server said no, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The server's stable code, e.g. `token_expired`.
    pub code: String,
    /// The server's own sentence in English: at most 300 characters, none of them a control character.
    pub sentence: String,
    /// How the challenge ended, where the refusal is about one.
    pub outcome: Option<Outcome>,
    /// Seconds since 1970 by the server's clock, when it said so.
    pub server_time: Option<u64>,
}

impl Refusal {
    /// The code as one of those that the protocol fixes; [`Code::Other`] for any other.
    #[must_use]
    pub fn known(&self) -> Code {
        serde_json::from_value(serde_json::Value::String(self.code.clone())).unwrap_or(Code::Other)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

/// Why a reply is not the one that was hoped for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// The server understood and refused.
    #[error("the server refused: {0}")]
    Refused(Refusal),
    /// A web page, a redirect, a proxy's error: whoever answered does not speak this protocol.
    #[error(
        "the answer (status {status}) does not come from a Countersign server; if this network has a sign-in page, open it in a browser first, then try again"
    )]
    NotCountersign {
        /// The HTTP status.
        status: u16,
    },
    /// The server says that it took an answer, without its signature over that.
    #[error(
        "the server's answer is not signed as it must be, so nobody can tell whether your answer counts; look at the screen where you sign in, and tell the server's operator"
    )]
    Unproved,
    /// JSON, but not of the form that was asked for.
    #[error(
        "the server's answer could not be read ({source}); update this app, or tell the server's operator"
    )]
    Unreadable {
        /// What the reader stumbled over.
        source: Unreadable,
    },
}

/// What a JSON reader stumbled over: kind and place, never the content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at line {line}, column {column}")]
pub struct Unreadable {
    kind: &'static str,
    line: usize,
    column: usize,
}

impl From<serde_json::Error> for Unreadable {
    fn from(error: serde_json::Error) -> Self {
        let kind = match error.classify() {
            serde_json::error::Category::Data => "a field is missing or of another kind",
            serde_json::error::Category::Eof => "the text ends too early",
            _ => "it is not JSON",
        };
        Self { kind, line: error.line(), column: error.column() }
    }
}

/// Both shapes in which this server says no: problem details, and the `error`/`message` of the enrolment endpoints.
#[derive(Deserialize)]
struct AnyError {
    #[serde(alias = "error")]
    code: String,
    #[serde(default, alias = "message")]
    title: String,
    #[serde(default)]
    outcome: Option<Outcome>,
    #[serde(default)]
    server_time: Option<u64>,
}

impl AnyError {
    fn into_refusal(self, status: u16) -> Refusal {
        let code: String = self.code.chars().filter(|c| c.is_ascii_graphic()).take(64).collect();
        let sentence: String = self.title.chars().filter(|c| !c.is_control()).take(300).collect();
        let sentence =
            if sentence.trim().is_empty() { format!("{code} (status {status})") } else { sentence };
        Refusal { status, code, sentence, outcome: self.outcome, server_time: self.server_time }
    }
}

/// Our own types as JSON. They have text keys and no failing serializers; were that to change, the empty body would be
/// refused by the server.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, kind: &str, body: &str) -> Reply {
        Reply { status, headers: vec![("content-type".into(), kind.into())], body: body.into() }
    }

    #[test]
    fn a_captive_portal_is_told_from_a_server() {
        let page = reply(200, "text/html", "<html>Welcome to the hotel</html>");
        assert_eq!(page.json::<u8>(), Err(ReplyError::NotCountersign { status: 200 }));
        let redirect = reply(302, "application/json", "{}");
        assert_eq!(redirect.success(), Err(ReplyError::NotCountersign { status: 302 }));
        let gateway = reply(502, "text/html", "Bad gateway");
        assert_eq!(gateway.success(), Err(ReplyError::NotCountersign { status: 502 }));
        assert_eq!(
            reply(404, "application/json", "{}").success(),
            Err(ReplyError::NotCountersign { status: 404 })
        );
    }

    #[test]
    fn both_shapes_of_refusal_are_read() {
        let problem = reply(
            409,
            "application/problem+json",
            r#"{"code":"already_answered","title":"Too late.","status":409,"outcome":"denied","server_time":7}"#,
        );
        let Err(ReplyError::Refused(refusal)) = problem.success() else { panic!("{problem:?}") };
        assert_eq!(refusal.known(), Code::AlreadyAnswered);
        assert_eq!((refusal.outcome, refusal.server_time), (Some(Outcome::Denied), Some(7)));

        let seed = reply(
            410,
            "application/json; charset=utf-8",
            r#"{"error":"token_expired","message":"Ask for\u0007 another."}"#,
        );
        let Err(ReplyError::Refused(refusal)) = seed.success() else { panic!("{seed:?}") };
        assert_eq!((refusal.code.as_str(), refusal.known()), ("token_expired", Code::Other));
        assert_eq!(refusal.sentence, "Ask for another.");
    }

    #[test]
    fn json_of_another_form_names_the_place_and_not_the_content() {
        let Err(error) = reply(200, "application/json", r#"{"secret":"s3cr3t"}"#).json::<u8>() else {
            panic!()
        };
        assert!(!error.to_string().contains("s3cr3t"), "{error}");
    }

    #[test]
    fn debug_shows_neither_address_nor_headers() {
        let mut request = Request::new(Method::Get, "https://host/enroll/TOKEN".into());
        request.headers.push(("authorization", "Device eyJ".into()));
        let text = format!("{request:?}");
        assert!(!text.contains("TOKEN") && !text.contains("eyJ"), "{text}");
    }
}
