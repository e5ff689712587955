//! How the fakes talk to checks that are not written in Rust: a line of JSON in, a line of JSON out, until the input ends.

use std::io::BufRead as _;

use serde_json::{Value, json};

/// Prints a line.
pub fn say(value: &Value) {
    println!("{value}");
}

/// Answers each line of the standard input with what `obey` makes of it.
pub async fn obey(mut obey: impl AsyncFnMut(Value) -> Value) {
    let (lines, mut told) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if lines.send(line).is_err() {
                return;
            }
        }
    });
    while let Some(line) = told.recv().await {
        match serde_json::from_str(&line) {
            Ok(order) => say(&obey(order).await),
            Err(_) => say(&json!({ "error": "a line of JSON is an order" })),
        }
    }
}
