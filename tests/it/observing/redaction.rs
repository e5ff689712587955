//! A whole run, well-meant and not, with everything that can be seen turned on: none of it holds a secret, a code, a token,
//! a signed message, or what a person is called.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_tests::authority::Authority;
use countersign_tests::collector::Collector;
use countersign_tests::device::Device;
use countersign_tests::http::{self, Reply, Request};
use countersign_tests::phone::Phone;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::seen::line_with;
use countersign_tests::server_process::{Program, ServerProcess};
use serde_json::json;
use tempfile::TempDir;

use super::numbers;
use crate::SERVER;

const USER: &str = "employee-90210";
const MAIL: &str = "sam.jones@example.org";
const NAME: &str = "Samantha Jones";
const MESSAGE: &str = "Approve the transfer to Jo";
const PUSH_TOKEN: &str = "fcm-token:APA91bHPRgkF3JUikC4ENAHEeMrd41Zxv3hVZjC9KtT8OvPVGJ";
const WRONG_SECRET: &str = "cs_secret_guessed_by_somebody_else";
const BAD_TOKEN: &str = "no-such-enrolment-token-1234567890";

struct Run {
    server: ServerProcess,
    authority: Option<Authority>,
    collector: Collector,
    secrets: Vec<String>,
    _files: TempDir,
}

impl Run {
    async fn start(format: &str, authority: Option<Authority>) -> Self {
        let collector = Collector::start().await;
        let mut program = Program::new(SERVER)
            .env("COUNTERSIGN_LOG", "trace")
            .env("COUNTERSIGN_LOG_FORMAT", format)
            .env("COUNTERSIGN_METRICS_LISTEN", "127.0.0.1:0")
            .env("COUNTERSIGN_OTLP_ENDPOINT", format!("http://{}", collector.address));
        let files = tempfile::tempdir().unwrap();
        if let Some(authority) = &authority {
            authority.issue(files.path(), 2090);
            program = authority.serve_from(files.path(), program);
        }
        let server = ServerProcess::start(program).await;
        let fixed = [USER, MAIL, NAME, MESSAGE, PUSH_TOKEN, WRONG_SECRET, BAD_TOKEN, "eyJ", "PRIVATE KEY"];
        let secrets = fixed.map(str::to_owned).to_vec();
        Self { server, authority, collector, secrets, _files: files }
    }

    async fn send(&self, request: &Request) -> Reply {
        match &self.authority {
            Some(authority) => authority.send(self.server.address, request).await,
            None => http::send(self.server.address, request).await,
        }
    }

    fn phone(&self) -> Phone {
        self.authority.as_ref().map_or_else(Phone::new, |authority| Phone::believing(&authority.pem()))
    }

    async fn link(&mut self, cms: &RelyingParty) -> String {
        let person = json!({"user_ref": USER, "email": MAIL, "display_name": NAME});
        let issued = self.send(&cms.request("POST", "/api/v1/users/enroll").json(&person)).await.expect(201);
        self.secrets.push(issued["enrollment_token"].as_str().unwrap().to_owned());
        issued["enrollment_url"].as_str().unwrap().to_owned()
    }

    async fn go_well(&mut self, cms: &RelyingParty) {
        let link = self.link(cms).await;
        let phone = self.phone();
        phone.enroll(&link).await;
        for approve in [true, false] {
            let ask = json!({"user_ref": USER, "message": MESSAGE, "number_match": approve});
            let sent = self.send(&cms.request("POST", "/api/v1/mfa/send").json(&ask)).await.expect(200);
            let id = phone.the_request().await.id;
            if approve {
                phone.core.approve(id, sent["number"].as_str()).await.unwrap();
            } else {
                phone.core.deny(id).await.unwrap();
            }
            let status = format!("/api/v1/mfa/status/{}", sent["session_id"].as_str().unwrap());
            self.send(&cms.request("GET", &status)).await.expect(200);
        }
        self.send(&cms.request("GET", "/api/v1/users")).await.expect(200);
        self.send(&cms.request("GET", &format!("/api/v1/devices/user/{USER}"))).await.expect(200);
    }

    async fn go_wrong(&self, cms: &RelyingParty) {
        let guess = Request::new("GET", "/api/v1/users");
        let guessed =
            guess.clone().header("X-Client-ID", &cms.client_id).header("X-Client-Secret", WRONG_SECRET);
        assert_eq!(self.send(&guessed).await.status, 401);
        let basic = format!("Basic {}", STANDARD.encode(format!("{}:{WRONG_SECRET}", cms.client_id)));
        assert_eq!(self.send(&guess.header("Authorization", &basic)).await.status, 401);
        for target in [format!("/enroll/{BAD_TOKEN}"), format!("/api/v1/devices/enrollment/{BAD_TOKEN}")] {
            assert!(self.send(&Request::new("GET", &target)).await.status >= 400);
        }
        let bad = Request::new("GET", &format!("/nothing/{BAD_TOKEN}?secret={WRONG_SECRET}"));
        let bad = bad
            .header("X-Request-Id", &format!("{BAD_TOKEN} {WRONG_SECRET}"))
            .header("traceparent", WRONG_SECRET);
        assert_eq!(self.send(&bad).await.status, 404);
        let forged = Request::new("GET", "/api/v1/device/challenges")
            .header("Authorization", &format!("Device eyJhbGciOiJub25lIn0.{BAD_TOKEN}.x"));
        assert_eq!(self.send(&forged).await.status, 401);
        for body in
            [format!("{{\"user_ref\":5,\"message\":\"{MESSAGE}\"}}"), format!("not JSON {WRONG_SECRET}")]
        {
            assert_eq!(self.send(&cms.request("POST", "/api/v1/mfa/send").body(body)).await.status, 400);
        }
    }

    /// Ends the run and looks through everything that could be seen of it.
    async fn nothing_was_seen(mut self, cms: &RelyingParty) {
        self.secrets.push(cms.client_secret.clone());
        self.secrets.push(STANDARD.encode(format!("{}:{}", cms.client_id, cms.client_secret)));
        let numbers = numbers(self.server.metrics_address()).await;
        let log = self.server.terminate().await;
        let traces = self.collector.raw();
        assert!(log.contains("/api/v1/mfa/send") && log.contains("TRACE"), "the log is there");
        assert!(traces.contains("complete_enrollment"), "the traces are there");
        for secret in &self.secrets {
            for (name, seen) in [("log", &log), ("numbers", &numbers), ("traces", &traces)] {
                assert_eq!(line_with(seen, secret), None, "{secret} stands in the {name}");
            }
        }
        assert!(!numbers.contains(&cms.tenant), "numbers have no tenants");
    }
}

#[tokio::test]
async fn s38_nothing_secret_is_seen_in_logs_numbers_and_traces() {
    let mut run = Run::start("text", None).await;
    let cms = run.server.relying_party("Case Management").await;
    run.go_well(&cms).await;
    run.go_wrong(&cms).await;
    let link = run.link(&cms).await;
    let device = Device::enroll(run.server.address, &link).await;
    let token = json!({"device_token": PUSH_TOKEN});
    assert!(device.call("PUT", "/api/v1/device/push-token", &token).await.status < 300);
    assert_eq!(cms.remove_device(PUSH_TOKEN).await.status, 200);
    run.nothing_was_seen(&cms).await;
}

#[tokio::test]
async fn s38_nothing_secret_is_seen_over_tls_and_http_2() {
    let mut run = Run::start("json", Some(Authority::new())).await;
    let cms = run.server.relying_party("Case Management").await;
    run.go_well(&cms).await;
    run.go_wrong(&cms).await;
    run.nothing_was_seen(&cms).await;
}
