//! The encrypted export of Ente Auth: Argon2id, then one message of libsodium's secret stream (`secretstream`).
//!
//! Nothing in it tells a wrong password from damage, but what has to be there before the password counts.

use serde_json::Value;
use zeroize::Zeroizing;

use super::super::fields::base64_bytes;
use super::super::kdf::{self, Argon2};
use super::super::{Format, Source, TransferError, json};
use super::damaged;
use super::secretstream::{self, HEADER_BYTES, OVERHEAD, Unopened};

/// The lines behind the password.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn open(source: &Source<'_>, document: &Value) -> Result<Zeroizing<Vec<u8>>, TransferError> {
    match document.get("version").and_then(Value::as_u64) {
        Some(1) => {}
        Some(version @ 2..) => {
            return Err(TransferError::UnsupportedVersion {
                format: Format::Ente,
                version: version.to_string(),
            });
        }
        _ => return Err(damaged("it does not say its version")),
    }
    let params = json::member(document, "kdfParams").unwrap_or(&Value::Null);
    let salt = bytes(params, "salt", |length| length == 16)?;
    let header = bytes(document, "encryptionNonce", |length| length == HEADER_BYTES)?;
    let message = bytes(document, "encryptedData", |length| length >= OVERHEAD)?;
    let cost = |key: &str| {
        let number = params.get(key).and_then(Value::as_u64);
        number.ok_or_else(|| damaged(&format!("`{key}` is missing")))
    };
    // libsodium counts memory in bytes and rounds down.
    let costs = (cost("memLimit")? / 1024, cost("opsLimit")?, 1);
    let password = source.password()?.as_bytes();
    let key = kdf::argon2(source, Argon2::Id, password, &salt, costs)?;
    secretstream::open(&key, &header, &message).map_err(|error| match error {
        Unopened::Mac => TransferError::WrongPasswordOrDamaged,
        Unopened::Length => damaged("a sealed part of it has a wrong length"),
        Unopened::NotFinal => damaged("its end is missing"),
    })
}

fn bytes(
    value: &Value,
    key: &str,
    fits: impl Fn(usize) -> bool,
) -> Result<Zeroizing<Vec<u8>>, TransferError> {
    let bytes = json::text(value, key).and_then(base64_bytes).filter(|bytes| fits(bytes.len()));
    bytes.ok_or_else(|| damaged(&format!("`{key}` is missing or has a wrong length")))
}
