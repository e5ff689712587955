//! What phone and server say to each other: wire types, signing input, transcript, enrolment link, number rules.
//!
//! Both sides depend on this crate and on nothing of each other. It has no I/O, no clock and no randomness: what the
//! rules need of those comes in as an argument. The vectors in `protocol/vectors/` are written by its tests and read
//! by every other language's.

pub mod answer;
pub mod attestation;
pub mod cbor;
pub mod challenge;
pub mod checkpoint;
pub mod der;
mod digest;
pub mod enroll;
#[cfg(test)]
mod fixture;
pub mod id;
pub mod jwk;
pub mod jws;
pub mod link;
pub mod network;
pub mod number;
pub mod offline;
#[cfg(test)]
mod parser_tests;
pub mod problem;
pub mod receipt;
pub mod request;
pub mod risk;
pub mod rule;
#[cfg(feature = "openapi")]
mod schema;
pub mod server_key;
#[cfg(test)]
mod vectors;
pub mod verdict;
pub mod wire;

pub use digest::{base64url, from_base64url, sha256_base64url};
