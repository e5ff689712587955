//! The encrypted vault of Aegis: password slots with scrypt around a master key, AES-256-GCM for both.
//!
//! A slot that opens proves the password; what fails after that is damage.

use serde_json::Value;
use zeroize::Zeroizing;

use super::super::fields::{base64_bytes, hex_bytes};
use super::super::json::{self, Document};
use super::super::{Format, Source, TransferError, cipher, kdf};
use super::damaged;

/// Each slot costs a key derivation. Real files have one or two.
const MOST_SLOTS: usize = 8;

/// The `db` object behind the password.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn open(source: &Source<'_>, header: &Value, db: &str) -> Result<Document, TransferError> {
    let params = sealing(json::member(header, "params").unwrap_or(&Value::Null))?;
    let mut sealed = base64_bytes(db).ok_or_else(|| damaged("its content is no base64"))?;
    sealed.extend_from_slice(&params.tag);
    let slots: Vec<&Value> =
        json::list(header, "slots").iter().filter(|slot| slot.get("type") == Some(&Value::from(1))).collect();
    if slots.is_empty() {
        return Err(TransferError::Unsupported {
            reason: "This Aegis file has no password: only the phone that made it can open it. In Aegis, set a password for backups and export again.",
        });
    }
    if slots.len() > MOST_SLOTS {
        return Err(TransferError::TooLarge { what: "more than 8 passwords" });
    }
    let slots: Vec<Slot> = slots.into_iter().map(Slot::read).collect::<Result<_, _>>()?;
    let master = master_key(source, &slots)?;
    let plain = cipher::gcm_open(&master, &params.nonce, &sealed, &[])
        .ok_or_else(|| damaged("its content does not fit its key"))?;
    Document::parse(&plain, Format::Aegis)
}

fn master_key(source: &Source<'_>, slots: &[Slot]) -> Result<Zeroizing<Vec<u8>>, TransferError> {
    let password = source.password()?;
    let padded = padded(password);
    for slot in slots {
        let padded = padded.as_ref().filter(|_| !slot.repaired);
        for password in
            [Some(password.as_bytes()), padded.map(|bytes| bytes.as_slice())].into_iter().flatten()
        {
            let key: kdf::Derived<32> = kdf::scrypt(source, password, &slot.salt, slot.cost)?;
            if let Some(master) = cipher::gcm_open(key.as_slice(), &slot.sealing.nonce, &slot.sealed, &[]) {
                return Ok(master);
            }
        }
    }
    Err(TransferError::WrongPassword)
}

/// A long password as an old fault of Aegis took it: with the zeros of the buffer that it was encoded into, which has
/// room for 1.1 bytes a character. Up to 64 bytes HMAC adds zeros anyway, so nothing came of it.
fn padded(password: &str) -> Option<Zeroizing<Vec<u8>>> {
    let room = password.encode_utf16().count().saturating_mul(11) / 10;
    if password.len() <= 64 || room <= password.len() {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    bytes.extend_from_slice(password.as_bytes());
    bytes.resize(room, 0);
    Some(bytes)
}

/// Nonce and tag of AES-GCM, which Aegis keeps beside the ciphertext.
struct Sealing {
    nonce: Zeroizing<Vec<u8>>,
    tag: Zeroizing<Vec<u8>>,
}

fn sealing(value: &Value) -> Result<Sealing, TransferError> {
    Ok(Sealing { nonce: hex(value, "nonce", 12)?, tag: hex(value, "tag", 16)? })
}

/// A password slot.
struct Slot {
    sealing: Sealing,
    /// The master key, and the tag behind it.
    sealed: Zeroizing<Vec<u8>>,
    salt: Zeroizing<Vec<u8>>,
    cost: (u64, u64, u64),
    /// Made after that fault was mended.
    repaired: bool,
}

impl Slot {
    fn read(value: &Value) -> Result<Self, TransferError> {
        let sealing = sealing(json::member(value, "key_params").unwrap_or(&Value::Null))?;
        let mut sealed = hex(value, "key", 32)?;
        sealed.extend_from_slice(&sealing.tag);
        let cost = |key: &str| {
            value.get(key).and_then(Value::as_u64).ok_or_else(|| damaged("a password slot has no cost"))
        };
        let cost = (cost("n")?, cost("r")?, cost("p")?);
        let repaired = json::flag(value, "repaired");
        Ok(Self { sealing, sealed, salt: hex(value, "salt", 32)?, cost, repaired })
    }
}

fn hex(value: &Value, key: &str, length: usize) -> Result<Zeroizing<Vec<u8>>, TransferError> {
    let bytes = json::text(value, key).and_then(hex_bytes).filter(|bytes| bytes.len() == length);
    bytes.ok_or_else(|| damaged(&format!("`{key}` is not of {length} bytes")))
}
