//! One-time codes: what a setup link says, kept strictly, and the codes that follow from it.
//!
//! [`OtpEntry`] is the checked account, [`OtpEntry::parse`] and [`OtpEntry::to_uri`] are its text form,
//! [`OtpEntry::code_at`] its codes. Nothing here reads a clock, a picture or a file: the time is an argument, pictures
//! belong to [`crate::scan`], keeping entries sealed to [`crate::vault`].

mod base32;
mod code;
mod entry;
mod error;
mod hmac;
mod kind;
mod motp;
mod secret;
mod stored;
mod uri;
mod yandex;

#[cfg(test)]
mod tests;

pub use code::{Code, NoCode, grouped};
pub use entry::OtpEntry;
pub use error::OtpAuthError;
pub use kind::{Algorithm, Kind, Pin};
pub use secret::Secret;
pub use uri::{MAX_URI_BYTES, UriWarning, is_link};
