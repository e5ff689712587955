//! The server as a program: a gateway on the wire, proxies in front, and what its log shows.

use std::sync::Arc;
use std::time::Duration;

use countersign_server::engine::verification::NumberToVerify;
use countersign_server::engine::{Attempt, Engine, Language};
use countersign_server::nodes::Nodes;
use countersign_server::store::Room;
use countersign_tests::NEVER;
use countersign_tests::database::Database;
use countersign_tests::http::{self, Reply, Request};
use countersign_tests::receiver::{Behaviour, Receiver};
use countersign_tests::seen::line_with;
use countersign_tests::server_here::ServerHere;
use countersign_tests::server_process::{Program, ServerProcess};

use super::{ACCEPT, DENIED, INTERNAL, REJECT, channel, says};
use crate::SERVER;

/// A server with a channel whose short messages go to a gateway on this machine.
struct Stage {
    server: ServerProcess,
    key: String,
    gateway: Receiver,
}

impl Stage {
    async fn set(program: Program, cidr: &str) -> Self {
        let program = program.env("COUNTERSIGN_WEBHOOK_ALLOW_NETWORKS", "127.0.0.0/8");
        let (server, gateway) = (ServerProcess::start(program).await, Receiver::start().await);
        let tenant = server.relying_party("Example Clinic").await.tenant;
        let secret = server.data_dir().join("gateway");
        std::fs::write(&secret, "open sesame\n").unwrap();
        let (url, file) = (format!("http://{}", gateway.address), secret.to_str().unwrap());
        let set =
            ["provider", "set", "sms", "http", "--tenant", &tenant, "--preset", "kannel", "--url", &url];
        let account = ["--from", "12345", "--user", "countersign", "--password-file", file];
        let limits = ["--countries", "SA", "--per-day", "100"];
        server.program().json(&[&set[..], &account, &limits].concat()).await;
        let create = ["channel", "create", "--tenant", &tenant, "--name", "Clinic", "--cidr", cidr];
        let made = server.program().json(&create).await;
        Self { server, key: made["api_key"].as_str().unwrap().to_owned(), gateway }
    }

    fn request(&self, operation: &str, rest: &str) -> Request {
        Request::new("GET", &format!("/mpass-web/rest/mv/{operation}?apikey={}&{rest}", self.key))
    }

    async fn get(&self, operation: &str, rest: &str) -> Reply {
        http::send(self.server.address, &self.request(operation, rest)).await
    }

    /// The code in the next message that the gateway is given.
    async fn code(&mut self) -> String {
        let line = self.gateway.next().await.line;
        let text = line.split_once("&text=").expect("a text").1;
        text.chars().take(6).collect()
    }
}

#[tokio::test]
async fn zero_means_that_the_gateway_has_it() {
    let mut stage = Stage::set(Program::new(SERVER), "127.0.0.1").await;
    stage.gateway.next_are([Behaviour::Reply(202, "0: Accepted for delivery".to_owned())]);
    says(&stage.get("msg", "dest=+966501234567").await, ACCEPT);
    let code = stage.code().await;
    says(&stage.get("verify", &format!("dest=+966501234567&otp={code}")).await, ACCEPT);
    for (n, refusal) in [
        Behaviour::Reply(400, "Missing receiver number".to_owned()),
        Behaviour::Reply(503, "4: Temporal failure, try again later".to_owned()),
        Behaviour::Reply(403, "Authorization failed for sendsms".to_owned()),
        Behaviour::HangUp,
    ]
    .into_iter()
    .enumerate()
    {
        stage.gateway.next_are([refusal]);
        says(&stage.get("msg", &format!("dest=%2B96650123457{n}")).await, INTERNAL);
        let code = stage.code().await;
        says(&stage.get("verify", &format!("dest=%2B96650123457{n}&otp={code}")).await, REJECT);
    }
    stage.server.terminate().await;
    assert!(stage.gateway.rest().is_empty(), "nothing was tried again");
}

#[tokio::test]
async fn s36_the_address_of_a_key_is_not_to_be_had_by_a_header() {
    let spoofed = |request: Request| {
        request
            .header("X-Forwarded-For", "192.0.2.7")
            .header("Forwarded", "for=192.0.2.7")
            .header("X-Real-IP", "192.0.2.7")
    };
    let stage = Stage::set(Program::new(SERVER), "192.0.2.7").await;
    let request = spoofed(stage.request("verify", "dest=%2B966501234567&otp=123456"));
    says(&http::send(stage.server.address, &request).await, DENIED);

    let behind = Program::new(SERVER).env("COUNTERSIGN_TRUSTED_PROXIES", "127.0.0.1");
    let stage = Stage::set(behind, "192.0.2.7").await;
    let request = || stage.request("verify", "dest=%2B966501234567&otp=123456");
    says(&http::send(stage.server.address, &spoofed(request())).await, REJECT);
    says(&http::send(stage.server.address, &request()).await, DENIED);
    // Left of what the proxy saw stands what the caller wrote.
    let chain = request().header("X-Forwarded-For", "192.0.2.7, 203.0.113.1");
    says(&http::send(stage.server.address, &chain).await, DENIED);
}

#[tokio::test]
async fn s38_neither_keys_nor_codes_nor_numbers_stand_in_the_log() {
    let program = Program::new(SERVER).env("COUNTERSIGN_LOG", "trace");
    let mut stage = Stage::set(program, "127.0.0.1").await;
    stage.gateway.always(Behaviour::Reply(202, "0: Accepted for delivery".to_owned()));
    says(&stage.get("msg", "dest=%2B966501234567&app=East+Wing").await, ACCEPT);
    let code = stage.code().await;
    let wrong = "dest=%2B966501234567&app=East+Wing&otp=135792";
    says(&stage.get("verify", wrong).await, REJECT);
    let key = format!("{}x", stage.key);
    let target = format!("/mpass-web/rest/mv/msg?apikey={key}&dest=%2B966501234567");
    says(&http::send(stage.server.address, &Request::new("GET", &target)).await, DENIED);
    assert_eq!(http::send(stage.server.address, &Request::new("POST", &target)).await.status, 405);
    let lost = target.replace("/msg", "/lost");
    assert_eq!(http::send(stage.server.address, &Request::new("GET", &lost)).await.status, 404);
    says(&stage.get("verify", &format!("dest=%2B966501234567&app=East+Wing&otp={code}")).await, ACCEPT);
    let random = stage.key[stage.key.len() - 43..].to_owned();
    let log = stage.server.terminate().await;
    assert!(log.contains("/mpass-web/rest/mv/msg") && log.contains("TRACE"), "the log is there");
    for secret in [random.as_str(), &code, "135792", "501234567", "East", "open sesame"] {
        assert_eq!(line_with(&log, secret), None, "{secret} stands in the log");
    }
}

#[tokio::test]
async fn what_another_server_has_sent_is_known_here_at_once() {
    let first = ServerHere::start().await;
    let Some(settings) = first.database.as_deref().map(Database::settings) else { return };
    // Whoever is not woken waits for longer than this test does.
    let hours = Duration::from_secs(7_200);
    let patient = |engine: Engine| engine.looking_again_after(hours).waiting_for_gateways(hours);
    let (here, there) = (first.another(patient).await, first.another(patient).await);
    let join = |server: &ServerHere, name| {
        Nodes::join(Arc::clone(&server.engine), settings.clone(), uuid::Uuid::from_u128(name))
    };
    let nodes = [join(&here, 1), join(&there, 2)];
    let tenant = first.relying_party("Example Clinic", None).await.tenant.parse().unwrap();
    let key = channel(&first.engine, tenant, None).await;
    let caller = here.engine.channel_with_key(&key.text, Some(super::HERE.parse().unwrap())).await.unwrap();
    let number = NumberToVerify { number: super::NUMBER, application: None };
    let carried = async {
        let mut job = loop {
            if let Some(job) = there.engine.due(&[Room::wide("sms", 1)]).await.unwrap().pop() {
                break job;
            }
        };
        assert!(there.engine.lease(&mut job).await.unwrap());
        there
            .engine
            .settle(&job, None, (there.engine.unix_ms(), 5), Attempt::done(Some(202), None))
            .await
            .unwrap();
    };
    let sent = here.engine.send_number_code(&caller, number, Language::En);
    let both = tokio::time::timeout(NEVER, async { tokio::join!(sent, carried) });
    let (taken, ()) = both.await.expect("whoever waits here is woken");
    assert!(taken.unwrap(), "the gateway had it");
    for node in nodes {
        node.leave().await;
    }
}
