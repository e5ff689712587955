//! What is written about an answer is true: its date, its question, and what the log tells of the questions beside it.

use countersign_protocol::answer::Decision;
use countersign_protocol::challenge::Challenge;
use countersign_protocol::id::TenantId;
use countersign_protocol::jws::{self, Purpose};
use countersign_protocol::verdict::Verdict;
use countersign_server::engine::audit::list::EventFilter;
use countersign_server::engine::policy::Scope;
use countersign_server::store::{Statement, Value};
use countersign_tests::device::Device;
use countersign_tests::relying_party::{RelyingParty, Session};
use countersign_tests::server_here::ServerHere;

/// A server, a relying party without limits on its questions, and sam with a device.
struct Stand {
    server: ServerHere,
    cms: RelyingParty,
    device: Device,
}

impl Stand {
    async fn new(settings: &[(&str, &str)]) -> Self {
        let server = ServerHere::start().await;
        let cms = server.relying_party("Case Management", None).await;
        let scope = Scope { tenant: cms.tenant.parse().unwrap(), application: None };
        let settings: Vec<_> = settings.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        server.engine.set_policy(scope, &settings, &"operator").await.unwrap();
        let device = Device::enroll(server.address, &cms.link("sam").await).await;
        Self { server, cms, device }
    }

    fn tenant(&self) -> TenantId {
        self.cms.tenant.parse().unwrap()
    }

    /// Names of what the log says of a session.
    async fn log(&self, session: &Session) -> Vec<String> {
        let filter = EventFilter { subject: Some(session.id.clone()), ..EventFilter::default() };
        let events = self.server.engine.latest_events(self.tenant(), &filter, 50).await.unwrap();
        let mut names: Vec<_> = events.into_iter().map(|event| event.name).collect();
        names.sort_unstable();
        names
    }
}

const FREELY: [(&str, &str); 2] = [("pushes_per_minute", "0"), ("pending_limit", "0")];
const ONE_AT_A_TIME: [(&str, &str); 2] = [("pushes_per_minute", "0"), ("pending_limit", "1")];

#[tokio::test]
async fn property_10_an_answer_in_the_last_moment_is_proved_or_refused() {
    let stand = Stand::new(&FREELY).await;
    let mut taken = 0;
    // The clock moves with each look at it, so the end of the question falls between any two looks of one of the rounds.
    for early in 1..=24 {
        let session = stand.cms.ask("sam").await;
        stand.device.renew_nonce().await;
        let question = stand.device.challenge(&session.id).await;
        let ends = jws::peek::<Challenge>(&question, Purpose::Challenge).unwrap().peek().exp;
        let answer = stand.device.answer(&question, Decision::Approve, None);
        stand.server.clock.set(i64::try_from(ends).unwrap() * 1000 - early);
        stand.server.clock.move_with_each_look(1);
        let reply = stand.device.submit(session.challenge(), &answer).await;
        stand.server.clock.move_with_each_look(0);
        if reply.status == 200 {
            taken += 1;
            let said = reply.expect(200);
            let verdict = said["verdict"].as_str().unwrap();
            let at = jws::peek::<Verdict>(verdict, Purpose::Verdict).unwrap().peek().at;
            assert!(at < ends, "taken {early} ms before the end, and dated behind it");
        }
        stand.server.clock.advance(61_000);
    }
    assert!((1..24).contains(&taken), "{taken}: the end was not between the rounds");
}

#[tokio::test]
async fn property_9_questions_that_were_exchanged_in_the_database_approve_nothing() {
    let stand = Stand::new(&FREELY).await;
    let (meant, other) = (stand.cms.ask("sam").await, stand.cms.ask("sam").await);
    stand.device.renew_nonce().await;
    let question = stand.device.challenge(&meant.id).await;
    let rows = stand.server.rows();
    // Whoever can write to the database puts the question that sam will approve in the place of another one.
    let exchange = Statement::one(
        "UPDATE prompts SET challenge_jws = ?4 WHERE tenant_id = ?1 AND device_id = ?2 AND challenge_id = ?3",
        vec![
            Value::from(stand.tenant()),
            Value::from(stand.device.id.local),
            Value::from(other.challenge().0),
            Value::from(question.as_str()),
        ],
    );
    rows.write(vec![exchange]).await.unwrap();
    rows.close().await;
    let answer = stand.device.answer(&question, Decision::Approve, None);
    let reply = stand.device.submit(other.challenge(), &answer).await;
    assert_eq!(reply.status, 503, "what is damaged is an error of the server: {reply:?}");
    assert_eq!(stand.cms.status(&other).await, "pending");
    assert_eq!(stand.cms.status(&meant).await, "pending");
}

#[tokio::test]
async fn s53_of_a_question_that_is_answered_while_a_newer_one_comes_the_log_tells_one_end() {
    let stand = Stand::new(&ONE_AT_A_TIME).await;
    for _ in 0..12 {
        let session = stand.cms.ask("sam").await;
        stand.device.renew_nonce().await;
        let question = stand.device.challenge(&session.id).await;
        let answer = stand.device.answer(&question, Decision::Approve, None);
        let (newer, reply) =
            tokio::join!(stand.cms.ask("sam"), stand.device.submit(session.challenge(), &answer));
        let end = if reply.status == 200 { "challenge.approved" } else { "challenge.superseded" };
        let log = stand.log(&session).await;
        assert_eq!(log.iter().filter(|name| *name != "challenge.asked").collect::<Vec<_>>(), [end]);
        stand.cms.cancel(&newer.id).await;
    }
}

#[tokio::test]
async fn s53_what_a_report_ends_beside_is_in_the_log() {
    let stand = Stand::new(&FREELY).await;
    let (reported, beside) = (stand.cms.ask("sam").await, stand.cms.ask("sam").await);
    stand.device.renew_nonce().await;
    let question = stand.device.challenge(&reported.id).await;
    let report = stand.device.answer(&question, Decision::Report, None);
    stand.device.submit(reported.challenge(), &report).await.expect(200);
    assert_eq!(stand.cms.status(&beside).await, "denied");
    assert_eq!(stand.log(&reported).await, ["challenge.asked", "challenge.reported"]);
    assert_eq!(stand.log(&beside).await, ["challenge.asked", "challenge.ended_by_report"]);
}

#[tokio::test]
async fn s28_what_a_lock_ends_is_in_the_log() {
    let settings = [("pushes_per_minute", "0"), ("pending_limit", "0"), ("failure_limit", "1")];
    let stand = Stand::new(&settings).await;
    let (answered, beside) = (stand.cms.ask_with_number("sam").await, stand.cms.ask_with_number("sam").await);
    stand.device.renew_nonce().await;
    let question = stand.device.challenge(&answered.id).await;
    let wrong = stand.device.answer(&question, Decision::Approve, Some(&answered.wrong_number()));
    stand.device.submit(answered.challenge(), &wrong).await.expect(422);
    assert_eq!(stand.cms.status(&beside).await, "cancelled");
    assert_eq!(stand.log(&answered).await, ["challenge.asked", "challenge.wrong_number"]);
    assert_eq!(stand.log(&beside).await, ["challenge.asked", "challenge.ended_by_lock"]);
}
