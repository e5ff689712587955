//! What an operator sees of a running server: numbers, request ids, traces. What nobody may see there: `redaction`, and of
//! what goes out `messages`.

mod messages;
mod redaction;

use std::net::SocketAddr;

use countersign_tests::NEVER;
use countersign_tests::collector::Collector;
use countersign_tests::http::{self, Connection, Request};
use countersign_tests::phone::Phone;
use countersign_tests::server_process::{Program, ServerProcess};
use serde_json::{Value, json};

use crate::SERVER;

async fn counting() -> ServerProcess {
    ServerProcess::start(Program::new(SERVER).env("COUNTERSIGN_METRICS_LISTEN", "127.0.0.1:0")).await
}

async fn numbers(address: SocketAddr) -> String {
    let reply = http::send(address, &Request::new("GET", "/metrics")).await;
    assert_eq!(reply.status, 200);
    assert!(reply.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    let text = reply.text();
    assert!(text.ends_with("# EOF\n"), "{text}");
    text
}

/// Looks again and again until it is so; for what a server does by itself.
async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let looking = async { while !is_so().await {} };
    tokio::time::timeout(NEVER, looking).await.expect("it becomes so");
}

#[track_caller]
fn has(numbers: &str, line: &str) {
    assert!(numbers.lines().any(|found| found == line), "no `{line}` in\n{numbers}");
}

#[tokio::test]
async fn s55_numbers_and_version_are_not_where_everybody_can_ask() {
    let server = counting().await;
    let cms = server.relying_party("Case Management").await;
    let version = env!("CARGO_PKG_VERSION");
    for target in ["/metrics", "/healthz", "/readyz", "/", "/api/v1/users", "/enroll/x", "/api/v1/device/x"] {
        let reply = cms.call("GET", target).await;
        let whole = format!("{:?}{}", reply.headers, reply.text());
        assert!(!whole.contains(version) && reply.header("server").is_none(), "{target}: {whole}");
        assert!(!whole.contains("countersign_"), "{target}: {whole}");
        assert_eq!(
            reply.status == 404,
            !matches!(target, "/healthz" | "/readyz" | "/api/v1/users"),
            "{target}"
        );
    }
    let there = server.metrics_address();
    assert_ne!(there, server.address);
    has(&numbers(there).await, &format!("countersign_build_info{{version=\"{version}\"}} 1"));
    for target in ["/", "/healthz", "/api/v1/users"] {
        assert_eq!(http::send(there, &Request::new("GET", target)).await.status, 404, "{target}");
    }
    let quiet = crate::server().await;
    assert_eq!(http::send(quiet.address, &Request::new("GET", "/metrics")).await.status, 404);
}

#[tokio::test]
async fn what_happens_is_counted() {
    let server = counting().await;
    let cms = server.relying_party("Case Management").await;
    let phone = Phone::new();
    phone.enroll(&cms.link("sam").await).await;
    // One at a time, and the denial last: a question takes the place of one that is open, and a denial gives some rest.
    let approved = cms.ask("sam").await;
    phone.core.approve(approved.challenge(), None).await.unwrap();
    cms.cancel(&cms.ask("sam").await.id).await.expect(200);
    phone.core.deny(cms.ask("sam").await.challenge()).await.unwrap();
    assert_eq!(cms.status(&approved).await, "approved");
    let text = numbers(server.metrics_address()).await;
    for line in [
        "countersign_challenges_asked_total 3",
        "countersign_challenges_ended_total{outcome=\"approved\"} 1",
        "countersign_challenges_ended_total{outcome=\"denied\"} 1",
        "countersign_challenges_ended_total{outcome=\"cancelled\"} 1",
        "countersign_challenge_answer_seconds_count 2",
        "countersign_http_requests_total{route=\"/api/v1/mfa/send\",method=\"POST\",status=\"2xx\"} 3",
        "countersign_http_request_duration_seconds_count{route=\"/api/v1/mfa/send\"} 3",
        "countersign_tls_certificate_not_after_timestamp_seconds 0",
        "countersign_trace_spans_dropped_total 0",
    ] {
        has(&text, line);
    }
    for begin in
        ["countersign_store_batches_total{result=\"written\"} ", "countersign_store_commit_seconds_count "]
    {
        let line = text.lines().find(|line| line.starts_with(begin)).unwrap_or_else(|| panic!("{text}"));
        assert!(line.rsplit(' ').next().unwrap().parse::<u64>().unwrap() >= 5, "{line}");
    }
    #[cfg(target_os = "linux")]
    for name in ["process_resident_memory_bytes ", "process_cpu_seconds_total ", "process_open_fds "] {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{text}"));
        assert!(line.rsplit(' ').next().unwrap().parse::<f64>().unwrap() > 0.0, "{line}");
    }
}

#[tokio::test]
async fn those_who_wait_are_counted_while_they_wait() {
    let mut server = counting().await;
    let cms = server.relying_party("Case Management").await;
    Phone::new().enroll(&cms.link("sam").await).await;
    let session = cms.ask("sam").await;
    let poll = cms.request("GET", &format!("/api/v1/mfa/status/{}?wait=60", session.id));
    let mut connection = Connection::open(server.address).await.unwrap();
    connection.write(&poll.bytes(server.address, true)).await;
    let one = "countersign_waiting{on=\"status\"} 1";
    until(async || numbers(server.metrics_address()).await.lines().any(|line| line == one)).await;
    cms.cancel(&session.id).await.expect(200);
    connection.reply().await.unwrap().expect(200);
    has(&numbers(server.metrics_address()).await, "countersign_waiting{on=\"status\"} 0");
    server.terminate().await;
}

#[tokio::test]
async fn callers_cannot_make_more_series() {
    let server = counting().await;
    let send = async |method: &str, target: &str| {
        http::send(server.address, &Request::new(method, target)).await;
    };
    send("GET", "/nothing").await;
    send("BREW", "/nothing").await;
    send("GET", "/enroll/first").await;
    let series = numbers(server.metrics_address()).await.lines().count();
    for number in 0..20 {
        send("GET", &format!("/nothing/{number}")).await;
        send(&format!("BREW{number}"), "/nothing").await;
        send("GET", &format!("/enroll/{number}")).await;
    }
    let text = numbers(server.metrics_address()).await;
    assert_eq!(text.lines().count(), series, "{text}");
    has(&text, "countersign_http_requests_total{route=\"none\",method=\"other\",status=\"4xx\"} 21");
}

#[tokio::test]
async fn each_request_has_an_id_that_its_caller_can_choose() {
    let program = Program::new(SERVER).env("COUNTERSIGN_LOG", "debug").env("COUNTERSIGN_LOG_FORMAT", "json");
    let mut server = ServerProcess::start(program).await;
    let cms = server.relying_party("Case Management").await;
    let chosen = cms.request("GET", "/api/v1/users").header("X-Request-Id", "order-4711.b_2");
    let reply = http::send(server.address, &chosen).await;
    assert_eq!(reply.header("x-request-id"), Some("order-4711.b_2"));
    let bad = "a\"b{c}";
    let replaced =
        http::send(server.address, &Request::new("GET", "/nothing/here").header("X-Request-Id", bad)).await;
    let made = replaced.header("x-request-id").unwrap().to_owned();
    assert_eq!(made.len(), 26);
    let log = server.terminate().await;
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |id: &str| {
        let found =
            lines.iter().find(|line| line["span"]["id"] == id && line["fields"]["message"] == "answered");
        found.unwrap_or_else(|| panic!("{log}")).clone()
    };
    let line = of("order-4711.b_2");
    assert_eq!(line["span"]["route"], "/api/v1/users");
    assert_eq!((&line["span"]["method"], &line["span"]["status"]), (&json!("GET"), &json!(200)));
    assert_eq!(
        (&line["span"]["client"], &line["span"]["tenant"]),
        (&json!(cms.client_id), &json!(cms.tenant))
    );
    assert!(line["fields"]["ms"].as_f64().unwrap() > 0.0);
    assert_eq!(of(&made)["span"]["route"], "none");
    assert!(!log.contains(bad) && !log.contains("nothing/here"));
}

fn attribute<'a>(span: &'a Value, key: &str) -> &'a Value {
    let found = span["attributes"].as_array().unwrap().iter().find(|attribute| attribute["key"] == key);
    &found.unwrap_or_else(|| panic!("no {key} in {span}"))["value"]
}

#[tokio::test]
async fn a_collector_gets_spans_of_requests_rules_and_writes() {
    let collector = Collector::start().await;
    let program =
        Program::new(SERVER).env("COUNTERSIGN_OTLP_ENDPOINT", format!("http://{}", collector.address));
    let mut server = ServerProcess::start(program).await;
    let cms = server.relying_party("Case Management").await;
    Phone::new().enroll(&cms.link("sam").await).await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let send = |flags: &str, id: &str| {
        cms.request("POST", "/api/v1/mfa/send")
            .header("traceparent", &format!("00-{trace}-00f067aa0ba902b7-{flags}"))
            .header("X-Request-Id", id)
            .json(&json!({"user_ref": "sam"}))
    };
    http::send(server.address, &send("01", "kept")).await.expect(200);
    http::send(server.address, &send("00", "not-kept")).await.expect(200);
    server.terminate().await;
    let spans = collector.spans();
    let named = |name: &'static str| {
        spans.iter().filter(move |span| span["name"] == name && span["traceId"] == trace)
    };
    let request = named("POST /api/v1/mfa/send").next().expect("the request");
    assert_eq!(named("POST /api/v1/mfa/send").count(), 1, "what its caller does not keep is not sent");
    assert_eq!((&request["parentSpanId"], &request["kind"]), (&json!("00f067aa0ba902b7"), &json!(2)));
    assert_eq!(attribute(request, "http.response.status_code")["intValue"], "200");
    assert_eq!(attribute(request, "countersign.request_id")["stringValue"], "kept");
    assert_eq!(attribute(request, "countersign.client")["stringValue"], cms.client_id);
    let rule = named("ask").next().expect("the rule");
    assert_eq!((&rule["parentSpanId"], &rule["kind"]), (&request["spanId"], &json!(1)));
    let write = named("write").find(|span| span["parentSpanId"] == rule["spanId"]).expect("its write");
    let time = |span: &Value, key: &str| span[key].as_str().unwrap().parse::<u64>().unwrap();
    assert!(time(request, "startTimeUnixNano") <= time(write, "startTimeUnixNano"));
    assert!(time(write, "startTimeUnixNano") < time(write, "endTimeUnixNano"));
    assert!(time(write, "endTimeUnixNano") <= time(request, "endTimeUnixNano"));
    assert!(
        spans.iter().any(|span| span["name"] == "complete_enrollment"),
        "others have traces of their own"
    );
}

#[tokio::test]
async fn a_collector_that_is_not_there_is_told_once_and_holds_nobody_up() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let program = Program::new(SERVER)
        .env("COUNTERSIGN_OTLP_ENDPOINT", format!("http://{nobody}"))
        .env("COUNTERSIGN_METRICS_LISTEN", "127.0.0.1:0");
    let mut server = ServerProcess::start(program).await;
    let cms = server.relying_party("Case Management").await;
    for _ in 0..3 {
        cms.call("GET", "/api/v1/users").await.expect(200);
        let before = dropped(&server).await;
        until(async || dropped(&server).await > before).await;
    }
    let log = server.terminate().await;
    assert_eq!(log.matches("the collector takes no traces").count(), 1, "{log}");
}

async fn dropped(server: &ServerProcess) -> u64 {
    let text = numbers(server.metrics_address()).await;
    let line = text.lines().find_map(|line| line.strip_prefix("countersign_trace_spans_dropped_total "));
    line.unwrap().parse().unwrap()
}
