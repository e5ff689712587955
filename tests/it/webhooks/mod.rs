//! Webhooks: what they are told, when they are told again, where they may lead, and what an operator sees of it. The
//! server's clock is the test's, so three days of retries take no time.

mod commands;
mod crashing;
mod retrying;
mod targets;
mod telling;

use std::sync::Arc;

use countersign_protocol::answer::Decision;
use countersign_protocol::id::TenantId;
use countersign_server::config::Config;
use countersign_server::delivery::Couriers;
use countersign_server::engine::policy::Scope;
use countersign_server::engine::{Delivery, DeliveryFilter, NewWebhook, SignatureFormat, WebhookId};
use countersign_tests::device::Device;
use countersign_tests::relying_party::{RelyingParty, Session};
use countersign_tests::server_here::ServerHere;
use serde_json::json;

/// A configuration that lets webhooks lead to this machine.
fn config() -> Config {
    let here = vec!["127.0.0.0/8".to_owned()].try_into().unwrap();
    Config { webhook_allow_networks: here, ..Config::default() }
}

/// A server with one relying party, one person with one device, and those who carry its messages.
struct World {
    server: ServerHere,
    cms: RelyingParty,
    device: Device,
    couriers: Arc<Couriers>,
}

impl World {
    async fn new() -> Self {
        let server = ServerHere::start().await;
        let cms = server.relying_party("Case Management", None).await;
        // As many questions as a test likes, all at once.
        let scope = Scope { tenant: cms.tenant.parse().unwrap(), application: None };
        let no_limits = ["pushes_per_minute", "pending_limit"];
        let no_limits = no_limits.map(|name| (name.to_owned(), "0".to_owned()));
        server.engine.set_policy(scope, &no_limits, &"operator").await.unwrap();
        let device = Device::enroll(server.address, &cms.link("sam").await).await;
        Self { server, cms, device, couriers: Arc::new(Couriers::new(&config()).unwrap()) }
    }

    fn tenant(&self) -> TenantId {
        self.cms.tenant.parse().unwrap()
    }

    /// A webhook of the whole tenant, and its secret.
    async fn webhook(&self, url: &str) -> (WebhookId, String) {
        let new = NewWebhook { url: url.to_owned(), application: None, format: SignatureFormat::default() };
        self.server
            .engine
            .add_webhook(self.tenant(), new, &config().webhook_targets(), &"operator")
            .await
            .unwrap()
    }

    /// The person is asked, with a `session_ref`, and decides. A millisecond later than before, so that there is an order.
    async fn decide(&self, decision: Decision) -> Session {
        self.server.clock.advance(1);
        self.device.renew_nonce().await;
        let body = json!({"user_ref": "sam", "session_ref": "txn_9988"});
        let sent = self.cms.post("/api/v1/mfa/send", &body).await.expect(200);
        let session = Session { id: sent["session_id"].as_str().unwrap().to_owned(), number: None };
        let challenge = self.device.challenge(&session.id).await;
        let answer = self.device.answer(&challenge, decision, None);
        self.device.submit(session.challenge(), &answer).await.expect(200);
        session
    }

    /// Sends all that is due, and waits until it is sent.
    async fn send_due(&self) {
        self.couriers.send_due(&self.server.engine).await.unwrap();
    }

    async fn deliveries(&self, state: Option<&str>) -> Vec<Delivery> {
        let state = state.map(str::to_owned);
        let kind = Some("webhook".to_owned());
        let filter = DeliveryFilter { kind, state, limit: 200, ..DeliveryFilter::default() };
        self.server.engine.deliveries(self.tenant(), &filter).await.unwrap().0
    }

    /// The one delivery that there is.
    async fn only(&self) -> Delivery {
        let mut all = self.deliveries(None).await;
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }
}
