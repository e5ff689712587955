//! The one error that crosses. Its kind says what sort of screen is needed, its code exactly what happened.

use crate::authenticator::AuthenticatorError;
use crate::enroll::EnrollError;
use crate::exchange::ReplyError;
use crate::keys::KeyError;
use crate::transfer::TransferError;

/// Why something was not done. `code` is stable and for programs, `sentence` is English and says what to do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum CoreError {
    /// The vault has to be unlocked, in another way or again.
    #[error("{sentence}")]
    Unlock {
        /// Stable.
        code: String,
        /// English.
        sentence: String,
    },
    /// The vault cannot be used as it is: missing, damaged, from a newer version, disk full.
    #[error("{sentence}")]
    Vault {
        /// Stable.
        code: String,
        /// English.
        sentence: String,
    },
    /// What was scanned, typed or chosen is not usable.
    #[error("{sentence}")]
    Input {
        /// Stable.
        code: String,
        /// English.
        sentence: String,
    },
    /// The server could not be reached, or not safely.
    #[error("{sentence}")]
    Network {
        /// Stable.
        code: String,
        /// English.
        sentence: String,
    },
    /// The server said no; `code` is the server's.
    #[error("{sentence}")]
    Server {
        /// Stable.
        code: String,
        /// English.
        sentence: String,
    },
    /// Something is not as it must be, so it was stopped: another key, another server, another device.
    #[error("{sentence}")]
    Refused {
        /// Stable.
        code: String,
        /// English.
        sentence: String,
    },
    /// The platform's keys: gone, invalidated, not available.
    #[error("{sentence}")]
    Keys {
        /// Stable.
        code: String,
        /// English.
        sentence: String,
    },
    /// The person closed the prompt; nothing has to be shown.
    #[error("{sentence}")]
    Cancelled {
        /// Stable.
        code: String,
        /// English.
        sentence: String,
    },
}

impl CoreError {
    /// The stable name of what happened.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Unlock { code, .. }
            | Self::Vault { code, .. }
            | Self::Input { code, .. }
            | Self::Network { code, .. }
            | Self::Server { code, .. }
            | Self::Refused { code, .. }
            | Self::Keys { code, .. }
            | Self::Cancelled { code, .. } => code,
        }
    }
}

impl<T: Into<AuthenticatorError>> From<T> for CoreError {
    fn from(error: T) -> Self {
        let error: AuthenticatorError = error.into();
        let code = error.server_code().unwrap_or(error.code()).to_owned();
        let sentence = error.to_string();
        match &error {
            AuthenticatorError::Vault(_) => match code.as_str() {
                "vault_locked" | "wrong_password" | "empty_password" | "password_required"
                | "vault_key_lost" | "vault_key_refused" | "vault_no_such_slot" | "wrong_phrase" => {
                    Self::Unlock { code, sentence }
                }
                "phrase_malformed" | "phrase_not_confirmed" | "vault_last_slot" => {
                    Self::Input { code, sentence }
                }
                _ => Self::Vault { code, sentence },
            },
            AuthenticatorError::Record { .. }
            | AuthenticatorError::NotRecorded { .. }
            | AuthenticatorError::Rng(_)
            | AuthenticatorError::Stopped => Self::Vault { code, sentence },
            AuthenticatorError::Key(KeyError::Cancelled)
            | AuthenticatorError::Transfer(TransferError::Cancelled) => Self::Cancelled { code, sentence },
            AuthenticatorError::Key(_) | AuthenticatorError::Signature(_) => Self::Keys { code, sentence },
            AuthenticatorError::Enroll(enroll) => match enroll {
                EnrollError::Link(_)
                | EnrollError::DeviceName
                | EnrollError::CodeNeeded
                | EnrollError::CodeForm
                | EnrollError::WrongCode { .. } => Self::Input { code, sentence },
                EnrollError::Reply(ReplyError::Refused(_)) | EnrollError::CodeSentJustNow { .. } => {
                    Self::Server { code, sentence }
                }
                EnrollError::Reply(_) => Self::Network { code, sentence },
                EnrollError::SameKey | EnrollError::Signature => Self::Keys { code, sentence },
                _ => Self::Refused { code, sentence },
            },
            AuthenticatorError::Client(_) if error.server_code().is_some() => Self::Server { code, sentence },
            AuthenticatorError::Client(_) => Self::Network { code, sentence },
            AuthenticatorError::AmbiguousChallenge => Self::Refused { code, sentence },
            _ => Self::Input { code, sentence },
        }
    }
}
