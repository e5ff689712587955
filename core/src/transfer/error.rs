//! Why a whole file could not be read. What is wrong with one of its entries is [`super::Refusal`].

use super::Format;

/// Why nothing was read. `Display` is a whole sentence that says what to do next and never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// No known form.
    #[error(
        "This file is of no authenticator that can be read here. Export again from the other app, and choose that file as it is."
    )]
    NotRecognised,
    /// The file has no bytes, or its archive has no member.
    #[error("This file is empty. Export again from the other app.")]
    Empty,
    /// A form that is known and cannot be read; the reason is a sentence that says what to do.
    #[error("{reason}")]
    Unsupported {
        /// A whole sentence.
        reason: &'static str,
    },
    /// A newer version of a known form.
    #[error("This file of {} is of version {version}, which is newer than what can be read. Update this app.", format.name())]
    UnsupportedVersion {
        /// Of which app.
        format: Format,
        /// What it says of itself.
        version: String,
    },
    /// Encrypted, and no password was given.
    #[error("This file is encrypted. Enter the password that was chosen when it was exported.")]
    NeedsPassword,
    /// The password does not open it, and the format can tell.
    #[error("This password does not open the file. Enter the one that was chosen when it was exported.")]
    WrongPassword,
    /// The password alone does not open it; whether more belongs to it cannot be seen from outside.
    #[error(
        "This password does not open the file. If a key file or a hardware key belongs to it as well, make a copy that only the password opens, and choose that."
    )]
    WrongPasswordOrKeyFile,
    /// The format cannot tell a wrong password from damage.
    #[error(
        "Either the password is wrong, or the file is damaged: this format does not tell. Try the password again, then export again."
    )]
    WrongPasswordOrDamaged,
    /// Broken off, changed, or not what it says it is.
    #[error("This file of {} is damaged: {what}. Export again from the other app.", format.name())]
    Damaged {
        /// Of which app.
        format: Format,
        /// The part, in a few words; never content.
        what: String,
    },
    /// An archive that cannot be taken apart, before it is known of which app it is.
    #[error("This ZIP archive is damaged: {what}. Export again from the other app.")]
    DamagedArchive {
        /// The part, in a few words; never content.
        what: &'static str,
    },
    /// More than the largest file that is read, inflated text or entries over their limits.
    #[error("This file is larger than any real export ({what}), so it is not read.")]
    TooLarge {
        /// What is too large, in a few words.
        what: &'static str,
    },
    /// Costs of the password check beyond what any app writes (P5). Nothing was computed.
    #[error(
        "This file asks for more memory or time to check its password than any app does, so it is not read: {what}."
    )]
    CostOutOfBounds {
        /// The parameters.
        what: String,
    },
    /// Within bounds, but long: the person decides (P5). Nothing was computed.
    #[error(
        "Checking the password of this file takes {memory_mib} MiB of memory and about {seconds} s. Go on?"
    )]
    Costly {
        /// Memory that it takes.
        memory_mib: u32,
        /// A rough guess.
        seconds: u32,
    },
    /// This machine has not as much memory.
    #[error(
        "Checking the password of this file takes {memory_mib} MiB of memory, which this device does not have. Use another device."
    )]
    NotEnoughMemory {
        /// Memory that it takes.
        memory_mib: u32,
    },
    /// Every entry was refused; the first reason stands for all.
    #[error("None of the {refused} entries of this file can be used. The first one: {first}")]
    NothingUsable {
        /// How many.
        refused: usize,
        /// Why, for the first.
        first: String,
    },
    /// The person stopped it.
    #[error("Stopped. Nothing was changed.")]
    Cancelled,
}

impl TransferError {
    /// A stable word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotRecognised => "import_not_recognised",
            Self::Empty => "import_empty",
            Self::Unsupported { .. } => "import_unsupported",
            Self::UnsupportedVersion { .. } => "import_version",
            Self::NeedsPassword => "import_needs_password",
            Self::WrongPassword | Self::WrongPasswordOrKeyFile => "import_wrong_password",
            Self::WrongPasswordOrDamaged => "import_wrong_password_or_damaged",
            Self::Damaged { .. } | Self::DamagedArchive { .. } => "import_damaged",
            Self::TooLarge { .. } => "import_too_large",
            Self::CostOutOfBounds { .. } => "import_cost_out_of_bounds",
            Self::Costly { .. } => "import_costly",
            Self::NotEnoughMemory { .. } => "import_not_enough_memory",
            Self::NothingUsable { .. } => "import_nothing_usable",
            Self::Cancelled => "cancelled",
        }
    }
}
