//! Writing a setup link, so that everyone reads it back.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode, utf8_percent_encode};
use zeroize::Zeroizing;

use super::{Kind, OtpEntry, Pin, Secret};

/// Everything but RFC 3986 §2.3 “unreserved” is escaped.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl OtpEntry {
    /// Writes the link with every parameter spelled out, so no reader has to know a default. It holds secret and PIN, so
    /// it is wiped when dropped.
    ///
    /// [`OtpEntry::parse`] gives the same entry again as long as the link stays within [`super::MAX_URI_BYTES`]; but for
    /// time-based codes of five digits issued by “Steam”, which everyone reads as Steam Guard. Other apps read the types
    /// `steam` (Aegis, Ente, andOTP), `yaotp` (Aegis, Stratum) and `motp` (andOTP); only `totp` and `hotp` are universal.
    #[must_use]
    pub fn to_uri(&self) -> Zeroizing<String> {
        let mut uri = Writer(Zeroizing::new(String::with_capacity(self.room())));
        uri.raw("otpauth://");
        uri.raw(match self.kind() {
            Kind::Totp { .. } => "totp/",
            Kind::Hotp { .. } => "hotp/",
            Kind::Steam => "steam/",
            Kind::Yandex { .. } => "yaotp/",
            Kind::Motp { .. } => "motp/",
        });
        match self.issuer() {
            Some(issuer) => {
                uri.escaped(issuer);
                uri.raw(":");
            }
            // An account with a colon of its own would be read as issuer and account.
            None if self.account().contains(':') => uri.raw(":"),
            None => {}
        }
        uri.escaped(self.account());
        uri.raw("?secret=");
        match self.kind() {
            Kind::Motp { .. } => uri.0.extend(percent_encode(self.secret().expose(), ESCAPED)),
            Kind::Totp { .. } | Kind::Hotp { .. } | Kind::Steam | Kind::Yandex { .. } => {
                uri.raw(&self.secret().to_base32());
            }
        }
        if let Some(issuer) = self.issuer() {
            uri.parameter("issuer", issuer);
        }
        match self.kind() {
            Kind::Totp { algorithm, digits, period } => {
                uri.parameter("algorithm", algorithm.name());
                uri.parameter("digits", &digits.to_string());
                uri.parameter("period", &period.to_string());
            }
            Kind::Hotp { algorithm, digits, counter } => {
                uri.parameter("algorithm", algorithm.name());
                uri.parameter("digits", &digits.to_string());
                uri.parameter("counter", &counter.to_string());
            }
            Kind::Steam => {}
            Kind::Motp { pin } | Kind::Yandex { pin } => {
                if let Some(pin) = pin {
                    uri.parameter("pin", &base32(pin));
                }
            }
        }
        for (name, value) in self.extra() {
            uri.raw("&");
            uri.escaped(name);
            uri.raw("=");
            uri.escaped(value);
        }
        uri.0
    }

    /// Room for everything at once: a growing string would leave copies of the secret behind.
    fn room(&self) -> usize {
        let names = self.issuer().map_or(0, str::len) * 2 + self.account().len();
        let extra: usize = self.extra().iter().map(|(name, value)| name.len() + value.len() + 1).sum();
        // A PIN has at most 64 characters of 4 bytes.
        96 + 2 * 256 + 3 * (names + extra + self.secret().expose().len())
    }
}

/// A PIN in the form of Aegis.
fn base32(pin: &Pin) -> Zeroizing<String> {
    // A PIN is never empty, so its bytes are a secret.
    let secret = Secret::from_bytes(pin.expose().as_bytes().to_vec());
    secret.map_or_else(|_| Zeroizing::default(), |secret| secret.to_base32())
}

struct Writer(Zeroizing<String>);

impl Writer {
    fn raw(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn escaped(&mut self, text: &str) {
        self.0.extend(utf8_percent_encode(text, ESCAPED));
    }

    fn parameter(&mut self, name: &str, value: &str) {
        self.raw("&");
        self.raw(name);
        self.raw("=");
        self.escaped(value);
    }
}
