//! Codes, and what was scanned.

use std::sync::Arc;

use super::{AddedEntry, Code, CoreError, CountersignCore, Entry};
use crate::authenticator::{AuthenticatorError, CodesQuery, EntryId};
use crate::otp::OtpEntry;
use crate::scan::{Effort, LumaFrame, Scanned, classify, decode_frame};

/// A scanned account whose secret stays on this side: shown, confirmed, and handed to `add_scanned`.
#[derive(Debug, uniffi::Object)]
pub struct ScannedEntry {
    entry: OtpEntry,
}

/// What a QR code or text is. Nothing happens until the person confirms it.
#[derive(Debug, uniffi::Enum)]
pub enum ScannedItem {
    /// An invitation to enrol; goes on with `look_at`.
    Enrollment {
        /// The link.
        link: String,
        /// The server's base URL.
        server: String,
    },
    /// An account with codes; goes on with `add_scanned`.
    Entry {
        /// Who issued it, if known.
        issuer: Option<String>,
        /// The account's name there.
        account: String,
        /// The handle.
        entry: Arc<ScannedEntry>,
    },
    /// A sign-in that can be approved without a network.
    OfflineRequest {
        /// For `offline_sign_in`.
        text: String,
        /// What to tell the person, in English.
        sentence: String,
    },
    /// A part of a Google Authenticator export.
    MigrationPart {
        /// What to tell the person, in English.
        sentence: String,
    },
    /// Meant as an account, but not usable.
    Invalid {
        /// Why, in English.
        sentence: String,
    },
    /// Something else.
    Other {
        /// `web_address`, `wifi_settings`, …: stable, for the shell's own words.
        kind: String,
        /// The same in English.
        sentence: String,
    },
}

#[uniffi::export(async_runtime = "tokio")]
impl CountersignCore {
    /// Adds the account of an `otpauth://` link; the same link twice is one entry.
    pub async fn add_uri(&self, uri: String) -> Result<AddedEntry, CoreError> {
        let (authenticator, uri) = (self.authenticator.clone(), zeroize::Zeroizing::new(uri));
        let added = tokio::task::spawn_blocking(move || authenticator.add_uri(&uri)).await;
        Ok(added.map_err(|_| AuthenticatorError::Stopped)??.into())
    }

    /// Adds an account that was scanned.
    pub async fn add_scanned(&self, entry: Arc<ScannedEntry>) -> Result<AddedEntry, CoreError> {
        let authenticator = self.authenticator.clone();
        let added = tokio::task::spawn_blocking(move || authenticator.add_entry(&entry.entry)).await;
        Ok(added.map_err(|_| AuthenticatorError::Stopped)??.into())
    }

    /// All entries in the order in which they were added.
    pub fn entries(&self) -> Result<Vec<Entry>, CoreError> {
        Ok(self.authenticator.entries()?.into_iter().map(Entry::from).collect())
    }

    /// All codes of this moment, from memory.
    pub fn codes(&self) -> Result<Vec<Code>, CoreError> {
        Ok(self.authenticator.codes(&CodesQuery::default())?.rows.iter().map(Code::from).collect())
    }

    /// Removes an entry for good.
    pub async fn remove_entry(&self, id: String) -> Result<(), CoreError> {
        let authenticator = self.authenticator.clone();
        let remove = move || authenticator.remove_entry(&EntryId::from(id.as_str()));
        Ok(tokio::task::spawn_blocking(remove).await.map_err(|_| AuthenticatorError::Stopped)??)
    }

    /// What a text is.
    pub fn scan_text(&self, text: String) -> ScannedItem {
        item(self.authenticator.scan_text(&text))
    }

    /// What the QR codes of a PNG or JPEG file say. Takes up to a second.
    pub async fn scan_file(&self, bytes: Vec<u8>) -> Result<Vec<ScannedItem>, CoreError> {
        let authenticator = self.authenticator.clone();
        let scanned = tokio::task::spawn_blocking(move || authenticator.scan_file(&bytes)).await;
        let scanned = scanned.map_err(|_| AuthenticatorError::Stopped)??;
        Ok(scanned.into_iter().map(item).collect())
    }

    /// What the QR codes of one camera frame say; empty for an empty viewfinder. `luma` is the grey plane, `row_stride`
    /// its bytes from one row to the next, `attempt` counts the frames of this viewfinder from 0. Call it off the main
    /// thread.
    pub fn scan_camera(
        &self,
        luma: Vec<u8>,
        width: u32,
        height: u32,
        row_stride: u32,
        attempt: u32,
    ) -> Result<Vec<ScannedItem>, CoreError> {
        let stride = usize::try_from(row_stride).unwrap_or(usize::MAX);
        let frame = LumaFrame::new(width, height, stride, &luma).map_err(crate::scan::ScanError::from)?;
        let effort = Effort::Frame { attempt, budget: std::time::Duration::ZERO };
        let seen = decode_frame(&frame, effort, &crate::host::SystemClock)?;
        Ok(seen.texts.iter().map(|text| item(classify(text.as_str()))).collect())
    }
}

fn item(scanned: Scanned) -> ScannedItem {
    let sentence = scanned.to_string();
    match scanned {
        Scanned::Enrollment(link) => {
            ScannedItem::Enrollment { link: link.to_string(), server: link.server.clone() }
        }
        Scanned::OtpAuth(entry) => ScannedItem::Entry {
            issuer: entry.issuer().map(|text| crate::scan::visible(text, 500)),
            account: crate::scan::visible(entry.account(), 500),
            entry: Arc::new(ScannedEntry { entry }),
        },
        Scanned::OfflineRequest(text) => ScannedItem::OfflineRequest { text: text.to_string(), sentence },
        Scanned::MigrationPart(_) => ScannedItem::MigrationPart { sentence },
        Scanned::Invalid(_) => ScannedItem::Invalid { sentence },
        Scanned::Unknown(unknown) => ScannedItem::Other { kind: unknown.what.as_str().to_owned(), sentence },
    }
}
