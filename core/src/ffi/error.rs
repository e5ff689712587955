//! The one error that crosses. Its kind says what sort of screen is needed, its code exactly what happened.

use crate::authenticator::AuthenticatorError;
use crate::enroll::EnrollError;
use crate::exchange::ReplyError;
use crate::keys::KeyError;
use crate::transfer::TransferError;
use crate::vault::VaultError;

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
        let sentence = sentence(&error.to_string());
        match &error {
            // The prompt that the phone shows for its key was closed.
            AuthenticatorError::Vault(VaultError::KeyRefused { source: KeyError::Cancelled }) => {
                Self::Cancelled { code, sentence }
            }
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

/// An error's words as they stand alone on a screen: with a capital and a full stop. A host's name at the beginning stays as
/// it is.
pub(super) fn sentence(words: &str) -> String {
    let mut characters = words.chars();
    let name = words.split(' ').next().is_some_and(|first| first.contains(['.', ':', '/']));
    let begun = match characters.next() {
        Some(first) if !name => first.to_uppercase().chain(characters).collect(),
        _ => words.to_owned(),
    };
    if begun.ends_with(['.', '!', '?', '…']) { begun } else { begun + "." }
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn an_errors_words_are_a_whole_sentence() {
        for (words, whole) in [
            ("the password is wrong; try again", "The password is wrong; try again."),
            ("Done.", "Done."),
            ("mfa.example.org did not answer", "mfa.example.org did not answer."),
        ] {
            assert_eq!(sentence(words), whole);
        }
    }
}
