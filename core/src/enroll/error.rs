//! Why a device is not enrolled. After each of these nothing is left on the phone.

use countersign_protocol::link::LinkError;

use crate::exchange::ReplyError;

/// Why enrolment stopped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnrollError {
    /// The text is no link that will be followed.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The server refused, or something else answered in its place.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// The key that the server showed is not the one in the link.
    #[error(
        "the server's key is not the one in the link: someone may be between you and the server; do not go on, and ask the administrator for a new link"
    )]
    OtherKey,
    /// The server calls itself something else than the link does.
    #[error(
        "the link is for {link}, but the server calls itself {server}; ask the administrator to correct the server's public address"
    )]
    OtherServer {
        /// From the link.
        link: String,
        /// From the reply.
        server: String,
    },
    /// The server wants another proof first that this version cannot give.
    #[error(
        "this link also asks for a code of the kind “{0}”, which this version cannot enter; update this app, or ask the administrator for a link without it"
    )]
    ChallengeUnsupported(String),
    /// The link asks for a code that was not given yet.
    #[error("this link asks for a code first; enter it, then enrol")]
    CodeNeeded,
    /// What was typed cannot be a code.
    #[error("a code has six digits; look at it again")]
    CodeForm,
    /// The code was wrong.
    #[error("the code is not right; {}", left(*attempts_left))]
    WrongCode {
        /// Guesses that remain, if the server says so.
        attempts_left: Option<u32>,
    },
    /// A code was sent a moment ago.
    #[error("a code was sent a moment ago; look for it, and ask for another one in {retry_after} s")]
    CodeSentJustNow {
        /// Whole seconds to wait.
        retry_after: u64,
    },
    /// See [`super::device_name`].
    #[error("a device's name has 1 to 100 characters on one line; choose another one")]
    DeviceName,
    /// The key store gave one key for both uses: then a possession signature would pass for a verification.
    #[error("this phone's key store gave the same key twice; restart the phone and try again")]
    SameKey,
    /// The key store's signature is not by the key that it named.
    #[error(
        "this phone's key store signed with another key than the one it made; restart the phone and try again"
    )]
    Signature,
    /// What the server wrote down is not what was asked for.
    #[error(
        "the server enrolled something else than this device ({0}); ask the administrator to remove it, then use a new link"
    )]
    OtherDevice(&'static str),
    /// The two sides do not agree on what they exchanged.
    #[error(
        "server and phone do not agree on what they exchanged, so someone may be between them; ask the administrator to remove this device, then use a new link"
    )]
    Confirmation,
}

impl EnrollError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Link(LinkError::NotALink) => "not_a_link",
            Self::Link(_) => "invalid_link",
            Self::Reply(ReplyError::Refused(_)) => "server_refused",
            Self::Reply(_) => "not_countersign",
            Self::OtherKey => "server_key_differs",
            Self::OtherServer { .. } => "server_id_differs",
            Self::ChallengeUnsupported(_) => "enrollment_challenge_unsupported",
            Self::CodeNeeded => "enrollment_code_needed",
            Self::CodeForm => "enrollment_code_form",
            Self::WrongCode { .. } => "wrong_enrollment_code",
            Self::CodeSentJustNow { .. } => "enrollment_code_just_sent",
            Self::DeviceName => "invalid_device_name",
            Self::SameKey | Self::Signature => "key_store_faulty",
            Self::OtherDevice(_) => "enrolled_device_differs",
            Self::Confirmation => "confirmation_differs",
        }
    }
}

fn left(attempts: Option<u32>) -> String {
    match attempts {
        Some(0) => "it was the last try, ask for a new link".to_owned(),
        Some(1) => "one try is left".to_owned(),
        Some(more) => format!("{more} tries are left"),
        None => "look at it again".to_owned(),
    }
}
