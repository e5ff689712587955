//! One-time codes: what an `otpauth://totp` link says, kept strictly, and the codes that follow from it.
//!
//! [`OtpEntry`] is the checked account, [`OtpEntry::parse`] and [`OtpEntry::to_uri`] are its text form,
//! [`OtpEntry::code_at`] its codes. Nothing here reads a clock, a picture or a file: the time is an argument, pictures
//! belong to [`crate::scan`], keeping entries sealed to [`crate::vault`].

mod base32;
mod code;
mod entry;
mod error;
mod secret;
mod uri;

#[cfg(test)]
mod tests;

pub use code::{Code, NoCode, grouped};
pub use entry::{Algorithm, Kind, OtpEntry, Pin};
pub use error::OtpAuthError;
pub use secret::Secret;
pub use uri::{MAX_URI_BYTES, UriWarning, is_link};
