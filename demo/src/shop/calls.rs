//! HTTP calls to the server as any integrator makes them, each kept as a page shows it: what went out, what came back, how
//! long it took, and the same as a command.

use countersign_server::host::Clock;
use serde_json::Value;
use url::form_urlencoded;

use super::secrets::Secrets;

/// Calls that are kept of one sign-in; looks that are answered alike count as one.
const KEPT: usize = 60;
/// Characters of a reply that are shown.
const LONGEST: usize = 2_000;

/// What goes out.
#[derive(Debug, Clone)]
pub(super) struct Request {
    method: &'static str,
    url: String,
    query: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
    basic: Option<(String, String)>,
    body: Body,
}

#[derive(Debug, Clone)]
enum Body {
    None,
    Form(Vec<(&'static str, String)>),
    Json(Value),
}

impl Request {
    pub(super) fn new(method: &'static str, url: String) -> Self {
        Self { method, url, query: Vec::new(), headers: Vec::new(), basic: None, body: Body::None }
    }

    pub(super) fn query(mut self, name: &'static str, value: &str) -> Self {
        self.query.push((name, value.to_owned()));
        self
    }

    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(super) fn basic(self, name: &str, secret: &str) -> Self {
        Self { basic: Some((name.to_owned(), secret.to_owned())), ..self }
    }

    pub(super) fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    pub(super) fn json(self, body: Value) -> Self {
        Self { body: Body::Json(body), ..self.header("Content-Type", "application/json") }
    }

    pub(super) fn form(self, pairs: &[(&'static str, &str)]) -> Self {
        let pairs = pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { body: Body::Form(pairs), ..self.header("Content-Type", "application/x-www-form-urlencoded") }
    }

    fn target(&self) -> String {
        match self.query.is_empty() {
            true => self.url.clone(),
            false => format!("{}?{}", self.url, encoded(&self.query)),
        }
    }

    /// The address with the secrets in its query masked.
    fn shown_target(&self, secrets: &Secrets) -> String {
        let pairs: Vec<_> =
            self.query.iter().map(|(name, value)| format!("{name}={}", secrets.masked(value))).collect();
        let mark = if pairs.is_empty() { "" } else { "?" };
        format!("{}{mark}{}", secrets.masked(&self.url), pairs.join("&"))
    }

    fn shown_headers(&self, secrets: &Secrets) -> Vec<String> {
        let basic = self
            .basic
            .as_ref()
            .map(|(name, secret)| format!("Authorization: Basic base64({name}:{})", secrets.masked(secret)));
        let rest = self.headers.iter().map(|(name, value)| format!("{name}: {}", secrets.masked(value)));
        basic.into_iter().chain(rest).collect()
    }

    fn shown_body(&self, secrets: &Secrets) -> Option<String> {
        match &self.body {
            Body::None => None,
            Body::Json(body) => Some(secrets.masked(&format!("{body:#}"))),
            Body::Form(pairs) => {
                let pairs = pairs.iter().map(|(name, value)| format!("{name}={}", secrets.masked(value)));
                Some(pairs.collect::<Vec<_>>().join("\n"))
            }
        }
    }

    fn curl(&self, secrets: &Secrets) -> String {
        let mut words = vec![format!("curl -i -X {} {}", self.method, secrets.word(&self.url))];
        if !self.query.is_empty() {
            words.push("-G".to_owned());
        }
        if let Some((name, secret)) = &self.basic {
            words.push(format!("-u {}", secrets.word(&format!("{name}:{secret}"))));
        }
        words.extend(
            self.headers
                .iter()
                .map(|(name, value)| format!("-H {}", secrets.word(&format!("{name}: {value}")))),
        );
        let pair = |(name, value): &(&'static str, String)| {
            format!("--data-urlencode {}", secrets.word(&format!("{name}={value}")))
        };
        words.extend(self.query.iter().map(pair));
        match &self.body {
            Body::None => {}
            Body::Form(pairs) => words.extend(pairs.iter().map(pair)),
            Body::Json(body) => words.push(format!("-d {}", secrets.word(&body.to_string()))),
        }
        words.join(" \\\n  ")
    }

    async fn send(&self, http: &reqwest::Client) -> Result<(Answer, String), reqwest::Error> {
        let method = reqwest::Method::from_bytes(self.method.as_bytes()).unwrap_or_default();
        let mut request = http.request(method, self.target());
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some((name, secret)) = &self.basic {
            request = request.basic_auth(name, Some(secret));
        }
        let request = match &self.body {
            Body::None => request,
            Body::Form(pairs) => request.body(encoded(pairs)),
            Body::Json(body) => request.body(body.to_string()),
        };
        let reply = request.send().await?;
        let status = reply.status().as_u16();
        let retry_after = reply.headers().get("retry-after").and_then(|v| v.to_str().ok()?.parse().ok());
        let text = reply.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok((Answer { status, body, retry_after }, text))
    }
}

fn encoded(pairs: &[(&'static str, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// What came back.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// `null` when it is no JSON.
    pub(super) body: Value,
    /// Seconds, by `Retry-After`.
    pub(super) retry_after: Option<i64>,
}

impl Answer {
    /// A text of the reply; empty when it is not there.
    pub(super) fn text(&self, field: &str) -> &str {
        self.body.get(field).and_then(Value::as_str).unwrap_or_default()
    }
}

/// Nothing came back.
#[derive(Debug)]
pub(super) struct Unreachable;

/// A call as a page shows it.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: &'static str,
    pub(super) url: String,
    pub(super) headers: Vec<String>,
    pub(super) body: Option<String>,
    /// None when nothing came back.
    pub(super) status: Option<u16>,
    pub(super) reply: String,
    pub(super) milliseconds: i64,
    pub(super) curl: String,
    /// How often it was made in a row, and answered with this status.
    pub(super) times: u32,
}

/// The calls of one sign-in.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pub(super) list: Vec<Call>,
    pub(super) secrets: Secrets,
}

impl Calls {
    /// Makes a call and keeps it.
    pub(super) async fn make(
        &mut self,
        http: &reqwest::Client,
        clock: &dyn Clock,
        request: Request,
    ) -> Result<Answer, Unreachable> {
        let begun = clock.unix_ms();
        // The address may hold a key.
        let sent = request.send(http).await.map_err(reqwest::Error::without_url);
        let milliseconds = clock.unix_ms().saturating_sub(begun);
        let (status, reply) = match &sent {
            Ok((answer, text)) => {
                self.secrets.learn_from(&answer.body);
                let text = if answer.body.is_null() { text.clone() } else { format!("{:#}", answer.body) };
                (Some(answer.status), self.secrets.masked(&text).chars().take(LONGEST).collect())
            }
            Err(error) => (None, error.to_string()),
        };
        self.keep(Call {
            method: request.method,
            url: request.shown_target(&self.secrets),
            headers: request.shown_headers(&self.secrets),
            body: request.shown_body(&self.secrets),
            status,
            reply,
            milliseconds,
            curl: request.curl(&self.secrets),
            times: 1,
        });
        sent.map(|(answer, _)| answer).map_err(|_| Unreachable)
    }

    fn keep(&mut self, call: Call) {
        if let Some(last) = self.list.last_mut()
            && (&last.method, &last.url, &last.body, last.status)
                == (&call.method, &call.url, &call.body, call.status)
        {
            let times = last.times.saturating_add(1);
            *last = Call { times, ..call };
        } else if self.list.len() < KEPT {
            self.list.push(call);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_call_is_shown_without_its_secrets_and_can_be_made_by_hand() {
        let mut secrets = Secrets::default();
        secrets.learn("MYPASS_SECRET", "cs_secret_abcdefghijklmnopqrstuvwxyz");
        let request = Request::new("POST", "http://127.0.0.1:1/api".to_owned())
            .header("X-Client-Secret", "cs_secret_abcdefghijklmnopqrstuvwxyz")
            .json(json!({"user_ref": "kim"}));
        assert!(!request.shown_headers(&secrets).join("").contains("abcdefgh"));
        let curl = request.curl(&secrets);
        assert!(curl.contains("-H \"X-Client-Secret: ${MYPASS_SECRET}\""), "{curl}");
        assert!(curl.contains(r#"-d "{\"user_ref\":\"kim\"}""#), "{curl}");
    }

    #[test]
    fn looks_that_are_answered_alike_are_one_entry() {
        let call = |status| Call {
            method: "GET",
            url: "http://127.0.0.1:1/".to_owned(),
            headers: Vec::new(),
            body: None,
            status: Some(status),
            reply: String::new(),
            milliseconds: 1,
            curl: String::new(),
            times: 1,
        };
        let mut calls = Calls::default();
        [200, 200, 200, 404].into_iter().for_each(|status| calls.keep(call(status)));
        let times: Vec<_> = calls.list.iter().map(|call| call.times).collect();
        assert_eq!(times, [3, 1]);
    }
}
