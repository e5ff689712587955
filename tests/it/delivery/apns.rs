//! Pushes to Apple: what goes over the wire, what each answer means, and who we say we are.

use std::sync::Arc;

use countersign_protocol::id::{ChallengeId, DeviceId, TenantId};
use countersign_server::delivery::apns::Apns;
use countersign_server::engine::providers::{Account, ApnsAccount, Channel, Provider, Secret};
use countersign_server::engine::{Attempt, Content, Language, Moment, Parcel, Push, Targets, Then};
use countersign_server::host::System;
use countersign_tests::apns::{Answer, FakeApns, KEY, TEAM, TOPIC};
use countersign_tests::clock::TestClock;
use futures_util::future::join_all;
use serde_json::json;
use uuid::Uuid;

const CHALLENGE: &str = "0190f3c2-1111-7222-8333-444444444444";
const MINUTE: i64 = 60_000;

pub(super) struct Stage {
    pub(super) fake: FakeApns,
    pub(super) clock: Arc<TestClock>,
    pub(super) apns: Arc<Apns>,
    pub(super) account: ApnsAccount,
    pub(super) provider: Uuid,
}

/// A device's token that nobody else has.
pub(super) fn device(number: u32) -> String {
    format!("{number:064x}")
}

impl Stage {
    pub(super) async fn start() -> Self {
        let clock = TestClock::new();
        let fake = {
            let clock = Arc::clone(&clock);
            FakeApns::start(Arc::new(move || clock.now() / 1000), 1_000).await
        };
        let account = ApnsAccount {
            team_id: TEAM.to_owned(),
            key_id: KEY.to_owned(),
            private_key: Secret::new(fake.key.clone()),
            topic: TOPIC.to_owned(),
            sandbox: false,
            endpoint: Some(format!("https://{}", fake.address)),
            ca: Some(fake.authority.pem()),
        };
        account.check().unwrap();
        Self { fake, clock, apns: Arc::new(apns()), account, provider: Uuid::from_u128(7) }
    }

    fn parcel(&self, token: &str) -> (Parcel, Push) {
        let push = Push {
            device: DeviceId { tenant: TenantId(Uuid::from_u128(1)), local: Uuid::from_u128(3) },
            token: token.to_owned(),
            challenge: CHALLENGE.parse::<ChallengeId>().unwrap(),
            language: Language::En,
        };
        let parcel = Parcel {
            tenant: TenantId(Uuid::from_u128(1)),
            id: Uuid::from_u128(5),
            expires_at: Some(self.clock.now() + 2 * MINUTE),
            provider: Arc::new(Provider {
                id: self.provider,
                channel: Channel::Apns,
                account: Account::Apns(self.account.clone()),
            }),
            content: Content::Push(push.clone()),
        };
        (parcel, push)
    }

    async fn push(&self, token: &str) -> Attempt {
        let (parcel, push) = self.parcel(token);
        let at = Moment { now: self.clock.now(), rng: &System };
        self.apns.send(&parcel, &self.account, &push, at).await
    }

    pub(super) async fn to(&self, number: u32) -> Attempt {
        self.push(&device(number)).await
    }

    /// So many pushes at once, to devices from this number on.
    pub(super) async fn push_many(&self, devices: std::ops::Range<u32>) -> Vec<Attempt> {
        join_all(devices.map(async |number| self.to(number).await)).await
    }
}

/// One that may connect to this machine.
pub(super) fn apns() -> Apns {
    Apns::new(Targets::new(vec!["127.0.0.0/8".to_owned()].try_into().unwrap()))
}

pub(super) fn taken() -> Attempt {
    Attempt::done(Some(200), Some(Uuid::from_u128(5).to_string()))
}

#[tokio::test]
async fn s9_a_push_says_that_something_waits_and_ends_with_the_challenge() {
    let mut stage = Stage::start().await;
    assert_eq!(stage.to(1).await, taken());
    let arrived = stage.fake.next().await;
    let header = |name: &str| arrived.headers[name].as_str();
    assert_eq!(arrived.token, device(1));
    assert_eq!(header("apns-topic"), TOPIC);
    assert_eq!((header("apns-push-type"), header("apns-priority")), ("alert", "10"));
    assert_eq!(header("apns-expiration"), (1_800_000_000 + 120).to_string());
    assert_eq!(header("apns-collapse-id"), CHALLENGE);
    assert_eq!(header("apns-id"), Uuid::from_u128(5).to_string());
    assert_eq!(arrived.payload["challenge"], CHALLENGE);
    assert_eq!(arrived.payload["aps"]["interruption-level"], "time-sensitive");
    assert_eq!(arrived.payload.as_object().unwrap().len(), 2, "{}", arrived.payload);
}

#[tokio::test]
async fn each_reason_has_its_consequence() {
    let stage = Stage::start().await;
    let (again, dead, gone) = (Then::Again(None), Then::Dead, Then::Gone(None));
    let (fine, trouble) = (false, true);
    let rows = [
        (400, "BadDeviceToken", "bad_device_token", gone, fine),
        (400, "DeviceTokenNotForTopic", "device_token_not_for_topic", gone, fine),
        (400, "MissingDeviceToken", "missing_device_token", gone, fine),
        (400, "BadCollapseId", "bad_collapse_id", dead, trouble),
        (400, "BadExpirationDate", "bad_expiration_date", dead, trouble),
        (400, "BadMessageId", "bad_message_id", dead, trouble),
        (400, "BadPriority", "bad_priority", dead, trouble),
        (400, "BadTopic", "bad_topic", dead, trouble),
        (400, "MissingTopic", "missing_topic", dead, trouble),
        (400, "TopicDisallowed", "topic_disallowed", dead, trouble),
        (400, "DuplicateHeaders", "duplicate_headers", dead, trouble),
        (400, "InvalidPushType", "invalid_push_type", dead, trouble),
        (400, "PayloadEmpty", "payload_empty", dead, trouble),
        (400, "IdleTimeout", "idle_timeout", again, fine),
        (403, "InvalidProviderToken", "invalid_provider_token", again, trouble),
        (403, "MissingProviderToken", "missing_provider_token", again, trouble),
        (403, "BadCertificate", "bad_certificate", again, trouble),
        (403, "BadCertificateEnvironment", "bad_certificate_environment", again, trouble),
        (403, "BadEnvironmentKeyIdInToken", "bad_environment_key_id_in_token", again, trouble),
        (403, "UnrelatedKeyIdInToken", "unrelated_key_id_in_token", again, trouble),
        (403, "Forbidden", "forbidden", again, trouble),
        (404, "BadPath", "bad_path", dead, trouble),
        (405, "MethodNotAllowed", "method_not_allowed", dead, trouble),
        (410, "Unregistered", "unregistered", Then::Gone(Some(1_799_000_000_000)), fine),
        (410, "ExpiredToken", "expired_token", Then::Gone(Some(1_799_000_000_000)), fine),
        (413, "PayloadTooLarge", "payload_too_large", dead, trouble),
        (429, "TooManyRequests", "too_many_requests", Then::Again(Some(10)), fine),
        (429, "TooManyProviderTokenUpdates", "too_many_provider_token_updates", again, fine),
        (500, "InternalServerError", "internal_server_error", again, fine),
        (503, "ServiceUnavailable", "service_unavailable", again, fine),
        (503, "Shutdown", "shutdown", again, fine),
        (400, "Unheard", "refused", dead, trouble),
        (403, "Unheard", "refused", again, trouble),
        (410, "Unheard", "gone", Then::Gone(Some(1_799_000_000_000)), fine),
        (502, "Unheard", "status", again, fine),
    ];
    for (status, reason, word, then, trouble) in rows {
        let mut body = json!({"reason": reason});
        if status == 410 {
            body["timestamp"] = json!(1_799_000_000_000_i64);
        }
        stage.fake.answer(&device(1), Answer::Status(status, body));
        let came = stage.to(1).await;
        let expected = Attempt { status: Some(status), error: Some(word), reference: None, trouble, then };
        assert_eq!(Attempt { reference: None, ..came }, expected, "{reason}");
    }
    assert_eq!(stage.to(1).await, taken(), "and none of that is remembered");
}

#[tokio::test]
async fn what_is_about_the_connection_is_tried_on_another() {
    let stage = Stage::start().await;
    for (connections, (status, reason)) in
        [(500, "InternalServerError"), (503, "Shutdown"), (400, "IdleTimeout")].into_iter().enumerate()
    {
        stage.fake.answer(&device(1), Answer::Status(status, json!({"reason": reason})));
        stage.to(1).await;
        assert_eq!(stage.fake.connections(), connections + 1);
        assert_eq!(stage.to(1).await, taken());
        assert_eq!(stage.fake.connections(), connections + 2);
    }
    stage.fake.answer(&device(1), Answer::Status(429, json!({"reason": "TooManyRequests"})));
    stage.to(1).await;
    assert_eq!(stage.to(1).await, taken());
    assert_eq!(stage.fake.connections(), 4, "a throttled device is no reason for another");
}

#[tokio::test]
async fn one_token_says_who_we_are_for_45_minutes() {
    let stage = Stage::start().await;
    assert!(stage.push_many(0..50).await.iter().all(|came| *came == taken()));
    assert_eq!(stage.fake.tokens(), 1, "fifty at once share one");
    stage.clock.advance(44 * MINUTE);
    assert_eq!(stage.to(1).await, taken());
    assert_eq!(stage.fake.tokens(), 1);
    stage.clock.advance(2 * MINUTE);
    assert!(stage.push_many(0..50).await.iter().all(|came| *came == taken()));
    assert_eq!(stage.fake.tokens(), 2);
    stage.clock.advance(-46 * MINUTE);
    stage.to(1).await;
    assert_eq!(stage.fake.tokens(), 3, "a token from the future would be refused");
}

#[tokio::test]
async fn two_accounts_with_one_key_share_its_token() {
    let mut stage = Stage::start().await;
    assert_eq!(stage.to(1).await, taken());
    stage.provider = Uuid::from_u128(8);
    assert_eq!(stage.to(1).await, taken());
    assert_eq!((stage.fake.connections(), stage.fake.tokens()), (2, 1));
}

#[tokio::test]
async fn a_token_that_is_called_expired_is_replaced_once() {
    let stage = Stage::start().await;
    let expired = || Answer::Status(403, json!({"reason": "ExpiredProviderToken"}));
    assert_eq!(stage.to(1).await, taken());
    stage.clock.advance(21 * MINUTE);
    stage.fake.answer(&device(1), expired());
    assert_eq!(stage.to(1).await, taken(), "with a new one, in the same attempt");
    assert_eq!(stage.fake.tokens(), 2);

    stage.clock.advance(MINUTE);
    stage.fake.answer(&device(1), expired());
    let came = stage.to(1).await;
    assert_eq!(came.then, Then::Again(Some(19 * 60)), "no newer one before twenty minutes are over");
    assert_eq!((came.error, came.trouble), (Some("expired_provider_token"), true));
    assert_eq!(stage.fake.tokens(), 2);

    stage.clock.advance(20 * MINUTE);
    stage.fake.answer(&device(1), expired());
    stage.fake.answer(&device(1), expired());
    let came = stage.to(1).await;
    assert_eq!((came.then, came.trouble), (Then::Again(None), true), "and not a third time");
    assert_eq!(stage.fake.tokens(), 3);
}

#[tokio::test]
async fn another_key_is_refused_and_an_operator_must_look() {
    let mut stage = Stage::start().await;
    let other = FakeApns::start(Arc::new(|| 0), 1).await;
    stage.account.private_key = Secret::new(other.key.clone());
    let came = stage.to(1).await;
    assert_eq!((came.error, came.trouble), (Some("invalid_provider_token"), true));
    stage.account.topic = "org.example.other".to_owned();
    stage.account.private_key = Secret::new(stage.fake.key.clone());
    stage.provider = Uuid::from_u128(8);
    let came = stage.to(1).await;
    assert_eq!((came.error, came.trouble), (Some("topic_disallowed"), true));
    stage.account.private_key = Secret::new("nonsense".to_owned());
    stage.provider = Uuid::from_u128(9);
    let came = stage.to(1).await;
    assert_eq!((came.error, came.trouble, came.then), (Some("unusable_account"), true, Then::Again(None)));
}

#[tokio::test]
async fn who_is_not_there_or_not_believed_is_said() {
    let mut stage = Stage::start().await;
    stage.account.ca = None;
    assert_eq!(stage.to(1).await, Attempt::failed("tls"));
    stage.provider = Uuid::from_u128(8);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    stage.account.endpoint = Some(format!("https://{closed}"));
    let came = stage.push_many(0..20).await;
    assert!(came.iter().all(|came| *came == Attempt::failed("connect")), "{came:?}");
    stage.provider = Uuid::from_u128(9);
    stage.account.endpoint = Some("https://nobody.invalid".to_owned());
    assert_eq!(stage.to(1).await, Attempt::failed("unknown_host"));
    stage.apns = Arc::new(Apns::new(Targets::default()));
    stage.account.endpoint = Some(format!("https://{}", stage.fake.address));
    assert_eq!(stage.to(1).await, Attempt::failed("refused_address"));
    assert_eq!(stage.fake.connections(), 0);
}

#[tokio::test]
async fn no_token_and_no_key_is_shown() {
    let stage = Stage::start().await;
    let (parcel, push) = stage.parcel(&device(77));
    stage.to(77).await;
    let shown = format!("{parcel:?} {push:?} {:?} {:?}", stage.apns, stage.account);
    let key = stage.fake.key.lines().nth(1).unwrap();
    assert!(!shown.contains(&device(77)) && !shown.contains(key), "{shown}");
}

#[tokio::test]
async fn what_cannot_be_a_token_is_not_put_into_a_path() {
    let mut stage = Stage::start().await;
    for token in ["", "../../x", "https://push.example.org/#p256dh=x", "zz", &"a".repeat(201)] {
        assert_eq!(stage.push(token).await, Attempt::dead("device_token_form"), "{token}");
    }
    assert!(stage.fake.rest().is_empty());
}
