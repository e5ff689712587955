//! Calls: what the provider is asked for, what it may fetch to be said, and for how long; and those who try to hear a code
//! that is not theirs.

use std::sync::Arc;

use countersign_protocol::id::TenantId;
use countersign_server::config::Config;
use countersign_server::delivery::Couriers;
use countersign_server::engine::providers::{Account, Channel, Choice, Limits, Secret, TwilioAccount};
use countersign_server::engine::{Language, Message, Template, Then};
use countersign_tests::http::{self, Request};
use countersign_tests::server_here::ServerHere;
use countersign_tests::twilio::{self, Asked, TOKEN, Twilio};

/// Milliseconds for which a code is good here.
const GOOD_FOR: i64 = 300_000;

struct World {
    server: ServerHere,
    couriers: Arc<Couriers>,
    twilio: Twilio,
    tenant: TenantId,
}

async fn world() -> World {
    let (server, twilio) = (ServerHere::start().await, Twilio::start().await);
    let here = vec!["127.0.0.0/8".to_owned()].try_into().unwrap();
    let config = Config { webhook_allow_networks: here, ..Config::default() };
    let couriers = Arc::new(Couriers::new(&config).unwrap());
    let tenant = server.relying_party("Case & Co", None).await.tenant.parse().unwrap();
    let world = World { server, couriers, twilio, tenant };
    world.carry_by(tenant, world.twilio.account()).await;
    world
}

impl World {
    async fn carry_by(&self, tenant: TenantId, account: TwilioAccount) {
        let choice = Choice::Account(Box::new(Account::Twilio(account)));
        let limits = Limits { per_day: Some(1_000), ..Limits::default() };
        self.server
            .engine
            .set_provider(tenant, Channel::Voice, choice, Some(limits), &"operator")
            .await
            .unwrap();
    }

    /// Puts a call for the tenant into the outbox.
    async fn ask_for_call(&self, tenant: TenantId, language: Language) {
        let message = Message {
            to: "+966501234567".to_owned(),
            template: Template::SignInCode,
            language,
            tenant: "Case & Co".to_owned(),
            application: None,
            code: Some("271828".to_owned()),
            minutes: 5,
            invited: None,
        };
        let end = self.server.clock.now() + GOOD_FOR;
        let (_, statement) =
            self.server.engine.enqueue_message(tenant, Channel::Voice, &message, None, end).await.unwrap();
        let rows = self.server.rows();
        rows.write(vec![statement]).await.unwrap();
        rows.close().await;
    }

    async fn send_due(&self) {
        self.couriers.send_due(&self.server.engine).await.unwrap();
    }

    /// A call that the provider took.
    async fn call(&mut self, language: Language) -> Asked {
        self.ask_for_call(self.tenant, language).await;
        self.send_due().await;
        self.twilio.next().await
    }
}

#[tokio::test]
async fn the_code_is_spoken_digit_by_digit_and_twice_in_the_persons_language() {
    let mut world = world().await;
    for (language, attributes) in
        [(Language::En, r#"language="en-US""#), (Language::Ar, r#"voice="Polly.Zeina" language="arb""#)]
    {
        let call = world.call(language).await;
        assert_eq!((call.resource.as_str(), call.field("To")), ("Calls.json", "+966501234567"));
        assert!(call.fields.iter().all(|(_, value)| !value.contains("271828")), "{call:?}");
        let url = call.field("Url").to_owned();
        let fields = [("CallSid", call.sid.as_str()), ("CallStatus", "in-progress"), ("To", "+966501234567")];
        let by_post = twilio::post(TOKEN, &url, &fields).await;
        assert_eq!((by_post.status, by_post.header("content-type")), (200, Some("text/xml; charset=utf-8")));
        let by_get = twilio::get(TOKEN, &format!("{url}?CallSid={}&Digits=", call.sid)).await;
        assert_eq!((by_get.status, by_get.text()), (200, by_post.text()));
        let twiml = by_post.text();
        let pause = r#"<Pause length="1"/>"#;
        let digits: String =
            "271828".chars().map(|digit| format!("{pause}<Say {attributes}>{digit}</Say>")).collect();
        assert_eq!(twiml.matches(&(digits + pause)).count(), 2, "{twiml}");
        assert!(twiml.contains("Case &amp; Co"), "{twiml}");
    }
}

#[tokio::test]
async fn a_code_is_told_to_nobody_but_the_provider() {
    let mut world = world().await;
    let call = world.call(Language::En).await;
    let url = call.field("Url").to_owned();
    let fields = [("CallSid", call.sid.as_str())];
    let (start, last) = url.split_at(url.len() - 1);
    let guessed = format!("{start}{}", if last == "A" { "B" } else { "A" });
    let messages = url.replace("/calls/", "/twilio/");
    let of_another_kind = format!("{url}/status");
    for (token, url, why) in [
        ("another token", &url, "signed with another token"),
        (TOKEN, &guessed, "an address that was not made here"),
    ] {
        let refused = twilio::post(token, url, &fields).await;
        assert_eq!(refused.refusal(), (404, "delivery_not_found".to_owned()), "{why}");
        assert!(!refused.text().contains('7'), "{why}: {}", refused.text());
        assert_eq!(twilio::get(token, url).await.status, 404, "{why}");
    }
    let address = world.server.address;
    let target = &url[format!("http://{address}").len()..];
    let right = twilio::signature(TOKEN, &url, &[]);
    for request in [
        Request::new("GET", target),
        Request::new("POST", target).body("CallSid=CA1"),
        Request::new("POST", target).header("X-Twilio-Signature", &right).body("CallSid=CA1"),
        Request::new("GET", &format!("{target}?more=1")).header("X-Twilio-Signature", &right),
    ] {
        assert_eq!(http::send(address, &request).await.status, 404, "{request:?}");
    }
    // A signature for one of our addresses is worth nothing at another.
    let moved = Request::new("POST", target)
        .header("X-Twilio-Signature", &twilio::signature(TOKEN, &of_another_kind, &fields));
    assert_eq!(http::send(address, &moved.body(format!("CallSid={}", call.sid))).await.status, 404);
    assert_eq!(twilio::post(TOKEN, &messages, &fields).await.status, 404);
    assert_eq!(twilio::post(TOKEN, &url, &fields).await.status, 200, "the provider itself hears it");
}

#[tokio::test]
async fn s40_one_tenants_provider_hears_nothing_of_anothers() {
    let mut world = world().await;
    let other: TenantId = world.server.relying_party("Others", None).await.tenant.parse().unwrap();
    let stranger = "0123456789abcdef0123456789abcdef";
    let account = TwilioAccount { auth_token: Secret::new(stranger.to_owned()), ..world.twilio.account() };
    world.carry_by(other, account).await;
    let call = world.call(Language::En).await;
    let url = call.field("Url").to_owned();
    assert_eq!(twilio::post(stranger, &url, &[]).await.status, 404);
    assert_eq!(twilio::post(TOKEN, &url, &[]).await.status, 200);
}

#[tokio::test]
async fn s2_a_code_is_spoken_until_it_expires_and_no_longer() {
    let mut world = world().await;
    let url = world.call(Language::En).await.field("Url").to_owned();
    world.server.clock.advance(GOOD_FOR - 1);
    assert_eq!(twilio::get(TOKEN, &url).await.status, 200);
    world.server.clock.advance(1);
    assert_eq!(twilio::get(TOKEN, &url).await.status, 404);
}

#[tokio::test]
async fn a_trial_brings_its_words_along() {
    let mut world = world().await;
    let engine = &world.server.engine;
    let parcel = engine.trial(world.tenant, Channel::Voice, "+966501234567", Language::Ar).await.unwrap();
    assert_eq!(world.couriers.deliver(engine, &parcel).await.then, Then::Done);
    let call = world.twilio.next().await;
    assert!(call.field("Twiml").contains(r#"language="arb""#), "{call:?}");
    assert!(call.fields.iter().all(|(name, _)| name != "Url"), "{call:?}");
}

#[tokio::test]
async fn how_a_call_ended_is_noted_and_only_by_the_provider() {
    let mut world = world().await;
    for (status, noted) in [("completed", "delivered"), ("no-answer", "failed"), ("busy", "failed")] {
        // The list is in the order of time.
        world.server.clock.advance(1_000);
        let call = world.call(Language::En).await;
        let url = call.field("StatusCallback").to_owned();
        let fields = [("CallSid", call.sid.as_str()), ("CallStatus", status)];
        assert_eq!(twilio::post("another token", &url, &fields).await.status, 404);
        assert_eq!(receipt(&world).await, None);
        assert_eq!(twilio::post(TOKEN, &url, &fields).await.status, 204);
        assert_eq!(receipt(&world).await.as_deref(), Some(noted));
    }
}

/// What is noted of the newest call.
async fn receipt(world: &World) -> Option<String> {
    let filter = countersign_server::engine::DeliveryFilter { limit: 1, ..Default::default() };
    let (mut newest, _) = world.server.engine.deliveries(world.tenant, &filter).await.unwrap();
    newest.remove(0).row.receipt
}

#[tokio::test]
async fn a_refused_call_is_tried_again_or_not_as_the_provider_says() {
    let mut world = world().await;
    for (status, code, again) in [(400, 21_211, false), (429, 20_429, true), (503, 20_500, true)] {
        world.twilio.refuse(status, code);
        assert_eq!(world.call(Language::En).await.sid, "");
        world.server.clock.advance(3_000);
        world.send_due().await;
        assert_eq!(world.twilio.rest().len(), usize::from(again), "{code}");
    }
}
