//! Challenges that are answered with a code instead of a signature: one that was sent to a number or an address, one of an
//! authenticator app, or a recovery code. They are challenges like pushes, in the same table and with the same states; the
//! phone never sees them, and there is no receipt of them, because nothing is signed.

mod answer;
mod ask;
mod prove;
pub(in crate::engine) mod send;

use countersign_protocol::id::ChallengeId;
use countersign_protocol::risk::Risk;
use uuid::Uuid;

use crate::engine::policy::Factor;
use crate::engine::{Caller, Engine, Error, Language, Origin, Turn};
use crate::store::{FactorRow, UserRow};

/// Wrong codes that end a challenge as denied.
pub(in crate::engine) const GUESSES: i64 = 5;
/// Codes that are sent for one challenge at most.
pub(in crate::engine) const SENDS: i64 = 5;
/// How often something is begun anew when somebody else was faster.
pub(in crate::engine::challenge) const ATTEMPTS: usize = 8;

/// What a relying party asks for.
#[derive(Debug, Clone)]
pub struct AskCode {
    /// Whom.
    pub whom: Whom,
    /// Whose code: which of the person's factors.
    pub factor: FactorRef,
    /// What a right code does.
    pub purpose: CodePurpose,
    /// The relying party's own reference, returned with each answer.
    pub session_ref: Option<String>,
    /// The language of the message; the person's own when not given, and English when nobody knows it.
    pub language: Option<Language>,
    /// How unusual the sign-in is. At 3 no code is enough (S13).
    pub risk: Option<Risk>,
    /// Seconds to answer, 30…600; as policy says when not given.
    pub answer_window: Option<i64>,
    /// Where the sign-in comes from.
    pub origin: Origin,
    /// The transaction whose question it is.
    pub turn: Option<Turn>,
}

/// A person, as a dialect knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// In the relying party's words.
    Ref(String),
    /// By id.
    Id(Uuid),
}

/// One of a person's factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorRef {
    /// This one.
    Id(Uuid),
    /// The oldest one of this kind.
    Kind(Factor),
}

/// What a right code does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CodePurpose {
    /// It says that the person is there.
    #[default]
    SignIn,
    /// It makes the factor, and the number or address behind it, count.
    Bind,
}

/// A code that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeAsked {
    /// The challenge.
    pub id: ChallengeId,
    /// What kind of code.
    pub kind: Factor,
    /// Whose: the factor.
    pub factor: Uuid,
    /// The relying party's own reference.
    pub session_ref: Option<String>,
    /// Milliseconds since 1970.
    pub expires_at: i64,
    /// Where it went; none where nothing is sent.
    pub sent: Option<CodeSent>,
}

/// A code that is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeSent {
    /// By which way.
    pub kind: Factor,
    /// Where to, masked.
    pub to: String,
    /// Seconds until it can be sent again.
    pub resend_after: u64,
    /// How often it still can.
    pub resends_left: i64,
}

impl Engine {
    /// The person that a dialect means.
    async fn person(&self, caller: &Caller, whom: &Whom) -> Result<UserRow, Error> {
        let tenant = caller.application.tenant;
        let found = match whom {
            Whom::Ref(user_ref) => self.store.user_by_ref(tenant, user_ref).await?,
            Whom::Id(id) => self.store.user_by_id(tenant, *id).await?,
        };
        found.ok_or(Error::UserNotFound)
    }
}

/// A factor's kind.
fn kind_of(row: &FactorRow) -> Result<Factor, Error> {
    Factor::from_word(&row.kind).ok_or(Error::Damaged("factor"))
}
