//! An account at a mail server. Its address holds the login, which nothing prints.

use std::fmt;
use std::str::FromStr;

use lettre::message::Mailbox;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use url::{Host, Url};
use zeroize::Zeroizing;

use super::Secret;
use super::pem::check_ca;
use crate::engine::Error;

/// Lets us send mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmtpAccount {
    /// `smtps://user:password@host`, or `smtp://…` for STARTTLS, which a mail server on this machine is asked for by
    /// `smtp+starttls://…` only.
    pub url: Secret,
    /// Who writes: an address, or `Name <address>`.
    pub from: String,
    /// A certificate authority (PEM) that is believed for it, beside the public ones.
    pub ca: Option<String>,
}

impl SmtpAccount {
    /// Whether mail can be sent under this account at all.
    ///
    /// # Errors
    /// [`Error::Invalid`] says what to write instead.
    pub fn check(&self) -> Result<(), Error> {
        self.server().map_err(|error| Error::Invalid(error.to_string()))?;
        if self.sender().is_none() {
            return Err(Error::Invalid(
                "from must be an e-mail address, such as Example <mfa@example.org>".to_owned(),
            ));
        }
        check_ca(self.ca.as_deref())
    }

    /// The mail server.
    ///
    /// # Errors
    /// [`SmtpUrlError`].
    pub fn server(&self) -> Result<SmtpUrl, SmtpUrlError> {
        self.url.reveal().parse()
    }

    /// Who writes.
    #[must_use]
    pub fn sender(&self) -> Option<Mailbox> {
        self.from.parse().ok()
    }
}

/// The mail server and the login there.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUrl {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// What keeps the conversation secret.
    pub security: SmtpSecurity,
    /// User and password.
    pub login: Option<(String, Zeroizing<String>)>,
}

/// What keeps the conversation with the mail server secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// TLS from the first byte.
    Implicit,
    /// STARTTLS, and no mail without it.
    StartTls,
    /// It does not leave this machine.
    None,
}

/// A text that is no address of a mail server. It never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the mail server must look like smtps://user:password@mail.example.org or smtp://… for STARTTLS, with anything special \
     in user and password percent-encoded"
)]
pub struct SmtpUrlError;

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpUrl({self})")
    }
}

/// Without the login.
impl fmt::Display for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.security {
            SmtpSecurity::Implicit => "smtps",
            SmtpSecurity::StartTls => "smtp+starttls",
            SmtpSecurity::None => "smtp",
        };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

impl FromStr for SmtpUrl {
    type Err = SmtpUrlError;

    fn from_str(text: &str) -> Result<Self, SmtpUrlError> {
        let url = Url::parse(text).map_err(|_| SmtpUrlError)?;
        // A scheme that `url` does not know leaves hosts as they are: read as http they become names and addresses.
        let host = Host::parse(url.host_str().ok_or(SmtpUrlError)?).map_err(|_| SmtpUrlError)?;
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(SmtpUrlError);
        }
        let here = match &host {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        let (security, port) = match (url.scheme(), here) {
            ("smtps", _) => (SmtpSecurity::Implicit, 465),
            ("smtp", false) | ("smtp+starttls", _) => (SmtpSecurity::StartTls, 587),
            ("smtp", true) => (SmtpSecurity::None, 25),
            _ => return Err(SmtpUrlError),
        };
        let decoded = |text: &str| {
            let text = percent_decode_str(text).decode_utf8().map_err(|_| SmtpUrlError)?;
            Ok::<_, SmtpUrlError>(text.into_owned())
        };
        let login = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) => Some((decoded(user)?, Zeroizing::new(decoded(password)?))),
            (_, None) => return Err(SmtpUrlError),
        };
        let host = match host {
            Host::Ipv6(address) => address.to_string(),
            other => other.to_string(),
        };
        Ok(Self { host, port: url.port().unwrap_or(port), security, login })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<SmtpUrl, SmtpUrlError> {
        text.parse()
    }

    #[test]
    fn without_tls_mail_goes_to_this_machine_only() {
        for (text, shown, security) in [
            ("smtps://mail.example.org", "smtps://mail.example.org:465", SmtpSecurity::Implicit),
            ("smtp://mail.example.org", "smtp+starttls://mail.example.org:587", SmtpSecurity::StartTls),
            ("smtp://10.0.0.5:25/", "smtp+starttls://10.0.0.5:25", SmtpSecurity::StartTls),
            ("smtp://localhost", "smtp://localhost:25", SmtpSecurity::None),
            ("smtp://127.0.0.1:2525", "smtp://127.0.0.1:2525", SmtpSecurity::None),
            ("smtp://[::1]", "smtp://::1:25", SmtpSecurity::None),
            ("smtps://localhost", "smtps://localhost:465", SmtpSecurity::Implicit),
            ("smtp+starttls://localhost", "smtp+starttls://localhost:587", SmtpSecurity::StartTls),
            (
                "smtp+starttls://mail.example.org",
                "smtp+starttls://mail.example.org:587",
                SmtpSecurity::StartTls,
            ),
        ] {
            let url = read(text).unwrap();
            assert_eq!((url.to_string().as_str(), url.security), (shown, security), "{text}");
        }
    }

    #[test]
    fn the_password_is_read_and_never_shown() {
        let url = read("smtps://mfa%40example.org:p%2Fss%20word@mail.example.org").unwrap();
        let (user, password) = url.login.clone().unwrap();
        assert_eq!((user.as_str(), password.as_str()), ("mfa@example.org", "p/ss word"));
        assert!(!format!("{url:?} {url}").contains("ss"), "{url:?}");
        for wrong in [
            "",
            "mail.example.org",
            "http://mail.example.org",
            "smtp://",
            "smtp://user@mail.example.org",
            "smtp://u:secret@mail.example.org/path",
            "smtp://u:secret@mail.example.org?tls=none",
        ] {
            let error = read(wrong).unwrap_err().to_string();
            assert!(!error.contains("secret@"), "{error}");
        }
    }

    #[test]
    fn an_account_that_cannot_work_is_refused_before_it_is_kept() {
        let account = |url: &str, from: &str, ca: Option<&str>| SmtpAccount {
            url: Secret::new(url.to_owned()),
            from: from.to_owned(),
            ca: ca.map(str::to_owned),
        };
        let good = "smtps://u:secret@mail.example.org";
        assert_eq!(account(good, "Example <mfa@example.org>", None).check(), Ok(()));
        for wrong in [
            account("mail.example.org", "mfa@example.org", None),
            account(good, "nobody", None),
            account(good, "a@b.example\r\nBcc: c@d.example", None),
            account(good, "mfa@example.org", Some("no certificate")),
        ] {
            let error = wrong.check().unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
            assert!(!format!("{wrong:?}").contains("secret"), "{wrong:?}");
        }
    }
}
