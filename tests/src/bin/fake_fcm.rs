//! The fake of Google's push service as a program of its own, for clients that are not ours. It prints one line of facts,
//! obeys lines of JSON on its standard input and answers each with what came so far; it ends with its input.
//! `{"device", "status", "body", "retry_after"}` answers the next push to that device so, `{"ahead": 4000}` sets its clock
//! so many seconds ahead, `{"forget": true}` takes no access token any more that was given out until then.
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "whatever does not go as a check expects ends that check"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use countersign_server::host::{Clock as _, System};
use countersign_tests::fcm::FakeFcm;
use countersign_tests::https_server::Answer;
use countersign_tests::json_lines::{obey, say};
use serde_json::json;

#[tokio::main]
async fn main() {
    let ahead = Arc::new(AtomicI64::new(0));
    let clock = {
        let ahead = Arc::clone(&ahead);
        Arc::new(move || System.unix_ms() / 1000 + ahead.load(Ordering::SeqCst))
    };
    let mut fcm = FakeFcm::start(clock).await;
    say(&json!({ "url": fcm.url(), "ca": fcm.authority.pem(), "key_file": fcm.key_file() }));
    let mut pushed = Vec::new();
    obey(async |order| {
        if let Some(seconds) = order["ahead"].as_i64() {
            ahead.store(seconds, Ordering::SeqCst);
        }
        if order["forget"] == true {
            fcm.forget_tokens();
        }
        if let (Some(device), Some(status)) = (order["device"].as_str(), order["status"].as_u64()) {
            let answer = Answer::Reply(u16::try_from(status).unwrap_or(500), None, order["body"].clone());
            let wait = order["retry_after"].as_str();
            fcm.next_for(device, wait.map_or(answer.clone(), |seconds| answer.with("retry-after", seconds)));
        }
        pushed.extend(fcm.rest().into_iter().map(|pushed| pushed.message));
        json!({ "pushed": pushed, "asked": fcm.asked(), "grants": fcm.grants() })
    })
    .await;
}
