//! The fake push service as a program of its own, for clients that are not ours. It prints one line of facts, obeys lines
//! of JSON on its standard input and answers each with what came so far; it ends with its input. `{"status": 410}` answers
//! the next message so.
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "whatever does not go as a check expects ends that check"
)]

use std::sync::Arc;

use countersign_server::host::{Clock as _, System};
use countersign_tests::https_server::Answer;
use countersign_tests::json_lines::{obey, say};
use countersign_tests::push_service::PushService;
use serde_json::json;

#[tokio::main]
async fn main() {
    let mut service = PushService::start(Arc::new(|| System.unix_ms() / 1000)).await;
    let (endpoint, p256dh, auth) = service.subscribe();
    let subscription = json!({ "endpoint": endpoint, "keys": { "p256dh": p256dh, "auth": auth } });
    say(&json!({ "ca": service.authority.pem(), "subscription": subscription }));
    let mut opened = Vec::new();
    obey(async |order| {
        if let Some(status) = order["status"].as_u64() {
            service.next_is(Answer::status(u16::try_from(status).unwrap_or(500)));
        }
        opened.extend(service.rest().into_iter().map(|one| {
            json!({ "text": one.text, "claims": one.claims, "sender": one.sender, "headers": one.headers })
        }));
        json!({ "opened": opened })
    })
    .await;
}
