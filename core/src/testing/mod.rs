//! For tests only: a server that speaks the protocol without the real one's rules, and keys to sign with.
//!
//! The core never depends on the server crate, so its tests bring their own. `tests/` plays the real one.

mod checks;
mod clock;
mod endpoints;
mod faulty;
#[cfg(target_os = "linux")]
mod holder;
mod phone;
mod server;
mod signer;
mod tcp;

pub(crate) use checks::CODE;
pub(crate) use clock::{FixedClock, phone_clock};
pub(crate) use faulty::{TEST_AUTHORITY, canned, encrypted, silent, unencrypted};
#[cfg(target_os = "linux")]
pub(crate) use holder::{Holder, hold};
pub(crate) use phone::Phone;
pub(crate) use server::{FakeServer, NUMBER, OFFLINE_KEY, SERVER_TIME, SHOWN};
pub(crate) use signer::Signer;
pub(crate) use tcp::listen;
