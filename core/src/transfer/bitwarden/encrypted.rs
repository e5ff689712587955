//! Bitwarden's password-protected JSON: PBKDF2 or Argon2id, HKDF-Expand, then AES-256-CBC under HMAC-SHA-256.
//!
//! A short text is sealed beside the items; its MAC tells a wrong password from damage.

use ring::{digest, hmac};
use serde_json::Value;
use zeroize::Zeroizing;

use super::super::fields::base64_bytes;
use super::super::json::{self, Document};
use super::super::kdf::{self, Argon2, Derived, Hash};
use super::super::{Format, Source, TransferError, cipher};
use super::damaged;

/// The document behind the password, of the shape that unprotected ones have.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn open(source: &Source<'_>, document: &Value) -> Result<Document, TransferError> {
    let sealed = |key: &str| {
        let text = json::text(document, key).ok_or_else(|| damaged(&format!("`{key}` is missing")))?;
        Sealed::read(text)
    };
    let check = sealed("encKeyValidation_DO_NOT_EDIT")?;
    let data = sealed("data")?;
    let keys = Keys::expand(stretch(source, document)?.as_slice());
    if !check.is_authentic(&keys) {
        return Err(TransferError::WrongPassword);
    }
    let plain = Some(&data).filter(|data| data.is_authentic(&keys)).and_then(|data| data.open(&keys));
    let plain = plain.ok_or_else(|| damaged("its content does not fit its key"))?;
    Document::parse(&plain, Format::Bitwarden)
}

/// The key that the password gives at the costs that the file states.
fn stretch(source: &Source<'_>, document: &Value) -> Result<Derived<32>, TransferError> {
    let password = source.password()?.as_bytes();
    // The text itself is the salt, though it looks like base64.
    let salt = json::text(document, "salt").ok_or_else(|| damaged("its salt is missing"))?.as_bytes();
    let cost = |key: &str| {
        let number = document.get(key).and_then(Value::as_u64);
        number.ok_or_else(|| damaged(&format!("`{key}` is missing")))
    };
    match cost("kdfType")? {
        0 => kdf::pbkdf2(source, Hash::Sha256, password, salt, cost("kdfIterations")?),
        1 => {
            let salt = digest::digest(&digest::SHA256, salt);
            let memory_kib = cost("kdfMemory")?.saturating_mul(1024);
            let costs = (memory_kib, cost("kdfIterations")?, cost("kdfParallelism")?);
            kdf::argon2(source, Argon2::Id, password, salt.as_ref(), costs)
        }
        _ => Err(TransferError::Unsupported {
            reason: "This Bitwarden file checks its password in a way that is not known here. Update this app, or export again without a password.",
        }),
    }
}

/// One key to encrypt, one to authenticate.
struct Keys {
    encryption: Zeroizing<Vec<u8>>,
    authentication: Zeroizing<Vec<u8>>,
}

impl Keys {
    /// HKDF-Expand (RFC 5869 §2.3) of one block each; there is no extract before it.
    fn expand(stretched: &[u8]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, stretched);
        let expand = |info: &[u8]| Zeroizing::new(hmac::sign(&key, info).as_ref().to_vec());
        Self { encryption: expand(b"enc\x01"), authentication: expand(b"mac\x01") }
    }
}

/// `2.iv|ciphertext|mac`, each in base64.
struct Sealed {
    iv: Zeroizing<Vec<u8>>,
    text: Zeroizing<Vec<u8>>,
    mac: Zeroizing<Vec<u8>>,
}

impl Sealed {
    fn read(text: &str) -> Result<Self, TransferError> {
        let parts = text.strip_prefix("2.").ok_or_else(|| damaged("it is sealed in an unknown way"))?;
        let mut parts = parts.split('|').map(base64_bytes);
        let mut part = || parts.next().flatten().ok_or_else(|| damaged("a sealed part of it is no base64"));
        let sealed = Self { iv: part()?, text: part()?, mac: part()? };
        let lengths = sealed.iv.len() == 16 && sealed.mac.len() == 32;
        if lengths { Ok(sealed) } else { Err(damaged("a sealed part of it has a wrong length")) }
    }

    fn is_authentic(&self, keys: &Keys) -> bool {
        cipher::hmac_sha256_fits(&keys.authentication, &[&self.iv, &self.text], &self.mac)
    }

    fn open(&self, keys: &Keys) -> Option<Zeroizing<Vec<u8>>> {
        cipher::cbc_open(&keys.encryption, &self.iv, &self.text)
    }
}
