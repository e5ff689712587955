//! Pushes by Web Push and UnifiedPush: what goes over the wire, what each answer means, and where we let devices lead us.

use std::sync::Arc;

use countersign_protocol::base64url;
use countersign_protocol::id::{ChallengeId, DeviceId, TenantId};
use countersign_protocol::wire::Platform;
use countersign_server::delivery::web_push::WebPush;
use countersign_server::engine::providers::{Account, Channel, Provider, WebPushAccount};
use countersign_server::engine::{Attempt, Content, Language, Moment, Parcel, Push, Targets, Then};
use countersign_server::host::System;
use countersign_tests::authority::Authority;
use countersign_tests::clock::TestClock;
use countersign_tests::https_server::{Answer, HttpsServer};
use countersign_tests::phone::Phone;
use countersign_tests::push_service::PushService;
use countersign_tests::receiver::{Behaviour, Receiver};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::server;

const CHALLENGE: &str = "0190f3c2-1111-7222-8333-444444444444";
const MINUTE: i64 = 60_000;

fn here() -> Targets {
    Targets::new(vec!["127.0.0.0/8".to_owned()].try_into().unwrap())
}

struct Stage {
    service: PushService,
    clock: Arc<TestClock>,
    courier: WebPush,
    account: WebPushAccount,
    token: String,
    language: Language,
}

impl Stage {
    async fn start() -> Self {
        let clock = TestClock::new();
        let service = {
            let clock = Arc::clone(&clock);
            PushService::start(Arc::new(move || clock.now() / 1000)).await
        };
        let account = WebPushAccount {
            private_key: WebPushAccount::new_key().unwrap(),
            subject: "mailto:ops@example.org".to_owned(),
            ca: Some(service.authority.pem()),
        };
        account.check().unwrap();
        let token = service.token();
        Self { service, clock, courier: WebPush::new(here()), account, token, language: Language::En }
    }

    async fn push(&self) -> Attempt {
        self.push_by(&self.courier, &self.account, &self.token).await
    }

    async fn push_by(&self, courier: &WebPush, account: &WebPushAccount, token: &str) -> Attempt {
        let tenant = TenantId(Uuid::from_u128(1));
        let push = Push {
            device: DeviceId { tenant, local: Uuid::from_u128(3) },
            token: token.to_owned(),
            challenge: CHALLENGE.parse::<ChallengeId>().unwrap(),
            language: self.language,
        };
        let provider = Account::WebPush(account.clone());
        let provider = Provider { id: Uuid::from_u128(7), channel: Channel::WebPush, account: provider };
        let parcel = Parcel {
            tenant,
            id: Uuid::from_u128(5),
            expires_at: Some(1_800_000_000_400 + 2 * MINUTE),
            provider: Arc::new(provider),
            content: Content::Push(push.clone()),
        };
        let at = Moment { now: self.clock.now(), rng: &System };
        courier.send(&parcel, account, &push, at).await
    }

    /// A push to this address, with keys that are good.
    async fn push_to(&self, endpoint: &str, courier: &WebPush) -> Attempt {
        let (_, keys) = self.token.split_once('#').unwrap();
        self.push_by(courier, &self.account, &format!("{endpoint}#{keys}")).await
    }
}

fn summary(came: &Attempt) -> (Option<u16>, Option<&'static str>, Then, bool) {
    (came.status, came.error, came.then, came.trouble)
}

#[tokio::test]
async fn property_8_a_push_service_carries_an_id_and_a_sentence_that_only_the_device_reads() {
    let mut stage = Stage::start().await;
    let mut lengths = Vec::new();
    for (language, title) in [(Language::En, "A request is waiting"), (Language::Ar, "طلب بانتظارك")]
    {
        stage.language = language;
        assert_eq!(stage.push().await, Attempt::done(Some(201), None));
        let opened = stage.service.next().await;
        let text: Value = serde_json::from_str(&opened.text).unwrap();
        assert_eq!(
            text,
            json!({ "challenge": CHALLENGE, "title": title, "body": text["body"] }),
            "and nothing else"
        );
        let header = |name: &str| opened.headers[name].as_str();
        assert_eq!((header("ttl"), header("urgency"), header("topic").len()), ("120", "high", 32));
        assert_eq!(opened.sender, stage.account.public_key().unwrap());
        let claims = json!({ "aud": format!("https://127.0.0.1:{}", stage.service.port()),
                             "exp": 1_800_000_000 + 43_200, "sub": "mailto:ops@example.org" });
        assert_eq!(opened.claims, claims);
        let everything = format!("{:?}", opened.headers);
        assert!(!everything.contains(CHALLENGE) && !everything.contains(title), "{everything}");
        lengths.push(opened.length);
    }
    assert_eq!(lengths[0], lengths[1], "nor does its length tell the language");
    assert!(lengths[0] <= 4096);
    assert_eq!(stage.service.connections(), 1);
}

#[tokio::test]
async fn a_push_service_keeps_a_push_only_while_it_can_be_answered() {
    let mut stage = Stage::start().await;
    stage.clock.advance(MINUTE + 1);
    assert_eq!(stage.push().await.then, Then::Done);
    assert_eq!(stage.service.next().await.headers["ttl"], "59");
    stage.clock.advance(MINUTE);
    assert_eq!(stage.push().await, Attempt::dead("expired"));
}

#[tokio::test]
async fn each_answer_of_a_push_service_has_its_consequence() {
    let stage = Stage::start().await;
    let (again, dead, gone) = (Then::Again(None), Then::Dead, Then::Gone(None));
    let (fine, trouble) = (false, true);
    for status in [200, 201, 202] {
        stage.service.next_is(Answer::status(status));
        assert_eq!(stage.push().await, Attempt::done(Some(status), None));
    }
    let rows = [
        (Answer::status(404), 404, "unsubscribed", gone, fine),
        (Answer::status(410), 410, "unsubscribed", gone, fine),
        (Answer::status(400), 400, "bad_request", dead, trouble),
        (Answer::status(401), 401, "vapid_refused", again, trouble),
        (Answer::status(403), 403, "vapid_refused", again, trouble),
        (Answer::status(413), 413, "too_large", dead, trouble),
        (Answer::status(429), 429, "throttled", Then::Again(Some(60)), fine),
        (Answer::status(429).with("retry-after", "7"), 429, "throttled", Then::Again(Some(7)), fine),
        (Answer::status(500), 500, "unavailable", again, fine),
        (Answer::status(503).with("retry-after", "9"), 503, "unavailable", Then::Again(Some(9)), fine),
        (Answer::status(418), 418, "status", again, fine),
    ];
    for (answer, status, word, then, trouble) in rows {
        stage.service.next_is(answer);
        assert_eq!(summary(&stage.push().await), (Some(status), Some(word), then, trouble));
    }
    assert_eq!(stage.push().await.then, Then::Done, "all is well again");
}

#[tokio::test]
async fn a_subscription_that_is_none_is_not_tried() {
    let stage = Stage::start().await;
    for token in
        ["", "https://push.example.org/", "APA91b", "https://push.example.org/#p256dh=AAAA&auth=AAAA"]
    {
        let came = stage.push_by(&stage.courier, &stage.account, token).await;
        assert_eq!(came, Attempt::dead("no_subscription"), "{token}");
    }
    let gone = format!("https://127.0.0.1:{}/push/99", stage.service.port());
    assert_eq!(stage.push_to(&gone, &stage.courier).await.then, Then::Gone(None));
}

#[tokio::test]
async fn a_push_service_that_is_slow_or_cuts_the_connection_is_tried_again() {
    let stage = Stage::start().await;
    stage.service.next_is(Answer::HangUp);
    let came = stage.push().await;
    assert_eq!((came.status, came.then, came.trouble), (None, Then::Again(None), false));
    assert_eq!(stage.push().await.then, Then::Done, "over a new connection");
    stage.service.next_is(Answer::Stall);
    assert_eq!(summary(&stage.push().await), (None, Some("timeout"), Then::Again(None), false));
}

#[tokio::test]
async fn our_token_is_made_once_and_another_key_signs_another() {
    let mut stage = Stage::start().await;
    let mut seen = Vec::new();
    for _ in 0..2 {
        stage.push().await;
        seen.push(stage.service.next().await.headers["authorization"].clone());
    }
    assert_eq!(seen[0], seen[1]);
    // The account has another key from now on, so it is another provider; here only the courier is.
    let account = WebPushAccount { private_key: WebPushAccount::new_key().unwrap(), ..stage.account.clone() };
    stage.push_by(&WebPush::new(here()), &account, &stage.token).await;
    let other = stage.service.next().await;
    assert_eq!(other.sender, account.public_key().unwrap());
    assert_ne!(other.headers["authorization"], seen[0]);
}

#[tokio::test]
async fn s45_a_devices_endpoint_leads_to_public_addresses_only() {
    let stage = Stage::start().await;
    let port = stage.service.port();
    let mut victim = Receiver::start().await;
    let closed = WebPush::new(Targets::default());
    for host in "127.0.0.1 127.1 2130706433 0x7f000001 0177.0.0.1 [::1] [::ffff:127.0.0.1] 10.0.0.7 0.0.0.0 \
        169.254.169.254 [fd00:ec2::254] 192.168.0.1 100.100.100.200 [64:ff9b::7f00:1] [2002:7f00:1::]"
        .split_whitespace()
    {
        for port in [port, victim.address.port()] {
            let came = stage.push_to(&format!("https://{host}:{port}/push/0"), &closed).await;
            assert_eq!(came, Attempt::dead("refused_address"), "{host}");
        }
    }
    // A name is looked up by whoever connects, and what it leads to is judged there.
    let came = stage.push_to(&format!("https://localhost:{port}/push/0"), &closed).await;
    assert_eq!((came.error, came.status), (Some("refused_address"), None));
    assert_eq!(stage.service.connections(), 0);
    assert!(victim.rest().is_empty());
    // The operator's list opens it for those who run a push service of their own.
    assert_eq!(stage.push().await.then, Then::Done);
}

#[tokio::test]
async fn s45_an_endpoint_is_never_called_without_tls_not_even_within_the_operators_networks() {
    let stage = Stage::start().await;
    let mut victim = Receiver::start().await;
    let came = stage.push_to(&format!("http://{}/push/0", victim.address), &stage.courier).await;
    assert_eq!(came, Attempt::dead("no_subscription"));
    let came = stage.push_to(&format!("https://{}/push/0", victim.address), &stage.courier).await;
    assert_eq!((came.status, came.then), (None, Then::Again(None)), "it speaks no TLS: {came:?}");
    assert!(victim.rest().is_empty());
    let stranger = Authority::new();
    let server = HttpsServer::start(&stranger, |_| Answer::status(201)).await;
    let came = stage.push_to(&format!("{}/push/0", server.url()), &stage.courier).await;
    assert_eq!(came.error, Some("tls"), "whose certificate nobody knows");
}

#[tokio::test]
async fn s45_a_push_service_cannot_send_us_elsewhere() {
    let stage = Stage::start().await;
    let mut victim = Receiver::start().await;
    victim.always(Behaviour::Status(201));
    for status in [301, 302, 307, 308] {
        let to = format!("http://{}/latest/meta-data/", victim.address);
        stage.service.next_is(Answer::status(status).with("location", &to));
        let came = stage.push().await;
        assert_eq!(summary(&came), (Some(status), Some("redirect"), Then::Again(None), false));
    }
    assert!(victim.rest().is_empty());
}

#[tokio::test]
async fn nothing_secret_is_in_what_is_shown_of_a_courier() {
    let mut stage = Stage::start().await;
    stage.push().await;
    let header = stage.service.next().await.headers["authorization"].clone();
    let shown = format!("{:?} {:?}", stage.courier, stage.account);
    for secret in [&header[8..60], "PRIVATE KEY", &stage.token[30..]] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn a_device_hands_over_a_subscription_only_if_it_can_be_used() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let phone = Phone::new();
    let offer = phone.core.look_at(&cms.link("sam").await).await.unwrap();
    phone.core.enroll(&offer, "Sam's phone", Platform::Android, Some("APA91b-_")).await.unwrap();
    let service = PushService::start(Arc::new(|| 0)).await;
    let good = service.token();
    let refused = async |token: &str| !phone.core.set_push_token(token).await.unwrap().is_empty();
    assert!(!refused(&good).await);
    let (address, _) = good.split_once('#').unwrap();
    let short = base64url(&[4; 64]);
    for wrong in [
        address.to_owned(),
        format!("{address}#p256dh={short}&auth={}", base64url(&[1; 16])),
        good.replace("auth=", "auth=AAAA"),
        good.replace("&auth=", "&other="),
    ] {
        assert!(refused(&wrong).await, "{wrong}");
    }
}
