//! One account of Authy: its names, and its secret out of one of three fields.

use serde_json::Value;

use super::Work;
use crate::otp::{Algorithm, Kind, OtpEntry, Secret};
use crate::transfer::fields::{self, Unusable, base64_bytes, hex_bytes};
use crate::transfer::kdf::{self, Hash};
use crate::transfer::kinds::Arithmetic;
use crate::transfer::{Field, Imported, TransferError, Warning, cipher, json};

/// Iterations where a token says nothing.
const ITERATIONS: u64 = 1000;
/// Iterations of all tokens of a file together, as many as one could ask for by itself.
const MAX_ITERATIONS: u64 = 10_000_000;

/// A secret, or that the password does not open it.
pub(super) enum Opened {
    Secret(Result<Secret, Unusable>),
    Closed(Unusable),
}

/// Whether the secret is under the backup password.
pub(super) fn is_encrypted(token: &Value) -> bool {
    json::text(token, "decryptedSecret").is_none() && json::text(token, "encryptedSecret").is_some()
}

/// The secret of a token.
///
/// # Errors
/// [`TransferError`] when the password is missing, the costs are beyond bounds, or the person stopped it.
pub(super) fn secret(token: &Value, work: &mut Work<'_>) -> Result<Opened, TransferError> {
    if !is_encrypted(token) {
        return Ok(Opened::Secret(match json::text(token, "secretSeed") {
            Some(seed) => fields::hex(seed),
            None => fields::base32(json::text(token, "decryptedSecret").unwrap_or_default()),
        }));
    }
    let sealed = json::text(token, "encryptedSecret").and_then(base64_bytes);
    let sealed = sealed.filter(|sealed| !sealed.is_empty() && sealed.len().is_multiple_of(16));
    let Some((sealed, salt)) = sealed.zip(json::text(token, "salt")) else {
        return Ok(Opened::Secret(Err(Unusable::new(Field::Secret, "its encrypted secret is damaged"))));
    };
    let iterations = json::number(token, "key_derivation_iterations", Field::Entry).ok().flatten();
    let iterations = iterations.map_or(ITERATIONS, |number| u64::try_from(number).unwrap_or(0));
    work.iterations = work.iterations.saturating_add(iterations);
    if work.iterations > MAX_ITERATIONS {
        let what = format!("{} iterations of PBKDF2 for its accounts together", work.iterations);
        return Err(TransferError::CostOutOfBounds { what });
    }
    let password = work.source.password()?.as_bytes();
    let key = kdf::pbkdf2::<32>(work.source, Hash::Sha1, password, salt.as_bytes(), iterations)?;
    let iv = json::text(token, "unique_iv").map_or_else(|| Some(vec![0; 16].into()), hex_bytes);
    let plain = iv.and_then(|iv| cipher::cbc_open(key.as_slice(), &iv, &sealed));
    // Without a MAC a wrong key may give right padding; then it is no base32.
    let text = plain.as_ref().and_then(|plain| std::str::from_utf8(plain).ok());
    Ok(match text.and_then(|text| fields::base32(text).ok()) {
        Some(secret) => Opened::Secret(Ok(secret)),
        None => {
            Opened::Closed(Unusable::new(Field::Secret, "the password does not open it, or it is damaged"))
        }
    })
}

/// Third parties' accounts have six digits and 30 seconds, Authy's own seven and 10.
///
/// # Errors
/// [`Unusable`].
pub(super) fn imported(
    token: &Value,
    secret: Secret,
    issuer: Option<&str>,
    account: &str,
) -> Result<Imported, Unusable> {
    let digits = json::number(token, "digits", Field::Digits)?;
    let own = json::text(token, "secretSeed").is_some();
    let kind = if own {
        let digits = fields::digits(digits.or(Some(7)))?;
        Kind::Totp { algorithm: Algorithm::Sha1, digits, period: 10 }
    } else {
        Arithmetic { digits, ..Arithmetic::default() }.totp(issuer)?
    };
    let seldom = own
        || json::member(token, "key_derivation_iterations").is_some()
        || json::member(token, "unique_iv").is_some();
    let warnings = if seldom { vec![Warning::Unproven] } else { Vec::new() };
    Ok(Imported { warnings, ..OtpEntry::new(issuer, account, secret, kind)?.into() })
}

/// Issuer and account.
pub(super) fn names(token: &Value) -> (Option<String>, String) {
    let name = json::text(token, "name").unwrap_or_default();
    let before = |text: Option<&str>, separator: &str| {
        text.and_then(|text| text.split_once(separator)).map(|(before, _)| before.trim().to_owned())
    };
    let issuer = json::text(token, "originalIssuer")
        .map(|issuer| issuer.trim().to_owned())
        .or_else(|| before(json::text(token, "originalName"), ":"))
        .or_else(|| before(Some(name), " - "))
        .or_else(|| json::text(token, "accountType").map(capitalised))
        .filter(|issuer| !issuer.is_empty());
    let Some(issuer) = issuer else { return (None, name.trim().to_owned()) };
    let start = name.get(..issuer.len()).filter(|start| start.eq_ignore_ascii_case(&issuer));
    let rest = start.and_then(|_| name.get(issuer.len()..)).unwrap_or(name);
    let account = rest.trim_start().trim_start_matches([':', '-']).trim();
    (Some(issuer), account.to_owned())
}

fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}
