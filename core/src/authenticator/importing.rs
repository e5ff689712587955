//! Taking in another app's file: looked at first, then stored all at once.

use countersign_protocol::id::{to_base32, uuid_v7};

use super::records::{read, to_plain};
use super::views::shown;
use super::{Authenticator, AuthenticatorError};
use crate::entries::{Kept, Known};
use crate::transfer::{self, Found, Imported, Item, Refusal, Skip, Source};
use crate::vault::{Change, Table};

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
    /// What the person should know about it: sentences.
    pub remarks: Vec<String>,
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
        let found = transfer::read(source)?;
        let (items, _) = fates(&found, self.known()?);
        Ok(ImportPlan { found, items })
    }

    /// Stores what [`Authenticator::plan_import`] found, in one write: all of it or nothing (P2, P3). What became a
    /// duplicate meanwhile is left out; the result says what became of each entry.
    ///
    /// # Errors
    /// [`AuthenticatorError::Vault`], [`AuthenticatorError::Record`]. Nothing was stored then.
    pub fn import(&self, plan: &ImportPlan) -> Result<Vec<ImportItem>, AuthenticatorError> {
        let inner = &self.inner;
        let _writing = inner.writing();
        // What another process added a moment ago counts too.
        inner.vault.refresh()?;
        let (items, added) = fates(&plan.found, self.known()?);
        if !added.is_empty() {
            inner.vault.write(self.puts(&added)?)?;
        }
        Ok(items)
    }

    /// One row for each entry. Ids sort by the order in the file, as they do for entries that are added one by one.
    fn puts(&self, added: &[&Imported]) -> Result<Vec<Change>, AuthenticatorError> {
        let inner = &self.inner;
        let now = inner.clock.unix_ms();
        let id = |_| Ok(format!("ent_{}", to_base32(uuid_v7(now, &inner.random()?))));
        let mut ids: Vec<String> = added.iter().map(id).collect::<Result<_, AuthenticatorError>>()?;
        ids.sort_unstable();
        let put = |(id, imported): (String, &&Imported)| {
            let mut kept = Kept::new(imported.otp.clone(), inner.clock.unix_seconds());
            kept.details.clone_from(&imported.details);
            Change::Put { table: Table::Entries, id, plain: to_plain(&kept) }
        };
        Ok(ids.into_iter().zip(added).map(put).collect())
    }

    fn known(&self) -> Result<Known, AuthenticatorError> {
        let mut known = Known::default();
        for record in self.inner.vault.list(Table::Entries)? {
            known.add(&read::<Kept>(Table::Entries, &record)?.otp);
        }
        Ok(known)
    }
}

/// What becomes of each entry of a file beside the accounts that are known, and those that are to be added.
fn fates(found: &Found, mut known: Known) -> (Vec<ImportItem>, Vec<&Imported>) {
    let mut added = Vec::new();
    let mut items = Vec::with_capacity(found.items.len());
    for (number, item) in (1..).zip(&found.items) {
        items.push(match item {
            Item::Usable(imported) => {
                let new = known.add(&imported.otp);
                if new {
                    added.push(imported.as_ref());
                }
                ImportItem {
                    index: number,
                    issuer: imported.otp.issuer().map(shown),
                    account: shown(imported.otp.account()),
                    fate: if new { ImportFate::Added } else { ImportFate::Duplicate },
                    remarks: imported.warnings.iter().map(ToString::to_string).collect(),
                }
            }
            Item::Refused(Refusal { index, name, reason, .. }) => {
                left_out(*index, name, ImportFate::Refused, reason)
            }
            Item::Skipped(Skip { index, name, what }) => left_out(*index, name, ImportFate::Skipped, what),
        });
    }
    (items, added)
}

fn left_out(index: usize, name: &str, fate: ImportFate, remark: &str) -> ImportItem {
    ImportItem { index, issuer: None, account: shown(name), fate, remarks: vec![remark.to_owned()] }
}
