//! Why a rule said no. Each dialect and the device protocol translate these into their own words.

use countersign_protocol::answer::AnswerError;
use countersign_protocol::enroll::EnrollError;
use countersign_protocol::request::RequestError;
use countersign_protocol::rule::RuleError;
use countersign_protocol::wire::Outcome;

use super::attestation::AttestationError;
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
    /// Too many wrong secrets.
    #[error(
        "too many wrong secrets came from there; wait {retry_after} s, and see that the right one is used"
    )]
    TooManyAttempts {
        /// Whole seconds to wait.
        retry_after: u64,
    },
    /// More secrets wait to be hashed than may.
    #[error("the server has too many passwords and recovery codes to check; try again in {retry_after} s")]
    Busy {
        /// Whole seconds to wait.
        retry_after: u64,
    },
    /// No such secret.
    #[error("the application has no active secret by that id or beginning; `application secrets` shows them")]
    SecretNotFound,
    /// No third secret.
    #[error(
        "the application would have three secrets; end one with `application revoke-secret`, wait until one ends \
         (`application secrets` shows when), or let all old ones end with --now"
    )]
    TwoSecrets,
    /// No such tenant.
    #[error("there is no tenant {0}; `countersign-server tenant create` makes one")]
    TenantNotFound(String),
    /// No such application in its tenant.
    #[error("there is no application {0}; `countersign-server application list` shows those of a tenant")]
    ApplicationNotFound(String),
    /// Browsers have no passkeys for the server's public address.
    #[error(
        "passkeys need a public address with a domain name and https; the server's operator sets it with `public_url`"
    )]
    NoPasskeysHere,
    /// What a browser showed as a passkey does not hold, or is nobody's who may come in.
    #[error("this passkey was not taken; try again, or use another way")]
    PasskeyRefused,
    /// This browser was not asked for a passkey, or too long ago, or has answered already.
    #[error("the browser took too long, or has answered already; begin again")]
    CeremonyOver,
    /// No such channel in its tenant.
    #[error("there is no channel {0}; `countersign-server channel list` shows those of a tenant")]
    ChannelNotFound(String),
    /// No such operator, or one who may not use the console any more.
    #[error("there is no such operator; the page of operators shows those that there are")]
    OperatorNotFound,
    /// No such user in this tenant.
    #[error("no user by that user_ref; enrol them first with POST /api/v1/users/enroll")]
    UserNotFound,
    /// The user exists, and was to be new.
    #[error("the user is already enrolled")]
    AlreadyEnrolled,
    /// The application's policy does not allow this factor.
    #[error("this application's policy does not allow {0}")]
    FactorNotAllowed(&'static str),
    /// An access rule refuses sign-ins from there.
    #[error("an access rule of the tenant refuses sign-ins from there")]
    RefusedByRule,
    /// Too many failures; nothing is asked or accepted until somebody unlocks it.
    #[error(
        "{0} is locked for this user after too many failures; an operator ends that with `countersign-server user unlock`"
    )]
    Locked(&'static str),
    /// The user refused several times in a row, or reported a question.
    #[error("the user refused; no more pushes for {retry_after} s, let them sign in with another factor")]
    CoolingDown {
        /// Whole seconds to wait.
        retry_after: u64,
    },
    /// The user has been sent as many pushes as one minute may have.
    #[error("the user has been asked too often; wait {retry_after} s")]
    TooManyPushes {
        /// Whole seconds to wait.
        retry_after: u64,
    },
    /// The user has no device that could approve.
    #[error("the user has no device that can approve; enrol one with POST /api/v1/users/enroll")]
    NoDevices,
    /// No such challenge in this tenant.
    #[error("no session by that session_id; a session_ref is not one")]
    ChallengeNotFound,
    /// No such transaction.
    #[error("no sign-in by that channel; it may have ended more than five minutes ago")]
    TransactionNotFound,
    /// The page of a transaction was first shown to another browser.
    #[error("the sign-in was begun in another browser; go on there, or begin again here")]
    OtherBrowser,
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
    /// The link's holder has not shown what it asks for.
    #[error("this enrolment link asks for a code first; give it with POST /api/v1/devices/verify-enrollment")]
    ChallengeRequired,
    /// What was done does not fit what the link asks for; the sentence says what to do.
    #[error("{0}")]
    WrongChallenge(&'static str),
    /// A wrong code.
    #[error("the code is not right; {}", left(*attempts_left))]
    WrongCode {
        /// Guesses that remain.
        attempts_left: i64,
    },
    /// The link has ended after too many wrong codes.
    #[error("too many wrong codes were given for this enrolment link; ask for a new one")]
    TooManyCodes,
    /// A code was sent a moment ago.
    #[error("a code was sent a moment ago; look for it, and ask again in {retry_after} s")]
    SentJustNow {
        /// Whole seconds to wait.
        retry_after: u64,
    },
    /// The link's codes were sent again as often as may be.
    #[error("no more codes are sent for this enrolment link; ask for a new one")]
    SentTooOften {
        /// Whole seconds until the link ends.
        retry_after: u64,
    },
    /// A wrong code of a session.
    #[error("the code is not right; {}", left_in_session(*attempts_left))]
    WrongTypedCode {
        /// Tries that remain.
        attempts_left: i64,
    },
    /// The person has no such factor, or it does not count yet.
    #[error("the person has no {0} factor; let them enrol one, or ask for another kind")]
    NoFactor(&'static str),
    /// No code was sent to make the factor count, or it has expired.
    #[error("no code is on its way for this factor, or it has expired; ask for a new one")]
    NoCodeWaiting,
    /// The session's code is one that nobody sends.
    #[error(
        "nothing is sent for this session: its answer comes from the person's phone, app or recovery codes"
    )]
    NothingToSend,
    /// As many codes went out for the session as may.
    #[error("no more codes are sent for this session; ask again with a new one")]
    NoMoreCodes {
        /// Whole seconds until the session ends.
        retry_after: u64,
    },
    /// As many codes went to that number or address as an hour may have.
    #[error("too many codes went there; wait {retry_after} s, or let the person use another factor")]
    SentTooMany {
        /// Whole seconds to wait.
        retry_after: u64,
    },
    /// As many codes went to numbers like that one as an hour may have.
    #[error(
        "too many codes went to numbers that begin like this one; wait {retry_after} s, or let the person use another \
         factor"
    )]
    BlockBusy {
        /// Whole seconds to wait.
        retry_after: u64,
    },
    /// The tenant has caused as many messages of this kind as a day may have.
    #[error(
        "no more messages by {by} today; wait {retry_after} s, let people use another factor, or have the operator \
         raise --per-day with `countersign-server provider set`"
    )]
    SpentForToday {
        /// `sms` or `voice`.
        by: &'static str,
        /// Whole seconds until the next day (UTC).
        retry_after: u64,
    },
    /// The operator sends nothing to the number's country.
    #[error(
        "nothing is sent by {0} to the country of this number; the operator names the countries with \
         `countersign-server provider set {0} --countries`"
    )]
    CountryNotAllowed(&'static str),
    /// The person's one-time passwords are locked after too many wrong ones.
    #[error(
        "this person's one-time passwords are locked after too many wrong ones; an administrator unlocks them"
    )]
    FactorLocked,
    /// The person has such a factor and uses it.
    #[error(
        "the person has and uses this factor already; remove it first if another one is to take its place"
    )]
    FactorExists,
    /// The person has as many numbers and addresses as they may.
    #[error("the person has as many numbers and addresses as they may have; remove one first")]
    TooManyFactors,
    /// No factor by that id, or another person's.
    #[error("this person has no factor by that id; the list of their factors has them")]
    NoSuchFactor,
    /// Nobody takes the last thing away with which they can sign in to the console.
    #[error("this is the last thing with which you can sign in; add another one first")]
    LastWayIn,
    /// A wrong code of a factor.
    #[error("the code is not right; {}", tries_left(*attempts_left))]
    WrongFactorCode {
        /// Wrong codes until the factor is locked.
        attempts_left: i64,
    },
    /// Too weak for this sign-in (S13).
    #[error(
        "this sign-in needs an answer from a device that has verified the person; {0} is not enough for it"
    )]
    FactorTooWeak(&'static str),
    /// Factors change only after fresh authentication (S49).
    #[error(
        "the tenant lets factors change only after a fresh sign-in: ask the person with the strongest factor that \
         they have, and give the session_id within ten minutes of its approval"
    )]
    ProofNeeded,
    /// The person has no such factor.
    #[error("the person has no one-time passwords")]
    FactorNotFound,
    /// A push token that cannot be one.
    #[error("{0}")]
    InvalidDeviceToken(&'static str),
    /// A platform that is none.
    #[error("platform must be ios, android or terminal")]
    InvalidPlatform,
    /// No such device in this tenant.
    #[error("no device by that token")]
    DeviceNotFound,
    /// Nobody carries messages of this channel.
    #[error(
        "no provider carries {0} messages here; the server's operator sets one with \
         `countersign-server provider set {0}`"
    )]
    NoProvider(&'static str),
    /// Nothing was chosen for this channel.
    #[error("nothing is set for {0} there; `countersign-server provider show` says what is")]
    ProviderNotFound(&'static str),
    /// No such webhook.
    #[error("no webhook by that id (whk_…); `countersign-server webhook list` shows them")]
    WebhookNotFound,
    /// No such message to a webhook in this tenant.
    #[error("no delivery by that id; the list of deliveries has them")]
    DeliveryNotFound,
    /// It is being tried anyway.
    #[error("the delivery is still being tried; wait until it is done or dead")]
    DeliveryWaiting,
    /// The proof of the new device's keys does not hold.
    #[error(transparent)]
    EnrollProof(#[from] EnrollError),
    /// The proof of where the new device's keys are does not hold.
    #[error(transparent)]
    Attestation(#[from] AttestationError),
    /// The tenant takes only phones whose proof holds; the sentence says what to do.
    #[error("{0}")]
    AttestationRequired(&'static str),
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
    /// The challenge is not one whose code is typed into the login page.
    #[error("this session has no code to type; look at its status instead")]
    NoCode,
    /// The person has not approved on the phone yet.
    #[error("the person has not approved on their phone yet, which then shows the code")]
    NotAnswered,
    /// The code that the phone showed was typed wrongly; the challenge ended as denied.
    #[error("the code was wrong; the session has ended as denied, ask again")]
    WrongShownCode,
    /// The rule does not hold.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// The rule was ended before, or its id belongs to another one.
    #[error("this rule has ended; make a new one")]
    RuleEnded,
    /// The application does not allow rules.
    #[error("this application does not allow rules that approve for you")]
    RulesOff,
    /// A device has as many rules as it may.
    #[error("this device has as many rules as it may have; end one first")]
    TooManyRules,
    /// No such rule of this device.
    #[error("this device has no rule by that id; it may have ended")]
    RuleNotFound,
    /// The `Idempotency-Key` came with another request before.
    #[error("this Idempotency-Key belongs to another request; take a new key for each new request")]
    IdempotencyKeyReused,
    /// A request with this `Idempotency-Key` is being done.
    #[error("a request with this Idempotency-Key is being done; ask again in a moment")]
    IdempotencyInFlight,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
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

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::PersonGone => Self::UserNotFound,
            other => Self::Store(other),
        }
    }
}

fn left(attempts: i64) -> String {
    match attempts {
        0 => "it was the last try, ask for a new enrolment link".to_owned(),
        1 => "one try is left".to_owned(),
        more => format!("{more} tries are left"),
    }
}

fn tries_left(attempts: i64) -> String {
    match attempts {
        0 => "it was the last try; an operator unlocks the factor with `countersign-server user unlock`"
            .to_owned(),
        1 => "one try is left".to_owned(),
        more => format!("{more} tries are left"),
    }
}

fn left_in_session(attempts: i64) -> String {
    match attempts {
        0 => "it was the last try, and the session has ended; ask again with a new one".to_owned(),
        more => left(more),
    }
}

fn no_receipt(outcome: Outcome) -> String {
    match outcome {
        Outcome::Pending => {
            "there is no receipt yet: nobody has answered; ask again when the session has ended".to_owned()
        }
        Outcome::Approved => {
            "there is no receipt: the session was approved by a code that the person typed, which nobody signs, or they were removed since".to_owned()
        }
        ended => {
            format!("there is no receipt: the session ended without an answer, it is {}", ended.as_str())
        }
    }
}
