//! The encrypted backup of 2FAS: PBKDF2 and AES-256-GCM over the list of services, and once more over a fixed text, the
//! reference, which tells a wrong password from damage.

use zeroize::Zeroizing;

use super::super::fields::base64_bytes;
use super::super::json::Document;
use super::super::kdf::{self, Hash};
use super::super::{Format, Source, TransferError, cipher};
use super::damaged;

/// As 2FAS has it in all versions; the file does not say it.
const ITERATIONS: u64 = 10_000;

/// The list of services behind the password.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn open(
    source: &Source<'_>,
    services: &str,
    reference: Option<&str>,
) -> Result<Document, TransferError> {
    let services = Sealed::read(services)?;
    let reference = reference.map(Sealed::read).transpose()?;
    let key = services.key(source)?;
    match &reference {
        Some(reference) => {
            // Both are sealed with one salt, so one derivation serves both, unless a file says otherwise.
            let own = if reference.salt == services.salt { None } else { Some(reference.key(source)?) };
            reference.open(own.as_ref().unwrap_or(&key)).ok_or(TransferError::WrongPassword)?;
            let plain = services.open(&key).ok_or_else(|| damaged("its services do not fit their key"))?;
            Document::parse(&plain, Format::TwoFas)
        }
        None => {
            let plain = services.open(&key).ok_or(TransferError::WrongPasswordOrDamaged)?;
            Document::parse(&plain, Format::TwoFas)
        }
    }
}

/// `ciphertext and tag : salt : nonce`, each in base64.
struct Sealed {
    text: Zeroizing<Vec<u8>>,
    salt: Zeroizing<Vec<u8>>,
    nonce: Zeroizing<Vec<u8>>,
}

impl Sealed {
    fn read(text: &str) -> Result<Self, TransferError> {
        let mut parts = text.split(':');
        let mut part = |what: &str| {
            let bytes = parts.next().and_then(base64_bytes).filter(|bytes| !bytes.is_empty());
            bytes.ok_or_else(|| damaged(&format!("its {what} is missing or no base64")))
        };
        let sealed = Self { text: part("ciphertext")?, salt: part("salt")?, nonce: part("nonce")? };
        if sealed.nonce.len() == 12 { Ok(sealed) } else { Err(damaged("its nonce is not of 12 bytes")) }
    }

    fn key(&self, source: &Source<'_>) -> Result<kdf::Derived<32>, TransferError> {
        let password = source.password()?;
        kdf::pbkdf2(source, Hash::Sha256, password.as_bytes(), &self.salt, ITERATIONS)
    }

    fn open(&self, key: &kdf::Derived<32>) -> Option<Zeroizing<Vec<u8>>> {
        cipher::gcm_open(key.as_slice(), &self.nonce, &self.text, &[])
    }
}
