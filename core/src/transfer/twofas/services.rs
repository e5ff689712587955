//! The services of a 2FAS backup, as its entries are called.

use std::collections::HashMap;

use serde_json::Value;

use super::super::fields::{self, Unusable};
use super::super::kinds::{self, Arithmetic};
use super::super::source::MAX_ENTRIES;
use super::super::{Field, Imported, Item, TransferError, details, json, names};
use super::damaged;
use crate::entries::Details;
use crate::otp::{Kind, OtpEntry};

/// Names of groups by their ids.
pub(super) fn groups(document: &Value) -> HashMap<&str, &str> {
    let groups = json::list(document, "groups").iter();
    groups.filter_map(|group| Some((json::text(group, "id")?, json::text(group, "name")?))).collect()
}

/// Every service of the list, in its order.
///
/// # Errors
/// [`TransferError`] when it is no list, or too long.
pub(super) fn items(services: &Value, groups: &HashMap<&str, &str>) -> Result<Vec<Item>, TransferError> {
    let services = services.as_array().ok_or_else(|| damaged("its list of services is missing"))?;
    if services.len() > MAX_ENTRIES {
        return Err(TransferError::TooLarge { what: "more than 100 000 entries" });
    }
    Ok(services.iter().zip(1..).map(|(service, index)| item(service, index, groups)).collect())
}

fn item(service: &Value, index: usize, groups: &HashMap<&str, &str>) -> Item {
    let otp = json::member(service, "otp").unwrap_or(&Value::Null);
    let name = json::text(service, "name");
    let account = json::text(otp, "account").or_else(|| json::text(otp, "label"));
    let (issuer, account) = names::names(json::text(otp, "issuer").or(name), account, None);
    match imported(service, otp, issuer.as_deref(), &account, groups) {
        Ok(imported) => Item::Usable(Box::new(imported)),
        Err(unusable) => unusable.refused(index, names::shown(issuer.as_deref(), &account)),
    }
}

fn imported(
    service: &Value,
    otp: &Value,
    issuer: Option<&str>,
    account: &str,
    groups: &HashMap<&str, &str>,
) -> Result<Imported, Unusable> {
    let secret = fields::base32(json::text(service, "secret").unwrap_or_default())?;
    let link = json::text(otp, "link").unwrap_or_default();
    let number = |key: &str, field: Field| match json::number(otp, key, field)? {
        None => of_link(link, key, field),
        found => Ok(found),
    };
    let arithmetic = Arithmetic {
        algorithm: json::text(otp, "algorithm").or_else(|| parameter(link, "algorithm")),
        digits: number("digits", Field::Digits)?,
        period: number("period", Field::Period)?,
        counter: json::number(otp, "counter", Field::Counter)?,
    };
    // Schema 1 and 2 know only one type, and do not write it.
    let kind = match json::text(otp, "tokenType").unwrap_or("TOTP") {
        "TOTP" => arithmetic.totp(issuer)?,
        "HOTP" => arithmetic.hotp()?,
        "STEAM" => Kind::Steam,
        other => return Err(kinds::unknown_type(Some(other))),
    };
    let mut found = Details::default();
    if let Some(name) = json::text(service, "groupId").and_then(|id| groups.get(id)) {
        details::tag(&mut found, name);
    }
    let order = json::member(service, "order").and_then(|order| order.get("position"));
    found.position = details::position(order.and_then(Value::as_i64));
    let warnings = arithmetic.warnings(&kind);
    Ok(Imported { otp: OtpEntry::new(issuer, account, secret, kind)?, details: found, warnings })
}

/// A parameter of the link that a service was once made from. Its secret may be masked there, so it is no link that
/// could be read as one; only what the service itself does not say is taken from it.
fn parameter<'a>(link: &'a str, key: &str) -> Option<&'a str> {
    let (_, query) = link.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find_map(|(name, value)| name.eq_ignore_ascii_case(key).then_some(value))
}

fn of_link(link: &str, key: &str, field: Field) -> Result<Option<i64>, Unusable> {
    match parameter(link, key) {
        None | Some("" | "null") => Ok(None),
        Some(text) => match text.parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(Unusable::new(field, format!("`{key}` of its link is no whole number"))),
        },
    }
}
