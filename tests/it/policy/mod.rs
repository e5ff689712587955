//! What tenants and applications can ask of a sign-in: kinds of numbers, limits and locks, from where, and rules that
//! people sign.

mod access;
mod kinds;
mod limits;
mod places;
mod rules;
mod settings;

use countersign_protocol::answer::Decision;
use countersign_server::engine::policy::Scope;
use countersign_tests::device::Device;
use countersign_tests::http::Reply;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;
use serde_json::{Value, json};

/// Milliseconds after which a running server has noticed a changed setting.
const NOTICED: i64 = 3_001;

/// A server with one relying party, whose user sam has one device.
struct Place {
    server: ServerHere,
    cms: RelyingParty,
    phone: Device,
}

impl Place {
    /// With these settings of the tenant's.
    async fn with(settings: &[(&str, &str)]) -> Self {
        let server = ServerHere::start().await;
        let cms = server.relying_party("Case Management", None).await;
        let phone = Device::enroll(server.address, &cms.link("sam").await).await;
        let place = Self { server, cms, phone };
        place.set(settings).await;
        place
    }

    fn scope(&self) -> Scope {
        Scope { tenant: self.cms.tenant.parse().unwrap(), application: None }
    }

    async fn set(&self, settings: &[(&str, &str)]) {
        let pairs: Vec<_> = settings.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        self.server.engine.set_policy(self.scope(), &pairs, &"operator").await.unwrap();
        self.server.clock.advance(NOTICED);
    }

    async fn send(&self, extras: Value) -> Reply {
        let mut body = json!({"user_ref": "sam"});
        body.as_object_mut().unwrap().extend(extras.as_object().unwrap().clone());
        self.cms.post("/api/v1/mfa/send", &body).await
    }

    /// A question that was put, and the challenge as sam's phone sees it.
    async fn asked(&self, extras: Value) -> (Value, String) {
        let sent = self.send(extras).await.expect(200);
        let challenge = self.phone.challenge(id(&sent)).await;
        (sent, challenge)
    }

    async fn answer(&self, challenge: &str, decision: Decision, number: Option<&str>) -> Reply {
        let answer = self.phone.answer(challenge, decision, number);
        let id = countersign_tests::key::claims(challenge)["jti"].as_str().unwrap().parse().unwrap();
        self.phone.submit(id, &answer).await
    }

    /// A question that is put and answered; its status.
    async fn round(&self, decision: Decision) -> String {
        let (sent, challenge) = self.asked(json!({})).await;
        self.answer(&challenge, decision, None).await.expect(200);
        self.status(&sent).await
    }

    async fn status(&self, sent: &Value) -> String {
        let status = self.cms.look(id(sent)).await.expect(200);
        status["status"].as_str().unwrap().to_owned()
    }

    async fn type_code(&self, sent: &Value, code: &str) -> Reply {
        self.cms.post("/api/v1/mfa/verify", &json!({"session_id": id(sent), "code": code})).await
    }
}

fn id(sent: &Value) -> &str {
    sent["session_id"].as_str().unwrap()
}
