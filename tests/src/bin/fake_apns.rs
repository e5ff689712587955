//! The fake push service as a program of its own, for clients that are not ours and for load. It prints one line of facts,
//! obeys lines of JSON on its standard input and answers each with one, and ends with it:
//! `{"token", "status", "body"}` answers the next push to that device so; `{"ahead": 4000}` sets its clock so many seconds
//! ahead; `{}` asks what came so far.
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "whatever does not go as a check expects ends that check"
)]

use std::io::BufRead as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use countersign_server::host::{Clock as _, System};
use countersign_tests::apns::{Answer, FakeApns, KEY, TEAM, TOPIC};
use serde_json::{Value, json};

/// Pushes on their way at once, after the first: what Apple is said to allow.
const STREAMS: u32 = 1_000;

#[tokio::main]
async fn main() {
    let ahead = Arc::new(AtomicI64::new(0));
    let clock = {
        let ahead = Arc::clone(&ahead);
        Arc::new(move || System.unix_ms() / 1000 + ahead.load(Ordering::SeqCst))
    };
    let apns = FakeApns::start_forgetful(clock, STREAMS).await;
    println!(
        "{}",
        json!({"port": apns.address.port(), "ca": apns.authority.pem(), "key": apns.key, "team_id": TEAM,
               "key_id": KEY, "topic": TOPIC})
    );
    let (lines, mut told) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if lines.send(line).is_err() {
                return;
            }
        }
    });
    while let Some(line) = told.recv().await {
        let Ok(order) = serde_json::from_str::<Value>(&line) else {
            println!("{}", json!({"error": "a line of JSON is an order"}));
            continue;
        };
        if let Some(seconds) = order["ahead"].as_i64() {
            ahead.store(seconds, Ordering::SeqCst);
        }
        if let (Some(token), Some(status)) = (order["token"].as_str(), order["status"].as_u64()) {
            let status = u16::try_from(status).unwrap_or(500);
            apns.answer(token, Answer::Status(status, order["body"].clone()));
        }
        println!(
            "{}",
            json!({"taken": apns.taken(), "connections": apns.connections(), "most_open": apns.most_open(),
                   "tokens": apns.tokens()})
        );
    }
}
