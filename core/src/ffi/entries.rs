//! The entries themselves: added, looked at, changed, moved, removed. Their codes are in `codes.rs`, what a scanner brings
//! is in `scanning.rs`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::codes::CodeKind;
use super::{CoreError, CountersignCore, blocking};
use crate::authenticator as core;
use crate::authenticator::EntryId;

/// What adding came to.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AddedEntry {
    /// The entry.
    pub id: String,
    /// Whether the same one was here before, so that nothing was changed.
    pub already_there: bool,
}

impl From<core::Added> for AddedEntry {
    fn from(added: core::Added) -> Self {
        Self { id: added.id().to_string(), already_there: matches!(added, core::Added::AlreadyThere(_)) }
    }
}

/// An entry without its secret.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Entry {
    /// Names the entry.
    pub id: String,
    /// Who issued it, if known.
    pub issuer: Option<String>,
    /// The account's name there; may be empty.
    pub account: String,
    /// How its codes are made.
    pub kind: CodeKind,
    /// Characters of a code.
    pub digits: u8,
    /// Seconds that a code lives; none where a counter makes codes.
    pub period: Option<u32>,
    /// The counter of the next code, where a counter makes codes.
    pub counter: Option<u64>,
    /// Whether its codes wait for a PIN.
    pub needs_pin: bool,
    /// Whether its secret has fewer than 128 bits.
    pub weak: bool,
    /// Shown before the others.
    pub pinned: bool,
    /// Names of groups.
    pub tags: Vec<String>,
    /// The person's own words.
    pub note: String,
    /// How often a code of it was used.
    pub times_used: u64,
    /// When last, seconds since 1970; 0 for never.
    pub last_used_at: u64,
    /// Whether it has a picture: see `entry_picture`.
    pub has_picture: bool,
    /// When it was added, seconds since 1970.
    pub added_at: u64,
}

impl From<core::EntryView> for Entry {
    fn from(view: core::EntryView) -> Self {
        Self {
            id: view.id.to_string(),
            issuer: view.issuer,
            account: view.account,
            kind: view.kind.into(),
            digits: view.digits,
            period: view.period,
            counter: view.counter,
            needs_pin: view.needs_pin,
            weak: view.weak,
            pinned: view.pinned,
            tags: view.tags,
            note: view.note,
            times_used: view.used.times.into(),
            last_used_at: view.used.last_at,
            has_picture: view.has_icon,
            added_at: view.added_at,
        }
    }
}

/// Changes to an entry; what is none stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct EntryChange {
    /// Another issuer; an empty one is none.
    pub issuer: Option<String>,
    /// Another name of the account.
    pub account: Option<String>,
    /// Other tags, all of them.
    pub tags: Option<Vec<String>>,
    /// Shown before the others, or not.
    pub pinned: Option<bool>,
    /// Another note.
    pub note: Option<String>,
}

/// A picture of an issuer. Draw it as a picture only: an SVG file is what somebody else wrote.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EntryPicture {
    /// `image/png`, `image/jpeg` or `image/svg+xml`.
    pub mime: String,
    /// The file.
    pub bytes: Vec<u8>,
}

#[uniffi::export(async_runtime = "tokio")]
impl CountersignCore {
    /// Adds the account of an `otpauth://` link; the same link twice is one entry.
    pub async fn add_uri(&self, uri: String) -> Result<AddedEntry, CoreError> {
        let (authenticator, uri) = (self.authenticator.clone(), Zeroizing::new(uri));
        blocking(move || Ok(authenticator.add_uri(&uri)?.into())).await
    }

    /// All entries in the order in which they were added.
    pub fn entries(&self) -> Result<Vec<Entry>, CoreError> {
        Ok(self.authenticator.entries()?.into_iter().map(Entry::from).collect())
    }

    /// One entry.
    pub fn entry(&self, entry: String) -> Result<Entry, CoreError> {
        Ok(self.authenticator.entry(&EntryId::from(entry.as_str()))?.into())
    }

    /// An entry's picture, if it has one.
    pub fn entry_picture(&self, entry: String) -> Result<Option<EntryPicture>, CoreError> {
        let icon = self.authenticator.entry_icon(&EntryId::from(entry.as_str()))?;
        // What cannot be read is no picture.
        Ok(icon.and_then(|icon| {
            Some(EntryPicture { bytes: STANDARD.decode(icon.base64).ok()?, mime: icon.mime })
        }))
    }

    /// Changes names, tags, pin and note.
    pub async fn edit_entry(&self, entry: String, change: EntryChange) -> Result<(), CoreError> {
        let EntryChange { issuer, account, tags, pinned, note } = change;
        let edit = core::EntryEdit { issuer, account, tags, pinned, note };
        self.with_entry(entry, move |authenticator, id| authenticator.edit_entry(id, &edit)).await
    }

    /// Places an entry before another in the person's own order, or at its end.
    pub async fn move_entry(&self, entry: String, before: Option<String>) -> Result<(), CoreError> {
        let before = before.map(|before| EntryId::from(before.as_str()));
        self.with_entry(entry, move |authenticator, id| authenticator.move_entry(id, before.as_ref())).await
    }

    /// Removes an entry for good.
    pub async fn remove_entry(&self, entry: String) -> Result<(), CoreError> {
        self.with_entry(entry, |authenticator, id| authenticator.remove_entry(id)).await
    }
}
