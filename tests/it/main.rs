//! End-to-end tests, one module per subject; each test is named after what it proves.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "whatever does not go as a test expects ends that test"
)]

mod acceptto;
mod attacks;
mod attesting;
mod auditing;
mod bad_input;
mod codes;
mod console;
mod crashing;
mod database_away;
mod deciding;
mod delivery;
mod demo;
mod devices;
mod disk_full;
mod enable;
mod enrolling;
mod factors;
mod forgetting;
mod fuzz_corpus;
mod idempotent;
mod kinds;
mod mpass;
mod mypass;
mod nodes;
mod oauth;
mod observing;
mod offline;
mod pages;
mod pages_attacks;
mod policy;
mod proxies;
mod rotating;
mod routes;
mod starting;
mod terminal;
mod tls;
mod transactions;
mod truthful;
mod twice;
mod waiting;
mod webhooks;

use countersign_tests::server_process::{Program, ServerProcess};

/// The server program as it was just built.
const SERVER: &str = env!("CARGO_BIN_EXE_server_under_test");

/// A server of its own for one test.
async fn server() -> ServerProcess {
    ServerProcess::start(Program::new(SERVER)).await
}

/// The same, for a test that starts it again.
async fn server_to_restart() -> ServerProcess {
    ServerProcess::start_to_restart(Program::new(SERVER)).await
}
