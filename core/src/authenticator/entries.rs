//! Accounts with time-based codes, and what a picture or text is.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use countersign_protocol::id::{to_base32, uuid_v7};

use super::records::{parse, read, to_plain};
use super::views::{CodeView, EntryView};
use super::{Authenticator, AuthenticatorError};
use crate::entries::Kept;
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
        let _writing = inner.writing();
        // What another process added a moment ago counts too.
        inner.vault.refresh()?;
        if let Some((id, _)) = self.stored()?.into_iter().find(|(_, stored)| same(stored, entry)) {
            return Ok(Added::AlreadyThere(id));
        }
        let id = uuid_v7(inner.clock.unix_ms(), &inner.random()?);
        let id = EntryId(format!("ent_{}", to_base32(id)));
        let record = Kept::new(entry.clone(), inner.clock.unix_seconds());
        let plain = to_plain(&record);
        inner.vault.write(vec![Change::Put { table: Table::Entries, id: id.0.clone(), plain }])?;
        Ok(Added::New(id))
    }

    /// All entries, in the order in which they were added.
    ///
    /// # Errors
    /// [`AuthenticatorError::Vault`] when it is locked, [`AuthenticatorError::Record`].
    pub fn entries(&self) -> Result<Vec<EntryView>, AuthenticatorError> {
        let view = |(id, entry): (EntryId, OtpEntry)| EntryView {
            id,
            issuer: entry.issuer().map(super::views::shown),
            account: super::views::shown(entry.account()),
            digits: entry.digits(),
            period: entry.period().unwrap_or_default(),
            weak: entry.weak(),
        };
        Ok(self.stored()?.into_iter().map(view).collect())
    }

    /// All codes of this moment, from memory. Ask again when the smallest `seconds_left` is over.
    ///
    /// # Errors
    /// As [`Authenticator::entries`].
    pub fn codes(&self) -> Result<Vec<CodeView>, AuthenticatorError> {
        let now = self.inner.clock.unix_seconds();
        let view = |(id, entry): (EntryId, OtpEntry)| {
            let code = entry.code_at(now);
            CodeView {
                id,
                issuer: entry.issuer().map(super::views::shown),
                account: super::views::shown(entry.account()),
                code: code.value.clone(),
                grouped: code.grouped(),
                next: code.next.clone(),
                next_grouped: code.grouped_next(),
                seconds_left: u32::try_from(code.valid_until.saturating_sub(now)).unwrap_or(u32::MAX),
                period: entry.period().unwrap_or_default(),
            }
        };
        Ok(self.stored()?.into_iter().map(view).collect())
    }

    /// An entry's `otpauth://` link, secret and all: for taking it to another device, at the person's word.
    ///
    /// # Errors
    /// [`AuthenticatorError::UnknownEntry`], [`AuthenticatorError::Vault`], [`AuthenticatorError::Record`].
    pub fn entry_uri(&self, id: &EntryId) -> Result<Zeroizing<String>, AuthenticatorError> {
        let plain = self.inner.vault.get(Table::Entries, &id.0)?.ok_or(AuthenticatorError::UnknownEntry)?;
        Ok(parse::<Kept>(Table::Entries, &id.0, &plain)?.otp.to_uri())
    }

    /// Removes an entry for good.
    ///
    /// # Errors
    /// [`AuthenticatorError::UnknownEntry`], [`AuthenticatorError::Vault`].
    pub fn remove_entry(&self, id: &EntryId) -> Result<(), AuthenticatorError> {
        let vault = &self.inner.vault;
        let _writing = self.inner.writing();
        vault.get(Table::Entries, &id.0)?.ok_or(AuthenticatorError::UnknownEntry)?;
        Ok(vault.write(vec![Change::Delete { table: Table::Entries, id: id.0.clone() }])?)
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

    fn stored(&self) -> Result<Vec<(EntryId, OtpEntry)>, AuthenticatorError> {
        let rows = self.inner.vault.list(Table::Entries)?;
        let entry = |record: &crate::vault::Record| {
            read::<Kept>(Table::Entries, record).map(|e| (EntryId(record.id.clone()), e.otp))
        };
        rows.iter().map(entry).collect()
    }
}

/// Whether both show the same codes under the same name. What is only kept for export does not count.
fn same(a: &OtpEntry, b: &OtpEntry) -> bool {
    a.issuer() == b.issuer() && a.account() == b.account() && a.kind() == b.kind() && a.secret() == b.secret()
}
