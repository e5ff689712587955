//! Several servers on one PostgreSQL: what happens on one of them is known on all. On SQLite there is only ever one
//! server, so these have something to look at only under `tests/with_postgres`.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::answer::Decision;
use countersign_server::engine::policy::Scope;
use countersign_server::engine::{Begin, Origin, Standing};
use countersign_server::nodes::Nodes;
use countersign_tests::NEVER;
use countersign_tests::database::Database;
use countersign_tests::device::{Device, challenges};
use countersign_tests::http::{self, Connection};
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;
use countersign_tests::server_process::{Program, ServerProcess};
use serde_json::Value;

use crate::{SERVER, server};

/// Two servers that look at a row again only after an hour: what reaches the other one in time was told to it. Their
/// clock stands, so nothing that they remember gets old either.
struct Two {
    here: ServerHere,
    there: ServerHere,
    /// The relying party as it asks here, and there.
    cms: RelyingParty,
    cms_there: RelyingParty,
    nodes: Vec<Nodes>,
}

impl Two {
    async fn new() -> Option<Self> {
        let first = ServerHere::start().await;
        let settings = first.database.as_deref().map(Database::settings)?;
        let patient = |engine: countersign_server::engine::Engine| {
            engine.looking_again_after(Duration::from_secs(60 * 60))
        };
        let (here, there) = (first.another(patient).await, first.another(patient).await);
        let join = |server: &ServerHere, name| {
            Nodes::join(Arc::clone(&server.engine), settings.clone(), uuid::Uuid::from_u128(name))
        };
        let nodes = vec![join(&here, 1), join(&there, 2)];
        let cms =
            RelyingParty { address: here.address, ..first.relying_party("Case Management", None).await };
        let tenant = cms.tenant.parse().unwrap();
        let off = ["pushes_per_minute", "pending_limit"].map(|name| (name.to_owned(), "0".to_owned()));
        first.engine.set_policy(Scope { tenant, application: None }, &off, &"operator").await.unwrap();
        let cms_there = RelyingParty { address: there.address, ..cms.clone() };
        Some(Self { here, there, cms, cms_there, nodes })
    }

    /// A person's phone that speaks to the other server.
    async fn phone_there(&self, user: &str) -> Device {
        Device::enroll(self.there.address, &self.cms.link(user).await).await
    }

    async fn leave(self) {
        for node in self.nodes {
            node.leave().await;
        }
    }
}

#[tokio::test]
async fn a_sign_in_cancelled_on_one_server_wakes_the_page_on_another() {
    let Some(two) = Two::new().await else { return };
    two.cms.enroll("sam").await;
    let (here, there) = (&two.here.engine, &two.there.engine);
    let cms = &two.cms;
    let caller = there.authenticate(&cms.client_id, &cms.client_secret, None).await.unwrap();
    let user = there.person_named(cms.tenant.parse().unwrap(), "sam").await.unwrap().unwrap();
    let (origin, open) = (Origin::default(), Standing::Open { after: None });
    let begin = Begin { user, kind: None, message: None, at_once: None, timeout: None, risk: None, origin };
    let begun = there.begin_transaction(&caller, begin).await.unwrap();
    let seen = there.transaction(&begun.channel).await.unwrap();
    let changed = here.transaction_changed(&begun.channel, open, Duration::from_secs(3_600));
    let (changed, cancelled) =
        tokio::join!(tokio::time::timeout(NEVER, changed), there.cancel_transaction(&seen));
    cancelled.unwrap();
    assert_eq!(changed.expect("the page is woken").unwrap().standing, Standing::Rejected);
    two.leave().await;
}

#[tokio::test]
async fn a_decision_on_one_server_wakes_the_poll_on_another() {
    let Some(two) = Two::new().await else { return };
    let phone = two.phone_there("sam").await;
    for decision in [Decision::Approve, Decision::Deny] {
        let session = two.cms.ask("sam").await;
        // From now on `here` remembers it as pending, and believes that for an hour.
        assert_eq!(two.cms.status(&session).await, "pending");
        let answer = phone.answer(&phone.challenge(&session.id).await, decision, None);
        let (status, answered) =
            tokio::join!(two.cms.wait(&session, 60), phone.submit(session.challenge(), &answer));
        let outcome = answered.expect(200)["outcome"].clone();
        assert_eq!(status["status"], outcome);
        assert_eq!(status["device_name"], "Robot");
    }
    two.leave().await;
}

#[tokio::test]
async fn a_report_on_one_server_ends_every_poll_on_another() {
    let Some(two) = Two::new().await else { return };
    let phone = two.phone_there("sam").await;
    let (reported, other) = (two.cms.ask("sam").await, two.cms.ask("sam").await);
    let answer = phone.answer(&phone.challenge(&reported.id).await, Decision::Report, None);
    let (status, other_status, answered) = tokio::join!(
        two.cms.wait(&reported, 60),
        two.cms.wait(&other, 60),
        phone.submit(reported.challenge(), &answer)
    );
    answered.expect(200);
    assert_eq!((&status["status"], &other_status["status"]), (&"denied".into(), &"denied".into()));
    two.leave().await;
}

#[tokio::test]
async fn a_cancellation_and_a_new_request_reach_those_who_wait_on_another_server() {
    let Some(two) = Two::new().await else { return };
    let phone = two.phone_there("sam").await;
    let waiting = phone.request("GET", "/api/v1/device/challenges?wait=60", b"");
    let (reply, session) = tokio::join!(http::send(phone.address, &waiting), two.cms.ask("sam"));
    assert_eq!(challenges(&reply).len(), 1, "asked here, waited for there");
    let (status, cancelled) = tokio::join!(two.cms.wait(&session, 60), two.cms_there.cancel(&session.id));
    cancelled.expect(200);
    assert_eq!(status["status"], "cancelled");
    two.leave().await;
}

#[tokio::test]
async fn a_device_that_is_removed_on_one_server_is_shown_nothing_more_on_another() {
    let Some(two) = Two::new().await else { return };
    let (phone, idle) = (two.phone_there("sam").await, two.phone_there("alex").await);
    two.cms.ask("sam").await;
    let mut stream = Connection::open(phone.address).await.unwrap();
    let request = phone.request("GET", "/api/v1/device/events", b"");
    stream.write(&request.bytes(phone.address, true)).await;
    assert_eq!(stream.head().await.status, 200);
    let mut shown = async || {
        let (_, data) = stream.event().await.expect("it goes on");
        let inbox: Value = serde_json::from_str(&data).unwrap();
        inbox["challenges"].as_array().unwrap().len()
    };
    assert_eq!(shown().await, 1);
    let token = two.cms.devices("sam").await[0]["device_token"].as_str().unwrap().to_owned();
    two.cms.remove_device(&token).await.expect(200);
    // The stream looks by itself only when it says that it is still there.
    let idling = idle.request("GET", "/api/v1/device/challenges?wait=9", b"");
    tokio::select! {
        shown = shown() => assert_eq!(shown, 0),
        _ = http::send(idle.address, &idling) => panic!("nobody told the other server"),
    }
    two.leave().await;
}

#[tokio::test]
async fn servers_that_lost_each_other_find_each_other_again() {
    let Some(two) = Two::new().await else { return };
    let phone = two.phone_there("sam").await;
    let database = Arc::clone(two.here.database.as_ref().unwrap());
    for _ in 0..3 {
        let session = two.cms.ask("sam").await;
        assert_eq!(two.cms.status(&session).await, "pending");
        let answer = phone.answer(&phone.challenge(&session.id).await, Decision::Deny, None);
        // Whatever is said while nobody listens: whoever listens again looks at everything.
        let ended = database
            .number(
                "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
            .await;
        assert!(ended > 0);
        let (status, answered) =
            tokio::join!(two.cms.wait(&session, 60), phone.submit(session.challenge(), &answer));
        answered.expect(200);
        assert_eq!(status["status"], "denied");
    }
    two.leave().await;
}

#[tokio::test]
async fn two_server_programs_share_one_database() {
    let mut here = server().await;
    if here.database().is_none() {
        return;
    }
    let mut there = here.start_beside().await;
    let cms = here.relying_party("Case Management").await;
    let cms_there = RelyingParty { address: there.address, ..cms.clone() };
    let device = Device::enroll(there.address, &cms.link("sam").await).await;
    let session = cms.ask("sam").await;
    let answer = device.answer(&device.challenge(&session.id).await, Decision::Approve, None);
    let (status, answered) =
        tokio::join!(cms.wait(&session, 60), device.submit(session.challenge(), &answer));
    answered.expect(200);
    assert_eq!(status["status"], "approved");
    assert_eq!(cms_there.status(&session).await, "approved");
    here.terminate().await;
    // The other one goes on alone, with everything that the first one knew.
    let session = cms_there.ask("sam").await;
    assert!(!device.challenge(&session.id).await.is_empty());
    there.terminate().await;
}

#[tokio::test]
async fn a_server_with_another_master_key_does_not_join() {
    let here = server().await;
    let Some(database) = here.database() else { return };
    let home = tempfile::tempdir().unwrap();
    let newcomer = Program::new(SERVER)
        .env("COUNTERSIGN_DATA_DIR", home.path())
        .env("COUNTERSIGN_LISTEN", "127.0.0.1:0")
        .env("COUNTERSIGN_LOG", "off")
        .env("COUNTERSIGN_DATABASE_URL", database.url());
    let refused = newcomer.run(&["serve"]).await;
    assert_eq!(refused.code, Some(4), "{refused:?}");
    assert!(refused.stderr.contains("copy that key here"), "{}", refused.stderr);
    assert!(!home.path().join("master.key").exists(), "a key that opens nothing is not made");
    std::fs::write(home.path().join("master.key"), "A".repeat(43) + "=").unwrap();
    let refused = newcomer.run(&["tenant", "create", "--name", "X"]).await;
    assert_eq!(refused.code, Some(4), "{refused:?}");
    assert!(refused.stderr.contains("another master key"), "{}", refused.stderr);
}

#[tokio::test]
async fn servers_that_are_first_at_the_same_time_agree_on_one_key() {
    let Some(database) = Database::empty().await else { return };
    let homes: Vec<_> = (0..4).map(|_| tempfile::tempdir().unwrap()).collect();
    let starts = homes.iter().map(|home| {
        let program = Program::new(SERVER)
            .env("COUNTERSIGN_DATA_DIR", home.path())
            .env("COUNTERSIGN_DATABASE_URL", database.url());
        async move { program.run(&["tenant", "create", "--name", "X"]).await }
    });
    let ended = futures_util::future::join_all(starts).await;
    let good = ended.iter().filter(|ended| ended.code == Some(0)).count();
    assert_eq!(good, 1, "{ended:?}");
    for refused in ended.iter().filter(|ended| ended.code != Some(0)) {
        assert!(refused.stderr.contains("master key"), "{refused:?}");
    }
    assert_eq!(database.number("SELECT COUNT(*) FROM tenants").await, 1);
}

#[tokio::test]
async fn s38_nothing_says_the_databases_password() {
    let Some(database) = Database::new().await else { return };
    let url = database.url().replacen("countersign@", "countersign:correct-horse@", 1);
    assert!(
        url.contains("horse"),
        "with_postgres logs in as countersign, and a DATABASE_URL must do so too: {url}"
    );
    let program = Program::new(SERVER).env("COUNTERSIGN_DATABASE_URL", &url).env("COUNTERSIGN_LOG", "trace");
    let checked = program.run(&["config", "check"]).await;
    assert!(checked.stdout.contains(&database.address()), "{}", checked.stdout);
    let mut server = ServerProcess::start_with(program, ([127, 0, 0, 1], 0).into(), Some(database)).await;
    server.relying_party("Case Management").await;
    let log = server.terminate().await;
    assert!(!format!("{checked:?} {log}").contains("horse"));
}
