//! What every shell shows of a [`super::ScanSession`]: computed here, so that phone and terminal say the same.
//!
//! Plain data without a secret; foreign names are safe to show. What was scanned itself stays in the session.

use serde::Serialize;

use super::{Hint, Scanned, visible};
use crate::otp::Kind;
use crate::remark::Remark;

/// Longest foreign name that is shown, in characters.
const LONGEST: usize = 500;

/// The state of a scanner.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ScanView {
    /// Where it stands.
    pub state: ScanState,
    /// What would help to get the next frame read; none once something waits for the person.
    pub hint: Option<Hint>,
    /// What was found and waits for the person, in the order in which it was found.
    pub items: Vec<ScanItemView>,
    /// Exports of which at least one part was found and which wait for the person.
    pub exports: Vec<ExportPartsView>,
}

/// Where a scanner stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanState {
    /// Nothing waits for the person.
    #[default]
    Looking,
    /// An export has parts that were not scanned yet, and nothing else waits. What is there can be taken all the same.
    Collecting,
    /// Something waits for the person's decision.
    Found,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScanItemView {
    /// Names it in its session: for [`super::ScanSession::get`] and [`super::ScanSession::settle`].
    pub id: usize,
    /// What it is.
    pub kind: ScanKind,
    /// Who issued the account, or the server of an enrolment; none for everything else.
    pub issuer: Option<String>,
    /// The account's name; none for what is no account.
    pub account: Option<String>,
    /// How its codes are made: `totp`, `hotp`, `steam`, `motp`, `yandex`; none for what is no account.
    pub codes: Option<&'static str>,
    /// Whether the secret of the account has fewer than 128 bits.
    pub weak: bool,
    /// Whether its codes need a PIN that the person has to type first.
    pub needs_pin: bool,
    /// A whole sentence that says what it is, in English.
    pub sentence: String,
    /// Why it cannot be used, for what was meant for this app.
    #[serde(skip)]
    pub remark: Option<Remark>,
    /// What happens when the person confirms it. Nothing happens before.
    pub confirm: Confirm,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanKind {
    /// An account with codes.
    Account,
    /// An invitation to enrol this device.
    Enrollment,
    /// A sign-in that can be approved without a network.
    OfflineRequest,
    /// Meant for this app, but not usable.
    Invalid,
    /// Something else: a web address, a contact, ….
    Other,
}

/// What confirming something would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirm {
    /// The account is added.
    AddAccount,
    /// This device is enrolled at the server.
    Enroll,
    /// The sign-in is checked and shown; approving it is a question of its own.
    ShowSignIn,
    /// Nothing: there is only something to read.
    Nothing,
}

impl ScanItemView {
    pub(super) fn of(id: usize, scanned: &Scanned) -> Self {
        let entry = match scanned {
            Scanned::OtpAuth(entry) => Some(entry),
            _ => None,
        };
        let (kind, confirm) = match scanned {
            Scanned::Enrollment(_) => (ScanKind::Enrollment, Confirm::Enroll),
            Scanned::OtpAuth(_) => (ScanKind::Account, Confirm::AddAccount),
            Scanned::OfflineRequest(_) => (ScanKind::OfflineRequest, Confirm::ShowSignIn),
            Scanned::Invalid(_) => (ScanKind::Invalid, Confirm::Nothing),
            Scanned::MigrationPart(_) | Scanned::Unknown(_) => (ScanKind::Other, Confirm::Nothing),
        };
        let issuer = match scanned {
            Scanned::Enrollment(link) => Some(link.server.as_str()),
            _ => entry.and_then(|entry| entry.issuer()),
        };
        Self {
            id,
            kind,
            issuer: issuer.map(|name| visible(name, LONGEST)),
            account: entry.map(|entry| visible(entry.account(), LONGEST)),
            codes: entry.map(|entry| codes(entry.kind())),
            weak: entry.is_some_and(|entry| entry.weak()),
            needs_pin: entry.is_some_and(|entry| {
                matches!(entry.kind(), Kind::Motp { pin: None } | Kind::Yandex { pin: None })
            }),
            sentence: scanned.to_string(),
            remark: match scanned {
                Scanned::Invalid(invalid) => Some(invalid.remark()),
                _ => None,
            },
            confirm,
        }
    }
}

const fn codes(kind: &Kind) -> &'static str {
    match kind {
        Kind::Totp { .. } => "totp",
        Kind::Hotp { .. } => "hotp",
        Kind::Steam => "steam",
        Kind::Motp { .. } => "motp",
        Kind::Yandex { .. } => "yandex",
    }
}

/// An export of Google Authenticator, which shows about ten accounts a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportPartsView {
    /// Names the export in its session: for [`super::ScanSession::export`] and [`super::ScanSession::settle_export`].
    pub id: usize,
    /// How many parts there are.
    pub size: u32,
    /// The parts that were scanned, from 1.
    pub scanned: Vec<u32>,
    /// The parts that are missing, from 1.
    pub missing: Vec<u32>,
    /// Accounts in the parts that were scanned, usable or not.
    pub entries: usize,
    /// A whole sentence that says how far it is, in English. What confirming would bring is said by the import's plan.
    pub sentence: String,
}
