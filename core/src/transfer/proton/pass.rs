//! The ZIP archive of Proton Pass: logins with codes in their own field or in further ones. Passwords are never taken.

use serde_json::Value;

use super::super::json::{self, Document};
use super::super::source::MAX_ENTRIES;
use super::super::{
    Aside, Format, Imported, Item, Skip, Source, TransferError, archive, details, link, names,
};
use super::damaged;
use crate::entries::{Details, MAX_NAME};

/// The member that holds all vaults.
const MEMBER: &str = "Proton Pass/data.json";

/// Every item of every vault; further fields with codes are items of their own.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn items(source: &Source<'_>) -> Result<Vec<Item>, TransferError> {
    let members = archive::members(source.bytes())?;
    let member = members.iter().find(|member| member.name == MEMBER);
    let bytes = archive::read(member.ok_or_else(|| damaged("its archive holds no items"))?, source)?;
    let document = Document::parse(&bytes, Format::Proton)?;
    of_document(&document)
}

/// The same from what the archive holds.
pub(super) fn of_document(document: &Value) -> Result<Vec<Item>, TransferError> {
    let vaults = document.get("vaults").and_then(Value::as_object);
    let vaults = vaults.ok_or_else(|| damaged("its list `vaults` is missing"))?;
    let mut found = Vec::new();
    let mut index = 0;
    for vault in vaults.values() {
        for value in json::entries(vault, "items", Format::Proton)? {
            index += 1;
            push(&mut found, value, json::text(vault, "name").unwrap_or_default(), index);
            if found.len() > MAX_ENTRIES {
                return Err(TransferError::TooLarge { what: "more than 100 000 entries" });
            }
        }
    }
    Ok(found)
}

fn push(found: &mut Vec<Item>, value: &Value, vault: &str, index: usize) {
    let data = json::member(value, "data").unwrap_or(&Value::Null);
    let metadata = json::member(data, "metadata").unwrap_or(&Value::Null);
    let name = json::text(metadata, "name").unwrap_or_default();
    let skip = |what| Item::Skipped(Skip { index, name: names::shown(None, name), what });
    if value.get("state") == Some(&Value::from(2)) {
        return found.push(skip(Aside::Bin));
    }
    let before = found.len();
    // The note goes to the first entry of the item: given to each, one item could fill the memory.
    let details = |first: bool| {
        let note = json::text(metadata, "note").filter(|_| first).unwrap_or_default().to_owned();
        let mut details = Details { note, ..Details::default() };
        details::tag(&mut details, vault);
        details
    };
    if let Some(totp) = json::member(data, "content").and_then(|content| json::text(content, "totpUri")) {
        found.push(item(totp, name, index, details(true)));
    }
    for field in json::list(data, "extraFields") {
        let totp = json::member(field, "data").and_then(|data| json::text(data, "totpUri"));
        if let Some(totp) = totp {
            let field = json::text(field, "fieldName").unwrap_or("TOTP");
            let first = found.len() == before;
            let short: String = name.chars().take(MAX_NAME).collect();
            found.push(item(totp, &format!("{short} - {field}"), index, details(first)));
        }
    }
    if found.len() == before {
        found.push(skip(if json::text(data, "type") == Some("login") { Aside::Login } else { Aside::Other }));
    }
}

fn item(totp: &str, name: &str, index: usize, details: Details) -> Item {
    match link::read_or_secret(totp) {
        Ok(read) => {
            let issuer = read.otp.issuer().map(str::to_owned);
            let (issuer, account) = names::names(issuer.as_deref(), Some(read.otp.account()), Some(name));
            let otp = read.otp.renamed(issuer.as_deref(), &account);
            Item::Usable(Box::new(Imported { otp, details, warnings: read.warnings }))
        }
        Err(unusable) => unusable.refused(index, names::shown(None, name)),
    }
}
