//! One translator per dialect: parse, one call to the engine, map the answer. No rule lives here.

mod acceptto;
mod auth0;
mod basic;
mod bearer;
mod boundary;
mod calls;
pub(crate) mod client;
mod delivery;
mod described;
pub mod device;
mod extract;
mod health;
mod idempotency;
mod mpass;
pub mod native;
mod oauth;
mod openapi;
mod parameters;
mod reltio;
mod routes;
mod unreached;
pub(crate) use crate::timestamp;

pub use client::Client;
pub use routes::app;
pub(crate) use routes::description;
pub(crate) use timestamp::rfc3339;
