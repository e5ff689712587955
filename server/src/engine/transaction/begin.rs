//! Beginning a transaction.

use countersign_protocol::risk::Risk;
use zeroize::Zeroizing;

use super::Standing;
use crate::engine::policy::Factor;
use crate::engine::{Caller, Engine, Error, Origin};
use crate::store::UserRow;

/// What a relying party begins.
#[derive(Debug, Clone)]
pub struct Begin {
    /// Who signs in.
    pub user: UserRow,
    /// What it is about, in one word or few, at most 40 characters; `Login` when not given.
    pub kind: Option<String>,
    /// The relying party's own words, at most 500 characters; a sentence with the application's name when not given.
    pub message: Option<String>,
    /// What is asked at once: a push, a short message or a call; the person chooses on the page when none is given.
    pub at_once: Option<Factor>,
    /// Seconds; brought to 10…600 (S2); 300 when not given.
    pub timeout: Option<i64>,
    /// 1: as policy says. 2: rules approve nothing. 3: the person must be verified.
    pub risk: Option<Risk>,
    /// Where the sign-in comes from.
    pub origin: Origin,
}

/// A transaction that has begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Its channel: `ch_`, the tenant's 26 characters and 43 more, with 256 random bits. It is told here and never again.
    pub channel: Zeroizing<String>,
    /// How it stands: a rule of the person's may have approved it.
    pub standing: Standing,
    /// Why nothing was asked at once although something was to be.
    pub why_not: Option<Error>,
}

impl Engine {
    /// Begins one. When what is to be asked at once cannot be, the transaction is there all the same and the person can
    /// choose something else; only where an access rule refuses the sign-in it has ended.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::Store`].
    pub async fn begin_transaction(&self, _caller: &Caller, _begin: Begin) -> Result<Begun, Error> {
        Err(Error::Closing)
    }
}
