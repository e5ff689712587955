//! What a file holds: entry by entry, in its order, good ones beside those that cannot be used (P3).

use super::Format;
use crate::entries::Details;
use crate::otp::{OtpEntry, UriWarning};
use crate::remark::Remark;
use crate::settings::Settings;

/// What was read from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Of which app.
    pub format: Format,
    /// Its entries, in their order.
    pub items: Vec<Item>,
    /// Parts of the same export that are missing, counted from 1; empty for everything but codes in several parts.
    pub missing_parts: Vec<u32>,
    /// What the person had chosen about the app; only our own backup has it.
    pub settings: Option<Settings>,
}

impl Found {
    /// Items of one file.
    #[must_use]
    pub const fn new(format: Format, items: Vec<Item>) -> Self {
        Self { format, items, missing_parts: Vec::new(), settings: None }
    }
}

/// One entry of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// It can be used.
    Usable(Box<Imported>),
    /// It cannot, and why.
    Refused(Refusal),
    /// It is no account with codes.
    Skipped(Skip),
}

/// A usable entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The account.
    pub otp: OtpEntry,
    /// What the person had made of it in the other app.
    pub details: Details,
    /// What the person should know.
    pub warnings: Vec<Warning>,
}

impl From<OtpEntry> for Imported {
    fn from(otp: OtpEntry) -> Self {
        Self { otp, details: Details::default(), warnings: Vec::new() }
    }
}

/// Something about a usable entry that the person should know. `Display` is a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// Counter-based, and the file does not say where the counter stands.
    #[error("The file does not say how many codes were used; if a code is refused, ask for the next one.")]
    CounterMissing,
    /// Codes need a PIN that the file does not hold.
    #[error("Its PIN is not in the file. Enter it before the first code.")]
    NeedsPin,
    /// The file does not say how long a code lives.
    #[error("The file does not say how long a code lives; 30 seconds are assumed.")]
    PeriodAssumed,
    /// The picture was too large or is none.
    #[error("Its picture was left out.")]
    IconLeftOut,
    /// Read by rules that were never seen at work.
    #[error("This form is rare. Compare a code with the other app before you remove it there.")]
    Unproven,
}

impl Warning {
    pub(crate) fn remark(self) -> Remark {
        let code = match self {
            Self::CounterMissing => "counter_missing",
            Self::NeedsPin => "pin_missing",
            Self::PeriodAssumed => "period_assumed",
            Self::IconLeftOut => "picture_left_out",
            Self::Unproven => "unproven",
        };
        Remark::new(code, Vec::new(), self.to_string())
    }
}

impl From<UriWarning> for Warning {
    fn from(warning: UriWarning) -> Self {
        match warning {
            UriWarning::CounterMissing => Self::CounterMissing,
            UriWarning::NeedsPin => Self::NeedsPin,
            UriWarning::Unproven => Self::Unproven,
        }
    }
}

/// Why an entry cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its number in the file, from 1; for lists of links the line.
    pub index: usize,
    /// Its name, safe to show; never the secret. May be empty.
    pub name: String,
    /// Which part is at fault.
    pub field: Field,
    /// A sentence without the secret.
    pub reason: Remark,
}

/// Parts of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Field {
    Secret,
    Type,
    Algorithm,
    Digits,
    Period,
    Counter,
    Pin,
    Name,
    /// The entry as a whole.
    Entry,
}

impl Field {
    /// The code of a remark that says no more than that this part cannot be used.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Type => "kind",
            Self::Algorithm => "algorithm",
            Self::Digits => "digits",
            Self::Period => "period",
            Self::Counter => "counter",
            Self::Pin => "pin",
            Self::Name => "name",
            Self::Entry => "entry",
        }
    }
}

/// What was left aside because it is no account with codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skip {
    /// Its number in the file, from 1.
    pub index: usize,
    /// Its name, safe to show. May be empty.
    pub name: String,
    /// What it is.
    pub what: Aside,
}

/// What an entry is that holds no codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    /// Name and password alone.
    Login,
    /// A text.
    Note,
    /// Of a bank.
    Card,
    /// Name and address of a person.
    Identity,
    /// For a terminal.
    SshKey,
    /// Anything else.
    Other,
    /// It was thrown away in the other app.
    Bin,
    /// It asks instead of showing codes.
    Push,
}

impl Aside {
    /// In a few words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Login => "a login without codes",
            Self::Note => "a note",
            Self::Card => "a card",
            Self::Identity => "an identity",
            Self::SshKey => "an SSH key",
            Self::Other => "an item of another kind",
            Self::Bin => "in the bin",
            Self::Push => "a push account",
        }
    }

    pub(crate) fn remark(self) -> Remark {
        let code = match self {
            Self::Login => "skipped_login",
            Self::Note => "skipped_note",
            Self::Bin => "skipped_bin",
            Self::Push => "skipped_push",
            Self::Card | Self::Identity | Self::SshKey | Self::Other => "skipped_other",
        };
        Remark::new(code, Vec::new(), self.words().to_owned())
    }
}
