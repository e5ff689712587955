//! The entries of andOTP's JSON.

use serde_json::Value;

use super::damaged;
use crate::entries::{Details, Usage};
use crate::otp::{Kind, OtpEntry};
use crate::transfer::fields::{self, Unusable};
use crate::transfer::kinds::{self, Arithmetic};
use crate::transfer::source::MAX_ENTRIES;
use crate::transfer::{Field, Imported, Item, TransferError, details, json, names};

/// Every entry, in the file's order.
///
/// # Errors
/// [`TransferError::Damaged`], [`TransferError::TooLarge`].
pub(super) fn items(document: &Value) -> Result<Vec<Item>, TransferError> {
    let entries = document.as_array().ok_or_else(|| damaged("it is no list of entries"))?;
    if entries.len() > MAX_ENTRIES {
        return Err(TransferError::TooLarge { what: "more than 100 000 entries" });
    }
    Ok(entries.iter().zip(1..).map(|(entry, index)| item(entry, index)).collect())
}

fn item(entry: &Value, index: usize) -> Item {
    let (issuer, account) = names_of(json::text(entry, "issuer"), json::text(entry, "label"));
    match imported(entry, issuer.as_deref(), &account) {
        Ok(imported) => Item::Usable(Box::new(imported)),
        Err(unusable) => unusable.refused(index, names::shown(issuer.as_deref(), &account)),
    }
}

/// The oldest files have both names in one, `issuer - account`.
fn names_of(issuer: Option<&str>, label: Option<&str>) -> (Option<String>, String) {
    match label {
        Some(label) if issuer.is_none() && label.contains(" - ") => {
            names::split_at(None, Some(label), None, " - ")
        }
        _ => names::names(issuer, label, None),
    }
}

fn imported(entry: &Value, issuer: Option<&str>, account: &str) -> Result<Imported, Unusable> {
    let arithmetic = Arithmetic {
        algorithm: json::text(entry, "algorithm"),
        digits: json::number(entry, "digits", Field::Digits)?,
        period: json::number(entry, "period", Field::Period)?,
        counter: json::number(entry, "counter", Field::Counter)?,
    };
    // The secret of Mobile-OTP is a text, of which this is the base32.
    let secret = fields::base32(json::text(entry, "secret").unwrap_or_default())?;
    let named = json::text(entry, "type");
    let kind = match named.map(str::to_ascii_uppercase).as_deref() {
        Some("TOTP") => arithmetic.totp(issuer)?,
        Some("HOTP") => arithmetic.hotp()?,
        Some("STEAM") => Kind::Steam,
        Some("MOTP") => Kind::Motp { pin: None },
        _ => return Err(kinds::unknown_type(named)),
    };
    let warnings = arithmetic.warnings(&kind);
    let otp = OtpEntry::new(issuer, account, secret, kind)?;
    Ok(Imported { otp, details: details_of(entry), warnings })
}

fn details_of(entry: &Value) -> Details {
    let mut made = Details::default();
    json::list(entry, "tags").iter().filter_map(Value::as_str).for_each(|name| details::tag(&mut made, name));
    let number = |key| json::number(entry, key, Field::Entry).ok().flatten();
    let last_at = number("last_used").and_then(|milliseconds| u64::try_from(milliseconds / 1000).ok());
    made.used = Usage { times: details::times(number("used_frequency")), last_at: last_at.unwrap_or(0) };
    made
}
