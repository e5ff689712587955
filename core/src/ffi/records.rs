//! The plain data that crosses about accounts and enrolment, with ids as texts. Requests are in `requests.rs`.

use countersign_protocol::wire::Platform;

use crate::authenticator as core;
use crate::enroll::{Check, Offer};
use crate::transfer::export::qr_picture;

/// How servers are reached.
#[derive(Debug, Clone, Default, uniffi::Record)]
pub struct ConnectionOptions {
    /// Certificates (PEM) of the organisation's own authority, believed beside the public ones.
    pub ca_pem: Option<Vec<u8>>,
}

/// Which kind of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum DevicePlatform {
    /// Woken by APNs.
    Ios,
    /// Woken by FCM or UnifiedPush.
    Android,
    /// Never woken.
    Terminal,
}

impl From<DevicePlatform> for Platform {
    fn from(platform: DevicePlatform) -> Self {
        match platform {
            DevicePlatform::Ios => Self::Ios,
            DevicePlatform::Android => Self::Android,
            DevicePlatform::Terminal => Self::Terminal,
        }
    }
}

/// What must be shown before the device is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum EnrollmentCheck {
    /// Nothing more.
    None,
    /// The code that was mailed to the person. It can be sent again.
    EmailCode,
    /// A code from the person's authenticator app.
    OneTimePassword,
}

impl From<Check> for EnrollmentCheck {
    fn from(check: Check) -> Self {
        match check {
            Check::None => Self::None,
            Check::EmailCode => Self::EmailCode,
            Check::OneTimePassword => Self::OneTimePassword,
        }
    }
}

/// What the person confirms before enrolling.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct OfferDetails {
    /// The organisation.
    pub tenant: String,
    /// The server's base URL.
    pub server: String,
    /// The relying party's name for the person.
    pub user_ref: String,
    /// The person's own name, if the server tells it.
    pub user_name: Option<String>,
    /// `s…e@example.org`, if the server tells it.
    pub email_masked: Option<String>,
    /// What must still be shown before the device is taken.
    pub check: EnrollmentCheck,
    /// When the link ends, RFC 3339.
    pub expires_at: String,
}

impl From<&Offer> for OfferDetails {
    fn from(offer: &Offer) -> Self {
        let shown = |text: &str| crate::scan::visible(text, 500);
        Self {
            tenant: shown(&offer.tenant),
            server: offer.server().to_owned(),
            user_ref: shown(&offer.user_ref),
            user_name: offer.user_name.as_deref().map(shown),
            email_masked: offer.email_masked.as_deref().map(shown),
            check: offer.check().into(),
            expires_at: shown(&offer.expires_at),
        }
    }
}

/// A device that has just been enrolled.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EnrolledDevice {
    /// The account.
    pub account: Account,
    /// Six characters to compare with the server's screen.
    pub confirmation_code: String,
}

impl From<core::Enrolled> for EnrolledDevice {
    fn from(enrolled: core::Enrolled) -> Self {
        Self { account: enrolled.account.into(), confirmation_code: enrolled.confirmation_code }
    }
}

/// An enrolled account.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Account {
    /// Names the account on this device.
    pub id: String,
    /// The organisation.
    pub tenant: String,
    /// The server's base URL.
    pub server: String,
    /// The relying party's name for the person.
    pub user_ref: String,
    /// The person's own name, if known.
    pub user_name: Option<String>,
    /// This device's name there.
    pub device_name: String,
    /// Seconds since 1970.
    pub enrolled_at: u64,
    /// Seconds that this device's clock is behind (negative: ahead); none up to 60 s.
    pub clock_error: Option<i64>,
}

impl From<core::AccountView> for Account {
    fn from(view: core::AccountView) -> Self {
        Self {
            id: view.id.to_string(),
            tenant: view.tenant,
            server: view.server,
            user_ref: view.user_ref,
            user_name: view.user_name,
            device_name: view.device_name,
            enrolled_at: view.enrolled_at,
            clock_error: view.clock_error,
        }
    }
}

/// How a new phone takes an account over. Never printed by `Debug`.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Successor {
    /// An enrolment link, for the new phone.
    pub link: String,
    /// The same as a QR code, black on white with a light margin: a PNG. None for a link that is too long for one.
    pub picture: Option<Vec<u8>>,
    /// RFC 3339.
    pub expires_at: String,
}

impl std::fmt::Debug for Successor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Successor").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl From<core::TransferLink> for Successor {
    fn from(link: core::TransferLink) -> Self {
        let picture = qr_picture(&link.link).map(|png| png.to_vec());
        Self { link: link.link, picture, expires_at: link.expires_at }
    }
}
