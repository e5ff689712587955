//! Sign-ins that a person finishes with whichever factor they choose: how they stand, what is asked, and who wins when
//! several things happen at once. What pages and dialects make of them is tested there.

mod beginning;
mod browsers;
mod choosing;
mod people;
mod races;
mod risk;
mod turns;
mod typing;
mod waking;

use std::sync::Arc;

use countersign_protocol::answer::Decision;
use countersign_protocol::id::TenantId;
use countersign_server::engine::policy::{Factor, Scope};
use countersign_server::engine::{
    Begin, Begun, Caller, Engine, Error, Language, Origin, Standing, Transaction,
};
use countersign_server::store::UserRow;
use countersign_tests::device::Device;
use countersign_tests::http::Reply;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;
use countersign_tests::{given, mailbox};

/// Milliseconds after which a running server has noticed a changed setting.
const NOTICED: i64 = 3_001;
/// A number of nobody's.
const NUMBER: &str = "+966501234567";
/// Nobody has chosen yet.
const OPEN: Standing = Standing::Open { after: None };

/// A server with one relying party, whose user sam has a phone and a number.
struct Place {
    server: ServerHere,
    cms: RelyingParty,
    phone: Device,
}

impl Place {
    async fn new() -> Self {
        let server = ServerHere::start().await;
        let cms = server.relying_party("Case Management", None).await;
        given::factor(&server, &cms, "sam", "sms", NUMBER).await;
        let phone = Device::enroll(server.address, &cms.link("sam").await).await;
        Self { server, cms, phone }
    }

    /// With these settings of the tenant's.
    async fn with(settings: &[(&str, &str)]) -> Self {
        let place = Self::new().await;
        place.set(settings).await;
        place
    }

    /// Where questions are as many as one likes.
    async fn without_limits() -> Self {
        Self::with(&[("pending_limit", "0"), ("pushes_per_minute", "0")]).await
    }

    fn engine(&self) -> &Engine {
        &self.server.engine
    }

    fn tenant(&self) -> TenantId {
        self.cms.tenant.parse().unwrap()
    }

    fn scope(&self) -> Scope {
        Scope { tenant: self.tenant(), application: None }
    }

    async fn set(&self, settings: &[(&str, &str)]) {
        let pairs: Vec<_> = settings.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        self.engine().set_policy(self.scope(), &pairs, &"operator").await.unwrap();
        self.server.clock.advance(NOTICED);
    }

    async fn caller(&self) -> Arc<Caller> {
        let cms = &self.cms;
        self.engine().authenticate(&cms.client_id, &cms.client_secret, None).await.unwrap()
    }

    async fn person(&self, user: &str) -> UserRow {
        self.engine().person_named(self.tenant(), user).await.unwrap().unwrap()
    }

    /// A sign-in of sam's of which nothing more is said.
    async fn plain(&self) -> Begin {
        Begin {
            user: self.person("sam").await,
            kind: None,
            message: None,
            at_once: None,
            timeout: None,
            risk: None,
            origin: Origin::default(),
        }
    }

    async fn begin(&self, begin: Begin) -> Begun {
        let caller = self.caller().await;
        self.engine().begin_transaction(&caller, begin).await.unwrap()
    }

    /// A sign-in of sam's for whom something is asked at once.
    async fn asking(&self, at_once: Factor) -> Begun {
        self.begin(Begin { at_once: Some(at_once), ..self.plain().await }).await
    }

    /// A sign-in of sam's that waits for a choice.
    async fn open(&self) -> Begun {
        self.begin(self.plain().await).await
    }

    async fn look(&self, begun: &Begun) -> Transaction {
        self.engine().transaction(&begun.channel).await.unwrap()
    }

    async fn standing(&self, begun: &Begun) -> Standing {
        self.look(begun).await.standing
    }

    async fn choose(&self, begun: &Begun, kind: Factor) -> Result<(), Error> {
        let transaction = self.look(begun).await;
        self.engine().choose_way(&transaction, kind, None, Language::En).await
    }

    /// sam's answer to the question that waits, on the phone, ready to be handed in.
    async fn answer(&self, begun: &Begun, decision: Decision) -> Answer {
        let transaction = self.look(begun).await;
        let number = self.engine().asking(&transaction).await.unwrap().and_then(|asking| asking.number);
        let id = transaction.question.unwrap();
        self.phone.renew_nonce().await;
        let challenge = self.phone.challenge(&id.to_string()).await;
        let number = number.filter(|_| decision == Decision::Approve);
        Answer { id, signed: self.phone.answer(&challenge, decision, number.as_deref()) }
    }

    async fn submit(&self, answer: &Answer) -> Reply {
        self.phone.submit(answer.id, &answer.signed).await
    }

    async fn decide(&self, begun: &Begun, decision: Decision) {
        self.submit(&self.answer(begun, decision).await).await.expect(200);
    }

    /// The code in the newest short message to sam.
    async fn code(&self) -> String {
        mailbox::code_by(&self.server, "sms", NUMBER).await
    }

    /// How many questions wait for sam.
    async fn pending(&self) -> usize {
        let rows = self.server.rows();
        let (user, now) = (self.person("sam").await, self.server.clock.now());
        let found = rows.pending_of_user(user.tenant, user.id, uuid::Uuid::nil(), now).await.unwrap();
        rows.close().await;
        found.len()
    }
}

/// An answer that a phone has signed.
struct Answer {
    id: countersign_protocol::id::ChallengeId,
    signed: String,
}

/// The kind of the question that waits.
fn waits_for(standing: Standing) -> Option<Factor> {
    match standing {
        Standing::Waiting { kind, .. } => Some(kind),
        _ => None,
    }
}
