//! LastPass's QR code: a link with JSON in gzip in base64, twice one inside the other.

use std::io::Read as _;

use flate2::read::GzDecoder;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{known_version, names_of};
use crate::otp::OtpEntry;
use crate::transfer::fields::{self, Unusable, base64_bytes};
use crate::transfer::json::{self, Document};
use crate::transfer::kinds::Arithmetic;
use crate::transfer::{Field, Format, Imported, Item, TransferError, Warning, names};

const SCHEME: &str = "lpaauth-migration:";
/// Most bytes inside such a link; a QR code holds less than 3 KiB of gzip.
const MAX_INFLATED: u64 = 4 << 20;

/// Whether the text holds such a link, maybe behind other text as some QR readers write it.
pub(in crate::transfer) fn is_link(text: &str) -> bool {
    text.to_ascii_lowercase().contains(SCHEME)
}

/// The accounts of a link.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(in crate::transfer) fn of_link(text: &str) -> Result<Vec<Item>, TransferError> {
    let query = text.split_once('?').map(|(_, query)| query);
    let data = query.and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("data=")));
    let data = data.ok_or_else(|| damaged("its link holds no data"))?;
    let data = percent_decode_str(data).decode_utf8().map_err(|_| damaged("its link is no text"))?;
    // Who decodes `+` as forms do makes it a space; base64 has none of its own.
    let outer = document(&Zeroizing::new(data.trim().replace(' ', "+")))?;
    known_version(&outer)?;
    let inner =
        document(json::text(&outer, "content").ok_or_else(|| damaged("its link holds no accounts"))?)?;
    let accounts = json::entries(&inner, "a", Format::LastPass)?;
    Ok(accounts.iter().zip(1..).map(|(account, index)| item(account, index)).collect())
}

/// JSON in gzip in base64.
fn document(base64: &str) -> Result<Document, TransferError> {
    let packed = base64_bytes(base64).ok_or_else(|| damaged("its link is no base64"))?;
    let mut plain = Zeroizing::new(Vec::new());
    let mut decoder = GzDecoder::new(packed.as_slice()).take(MAX_INFLATED + 1);
    decoder.read_to_end(&mut plain).map_err(|_| damaged("its link is no gzip"))?;
    if plain.len() as u64 > MAX_INFLATED {
        return Err(TransferError::TooLarge { what: "a link that inflates to more than 4 MiB" });
    }
    Document::parse(&plain, Format::LastPass)
}

fn item(account: &Value, index: usize) -> Item {
    let (issuer, user) = names_of(json::text(account, "iN"), json::text(account, "uN"));
    match imported(account, issuer.as_deref(), &user) {
        Ok(imported) => Item::Usable(Box::new(imported)),
        Err(unusable) => unusable.refused(index, names::shown(issuer.as_deref(), &user)),
    }
}

fn imported(account: &Value, issuer: Option<&str>, user: &str) -> Result<Imported, Unusable> {
    let secret = fields::base32(json::text(account, "s").unwrap_or_default())?;
    if json::member(account, "a").is_some_and(|algorithm| !algorithm.is_string()) {
        return Err(Unusable::new(Field::Algorithm, "its algorithm is not given by name"));
    }
    let kind = Arithmetic {
        algorithm: json::text(account, "a"),
        digits: json::number(account, "d", Field::Digits)?,
        period: json::number(account, "tS", Field::Period)?,
        counter: None,
    };
    let otp = OtpEntry::new(issuer, user, secret, kind.totp(issuer)?)?;
    Ok(Imported { warnings: vec![Warning::Unproven], ..Imported::from(otp) })
}

fn damaged(what: &str) -> TransferError {
    TransferError::Damaged { format: Format::LastPass, what: what.to_owned() }
}
