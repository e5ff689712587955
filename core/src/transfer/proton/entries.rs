//! The entries of Proton Authenticator's JSON: a link each, and a name beside it.

use serde_json::Value;

use super::super::fields::Unusable;
use super::super::{Format, Imported, Item, TransferError, json, kinds, link, names};
use crate::entries::Details;
use crate::otp::Kind;

/// Every entry of the document, in its order.
///
/// # Errors
/// [`TransferError`] when there is no list, or too long a one.
pub(super) fn items(document: &Value) -> Result<Vec<Item>, TransferError> {
    let entries = json::entries(document, "entries", Format::Proton)?;
    Ok(entries.iter().zip(1..).map(|(entry, index)| item(entry, index)).collect())
}

fn item(entry: &Value, index: usize) -> Item {
    let content = json::member(entry, "content").unwrap_or(&Value::Null);
    let uri = json::text(content, "uri").unwrap_or_default();
    let name = json::text(content, "name");
    match imported(content, uri, name) {
        Ok(mut imported) => {
            let note = json::text(entry, "note").unwrap_or_default().to_owned();
            imported.details = Details { note, ..Details::default() };
            Item::Usable(Box::new(imported))
        }
        Err(unusable) => {
            let shown = name.map_or_else(|| link::shown(uri), |name| names::shown(None, name));
            unusable.refused(index, shown)
        }
    }
}

fn imported(content: &Value, uri: &str, name: Option<&str>) -> Result<Imported, Unusable> {
    let kind = json::text(content, "entry_type");
    if !matches!(kind, Some("Totp" | "Steam")) {
        return Err(kinds::unknown_type(kind));
    }
    let mut imported = link::read(uri)?;
    let otp = &imported.otp;
    // Labels may have an empty issuer before the colon, and links of Steam have no names at all.
    let account = otp.account().trim_start_matches(':');
    let account = if account.is_empty() { name.unwrap_or_default() } else { account }.to_owned();
    let steam = (*otp.kind() == Kind::Steam).then_some("Steam");
    let issuer = otp.issuer().or(steam).map(str::to_owned);
    imported.otp = imported.otp.renamed(issuer.as_deref(), &account);
    Ok(imported)
}
