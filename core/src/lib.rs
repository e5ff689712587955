//! The authenticator that the three shells (iOS, Android, terminal) share.
//!
//! Rooms: `otp` codes, `entries` what is kept of an account, `scan` pictures to meaning, `transfer` other apps' files and
//! backups, `vault` the sealed store, `autolock` when it locks, `settings` the person's choices, `remark` what is said
//! of an entry, `keys` device keys, `enroll` and
//! `approve` the sans-I/O protocol machines, `exchange` the requests and replies they speak in, `client` the network,
//! `authenticator` what a shell calls, `ffi` the same for Swift and Kotlin.

// UniFFI brings the unsafe part of its scaffolding itself; nothing of our own may be unsafe (workspace lints).
uniffi::setup_scaffolding!();

/// Wipes every block of memory that is given back (P9): also what libraries allocate, and the old place of a buffer that
/// grew. What is on the stack, and what SQLite allocates itself (it is handed sealed bytes only), is not its matter.
#[global_allocator]
static MEMORY: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

pub mod approve;
pub mod authenticator;
pub mod autolock;
pub mod client;
mod digits;
pub mod enroll;
pub mod entries;
pub mod exchange;
pub mod ffi;
pub mod host;
pub mod keys;
pub mod otp;
pub mod remark;
pub mod scan;
pub mod settings;
pub mod transfer;
pub mod vault;

#[cfg(test)]
mod testing;
