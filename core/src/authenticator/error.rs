//! What a shell may be told has gone wrong. Each room's own error stays inside as the source; `code` is for programs.

use countersign_protocol::wire::Outcome;

use crate::approve::{AnswerError, OfflineFault, RuleRefusal};
use crate::client::{ClientError, DeviceError};
use crate::enroll::EnrollError;
use crate::entries::EditError;
use crate::exchange::ReplyError;
use crate::host::RngError;
use crate::keys::{KeyError, SignatureError};
use crate::otp::OtpAuthError;
use crate::scan::ScanError;
use crate::settings::SettingError;
use crate::transfer::{ExportError, TransferError};
use crate::vault::{PhraseError, Table, VaultError};

/// Why something was not done. `Display` is a sentence in English that says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticatorError {
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A record that the vault vouches for, but that this version cannot read.
    #[error("the record {id} in {table} is of a form that this version does not know; update Countersign")]
    Record {
        /// Where it is.
        table: Table,
        /// Which one.
        id: String,
        /// What the reader stumbled over; without the content.
        source: crate::exchange::Unreadable,
    },
    /// A setup link for codes.
    #[error(transparent)]
    OtpAuth(#[from] OtpAuthError),
    /// A change to an entry.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// A setting out of its range.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// A picture.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// A file of another app, or a backup.
    #[error(transparent)]
    Transfer(#[from] TransferError),
    /// An export, or a backup.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// Enrolment.
    #[error(transparent)]
    Enroll(#[from] EnrollError),
    /// The network, or the server's reply.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The key store.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The key store's signatures.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The decision was not sent.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// A request that was scanned.
    #[error(transparent)]
    Offline(#[from] OfflineFault),
    /// No rule was made.
    #[error(transparent)]
    Rule(#[from] RuleRefusal),
    /// The server has taken the answer, but it could not be written into the history.
    #[error("the answer was taken ({}), but could not be written into the history: {source}", outcome.as_str())]
    NotRecorded {
        /// How the challenge ended.
        outcome: Outcome,
        /// Why there is no record of it.
        source: Box<AuthenticatorError>,
    },
    /// No randomness.
    #[error(transparent)]
    Rng(#[from] RngError),
    /// No such account here.
    #[error("there is no such account on this device; look at the list of accounts")]
    UnknownAccount,
    /// No such entry here.
    #[error("there is no such entry in this vault; look at the list of entries")]
    UnknownEntry,
    /// A scanner has nothing of that kind under that number.
    #[error("nothing like that was scanned under this number; look at what the scanner shows")]
    UnknownScanned,
    /// A place in the history that was not given out by it.
    #[error("this place in the history does not exist; begin again at the newest")]
    UnknownPage,
    /// No such rule.
    #[error("there is no such rule; look at the list of rules")]
    UnknownRule,
    /// No such challenge waits.
    #[error("no such request waits for an answer; it was answered, taken back or has expired")]
    UnknownChallenge,
    /// Two accounts bring a request by the same id, so that it is not clear which one is meant.
    #[error(
        "two servers sent a request under the same id, which only a dishonest one does; answer neither, sign in again, and tell both operators"
    )]
    AmbiguousChallenge,
    /// The runtime was shut down in the middle.
    #[error("the app was shutting down; open it again and look whether it was done")]
    Stopped,
}

impl From<DeviceError> for AuthenticatorError {
    fn from(error: DeviceError) -> Self {
        match error {
            DeviceError::Client(e) => Self::Client(e),
            DeviceError::Key(e) => Self::Key(e),
            DeviceError::Signature(e) => Self::Signature(e),
            DeviceError::Answer(e) => Self::Answer(e),
            DeviceError::Transfer(e) => Self::Enroll(e),
        }
    }
}

impl From<ReplyError> for AuthenticatorError {
    fn from(error: ReplyError) -> Self {
        Self::Client(error.into())
    }
}

impl AuthenticatorError {
    /// A stable name for programs; never changes once released.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Vault(error) => vault_code(error),
            Self::Record { .. } => "record_unknown",
            Self::OtpAuth(_) => "invalid_setup_link",
            Self::Edit(error) => error.code(),
            Self::Setting(_) => "setting_out_of_range",
            Self::Scan(ScanError::NoCode) => "no_qr_code",
            Self::Scan(_) => "picture_unusable",
            Self::Transfer(error) => error.code(),
            Self::Export(error) => error.code(),
            Self::Enroll(error) => error.code(),
            Self::Client(error) => error.code(),
            Self::Key(error) => match error {
                KeyError::Missing => "key_missing",
                KeyError::Invalidated => "key_invalidated",
                KeyError::Cancelled => "cancelled",
                KeyError::AuthenticationRequired => "authentication_required",
                KeyError::Unavailable { .. } => "key_store_unavailable",
            },
            Self::Signature(_) => "key_store_faulty",
            Self::Answer(error) => error.code(),
            Self::Offline(error) => error.code(),
            Self::Rule(error) => error.code(),
            Self::UnknownRule => "unknown_rule",
            Self::NotRecorded { .. } => "answered_not_recorded",
            Self::Rng(_) => "no_randomness",
            Self::UnknownAccount => "unknown_account",
            Self::UnknownEntry => "unknown_entry",
            Self::UnknownScanned => "unknown_scanned",
            Self::UnknownPage => "unknown_page",
            Self::UnknownChallenge => "unknown_challenge",
            Self::AmbiguousChallenge => "ambiguous_challenge",
            Self::Stopped => "stopped",
        }
    }

    /// The server's own code, when it was the server that refused.
    #[must_use]
    pub fn server_code(&self) -> Option<&str> {
        match self {
            Self::Client(ClientError::Reply(ReplyError::Refused(refusal)))
            | Self::Enroll(EnrollError::Reply(ReplyError::Refused(refusal))) => Some(&refusal.code),
            _ => None,
        }
    }
}

fn vault_code(error: &VaultError) -> &'static str {
    match error {
        VaultError::NotFound { .. } => "vault_not_found",
        VaultError::AlreadyExists { .. } => "vault_exists",
        VaultError::NotAVault { .. } => "not_a_vault",
        VaultError::Truncated { .. } | VaultError::Corrupt { .. } => "vault_corrupt",
        VaultError::UnsupportedVersion { .. } => "vault_unsupported",
        VaultError::WrongPassword => "wrong_password",
        VaultError::EmptyPassword => "empty_password",
        VaultError::WrongPhrase => "wrong_phrase",
        VaultError::Phrase(PhraseError::Unconfirmed { .. }) => "phrase_not_confirmed",
        VaultError::Phrase(_) => "phrase_malformed",
        VaultError::LastSlot => "vault_last_slot",
        VaultError::CostOutOfBounds { .. } => "vault_cost_out_of_bounds",
        VaultError::NotEnoughMemory { .. } => "not_enough_memory",
        VaultError::RolledBack { .. } => "vault_rolled_back",
        VaultError::FormerKeys { .. } => "vault_former_keys",
        VaultError::ReadOnly => "vault_read_only",
        VaultError::KeyLost { .. } => "vault_key_lost",
        VaultError::KeyRefused { .. } => "vault_key_refused",
        VaultError::NoSuchSlot { .. } => "vault_no_such_slot",
        VaultError::PasswordRequired => "password_required",
        VaultError::Locked => "vault_locked",
        VaultError::Busy => "vault_busy",
        VaultError::Changed { .. } | VaultError::SlotChanged { .. } | VaultError::Moved => "vault_changed",
        VaultError::Replaced { .. } => "vault_replaced",
        VaultError::Unconfirmed { .. } => "vault_unconfirmed",
        _ => "vault_storage",
    }
}
