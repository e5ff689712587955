//! A server that dies after a provider took a code and before that was written down: nobody knows then whether the code
//! went out, and a second one does not go out within the time for which nobody may ask for another.

use std::sync::Arc;

use countersign_server::config::Config;
use countersign_server::data_dir::DataDir;
use countersign_server::delivery::Couriers;
use countersign_server::engine::{Engine, LEASE_OF_CODES};
use countersign_server::host::{Clock as _, System};
use countersign_server::store::Room;
use countersign_tests::clock::TestClock;
use countersign_tests::mail_server::MailServer;
use countersign_tests::server_process::{Program, ServerProcess};
use serde_json::json;

use crate::SERVER;

#[tokio::test]
async fn a_server_killed_after_a_code_was_taken_sends_no_second_one_within_the_cool_down() {
    let mut mails = MailServer::start().await;
    // The mail is taken, and the end of the answer never comes.
    mails.answer(".", "250-taken");
    let mut server = ServerProcess::start_on_sqlite(Program::new(SERVER)).await;
    let cms = server.relying_party("Case Management").await;
    let set = ["provider", "set", "email", "--platform", "--smtp-url-fd", "0", "--from", "mfa@example.org"];
    let set = server.program().run_with(&set, format!("smtp://{}\n", mails.address).as_bytes()).await;
    assert_eq!(set.code, Some(0), "{set:?}");
    let asked = System.unix_ms();
    let body = json!({"user_ref": "sam", "email": "sam@example.org", "challenge": "email_otp"});
    cms.post("/api/v1/users/enroll", &body).await.expect(201);
    let first = mails.next().await;
    server.kill_9();
    mails.be_good();

    // Whoever comes after it, with a clock that a test sets.
    let data = DataDir::open(server.data_dir(), &System).unwrap();
    let job = data.store.due_jobs(i64::MAX, &[Room::wide("email", 10)]).await.unwrap().remove(0);
    assert!(job.due_at >= asked + LEASE_OF_CODES, "{job:?}");
    let clock = TestClock::new();
    let engine = Engine::new(data.store, clock.clone(), Arc::new(System), data.master, server.url());
    let engine = Arc::new(engine);
    let couriers = Arc::new(Couriers::new(&Config::default()).unwrap());
    clock.set(job.due_at - 1);
    couriers.send_due(&engine).await.unwrap();
    assert!(mails.rest().is_empty(), "the code may be in their mailbox");
    clock.set(job.due_at);
    couriers.send_due(&engine).await.unwrap();
    let second = mails.next().await;
    let code = |text: &str| text.lines().map(str::trim).find(|line| line.len() == 6).map(str::to_owned);
    assert!(code(&first.text).is_some() && code(&first.text) == code(&second.text), "the same code");
    clock.advance(60_000);
    couriers.send_due(&engine).await.unwrap();
    assert!(mails.rest().is_empty(), "and that is all");
    engine.close().await;
}
