//! Sign-ins that a relying party begins and a person finishes, with whichever of their factors they choose, on a page of ours
//! or without one. Each question of a transaction is a challenge like any other; the newest one is the transaction's, and
//! how that ended is how the transaction ended.

mod begin;
mod channel;
mod choose;
mod end;
mod page;
mod standing;
pub(in crate::engine) mod turn;

pub use begin::{Begin, Begun};
pub use choose::Way;
pub use page::{Asking, OfflineQuestion};
pub use standing::{Standing, Transaction};
pub use turn::Turn;
