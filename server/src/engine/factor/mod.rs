//! What people prove themselves with: one model of factors for all dialects, and how factors come and go. How a code is
//! asked for is `challenge`'s.

pub(in crate::engine) mod bind;
pub(in crate::engine) mod enroll;
pub(in crate::engine) mod locks;
pub mod masked;
pub(in crate::engine) mod model;
pub(in crate::engine) mod phone;
pub(in crate::engine) mod proof;
pub(in crate::engine) mod recovery;
pub(in crate::engine) mod remove;
mod replace;
pub(in crate::engine) mod tell;
pub(in crate::engine) mod totp;

pub use enroll::{Enrolling, NewContact, TotpSeed};
pub use locks::UserLocks;
pub use masked::Mask;
pub use model::{FactorId, ListedFactor};
pub use phone::Phone;
pub use proof::{Proof, Word};
pub use recovery::{OfferedWith, RecoveryCodes};

use crate::store::Statement;

/// A code that was judged, and the statements that take effect with the judgement.
#[derive(Debug)]
pub(in crate::engine) struct Judged {
    /// Whether it is right. It passes only if the statements find what they must.
    pub(in crate::engine) right: bool,
    /// The count first: when it finds nothing to change, the factor is locked. Then, of a right code, what uses it up:
    /// when one of those finds nothing to change, somebody else was faster or the factor is gone.
    pub(in crate::engine) statements: Vec<Statement>,
}
