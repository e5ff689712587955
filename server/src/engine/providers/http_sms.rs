//! An SMS gateway that is told by one HTTP request, whatever its parameters are called: the address and the body have
//! blanks such as `{to}`, which are filled in for each message. What its answers mean is `delivery::sms::http`'s.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use url::Url;

use super::Secret;
use super::pem::check_ca;
use crate::engine::Error;

/// What can be filled in.
pub const BLANKS: [&str; 11] = [
    "to",
    "to_digits",
    "from",
    "text",
    "user",
    "password",
    "coding",
    "charset",
    "minutes",
    "receipt_url",
    "id",
];
/// Bytes of an address, and of a body, at most.
const LONGEST: usize = 4_000;
/// What stands for itself in an address and in a form (RFC 3986 §2.3).
const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How the request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum HttpMethod {
    /// Everything is in the address.
    Get,
    /// There is a body.
    Post,
}

/// Lets us send through one gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpSmsAccount {
    /// How.
    pub method: HttpMethod,
    /// The address with blanks to fill in: `{to}`, `{from}`, `{text}`, `{user}`, `{password}`, `{receipt_url}`, ….
    pub url: String,
    /// The body with the same blanks, and its content type; for POST.
    pub body: Option<(String, String)>,
    /// Who sends: a number or a name.
    pub from: String,
    /// The user at the gateway.
    pub user: String,
    /// The password there. When there is no blank for it, it goes as `Authorization`: Basic with the user, or Bearer
    /// without one.
    pub password: Secret,
    /// What the gateway's reply must contain besides a good status, for gateways that say 200 whatever happens.
    #[serde(default)]
    pub accepted: Option<String>,
    /// A certificate authority (PEM) that is believed for it, beside the public ones.
    pub ca: Option<String>,
}

/// How what is filled in is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Percent-encoded, in an address and in a form.
    Percent,
    /// As in a JSON string.
    Json,
}

impl HttpSmsAccount {
    /// Kannel's smsbox at a base address such as `http://127.0.0.1:13013`.
    #[must_use]
    pub fn kannel(base: &str, from: String, user: String, password: Secret) -> Self {
        let url = format!(
            "{}/cgi-bin/sendsms?username={{user}}&password={{password}}&from={{from}}&to={{to}}&text={{text}}\
             &coding={{coding}}&charset={{charset}}&validity={{minutes}}\
             &dlr-mask=31&dlr-url={{receipt_url}}%3Fstatus%3D%25d",
            base.trim_end_matches('/')
        );
        Self { method: HttpMethod::Get, url, body: None, from, user, password, accepted: None, ca: None }
    }

    /// Whether requests can be made by it at all.
    ///
    /// # Errors
    /// [`Error::Invalid`] says what to write instead.
    pub fn check(&self) -> Result<(), Error> {
        let invalid = |why: &str| Err(Error::Invalid(why.to_owned()));
        if self.url.len() > LONGEST || self.body.as_ref().is_some_and(|(body, _)| body.len() > LONGEST) {
            return invalid("the gateway's address and body must be at most 4000 characters each");
        }
        self.check_url()?;
        self.check_body()?;
        let body = self.body.as_ref().map_or("", |(body, _)| body);
        let there = |name: &str| has_blank(&self.url, name) || has_blank(body, name);
        if !there("text") || !(there("to") || there("to_digits")) {
            return invalid("the address or the body needs {text}, and {to} or {to_digits}");
        }
        let unknown = blanks(&self.url).chain(blanks(body)).find(|name| !BLANKS.contains(name));
        if let Some(name) = unknown {
            let known = BLANKS.join("}, {");
            return Err(Error::Invalid(format!("{{{name}}} cannot be filled in; there are {{{known}}}")));
        }
        if self.from.is_empty() || self.from.len() > 21 || self.from.chars().any(char::is_control) {
            return invalid(
                "from must be a number such as +15005550006, a short code, or a name of 11 letters",
            );
        }
        if self.user.contains(':') && !there("password") {
            return invalid(
                "a user with a colon needs the blanks {user} and {password} in the address or body",
            );
        }
        check_ca(self.ca.as_deref())
    }

    fn check_url(&self) -> Result<(), Error> {
        let invalid = |why: &str| Err(Error::Invalid(format!("the gateway's address {why}")));
        let filled = fill(&self.url, Written::Percent, |_| Some("1".to_owned()));
        let Ok(url) = Url::parse(&filled) else {
            return invalid("is no URL; write https://host/path?to={to}&text={text}");
        };
        if !["https", "http"].contains(&url.scheme()) || !url.has_host() {
            return invalid("must begin with https://, or http:// within a network that the operator lists");
        }
        let authority = self.url.split("//").nth(1).and_then(|rest| rest.split(['/', '?', '#']).next());
        if authority.is_none_or(|authority| authority.contains(['{', '@'])) {
            return invalid("must name one host, without a user; what is filled in comes after it");
        }
        if url.fragment().is_some() {
            return invalid("must have no part after #; it would not be sent");
        }
        Ok(())
    }

    fn check_body(&self) -> Result<(), Error> {
        let invalid = |why: &str| Err(Error::Invalid(format!("the gateway's body {why}")));
        let Some((body, _)) = &self.body else { return Ok(()) };
        if self.method == HttpMethod::Get {
            return invalid("is sent with POST only");
        }
        match self.written() {
            None => invalid("must be application/x-www-form-urlencoded or application/json"),
            Some(Written::Json) => {
                let filled = fill(body, Written::Json, |_| Some("\"\n".to_owned()));
                match serde_json::from_str::<serde_json::Value>(&filled) {
                    Ok(_) => Ok(()),
                    Err(_) => {
                        invalid("is no JSON when it is filled in; blanks stand within quotes: \"{text}\"")
                    }
                }
            }
            Some(Written::Percent) => Ok(()),
        }
    }

    /// How the body's blanks are filled in, by its content type; none if that is not known.
    #[must_use]
    pub fn written(&self) -> Option<Written> {
        let (_, content_type) = self.body.as_ref()?;
        match content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => Some(Written::Percent),
            "application/json" => Some(Written::Json),
            _ => None,
        }
    }

    /// Whether the password has a blank of its own; otherwise it goes as a header.
    #[must_use]
    pub fn fills_in_password(&self) -> bool {
        let body = self.body.as_ref().map_or("", |(body, _)| body);
        has_blank(&self.url, "password") || has_blank(body, "password")
    }
}

fn has_blank(template: &str, name: &str) -> bool {
    blanks(template).any(|blank| blank == name)
}

/// The names of the blanks in a template, known or not.
fn blanks(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(name_of_blank)
}

/// The name of the blank whose `{` stands right before this.
fn name_of_blank(rest: &str) -> Option<&str> {
    let (name, _) = rest.split_once('}')?;
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    is_name.then_some(name)
}

/// A template with its blanks filled in. What `value` does not know stays as it is.
pub fn fill(template: &str, written: Written, value: impl Fn(&str) -> Option<String>) -> String {
    let mut pieces = template.split('{');
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for rest in pieces {
        match name_of_blank(rest).and_then(|name| Some((name, value(name)?))) {
            Some((name, value)) => {
                filled.push_str(&written.write(&value));
                filled.push_str(rest.get(name.len() + 1..).unwrap_or_default());
            }
            None => {
                filled.push('{');
                filled.push_str(rest);
            }
        }
    }
    filled
}

impl Written {
    fn write(self, value: &str) -> String {
        match self {
            Self::Percent => utf8_percent_encode(value, &UNRESERVED).to_string(),
            Self::Json => {
                let quoted = serde_json::Value::from(value).to_string();
                quoted
                    .strip_prefix('"')
                    .and_then(|rest| rest.strip_suffix('"'))
                    .unwrap_or_default()
                    .to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kannel() -> HttpSmsAccount {
        let password = Secret::new("p w".to_owned());
        HttpSmsAccount::kannel("http://127.0.0.1:13013/", "Example".to_owned(), "u".to_owned(), password)
    }

    fn json(body: &str) -> HttpSmsAccount {
        let body = Some((body.to_owned(), "application/json; charset=utf-8".to_owned()));
        HttpSmsAccount {
            method: HttpMethod::Post,
            url: "https://sms.example.org/v1".to_owned(),
            body,
            ..kannel()
        }
    }

    #[test]
    fn what_is_filled_in_cannot_become_anything_else() {
        let evil = |_: &str| Some("a&to=+1 \"}{\n%".to_owned());
        let url = fill("https://h/?text={text}&x={other", Written::Percent, evil);
        assert_eq!(url, "https://h/?text=a%26to%3D%2B1%20%22%7D%7B%0A%25&x={other");
        let body = fill(r#"{"to": "{to}", "n": {"text": "{text}"}}"#, Written::Json, evil);
        let read: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!((&read["to"], &read["n"]["text"]), (&evil("").into(), &evil("").into()));
    }

    #[test]
    fn kannels_form_and_a_json_body_are_good_accounts() {
        assert_eq!(kannel().check(), Ok(()));
        assert!(
            kannel().url.ends_with("&dlr-mask=31&dlr-url={receipt_url}%3Fstatus%3D%25d"),
            "{}",
            kannel().url
        );
        assert_eq!(json(r#"{"to": "{to_digits}", "text": "{text}"}"#).check(), Ok(()));
        assert!(kannel().fills_in_password() && !json("").fills_in_password());
    }

    #[test]
    fn an_account_that_cannot_work_is_refused_with_what_to_write() {
        let at = |url: &str| HttpSmsAccount { url: url.to_owned(), ..kannel() };
        let form = Some(("t={text}".to_owned(), "text/plain".to_owned()));
        for (wrong, part) in [
            (at("sms"), "https://host/path"),
            (at("ftp://h/{to}{text}"), "https://"),
            (at("https://{to}.example.org/?{text}"), "one host"),
            (at("https://u:p@h/?{to}{text}"), "without a user"),
            (at("https://h/?{to}{text}#x"), "after #"),
            (at("https://h/?{to}"), "{text}"),
            (at("https://h/?{text}"), "{to_digits}"),
            (at("https://h/?{to}{text}{secret}"), "{secret}"),
            (at(&format!("https://h/?{{to}}{{text}}{}", "x".repeat(4_000))), "4000"),
            (HttpSmsAccount { from: String::new(), ..kannel() }, "short code"),
            (HttpSmsAccount { body: form.clone(), ..kannel() }, "POST only"),
            (HttpSmsAccount { body: form, method: HttpMethod::Post, ..kannel() }, "urlencoded"),
            (json(r#"{"to": {to}, "text": "{text}"}"#), "within quotes"),
            (HttpSmsAccount { user: "a:b".to_owned(), ..json(r#"["{to}", "{text}"]"#) }, "colon"),
            (HttpSmsAccount { ca: Some("x".to_owned()), ..kannel() }, "PEM"),
        ] {
            let error = wrong.check().unwrap_err().to_string();
            assert!(error.contains(part), "{part}: {error}");
            assert!(!error.contains("p w"), "{error}");
        }
    }
}
