//! What must go out: messages, who carries them where, and what follows from how that went.

pub(in crate::engine) mod jobs;
pub(in crate::engine) mod message;
pub(in crate::engine) mod parcel;
pub(in crate::engine) mod targets;
pub(in crate::engine) mod webhook_signature;
pub(in crate::engine) mod webhooks;

pub use jobs::{ATTEMPT, Attempt, Delivery, DeliveryFilter, LEASE, Task, Then};
pub use message::{Language, Message, Template};
pub use parcel::{Content, Moment, Parcel, Push};
pub use targets::{Targets, is_public, literal};
pub use webhook_signature::{Call, SignatureFormat};
pub use webhooks::{NewWebhook, WebhookId};
