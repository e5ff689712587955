//! `otpauth://totp/Issuer:account?secret=…`, read strictly and written so that everyone reads it back.
//!
//! The form is the “Key Uri Format” of the Google Authenticator wiki; there is no RFC. It is taken apart by hand and
//! not by a URL parser: those lower-case the host, drop what follows a bare `#` (which real labels contain) and
//! replace bytes that are not UTF-8. What a picture holds besides such links is decided in [`crate::scan`].

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use zeroize::Zeroizing;

use super::error::shown;
use super::{Algorithm, Kind, OtpAuthError, OtpEntry, Secret};

/// Longest accepted link in bytes. The largest QR code holds 2953 (ISO/IEC 18004, version 40-L).
pub const MAX_URI_BYTES: usize = 4096;

const SCHEME: &str = "otpauth://";

/// Something about a usable link that the person should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UriWarning {
    /// Counter-based, and the link does not say where the counter stands: it begins at 0.
    CounterMissing,
    /// Its codes need a PIN that the link does not hold.
    NeedsPin,
    /// A form that is known by description only.
    Unproven,
}

/// Whether `text` begins as the links that [`OtpEntry::parse`] reads: `otpauth:`, `apple-otpauth:`, `motp:`, `steam:`, in
/// any case, after white space.
#[must_use]
pub fn is_link(text: &str) -> bool {
    let scheme = text.trim_start().split_once(':').map_or("", |(scheme, _)| scheme);
    ["otpauth", "apple-otpauth", "motp", "steam"].iter().any(|known| known.eq_ignore_ascii_case(scheme))
}

/// Parameters with a meaning here; compared without regard to case, since `Secret=` occurs.
const RESERVED: [&str; 5] = ["secret", "issuer", "algorithm", "digits", "period"];

/// Everything but RFC 3986 §2.3 “unreserved” is escaped.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl OtpEntry {
    /// Reads an `otpauth://totp` link, surrounding white space aside.
    ///
    /// Forgiven: any case of scheme, type, parameter names and algorithm; spaces, dashes and padding in the secret; a
    /// label with or without issuer, also repeated in the `issuer` parameter; a missing label; unknown parameters (kept
    /// for export). In parameters `+` is a space and `%2B` a plus; in the label both are a plus, as in mail addresses.
    ///
    /// # Errors
    /// One [`OtpAuthError`] per cause. Nothing is guessed: an unknown algorithm is never taken for SHA-1.
    pub fn parse(uri: &str) -> Result<Self, OtpAuthError> {
        Self::parse_with_warnings(uri).map(|(entry, _)| entry)
    }

    /// As [`OtpEntry::parse`], with what the person should know about the entry; for importers.
    ///
    /// # Errors
    /// As [`OtpEntry::parse`].
    pub fn parse_with_warnings(uri: &str) -> Result<(Self, Vec<UriWarning>), OtpAuthError> {
        if uri.len() > MAX_URI_BYTES {
            return Err(OtpAuthError::TooLong);
        }
        let rest = strip_scheme(uri.trim()).ok_or(OtpAuthError::NotOtpAuth)?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (kind, label) = path.split_once('/').unwrap_or((path, ""));
        if kind.eq_ignore_ascii_case("hotp") {
            return Err(OtpAuthError::HotpUnsupported);
        }
        if !kind.eq_ignore_ascii_case("totp") {
            return Err(OtpAuthError::UnsupportedType(shown(kind)));
        }
        let parameters = Parameters::parse(query)?;
        let (issuer, account) = names(label, parameters.issuer.as_deref())?;
        let secret = parameters.secret.ok_or(OtpAuthError::MissingSecret)?;
        let kind = Kind::Totp {
            algorithm: parameters.algorithm.as_deref().map_or(Ok(Algorithm::Sha1), Algorithm::parse)?,
            digits: match parameters.digits {
                None => Self::DEFAULT_DIGITS,
                Some(text) => whole_number(&text).ok_or_else(|| OtpAuthError::BadDigits(shown(&text)))?,
            },
            period: match parameters.period {
                None => Self::DEFAULT_PERIOD,
                Some(text) => whole_number(&text).ok_or_else(|| OtpAuthError::BadPeriod(shown(&text)))?,
            },
        };
        let entry = Self::new(issuer.as_deref(), &account, Secret::from_base32(&secret)?, kind)?
            .with_extra(parameters.extra)?;
        Ok((entry, Vec::new()))
    }

    /// Writes the link with every parameter spelled out, so no reader has to know a default.
    ///
    /// [`OtpEntry::parse`] gives the same entry again as long as the link stays within [`MAX_URI_BYTES`]. The text
    /// holds the secret, so it is wiped when dropped.
    #[must_use]
    pub fn to_uri(&self) -> Zeroizing<String> {
        // Room for everything at once: a growing string would leave copies of the secret behind.
        let names = self.issuer().map_or(0, str::len) * 2 + self.account().len();
        let extra: usize = self.extra().iter().map(|(name, value)| name.len() + value.len() + 1).sum();
        let mut uri = Zeroizing::new(String::with_capacity(
            96 + 3 * (names + extra) + 2 * self.secret().expose().len(),
        ));
        let escape = |text: &str, uri: &mut String| uri.extend(utf8_percent_encode(text, ESCAPED));
        uri.push_str("otpauth://totp/");
        match self.issuer() {
            Some(issuer) => {
                escape(issuer, &mut uri);
                uri.push(':');
            }
            // An account with a colon of its own would be read as issuer and account.
            None if self.account().contains(':') => uri.push(':'),
            None => {}
        }
        escape(self.account(), &mut uri);
        uri.push_str("?secret=");
        uri.push_str(&self.secret().to_base32());
        if let Some(issuer) = self.issuer() {
            uri.push_str("&issuer=");
            escape(issuer, &mut uri);
        }
        uri.push_str("&algorithm=");
        uri.push_str(self.algorithm().unwrap_or_default().name());
        uri.push_str("&digits=");
        uri.push_str(&self.digits().to_string());
        uri.push_str("&period=");
        uri.push_str(&self.period().unwrap_or_default().to_string());
        for (name, value) in self.extra() {
            uri.push('&');
            escape(name, &mut uri);
            uri.push('=');
            escape(value, &mut uri);
        }
        uri
    }
}

/// The reserved parameter that `name` spells in any case, if it does.
pub(super) fn reserved(name: &str) -> Option<&'static str> {
    RESERVED.into_iter().find(|known| known.eq_ignore_ascii_case(name))
}

fn strip_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_at_checked(SCHEME.len())?;
    scheme.eq_ignore_ascii_case(SCHEME).then_some(rest)
}

/// The query, decoded. The secret is still base32.
#[derive(Default)]
struct Parameters {
    secret: Option<Zeroizing<String>>,
    issuer: Option<String>,
    algorithm: Option<String>,
    digits: Option<String>,
    period: Option<String>,
    extra: Vec<(String, String)>,
}

impl Parameters {
    fn parse(query: &str) -> Result<Self, OtpAuthError> {
        let mut found = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode_form(name)?;
            let value = Zeroizing::new(decode_form(value)?);
            let (known, slot) = match reserved(&name) {
                Some("secret") => {
                    if found.secret.replace(value).is_some() {
                        return Err(OtpAuthError::DuplicateSecret);
                    }
                    continue;
                }
                Some("issuer") => ("issuer", &mut found.issuer),
                Some("algorithm") => ("algorithm", &mut found.algorithm),
                Some("digits") => ("digits", &mut found.digits),
                Some("period") => ("period", &mut found.period),
                _ => {
                    // Some apps write Steam Guard accounts as TOTP with this mark; six digits would never work there.
                    if name.eq_ignore_ascii_case("encoder") {
                        return Err(OtpAuthError::UnsupportedType(shown(&value)));
                    }
                    found.extra.push((name, value.as_str().to_owned()));
                    continue;
                }
            };
            match slot {
                Some(earlier) if *earlier != *value => {
                    return Err(OtpAuthError::ConflictingParameter(known));
                }
                _ => *slot = Some(value.as_str().to_owned()),
            }
        }
        Ok(found)
    }
}

/// Issuer and account from the label and the `issuer` parameter, which wins.
///
/// A prefix of the label that repeats the parameter is dropped; a different one stays part of the account, since it
/// may be all that tells two accounts apart.
fn names(label: &str, issuer: Option<&str>) -> Result<(Option<String>, String), OtpAuthError> {
    let decoded = decode(label)?;
    let Some(issuer) = issuer.map(str::trim).filter(|name| !name.is_empty()) else {
        return Ok(match decoded.split_once(':') {
            Some((prefix, account)) => (Some(prefix.to_owned()), account.to_owned()),
            None => (None, decoded),
        });
    };
    let account = match without_prefix(&decoded, issuer) {
        Some(account) => account.to_owned(),
        // Some services encode the label like a form. That its prefix reads like the issuer only then is the proof.
        None if label.contains('+') => {
            let form = decode_form(label)?;
            without_prefix(&form, issuer).map_or(decoded, str::to_owned)
        }
        None => decoded,
    };
    Ok((Some(issuer.to_owned()), account))
}

/// `label` after `issuer` and a colon, if it begins so, without regard to case and space.
fn without_prefix<'a>(label: &'a str, issuer: &str) -> Option<&'a str> {
    // The issuer may hold colons itself, so each colon could be the one that ends it.
    label.match_indices(':').find_map(|(at, _)| {
        let (prefix, account) = label.split_at_checked(at)?;
        (prefix.trim().to_lowercase() == issuer.to_lowercase()).then(|| account.strip_prefix(':'))?
    })
}

/// ASCII digits only: `+6`, ` 6`, `6.0` and digits of other scripts are not numbers here.
fn whole_number<T: std::str::FromStr>(text: &str) -> Option<T> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) { None } else { text.parse().ok() }
}

fn decode(text: &str) -> Result<String, OtpAuthError> {
    percent_decode_str(text).decode_utf8().map(Cow::into_owned).map_err(|_| OtpAuthError::NotUtf8)
}

/// As in HTML forms: `+` is a space.
fn decode_form(text: &str) -> Result<String, OtpAuthError> {
    decode(&Zeroizing::new(text.replace('+', " ")))
}
