//! Behind a proxy: whom the server believes about where a request comes from. The address stands in the log at `debug`.

use countersign_tests::http::{self, Request};
use countersign_tests::server_process::{Program, ServerProcess};
use serde_json::Value;

use crate::SERVER;

/// Addresses that the log shows for three requests: without a word, with a plain one, and with a spoofed chain.
async fn seen(environment: &[(&str, &str)]) -> Vec<String> {
    let program = Program::new(SERVER).env("COUNTERSIGN_LOG", "debug").env("COUNTERSIGN_LOG_FORMAT", "json");
    let program = environment.iter().fold(program, |program, (name, value)| program.env(*name, *value));
    let mut server = ServerProcess::start(program).await;
    let request = || Request::new("GET", "/healthz");
    for request in [
        request(),
        request().header("X-Forwarded-For", "203.0.113.1").header("Forwarded", "for=198.51.100.1"),
        request().header("X-Forwarded-For", "192.0.2.66, 203.0.113.2, 10.0.0.5"),
    ] {
        assert_eq!(http::send(server.address, &request).await.status, 200);
    }
    let log = server.terminate().await;
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let answered = lines.filter(|line| line["fields"]["message"] == "answered");
    answered.map(|line| line["fields"]["address"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn s36_nobody_is_believed_unless_listed() {
    assert_eq!(seen(&[]).await, ["127.0.0.1"; 3]);
    let others = [("COUNTERSIGN_TRUSTED_PROXIES", "10.0.0.0/8,192.0.2.1")];
    assert_eq!(seen(&others).await, ["127.0.0.1"; 3]);
}

#[tokio::test]
async fn s36_a_listed_proxy_is_believed_about_the_last_stranger_only() {
    let listed = [("COUNTERSIGN_TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1")];
    assert_eq!(seen(&listed).await, ["127.0.0.1", "203.0.113.1", "203.0.113.2"]);
    let header = [listed[0], ("COUNTERSIGN_PROXY_HEADER", "forwarded")];
    assert_eq!(seen(&header).await, ["127.0.0.1", "198.51.100.1", "127.0.0.1"]);
}
