//! What a scanned or pasted text is. Nothing is opened, stored or executed: this only says what lies there.
//!
//! Reading is left to the rooms of each kind ([`crate::otp`], [`crate::transfer`] and `countersign_protocol`).

use std::fmt;

use countersign_protocol::link::{EnrollmentLink, LinkError};
use countersign_protocol::offline::{OfflineText, OfflineTextError};

use super::{QrText, visible};
use crate::otp::{OtpAuthError, OtpEntry, is_link};
use crate::remark::Remark;
use crate::transfer::{MigrationPart, TransferError};

/// Longest part of a foreign text that a sentence shows, in characters.
const SHOWN: usize = 120;

/// What a text turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanned {
    /// An invitation to enrol this device at a server.
    Enrollment(EnrollmentLink),
    /// An account with codes.
    OtpAuth(OtpEntry),
    /// A sign-in that this device may approve without a network. Not checked yet.
    OfflineRequest(OfflineText),
    /// One part of a Google Authenticator export (`otpauth-migration://`), to be joined by [`super::ScanSession`].
    MigrationPart(MigrationPart),
    /// Meant as an account, but not usable; `Display` says why.
    Invalid(Invalid),
    /// Something else.
    Unknown(Unknown),
}

/// Why a text that was meant as an account is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// A link of an account, such as `otpauth:`.
    #[error(transparent)]
    OtpAuth(#[from] OtpAuthError),
    /// A part of a Google Authenticator export.
    #[error(transparent)]
    Migration(#[from] TransferError),
    /// An enrolment link.
    #[error("This enrolment link cannot be used: {0}.")]
    Enrollment(#[from] LinkError),
    /// A sign-in to approve without a network.
    #[error("This QR code of a sign-in cannot be used: {0}.")]
    Offline(#[from] OfflineTextError),
}

impl Invalid {
    /// The same with its code.
    pub(crate) fn remark(&self) -> Remark {
        let code = match self {
            Self::OtpAuth(error) => return error.remark(),
            Self::Migration(_) => "export_part",
            Self::Enrollment(_) => "invitation",
            Self::Offline(_) => "sign_in",
        };
        Remark::new(code, Vec::new(), self.to_string())
    }
}

/// A text that is no account. `Display` is a sentence that names what it is, safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The text as scanned. May be a secret of its own, such as a Wi-Fi password.
    pub text: QrText,
    /// What it is.
    pub what: What,
}

/// Kinds of foreign texts that the shells have words for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum What {
    /// Nothing, or white space only.
    Empty,
    /// `http:` or `https:`.
    WebAddress,
    /// `WIFI:`.
    WifiSettings,
    /// vCard, MECARD, BIZCARD.
    Contact,
    /// A calendar entry.
    CalendarEvent,
    /// A bank transfer (EPC, Swiss, EMVCo) or a crypto-currency address.
    Payment,
    /// `tel:`, `sms:`.
    PhoneNumber,
    /// `mailto:` or `MATMSG:`.
    MailAddress,
    /// `geo:`.
    Place,
    /// `FIDO:/`: sign-in with a passkey on this phone (CTAP 2.2 §11.5).
    PasskeySignIn,
    /// The enrolment of another authenticator app.
    OtherAuthenticator,
    /// A link to some other app.
    AppLink,
    /// Any other text.
    Text,
}

impl What {
    /// A stable word for programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::WebAddress => "web_address",
            Self::WifiSettings => "wifi_settings",
            Self::Contact => "contact",
            Self::CalendarEvent => "calendar_event",
            Self::Payment => "payment",
            Self::PhoneNumber => "phone_number",
            Self::MailAddress => "mail_address",
            Self::Place => "place",
            Self::PasskeySignIn => "passkey_sign_in",
            Self::OtherAuthenticator => "other_authenticator",
            Self::AppLink => "app_link",
            Self::Text => "text",
        }
    }
}

impl fmt::Display for Scanned {
    /// One sentence for the person; never a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Enrollment(link) => {
                write!(f, "This QR code enrols this device at {}.", visible(&link.server, SHOWN))
            }
            Self::OtpAuth(entry) => {
                let account = visible(entry.account(), SHOWN);
                match entry.issuer() {
                    Some(issuer) => {
                        write!(f, "This QR code holds the account “{account}” of {}.", visible(issuer, SHOWN))
                    }
                    None => write!(f, "This QR code holds the account “{account}”."),
                }
            }
            Self::OfflineRequest(_) => {
                f.write_str("This QR code is a sign-in that this device can approve without a network.")
            }
            Self::MigrationPart(part) => write!(
                f,
                "This QR code is part {} of {} of an export of Google Authenticator, with {} accounts.",
                part.index.saturating_add(1),
                part.size,
                part.items.len()
            ),
            Self::Invalid(invalid) => invalid.fmt(f),
            Self::Unknown(unknown) => unknown.fmt(f),
        }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = visible(self.text.as_str().trim(), SHOWN);
        match self.what {
            What::Empty => f.write_str("This QR code is empty. Ask the service for a new one."),
            What::WebAddress => write!(f, "This QR code holds a web address, not an account: {shown}"),
            // The settings hold a password, so they are not repeated.
            What::WifiSettings => f.write_str("This QR code holds Wi-Fi settings, not an account."),
            What::Contact => f.write_str("This QR code holds a contact, not an account."),
            What::CalendarEvent => f.write_str("This QR code holds a calendar entry, not an account."),
            What::Payment => f.write_str("This QR code holds a payment, not an account. Nothing was paid."),
            What::PhoneNumber => write!(f, "This QR code holds a phone number, not an account: {shown}"),
            What::MailAddress => write!(f, "This QR code holds an e-mail address, not an account: {shown}"),
            What::Place => write!(f, "This QR code holds a place, not an account: {shown}"),
            What::PasskeySignIn => f.write_str(
                "This QR code signs in with a passkey. Scan it with the phone's own camera instead.",
            ),
            What::OtherAuthenticator => f.write_str(
                "This QR code is made for another authenticator app. At the service, choose “other app” or “can't scan” to get one for this app.",
            ),
            What::AppLink => write!(f, "This QR code holds a link to another app, not an account: {shown}"),
            What::Text => write!(f, "This QR code holds a text, not an account: {shown}"),
        }
    }
}

/// Says what `text` is. Total: every text is something.
#[must_use]
pub fn classify(text: &str) -> Scanned {
    let trimmed = text.trim();
    if MigrationPart::is_in(trimmed) {
        return match MigrationPart::parse(trimmed) {
            Ok(part) => Scanned::MigrationPart(part),
            Err(reason) => Scanned::Invalid(reason.into()),
        };
    }
    if is_link(trimmed) {
        return match OtpEntry::parse(trimmed) {
            Ok(entry) => Scanned::OtpAuth(entry),
            Err(reason) => Scanned::Invalid(reason.into()),
        };
    }
    if OfflineText::is_meant(trimmed) {
        return match trimmed.parse() {
            Ok(text) => Scanned::OfflineRequest(text),
            Err(reason) => Scanned::Invalid(Invalid::Offline(reason)),
        };
    }
    let what = what(trimmed);
    match EnrollmentLink::parse(trimmed) {
        Ok(link) => return Scanned::Enrollment(link),
        Err(reason) if begins(trimmed, "countersign:") => return Scanned::Invalid(reason.into()),
        // TooLong is said of any long text, so it shows no intention.
        Err(LinkError::NotALink | LinkError::TooLong) => {}
        Err(reason) => return Scanned::Invalid(reason.into()),
    }
    Scanned::Unknown(Unknown { text: QrText::new(text.to_owned()), what })
}

/// Beginnings of the formats that occur in QR codes, compared without regard to case.
const BEGINNINGS: [(&str, What); 32] = [
    ("http://", What::WebAddress),
    ("https://", What::WebAddress),
    ("www.", What::WebAddress),
    ("WIFI:", What::WifiSettings),
    ("BEGIN:VCARD", What::Contact),
    ("MECARD:", What::Contact),
    ("BIZCARD:", What::Contact),
    ("BEGIN:VEVENT", What::CalendarEvent),
    ("BEGIN:VCALENDAR", What::CalendarEvent),
    ("BCD\n", What::Payment),
    ("BCD\r", What::Payment),
    ("SPC\n", What::Payment),
    ("SPC\r", What::Payment),
    ("000201", What::Payment),
    ("bitcoin:", What::Payment),
    ("ethereum:", What::Payment),
    ("lightning:", What::Payment),
    ("monero:", What::Payment),
    ("upi:", What::Payment),
    ("paypal:", What::Payment),
    ("tel:", What::PhoneNumber),
    ("sms:", What::PhoneNumber),
    ("smsto:", What::PhoneNumber),
    ("mailto:", What::MailAddress),
    ("MATMSG:", What::MailAddress),
    ("geo:", What::Place),
    ("FIDO:/", What::PasskeySignIn),
    ("oktaverify:", What::OtherAuthenticator),
    ("phonefactor:", What::OtherAuthenticator),
    ("msauth:", What::OtherAuthenticator),
    ("tiqrauth:", What::OtherAuthenticator),
    ("tiqrenroll:", What::OtherAuthenticator),
];

fn what(text: &str) -> What {
    if text.is_empty() {
        return What::Empty;
    }
    if let Some((_, what)) = BEGINNINGS.iter().find(|(beginning, _)| begins(text, beginning)) {
        return *what;
    }
    match text.split_once("://") {
        Some((scheme, _)) if is_scheme(scheme) => What::AppLink,
        _ => What::Text,
    }
}

fn begins(text: &str, beginning: &str) -> bool {
    text.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
}

/// RFC 3986 §3.1.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}
