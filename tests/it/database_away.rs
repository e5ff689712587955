//! The PostgreSQL database goes away and comes back: who asks meanwhile is told so, nothing is half done, and the
//! server goes on by itself. Only under `tests/with_postgres`.

use countersign_protocol::answer::Decision;
use countersign_tests::database::Database;
use countersign_tests::device::{Device, submission};
use countersign_tests::http::{self, Reply, Request};
use countersign_tests::proxy::{Proxy, Wire};
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_process::{Program, ServerProcess};
use futures_util::future::join_all;
use serde_json::json;

use crate::SERVER;

async fn behind_a_wire() -> Option<(ServerProcess, Proxy)> {
    let database = Database::new().await?;
    let proxy = Proxy::to(database.address()).await;
    let program = Program::new(SERVER).env("COUNTERSIGN_DATABASE_URL", database.url_through(proxy.port));
    let server = ServerProcess::start_with(program, ([127, 0, 0, 1], 0).into(), Some(database)).await;
    Some((server, proxy))
}

fn send(cms: &RelyingParty, user: &str) -> Request {
    cms.request("POST", "/api/v1/mfa/send").json(&json!({"user_ref": user}))
}

fn is_away(reply: &Reply) {
    assert_eq!(reply.status, 503, "{}", reply.text());
    assert!(reply.header("retry-after").is_some(), "{}", reply.text());
    assert!(reply.text().contains("try again"), "{}", reply.text());
}

/// Asks until the server is ready; it is told to by nobody.
async fn until_ready(server: &ServerProcess) {
    let ready =
        async { while http::send(server.address, &Request::new("GET", "/readyz")).await.status != 200 {} };
    tokio::time::timeout(countersign_tests::NEVER, ready).await.expect("it goes on by itself");
}

/// Each question is there with its prompt and its audit row, or not at all.
async fn nothing_is_half_done(server: &ServerProcess, at_least: i64) {
    let database = server.database().unwrap();
    let asked = database.number("SELECT COUNT(*) FROM challenges").await;
    assert!(asked >= at_least, "{asked} of {at_least}");
    assert_eq!(database.number("SELECT COUNT(*) FROM prompts").await, asked);
    let noted = "SELECT COUNT(*) FROM audit WHERE event = 'challenge.asked'";
    assert_eq!(database.number(noted).await, asked);
    let decided = database.number("SELECT COUNT(*) FROM challenges WHERE state <> 'pending'").await;
    let noted = "SELECT COUNT(*) FROM audit WHERE event IN ('challenge.approved', 'challenge.denied')";
    assert_eq!(database.number(noted).await, decided);
    let open = "SELECT COUNT(*) FROM pg_stat_activity
                WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    assert_eq!(database.number(open).await, 0, "nobody is left inside a transaction");
}

async fn comes_and_goes(wire: Wire) {
    let Some((mut server, proxy)) = behind_a_wire().await else { return };
    let cms = server.relying_party("Case Management").await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let session = cms.ask("sam").await;
    let answer = device.answer(&device.challenge(&session.id).await, Decision::Approve, None);
    let answering = submission(session.challenge(), &answer);

    proxy.set(wire);
    let requests = [send(&cms, "sam"), send(&cms, "sam"), answering.clone(), Request::new("GET", "/readyz")];
    let replies = join_all(requests.iter().map(|request| http::send(server.address, request))).await;
    replies[..3].iter().for_each(is_away);
    assert_eq!(replies[3].status, 503);
    let alive = http::send(server.address, &Request::new("GET", "/healthz")).await;
    assert_eq!(alive.status, 200, "the process is well");

    proxy.set(Wire::Whole);
    until_ready(&server).await;
    let told = http::send(server.address, &answering).await.expect(200);
    assert_eq!(told["outcome"], "approved");
    assert_eq!(cms.status(&session).await, "approved");
    cms.ask("sam").await;
    nothing_is_half_done(&server, 2).await;
    let log = server.terminate().await;
    assert!(log.contains("the database is not available"), "{log}");
}

#[tokio::test]
async fn a_database_that_is_cut_off_is_503_and_comes_back_by_itself() {
    comes_and_goes(Wire::Cut).await;
}

#[tokio::test]
async fn a_database_that_hangs_is_503_and_comes_back_by_itself() {
    comes_and_goes(Wire::Still).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_told_yes_finds_it_however_often_the_wire_is_cut() {
    let Some((mut server, proxy)) = behind_a_wire().await else { return };
    let cms = server.relying_party("Case Management").await;
    let users: Vec<String> = (0..12).map(|nth| format!("person {nth}")).collect();
    let mut devices = Vec::new();
    for user in &users {
        devices.push(Device::enroll(server.address, &cms.link(user).await).await);
    }
    let people = devices.iter().zip(&users).map(async |(device, user)| {
        let mut told = 0;
        for _ in 0..8 {
            let sent = http::send(server.address, &send(&cms, user)).await;
            if sent.status == 503 {
                is_in_doubt_or_away(&sent);
                continue;
            }
            told += 1;
            let id = sent.expect(200)["session_id"].as_str().unwrap().to_owned();
            let Some(challenge) = fetch(device, &id).await else { continue };
            let answer = device.answer(&challenge, Decision::Deny, None);
            // The same bytes again get the same reply, so whoever is in doubt asks once more.
            let answering = submission(id.parse().unwrap(), &answer);
            let outcome = loop {
                let reply = http::send(server.address, &answering).await;
                if reply.status != 503 {
                    break reply.expect(200)["outcome"].clone();
                }
                is_in_doubt_or_away(&reply);
            };
            assert_eq!(outcome, "denied");
        }
        told
    });
    let everybody_is_done = tokio::sync::Notify::new();
    let cutting = async {
        loop {
            proxy.set(Wire::Cut);
            tokio::task::yield_now().await;
            proxy.set(Wire::Whole);
            // As often as the server needs to answer something that takes no database.
            for _ in 0..20 {
                http::send(server.address, &Request::new("GET", "/healthz")).await;
            }
            if futures_util::FutureExt::now_or_never(everybody_is_done.notified()).is_some() {
                break;
            }
        }
    };
    let everybody = async {
        let told = join_all(people).await;
        everybody_is_done.notify_one();
        told
    };
    let (told, ()) = tokio::join!(everybody, cutting);
    until_ready(&server).await;
    nothing_is_half_done(&server, told.iter().sum()).await;
    server.terminate().await;
}

/// The signed challenge; none when the database was away.
async fn fetch(device: &Device, id: &str) -> Option<String> {
    let reply = http::send(device.address, &device.request("GET", "/api/v1/device/challenges", b"")).await;
    if reply.status == 503 {
        return None;
    }
    let mut waiting = countersign_tests::device::challenges(&reply).into_iter();
    waiting.find(|challenge| countersign_tests::key::claims(challenge)["jti"] == id)
}

fn is_in_doubt_or_away(reply: &Reply) {
    assert_eq!(reply.status, 503, "{}", reply.text());
    assert!(reply.header("retry-after").is_some(), "{}", reply.text());
    let text = reply.text();
    assert!(text.contains("nothing was changed") || text.contains("look whether"), "{text}");
}
