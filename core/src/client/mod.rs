//! The network: the one room with reqwest.
//!
//! [`Client`] carries one [`Request`](crate::exchange::Request) and brings its reply; [`DeviceClient`] drives the
//! machines of [`crate::approve`] with it, signing through [`crate::keys`]. What the replies mean is decided there, not
//! here. Every future may be dropped at any point: nothing is left behind but a request that may have arrived.

mod device;
mod error;
mod events;
mod http;
mod tls;

#[cfg(test)]
mod tests;

pub use device::{DeviceClient, DeviceError};
pub use error::ClientError;
pub use events::Events;
pub use http::{Client, ClientOptions, MAX_REPLY_BYTES};
