//! Earlier states of a vault, and what is left of a damaged one.

use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::codes::count;
use super::keys::HostKeys;
use super::{CoreError, CountersignCore, PlatformKeyStore, blocking};
use crate::authenticator::AuthenticatorError;
use crate::host::SystemRng;
use crate::vault::{self, ManifestFinding, PasswordCost, Recovered, Recovery, UnlockKeys, Vault};

/// An earlier state of a vault.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EarlierState {
    /// Which write made it: for `restore`.
    pub generation: u64,
    /// Its file: for `recover_with_password` and the others.
    pub path: String,
    /// When it was put aside, seconds since 1970; none when the file system does not say.
    pub kept_at: Option<u64>,
}

impl From<vault::EarlierState> for EarlierState {
    fn from(state: vault::EarlierState) -> Self {
        let seconds = |at: std::time::SystemTime| at.duration_since(std::time::UNIX_EPOCH).ok();
        Self {
            generation: state.generation,
            path: state.path.to_string_lossy().into_owned(),
            kept_at: state.kept_at.and_then(seconds).map(|since| since.as_secs()),
        }
    }
}

/// The earlier states of the vault at `path`, newest first.
///
/// # Errors
/// [`CoreError::Vault`] when the folder cannot be read.
#[uniffi::export]
pub fn earlier_states(path: String) -> Result<Vec<EarlierState>, CoreError> {
    Ok(Vault::earlier_states(&PathBuf::from(path))?.into_iter().map(EarlierState::from).collect())
}

/// What is left of a damaged vault. Nothing of the damaged file is changed.
#[derive(Debug, uniffi::Object)]
pub struct RecoveredVault {
    recovered: Recovered,
}

/// What was found in a damaged vault.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RecoveryFindings {
    /// How many records are whole.
    pub whole: u64,
    /// How many are there and do not open: their content is lost.
    pub damaged: u64,
    /// How many there should be; none when that is not known either.
    pub expected: Option<u64>,
    /// Whether every page could be read. If not, records may be lost that nobody can name.
    pub all_pages_read: bool,
}

#[uniffi::export(async_runtime = "tokio")]
impl RecoveredVault {
    /// Reads what can be read of a vault that does not open, or of an earlier state.
    #[uniffi::constructor]
    pub async fn recover_with_password(path: String, password: String) -> Result<Arc<Self>, CoreError> {
        let password = Zeroizing::new(password);
        recover(path, move |recovery| Ok(recovery.locked().keys_by_password(&password)?)).await
    }

    /// The same with the recovery phrase.
    #[uniffi::constructor]
    pub async fn recover_with_phrase(path: String, phrase: String) -> Result<Arc<Self>, CoreError> {
        let phrase = Zeroizing::new(phrase);
        recover(path, move |recovery| {
            let phrase = vault::RecoveryPhrase::parse(&phrase).map_err(vault::VaultError::from)?;
            Ok(recovery.locked().keys_by_phrase(&phrase)?)
        })
        .await
    }

    /// The same with the platform's key.
    #[uniffi::constructor]
    pub async fn recover_with_key_store(
        path: String,
        keys: Arc<dyn PlatformKeyStore>,
    ) -> Result<Arc<Self>, CoreError> {
        let recovery = Recovery::read(&PathBuf::from(path), Arc::new(SystemRng))?;
        let keys = recovery.locked().keys_by_keystore(&HostKeys(keys)).await?;
        Ok(Arc::new(Self { recovered: recovery.unlock(keys) }))
    }

    /// What was found.
    pub fn findings(&self) -> RecoveryFindings {
        let report = &self.recovered.report;
        RecoveryFindings {
            whole: report.whole,
            damaged: count(report.damaged.len()),
            expected: match report.manifest {
                ManifestFinding::Complete => Some(report.whole),
                ManifestFinding::Differs { expected } => Some(expected),
                ManifestFinding::Unreadable => None,
            },
            all_pages_read: report.all_pages_read,
        }
    }

    /// Saves what is whole as a new vault, to be opened with `password`.
    pub async fn save_as(self: Arc<Self>, path: String, password: String) -> Result<(), CoreError> {
        let password = Zeroizing::new(password);
        blocking(move || {
            self.recovered.save_as(&PathBuf::from(path), &password, PasswordCost::default())?;
            Ok(())
        })
        .await
    }
}

async fn recover(
    path: String,
    keys: impl FnOnce(&Recovery) -> Result<UnlockKeys, AuthenticatorError> + Send + 'static,
) -> Result<Arc<RecoveredVault>, CoreError> {
    blocking(move || {
        let recovery = Recovery::read(&PathBuf::from(path), Arc::new(SystemRng))?;
        let keys = keys(&recovery)?;
        Ok(Arc::new(RecoveredVault { recovered: recovery.unlock(keys) }))
    })
    .await
}

#[uniffi::export(async_runtime = "tokio")]
impl CountersignCore {
    /// Goes back to an earlier state. The state before is kept as one of them.
    pub async fn restore(&self, generation: u64) -> Result<(), CoreError> {
        let vault = Arc::clone(self.authenticator.vault());
        blocking(move || Ok(vault.restore(generation)?)).await
    }

    /// Deletes the earlier states, with the ways to unlock that they had.
    pub async fn forget_earlier_states(&self) -> Result<(), CoreError> {
        let vault = Arc::clone(self.authenticator.vault());
        blocking(move || Ok(vault.forget_earlier_states()?)).await
    }
}
