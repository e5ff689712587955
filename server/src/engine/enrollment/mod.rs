//! How a phone becomes somebody's device: links, and what their holder must show first.

pub(in crate::engine) mod check;
pub(in crate::engine) mod links;

pub use check::Check;
pub use links::{Association, Enroll, Issue, Issued, NewDevice, Taken};
