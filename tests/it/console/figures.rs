//! Figures by hour, and the overview that shows them.

use std::sync::Arc;

use countersign_protocol::answer::Decision;
use countersign_protocol::id::{TenantId, uuid_v7};
use countersign_server::engine::console::{Role, Scope};
use countersign_server::engine::tallies::{Figures, Sent, Span};
use countersign_server::engine::{NewNetworks, Rotation};
use countersign_server::store::tallies::ALL_OF_IT;
use countersign_server::store::{NewJob, Statement, Store, Value};
use countersign_tests::device::Device;
use countersign_tests::operator::Seat;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;
use uuid::Uuid;

/// A server with a tenant whose people are asked.
struct Bank {
    server: ServerHere,
    tenant: TenantId,
    cms: RelyingParty,
}

impl Bank {
    async fn new() -> Self {
        let server = ServerHere::start().await;
        let cms = server.relying_party("Bank", None).await;
        Self { tenant: cms.tenant.parse().unwrap(), server, cms }
    }

    /// Somebody is asked, and answers four seconds later.
    async fn answered(&self, device: &Device, user: &str, decision: Decision) {
        let session = self.cms.ask(user).await;
        self.server.clock.advance(4_000);
        let answer = device.answer(&device.challenge(&session.id).await, decision, None);
        device.submit(session.challenge(), &answer).await.expect(200);
    }

    async fn figures(&self) -> Figures {
        self.server.engine.seal_audit().await.unwrap();
        self.server.engine.counted(self.tenant, None, Span::Day).await.unwrap()
    }
}

#[tokio::test]
async fn what_was_asked_is_counted_by_how_it_ended() {
    let bank = Bank::new().await;
    let sam = Device::enroll(bank.server.address, &bank.cms.link("sam").await).await;
    bank.answered(&sam, "sam", Decision::Approve).await;
    bank.answered(&sam, "sam", Decision::Deny).await;
    let other = bank.server.application(bank.tenant, "Payroll").await;
    let taken_back = other.ask("sam").await;
    other.cancel(&taken_back.id).await.expect(200);
    other.ask("sam").await;
    let figures = bank.figures().await;
    let ends = figures.total.ends;
    assert_eq!((ends.asked, ends.approved, ends.denied, ends.cancelled, ends.unanswered()), (4, 1, 1, 1, 1));
    assert_eq!(figures.total.answers(), 2);
    assert!(figures.total.waited(950).is_some_and(|ms| (3_000..=5_000).contains(&ms)), "{figures:?}");
    assert_eq!((figures.people, figures.enrolled, figures.slots.len()), (1, 1, 24));
    let only = other.client_id.parse().unwrap();
    let of_other = bank.server.engine.counted(bank.tenant, Some(only), Span::Week).await.unwrap();
    assert_eq!((of_other.total.ends.asked, of_other.total.ends.approved), (2, 0));
    let all = bank.server.engine.counted_of_tenants().await.unwrap();
    assert!(all.iter().any(|(tenant, ends)| *tenant == bank.tenant && ends.asked == 4), "{all:?}");
}

#[tokio::test]
async fn an_answer_in_the_next_hour_counts_where_its_question_does() {
    let bank = Bank::new().await;
    let sam = Device::enroll(bank.server.address, &bank.cms.link("sam").await).await;
    let hour = 3_600_000;
    bank.server.clock.set((bank.server.clock.now() / hour + 1) * hour - 2_000);
    sam.renew_nonce().await;
    bank.answered(&sam, "sam", Decision::Approve).await;
    let slots = bank.figures().await.slots;
    let [before, now] = slots.last_chunk().unwrap();
    assert_eq!((before.ends.asked, before.ends.approved, now.ends.approved), (1, 1, 0));
}

#[tokio::test]
async fn nodes_that_seal_at_once_count_each_event_once() {
    let bank = Arc::new(Bank::new().await);
    for number in 0..40 {
        let user = format!("user-{number}");
        Device::enroll(bank.server.address, &bank.cms.link(&user).await).await;
        bank.cms.ask(&user).await;
    }
    let nodes = (0..4).map(|_| bank.server.beside()).map(|node| {
        tokio::spawn(async move {
            node.seal_audit().await.unwrap();
            node.close().await;
        })
    });
    for node in nodes.collect::<Vec<_>>() {
        node.await.unwrap();
    }
    let figures = bank.figures().await;
    assert_eq!((figures.total.ends.asked, figures.people, figures.enrolled), (40, 40, 40));
}

#[tokio::test]
async fn whoever_runs_the_server_is_told_of_a_certificate_that_ends_soon() {
    let bank = Bank::new().await;
    let overview = format!("/{}/", bank.tenant);
    let mut owner = Seat::of(&bank.server, Role::Owner, Scope::Server).await;
    let mut tenants = Seat::of(&bank.server, Role::Owner, Scope::Tenant(bank.tenant)).await;
    let told = "TLS certificate ends at";
    assert!(!owner.open(&overview).await.text().contains(told), "there is none");
    let day = 24 * 3_600_000;
    for (days, is_told) in [(15, false), (13, true), (-1, true)] {
        bank.server.engine.metrics().certificate_until(bank.server.clock.now() + days * day);
        assert_eq!(owner.open(&overview).await.text().contains(told), is_told, "{days}");
        assert!(!tenants.open(&overview).await.text().contains(told), "{days}");
    }
}

#[tokio::test]
async fn figures_are_kept_for_400_days() {
    let bank = Bank::new().await;
    let sam = Device::enroll(bank.server.address, &bank.cms.link("sam").await).await;
    bank.answered(&sam, "sam", Decision::Approve).await;
    bank.figures().await;
    let rows = bank.server.rows();
    let kept = async || rows.tallies(bank.tenant, ALL_OF_IT, (0, i64::MAX), 1).await.unwrap().len();
    let all = kept().await;
    assert!(all > 0);
    let days = |days: i64| days * 24 * 3_600_000;
    bank.server.clock.advance(days(400));
    assert!(!bank.server.engine.forget_tallies().await.unwrap());
    assert_eq!(kept().await, all);
    bank.server.clock.advance(days(1));
    assert!(!bank.server.engine.forget_tallies().await.unwrap());
    assert_eq!(kept().await, 0);
}

/// A message that was settled now.
async fn settled(rows: &Store, tenant: TenantId, (kind, state): (&'static str, &str), now: i64, number: u8) {
    let job = NewJob {
        tenant,
        id: uuid_v7(now, &[number; 10]),
        kind,
        target: None,
        subject: None,
        lane: Uuid::nil(),
        payload: vec![],
        created_at: now,
        expires_at: None,
    };
    let settle = Statement::one(
        "UPDATE outbox SET state = ?3, settled_at = ?4 WHERE tenant_id = ?1 AND id = ?2",
        vec![Value::from(tenant), Value::from(job.id), Value::from(state), Value::from(now)],
    );
    rows.write(vec![job.insert(), settle]).await.unwrap();
}

#[tokio::test]
async fn messages_are_counted_once_by_whoever_counts() {
    let bank = Bank::new().await;
    let (rows, clock) = (bank.server.rows(), &bank.server.clock);
    for (number, message) in
        [("push", "done"), ("push", "done"), ("push", "dead"), ("sms", "done")].into_iter().enumerate()
    {
        settled(&rows, bank.tenant, message, clock.now(), u8::try_from(number).unwrap()).await;
    }
    let other = bank.server.beside();
    for minute in [0, 61_000, 61_000] {
        clock.advance(minute);
        let (one, two) = tokio::join!(bank.server.engine.tally_sent(), other.tally_sent());
        assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    }
    assert!(!bank.server.engine.tally_sent().await.unwrap(), "nothing is left");
    let sent = bank.figures().await.sent;
    let push = Sent { carrier: "push", done: 2, dead: 1 };
    assert_eq!(sent, [push, Sent { carrier: "sms", done: 1, dead: 0 }]);
    rows.close().await;
    other.close().await;
}

#[tokio::test]
async fn a_new_tenant_is_told_how_to_begin() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Bank", None).await;
    let tenant: TenantId = cms.tenant.parse().unwrap();
    let mut seat = Seat::of(&server, Role::Owner, Scope::Tenant(tenant)).await;
    let page = seat.open(&format!("/{tenant}/")).await.text();
    assert!(
        page.contains("First steps") && page.contains("/applications\">") && page.contains("/api\">"),
        "{page}"
    );
    assert!(page.contains("Nothing needs a look."));
    // Who may not go there is not led there.
    let mut help = Seat::of(&server, Role::HelpDesk, Scope::Tenant(tenant)).await;
    let page = help.open(&format!("/{tenant}/")).await.text();
    assert!(page.contains("First steps") && !page.contains("/applications\">"), "{page}");
    Device::enroll(server.address, &cms.link("sam").await).await;
    cms.ask("sam").await;
    assert!(!seat.open(&format!("/{tenant}/")).await.text().contains("First steps"));
}

#[tokio::test]
async fn the_overview_shows_figures_as_pictures_and_as_a_table_in_both_languages() {
    let bank = Bank::new().await;
    let sam = Device::enroll(bank.server.address, &bank.cms.link("sam").await).await;
    bank.answered(&sam, "sam", Decision::Approve).await;
    bank.figures().await;
    let path = format!("/{}/", bank.tenant);
    let mut seat = Seat::of(&bank.server, Role::Auditor, Scope::Server).await;
    let english = seat.open(&path).await.text();
    for part in
        ["role=\"img\"", "<title id=\"ends-title\">", "class=\"s-approved\"", "<details>", "1 (100 %)", "4.0"]
    {
        assert!(english.contains(part), "{part}: {english}");
    }
    let mut seat = seat.speaking("ar");
    let arabic = seat.open(&format!("{path}?span=30d")).await.text();
    assert!(arabic.contains("dir=\"rtl\"") && arabic.contains("كيف انتهت الأسئلة"), "{arabic}");
    assert!(arabic.contains("value=\"30d\" selected") && arabic.contains("<bdi>Bank</bdi>"), "{arabic}");
    // A word that is none is the usual one.
    let odd = seat.open(&format!("{path}?span=9y")).await.text();
    assert!(odd.contains("value=\"24h\" selected"), "{odd}");
}

#[tokio::test]
async fn what_needs_a_look_is_told() {
    let bank = Bank::new().await;
    let (rows, now) = (bank.server.rows(), bank.server.clock.now());
    settled(&rows, bank.tenant, ("webhook", "dead"), now, 1).await;
    let lock = Statement::one(
        "INSERT INTO counters (tenant_id, user_id, factor, failures, locked_at) VALUES (?1, ?2, 'totp', 9, ?3)",
        vec![Value::from(bank.tenant), Value::from(Uuid::from_u128(7)), Value::from(now)],
    );
    rows.write(vec![lock]).await.unwrap();
    let id = bank.cms.client_id.parse().unwrap();
    let rotation = Rotation { old_end_in: 3_600_000, expires_at: None, networks: NewNetworks::Same };
    bank.server.engine.rotate_secret(id, rotation, &"operator").await.unwrap();
    let mut seat = Seat::of(&bank.server, Role::Admin, Scope::Tenant(bank.tenant)).await;
    let page = seat.open(&format!("/{}/", bank.tenant)).await.text();
    assert!(page.contains("Locked after too many failures: 1."), "{page}");
    assert!(page.contains("Messages that were given up: 1."), "{page}");
    assert!(page.contains("A secret of Bank ("), "{page}");
    rows.close().await;
}
