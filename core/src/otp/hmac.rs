//! Codes out of an HMAC: those of RFC 4226 and RFC 6238, and Steam's.
//!
//! totp-rs computes the HMAC. The truncation is ours, because its own panics for 10 digits: 10¹⁰ does not fit its `u32`.

use totp_rs::Builder;
use zeroize::Zeroizing;

use super::Algorithm;

/// The HMAC of a counter or time step, 20 to 64 bytes.
pub(super) fn signature(algorithm: Algorithm, key: &[u8], step: u64) -> Zeroizing<Vec<u8>> {
    let totp = Builder::new()
        .with_algorithm(match algorithm {
            Algorithm::Sha1 => totp_rs::Algorithm::SHA1,
            Algorithm::Sha256 => totp_rs::Algorithm::SHA256,
            Algorithm::Sha512 => totp_rs::Algorithm::SHA512,
        })
        // A second a step: what is signed is the step itself.
        .with_step_duration(1)
        .with_secret(key.to_vec())
        // Without the RFC's limits: short secrets exist, and OtpEntry has its own.
        .build_noncompliant();
    Zeroizing::new(totp.sign(step).as_ref().to_vec())
}

/// A code of decimal digits. A truncated HMAC is at most 2 147 483 647, so a code of 10 digits begins with 0, 1 or 2,
/// and taking it modulo 10¹⁰ changes nothing.
pub(super) fn decimal(algorithm: Algorithm, key: &[u8], step: u64, digits: u8) -> Zeroizing<String> {
    let number = truncate(&signature(algorithm, key, step)) % 10_u64.pow(u32::from(digits));
    Zeroizing::new(format!("{number:0width$}", width = usize::from(digits)))
}

/// A Steam Guard code: the same number written with 26 characters that are not mistaken for each other, last digit first.
pub(super) fn steam(key: &[u8], step: u64) -> Zeroizing<String> {
    const ALPHABET: &[u8; 26] = b"23456789BCDFGHJKMNPQRTVWXY";
    let number = truncate(&signature(Algorithm::Sha1, key, step));
    let digit = |place: u32| usize::try_from(number / 26_u64.pow(place) % 26).ok();
    let symbol = |place| digit(place).and_then(|digit| ALPHABET.get(digit)).copied().map(char::from);
    Zeroizing::new((0..5).filter_map(symbol).collect())
}

/// Dynamic truncation (RFC 4226 §5.3): 31 bits from where the last four bits point.
fn truncate(signature: &[u8]) -> u64 {
    window(signature, 4) & 0x7fff_ffff
}

/// So many bytes from where the last four bits point, big endian.
pub(super) fn window(signature: &[u8], bytes: usize) -> u64 {
    let offset = usize::from(signature.last().copied().unwrap_or(0) & 0x0f);
    let window = signature.iter().skip(offset).take(bytes);
    window.fold(0, |value, byte| (value << 8) | u64::from(*byte))
}
