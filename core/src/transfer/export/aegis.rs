//! Aegis JSON (its database version 3), plain or encrypted with a password, as Aegis itself writes it.
//!
//! Reading it is `transfer::aegis`'s subject; nothing is shared with that on purpose, so that each proves the other.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{ExportError, Written};
use crate::entries::{Details, Kept};
use crate::host::{Rng, RngError};
use crate::otp::{Kind, OtpEntry, Secret};
use crate::transfer::fields::hex_bytes;
use crate::transfer::json::{Document, to_bytes};
use crate::transfer::{Source, cipher, kdf};

/// scrypt as Aegis writes it: n, r, p.
const COST: (u64, u64, u64) = (32_768, 8, 1);

/// Makes the ids of entries and groups.
pub(crate) struct Uuids<'a>(pub(crate) &'a dyn Rng);

impl Uuids<'_> {
    fn next(&self) -> Result<String, RngError> {
        let mut bytes = [0; 16];
        self.0.fill(&mut bytes)?;
        Ok(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string())
    }
}

/// The plain file.
///
/// # Errors
/// [`RngError`].
pub(crate) fn plain(entries: &[&Kept], uuids: &Uuids<'_>) -> Result<Written, RngError> {
    let (mut written, database) = database(entries, uuids)?;
    let file = json!({ "version": 1, "header": { "slots": null, "params": null }, "db": *database });
    written.files.push(to_bytes(&*Document::of(file)));
    Ok(written)
}

/// The file under a password: a random key seals the database, scrypt of the password seals the key.
///
/// # Errors
/// [`ExportError::Rng`], [`ExportError::Sealing`] without enough memory.
pub(crate) fn encrypted(
    entries: &[&Kept],
    uuids: &Uuids<'_>,
    password: &str,
) -> Result<Written, ExportError> {
    let (mut written, database) = database(entries, uuids)?;
    let random = |bytes: &mut [u8]| uuids.0.fill(bytes);
    let (mut master, mut salt) = (Zeroizing::new([0; 32]), [0; 32]);
    let (mut key_nonce, mut nonce) = ([0; 12], [0; 12]);
    random(master.as_mut_slice())?;
    random(&mut salt)?;
    random(&mut key_nonce)?;
    random(&mut nonce)?;
    let slot = uuids.next()?;
    let source = Source::new(&[]).even_if_costly();
    let derived = kdf::scrypt::<32>(&source, password.as_bytes(), &salt, COST)?;
    let (key, key_tag) = seal(derived.as_slice(), &key_nonce, master.as_slice());
    let (sealed, tag) = seal(master.as_slice(), &nonce, &to_bytes(&*database));
    let (n, r, p) = COST;
    let file = json!({
        "version": 1,
        "header": {
            "slots": [{
                "type": 1,
                "uuid": slot,
                "key": hex(&key),
                "key_params": { "nonce": hex(&key_nonce), "tag": hex(&key_tag) },
                "n": n, "r": r, "p": p,
                "salt": hex(&salt),
                "repaired": true,
                "is_backup": false,
            }],
            "params": { "nonce": hex(&nonce), "tag": hex(&tag) },
        },
        "db": STANDARD.encode(sealed),
    });
    written.files.push(to_bytes(&*Document::of(file)));
    Ok(written)
}

/// The ciphertext and its tag, which Aegis keeps apart. Lengths are right by type, and what is written is read again.
fn seal(key: &[u8], nonce: &[u8; 12], plain: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut sealed = cipher::gcm_seal(key, nonce, plain, &[]).unwrap_or_default();
    let tag = sealed.split_off(sealed.len().saturating_sub(16));
    (sealed, tag)
}

fn database(entries: &[&Kept], uuids: &Uuids<'_>) -> Result<(Written, Document), RngError> {
    let mut written = Written::default();
    let mut groups = BTreeMap::<&str, String>::new();
    for tag in entries.iter().flat_map(|kept| &kept.details.tags) {
        if !groups.contains_key(tag.as_str()) {
            groups.insert(tag, uuids.next()?);
        }
    }
    let mut listed = Vec::with_capacity(entries.len());
    for kept in entries {
        match arithmetic(&kept.otp) {
            Ok((kind, info)) => listed.push(entry(kept, kind, info, &groups, uuids.next()?)),
            Err(reason) => written.leave_out(kept, "left_out", reason),
        }
    }
    let groups: Vec<Value> =
        groups.into_iter().map(|(name, uuid)| json!({ "uuid": uuid, "name": name })).collect();
    let database = json!({ "version": 3, "entries": listed, "groups": groups, "icons_optimized": true });
    Ok((written, Document::of(database)))
}

fn entry(kept: &Kept, kind: &str, info: Value, groups: &BTreeMap<&str, String>, uuid: String) -> Value {
    let Details { tags, pinned, note, icon, .. } = &kept.details;
    let picture = icon.as_ref().and_then(|icon| Some((icon, STANDARD.decode(&icon.base64).ok()?)));
    let groups: Vec<&String> = tags.iter().filter_map(|tag| groups.get(tag.as_str())).collect();
    json!({
        "type": kind,
        "uuid": uuid,
        "name": kept.otp.account(),
        "issuer": kept.otp.issuer().unwrap_or_default(),
        "note": note,
        "favorite": pinned,
        "icon": picture.as_ref().map(|(icon, _)| icon.base64.as_str()),
        "icon_mime": picture.as_ref().map(|(icon, _)| icon.mime.as_str()),
        "icon_hash": picture.as_ref().map(|(_, bytes)| hex(digest(&SHA256, bytes).as_ref())),
        "info": info,
        "groups": groups,
    })
}

/// The kind and how codes are made, in Aegis' words; a sentence when it has none for it.
fn arithmetic(otp: &OtpEntry) -> Result<(&'static str, Value), &'static str> {
    let secret = otp.secret().to_base32();
    let secret = secret.as_str();
    match otp.kind() {
        Kind::Totp { algorithm, digits, period } => Ok((
            "totp",
            json!({ "secret": secret, "algo": algorithm.name(), "digits": digits, "period": period }),
        )),
        Kind::Hotp { algorithm, digits, counter } => Ok((
            "hotp",
            json!({ "secret": secret, "algo": algorithm.name(), "digits": digits, "counter": counter }),
        )),
        Kind::Steam => Ok(("steam", json!({ "secret": secret, "algo": "SHA1", "digits": 5, "period": 30 }))),
        Kind::Motp { pin } => {
            // What is hashed is a text; Aegis keeps the bytes of which it is the lower-case hexadecimal form.
            let text = std::str::from_utf8(otp.secret().expose()).unwrap_or_default();
            let lower = !text.bytes().any(|c| c.is_ascii_uppercase());
            let bytes = hex_bytes(text).filter(|_| lower);
            let secret = bytes.and_then(|bytes| Secret::from_bytes(bytes.to_vec()).ok());
            let secret = secret.ok_or("Aegis holds only secrets of hexadecimal digits for this kind.")?;
            let pin = pin.as_ref().ok_or("Aegis holds this kind only with its PIN. Enter the PIN first.")?;
            let secret = secret.to_base32();
            let info = json!({
                "secret": secret.as_str(), "algo": "MD5", "digits": 6, "period": 10, "pin": pin.expose(),
            });
            Ok(("motp", info))
        }
        Kind::Yandex { pin } => {
            let pin = pin.as_ref().ok_or("Aegis holds this kind only with its PIN. Enter the PIN first.")?;
            let key = otp.secret().expose().get(..16);
            let key = key.and_then(|key| Secret::from_bytes(key.to_vec()).ok());
            let secret = key.ok_or("Aegis holds only secrets of 16 bytes for this kind.")?.to_base32();
            let info = json!({
                "secret": secret.as_str(), "algo": "SHA256", "digits": 8, "period": 30, "pin": pin.expose(),
            });
            Ok(("yandex", info))
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
