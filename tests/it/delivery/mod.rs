//! What carries messages out, each courier spoken to by a provider that behaves as a test tells it to; what people are
//! told, and what comes back about it.

mod apns;
mod mail;
mod templates;
