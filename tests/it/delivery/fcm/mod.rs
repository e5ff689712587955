//! Pushes by Google: what goes over the wire, and what each answer means. How the access token is kept is in `tokens`.

mod tokens;

use std::sync::Arc;

use countersign_protocol::id::{ChallengeId, DeviceId, TenantId};
use countersign_server::delivery::fcm::Fcm;
use countersign_server::engine::providers::{Account, Channel, FcmAccount, Provider};
use countersign_server::engine::{Attempt, Content, Language, Moment, Parcel, Push, Targets, Then};
use countersign_server::host::System;
use countersign_tests::authority::Authority;
use countersign_tests::clock::TestClock;
use countersign_tests::fcm::{FakeFcm, refusal};
use countersign_tests::https_server::{Answer, HttpsServer};
use futures_util::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

const CHALLENGE: &str = "0190f3c2-1111-7222-8333-444444444444";
const MINUTE: i64 = 60_000;
/// When the challenge ends: two minutes after the clock's start.
const END: i64 = 1_800_000_000_400 + 2 * MINUTE;

fn here() -> Targets {
    Targets::new(vec!["127.0.0.0/8".to_owned()].try_into().unwrap())
}

struct Stage {
    fake: FakeFcm,
    clock: Arc<TestClock>,
    fcm: Fcm,
    account: FcmAccount,
    language: Language,
}

impl Stage {
    async fn start() -> Self {
        let clock = TestClock::new();
        let fake = {
            let clock = Arc::clone(&clock);
            FakeFcm::start(Arc::new(move || clock.now() / 1000)).await
        };
        let read = FcmAccount::from_key_file(&fake.key_file().to_string()).unwrap();
        let account = FcmAccount { endpoint: Some(fake.url()), ca: Some(fake.authority.pem()), ..read };
        account.check().unwrap();
        Self { fake, clock, fcm: Fcm::new(here()), account, language: Language::En }
    }

    async fn push(&self, token: &str) -> Attempt {
        self.push_by(&self.fcm, &self.account, token, Some(END)).await
    }

    async fn push_by(
        &self,
        fcm: &Fcm,
        account: &FcmAccount,
        token: &str,
        expires_at: Option<i64>,
    ) -> Attempt {
        let tenant = TenantId(Uuid::from_u128(1));
        let push = Push {
            device: DeviceId { tenant, local: Uuid::from_u128(3) },
            token: token.to_owned(),
            challenge: CHALLENGE.parse::<ChallengeId>().unwrap(),
            language: self.language,
        };
        let provider = Account::Fcm(account.clone());
        let provider = Provider { id: Uuid::from_u128(7), channel: Channel::Fcm, account: provider };
        let parcel = Parcel {
            tenant,
            id: Uuid::from_u128(5),
            expires_at,
            provider: Arc::new(provider),
            content: Content::Push(push.clone()),
        };
        let at = Moment { now: self.clock.now(), rng: &System };
        fcm.send(&parcel, account, &push, at).await
    }

    /// A push that is answered so.
    async fn push_and(&self, answer: Answer) -> Attempt {
        self.fake.next_for("phone", answer);
        self.push("phone").await
    }
}

fn summary(came: &Attempt) -> (Option<u16>, Option<&'static str>, Then, bool) {
    (came.status, came.error, came.then, came.trouble)
}

#[tokio::test]
async fn property_8_google_is_told_an_id_and_a_sentence() {
    let mut stage = Stage::start().await;
    for (language, title) in [(Language::En, "A request is waiting"), (Language::Ar, "طلب بانتظارك")]
    {
        stage.language = language;
        let came = stage.push("phone:APA91b-_").await;
        assert_eq!(
            came,
            Attempt::done(
                Some(200),
                Some("projects/example-1234/messages/0:1800000000400000%deadbeefdeadbeef".to_owned())
            )
        );
        let message = stage.fake.next().await.message;
        assert_eq!(message["data"]["title"], title);
        let body = message["data"]["body"].clone();
        assert!(body.as_str().is_some_and(|body| !body.is_empty()));
        assert_eq!(
            message,
            json!({
                "token": "phone:APA91b-_",
                "data": { "challenge": CHALLENGE, "title": title, "body": body },
                "android": { "priority": "high", "ttl": "120s", "collapse_key": CHALLENGE },
            }),
            "and nothing else"
        );
    }
}

#[tokio::test]
async fn google_keeps_a_push_only_while_it_can_be_answered() {
    let mut stage = Stage::start().await;
    stage.clock.advance(MINUTE + 1);
    assert_eq!(stage.push("phone").await.then, Then::Done);
    assert_eq!(stage.fake.next().await.message["android"]["ttl"], "59s");
    stage.clock.advance(MINUTE);
    assert_eq!(stage.push("phone").await, Attempt::dead("expired"));
    assert_eq!(stage.fake.asked(), 1);
}

/// `errorCode` of FCM's own, with the status that comes with it.
fn named(status: u16, general: &str, code: &str) -> Answer {
    refusal(status, general, Some(code), "said in English, for people")
}

fn bad_request(fields: &[&str], by_fcm: bool) -> Answer {
    let violations: Vec<Value> =
        fields.iter().map(|field| json!({ "field": field, "description": "no" })).collect();
    let mut details =
        vec![json!({ "@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations })];
    if by_fcm {
        details.insert(
            0,
            json!({ "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "INVALID_ARGUMENT" }),
        );
    }
    let error = json!({ "code": 400, "message": "no", "status": "INVALID_ARGUMENT", "details": details });
    Answer::Reply(400, None, json!({ "error": error }))
}

#[tokio::test]
async fn each_refusal_of_googles_has_its_consequence() {
    let stage = Stage::start().await;
    let (again, dead, gone) = (Then::Again(None), Then::Dead, Then::Gone(None));
    let minute = Then::Again(Some(60));
    let (fine, trouble) = (false, true);
    let plain = |status, general| refusal(status, general, None, "no");
    let rows = [
        (named(404, "NOT_FOUND", "UNREGISTERED"), 404, "unregistered", gone, fine),
        (named(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT"), 400, "invalid_token", gone, fine),
        (bad_request(&["message.token"], true), 400, "invalid_token", gone, fine),
        (bad_request(&["message.token"], false), 400, "invalid_token", gone, fine),
        (bad_request(&["message.android.ttl"], true), 400, "bad_request", dead, trouble),
        (bad_request(&["message.token", "message.data"], true), 400, "bad_request", dead, trouble),
        (bad_request(&["message"], false), 400, "bad_request", dead, trouble),
        (bad_request(&[], true), 400, "bad_request", dead, trouble),
        (plain(400, "INVALID_ARGUMENT"), 400, "bad_request", dead, trouble),
        (named(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"), 403, "sender_id_mismatch", dead, trouble),
        (plain(403, "PERMISSION_DENIED"), 403, "permission_denied", again, trouble),
        (named(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR"), 401, "third_party_auth", again, trouble),
        (named(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"), 429, "quota", minute, fine),
        (
            named(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED").with("retry-after", "7"),
            429,
            "quota",
            Then::Again(Some(7)),
            fine,
        ),
        (plain(429, "RESOURCE_EXHAUSTED"), 429, "quota", minute, fine),
        (named(503, "UNAVAILABLE", "UNAVAILABLE"), 503, "unavailable", again, fine),
        (
            named(503, "UNAVAILABLE", "UNAVAILABLE").with("retry-after", "5"),
            503,
            "unavailable",
            Then::Again(Some(5)),
            fine,
        ),
        (named(500, "INTERNAL", "INTERNAL"), 500, "internal_at_provider", again, fine),
        (named(400, "INVALID_ARGUMENT", "UNSPECIFIED_ERROR"), 400, "unspecified", again, fine),
        // A 404 that does not say that the device is gone is about the project, and no token is lost for it.
        (plain(404, "NOT_FOUND"), 404, "no_such_project", again, trouble),
        (Answer::status(404), 404, "no_such_project", again, trouble),
        // Causes that nobody knows yet, and answers that are not Google's, by their status.
        (named(403, "PERMISSION_DENIED", "NEWLY_INVENTED"), 403, "permission_denied", again, trouble),
        (named(503, "UNAVAILABLE", "NEWLY_INVENTED"), 503, "unavailable", again, fine),
        (named(400, "NEWLY_INVENTED", "NEWLY_INVENTED"), 400, "bad_request", dead, trouble),
        (Answer::status(400), 400, "bad_request", dead, trouble),
        (Answer::status(413), 413, "too_large", dead, trouble),
        (
            Answer::status(429).with("retry-after", "Fri, 15 Jan 2027 08:00:30 GMT"),
            429,
            "quota",
            Then::Again(Some(30)),
            fine,
        ),
        (Answer::status(502), 502, "unavailable", again, fine),
        (Answer::status(302).with("location", "http://169.254.169.254/"), 302, "redirect", again, trouble),
        (Answer::status(204), 204, "status", again, fine),
        (Answer::Reply(404, None, json!("<html>")), 404, "no_such_project", again, trouble),
        (
            Answer::Reply(404, None, json!({ "error": { "details": "UNREGISTERED" } })),
            404,
            "no_such_project",
            again,
            trouble,
        ),
    ];
    for (answer, status, word, then, trouble) in rows {
        let said = format!("{answer:?}");
        let came = stage.push_and(answer).await;
        assert_eq!(summary(&came), (Some(status), Some(word), then, trouble), "{said}");
    }
    assert_eq!(stage.push("phone").await.then, Then::Done, "all is well again");
    assert_eq!(stage.fake.grants(), 1);
}

#[tokio::test]
async fn a_token_that_is_none_is_gone_and_others_are_not_touched() {
    let stage = Stage::start().await;
    let came = stage.push("not/a/token").await;
    assert_eq!(summary(&came), (Some(400), Some("invalid_token"), Then::Gone(None), false));
    assert_eq!(stage.push("phone").await.then, Then::Done);
}

#[tokio::test]
async fn many_pushes_at_once_share_a_connection() {
    let mut stage = Stage::start().await;
    // As at Google's, tokens come from another host.
    let token_uri = stage.fake.key_file()["token_uri"].as_str().unwrap().replace("127.0.0.1", "localhost");
    let account = FcmAccount { token_uri, ..stage.account.clone() };
    let came = join_all((0..200).map(|_| stage.push_by(&stage.fcm, &account, "phone", None))).await;
    assert!(came.iter().all(|came| came.then == Then::Done), "{came:?}");
    assert_eq!(stage.fake.rest().len(), 200);
    assert!(stage.fake.connections() <= 1 + 4, "{}", stage.fake.connections());
}

#[tokio::test]
async fn a_connection_that_is_cut_fails_the_push_and_the_next_makes_a_new_one() {
    let stage = Stage::start().await;
    assert_eq!(stage.push("phone").await.then, Then::Done);
    let came = stage.push_and(Answer::HangUp).await;
    assert_eq!((came.status, came.then, came.trouble), (None, Then::Again(None), false));
    assert!(["protocol", "connect"].contains(&came.error.unwrap()), "{came:?}");
    assert_eq!(stage.push("phone").await.then, Then::Done);
    assert_eq!(stage.fake.connections(), 2);
}

#[tokio::test]
async fn an_answer_that_breaks_off_in_the_middle_says_what_its_status_says() {
    let stage = Stage::start().await;
    let broken = async |bytes: &'static [u8]| {
        let authority = Authority::new();
        let server = HttpsServer::start_raw(&authority, bytes).await;
        // The access token comes from the other one, which is whole.
        let ca = Some(stage.fake.authority.pem() + &authority.pem());
        let account = FcmAccount { endpoint: Some(server.url()), ca, ..stage.account.clone() };
        stage.push_by(&Fcm::new(here()), &account, "phone", None).await
    };
    let accepted = broken(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"name\": \"proj").await;
    assert_eq!(accepted, Attempt::done(Some(200), None), "it is not sent twice");
    let refused = broken(b"HTTP/1.1 404 Not Found\r\nContent-Length: 200\r\n\r\n{\"error\": {\"code\"").await;
    assert_eq!(
        summary(&refused),
        (Some(404), Some("no_such_project"), Then::Again(None), true),
        "no token is lost for it"
    );
    let nothing = broken(b"").await;
    assert_eq!((nothing.status, nothing.then), (None, Then::Again(None)));
}

#[tokio::test]
async fn a_google_that_does_not_answer_is_given_up_in_time() {
    let stage = Stage::start().await;
    assert_eq!(stage.push("phone").await.then, Then::Done);
    let came = stage.push_and(Answer::Stall).await;
    assert_eq!(summary(&came), (None, Some("timeout"), Then::Again(None), false));
}

#[tokio::test]
async fn only_googles_certificate_or_one_of_the_named_authority_is_believed() {
    let stage = Stage::start().await;
    for ca in [None, Some(Authority::new().pem())] {
        let account = FcmAccount { ca, ..stage.account.clone() };
        let came = stage.push_by(&Fcm::new(here()), &account, "phone", None).await;
        assert_eq!((came.error, came.then), (Some("tls"), Then::Again(None)));
    }
    assert_eq!(stage.fake.grants(), 0);
}

#[tokio::test]
async fn s45_an_account_cannot_lead_us_into_our_own_network() {
    let stage = Stage::start().await;
    let port = stage.fake.url().rsplit_once(':').unwrap().1.to_owned();
    let named = FcmAccount { token_uri: format!("https://localhost:{port}/token"), ..stage.account.clone() };
    for account in [&stage.account, &named] {
        let came = stage.push_by(&Fcm::new(Targets::default()), account, "phone", None).await;
        assert_eq!(came.error, Some("refused_address"));
    }
    assert_eq!(stage.fake.connections(), 0);
}

#[tokio::test]
async fn nothing_secret_is_in_what_is_shown_of_a_courier() {
    let mut stage = Stage::start().await;
    stage.push("phone-token-of-somebody").await;
    let bearer = stage.fake.next().await.bearer;
    let shown = format!("{:?} {:?}", stage.fcm, stage.account);
    for secret in ["phone-token-of-somebody", &bearer, "PRIVATE KEY", &countersign_tests::fcm::KEY[100..140]]
    {
        assert!(!shown.contains(secret), "{secret}");
    }
}
