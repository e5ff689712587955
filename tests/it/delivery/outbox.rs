//! From a question to the push that wakes a phone: what is put into the outbox, what is still wanted when its turn comes,
//! and what a provider's answers mean for device, session and account.

use std::sync::Arc;

use countersign_protocol::answer::Decision;
use countersign_protocol::id::TenantId;
use countersign_server::config::Config;
use countersign_server::delivery::Couriers;
use countersign_server::engine::providers::{
    Account, ApnsAccount, Channel, Choice, Chosen, PLATFORM, Secret,
};
use countersign_server::engine::{Delivery, DeliveryFilter};
use countersign_tests::apns::{Answer, FakeApns, KEY, TEAM, TOPIC};
use countersign_tests::device::Device;
use countersign_tests::relying_party::{RelyingParty, Session};
use countersign_tests::server_here::ServerHere;
use serde_json::json;

/// A server whose platform pushes to Apple's devices, and a person with one of them.
struct World {
    server: ServerHere,
    fake: FakeApns,
    cms: RelyingParty,
    phone: Device,
    token: String,
    couriers: Arc<Couriers>,
}

fn account(fake: &FakeApns) -> ApnsAccount {
    ApnsAccount {
        team_id: TEAM.to_owned(),
        key_id: KEY.to_owned(),
        private_key: Secret::new(fake.key.clone()),
        topic: TOPIC.to_owned(),
        sandbox: false,
        endpoint: Some(format!("https://{}", fake.address)),
        ca: Some(fake.authority.pem()),
    }
}

/// A device's token that nobody else has.
fn token(number: u32) -> String {
    format!("{number:064x}")
}

impl World {
    async fn new() -> Self {
        let server = ServerHere::start().await;
        let clock = Arc::clone(&server.clock);
        let fake = FakeApns::start(Arc::new(move || clock.now() / 1000), 1_000).await;
        let choice = Choice::Account(Box::new(Account::Apns(account(&fake))));
        server.engine.set_provider(PLATFORM, Channel::Apns, choice, None, &"operator").await.unwrap();
        let cms = server.relying_party("Case Management", None).await;
        let token = token(1);
        let phone = Device::enroll_phone(server.address, &cms.link("sam").await, "ios", &token).await;
        let here = vec!["127.0.0.0/8".to_owned()].try_into().unwrap();
        let config = Config {
            webhook_allow_networks: here,
            data_dir: server.data_dir().to_owned(),
            ..Config::default()
        };
        Self { server, fake, cms, phone, token, couriers: Arc::new(Couriers::new(&config).unwrap()) }
    }

    fn tenant(&self) -> TenantId {
        self.cms.tenant.parse().unwrap()
    }

    async fn send_due(&self) {
        self.couriers.send_due(&self.server.engine).await.unwrap();
    }

    async fn pushes(&self) -> Vec<Delivery> {
        let kind = Some("push".to_owned());
        let filter = DeliveryFilter { kind, limit: 200, ..DeliveryFilter::default() };
        self.server.engine.deliveries(self.tenant(), &filter).await.unwrap().0
    }

    /// The newest push's state, and the word of its last attempt.
    async fn newest(&self) -> (String, Option<String>) {
        let newest = self.pushes().await.remove(0);
        (newest.row.state, newest.attempts.last().and_then(|attempt| attempt.error.clone()))
    }

    async fn provider(&self) -> Chosen {
        let all = self.server.engine.providers(self.tenant()).await.unwrap();
        all.into_iter().find(|chosen| chosen.channel == Channel::Apns).unwrap()
    }

    async fn status(&self, session: &Session) -> String {
        self.cms.status(session).await
    }
}

#[tokio::test]
async fn a_question_wakes_each_phone_once_and_says_nothing_but_its_id() {
    let mut world = World::new().await;
    let second = token(2);
    Device::enroll_phone(world.server.address, &world.cms.link("sam").await, "ios", &second).await;
    // A terminal looks by itself.
    Device::enroll(world.server.address, &world.cms.link("sam").await).await;
    let session = world.cms.ask("sam").await;
    world.send_due().await;
    let arrived = [world.fake.next().await, world.fake.next().await];
    let mut tokens: Vec<_> = arrived.iter().map(|push| push.token.clone()).collect();
    tokens.sort();
    assert_eq!(tokens, [world.token.clone(), second]);
    for push in &arrived {
        let told = push.payload.to_string();
        assert!(told.contains(&session.id), "{told}");
        for secret in ["sam", "Case Management", "Sign in"] {
            assert!(!told.contains(secret), "{told}");
        }
    }
    world.send_due().await;
    assert!(world.fake.rest().is_empty(), "once each");
    let pushes = world.pushes().await;
    assert!(pushes.len() == 2 && pushes.iter().all(|push| push.row.state == "done"), "{pushes:?}");
    assert!(pushes.iter().all(|push| push.row.reference.is_some()), "what Apple calls it is kept");
    assert_eq!(world.provider().await.last_hour.done, 2);
}

#[tokio::test]
async fn what_is_answered_before_its_turn_is_not_sent_any_more() {
    let mut world = World::new().await;
    let session = world.cms.ask("sam").await;
    let answer = world.phone.answer(&world.phone.challenge(&session.id).await, Decision::Approve, None);
    world.phone.submit(session.challenge(), &answer).await.expect(200);
    world.send_due().await;
    assert_eq!(world.newest().await, ("dead".to_owned(), Some("answered".to_owned())));
    world.server.clock.advance(60_000);
    world.cms.ask("sam").await;
    world.server.clock.advance(10 * 60_000);
    world.send_due().await;
    assert_eq!(world.newest().await, ("dead".to_owned(), Some("expired".to_owned())));
    world.cms.ask("sam").await;
    world.cms.remove_device(&world.token).await;
    world.send_due().await;
    assert_eq!(world.newest().await, ("dead".to_owned(), Some("device_removed".to_owned())));
    assert!(world.fake.rest().is_empty());
}

#[tokio::test]
async fn a_push_that_fails_is_tried_again_quickly_and_not_after_its_question_has_ended() {
    let mut world = World::new().await;
    for _ in 0..40 {
        world.fake.answer(&world.token, Answer::Status(503, json!({"reason": "ServiceUnavailable"})));
    }
    let asked = world.server.clock.now();
    let session = world.cms.ask("sam").await;
    let mut waits = Vec::new();
    loop {
        world.send_due().await;
        let push = world.pushes().await.remove(0);
        if push.row.state == "dead" {
            break;
        }
        waits.push(push.row.due_at - world.server.clock.now());
        world.server.clock.set(push.row.due_at);
    }
    assert!((1_000..=1_100).contains(&waits[0]) && (2_000..=2_200).contains(&waits[1]), "{waits:?}");
    assert!(waits[2..].iter().all(|wait| (4_000..=8_800).contains(wait)), "{waits:?}");
    assert!(waits.len() > 10 && world.server.clock.now() < asked + 120_000, "{waits:?}");
    assert_eq!(world.status(&session).await, "pending", "the phone may still look by itself");
    assert_eq!(world.provider().await.trouble, None);
    assert_eq!(world.fake.rest().len(), waits.len() + 1);
}

#[tokio::test]
async fn a_dead_token_ends_the_session_of_the_last_phone_and_is_not_pushed_to_again() {
    let mut world = World::new().await;
    let gone = json!({"reason": "Unregistered", "timestamp": world.server.clock.now() + 1});
    world.fake.answer(&world.token, Answer::Status(410, gone));
    let session = world.cms.ask("sam").await;
    world.send_due().await;
    assert_eq!(world.status(&session).await, "failed");
    assert_eq!(world.newest().await.0, "dead");
    world.fake.rest();
    // The phone itself is as good as ever: it can be asked, and looks by itself.
    world.server.clock.advance(60_000);
    world.phone.renew_nonce().await;
    let session = world.cms.ask("sam").await;
    world.send_due().await;
    assert!(world.fake.rest().is_empty(), "nothing is pushed to a dead token");
    let answer = world.phone.answer(&world.phone.challenge(&session.id).await, Decision::Approve, None);
    world.phone.submit(session.challenge(), &answer).await.expect(200);
    assert_eq!(world.cms.devices("sam").await.len(), 1);
    // The app gives its token anew, be it the same.
    world.phone.renew_nonce().await;
    let body = json!({"device_token": world.token});
    assert_eq!(world.phone.call("PUT", "/api/v1/device/push-token", &body).await.status, 204);
    world.server.clock.advance(60_000);
    world.cms.ask("sam").await;
    world.send_due().await;
    assert_eq!(world.fake.next().await.token, world.token);
}

#[tokio::test]
async fn a_token_that_was_given_after_it_died_is_kept_and_tried() {
    let mut world = World::new().await;
    let before = json!({"reason": "Unregistered", "timestamp": world.server.clock.now() - 60_000});
    world.fake.answer(&world.token, Answer::Status(410, before));
    let session = world.cms.ask("sam").await;
    world.send_due().await;
    assert_eq!(world.status(&session).await, "pending");
    world.server.clock.advance(2_000);
    world.send_due().await;
    assert_eq!(world.newest().await, ("done".to_owned(), None));
    assert_eq!(world.fake.rest().len(), 2);
}

#[tokio::test]
async fn an_account_that_is_refused_is_shown_until_something_goes_out_under_it() {
    let world = World::new().await;
    world.fake.answer(&world.token, Answer::Status(403, json!({"reason": "InvalidProviderToken"})));
    world.cms.ask("sam").await;
    world.send_due().await;
    let (word, since) = world.provider().await.trouble.expect("in trouble");
    assert_eq!(since, world.server.clock.now());
    // Another server of the same database sees it too.
    let other = world.server.beside();
    let seen = other.providers(world.tenant()).await.unwrap();
    assert!(seen.iter().any(|chosen| chosen.trouble.as_ref().is_some_and(|(other, _)| *other == word)));
    other.close().await;
    let metrics = world.server.engine.metrics().text();
    assert!(metrics.contains(r#"countersign_providers_in_trouble{channel="apns"} 1"#), "{metrics}");
    world.server.clock.advance(60_000);
    world.cms.ask("sam").await;
    world.send_due().await;
    assert_eq!(world.provider().await.trouble, None);
    let metrics = world.server.engine.metrics().text();
    assert!(metrics.contains(r#"countersign_providers_in_trouble{channel="apns"} 0"#), "{metrics}");
    assert!(metrics.contains(r#"countersign_deliveries_total{channel="apns",result="done"} 1"#), "{metrics}");
}

#[tokio::test]
async fn a_push_that_hangs_keeps_no_webhook_waiting() {
    let world = World::new().await;
    let mut receiver = countersign_tests::receiver::Receiver::start().await;
    let new = countersign_server::engine::NewWebhook {
        url: receiver.url(),
        application: None,
        format: countersign_server::engine::SignatureFormat::default(),
    };
    let here = vec!["127.0.0.0/8".to_owned()].try_into().unwrap();
    let targets = countersign_server::engine::Targets::new(here);
    world.server.engine.add_webhook(world.tenant(), new, &targets, &"operator").await.unwrap();
    world.fake.answer(&world.token, Answer::Hold);
    let first = world.cms.ask("sam").await;
    let sending = {
        let (couriers, engine) = (Arc::clone(&world.couriers), Arc::clone(&world.server.engine));
        tokio::spawn(async move { couriers.send_due(&engine).await })
    };
    let answer = world.phone.answer(&world.phone.challenge(&first.id).await, Decision::Approve, None);
    world.phone.submit(first.challenge(), &answer).await.expect(200);
    let other = Arc::new(world.server.beside());
    world.couriers.send_due(&other).await.unwrap();
    assert_eq!(receiver.next().await.json()["session_id"], first.id.as_str());
    world.fake.release();
    sending.await.unwrap().unwrap();
    other.close().await;
}
