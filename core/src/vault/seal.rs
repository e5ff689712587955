//! Sealing bytes: AES-256-GCM with length-prefixed associated data, and the keys for it.
//!
//! A sealed blob is `nonce (12) ‖ ciphertext ‖ tag (16)`, the nonce random. With 96 random bits, NIST SP 800-38D §8.3
//! allows 2³² seals under one key; a vault that is written once a second reaches that after 136 years.
//! What is sealed under which key and label is decided in `slots`, `contents` and `manifest`.

use std::fmt;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::VaultError;
use crate::host::Rng;

/// Bytes of a key.
pub(super) const KEY_BYTES: usize = 32;
/// Bytes of a GCM tag.
pub(super) const TAG_BYTES: usize = 16;

/// A GCM tag: with the associated data it stands for exactly one plaintext under one key.
pub(super) type Tag = [u8; TAG_BYTES];

/// A 256-bit key, wiped when dropped and never shown. It stays at one place of the heap: moving the bytes themselves
/// would leave a copy at each place where they were, and nobody could wipe those (P9).
#[derive(Clone)]
pub(crate) struct Key(Box<Zeroizing<[u8; KEY_BYTES]>>);

impl Key {
    /// A new key from `rng`.
    pub(crate) fn random(rng: &dyn Rng) -> Result<Self, VaultError> {
        let mut key = Self(Box::default());
        rng.fill(key.0.as_mut_slice())?;
        Ok(key)
    }

    /// The key in `bytes`; `None` unless there are exactly 32.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut key = Self(Box::default());
        (bytes.len() == KEY_BYTES).then(|| key.0.copy_from_slice(bytes))?;
        Some(key)
    }

    /// The bytes, for wrapping them.
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// Whether both are the same key, in constant time.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.as_bytes().ct_eq(other.as_bytes()).into()
    }

    fn cipher(&self) -> Result<LessSafeKey, VaultError> {
        let key = UnboundKey::new(&AES_256_GCM, self.as_bytes()).map_err(|_| VaultError::corrupt("a key"))?;
        Ok(LessSafeKey::new(key))
    }

    /// Seals `plain`, bound to `context`.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub(crate) fn seal(&self, rng: &dyn Rng, context: &Context, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; NONCE_LEN];
        rng.fill(&mut nonce)?;
        // Encrypted in its own wiped buffer, so that the plaintext is never in a block of memory that is given back.
        let mut body = Zeroizing::new(Vec::with_capacity(plain.len() + TAG_BYTES));
        body.extend_from_slice(plain);
        let tag = self
            .cipher()?
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context.0.as_slice()),
                body.as_mut_slice(),
            )
            .map_err(|_| VaultError::corrupt("more bytes than one seal can hold"))?;
        Ok([nonce.as_slice(), body.as_slice(), tag.as_ref()].concat())
    }

    /// Opens what [`Key::seal`] made; `None` when it does not authenticate under this key and context.
    pub(crate) fn open(&self, context: &Context, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self
            .cipher()
            .ok()?
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(context.0.as_slice()),
                body.as_mut_slice(),
            )
            .ok()?
            .len();
        body.truncate(length);
        Some(body)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Bytes of stack that the deepest call below a caller of [`scrub_stack`] may have used.
const DEEPEST: usize = 256 * 1024;

/// Overwrites what calls before left on the stack below the caller (P9).
///
/// Ring expands each key on the stack and does not wipe it, and moving a value leaves its bytes behind. Safe code cannot
/// reach those, but it can use the same memory for something else.
#[inline(never)]
pub(super) fn scrub_stack() {
    // Mutable, or the compiler would put the zeros into the program instead of on the stack.
    let mut over = [0_u8; DEEPEST];
    std::hint::black_box(&mut over);
}

/// The tag at the end of a sealed blob; `None` when it is too short to have one.
pub(super) fn tag_of(sealed: &[u8]) -> Option<Tag> {
    sealed.last_chunk::<TAG_BYTES>().copied()
}

/// Associated data, or the input of a digest: a purpose and fields, each with its length before it (four bytes, big
/// endian), so that no two different lists of fields give the same bytes.
pub(crate) struct Context(Vec<u8>);

impl Context {
    /// Begins with what the bytes are for. Each purpose has its own text, so nothing sealed for one opens as another.
    pub(crate) fn new(purpose: &str) -> Self {
        Self(Vec::new()).field(purpose.as_bytes())
    }

    /// Adds a field.
    pub(crate) fn field(mut self, bytes: &[u8]) -> Self {
        self.push(bytes);
        self
    }

    /// Adds a field in place, for loops.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        // No field comes near 4 GiB; saturating keeps the function total.
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    /// SHA-256 over all fields.
    pub(super) fn digest(&self) -> [u8; 32] {
        let digest = ring::digest::digest(&ring::digest::SHA256, &self.0);
        let mut out = [0; 32];
        out.copy_from_slice(digest.as_ref());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::SystemRng;

    #[test]
    fn a_seal_opens_only_under_its_key_and_context() {
        let key = Key::random(&SystemRng).unwrap();
        let context = Context::new("test").field(b"a").field(b"bc");
        let sealed = key.seal(&SystemRng, &context, b"secret").unwrap();
        assert_eq!(sealed.len(), NONCE_LEN + 6 + TAG_BYTES);
        assert_eq!(key.open(&context, &sealed).unwrap().as_slice(), b"secret");

        assert!(key.open(&Context::new("test").field(b"ab").field(b"c"), &sealed).is_none());
        assert!(Key::random(&SystemRng).unwrap().open(&context, &sealed).is_none());
        for length in 0..sealed.len() {
            assert!(key.open(&context, &sealed[..length]).is_none());
        }
    }

    #[test]
    fn p9_a_key_is_not_in_debug() {
        let key = Key::from_slice(&[0x41; 32]).unwrap();
        assert_eq!(format!("{key:?}"), "Key(…)");
        assert!(Key::from_slice(&[0; 31]).is_none());
    }
}
