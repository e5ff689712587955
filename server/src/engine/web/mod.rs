//! Applications that send their people's browsers to our pages: where those are sent back to, and what an application may
//! ask without showing its secret.

mod authorization;
mod client;
mod enabling;
mod legacy;
mod redirect;

pub(in crate::engine) use client::read;
pub use client::{WebChanges, WebClient};
pub use enabling::Enabled;
pub use redirect::{Callback, CallbackError};
