//! What is in a backup: JSON with the entries as the vault keeps them, and the settings.
//!
//! Device keys and accounts of servers are not in it: a key that answers requests never leaves its device, and a new
//! device is enrolled anew (docs/backup-format.md).

use serde::{Deserialize as _, Serialize};
use zeroize::Zeroizing;

use crate::entries::Kept;
use crate::remark::Remark;
use crate::settings::Settings;
use crate::transfer::json::{Document, entries, member, to_bytes};
use crate::transfer::{Field, Format, Found, Imported, Item, Refusal, TransferError};

/// What goes into a backup.
#[derive(Debug, Serialize)]
pub(crate) struct Contents<'a> {
    /// When it is made, seconds since 1970 by this device's clock.
    pub(crate) made_at: u64,
    /// In their order.
    pub(crate) entries: &'a [&'a Kept],
    /// The person's choices.
    pub(crate) settings: &'a Settings,
}

impl Contents<'_> {
    /// The JSON; wiped when dropped.
    pub(crate) fn to_json(&self) -> Zeroizing<Vec<u8>> {
        to_bytes(self)
    }
}

/// Reads the JSON. An entry that this version does not understand is refused alone.
pub(super) fn found(json: &[u8]) -> Result<Found, TransferError> {
    let document = Document::parse(json, Format::Backup)?;
    let item = |(index, value): (usize, &serde_json::Value)| match Kept::deserialize(value) {
        Ok(Kept { otp, details, .. }) => {
            Item::Usable(Box::new(Imported { otp, details, warnings: Vec::new() }))
        }
        Err(_) => Item::Refused(Refusal {
            index,
            name: String::new(),
            field: Field::Entry,
            reason: Remark::new(
                Field::Entry.code(),
                Vec::new(),
                "A newer version of this app wrote it. Update this app, and import again.".to_owned(),
            ),
        }),
    };
    let items = (1..).zip(entries(&document, "entries", Format::Backup)?).map(item).collect();
    let settings = member(&document, "settings").and_then(|value| Settings::deserialize(value).ok());
    Ok(Found { settings, ..Found::new(Format::Backup, items) })
}
