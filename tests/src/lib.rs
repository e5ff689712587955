//! What the end-to-end tests are made of: the server as a program of its own (`server_process`) or in this process with
//! a clock that a test sets (`server_here`); relying parties that speak raw HTTP (`http`, `relying_party`); phones that
//! are real cores (`phone`), and devices built on the protocol alone, which can also misbehave (`device`); and those
//! who are told: webhooks (`receiver`), mail servers (`mail_server`, and `mailbox` for what waits to be sent), and the
//! push services of Apple (`apns`), of Google (`fcm`) and of browsers (`push_service`).
//!
//! Nothing here waits for time to pass. Where a wait has a limit, running into it is a failure.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "whatever does not go as a test expects ends that test"
)]

pub mod apns;
pub mod attesting;
pub mod authority;
pub mod browser;
pub mod clock;
pub mod collector;
pub mod database;
pub mod device;
pub mod dice;
pub mod dump;
pub mod fcm;
#[path = "../../server/src/engine/device/attestation/forge.rs"]
pub mod forge;
pub mod given;
pub mod http;
pub mod https_server;
pub mod json_lines;
pub mod key;
pub mod mail_server;
pub mod mailbox;
pub mod oauth;
pub mod operator;
pub mod passkey;
pub mod phone;
pub mod places_file;
pub mod prepared;
pub mod proxy;
pub mod push_service;
pub mod receiver;
pub mod relying_party;
pub mod seen;
pub mod server_here;
pub mod server_process;
pub mod smsc;
pub mod twilio;

/// Seconds after which something that should have happened long ago counts as never.
pub const NEVER: std::time::Duration = std::time::Duration::from_secs(90);
