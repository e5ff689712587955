//! The entries of an Aegis vault: the `db` object of versions 1 to 3.

use std::collections::HashMap;

use serde_json::Value;

use super::super::fields::{self, Unusable};
use super::super::kinds::{self, Arithmetic};
use super::super::{Field, Format, Imported, Item, TransferError, details, json, names};
use crate::entries::Details;
use crate::otp::{Kind, OtpEntry};

/// Every entry of `db`, in its order.
///
/// # Errors
/// [`TransferError`] when `db` as a whole cannot be read.
pub(super) fn items(db: &Value) -> Result<Vec<Item>, TransferError> {
    super::version(db, 3)?;
    let groups = json::list(db, "groups");
    let groups: HashMap<&str, &str> = groups
        .iter()
        .filter_map(|group| Some((json::text(group, "uuid")?, json::text(group, "name")?)))
        .collect();
    let entries = json::entries(db, "entries", Format::Aegis)?;
    Ok(entries.iter().zip(1..).map(|(entry, index)| item(entry, index, &groups)).collect())
}

fn item(entry: &Value, index: usize, groups: &HashMap<&str, &str>) -> Item {
    let (issuer, account) = names::names(json::text(entry, "issuer"), json::text(entry, "name"), None);
    match otp(entry, issuer.as_deref(), &account) {
        Ok((otp, mut warnings)) => {
            let mut details = details(entry, groups);
            match json::text(entry, "icon").map(details::icon).transpose() {
                Ok(icon) => details.icon = icon,
                Err(warning) => warnings.push(warning),
            }
            Item::Usable(Box::new(Imported { otp, details, warnings }))
        }
        Err(unusable) => unusable.refused(index, names::shown(issuer.as_deref(), &account)),
    }
}

type Read = (OtpEntry, Vec<super::super::Warning>);

fn otp(entry: &Value, issuer: Option<&str>, account: &str) -> Result<Read, Unusable> {
    let info = json::member(entry, "info").unwrap_or(&Value::Null);
    let mut secret = fields::base32(json::text(info, "secret").unwrap_or_default())?;
    let arithmetic = Arithmetic {
        // An old fault of Aegis: it wrote MD5 for types that never had it, and went on computing with SHA-1.
        algorithm: json::text(info, "algo").filter(|name| !name.eq_ignore_ascii_case("md5")),
        digits: json::number(info, "digits", Field::Digits)?,
        period: json::number(info, "period", Field::Period)?,
        counter: json::number(info, "counter", Field::Counter)?,
    };
    let pin = || fields::pin(json::text(info, "pin"));
    let kind = match json::text(entry, "type") {
        Some("totp") => arithmetic.totp(issuer)?,
        Some("hotp") => arithmetic.hotp()?,
        Some("steam") => Kind::Steam,
        Some("motp") => {
            secret = kinds::motp_text(&secret)?;
            Kind::Motp { pin: pin()? }
        }
        Some("yandex") => Kind::Yandex { pin: pin()? },
        other => return Err(kinds::unknown_type(other)),
    };
    let warnings = arithmetic.warnings(&kind);
    Ok((OtpEntry::new(issuer, account, secret, kind)?, warnings))
}

fn details(entry: &Value, groups: &HashMap<&str, &str>) -> Details {
    let mut found = Details {
        pinned: json::flag(entry, "favorite"),
        note: json::text(entry, "note").unwrap_or_default().to_owned(),
        ..Details::default()
    };
    // Version 3 has ids of several groups; before, there was the name of one.
    if json::member(entry, "groups").is_some() {
        let ids = json::list(entry, "groups").iter().filter_map(Value::as_str);
        ids.filter_map(|id| groups.get(id)).for_each(|name| details::tag(&mut found, name));
    } else if let Some(name) = json::text(entry, "group") {
        details::tag(&mut found, name);
    }
    found
}
