//! What must go out: messages, who carries them where, and what follows from how that went.

mod calls;
pub(in crate::engine) mod deliveries;
mod enqueue;
pub(in crate::engine) mod jobs;
pub(in crate::engine) mod message;
pub(in crate::engine) mod parcel;
pub(in crate::engine) mod pinging;
pub(in crate::engine) mod receipts;
pub(in crate::engine) mod targets;
mod tasks;
pub(in crate::engine) mod webhook_signature;
pub(in crate::engine) mod webhooks;

pub use calls::CallRequest;
pub use deliveries::{Delivery, DeliveryFilter, KINDS};
pub use jobs::{ATTEMPT, Attempt, LEASE, LEASE_OF_CODES, Task, Then};
pub use message::{Invited, Language, Message, Template};
pub use parcel::{Content, Moment, Parcel, Push};
pub use pinging::Pinged;
pub use receipts::{Receipt, Reporter};
pub use targets::{Targets, is_public, literal};
pub use webhook_signature::{Call, SignatureFormat};
pub use webhooks::{NewWebhook, WebhookId};
