//! What carries messages out, each courier spoken to by a provider that behaves as a test tells it to.

mod apns;
mod fcm;
mod web_push;
