//! Codes that people type: asked for, sent, answered, counted, limited.

mod limits;
mod locks;
mod races;
mod sessions;

use countersign_protocol::id::TenantId;
use countersign_server::engine::policy::Scope;
use countersign_tests::http::Reply;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;
use countersign_tests::{given, mailbox};
use serde_json::{Value, json};

/// Milliseconds after which a running server has noticed a changed setting.
const NOTICED: i64 = 3_001;
/// A number of nobody's.
const NUMBER: &str = "+966501234567";

/// A server whose messages stay in the outbox, with one relying party.
struct Place {
    server: ServerHere,
    cms: RelyingParty,
}

impl Place {
    async fn new() -> Self {
        let server = ServerHere::start().await;
        let cms = server.relying_party("Case Management", None).await;
        Self { server, cms }
    }

    /// With sam, whose number has been verified and is good for short messages.
    async fn with_sam() -> Self {
        let place = Self::new().await;
        place.give("sam", "sms", NUMBER).await;
        place
    }

    fn tenant(&self) -> TenantId {
        self.cms.tenant.parse().unwrap()
    }

    async fn set(&self, settings: &[(&str, &str)]) {
        let scope = Scope { tenant: self.tenant(), application: None };
        let pairs: Vec<_> = settings.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        self.server.engine.set_policy(scope, &pairs, &"operator").await.unwrap();
        self.server.clock.advance(NOTICED);
    }

    async fn give(&self, user: &str, kind: &str, to: &str) {
        given::factor(&self.server, &self.cms, user, kind, to).await;
    }

    async fn ask(&self, user: &str, factor: &str) -> Reply {
        self.ask_with(user, factor, json!({})).await
    }

    async fn ask_with(&self, user: &str, factor: &str, extras: Value) -> Reply {
        let mut body = json!({"user_ref": user, "factor": factor});
        body.as_object_mut().unwrap().extend(extras.as_object().unwrap().clone());
        self.cms.post("/api/v1/mfa/send", &body).await
    }

    async fn resend(&self, sent: &Value, extras: Value) -> Reply {
        let mut body = json!({"session_id": id(sent)});
        body.as_object_mut().unwrap().extend(extras.as_object().unwrap().clone());
        self.cms.post("/api/v1/mfa/resend", &body).await
    }

    async fn verify(&self, sent: &Value, code: &str) -> Reply {
        self.cms.post("/api/v1/mfa/verify", &json!({"session_id": id(sent), "code": code})).await
    }

    async fn status(&self, sent: &Value) -> String {
        let status = self.cms.look(id(sent)).await.expect(200);
        status["status"].as_str().unwrap().to_owned()
    }

    /// The code in the newest short message to sam.
    async fn code(&self) -> String {
        mailbox::code_by(&self.server, "sms", NUMBER).await
    }

    /// A session that waits for sam's code.
    async fn asked(&self) -> Value {
        self.ask("sam", "sms").await.expect(200)
    }

    /// Long enough for the next message to the same number.
    fn cool_down(&self) {
        self.server.clock.advance(30_000);
    }
}

fn id(sent: &Value) -> &str {
    sent["session_id"].as_str().unwrap()
}

/// Another code.
fn wrong(code: &str) -> String {
    let (first, rest) = code.split_at(1);
    format!("{}{rest}", (first.parse::<u8>().unwrap() + 5) % 10)
}
