//! Who carries messages out: for each channel an account of the tenant's own, or the platform's, or a file beside the
//! database while nothing is in production. How a message is put on the wire is `delivery`'s.

mod account;
mod apns;
mod choose;
mod fcm;
mod health;
mod http_sms;
mod limits;
pub(in crate::engine) mod lookup;
mod pem;
mod secret;
mod smpp;
mod smtp;
mod subscription;
mod trial;
mod twilio;
mod web_push;

pub use apns::ApnsAccount;
pub use choose::{Choice, Chosen};
pub use fcm::FcmAccount;
pub use http_sms::{BLANKS, HttpMethod, HttpSmsAccount, Written, fill};
pub use limits::{Countries, Limits};
pub use lookup::PLATFORM;
pub use secret::Secret;
pub use smpp::SmppAccount;
pub use smtp::{SmtpAccount, SmtpSecurity, SmtpUrl, SmtpUrlError};
pub use subscription::Subscription;
pub use trial::{Carrier, NO_CODE, Trial, TrialError, Tried};
pub use twilio::{TwilioAccount, signature as twilio_signature};
pub use web_push::WebPushAccount;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A way to reach people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// Apple's push service.
    Apns,
    /// Google's push service.
    Fcm,
    /// Web Push (RFC 8030), which UnifiedPush speaks too.
    WebPush,
    /// Short messages to phones.
    Sms,
    /// Calls to phones.
    Voice,
    /// Mail.
    Email,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Apns, Self::Fcm, Self::WebPush, Self::Sms, Self::Voice, Self::Email];

    /// Its word in commands and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Apns => "apns",
            Self::Fcm => "fcm",
            Self::WebPush => "webpush",
            Self::Sms => "sms",
            Self::Voice => "voice",
            Self::Email => "email",
        }
    }

    /// The word for its messages in the outbox: a push is a push, whoever carries it.
    #[must_use]
    pub fn job_kind(self) -> &'static str {
        match self {
            Self::Apns | Self::Fcm | Self::WebPush => "push",
            Self::Sms | Self::Voice | Self::Email => self.as_str(),
        }
    }

    /// Under what a file stands where a provider would; the same everywhere and always.
    fn sink_id(self) -> Uuid {
        Uuid::from_u128(1 + self as u128)
    }

    /// The other way round.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == word)
    }
}

/// What a provider needs to know to let us in, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Account {
    /// Apple's.
    Apns(ApnsAccount),
    /// Google's.
    Fcm(FcmAccount),
    /// Web Push: nobody's, but signed by a key of ours (VAPID).
    WebPush(WebPushAccount),
    /// An SMS gateway that is told by one HTTP request.
    Http(HttpSmsAccount),
    /// Twilio, or whoever speaks as it does: short messages and calls.
    Twilio(TwilioAccount),
    /// A short message service centre that speaks SMPP 3.4.
    Smpp(SmppAccount),
    /// A mail server.
    Smtp(SmtpAccount),
    /// Messages are written to a file in the data directory, for whoever develops. Never in production.
    File,
}

/// A provider as it is used for one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// New with each change of the account: whatever is kept open or remembered for it is kept under this id.
    pub id: Uuid,
    /// The channel.
    pub channel: Channel,
    /// How it lets us in.
    pub account: Account,
}
