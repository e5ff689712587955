//! The authenticator that the three shells (iOS, Android, terminal) share.
//!
//! Rooms: `otp` codes, `scan` pictures to meaning, `vault` the sealed store, `keys` device keys, `enroll` and
//! `approve` the sans-I/O protocol machines, `client` the network, `authenticator` what a shell calls, `ffi` the same
//! for Swift and Kotlin.

pub mod host;
pub mod keys;
pub mod otp;
pub mod scan;
pub mod vault;
