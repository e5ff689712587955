//! A question put to a person, from asking to its end, and what the phone sees of it.

pub(in crate::engine) mod answer;
pub(in crate::engine) mod ask;
pub(in crate::engine) mod code;
pub(in crate::engine) mod confirm;
pub(in crate::engine) mod consequences;
pub(in crate::engine) mod ended_along;
mod inbox;
pub(in crate::engine) mod offline;
pub(in crate::engine) mod origin;
pub(in crate::engine) mod places;
pub(in crate::engine) mod question;
pub(in crate::engine) mod receipts;
pub(in crate::engine) mod snapshots;
pub(in crate::engine) mod status;
pub(in crate::engine) mod undeliverable;
pub(in crate::engine) mod user_agent;

pub use answer::Answered;
pub use ask::{Ask, Asked, LoginPage};
pub use code::{AskCode, CodeAsked, CodePurpose, CodeSent, FactorRef, Whom};
pub use origin::Origin;
pub use places::{Places, PlacesError};
pub use status::Status;
