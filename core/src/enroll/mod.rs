//! How a device joins: link → question → offer → the person's yes (and a code, if the link asks for one) → signatures → account.
//!
//! A machine without I/O: each step gives the request to send or the bytes to sign and takes what came back. It fails
//! closed: there is no way from one step to the next around a check. Sending is done by [`crate::client`], signing by
//! [`crate::keys`]; [`crate::authenticator`] joins the three and cleans up when a step fails.

mod check;
mod error;
mod machine;
mod offer;

#[cfg(test)]
mod tests;

pub use check::Check;
pub use error::EnrollError;
pub use machine::{Completion, Enrolled, Start, ToSign};
pub use offer::Offer;

/// Longest name of a device, in characters.
pub const MAX_DEVICE_NAME: usize = 100;

/// A device's name as it is sent: without white space around it.
///
/// # Errors
/// [`EnrollError::DeviceName`] unless 1…[`MAX_DEVICE_NAME`] characters remain, none of them a control character.
pub fn device_name(text: &str) -> Result<String, EnrollError> {
    let name = text.trim();
    let fits = (1..=MAX_DEVICE_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits { Ok(name.to_owned()) } else { Err(EnrollError::DeviceName) }
}
