//! A collector of traces: takes what is sent to it by OTLP over HTTP, and keeps it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A collector in this process.
#[derive(Debug)]
pub struct Collector {
    /// Where it listens.
    pub address: SocketAddr,
    taken: Arc<Mutex<String>>,
    serving: JoinHandle<()>,
}

impl Collector {
    /// Starts one that takes everything.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let taken = Arc::new(Mutex::new(String::new()));
        let keeping = Arc::clone(&taken);
        let take = async move |body: Bytes| {
            let mut taken = keeping.lock().unwrap();
            taken.push_str(std::str::from_utf8(&body).unwrap());
            taken.push('\n');
            StatusCode::OK
        };
        let app = Router::new().route("/v1/traces", post(take));
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, taken, serving }
    }

    /// Everything as it came.
    #[must_use]
    pub fn raw(&self) -> String {
        self.taken.lock().unwrap().clone()
    }

    /// All spans.
    #[must_use]
    pub fn spans(&self) -> Vec<Value> {
        let messages = self.raw();
        let messages = messages.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        messages
            .flat_map(|message| {
                assert_eq!(
                    message["resourceSpans"][0]["resource"]["attributes"][0]["value"]["stringValue"],
                    "countersign-server"
                );
                message["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap().clone()
            })
            .collect()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
