//! The encrypted export of Proton Authenticator: Argon2id at a fixed cost, then AES-256-GCM.
//!
//! Nothing in it tells a wrong password from damage.

use serde_json::Value;

use super::super::fields::base64_bytes;
use super::super::json::{self, Document};
use super::super::kdf::{self, Argon2, Derived};
use super::super::{Format, Source, TransferError, cipher};
use super::{check_version, damaged};

/// Memory in KiB, passes and lanes; the file does not say them.
const COSTS: (u64, u64, u64) = (19_456, 2, 1);
/// What the seal is bound to.
const CONTEXT: &[u8] = b"proton.authenticator.export.v1";
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

/// The document behind the password, of the shape that plain ones have.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn open(source: &Source<'_>, document: &Value) -> Result<Document, TransferError> {
    let bytes = |key: &str| json::text(document, key).and_then(base64_bytes);
    let salt = bytes("salt")
        .filter(|salt| salt.len() == 16)
        .ok_or_else(|| damaged("its salt is not of 16 bytes"))?;
    let content = bytes("content").filter(|content| content.len() > NONCE_BYTES + TAG_BYTES);
    let content = content.ok_or_else(|| damaged("its content is missing or cut off"))?;
    let (nonce, sealed) = content.split_at(NONCE_BYTES);
    let password = source.password()?.as_bytes();
    let key: Derived<32> = kdf::argon2(source, Argon2::Id, password, &salt, COSTS)?;
    let plain = cipher::gcm_open(key.as_slice(), nonce, sealed, CONTEXT)
        .ok_or(TransferError::WrongPasswordOrDamaged)?;
    let opened = Document::parse(&plain, Format::Proton)?;
    check_version(&opened)?;
    Ok(opened)
}
