//! Devices after their enrolment: who they are when they ask, and the rules that people signed on them.

pub mod attestation;
pub(in crate::engine) mod devices;
pub(in crate::engine) mod nonce;
pub(in crate::engine) mod signed_rules;

pub(crate) use devices::platform;
pub use devices::{DeviceRequest, Register, Registered};
