//! Other apps' files: what one would bring, and taking it in.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::codes::count;
use super::{CoreError, CountersignCore, Remark, blocking};
use crate::authenticator as core;
use crate::transfer::{self, Source};

/// What a file would bring. The secrets stay on this side; the plan is handed to `import`.
#[derive(Debug, uniffi::Object)]
pub struct ImportPlan {
    pub(super) plan: core::ImportPlan,
}

/// One entry of a file.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ImportItem {
    /// Its number in the file, from 1.
    pub index: u64,
    /// Who issued it, if known.
    pub issuer: Option<String>,
    /// Its name; may be empty.
    pub account: String,
    /// What becomes of it.
    pub fate: ImportFate,
    /// What the person should know about it.
    pub remarks: Vec<Remark>,
}

/// What becomes of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ImportFate {
    /// It is added.
    Added,
    /// It is here already, or earlier in this file.
    Duplicate,
    /// It cannot be used; the remark says why.
    Refused,
    /// It is no account with codes.
    Skipped,
}

impl From<&core::ImportItem> for ImportItem {
    fn from(item: &core::ImportItem) -> Self {
        Self {
            index: count(item.index),
            issuer: item.issuer.clone(),
            account: item.account.clone(),
            fate: match item.fate {
                core::ImportFate::Added => ImportFate::Added,
                core::ImportFate::Duplicate => ImportFate::Duplicate,
                core::ImportFate::Refused => ImportFate::Refused,
                core::ImportFate::Skipped => ImportFate::Skipped,
            },
            remarks: item.remarks.iter().map(Remark::from).collect(),
        }
    }
}

/// A wish to stop a long computation. For one call only: what was cancelled stays so.
#[derive(Debug, Default, uniffi::Object)]
pub struct Cancel {
    cancel: transfer::Cancel,
}

#[uniffi::export]
impl Cancel {
    /// Not cancelled yet.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Ends the work at its next look; the call then says `cancelled`.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }
}

/// Stops work on another thread when nobody waits for it any more.
struct StopsWhenDropped(transfer::Cancel);

impl Drop for StopsWhenDropped {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

#[uniffi::export]
impl ImportPlan {
    /// A stable word for the app that the file is of.
    pub fn format(&self) -> String {
        self.plan.format().as_str().to_owned()
    }

    /// The app's name.
    pub fn app(&self) -> String {
        self.plan.format().name().to_owned()
    }

    /// What would become of each entry, in the file's order.
    pub fn items(&self) -> Vec<ImportItem> {
        self.plan.items().iter().map(ImportItem::from).collect()
    }

    /// Parts of the same export that are missing, from 1.
    pub fn missing_parts(&self) -> Vec<u32> {
        self.plan.missing_parts().to_vec()
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl CountersignCore {
    /// Reads a file and says what it would bring; nothing is stored. `import_needs_password`, `import_wrong_password` and
    /// `import_costly` ask for another call, with the password and with `even_if_costly`.
    pub async fn plan_import(
        &self,
        file: Vec<u8>,
        password: Option<String>,
        even_if_costly: bool,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<Arc<ImportPlan>, CoreError> {
        let (file, password) = (Zeroizing::new(file), password.map(Zeroizing::new));
        let authenticator = self.authenticator.clone();
        let cancel = cancel.map_or_else(transfer::Cancel::default, |cancel| cancel.cancel.clone());
        let _stops = StopsWhenDropped(cancel.clone());
        let plan = blocking(move || {
            let mut source = Source::new(&file).cancelled_by(cancel);
            if let Some(password) = &password {
                source = source.with_password(password);
            }
            if even_if_costly {
                source = source.even_if_costly();
            }
            authenticator.plan_import(&source)
        });
        Ok(Arc::new(ImportPlan { plan: plan.await? }))
    }

    /// Stores what a plan found, all of it or nothing. Says what became of each entry.
    pub async fn import(&self, plan: Arc<ImportPlan>) -> Result<Vec<ImportItem>, CoreError> {
        let authenticator = self.authenticator.clone();
        blocking(move || Ok(authenticator.import(&plan.plan)?.iter().map(ImportItem::from).collect())).await
    }
}
