//! How an enrolled device is asked and answers.
//!
//! Machines without I/O: [`Ask`] is any signed request, [`Reading`] what an inbox comes to after every check,
//! [`KeyQuestion`] how a new server key is followed, [`ToAnswer`] a decision on its way, [`ToRule`] a standing one. They give requests to send and
//! bytes to sign and take what came back. Sending is done by [`crate::client`], signing by [`crate::keys`], remembering
//! by [`crate::authenticator`]. Freshness is judged by the server's time alone: the phone's clock may show anything.

mod account;
mod answer;
mod ask;
mod inbox;
mod number;
mod offline;
mod rules;
mod server_keys;
mod transfer;

#[cfg(test)]
mod tests;

pub use account::{Account, AccountId, CLOCK_TOLERANCE, offset};
pub use answer::{AnswerResult, ShownCode, Submission, Taken, ToAnswer};
pub(crate) use ask::nonce;
pub use ask::{Ask, AskNext};
pub use inbox::{Pending, Reading, Refused, RefusedReason};
pub use number::{AnswerError, typed_number};
pub use offline::OfflineFault;
pub use rules::{KnownRule, KnownRules, MAX_RULE_DAYS, RuleFault, RuleOffer, RuleRefusal, ToRule};
pub use server_keys::KeyQuestion;
pub use transfer::ToTransfer;
