//! The two encodings every message here uses: base64url without padding (RFC 7515 §2) and SHA-256 in it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// base64url without padding.
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes base64url strictly: no padding, no white space, no non-zero trailing bits, so that one value has one text.
#[must_use]
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// SHA-256 of `bytes`, as base64url (43 characters).
#[must_use]
pub fn sha256_base64url(bytes: &[u8]) -> String {
    base64url(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref())
}

/// SHA-256 over parts, each with its length before it (four bytes, big endian), so that no part can flow into another.
pub(crate) fn sha256_of_parts(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    for part in parts {
        context.update(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}
