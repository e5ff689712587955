//! Links without `otpauth`: `steam://SECRET`, and Mobile-OTP's in the two dialects that apps write.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::names::Names;
use super::parameters::Parameters;
use super::{Kind, OtpAuthError, OtpEntry, Secret, UriWarning, decode};

/// Shortest secret of a `steam:` link, in bytes. Links that open Steam's shop (`steam://store`) are base32 as well.
const SHORTEST: usize = 10;

/// `//SECRET`, in base32, or in base64 of Steam's 20 bytes, as the person happened to type it.
pub(super) fn steam(rest: &str) -> Result<OtpEntry, OtpAuthError> {
    let text = rest.strip_prefix("//").ok_or(OtpAuthError::NotOtpAuth)?;
    let secret = match Secret::from_base32(text) {
        Ok(secret) if secret.expose().len() >= SHORTEST => secret,
        Ok(_) => return Err(OtpAuthError::NotOtpAuth),
        Err(error) => from_base64(text).ok_or(error)?,
    };
    OtpEntry::new(Some("Steam"), "", secret, Kind::Steam)
}

fn from_base64(text: &str) -> Option<Secret> {
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let bytes = GeneralPurpose::new(&STANDARD, lenient).decode(text).ok()?;
    if bytes.len() == 20 { Secret::from_bytes(bytes).ok() } else { None }
}

/// `//ISSUER:ACCOUNT?secret=TEXT`, where nothing is encoded (Stratum); `/ISSUER%3AACCOUNT?secret=HEX&issuer=…`, where
/// the text that is hashed are the digits in lower case (Aegis).
pub(super) fn motp(rest: &str) -> Result<(OtpEntry, Option<UriWarning>), OtpAuthError> {
    let kind = Kind::Motp { pin: None };
    if let Some(rest) = rest.strip_prefix("//") {
        let (label, text) = rest.split_once("?secret=").ok_or(OtpAuthError::MissingSecret)?;
        let (issuer, account) = label.split_once(':').unwrap_or(("", label));
        let secret = Secret::from_bytes(text.as_bytes().to_vec())?;
        return Ok((OtpEntry::new(Some(issuer), account, secret, kind)?, None));
    }
    let rest = rest.strip_prefix('/').ok_or(OtpAuthError::NotOtpAuth)?;
    let (label, query) = rest.split_once('?').unwrap_or((rest, ""));
    let parameters = Parameters::parse(query)?;
    let text = decode(parameters.secret.as_deref().ok_or(OtpAuthError::MissingSecret)?)?;
    let hexadecimal = text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let text = Zeroizing::new(text.to_ascii_lowercase());
    let secret = Secret::from_bytes(text.as_bytes().to_vec())?;
    if !hexadecimal {
        return Err(OtpAuthError::BadMotpSecret);
    }
    let names = Names::of(label, &parameters)?;
    let entry = OtpEntry::new(names.issuer.as_deref(), &names.account, secret, kind)?;
    Ok((entry.with_extra(parameters.extra)?, Some(UriWarning::Unproven)))
}
