//! The MyPass-shaped API, endpoint by endpoint, as its documentation and the conformance reference have it.

mod credentials;
mod devices;
mod enrollment;
mod sessions;
mod tenants;
mod time;
mod users;
