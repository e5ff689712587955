//! The backup of FreeOTP 2: a key from the password opens the master key, and that opens each token's secret.

use std::collections::HashMap;

use serde_json::Value;
use zeroize::Zeroizing;

use super::java::Map;
use super::token::{self, Counting};
use crate::otp::Secret;
use crate::transfer::fields::{self, Unusable, java_bytes};
use crate::transfer::json::{self, Document};
use crate::transfer::kdf::{self, Hash};
use crate::transfer::{Format, Item, Source, TransferError, cipher};

const MASTER: &str = "masterKey";
/// What the names of tokens end with; secrets have the same name without it.
const TOKEN: &str = "-token";

/// Every token, in the file's order.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn items(source: &Source<'_>) -> Result<Vec<Item>, TransferError> {
    let map = Map::read(source.bytes()).ok_or_else(|| damaged("it is no whole Java object"))?;
    let by_name: HashMap<_, _> = map.pairs().collect();
    let master = by_name.get(MASTER).ok_or_else(|| damaged("its master key is missing"))?;
    let master = master_key(source, master)?;
    let mut items = Vec::new();
    for (name, text) in map.pairs().filter(|(name, _)| *name != MASTER) {
        let index = items.len() + 1;
        if let Some(id) = name.strip_suffix(TOKEN) {
            items.push(of_token(text, by_name.get(id).copied(), &master, index));
        } else if !by_name.contains_key(format!("{name}{TOKEN}").as_str()) {
            items.push(token::halved().refused(index, String::new()));
        }
    }
    Ok(items)
}

/// The key to all secrets: 32 bytes.
fn master_key(source: &Source<'_>, text: &str) -> Result<Zeroizing<Vec<u8>>, TransferError> {
    let document = Document::parse(text.as_bytes(), Format::FreeOtp)?;
    let hash = match json::text(&document, "mAlgorithm") {
        Some("PBKDF2withHmacSHA1") => Hash::Sha1,
        Some("PBKDF2withHmacSHA512") => Hash::Sha512,
        _ => return Err(damaged("it names an unknown way to check its password")),
    };
    let iterations = document.get("mIterations").and_then(Value::as_u64);
    let iterations = iterations.ok_or_else(|| damaged("its count of iterations is missing"))?;
    let salt = document.get("mSalt").and_then(java_bytes).ok_or_else(|| damaged("its salt is missing"))?;
    let sealed = document.get("mEncryptedKey").and_then(Sealed::read);
    let sealed = sealed.ok_or_else(|| damaged("its master key is in an unknown form"))?;
    let key = kdf::pbkdf2::<32>(source, hash, source.password()?.as_bytes(), &salt, iterations)?;
    let master = sealed.open(key.as_slice()).ok_or(TransferError::WrongPassword)?;
    if master.len() == 32 { Ok(master) } else { Err(damaged("its master key has a wrong length")) }
}

fn of_token(text: &str, key: Option<&str>, master: &[u8], index: usize) -> Item {
    let Ok(document) = Document::parse(text.as_bytes(), Format::FreeOtp) else {
        return token::closed().refused(index, String::new());
    };
    let (secret, algorithm) = match key.map(|key| secret(key, master)) {
        None => (Err(token::halved()), None),
        Some(Err(unusable)) => (Err(unusable), None),
        Some(Ok((secret, algorithm))) => (Ok(secret), algorithm),
    };
    token::item(&document, secret, Counting::Next, algorithm.as_deref(), index)
}

/// A token's secret, and the hash that its key was made for.
fn secret(text: &str, master: &[u8]) -> Result<(Secret, Option<String>), Unusable> {
    let parse = |text: &str| Document::parse(text.as_bytes(), Format::FreeOtp).map_err(|_| token::closed());
    let outer = parse(text)?;
    let inner = parse(json::text(&outer, "key").ok_or_else(token::closed)?)?;
    let sealed = Sealed::read(&inner).ok_or_else(token::closed)?;
    let secret = fields::secret(&sealed.open(master).ok_or_else(token::closed)?)?;
    let algorithm = sealed.purpose.strip_prefix("Hmac").map(str::to_owned);
    Ok((secret, algorithm))
}

/// Something sealed by Java's `AES/GCM/NoPadding`; what it is for is authenticated with it.
struct Sealed {
    purpose: String,
    nonce: Zeroizing<Vec<u8>>,
    text: Zeroizing<Vec<u8>>,
}

impl Sealed {
    fn read(value: &Value) -> Option<Self> {
        json::text(value, "mCipher").filter(|cipher| *cipher == "AES/GCM/NoPadding")?;
        let parameters = java_bytes(value.get("mParameters")?)?;
        // DER: a sequence of the nonce and the tag's length, or the nonce alone.
        let body = match parameters.as_slice() {
            [0x30, length, body @ ..] if usize::from(*length) == body.len() => body,
            body => body,
        };
        let nonce = match body {
            [0x04, 12, rest @ ..] => {
                rest.get(..12).filter(|_| matches!(rest.get(12..), Some([] | [2, 1, 16])))?
            }
            _ => return None,
        };
        Some(Self {
            purpose: json::text(value, "mToken")?.to_owned(),
            nonce: Zeroizing::new(nonce.to_vec()),
            text: java_bytes(value.get("mCipherText")?)?,
        })
    }

    fn open(&self, key: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        cipher::gcm_open(key, &self.nonce, &self.text, self.purpose.as_bytes())
    }
}

fn damaged(what: &str) -> TransferError {
    TransferError::Damaged { format: Format::FreeOtp, what: what.to_owned() }
}
