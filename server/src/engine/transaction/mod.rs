//! Sign-ins that a relying party begins and a person finishes, with whichever of their factors they choose, on a page of ours
//! or without one. Each question of a transaction is a challenge like any other; the newest one is the transaction's, and
//! how that ended is how the transaction ended.

mod begin;
mod choose;
mod page;
mod standing;

pub use begin::{Begin, Begun};
pub use choose::{Turn, Way};
pub use page::{Asking, OfflineQuestion};
pub use standing::{Standing, Transaction};
