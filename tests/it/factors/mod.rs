//! What people prove themselves with besides their devices.

mod enrolling;
mod model;
mod notices;
mod recovery;

use countersign_core::otp::OtpEntry;
use countersign_server::engine::policy::Scope;
use countersign_server::engine::{Caller, Message};
use countersign_tests::http::{Reply, segment};
use countersign_tests::mailbox;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;
use serde_json::{Value, json};

/// A number that could be somebody's, and another one.
const NUMBER: &str = "+966501234567";
const OTHER: &str = "+966509876543";

/// A server with one relying party that knows sam.
struct Ready {
    server: ServerHere,
    cms: RelyingParty,
}

impl Ready {
    async fn new() -> Self {
        Self::on(ServerHere::start().await).await
    }

    async fn on(server: ServerHere) -> Self {
        let cms = server.relying_party("Case Management", None).await;
        cms.enroll("sam").await;
        Self { server, cms }
    }

    /// `POST …/factors` for sam.
    async fn add(&self, body: Value) -> Reply {
        self.add_for("sam", body).await
    }

    async fn add_for(&self, user: &str, body: Value) -> Reply {
        self.cms.post(&format!("/api/v1/users/{}/factors", segment(user)), &body).await
    }

    /// `POST …/factors/{id}/verify` for sam.
    async fn verify(&self, id: &Value, code: &str) -> Reply {
        let id = id.as_str().unwrap();
        self.cms.post(&format!("/api/v1/users/sam/factors/{id}/verify"), &json!({"code": code})).await
    }

    /// `DELETE …/factors/{id}` for sam.
    async fn remove(&self, id: &Value) -> Reply {
        self.cms.call("DELETE", &format!("/api/v1/users/sam/factors/{}", id.as_str().unwrap())).await
    }

    async fn list(&self) -> Vec<Value> {
        let all = self.cms.call("GET", "/api/v1/users/sam/factors").await.expect(200);
        all["factors"].as_array().unwrap().clone()
    }

    /// A seed for sam that counts, and its id. Its code of this moment is used up.
    async fn totp(&self) -> (Value, OtpEntry) {
        let added = self.add(json!({"type": "totp"})).await.expect(201);
        let seed = entry(&added);
        self.verify(&added["factor"]["id"], &self.code(&seed, 0)).await.expect(200);
        (added["factor"]["id"].clone(), seed)
    }

    /// A number or address of sam's that counts, and its id.
    async fn contact(&self, kind: &str, to: &str) -> Value {
        // Messages are told apart by when they were made.
        self.server.clock.advance(1_000);
        let added = self.add(json!({"type": kind, "to": to})).await.expect(201);
        let id = added["factor"]["id"].clone();
        assert_eq!(self.verify(&id, &self.code_to(to).await).await.expect(200)["active"], true);
        id
    }

    /// The code that is good some steps before or after this moment of the server's clock.
    fn code(&self, seed: &OtpEntry, steps: i64) -> String {
        let seconds = self.server.clock.now() / 1000 + steps * 30;
        seed.code_at(seconds.try_into().unwrap()).unwrap().value.clone()
    }

    /// All messages to people so far, the oldest first.
    async fn messages(&self) -> Vec<Message> {
        mailbox::all(&self.server).await
    }

    /// The code in the newest message there.
    async fn code_to(&self, to: &str) -> String {
        let messages = self.messages().await;
        messages.into_iter().rfind(|message| message.to == to).expect("a message there").code.expect("a code")
    }

    async fn policy(&self, name: &str, value: &str) {
        let scope = Scope { tenant: self.cms.tenant.parse().unwrap(), application: None };
        self.server
            .engine
            .set_policy(scope, &[(name.to_owned(), value.to_owned())], &"operator")
            .await
            .unwrap();
        // Callers are remembered for a moment.
        self.server.clock.advance(10_000);
    }

    /// The relying party as the rules know it.
    async fn caller(&self) -> std::sync::Arc<Caller> {
        let (id, secret) = (&self.cms.client_id, &self.cms.client_secret);
        self.server.engine.authenticate(id, secret, None).await.unwrap()
    }
}

fn entry(added: &Value) -> OtpEntry {
    OtpEntry::parse(added["otpauth_uri"].as_str().unwrap()).unwrap()
}

/// Another code than this one.
fn wrong(code: &str) -> String {
    let (first, rest) = code.split_at(1);
    format!("{}{rest}", (first.parse::<u8>().unwrap() + 5) % 10)
}
