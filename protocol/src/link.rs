//! The enrolment link: what the QR code holds, what a plain camera opens, what the app takes.
//!
//! `https://HOST[:PORT][/BASE]/enroll/TOKEN#v=1&k=THUMBPRINT`, or the same as
//! `countersign://enroll?u=SERVER&t=TOKEN&k=THUMBPRINT` from the landing page's button. The thumbprint stands behind
//! the `#`, so a browser never sends it: whoever answers for the host cannot learn which key would be believed.

use std::fmt;

use url::{Host, Url, form_urlencoded};

use crate::id::EnrollmentToken;
use crate::jwk::Thumbprint;

/// Longest link that is looked at, in bytes.
pub const MAX_LEN: usize = 2048;

/// A parsed enrolment link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrollmentLink {
    /// The server's base URL without a trailing slash: also its id in every signed message.
    pub server: String,
    /// The one-time secret.
    pub token: EnrollmentToken,
    /// The key the server must show.
    pub server_key: Thumbprint,
}

/// Why a text is no enrolment link that will be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Something else altogether.
    #[error("this is not a Countersign enrolment link")]
    NotALink,
    /// Over [`MAX_LEN`].
    #[error("this link is longer than 2048 characters; an enrolment link is about 150")]
    TooLong,
    /// From a later version.
    #[error("this enrolment link is of version {0}; this app reads version 1, update it")]
    Version(String),
    /// The link was cut: the part with the key is gone.
    #[error("this enrolment link has lost its part `{0}`; scan the whole code, or copy the whole link")]
    Missing(&'static str),
    /// A part is not what it should be.
    #[error("this enrolment link's part `{0}` is damaged; ask for a new one")]
    Damaged(&'static str),
    /// `http` to a machine that is not this one.
    #[error("this enrolment link is not encrypted (http); only a server on this same machine may use that")]
    Insecure,
}

impl EnrollmentLink {
    /// Reads either form.
    ///
    /// # Errors
    /// [`LinkError`]; `NotALink` when the text is something else, another variant when it was meant to be one.
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        let text = text.trim();
        if text.len() > MAX_LEN {
            return Err(LinkError::TooLong);
        }
        let url = Url::parse(text).map_err(|_| LinkError::NotALink)?;
        match url.scheme() {
            "countersign" => Self::from_app_link(&url),
            "https" | "http" => Self::from_web_link(url),
            _ => Err(LinkError::NotALink),
        }
    }

    fn from_web_link(mut url: Url) -> Result<Self, LinkError> {
        let path = url.path().to_owned();
        let (base, token) = path.rsplit_once("/enroll/").ok_or(LinkError::NotALink)?;
        let fragment = url.fragment().unwrap_or_default().to_owned();
        let part = |name| find(form_urlencoded::parse(fragment.as_bytes()), name);
        match part("v")?.as_deref() {
            Some("1") => {}
            Some(other) => return Err(LinkError::Version(other.chars().take(8).collect())),
            // A web address that happens to contain /enroll/ is none of ours unless the token has our form.
            None if token.parse::<EnrollmentToken>().is_ok() => return Err(LinkError::Missing("v")),
            None => return Err(LinkError::NotALink),
        }
        let (token, key) = (token.to_owned(), part("k")?);
        url.set_path(base);
        url.set_fragment(None);
        Self::assemble(url, &token, key)
    }

    fn from_app_link(url: &Url) -> Result<Self, LinkError> {
        if url.host_str() != Some("enroll") {
            return Err(LinkError::NotALink);
        }
        let part = |name| find(url.query_pairs(), name);
        let server =
            Url::parse(&part("u")?.ok_or(LinkError::Missing("u"))?).map_err(|_| LinkError::Damaged("u"))?;
        Self::assemble(server, &part("t")?.ok_or(LinkError::Missing("t"))?, part("k")?)
    }

    fn assemble(server: Url, token: &str, key: Option<String>) -> Result<Self, LinkError> {
        let key = key.ok_or(LinkError::Missing("k"))?;
        Ok(Self {
            server: base_url(&server)?,
            token: token.parse().map_err(|_| LinkError::Damaged("token"))?,
            server_key: Thumbprint::parse(&key).ok_or(LinkError::Damaged("k"))?,
        })
    }

    /// The form with the app's own scheme, for the landing page's button.
    #[must_use]
    pub fn app_link(&self) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("u", &self.server)
            .append_pair("t", self.token.reveal())
            .append_pair("k", self.server_key.as_str())
            .finish();
        format!("countersign://enroll?{query}")
    }
}

impl fmt::Display for EnrollmentLink {
    /// The `https` form: what the QR code holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/enroll/{}#v=1&k={}", self.server, self.token.reveal(), self.server_key)
    }
}

/// The one part of that name. Two of them are refused: the landing page and the app might each believe another.
fn find(pairs: form_urlencoded::Parse<'_>, name: &'static str) -> Result<Option<String>, LinkError> {
    let mut values = pairs.filter(|(k, _)| k == name).map(|(_, v)| v.into_owned());
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        (_, Some(_)) => Err(LinkError::Damaged(name)),
    }
}

/// A server's base URL in its one text form: scheme, host, port if not the usual one, path without trailing slash.
///
/// # Errors
/// [`LinkError::Insecure`] for `http` to anything but this machine, [`LinkError::Damaged`] for user names, queries,
/// fragments and other schemes.
pub fn base_url(url: &Url) -> Result<String, LinkError> {
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" | "http" if !plain => Err(LinkError::Damaged("server")),
        "https" => Ok(url.as_str().trim_end_matches('/').to_owned()),
        "http" if loopback => Ok(url.as_str().trim_end_matches('/').to_owned()),
        "http" => Err(LinkError::Insecure),
        _ => Err(LinkError::Damaged("server")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::TenantId;
    use proptest::prelude::*;

    fn link(server: &str) -> EnrollmentLink {
        EnrollmentLink {
            server: server.into(),
            token: EnrollmentToken::new(TenantId(uuid::Uuid::from_u128(3)), &[8; 16]),
            server_key: Thumbprint::parse(&crate::base64url(&[1; 32])).unwrap(),
        }
    }

    #[test]
    fn both_forms_say_the_same() {
        for server in [
            "https://mfa.example.org",
            "https://example.org:8443/mfa/base",
            "http://127.0.0.1:8080",
            "http://[::1]:9",
        ] {
            let link = link(server);
            assert_eq!(EnrollmentLink::parse(&link.to_string()).unwrap(), link);
            assert_eq!(EnrollmentLink::parse(&link.app_link()).unwrap(), link);
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for server in [
            "http://mfa.example.org",
            "http://127.0.0.1.example.org",
            "http://192.168.1.5",
            "http://localhost.example",
        ] {
            assert_eq!(
                EnrollmentLink::parse(&link(server).to_string()),
                Err(LinkError::Insecure),
                "{server}"
            );
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let good = link("https://mfa.example.org").to_string();
        let cut = good.split('#').next().unwrap();
        assert_eq!(EnrollmentLink::parse(cut), Err(LinkError::Missing("v")));
        assert_eq!(EnrollmentLink::parse(&good.replace("v=1", "v=2")), Err(LinkError::Version("2".into())));
        assert_eq!(EnrollmentLink::parse(&good.replace("k=", "j=")), Err(LinkError::Missing("k")));
        assert_eq!(EnrollmentLink::parse(&good[..good.len() - 1]), Err(LinkError::Damaged("k")));
        assert_eq!(
            EnrollmentLink::parse(&good.replace("/enroll/", "/enroll/A")),
            Err(LinkError::Damaged("token"))
        );
        assert_eq!(EnrollmentLink::parse("https://example.org/enroll/now"), Err(LinkError::NotALink));
        assert_eq!(EnrollmentLink::parse("otpauth://totp/x"), Err(LinkError::NotALink));
        assert_eq!(
            EnrollmentLink::parse(&good.replace("https://", "https://user:pw@")),
            Err(LinkError::Damaged("server"))
        );
        assert_eq!(EnrollmentLink::parse(&"a".repeat(3000)), Err(LinkError::TooLong));
    }

    #[test]
    fn property_2_a_part_given_twice_is_refused() {
        let good = link("https://mfa.example.org");
        let other = crate::base64url(&[2; 32]);
        for text in [good.to_string(), good.app_link()] {
            let twice = format!("{text}&k={other}");
            assert_eq!(EnrollmentLink::parse(&twice), Err(LinkError::Damaged("k")), "{twice}");
        }
        let twice = format!("{good}&v=1");
        assert_eq!(EnrollmentLink::parse(&twice), Err(LinkError::Damaged("v")));
        let twice = format!("{}&u=https://evil.example", good.app_link());
        assert_eq!(EnrollmentLink::parse(&twice), Err(LinkError::Damaged("u")));
    }

    proptest! {
        #[test]
        fn any_text_is_a_link_or_an_error(text: String) { let _ = EnrollmentLink::parse(&text); }

        #[test]
        fn any_mutilated_link_is_a_link_or_an_error(cut in 0usize..150, byte in 32u8..127) {
            let mut text = link("https://mfa.example.org").to_string().into_bytes();
            let at = cut.min(text.len() - 1);
            text[at] = byte;
            let _ = EnrollmentLink::parse(&String::from_utf8(text).unwrap());
        }
    }
}
