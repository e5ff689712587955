//! The items of Bitwarden's JSON: logins with codes are taken, everything else is left aside.

use std::collections::HashMap;

use serde_json::Value;

use super::super::{Aside, Format, Item, Skip, TransferError, details, json, names};
use super::entry::Login;
use crate::entries::Details;

/// Every item of the document, in its order.
///
/// # Errors
/// [`TransferError`] when there is no list, or too long a one.
pub(super) fn items(document: &Value) -> Result<Vec<Item>, TransferError> {
    // Exports of organisations have collections instead of folders.
    let groups = json::list(document, "folders").iter().chain(json::list(document, "collections"));
    let groups: HashMap<&str, &str> =
        groups.filter_map(|group| Some((json::text(group, "id")?, json::text(group, "name")?))).collect();
    let items = json::entries(document, "items", Format::Bitwarden)?;
    Ok(items.iter().zip(1..).map(|(value, index)| item(value, index, &groups)).collect())
}

fn item(value: &Value, index: usize, groups: &HashMap<&str, &str>) -> Item {
    let name = json::text(value, "name");
    let what = match value.get("type").and_then(Value::as_u64) {
        Some(1) => Aside::Login,
        Some(2) => Aside::Note,
        Some(3) => Aside::Card,
        Some(4) => Aside::Identity,
        Some(5) => Aside::SshKey,
        _ => Aside::Other,
    };
    let login = json::member(value, "login").filter(|_| value.get("type") == Some(&Value::from(1)));
    let Some((login, totp)) = login.and_then(|login| Some((login, json::text(login, "totp")?))) else {
        return Item::Skipped(Skip { index, name: names::shown(name, ""), what });
    };
    let mut found = Details {
        pinned: json::flag(value, "favorite"),
        note: json::text(value, "notes").unwrap_or_default().to_owned(),
        ..Details::default()
    };
    let collections = json::list(value, "collectionIds").iter().filter_map(Value::as_str);
    for id in json::text(value, "folderId").into_iter().chain(collections) {
        if let Some(name) = groups.get(id) {
            details::tag(&mut found, name);
        }
    }
    Login { totp, name, username: json::text(login, "username"), details: found }.item(index)
}
