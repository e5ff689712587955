//! Taking in another app's file: looked at first, then stored all at once.

use countersign_protocol::id::{to_base32, uuid_v7};
use zeroize::Zeroizing;

use super::preferences::put_settings;
use super::records::to_plain;
use super::shelf::Shelf;
use super::views::shown;
use super::{Authenticator, AuthenticatorError};
use crate::entries::{Kept, Known};
use crate::remark::Remark;
use crate::settings::Settings;
use crate::transfer::{self, Found, Imported, Item, Refusal, Skip, Source};
use crate::vault::{Change, MAX_RECORD_BYTES, Table};

const TOO_LARGE: &str =
    "It has more text than an entry can have. Shorten its note in the other app, and export again.";

/// What a file would bring, before anything is stored. Holds the secrets; the shells see [`ImportPlan::items`].
#[derive(Debug, Clone)]
pub struct ImportPlan {
    found: Found,
    items: Vec<ImportItem>,
}

impl ImportPlan {
    /// Of which app the file is.
    #[must_use]
    pub const fn format(&self) -> crate::transfer::Format {
        self.found.format
    }

    /// What would become of each entry, in the file's order.
    #[must_use]
    pub fn items(&self) -> &[ImportItem] {
        &self.items
    }

    /// Parts of the same export that are missing, counted from 1.
    #[must_use]
    pub fn missing_parts(&self) -> &[u32] {
        &self.found.missing_parts
    }
}

/// One entry of a file, as a shell shows it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ImportItem {
    /// Its number in the file, from 1.
    pub index: usize,
    /// Who issued it, if known; safe to show.
    pub issuer: Option<String>,
    /// Its name; safe to show, may be empty.
    pub account: String,
    /// What becomes of it.
    pub fate: ImportFate,
    /// What the person should know about it.
    pub remarks: Vec<Remark>,
}

/// What becomes of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportFate {
    /// It is added.
    Added,
    /// The same account with the same secret is here already, or earlier in this file; nothing is changed.
    Duplicate,
    /// It cannot be used; the remark says why.
    Refused,
    /// It is no account with codes.
    Skipped,
}

impl Authenticator {
    /// Reads a file and says what it would bring. Nothing is stored. May compute for seconds when it is encrypted.
    ///
    /// # Errors
    /// [`AuthenticatorError::Transfer`], [`AuthenticatorError::Vault`], [`AuthenticatorError::Record`].
    pub fn plan_import(&self, source: &Source<'_>) -> Result<ImportPlan, AuthenticatorError> {
        self.plan_found(transfer::read(source)?)
    }

    /// The same for what did not come as a file, such as the parts that [`crate::scan::ScanSession::export`] joins.
    ///
    /// # Errors
    /// [`AuthenticatorError::Vault`], [`AuthenticatorError::Record`].
    pub fn plan_found(&self, found: Found) -> Result<ImportPlan, AuthenticatorError> {
        let (items, _) = fates(&found, &self.inner.shelf()?.value, self.inner.clock.unix_seconds());
        Ok(ImportPlan { found, items })
    }

    /// Stores what [`Authenticator::plan_import`] found, in one write: all of it or nothing (P2, P3). What became a
    /// duplicate meanwhile is left out; the result says what became of each entry. Settings of a backup are taken over
    /// where nothing was chosen yet.
    ///
    /// # Errors
    /// [`AuthenticatorError::Vault`], [`AuthenticatorError::Record`]. Nothing was stored then.
    pub fn import(&self, plan: &ImportPlan) -> Result<Vec<ImportItem>, AuthenticatorError> {
        let now = self.inner.clock.unix_seconds();
        self.inner.change_entries(|shelf| {
            let (items, added) = fates(&plan.found, shelf, now);
            let mut changes = self.puts(added)?;
            if !changes.is_empty() {
                changes.extend(self.settings_from(&plan.found)?);
            }
            Ok((changes, items))
        })
    }

    /// One row for each entry. Ids sort by the order in the file, as they do for entries that are added one by one.
    fn puts(&self, added: Vec<Zeroizing<Vec<u8>>>) -> Result<Vec<Change>, AuthenticatorError> {
        let now = self.inner.clock.unix_ms();
        let id = |_| Ok(format!("ent_{}", to_base32(uuid_v7(now, &self.inner.random()?))));
        let mut ids: Vec<String> = added.iter().map(id).collect::<Result<_, AuthenticatorError>>()?;
        ids.sort_unstable();
        let put = |(id, plain)| Change::Put { table: Table::Entries, id, plain };
        Ok(ids.into_iter().zip(added).map(put).collect())
    }

    fn settings_from(&self, found: &Found) -> Result<Option<Change>, AuthenticatorError> {
        // A folder for backups is one of the other device, and the key for them is not in the file.
        let brought = found.settings.clone().map(|settings| Settings { backup: None, ..settings });
        let fitting = brought.filter(|settings| settings.check().is_ok());
        let unchosen = self.settings()? == Settings::default();
        Ok(fitting.filter(|_| unchosen).map(|settings| put_settings(&settings)))
    }
}

/// What becomes of each entry of a file beside the entries that are there, and the records of those to be added.
fn fates(found: &Found, shelf: &Shelf, now: u64) -> (Vec<ImportItem>, Vec<Zeroizing<Vec<u8>>>) {
    let mut known = Known::default();
    for shelved in &shelf.entries {
        known.add(&shelved.kept.otp);
    }
    let last = shelf.entries.iter().filter_map(|shelved| shelved.kept.details.position).max();
    let first_place = last.map_or(0, |last| last.saturating_add(1));
    let mut added = Vec::new();
    let mut items = Vec::with_capacity(found.items.len());
    for (number, item) in (1..).zip(&found.items) {
        items.push(match item {
            Item::Usable(imported) => {
                let (fate, remarks) = match record(imported, first_place, now) {
                    None => (
                        ImportFate::Refused,
                        vec![Remark::new("too_large", Vec::new(), TOO_LARGE.to_owned())],
                    ),
                    Some(plain) => {
                        let new = known.add(&imported.otp);
                        if new {
                            added.push(plain);
                        }
                        let remarks = imported.warnings.iter().map(|warning| warning.remark()).collect();
                        (if new { ImportFate::Added } else { ImportFate::Duplicate }, remarks)
                    }
                };
                let issuer = imported.otp.issuer().map(shown);
                ImportItem { index: number, issuer, account: shown(imported.otp.account()), fate, remarks }
            }
            Item::Refused(Refusal { index, name, reason, .. }) => {
                left_out(*index, name, ImportFate::Refused, reason.clone())
            }
            Item::Skipped(Skip { index, name, what }) => {
                left_out(*index, name, ImportFate::Skipped, what.remark())
            }
        });
    }
    (items, added)
}

/// The row of an entry; none when it is larger than a vault's row can be.
fn record(imported: &Imported, first_place: u32, now: u64) -> Option<Zeroizing<Vec<u8>>> {
    let mut kept = Kept::new(imported.otp.clone(), now);
    kept.details.clone_from(&imported.details);
    // Behind those that the person has put in an order here.
    kept.details.position = imported.details.position.map(|place| place.saturating_add(first_place));
    let plain = to_plain(&kept);
    (plain.len() <= MAX_RECORD_BYTES).then_some(plain)
}

fn left_out(index: usize, name: &str, fate: ImportFate, remark: Remark) -> ImportItem {
    ImportItem { index, issuer: None, account: shown(name), fate, remarks: vec![remark] }
}
