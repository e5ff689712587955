//! Every way to reach a person, used by a real server with everything turned on that its log can say: no code, no number, no
//! address, no push token and no secret of an account stands in it, nor in the program's numbers.

use std::collections::HashMap;

use countersign_server::host::{Clock as _, System};
use countersign_tests::apns::{FakeApns, KEY, TEAM, TOPIC};
use countersign_tests::device::Device;
use countersign_tests::mail_server::MailServer;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::seen::line_with;
use countersign_tests::server_process::{Program, ServerProcess};
use countersign_tests::twilio::{self, ACCOUNT, TOKEN, Twilio};
use serde_json::{Value, json};

use super::numbers;
use crate::SERVER;

const TEXTED: &str = "+966501234567";
const CALLED: &str = "+966509876543";
const MAILED: &str = "sam.jones@example.org";
const PUSHED: &str = "5a5b5c5d5e5f50515253545556575859a0a1a2a3a4a5a6a7a8a9aaabacadaeaf";

/// A server whose log says all it can, and everybody who carries its messages.
struct World {
    server: ServerProcess,
    cms: RelyingParty,
    apns: FakeApns,
    twilio: Twilio,
    mails: MailServer,
    secrets: Vec<String>,
}

impl World {
    async fn new() -> Self {
        let program = Program::new(SERVER)
            .env("COUNTERSIGN_LOG", "trace")
            .env("COUNTERSIGN_METRICS_LISTEN", "127.0.0.1:0")
            .env("COUNTERSIGN_WEBHOOK_ALLOW_NETWORKS", "127.0.0.0/8");
        let server = ServerProcess::start(program).await;
        let clock = || System.unix_ms() / 1000;
        let apns = FakeApns::start(std::sync::Arc::new(clock), 1_000).await;
        let (twilio, mails) = (Twilio::start().await, MailServer::start().await);
        let cms = server.relying_party("Case Management").await;
        let secrets = [TEXTED, CALLED, MAILED, PUSHED, TOKEN, "hunter2", "PRIVATE KEY", "eyJ"];
        let secrets = secrets.map(str::to_owned).to_vec();
        let world = Self { server, cms, apns, twilio, mails, secrets };
        world.set_providers().await;
        world
    }

    async fn set(&self, arguments: &[&str], secret: &str) {
        let all = [&["provider", "set"], arguments].concat();
        let ended = self.server.program().run_with(&all, secret.as_bytes()).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }

    async fn set_providers(&self) {
        let files = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = files.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let (key, ca) = (file("key.p8", &self.apns.key), file("ca.pem", &self.apns.authority.pem()));
        let (here, there) =
            (format!("https://{}", self.apns.address), format!("http://{}", self.twilio.address));
        let apns = ["apns", "--platform", "--key-file", &key, "--key-id", KEY, "--team-id", TEAM];
        self.set(&[&apns[..], &["--topic", TOPIC, "--endpoint", &here, "--ca", &ca]].concat(), "").await;
        for channel in ["sms", "voice"] {
            let account = [channel, "twilio", "--platform", "--account-sid", ACCOUNT, "--auth-token-fd", "0"];
            let costs = ["--from", "+15005550006", "--countries", "SA", "--per-day", "100"];
            self.set(&[&account[..], &costs, &["--endpoint", &there]].concat(), TOKEN).await;
        }
        let mail = ["email", "--platform", "--smtp-url-fd", "0", "--from", "Example <mfa@example.org>"];
        self.set(&mail, &format!("smtp://mfa:hunter2@{}", self.mails.address)).await;
    }

    /// Gives sam a factor, and keeps what the reply tells once.
    async fn give(&mut self, wish: &Value) -> Value {
        let given = self.cms.post("/api/v1/users/sam/factors", wish).await.expect(201);
        for once in ["secret", "otpauth_uri"] {
            self.secrets.extend(given[once].as_str().map(str::to_owned));
        }
        self.secrets.extend(codes(&given["recovery_codes"]));
        given
    }

    /// Hands in the code that came, a wrong one first.
    async fn confirm(&mut self, given: &Value, code: &str) {
        let verify = format!("/api/v1/users/sam/factors/{}/verify", id(given));
        let wrong = if code == "000000" { "111111" } else { "000000" };
        assert_eq!(self.cms.post(&verify, &json!({"code": wrong})).await.status, 400);
        self.cms.post(&verify, &json!({"code": code})).await.expect(200);
        self.secrets.push(code.to_owned());
    }

    /// Ends the run and looks through all that could be seen of it.
    async fn nothing_was_seen(mut self) {
        let numbers = numbers(self.server.metrics_address()).await;
        let log = self.server.terminate().await;
        assert!(log.contains("TRACE") && log.contains("/api/v1/delivery/calls/{token}"), "the log is there");
        for secret in &self.secrets {
            for (name, seen) in [("log", &log), ("numbers", &numbers)] {
                assert_eq!(line_with(seen, secret), None, "{secret} stands in the {name}");
            }
        }
    }
}

fn id(given: &Value) -> &str {
    given["factor"]["id"].as_str().unwrap()
}

fn codes(all: &Value) -> Vec<String> {
    all.as_array().into_iter().flatten().map(|code| code.as_str().unwrap().to_owned()).collect()
}

/// The first six digits that stand together.
fn six_digits(text: &str) -> String {
    let found = text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6);
    found.expect("a code").to_owned()
}

/// The digits that are said, each by itself.
fn heard(twiml: &str) -> String {
    let said = twiml.split(['<', '>']).flat_map(|part| part.split([',', ' ', '.']));
    said.filter(|word| word.len() == 1 && word.as_bytes()[0].is_ascii_digit()).take(6).collect()
}

#[tokio::test]
async fn s38_no_code_token_or_number_is_seen_in_the_log_of_who_sends_them() {
    let mut world = World::new().await;
    let link = world.cms.link("sam").await;
    let phone = Device::enroll_phone(world.server.address, &link, "ios", PUSHED).await;
    world.secrets.push(phone.nonce());
    world.cms.ask("sam").await;
    assert_eq!(world.apns.next().await.token, PUSHED);

    let texted = world.give(&json!({"type": "sms", "to": TEXTED})).await;
    let message = world.twilio.next().await;
    world.confirm(&texted, &six_digits(message.field("Body"))).await;

    let called = world.give(&json!({"type": "voice", "to": CALLED})).await;
    let call = world.twilio.next().await;
    let url = call.field("Url").to_owned();
    world.secrets.push(url.rsplit('/').next().unwrap().to_owned());
    let script = twilio::post(TOKEN, &url, &[("CallSid", &call.sid)]).await;
    world.confirm(&called, &heard(&script.text())).await;

    let mailed = world.give(&json!({"type": "email", "to": MAILED})).await;
    let mut letters = HashMap::new();
    while !letters.contains_key("code") {
        let letter = world.mails.next().await;
        let about = if letter.text.contains("new way") { "notice" } else { "code" };
        letters.insert(about, letter.text);
    }
    let code = letters["code"].lines().map(str::trim).find(|line| line.len() == 6).unwrap().to_owned();
    world.confirm(&mailed, &code).await;

    world.give(&json!({"type": "totp"})).await;
    let recovery = world.give(&json!({"type": "recovery"})).await;
    let session = world.cms.post("/api/v1/mfa/send", &json!({"user_ref": "sam", "factor": "recovery"})).await;
    let answer = json!({"session_id": session.expect(200)["session_id"], "code": codes(&recovery["recovery_codes"])[0]});
    assert_eq!(world.cms.post("/api/v1/mfa/verify", &answer).await.expect(200)["status"], "approved");
    world.nothing_was_seen().await;
}
