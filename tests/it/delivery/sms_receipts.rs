//! What is reported of short messages: by gateways at addresses that nobody can guess, by Twilio under its signature. A
//! report is noted beside the message and changes nothing else; a forged one is not even noted.

use std::net::SocketAddr;

use countersign_protocol::id::TenantId;
use countersign_server::delivery::sms::Sms;
use countersign_server::engine::providers::{
    Account, Channel, Choice, Countries, HttpSmsAccount, Limits, Secret, TwilioAccount,
};
use countersign_server::engine::{
    Content, DeliveryFilter, Language, Message, Moment, Parcel, Reporter, Template, Then,
};
use countersign_server::host::System;
use countersign_tests::http::{self, Request};
use countersign_tests::server_here::ServerHere;
use countersign_tests::twilio::{self, TOKEN, Twilio};
use uuid::Uuid;

use super::sms::{TO, here};

const MINUTE: i64 = 60_000;

/// A message in the outbox of a tenant that sends by this account.
struct Stage {
    server: ServerHere,
    tenant: TenantId,
    job: Uuid,
}

fn gateway() -> Account {
    let password = Secret::new("secret".to_owned());
    Account::Http(HttpSmsAccount::kannel(
        "http://127.0.0.1:13013",
        "12345".to_owned(),
        "u".to_owned(),
        password,
    ))
}

fn message() -> Message {
    Message {
        to: TO.to_owned(),
        template: Template::SignInCode,
        language: Language::En,
        tenant: "Example".to_owned(),
        application: None,
        code: Some("271828".to_owned()),
        minutes: 5,
        invited: None,
    }
}

impl Stage {
    async fn set(account: Account) -> Self {
        let server = ServerHere::start().await;
        let tenant = server.relying_party("Example", None).await.tenant.parse().unwrap();
        let limits = Limits { countries: Countries::All, per_day: Some(100) };
        let choice = Choice::Account(Box::new(account));
        server.engine.set_provider(tenant, Channel::Sms, choice, Some(limits), &"operator").await.unwrap();
        let end = server.clock.now() + 5 * MINUTE;
        let queued = server.engine.enqueue_message(tenant, Channel::Sms, &message(), None, end).await;
        let (job, statement) = queued.unwrap();
        let rows = server.rows();
        rows.write(vec![statement]).await.unwrap();
        rows.close().await;
        Self { server, tenant, job }
    }

    fn url(&self, reporter: Reporter) -> String {
        self.server.engine.receipt_url(self.tenant, self.job, reporter)
    }

    /// Everything that can be seen of the message.
    async fn seen(&self) -> (Option<String>, String) {
        let filter = DeliveryFilter { limit: 10, kind: Some("sms".to_owned()), ..DeliveryFilter::default() };
        let (mut all, _) = self.server.engine.deliveries(self.tenant, &filter).await.unwrap();
        assert_eq!(all.len(), 1);
        let mut delivery = all.remove(0);
        let receipt = delivery.row.receipt.take();
        delivery.row.receipt_at = None;
        (receipt, format!("{delivery:?}"))
    }

    async fn receipt(&self) -> Option<String> {
        self.seen().await.0
    }

    async fn get(&self, target: &str) -> u16 {
        http::send(self.server.address, &Request::new("GET", target)).await.status
    }
}

fn target(url: &str) -> String {
    format!("/{}", url.splitn(4, '/').last().unwrap())
}

#[tokio::test]
async fn what_a_gateway_reports_is_noted_and_later_news_replace_earlier() {
    let stage = Stage::set(gateway()).await;
    let (none, before) = stage.seen().await;
    assert_eq!(none, None);
    let target = target(&stage.url(Reporter::Gateway));
    // Kannel's numbers: 8 is accepted, 4 buffered, 1 delivered, 2 failed.
    for (status, expected) in [
        ("whatever", None),
        ("8", Some("accepted")),
        ("sent", Some("sent")),
        ("4", Some("sent")),
        ("1", Some("delivered")),
        ("2", Some("delivered")),
        ("accepted", Some("delivered")),
    ] {
        assert_eq!(stage.get(&format!("{target}?status={status}")).await, 204, "{status}");
        assert_eq!(stage.receipt().await.as_deref(), expected, "{status}");
    }
    let posted = Request::new("POST", &format!("{target}?status=DELIVRD"));
    assert_eq!(http::send(stage.server.address, &posted).await.status, 204);
    assert_eq!(stage.seen().await.1, before, "nothing else has changed: it still waits to be sent");
    assert_eq!(stage.get(&target).await, 400, "a report says something");
}

#[tokio::test]
async fn s46_a_forged_receipt_changes_nothing() {
    let stage = Stage::set(gateway()).await;
    let before = stage.seen().await;
    let right = target(&stage.url(Reporter::Gateway));
    let (path, token) = right.rsplit_once('/').unwrap();
    let mut forged: Vec<String> = (0..token.len())
        .map(|at| {
            let other = if &token[at..=at] == "A" { "B" } else { "A" };
            format!("{path}/{}{other}{}", &token[..at], &token[at + 1..])
        })
        .collect();
    // Of a message of its own, with this one's ids; for the other kind of reporter; and nonsense.
    let other = stage.server.engine.receipt_url(stage.tenant, Uuid::from_u128(9), Reporter::Gateway);
    let other = other.rsplit_once('/').unwrap().1.to_owned();
    forged.push(format!("{path}/{}{}", &token[..43], &other[43..]));
    forged.push(format!("{path}/{}", stage.url(Reporter::Twilio).rsplit_once('/').unwrap().1));
    forged.extend(["x", "%00", "....", &token[..20]].map(|nonsense| format!("{path}/{nonsense}")));
    for target in forged {
        assert_eq!(stage.get(&format!("{target}?status=1")).await, 404, "{target}");
    }
    assert_eq!(stage.seen().await, before);
}

async fn twilio_world() -> (Twilio, Stage) {
    let twilio = Twilio::start().await;
    let account = Account::Twilio(twilio.account());
    let stage = Stage::set(account).await;
    (twilio, stage)
}

#[tokio::test]
async fn s46_twilios_report_counts_only_under_its_signature() {
    let (_twilio, stage) = twilio_world().await;
    let before = stage.seen().await;
    let url = stage.url(Reporter::Twilio);
    let fields = [("MessageSid", "SM17"), ("MessageStatus", "delivered"), ("AccountSid", "AC")];
    let wrong = "0".repeat(32);
    assert_eq!(twilio::post(&wrong, &url, &fields).await.status, 404, "another account's signature");
    let unsigned = Request::new("POST", &target(&url)).body("MessageStatus=delivered");
    assert_eq!(http::send(stage.server.address, &unsigned).await.status, 404, "none at all");
    let swapped = Request::new("POST", &target(&url))
        .header("X-Twilio-Signature", &twilio::signature(TOKEN, &url, &[("MessageStatus", "failed")]))
        .body("MessageStatus=delivered");
    assert_eq!(http::send(stage.server.address, &swapped).await.status, 404, "of other fields");
    let gateways = stage.url(Reporter::Gateway);
    let elsewhere = url.replace(url.rsplit_once('/').unwrap().1, gateways.rsplit_once('/').unwrap().1);
    assert_eq!(twilio::post(TOKEN, &elsewhere, &fields).await.status, 404, "an address of another kind");
    assert_eq!(stage.seen().await, before);
    assert_eq!(twilio::post(TOKEN, &url, &fields).await.status, 204);
    let (receipt, rest) = stage.seen().await;
    assert_eq!((receipt.as_deref(), rest), (Some("delivered"), before.1));
}

#[tokio::test]
async fn twilio_is_asked_in_the_tenants_words_and_told_where_to_report() {
    let (mut twilio, stage) = twilio_world().await;
    let engine = &stage.server.engine;
    let parcel = Parcel {
        tenant: stage.tenant,
        id: stage.job,
        expires_at: Some(stage.server.clock.now() + 2 * MINUTE),
        provider: engine.provider_for(stage.tenant, Channel::Sms).await.unwrap().unwrap(),
        content: Content::Message(message()),
    };
    let sms = Sms::new(here());
    let at = Moment { now: stage.server.clock.now(), rng: &System };
    let came = sms.tell(engine, &parcel, &message(), at).await;
    let asked = twilio.next().await;
    assert_eq!((came.then, came.reference.as_deref()), (Then::Done, Some(asked.sid.as_str())));
    assert_eq!(asked.resource, "Messages.json");
    let TwilioAccount { from, .. } = twilio.account();
    assert_eq!((asked.field("To"), asked.field("From")), (TO, from.as_str()));
    assert_eq!(asked.field("ValidityPeriod"), "120");
    assert!(asked.field("Body").contains("271828"));
    let callback = asked.field("StatusCallback");
    assert_eq!(callback, stage.url(Reporter::Twilio));
    assert!(callback.contains(&SocketAddr::to_string(&stage.server.address)));
    for (status, code, word, trouble, then) in [
        (400, 21_211, "bad_number", false, Then::Dead),
        (401, 20_003, "login_refused", true, Then::Again(None)),
        (429, 20_429, "throttled", false, Then::Again(None)),
        (500, 0, "provider_error", false, Then::Again(None)),
    ] {
        twilio.refuse(status, code);
        let came = sms.tell(engine, &parcel, &message(), at).await;
        assert_eq!((came.error, came.trouble, came.then), (Some(word), trouble, then), "{code}");
    }
}
