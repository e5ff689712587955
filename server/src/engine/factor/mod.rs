//! What people prove themselves with besides their devices, and the locks on it.

pub(in crate::engine) mod locks;
pub mod masked;
pub(in crate::engine) mod phone;
pub(in crate::engine) mod totp;

pub use locks::UserLocks;
pub use phone::Phone;
pub use totp::TotpSeed;
