//! What the tests of short messages have in common: one number, one message, and a courier that may call this machine.

use std::sync::Arc;

use countersign_protocol::id::TenantId;
use countersign_server::delivery::sms::{ShortMessage, Sms};
use countersign_server::engine::providers::{Account, Channel, Provider};
use countersign_server::engine::{Attempt, Content, Language, Message, Moment, Parcel, Targets, Template};
use countersign_server::host::System;
use uuid::Uuid;

/// The number of everybody here.
pub(super) const TO: &str = "+12025550123";
/// Where it is reported what became of a message.
pub(super) const REPORT_TO: &str = "https://mfa.example.org/api/v1/delivery/receipts/TOKEN";
/// In January 2027.
const NOW: i64 = 1_800_000_000_000;

/// This machine may be called.
pub(super) fn here() -> Targets {
    Targets::new(vec!["127.0.0.0/8".to_owned()].try_into().unwrap())
}

/// A message under an account. It is good for five minutes.
pub(super) fn parcel(account: Account) -> Parcel {
    Parcel {
        tenant: TenantId(Uuid::from_u128(1)),
        id: Uuid::from_u128(0x0190_f3c2_1111_7222_8333_4444_4444_4477),
        expires_at: Some(NOW + 300_000),
        provider: Arc::new(Provider { id: Uuid::from_u128(7), channel: Channel::Sms, account }),
        content: Content::Message(Message {
            to: TO.to_owned(),
            template: Template::SignInCode,
            language: Language::En,
            tenant: "Example".to_owned(),
            application: None,
            code: Some("271828".to_owned()),
            minutes: 5,
            invited: None,
        }),
    }
}

/// One attempt to send a text.
pub(super) async fn send(sms: &Sms, account: &Account, text: &str) -> Attempt {
    let message = ShortMessage { to: TO, text, receipt_url: REPORT_TO };
    sms.send(&parcel(account.clone()), &message, Moment { now: NOW, rng: &System }).await
}
