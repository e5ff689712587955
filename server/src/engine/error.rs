//! Why a rule said no. Each dialect and the device protocol translate these into their own words.

use countersign_protocol::answer::AnswerError;
use countersign_protocol::enroll::EnrollError;
use countersign_protocol::request::RequestError;
use countersign_protocol::wire::Outcome;

use crate::checkpoint_files::CheckpointFileError;
use crate::host::NoRandomness;
use crate::seal::SealError;
use crate::store::StoreError;

/// A refusal or a failure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Something in the request is not what it should be; the sentence says what.
    #[error("{0}")]
    Invalid(String),
    /// No such client, wrong secret, or none at all.
    #[error("the client id or secret is wrong, or has expired")]
    Unauthorized,
    /// No such tenant.
    #[error("there is no tenant {0}; `countersign-server tenant create` makes one")]
    TenantNotFound(String),
    /// No such user in this tenant.
    #[error("no user by that user_ref; enrol them first with POST /api/v1/users/enroll")]
    UserNotFound,
    /// The user exists, and was to be new.
    #[error("the user is already enrolled")]
    AlreadyEnrolled,
    /// The user has no device that could approve.
    #[error("the user has no device that can approve; enrol one with POST /api/v1/users/enroll")]
    NoDevices,
    /// No such challenge in this tenant.
    #[error("no session by that session_id; a session_ref is not one")]
    ChallengeNotFound,
    /// The challenge has ended already.
    #[error("the session is no longer pending: it is {}", .0.as_str())]
    NotPending(Outcome),
    /// Nobody's answer has ended the challenge, so there is nothing to prove.
    #[error("{}", no_receipt(*.0))]
    NoReceipt(Outcome),
    /// Asked too often.
    #[error("asked too often; wait {retry_after} s, or use ?wait=SECONDS")]
    TooFast {
        /// Whole seconds to wait.
        retry_after: u64,
    },
    /// No enrolment by that token.
    #[error("this enrolment link is not known here; ask for a new one")]
    TokenInvalid,
    /// The enrolment has been completed already.
    #[error("this enrolment link was used already; ask for a new one")]
    TokenUsed,
    /// The enrolment took too long.
    #[error("this enrolment link has expired; ask for a new one")]
    TokenExpired,
    /// A push token that cannot be one.
    #[error("{0}")]
    InvalidDeviceToken(&'static str),
    /// A platform that is none.
    #[error("platform must be ios, android or terminal")]
    InvalidPlatform,
    /// No such device in this tenant.
    #[error("no device by that token")]
    DeviceNotFound,
    /// The proof of the new device's keys does not hold.
    #[error(transparent)]
    EnrollProof(#[from] EnrollError),
    /// The asking device was removed or never existed.
    #[error("this device is not enrolled here; it may have been removed")]
    DeviceUnknown,
    /// The request's signature does not hold.
    #[error(transparent)]
    RequestProof(#[from] RequestError),
    /// The request must be signed again with a fresh nonce.
    #[error("sign the request again with the nonce in this reply's Device-Nonce header")]
    UseNonce,
    /// The answer does not fit the challenge.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// The number was wrong; the challenge ended as denied.
    #[error("the number was wrong; the request has ended as denied, ask again on the login screen")]
    WrongNumber,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A checkpoint that is kept outside the database.
    #[error(transparent)]
    CheckpointFile(#[from] CheckpointFileError),
    /// A sealed value did not open.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// A stored thing does not have the form it was written in.
    #[error("a stored {0} is damaged")]
    Damaged(&'static str),
    /// The server is shutting down.
    #[error("the server is shutting down")]
    Closing,
}

fn no_receipt(outcome: Outcome) -> String {
    match outcome {
        Outcome::Pending => {
            "there is no receipt yet: nobody has answered; ask again when the session has ended".to_owned()
        }
        ended => {
            format!("there is no receipt: the session ended without an answer, it is {}", ended.as_str())
        }
    }
}
