//! One translator per dialect: parse, one call to the engine, map the answer. No rule lives here.

pub(crate) mod client;
pub mod device;
mod extract;
mod health;
pub mod native;
mod routes;
mod timestamp;

pub use routes::app;
pub(crate) use timestamp::rfc3339;
