//! The query of an `otpauth` link: split raw and only then decoded, since values hold `%26`, `%3D` and `%23`.

use zeroize::Zeroizing;

use super::{Algorithm, OtpAuthError, Pin, Secret, decode_form, shown};

/// Parameters with a meaning here; compared without regard to case, since `Secret=` occurs.
const RESERVED: [&str; 11] = [
    "secret",
    "issuer",
    "algorithm",
    "digits",
    "period",
    "counter",
    "pin",
    "encoder",
    "steam",
    "issueralt",
    "labelalt",
];

/// The reserved parameter that `name` spells in any case, if it does.
pub(in crate::otp) fn reserved(name: &str) -> Option<&'static str> {
    RESERVED.into_iter().find(|known| known.eq_ignore_ascii_case(name))
}

/// The query. Texts are decoded but for the secret: how that is done depends on the type.
#[derive(Default)]
pub(super) struct Parameters {
    pub(super) secret: Option<Zeroizing<String>>,
    pub(super) issuer: Option<String>,
    /// Names that a person gave the account in FreeOTP.
    pub(super) own_issuer: Option<String>,
    pub(super) own_account: Option<String>,
    algorithm: Option<String>,
    digits: Option<String>,
    period: Option<String>,
    counter: Option<String>,
    pin: Option<Zeroizing<String>>,
    /// One of the marks of Steam Guard is there.
    pub(super) steam: bool,
    pub(super) extra: Vec<(String, String)>,
}

impl Parameters {
    /// # Errors
    /// [`OtpAuthError::NotUtf8`], [`OtpAuthError::DuplicateSecret`], [`OtpAuthError::ConflictingParameter`],
    /// [`OtpAuthError::UnsupportedType`] for an encoder other than Steam's.
    pub(super) fn parse(query: &str) -> Result<Self, OtpAuthError> {
        let mut found = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, raw) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode_form(name)?;
            let known = reserved(&name);
            if known == Some("secret") {
                if found.secret.replace(Zeroizing::new(raw.to_owned())).is_some() {
                    return Err(OtpAuthError::DuplicateSecret);
                }
                continue;
            }
            let value = decode_form(raw)?;
            let slot = match known {
                Some("issuer") => &mut found.issuer,
                Some("issueralt") => &mut found.own_issuer,
                Some("labelalt") => &mut found.own_account,
                Some("algorithm") => &mut found.algorithm,
                Some("digits") => &mut found.digits,
                Some("period") => &mut found.period,
                Some("counter") => &mut found.counter,
                Some("pin") => {
                    found.pin = Some(value);
                    continue;
                }
                Some("steam") => {
                    found.steam = true;
                    continue;
                }
                Some("encoder") if value.eq_ignore_ascii_case("steam") => {
                    found.steam = true;
                    continue;
                }
                // Another encoder writes other characters than digits; digits would never work there.
                Some("encoder") => return Err(OtpAuthError::UnsupportedType(shown(&value))),
                _ => {
                    found.extra.push((name.as_str().to_owned(), value.as_str().to_owned()));
                    continue;
                }
            };
            match (slot, known) {
                (Some(earlier), Some(known)) if *earlier != *value => {
                    return Err(OtpAuthError::ConflictingParameter(known));
                }
                (slot, _) => *slot = Some(value.as_str().to_owned()),
            }
        }
        let has = |name: &str| found.extra.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        // WinAuth writes Steam accounts as TOTP with these two.
        found.steam |= has("deviceid") && has("data");
        Ok(found)
    }

    /// SHA-1 when nothing is said.
    pub(super) fn algorithm(&self) -> Result<Algorithm, OtpAuthError> {
        said(self.algorithm.as_ref()).map_or(Ok(Algorithm::Sha1), Algorithm::parse)
    }

    pub(super) fn digits(&self) -> Result<Option<u8>, OtpAuthError> {
        number(self.digits.as_ref(), OtpAuthError::BadDigits)
    }

    pub(super) fn period(&self) -> Result<Option<u32>, OtpAuthError> {
        number(self.period.as_ref(), OtpAuthError::BadPeriod)
    }

    pub(super) fn counter(&self) -> Result<Option<u64>, OtpAuthError> {
        number(self.counter.as_ref(), OtpAuthError::BadCounter)
    }

    /// The PIN, written as base32 of its text.
    pub(super) fn pin(&self) -> Result<Option<Pin>, OtpAuthError> {
        let Some(text) = &self.pin else { return Ok(None) };
        let bytes = Secret::from_base32(text).map_err(|_| OtpAuthError::BadPin)?;
        let text = std::str::from_utf8(bytes.expose()).map_err(|_| OtpAuthError::BadPin)?;
        Pin::new(text).map(Some)
    }
}

/// Some apps write what they do not know as the word `null`.
fn said(value: Option<&String>) -> Option<&str> {
    value.map(String::as_str).filter(|text| *text != "null")
}

/// ASCII digits only: `+6`, ` 6`, `6.0` and digits of other scripts are not numbers here.
fn number<T: std::str::FromStr>(
    value: Option<&String>,
    error: impl Fn(String) -> OtpAuthError,
) -> Result<Option<T>, OtpAuthError> {
    let Some(text) = said(value) else { return Ok(None) };
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = if digits { text.parse().ok() } else { None };
    number.map(Some).ok_or_else(|| error(shown(text)))
}
