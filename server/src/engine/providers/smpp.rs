//! An account at a short message service centre that speaks SMPP 3.4.

use serde::{Deserialize, Serialize};

use super::Secret;
use super::pem::check_ca;
use crate::engine::Error;

/// Lets us bind as a transceiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmppAccount {
    /// Its name or address.
    pub host: String,
    /// Its port, 2775 by custom.
    pub port: u16,
    /// Whether the connection is by TLS.
    pub tls: bool,
    /// Who we are there, 15 characters at most.
    pub system_id: String,
    /// The password, 8 characters at most.
    pub password: Secret,
    /// Who sends: a number or a name.
    pub from: String,
    /// A certificate authority (PEM) that is believed for it, beside the public ones.
    pub ca: Option<String>,
}

impl SmppAccount {
    /// Whether a session can be had by it at all.
    ///
    /// # Errors
    /// [`Error::Invalid`] says what to write instead.
    pub fn check(&self) -> Result<(), Error> {
        let invalid = |why: &str| Err(Error::Invalid(why.to_owned()));
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        let is_name = host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_:".contains(&b));
        if host.is_empty() || host.len() > 253 || !is_name {
            return invalid("the host must be a name or an address alone, such as smpp.example.org");
        }
        if self.port == 0 {
            return invalid("the port must be 1 to 65535; 2775 is usual, 3550 with TLS");
        }
        let is_word =
            |text: &str, longest| text.len() <= longest && text.bytes().all(|b| b.is_ascii_graphic());
        if self.system_id.is_empty() || !is_word(&self.system_id, 15) {
            return invalid("the system id must be 1 to 15 letters, digits and signs (SMPP 3.4)");
        }
        if !is_word(self.password.reveal(), 8) {
            return invalid("the password must be at most 8 letters, digits and signs (SMPP 3.4)");
        }
        let digits = self.from.strip_prefix('+').unwrap_or(&self.from);
        let is_number = (1..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let is_name = (1..=11).contains(&self.from.len())
            && !self.from.starts_with('+')
            && self.from.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        if !is_number && !is_name {
            return invalid(
                "from must be a number such as +15005550006, a short code, or a name of 11 letters",
            );
        }
        check_ca(self.ca.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> SmppAccount {
        SmppAccount {
            host: "smpp.example.org".to_owned(),
            port: 2775,
            tls: true,
            system_id: "example".to_owned(),
            password: Secret::new("secret08".to_owned()),
            from: "Example".to_owned(),
            ca: None,
        }
    }

    #[test]
    fn an_account_that_cannot_work_is_refused() {
        assert_eq!(account().check(), Ok(()));
        for host in ["10.0.0.1", "[2001:db8::1]", "2001:db8::1", "localhost"] {
            assert_eq!(SmppAccount { host: host.to_owned(), ..account() }.check(), Ok(()), "{host}");
        }
        for from in ["+15005550006", "12345", "My Shop 24"] {
            assert_eq!(SmppAccount { from: from.to_owned(), ..account() }.check(), Ok(()), "{from}");
        }
        for wrong in [
            SmppAccount { host: "smpp://example.org".to_owned(), ..account() },
            SmppAccount { host: String::new(), ..account() },
            SmppAccount { port: 0, ..account() },
            SmppAccount { system_id: "x".repeat(16), ..account() },
            SmppAccount { system_id: "a b".to_owned(), ..account() },
            SmppAccount { password: Secret::new("ninechars".to_owned()), ..account() },
            SmppAccount { from: String::new(), ..account() },
            SmppAccount { from: "+Example".to_owned(), ..account() },
            SmppAccount { from: "متجر".to_owned(), ..account() },
            SmppAccount { ca: Some("no".to_owned()), ..account() },
        ] {
            let error = wrong.check().unwrap_err().to_string();
            assert!(!error.contains("ninechars"), "{error}");
        }
    }
}
