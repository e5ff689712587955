//! Accounts with codes come and go; and what a picture or text is. Changing them is `editing`, their codes are `codes`.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use countersign_protocol::id::{to_base32, uuid_v7};

use super::shelf::put;
use super::views::EntryView;
use super::{Authenticator, AuthenticatorError};
use crate::entries::{Icon, Kept, same_account};
use crate::otp::OtpEntry;
use crate::scan::{self, ScanSession, Scanned};
use crate::vault::{Change, Table};

/// Names an entry in its vault: `ent_` and 26 characters, in the order in which entries were added.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(String);

impl EntryId {
    /// The text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for EntryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for EntryId {
    /// Takes any text: whether there is such an entry is seen when it is looked up.
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// What adding came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "result", content = "id", rename_all = "snake_case")]
pub enum Added {
    /// A new entry.
    New(EntryId),
    /// The same account with the same secret was here before; nothing was changed (P6).
    AlreadyThere(EntryId),
}

impl Added {
    /// The entry, new or not.
    #[must_use]
    pub fn id(&self) -> &EntryId {
        match self {
            Self::New(id) | Self::AlreadyThere(id) => id,
        }
    }
}

impl Authenticator {
    /// Adds the account of an `otpauth://` link. The same link twice makes one entry (P6).
    ///
    /// # Errors
    /// [`AuthenticatorError::OtpAuth`], [`AuthenticatorError::Vault`].
    pub fn add_uri(&self, uri: &str) -> Result<Added, AuthenticatorError> {
        self.add_entry(&OtpEntry::parse(uri)?)
    }

    /// Adds an account that was scanned.
    ///
    /// # Errors
    /// [`AuthenticatorError::Vault`].
    pub fn add_entry(&self, entry: &OtpEntry) -> Result<Added, AuthenticatorError> {
        let inner = &self.inner;
        let id = uuid_v7(inner.clock.unix_ms(), &inner.random()?);
        let id = EntryId(format!("ent_{}", to_base32(id)));
        let change = put(&id, &Kept::new(entry.clone(), inner.clock.unix_seconds()));
        inner.change_entries(|shelf| {
            let twin = shelf.entries.iter().find(|other| same_account(&other.kept.otp, entry));
            Ok(match twin {
                Some(twin) => (Vec::new(), Added::AlreadyThere(twin.id.clone())),
                None => (vec![change.clone()], Added::New(id.clone())),
            })
        })
    }

    /// All entries, in the order in which they were added.
    ///
    /// # Errors
    /// [`AuthenticatorError::Vault`] when it is locked, [`AuthenticatorError::Record`].
    pub fn entries(&self) -> Result<Vec<EntryView>, AuthenticatorError> {
        let shelf = self.inner.shelf()?.value;
        Ok(shelf.entries.iter().map(|entry| EntryView::of(&entry.id, &entry.kept)).collect())
    }

    /// One entry.
    ///
    /// # Errors
    /// [`AuthenticatorError::UnknownEntry`], and as [`Authenticator::entries`].
    pub fn entry(&self, id: &EntryId) -> Result<EntryView, AuthenticatorError> {
        Ok(EntryView::of(id, &self.inner.shelf()?.value.get(id)?.kept))
    }

    /// An entry's picture, if it has one.
    ///
    /// # Errors
    /// As [`Authenticator::entry`].
    pub fn entry_icon(&self, id: &EntryId) -> Result<Option<Icon>, AuthenticatorError> {
        Ok(self.inner.shelf()?.value.get(id)?.kept.details.icon.clone())
    }

    /// An entry's `otpauth://` link, secret and all: for taking it to another device, at the person's word.
    ///
    /// # Errors
    /// As [`Authenticator::entry`].
    pub fn entry_uri(&self, id: &EntryId) -> Result<Zeroizing<String>, AuthenticatorError> {
        Ok(self.inner.shelf()?.value.get(id)?.kept.otp.to_uri())
    }

    /// Removes an entry for good.
    ///
    /// # Errors
    /// As [`Authenticator::entry`].
    pub fn remove_entry(&self, id: &EntryId) -> Result<(), AuthenticatorError> {
        self.inner.change_entries(|shelf| {
            shelf.get(id)?;
            Ok((vec![Change::Delete { table: Table::Entries, id: id.0.clone() }], ()))
        })
    }

    /// A scanner: for camera frames, and for what comes in several parts. It collects and never acts.
    #[must_use]
    pub fn scan_session(&self) -> ScanSession {
        ScanSession::new(std::sync::Arc::clone(&self.inner.clock))
    }

    /// What the QR codes of a PNG or JPEG file say. Changes nothing; takes up to a second.
    ///
    /// # Errors
    /// [`AuthenticatorError::Scan`].
    pub fn scan_file(&self, bytes: &[u8]) -> Result<Vec<Scanned>, AuthenticatorError> {
        Ok(scan::scan_file(bytes)?)
    }

    /// What a text from the clipboard or a link is. Changes nothing.
    #[must_use]
    pub fn scan_text(&self, text: &str) -> Scanned {
        scan::classify(text)
    }
}
