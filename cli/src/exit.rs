//! How a command ends when it could not do its work: a sentence for the person, a stable name and an exit code for
//! programs. The exit codes are documented in `docs/cli.md` and never change their meaning.

use std::error::Error as StdError;
use std::process::ExitCode;

use countersign_core::approve::{AnswerError, OfflineFault, RuleRefusal};
use countersign_core::authenticator::AuthenticatorError;
use countersign_core::client::ClientError;
use countersign_core::enroll::EnrollError;
use countersign_core::exchange::{Refusal, ReplyError};
use countersign_core::keys::KeyError;
use countersign_core::otp::OtpAuthError;
use countersign_core::scan::ScanError;
use countersign_core::transfer::{ExportError, TransferError};
use countersign_core::vault::VaultError;
use countersign_protocol::challenge::ChallengeError;
use countersign_protocol::problem::Code;
use serde_json::json;

/// The work itself failed, or the person said no.
const FAILED: u8 = 1;
/// The command was not understood, or needs something that was not given.
const USAGE: u8 = 2;
/// The vault stays locked.
const LOCKED: u8 = 3;
/// The vault is damaged, too new, or no vault.
const DAMAGED: u8 = 4;
/// The server could not be reached, or did not answer as one.
const UNREACHABLE: u8 = 5;
/// There is no such request, entry, account or link, or no longer.
const GONE: u8 = 6;
/// The number was wrong.
const WRONG_NUMBER: u8 = 7;
/// Nothing usable in the picture or link.
const NOTHING_FOUND: u8 = 8;
/// There is no vault yet.
const NO_VAULT: u8 = 9;
/// The vault's file could not be read or written.
const STORAGE: u8 = 10;
/// As shells number the end by SIGINT.
const INTERRUPTED: u8 = 130;

/// Why a command did not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    exit: u8,
    code: String,
    sentence: String,
}

impl Failure {
    fn new(exit: u8, code: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { exit, code: code.into(), sentence: sentence.into() }
    }

    pub(crate) fn failed(code: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self::new(FAILED, code, sentence)
    }

    pub(crate) fn usage(code: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self::new(USAGE, code, sentence)
    }

    pub(crate) fn gone(code: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self::new(GONE, code, sentence)
    }

    pub(crate) fn wrong_number(sentence: impl Into<String>) -> Self {
        Self::new(WRONG_NUMBER, "wrong_number", sentence)
    }

    /// An account that could not be asked, by its trouble's code.
    pub(crate) fn not_asked(code: &str, sentence: impl Into<String>) -> Self {
        // Its server can be reached well enough; it is the account that is gone there.
        let exit = if code == "device_unknown" { GONE } else { UNREACHABLE };
        Self::new(exit, code, sentence)
    }

    pub(crate) fn nothing_found(code: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self::new(NOTHING_FOUND, code, sentence)
    }

    pub(crate) fn interrupted() -> Self {
        Self::new(INTERRUPTED, "interrupted", "stopped")
    }

    /// Whoever read the output has closed it; there is nobody to tell anything.
    pub(crate) fn nobody_listens() -> Self {
        Self::new(0, "closed", "")
    }

    /// The same, with the file it is about before it.
    pub(crate) fn about(mut self, what: &str) -> Self {
        self.sentence = format!("{what}: {}", self.sentence);
        self
    }

    /// The stable name.
    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// The sentence for the person.
    pub(crate) fn sentence(&self) -> &str {
        &self.sentence
    }

    /// The exit code.
    #[cfg(test)]
    pub(crate) fn exit(&self) -> u8 {
        self.exit
    }

    /// Tells it on standard error.
    pub(crate) fn report(&self, json: bool) -> ExitCode {
        use std::io::Write as _;
        let text = match (self.exit, json) {
            (0, _) => return ExitCode::SUCCESS,
            (_, true) => self.to_json(),
            (INTERRUPTED, false) => String::new(),
            (_, false) => format!("countersign: {}", self.sentence),
        };
        let _closed = writeln!(std::io::stderr(), "{text}");
        ExitCode::from(self.exit)
    }

    pub(crate) fn to_json(&self) -> String {
        json!({"error": {"code": self.code, "message": self.sentence}}).to_string()
    }
}

impl From<AuthenticatorError> for Failure {
    fn from(error: AuthenticatorError) -> Self {
        let code = error.server_code().unwrap_or(error.code()).to_owned();
        Self::new(exit_of(&error), code, sentence(&error))
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::NotFound { path } => Self::new(
                NO_VAULT,
                "vault_not_found",
                format!(
                    "there is no vault at {} yet; begin with `countersign enroll LINK` or `countersign add -`, \
                     or name another file with --vault",
                    path.display()
                ),
            ),
            error @ (VaultError::Corrupt { .. } | VaultError::Truncated { .. }) => {
                let mut failure: Self = AuthenticatorError::Vault(error).into();
                failure.sentence.push_str(
                    "; `countersign vault generations` lists earlier states, and `countersign vault recover NEW` saves what is whole",
                );
                failure
            }
            error => AuthenticatorError::Vault(error).into(),
        }
    }
}

impl From<ScanError> for Failure {
    fn from(error: ScanError) -> Self {
        AuthenticatorError::Scan(error).into()
    }
}

impl From<OtpAuthError> for Failure {
    fn from(error: OtpAuthError) -> Self {
        AuthenticatorError::OtpAuth(error).into()
    }
}

impl From<EnrollError> for Failure {
    fn from(error: EnrollError) -> Self {
        AuthenticatorError::Enroll(error).into()
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        AuthenticatorError::Client(error).into()
    }
}

fn exit_of(error: &AuthenticatorError) -> u8 {
    use AuthenticatorError as E;
    match error {
        E::Vault(error) => exit_of_vault(error),
        E::Record { .. } => DAMAGED,
        E::Transfer(error) => exit_of_transfer(error),
        E::Export(error) => exit_of_export(error),
        E::Edit(_) | E::Setting(_) => USAGE,
        E::OtpAuth(_) | E::Scan(_) | E::Enroll(EnrollError::Link(_)) => NOTHING_FOUND,
        E::Enroll(EnrollError::DeviceName | EnrollError::CodeForm | EnrollError::CodeNeeded)
        | E::Client(ClientError::CertificateAuthority { .. }) => USAGE,
        E::Enroll(EnrollError::Reply(reply)) | E::Client(ClientError::Reply(reply)) => exit_of_reply(reply),
        E::Client(error) if error.is_unreachable() => UNREACHABLE,
        E::Key(KeyError::AuthenticationRequired) => LOCKED,
        E::Answer(
            AnswerError::NumberNeeded { .. }
            | AnswerError::NumberForm { .. }
            | AnswerError::PickNeeded { .. }
            | AnswerError::NotOffered { .. }
            | AnswerError::NumberNotAsked,
        ) => USAGE,
        E::Rule(RuleRefusal::Days) => USAGE,
        E::Offline(OfflineFault::Text(_)) => NOTHING_FOUND,
        E::Offline(
            OfflineFault::OtherDevice
            | OfflineFault::NoKey
            | OfflineFault::Challenge(ChallengeError::Expired),
        ) => GONE,
        E::UnknownAccount | E::UnknownEntry | E::UnknownChallenge | E::UnknownRule => GONE,
        _ => FAILED,
    }
}

fn exit_of_vault(error: &VaultError) -> u8 {
    use VaultError as E;
    match error {
        E::NotFound { .. } => NO_VAULT,
        E::WrongPassword
        | E::WrongPhrase
        | E::Phrase(_)
        | E::EmptyPassword
        | E::KeyLost { .. }
        | E::KeyRefused { .. }
        | E::NoSuchSlot { .. }
        | E::PasswordRequired
        | E::Locked => LOCKED,
        E::NotAVault { .. }
        | E::Truncated { .. }
        | E::Corrupt { .. }
        | E::UnsupportedVersion { .. }
        | E::RolledBack { .. }
        | E::CostOutOfBounds { .. } => DAMAGED,
        E::FormerKeys { .. } | E::LastSlot | E::NotEnoughMemory { .. } => FAILED,
        _ => STORAGE,
    }
}

fn exit_of_export(error: &ExportError) -> u8 {
    use ExportError as E;
    match error {
        E::Nothing => GONE,
        E::NoPassword | E::NotSwitchedOn => USAGE,
        E::Sealing(error) => exit_of_transfer(error),
        E::NotReadBack | E::FolderMissing { .. } | E::Disk { .. } => STORAGE,
        _ => FAILED,
    }
}

fn exit_of_transfer(error: &TransferError) -> u8 {
    use TransferError as E;
    match error {
        E::NeedsPassword | E::Costly { .. } => USAGE,
        E::WrongPassword | E::WrongPasswordOrDamaged => LOCKED,
        E::NotEnoughMemory { .. } => FAILED,
        E::Cancelled => INTERRUPTED,
        _ => NOTHING_FOUND,
    }
}

fn exit_of_reply(reply: &ReplyError) -> u8 {
    match reply {
        ReplyError::Refused(Refusal { status: 429 | 500..=599, .. }) => UNREACHABLE,
        ReplyError::Refused(Refusal { status: 404 | 410, .. }) => GONE,
        ReplyError::Refused(refusal) if refusal.known() == Code::DeviceUnknown => GONE,
        ReplyError::NotCountersign { .. } | ReplyError::Unreadable { .. } => UNREACHABLE,
        _ => FAILED,
    }
}

/// The error's own sentence, and what lay at the bottom of it (“Permission denied”) unless it says so itself.
pub(crate) fn sentence(error: &dyn StdError) -> String {
    let own = error.to_string();
    let own = own.trim_end_matches('.');
    let mut bottom = error.source();
    while let Some(next) = bottom.and_then(StdError::source) {
        bottom = Some(next);
    }
    match bottom.map(ToString::to_string) {
        Some(bottom) if !own.contains(&bottom) => format!("{own} ({bottom})"),
        _ => own.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn p4_each_fault_of_a_vault_has_its_own_end() {
        let path = PathBuf::from("/v");
        let io = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let faults = [
            (VaultError::NotFound { path: path.clone() }, 9, "vault_not_found"),
            (VaultError::WrongPassword, 3, "wrong_password"),
            (VaultError::NotAVault { path }, 4, "not_a_vault"),
            (VaultError::Truncated { found: 0, expected: None }, 4, "vault_corrupt"),
            (VaultError::UnsupportedVersion { found: 2, supported: 1 }, 4, "vault_unsupported"),
            (VaultError::Busy, 10, "vault_busy"),
            (VaultError::Io { doing: "reading the vault", source: io }, 10, "vault_storage"),
        ];
        let mut sentences = Vec::new();
        for (fault, exit, code) in faults {
            let failure = Failure::from(fault);
            assert_eq!((failure.exit(), failure.code()), (exit, code));
            sentences.push(failure.sentence);
        }
        let count = sentences.len();
        assert!(sentences.last().unwrap().ends_with("(permission denied)"), "{sentences:?}");
        sentences.sort();
        sentences.dedup();
        assert_eq!(sentences.len(), count, "each has its own sentence");
    }

    #[test]
    fn errors_of_the_core_end_as_documented() {
        let refused = |status| {
            let (code, sentence) = ("token_expired".to_owned(), "Ask for another.".to_owned());
            let refusal = Refusal { status, code, sentence, outcome: None, server_time: None };
            Failure::from(EnrollError::Reply(ReplyError::Refused(refusal)))
        };
        assert_eq!((refused(410).exit(), refused(410).code()), (6, "token_expired"));
        assert_eq!(refused(503).exit(), 5);
        assert_eq!(refused(400).exit(), 1);
        let timeout = ClientError::Timeout { server: "host".to_owned() };
        assert_eq!((Failure::from(timeout).exit(), Failure::from(ScanError::NoCode).exit()), (5, 8));
        let offline = |fault: OfflineFault| Failure::from(AuthenticatorError::Offline(fault)).exit();
        let text = OfflineFault::Text(countersign_protocol::offline::OfflineTextError::Damaged);
        assert_eq!((offline(text), offline(OfflineFault::NoKey)), (8, 6));
        assert_eq!((offline(ChallengeError::Expired.into()), offline(OfflineFault::NeedsNetwork)), (6, 1));
        assert_eq!(Failure::from(AuthenticatorError::UnknownChallenge).exit(), 6);
        assert_eq!(
            Failure::from(AuthenticatorError::Answer(AnswerError::NumberNeeded { digits: 2 })).exit(),
            2
        );
    }

    #[test]
    fn json_errors_have_code_and_message() {
        let text = Failure::wrong_number("the number was wrong").to_json();
        assert_eq!(text, r#"{"error":{"code":"wrong_number","message":"the number was wrong"}}"#);
    }
}
