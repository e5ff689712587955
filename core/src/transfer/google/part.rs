//! One part of an export: an `otpauth-migration` link, which is what one of its QR codes holds.
//!
//! The bytes inside are `protobuf`'s; collecting the parts is up to who reads a file or scans one code after the other.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use zeroize::Zeroizing;

use super::protobuf::{self, Account, Payload};
use crate::otp::{Algorithm, Kind, OtpEntry};
use crate::transfer::fields::{self, Unusable};
use crate::transfer::names;
use crate::transfer::{Field, Format, Found, Imported, Item, TransferError};

/// Most parts that one export can have. Google's app makes one for each ten accounts.
const MAX_SIZE: u32 = 1000;

const SCHEME: &str = "otpauth-migration:";

/// Padding is sometimes lost on the way, and left-over bits need not be zero.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// One QR code of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationPart {
    /// Parts of one export have the same number; another one is another export.
    pub batch_id: i32,
    /// Which part this is, from 0; less than `size`.
    pub index: u32,
    /// How many parts there are, at least 1.
    pub size: u32,
    /// Its accounts in their order, counted from 1 within this part.
    pub items: Vec<Item>,
}

impl MigrationPart {
    /// Whether the text holds such a link, maybe behind other text as some QR readers write it.
    #[must_use]
    pub fn is_in(text: &str) -> bool {
        find_scheme(text).is_some()
    }

    /// Reads the link in `text`.
    ///
    /// # Errors
    /// [`TransferError::NotRecognised`] without such a link, [`TransferError::Damaged`] when its data cannot be read.
    pub fn parse(text: &str) -> Result<Self, TransferError> {
        let link = find_scheme(text).ok_or(TransferError::NotRecognised)?;
        let data = data(link).ok_or_else(|| damaged("it holds no data"))?;
        let payload = protobuf::decode(&data).map_err(|_| damaged("its data is broken off or changed"))?;
        let size = u32::try_from(payload.batch_size.max(1)).ok().filter(|size| *size <= MAX_SIZE);
        let size = size.ok_or_else(|| damaged("it says that it has more than 1000 parts"))?;
        let index = u32::try_from(payload.batch_index).ok().filter(|index| *index < size);
        let index = index.ok_or_else(|| damaged("the number of the part is beyond their count"))?;
        let items = payload.accounts.iter().enumerate().map(|(place, account)| item(place + 1, account));
        Ok(Self { batch_id: payload.batch_id, index, size, items: items.collect() })
    }

    /// Puts parts together: one export after the other as they first appear, each in the order of its parts, each part
    /// once. [`Found::missing_parts`] says which are missing, from 1.
    #[must_use]
    pub fn join(parts: Vec<Self>) -> Found {
        let mut batches: Vec<(i32, BTreeMap<u32, Self>)> = Vec::new();
        for part in parts {
            let batch = match batches.iter().position(|(id, _)| *id == part.batch_id) {
                Some(place) => batches.get_mut(place),
                None => {
                    batches.push((part.batch_id, BTreeMap::new()));
                    batches.last_mut()
                }
            };
            if let Some((_, batch)) = batch {
                batch.entry(part.index).or_insert(part);
            }
        }
        let mut found = Found::new(Format::Google, Vec::new());
        for (_, batch) in batches {
            let size = batch.values().map(|part| part.size).max().unwrap_or(0);
            found.missing_parts.extend((0..size).filter(|index| !batch.contains_key(index)).map(|i| i + 1));
            found.items.extend(batch.into_values().flat_map(|part| part.items));
        }
        for (place, item) in found.items.iter_mut().enumerate() {
            if let Item::Refused(refusal) = item {
                refusal.index = place + 1;
            }
        }
        found
    }
}

/// Why an account cannot go into such a link. `Display` is a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::transfer) enum NotHeld {
    #[error("Google's form knows no codes of this kind.")]
    Kind,
    #[error("Google's form knows codes of 6 and 8 digits only.")]
    Digits,
    #[error("Google's form knows codes that live 30 seconds only.")]
    Period,
}

/// Whether Google's form can hold this account.
///
/// # Errors
/// [`NotHeld`] says why it cannot.
pub(in crate::transfer) fn holds(entry: &OtpEntry) -> Result<(), NotHeld> {
    to_account(entry).map(|_| ())
}

/// The link of one part of an export. Entries that the form cannot hold are left out; ask [`holds`] beforehand.
pub(in crate::transfer) fn write(
    entries: &[&OtpEntry],
    batch_id: i32,
    index: u32,
    size: u32,
) -> Zeroizing<String> {
    let payload = Payload {
        accounts: entries.iter().filter_map(|entry| to_account(entry).ok()).collect(),
        version: 1,
        batch_size: i32::try_from(size).unwrap_or(i32::MAX),
        batch_index: i32::try_from(index).unwrap_or(i32::MAX),
        batch_id,
    };
    let data = Zeroizing::new(BASE64.encode(protobuf::encode(&payload)));
    let mut link = Zeroizing::new(String::with_capacity(SCHEME.len() + 16 + 3 * data.len()));
    link.push_str(SCHEME);
    link.push_str("//offline?data=");
    link.extend(utf8_percent_encode(&data, NON_ALPHANUMERIC));
    link
}

fn find_scheme(text: &str) -> Option<&str> {
    // ASCII only, so the places are the same in both spellings.
    let at = text.to_ascii_lowercase().find(SCHEME)?;
    text.get(at..)
}

/// The bytes of the parameter `data`; none when it is missing, empty or no base64.
fn data(link: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (_, query) = link.split_once('?')?;
    let raw = query.split('&').find_map(|pair| pair.strip_prefix("data="))?;
    let decoded = Zeroizing::new(percent_decode_str(raw.trim()).decode_utf8().ok()?.into_owned());
    let mut plain = Zeroizing::new(String::with_capacity(decoded.len()));
    plain.extend(decoded.chars().filter(|c| !matches!(c, '\r' | '\n' | '\t')).map(|c| match c {
        // Who decodes `+` as forms do makes it a space; base64 has none of its own.
        ' ' | '-' => '+',
        '_' => '/',
        other => other,
    }));
    let bytes = Zeroizing::new(BASE64.decode(plain.as_bytes()).ok()?);
    (!bytes.is_empty()).then_some(bytes)
}

fn damaged(what: &str) -> TransferError {
    TransferError::Damaged { format: Format::Google, what: what.to_owned() }
}

fn item(index: usize, account: &Account) -> Item {
    let (issuer, name) = names::names(Some(&account.issuer), Some(&account.name), None);
    match to_entry(account, issuer.as_deref(), &name) {
        Ok(otp) => Item::Usable(Box::new(Imported::from(otp))),
        Err(unusable) => unusable.refused(index, names::shown(issuer.as_deref(), &name)),
    }
}

fn to_entry(account: &Account, issuer: Option<&str>, name: &str) -> Result<OtpEntry, Unusable> {
    let secret = fields::secret(&account.secret)?;
    let unknown = |field, what: &str, number: i32| {
        Unusable::new(field, format!("its {what} has the unknown number {number}"))
    };
    let algorithm = match account.algorithm {
        0 | 1 => Algorithm::Sha1,
        2 => Algorithm::Sha256,
        3 => Algorithm::Sha512,
        4 => return Err(Unusable::new(Field::Algorithm, "it asks for MD5, of which no codes are made here")),
        other => return Err(unknown(Field::Algorithm, "algorithm", other)),
    };
    let digits = match account.digits {
        0 | 1 => 6,
        2 => 8,
        other => return Err(unknown(Field::Digits, "count of digits", other)),
    };
    let kind = match account.kind {
        0 | 2 => Kind::Totp { algorithm, digits, period: OtpEntry::DEFAULT_PERIOD },
        1 => Kind::Hotp { algorithm, digits, counter: fields::counter(Some(account.counter))? },
        other => return Err(unknown(Field::Type, "kind of codes", other)),
    };
    Ok(OtpEntry::new(issuer, name, secret, kind)?)
}

fn to_account(entry: &OtpEntry) -> Result<Account, NotHeld> {
    let (algorithm, digits, kind, counter) = match *entry.kind() {
        Kind::Totp { algorithm, digits, period: 30 } => (algorithm, digits, 2, 0),
        Kind::Totp { .. } => return Err(NotHeld::Period),
        Kind::Hotp { algorithm, digits, counter } => (algorithm, digits, 1, counter),
        Kind::Steam | Kind::Motp { .. } | Kind::Yandex { .. } => return Err(NotHeld::Kind),
    };
    let digits = match digits {
        6 => 1,
        8 => 2,
        _ => return Err(NotHeld::Digits),
    };
    let algorithm = match algorithm {
        Algorithm::Sha1 => 1,
        Algorithm::Sha256 => 2,
        Algorithm::Sha512 => 3,
    };
    // The issuer stands in the name too, as Google's app writes it; without one, an empty prefix keeps an account with
    // a colon of its own whole.
    let name = match entry.issuer() {
        Some(issuer) => format!("{issuer}:{}", entry.account()),
        None if entry.account().contains(':') => format!(":{}", entry.account()),
        None => entry.account().to_owned(),
    };
    Ok(Account {
        secret: Zeroizing::new(entry.secret().expose().to_vec()),
        name,
        issuer: entry.issuer().unwrap_or_default().to_owned(),
        algorithm,
        digits,
        kind,
        counter: i64::try_from(counter).unwrap_or(i64::MAX),
    })
}
