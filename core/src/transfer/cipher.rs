//! The ciphers that several formats share: AES-256-GCM, AES-256-CBC with PKCS#7, and checks of an HMAC.
//!
//! Ciphers of one format only are in its own folder; keys come from `kdf`.

use aes::cipher::{BlockModeDecrypt as _, KeyIvInit as _, block_padding::Pkcs7};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hmac;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Opens AES-256-GCM: 12 bytes of nonce, the tag of 16 bytes behind the ciphertext. `None` when key or data is wrong,
/// or a length is.
pub(super) fn gcm_open(key: &[u8], nonce: &[u8], sealed: &[u8], aad: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut body = Zeroizing::new(sealed.to_vec());
    let length = key.open_in_place(nonce, Aad::from(aad), body.as_mut_slice()).ok()?.len();
    body.truncate(length);
    Some(body)
}

/// Seals with AES-256-GCM; the tag of 16 bytes is behind the ciphertext. `None` only for a key or nonce of a wrong length.
pub(super) fn gcm_seal(key: &[u8], nonce: &[u8], plain: &[u8], aad: &[u8]) -> Option<Vec<u8>> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut body = Zeroizing::new(Vec::with_capacity(plain.len().saturating_add(16)));
    body.extend_from_slice(plain);
    let tag = key.seal_in_place_separate_tag(nonce, Aad::from(aad), body.as_mut_slice()).ok()?;
    Some([body.as_slice(), tag.as_ref()].concat())
}

/// Opens AES-256-CBC with PKCS#7 padding. `None` when the length or the padding is wrong; **padding may be right by
/// chance**, so what comes out has to be looked at.
pub(super) fn cbc_open(key: &[u8], iv: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let cipher = cbc::Decryptor::<aes::Aes256>::new_from_slices(key, iv).ok()?;
    let mut body = Zeroizing::new(sealed.to_vec());
    let length = cipher.decrypt_padded::<Pkcs7>(body.as_mut_slice()).ok()?.len();
    body.truncate(length);
    Some(body)
}

/// Whether `mac` is the HMAC-SHA-256 of the parts one after the other, in constant time.
pub(super) fn hmac_sha256_fits(key: &[u8], parts: &[&[u8]], mac: &[u8]) -> bool {
    let full = signed(hmac::HMAC_SHA256, key, parts);
    bool::from(full.as_ref().ct_eq(mac))
}

/// Whether `mac`, of 10 to 20 bytes, begins the HMAC-SHA-1 of the parts (ZIP archives keep 10), in constant time.
pub(super) fn hmac_sha1_fits(key: &[u8], parts: &[&[u8]], mac: &[u8]) -> bool {
    let full = signed(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key, parts);
    mac.len() >= 10 && full.as_ref().get(..mac.len()).is_some_and(|start| bool::from(start.ct_eq(mac)))
}

fn signed(algorithm: hmac::Algorithm, key: &[u8], parts: &[&[u8]]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(&hmac::Key::new(algorithm, key));
    parts.iter().for_each(|part| context.update(part));
    context.sign()
}
