//! What carries messages out, each courier spoken to by a provider that behaves as a test tells it to; what people are
//! told, and what comes back about it.

mod apns;
mod apns_connection;
mod crash;
mod fcm;
mod mail;
mod outbox;
mod providers;
mod sink;
mod sms;
mod sms_http;
mod sms_receipts;
mod sms_smpp;
mod templates;
mod voice;
mod web_push;
