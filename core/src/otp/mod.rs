//! One-time codes: what an `otpauth://totp` link says, kept strictly, and the codes that follow from it.
//!
//! [`TotpEntry`] is the checked account, [`TotpEntry::parse`] and [`TotpEntry::to_uri`] are its text form,
//! [`TotpEntry::code_at`] its codes. Nothing here reads a clock, a picture or a file: the time is an argument, pictures
//! belong to [`crate::scan`], keeping entries sealed to [`crate::vault`].

mod base32;
mod code;
mod entry;
mod error;
mod secret;
mod uri;

#[cfg(test)]
mod tests;

pub use code::Code;
pub use entry::{Algorithm, TotpEntry};
pub use error::OtpAuthError;
pub use secret::Secret;
pub use uri::MAX_URI_BYTES;
