//! The MyPass-shaped API, endpoint by endpoint, as its documentation and the conformance reference have it.

mod checks;
mod credentials;
mod devices;
mod enrollment;
mod one_time;
mod receipts;
mod registering;
mod secrets;
mod sessions;
mod tenants;
mod time;
mod users;
