//! A token of FreeOTP, as JSON. Where its secret stands differs by version.

use serde_json::Value;

use crate::otp::{Kind, OtpEntry, Secret};
use crate::transfer::fields::{self, Unusable};
use crate::transfer::kinds::{self, Arithmetic};
use crate::transfer::{Field, Imported, Item, json, names};

/// What the number called `counter` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counting {
    /// The last one that was used, −1 for none (FreeOTP 1, FreeOTP+).
    LastUsed,
    /// The next one (FreeOTP 2).
    Next,
}

/// The name under which FreeOTP orders it.
pub(super) fn id(token: &Value) -> String {
    let label = json::text(token, "label").unwrap_or_default();
    match json::text(token, "issuerExt") {
        Some(issuer) => format!("{issuer}:{label}"),
        None => label.to_owned(),
    }
}

/// A token as an item of the file; `algorithm` stands for one that it does not name itself.
pub(super) fn item(
    token: &Value,
    secret: Result<Secret, Unusable>,
    counting: Counting,
    algorithm: Option<&str>,
    index: usize,
) -> Item {
    let text = |keys: &[&str]| keys.iter().find_map(|key| json::text(token, key));
    let issuer = text(&["issuerAlt", "issuerExt", "issuerInt"]);
    let (issuer, account) = names::names(issuer, text(&["labelAlt", "label"]), None);
    let imported = secret.and_then(|secret| {
        imported(token, secret, counting, algorithm, (issuer.as_deref(), account.as_str()))
    });
    match imported {
        Ok(imported) => Item::Usable(Box::new(imported)),
        Err(unusable) => unusable.refused(index, names::shown(issuer.as_deref(), &account)),
    }
}

fn imported(
    token: &Value,
    secret: Secret,
    counting: Counting,
    algorithm: Option<&str>,
    (issuer, account): (Option<&str>, &str),
) -> Result<Imported, Unusable> {
    let counter = json::number(token, "counter", Field::Counter)?;
    let arithmetic = Arithmetic {
        algorithm: json::text(token, "algo").or(algorithm),
        digits: json::number(token, "digits", Field::Digits)?,
        period: json::number(token, "period", Field::Period)?,
        counter: match counting {
            Counting::LastUsed => counter.map(|last| last.saturating_add(1)),
            Counting::Next => counter,
        },
    };
    let named = json::text(token, "type");
    let kind = match named.map(str::to_ascii_uppercase).as_deref() {
        // FreeOTP itself goes by this name alone, whatever the number of digits.
        Some("TOTP") if json::text(token, "issuerExt") == Some("Steam") => Kind::Steam,
        Some("TOTP") => arithmetic.totp(issuer)?,
        Some("HOTP") => arithmetic.hotp()?,
        _ => return Err(kinds::unknown_type(named)),
    };
    let warnings = arithmetic.warnings(&kind);
    let otp = OtpEntry::new(issuer, account, secret, kind)?;
    Ok(Imported { warnings, ..Imported::from(otp) })
}

/// A token whose other half is missing from the file.
pub(super) fn halved() -> Unusable {
    let reason = "the backup holds only one half of it, which FreeOTP is known to write; add it by hand";
    Unusable::new(Field::Entry, reason)
}

/// A secret that the right password does not open.
pub(super) fn closed() -> Unusable {
    fields::Unusable::new(Field::Secret, "its secret is damaged: the key of this backup does not open it")
}
