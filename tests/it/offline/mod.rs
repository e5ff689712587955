//! Answers without a network: the page shows the question as a QR code, the phone shows eight digits, the person types
//! them.

mod answering;
mod attacks;
mod phones;

use std::sync::Arc;

use countersign_protocol::id::TenantId;
use countersign_protocol::offline::OfflineText;
use countersign_protocol::wire::Outcome;
use countersign_server::engine::audit::list::EventFilter;
use countersign_server::engine::policy::Scope;
use countersign_server::engine::{Caller, Error, OfflineQuestion};
use countersign_tests::device::Device;
use countersign_tests::relying_party::{RelyingParty, Session};
use countersign_tests::server_here::ServerHere;

/// A server, a relying party, and sam with a device.
struct Desk {
    server: ServerHere,
    cms: RelyingParty,
    device: Device,
}

impl Desk {
    async fn new() -> Self {
        let server = ServerHere::start().await;
        let cms = server.relying_party("Case Management", None).await;
        let device = Device::enroll(server.address, &cms.link("sam").await).await;
        Self { server, cms, device }
    }

    fn tenant(&self) -> TenantId {
        self.cms.tenant.parse().unwrap()
    }

    /// Another device of sam's.
    async fn another(&self) -> Device {
        Device::enroll(self.server.address, &self.cms.link("sam").await).await
    }

    async fn set(&self, name: &str, value: &str) {
        let scope = Scope { tenant: self.tenant(), application: None };
        self.server
            .engine
            .set_policy(scope, &[(name.to_owned(), value.to_owned())], &"operator")
            .await
            .unwrap();
        // Callers are remembered for a moment.
        self.server.clock.advance(10_000);
    }

    /// Asks sam, at a login page that shows a number. Pushes may be asked again a minute later.
    async fn ask(&self) -> Session {
        self.server.clock.advance(61_000);
        self.cms.ask_with_number("sam").await
    }

    /// The relying party as the rules know it.
    async fn caller(&self) -> Arc<Caller> {
        let (id, secret) = (&self.cms.client_id, &self.cms.client_secret);
        self.server.engine.authenticate(id, secret, None).await.unwrap()
    }

    async fn questions(&self, session: &Session) -> Vec<OfflineQuestion> {
        self.server.engine.offline_questions(&*self.caller().await, session.challenge()).await.unwrap()
    }

    /// Types into the login page.
    async fn type_in(&self, session: &Session, code: &str) -> Result<Outcome, Error> {
        self.server.engine.answer_offline(&*self.caller().await, session.challenge(), code).await
    }

    /// What the log says of a session: name, actor and detail, in no order, for much of it is of one millisecond.
    async fn log(&self, session: &Session) -> Vec<(String, String, String)> {
        let filter = EventFilter { subject: Some(session.id.clone()), ..EventFilter::default() };
        let events = self.server.engine.latest_events(self.tenant(), &filter, 50).await.unwrap();
        events.into_iter().map(|e| (e.name, e.actor, e.detail.unwrap_or_default())).collect()
    }

    /// How the log says a session ended: who did it, and how.
    async fn ended(&self, session: &Session, name: &str) -> (String, String) {
        let log = self.log(session).await;
        let ended = log.into_iter().find(|(event, ..)| event == name);
        ended.map(|(_, actor, detail)| (actor, detail)).expect("it has ended so")
    }
}

/// What a device without a network shows for a question that it scanned.
pub(crate) fn code_of(device: &Device, question: &OfflineQuestion) -> String {
    let text: OfflineText = question.text.parse().unwrap();
    let jws = text.jws(&device.server_key);
    device.offline_key.as_ref().unwrap().approval(&jws, device.id).as_str().to_owned()
}

/// Eight digits that are not these.
pub(crate) fn wrong(code: &str) -> String {
    format!("{:08}", (code.parse::<u32>().unwrap() + 1) % 100_000_000)
}
