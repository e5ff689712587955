//! Setup links as services and apps write them: `otpauth://totp/Issuer:account?secret=…` and its relatives.
//!
//! The form is the “Key Uri Format” of the Google Authenticator wiki; there is no RFC. It is taken apart by hand and
//! not by a URL parser: those lower-case the host, drop what follows a bare `#` (which real labels contain) and
//! replace bytes that are not UTF-8. `parameters` has the query, `names` issuer and account, `relatives` the links
//! without `otpauth`, `writing` the way back. What a picture holds besides such links is decided in [`crate::scan`].

mod names;
mod parameters;
mod relatives;
mod writing;

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use self::names::Names;
use self::parameters::Parameters;
use super::error::shown;
use super::{Algorithm, Kind, OtpAuthError, OtpEntry, Pin, Secret};

pub(super) use self::parameters::reserved;

/// Longest accepted link in bytes. The largest QR code holds 2953 (ISO/IEC 18004, version 40-L); lists of other apps
/// have notes and pictures in their links.
pub const MAX_URI_BYTES: usize = 16_384;

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

/// What an `otpauth` link can be for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Totp,
    Hotp,
    Steam,
    Yandex,
    Motp,
}

impl Type {
    fn parse(name: &str) -> Result<Self, OtpAuthError> {
        match name.to_ascii_lowercase().as_str() {
            "totp" => Ok(Self::Totp),
            "hotp" => Ok(Self::Hotp),
            "steam" => Ok(Self::Steam),
            "yaotp" => Ok(Self::Yandex),
            "motp" => Ok(Self::Motp),
            "push" | "pipush" | "mfauth" => Err(OtpAuthError::PushAccount(shown(name))),
            // A link that lost its middle may have its secret in this place; no type is as long as one.
            _ if name.len() > 10 => Err(OtpAuthError::UnsupportedType("?".to_owned())),
            _ => Err(OtpAuthError::UnsupportedType(shown(name))),
        }
    }
}

impl OtpEntry {
    /// Reads a setup link, surrounding white space aside: `otpauth://` (also `apple-otpauth://`) with the types `totp`,
    /// `hotp`, `steam`, `yaotp` and `motp`; `steam://` and `motp:` links.
    ///
    /// Forgiven: any case of scheme, type, parameter names and algorithm; spaces, dashes, padding and left-over bits in
    /// the secret; a label with or without issuer, also repeated in the `issuer` parameter; a missing label; a number or
    /// algorithm that is literally `null`; unknown parameters (kept for export). In parameters `+` is a space and `%2B` a
    /// plus; in the label both are a plus, as in mail addresses. Steam Guard is known by each of the marks that apps
    /// write, and an account of “Steam” that names no other number of digits than 5 is one.
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
        let (scheme, rest) = uri.trim().split_once(':').ok_or(OtpAuthError::NotOtpAuth)?;
        let (entry, warning) = match scheme.to_ascii_lowercase().as_str() {
            "otpauth" | "apple-otpauth" => otpauth(rest)?,
            "steam" => (relatives::steam(rest)?, None),
            "motp" => relatives::motp(rest)?,
            _ => return Err(OtpAuthError::NotOtpAuth),
        };
        let needs_pin = entry.needs_pin().then_some(UriWarning::NeedsPin);
        Ok((entry, warning.into_iter().chain(needs_pin).collect()))
    }
}

/// What follows `otpauth:`.
fn otpauth(rest: &str) -> Result<(OtpEntry, Option<UriWarning>), OtpAuthError> {
    let rest = rest.strip_prefix("//").ok_or(OtpAuthError::NotOtpAuth)?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (of, label) = path.split_once('/').unwrap_or((path, ""));
    let of = Type::parse(of)?;
    let parameters = Parameters::parse(query)?;
    let names = Names::of(label, &parameters)?;
    let text = parameters.secret.as_ref().ok_or(OtpAuthError::MissingSecret)?;
    let digits = parameters.digits()?;
    let (kind, warning) = match of {
        Type::Totp if parameters.steam || names.steam(digits) => (Kind::Steam, None),
        Type::Totp => {
            let period = parameters.period()?.unwrap_or(OtpEntry::DEFAULT_PERIOD);
            let digits = digits.unwrap_or(OtpEntry::DEFAULT_DIGITS);
            (Kind::Totp { algorithm: parameters.algorithm()?, digits, period }, None)
        }
        Type::Hotp => {
            let counter = parameters.counter()?;
            let missing = counter.is_none().then_some(UriWarning::CounterMissing);
            let (algorithm, digits) = (parameters.algorithm()?, digits.unwrap_or(OtpEntry::DEFAULT_DIGITS));
            (Kind::Hotp { algorithm, digits, counter: counter.unwrap_or(0) }, missing)
        }
        Type::Steam => (Kind::Steam, None),
        Type::Yandex => (Kind::Yandex { pin: parameters.pin()? }, None),
        Type::Motp => (Kind::Motp { pin: parameters.pin()? }, None),
    };
    let secret = match of {
        // Percent-decoded only: it is the text itself.
        Type::Motp => Secret::from_bytes(decode(text)?.as_bytes().to_vec())?,
        Type::Totp | Type::Hotp | Type::Steam | Type::Yandex => Secret::from_base32(&decode_form(text)?)?,
    };
    let entry = OtpEntry::new(names.issuer.as_deref(), &names.account, secret, kind)?;
    Ok((entry.with_extra(parameters.extra)?, warning))
}

fn decode(text: &str) -> Result<Zeroizing<String>, OtpAuthError> {
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| OtpAuthError::NotUtf8)?;
    Ok(Zeroizing::new(Cow::into_owned(decoded)))
}

/// As in HTML forms: `+` is a space.
fn decode_form(text: &str) -> Result<Zeroizing<String>, OtpAuthError> {
    decode(&Zeroizing::new(text.replace('+', " ")))
}
