//! `bench login-flow`: N clients, each with a user and a phone of its own, go through complete approvals for a bounded
//! time: `mfa/send`, the phone's signed fetch, its signed answer, `mfa/status`.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use countersign_protocol::id::DeviceId;
use countersign_protocol::request::NONCE_HEADER;
use countersign_protocol::wire::{Device, Inbox};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::Result;
use crate::phone::Phone;
use crate::report::Durations;
use crate::server::{Server, Usage};

pub(crate) const INBOX: &str = "/api/v1/device/challenges";

/// How much load, for how long.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Clients at once, each with its own user and phone, 1 to 1000
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=1000))]
    clients: u32,
    /// How long to measure, 1 to 300
    #[arg(long, default_value_t = 10, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=300))]
    seconds: u64,
    /// A PostgreSQL database, empty, to measure on; otherwise SQLite
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Print one JSON object instead of the table
    #[arg(long)]
    json: bool,
}

/// One client: a relying party's connection, and the phone that it asks.
pub(crate) struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) server: Arc<Server>,
    pub(crate) user: String,
    pub(crate) phone: Phone,
    pub(crate) device: DeviceId,
    nonce: String,
}

/// Runs the benchmark.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let _already_there = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir()?;
    let server = Arc::new(Server::start(folder.path(), options.database_url.as_deref(), None).await?);
    let mut clients = Vec::new();
    for number in 0..options.clients {
        clients.push(Client::enroll(&server, number).await?);
    }
    let before = server.usage()?;
    let begun = Instant::now();
    let end = begun + Duration::from_secs(options.seconds);
    let running: Vec<_> = clients.into_iter().map(|client| tokio::spawn(client.until(end))).collect();
    let mut flows = Durations::default();
    for client in running {
        flows.append(client.await??);
    }
    let (elapsed, after) = (begun.elapsed(), server.usage()?);
    print(options, &mut flows, elapsed, before, after);
    if let Some(server) = Arc::into_inner(server) {
        server.stop().await?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bounded run")]
fn print(options: &Options, flows: &mut Durations, elapsed: Duration, before: Usage, after: Usage) {
    let per_second = flows.len() as f64 / elapsed.as_secs_f64();
    let cpu_us = (after.cpu - before.cpu) * 1e6 / flows.len().max(1) as f64;
    let figures = [500, 990, 999].map(|permille| flows.permille_ms(permille));
    let [p50, p99, p999] = figures;
    let (clients, count, resident) = (options.clients, flows.len(), after.resident_kib / 1024);
    if options.json {
        println!(
            "{}",
            json!({"clients": clients, "flows": count, "flows_per_second": per_second, "p50_ms": p50, "p99_ms": p99,
                   "p999_ms": p999, "server_cpu_us_per_flow": cpu_us, "server_resident_mib": resident})
        );
    } else {
        println!(
            "| clients | flows | flows/s | p50 ms | p99 ms | p99.9 ms | server CPU µs/flow | server RSS MiB |"
        );
        println!("|---|---|---|---|---|---|---|---|");
        println!(
            "| {clients} | {count} | {per_second:.0} | {p50:.1} | {p99:.1} | {p999:.1} | {cpu_us:.0} | {resident} |"
        );
    }
}

impl Client {
    /// Makes a user known and enrols a phone for them, over the API.
    pub(crate) async fn enroll(server: &Arc<Server>, number: u32) -> Result<Self> {
        let http = reqwest::Client::builder()
            .pool_max_idle_per_host(1)
            // The server hangs up on a connection that is silent for ten seconds.
            .pool_idle_timeout(Duration::from_secs(5))
            .build()?;
        let (user, phone) = (format!("user-{number}"), Phone::new(&server.url)?);
        let request = |path: &str, body: &Value| {
            http.post(format!("{}/api/v1/{path}", server.url))
                .basic_auth(&server.client_id, Some(&server.client_secret))
                .body(body.to_string())
        };
        let issued: Value = json(request("users/enroll", &json!({"user_ref": user})), 201).await?;
        let token = issued.get("enrollment_token").and_then(Value::as_str).ok_or("no token")?;
        let body = serde_json::to_value(phone.enrollment(token, &user)?)?;
        let enrolled: Device = json(request("devices/complete-enrollment", &body), 201).await?;
        let asked = http.get(format!("{}{INBOX}", server.url)).send().await?;
        let nonce = nonce_of(&asked).ok_or("the server gave no nonce")?;
        let server = Arc::clone(server);
        Ok(Self { device: enrolled.device_id, http, server, user, phone, nonce })
    }

    /// Flows one after the other until `end`.
    async fn until(mut self, end: Instant) -> Result<Durations> {
        let mut durations = Durations::default();
        while Instant::now() < end {
            let begun = Instant::now();
            self.flow().await?;
            durations.push(begun.elapsed());
        }
        Ok(durations)
    }

    async fn flow(&mut self) -> Result<()> {
        let body = json!({"user_ref": self.user, "number_match": true}).to_string();
        let sent: Value = json(self.as_party(Method::POST, "/api/v1/mfa/send").body(body), 200).await?;
        let number = sent.get("number").and_then(Value::as_str).map(str::to_owned);
        let session = sent.get("session_id").and_then(Value::as_str).ok_or("no session")?.to_owned();
        let inbox = self.fetch(&Arc::clone(&self.server)).await?;
        let challenge = inbox.challenges.first().filter(|_| inbox.challenges.len() == 1).ok_or("inbox")?;
        let (id, answer) = self.phone.approve(self.device, challenge, number)?;
        if id != session {
            return Err("another challenge than the one that was asked".into());
        }
        let url = format!("{}{INBOX}/{id}/answer", self.server.url);
        let _answered: Value =
            json(self.http.post(url).body(json!({"answer": answer}).to_string()), 200).await?;
        let path = format!("/api/v1/mfa/status/{session}");
        let status: Value = json(self.as_party(Method::GET, &path), 200).await?;
        if status.get("status").and_then(Value::as_str) == Some("approved") {
            Ok(())
        } else {
            Err(format!("not approved: {status}").into())
        }
    }

    /// The phone's signed fetch from one of the servers.
    pub(crate) async fn fetch(&mut self, server: &Server) -> Result<Inbox> {
        let authorization = self.phone.authorization(self.device, "GET", INBOX, &self.nonce)?;
        let request = self.http.get(format!("{}{INBOX}", server.at)).header("authorization", authorization);
        let reply = request.send().await?;
        self.nonce = nonce_of(&reply).ok_or("the server gave no nonce")?;
        body(reply, 200).await
    }

    fn as_party(&self, method: Method, path: &str) -> RequestBuilder {
        self.as_party_at(&self.server, method, path)
    }

    /// A request of the relying party's to one of the servers.
    pub(crate) fn as_party_at(&self, at: &Server, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", at.at))
            .header("x-client-id", &self.server.client_id)
            .header("x-client-secret", &self.server.client_secret)
    }
}

fn nonce_of(reply: &reqwest::Response) -> Option<String> {
    reply.headers().get(NONCE_HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

pub(crate) async fn json<T: serde::de::DeserializeOwned>(
    request: RequestBuilder,
    expected: u16,
) -> Result<T> {
    body(request.send().await?, expected).await
}

async fn body<T: serde::de::DeserializeOwned>(reply: reqwest::Response, expected: u16) -> Result<T> {
    let (status, text) = (reply.status(), reply.text().await?);
    if status.as_u16() == expected {
        Ok(serde_json::from_str(&text)?)
    } else {
        Err(format!("{status}: {text}").into())
    }
}
