//! The console's rules: who runs the server or looks after a tenant, what they may do, and how long a browser of theirs
//! stays signed in.
//!
//! Operators are people of a tenant of the server's own, and the console is an application in it. So they have passwords,
//! factors, devices, locks and limits by the same rules as everybody else, and are asked by the same engine.

mod account;
mod factors;
mod home;
mod invitation;
mod joining;
mod link;
mod operator;
mod operators;
mod passkeys;
mod registration;
mod role;
mod session;
mod sign_in;
#[cfg(test)]
mod tests;

pub use factors::OwnFactors;
pub use home::Home;
pub use invitation::{Invitation, Mailed};
pub use link::{Holder, Joining, NewLink, OperatorLink};
pub use operator::{NewOperator, Operator, OperatorId, Scope};
pub use operators::OperatorChange;
pub use passkeys::{Answered, Asked, PASSKEY};
pub use registration::NewRegistration;
pub use role::{May, Role};
pub use session::{ConsoleSession, NewSession, browser_name};
pub use sign_in::NewSignIn;
