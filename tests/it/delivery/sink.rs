//! Without any provider, on a laptop: each message is a file that its developer can read.

use std::path::Path;

use countersign_tests::NEVER;
use countersign_tests::device::Device;
use countersign_tests::server_process::{Program, ServerProcess};
use serde_json::{Value, json};

use crate::SERVER;

/// The messages that were written so far.
fn written(outbox: &Path) -> Vec<Value> {
    let Ok(entries) = std::fs::read_dir(outbox) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    // What begins with a dot is being written.
    let whole = paths.filter(|path| !path.file_name().unwrap().to_string_lossy().starts_with('.'));
    whole.map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
}

/// Stops the server, which waits until what is on its way is written; then the messages are there.
async fn all_written(server: &mut ServerProcess) -> Vec<Value> {
    let outbox = server.data_dir().join("outbox");
    let waiting = async {
        while written(&outbox).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(NEVER, waiting).await.expect("a message is written");
    server.terminate().await;
    written(&outbox)
}

#[tokio::test]
async fn a_push_that_nobody_carries_is_a_file() {
    let mut server = ServerProcess::start(Program::new(SERVER)).await;
    let cms = server.relying_party("Case Management").await;
    let token = format!("{:064x}", 7);
    Device::enroll_phone(server.address, &cms.link("sam").await, "ios", &token).await;
    let session = cms.ask("sam").await;
    let messages = all_written(&mut server).await;
    assert_eq!(messages.len(), 1, "{messages:?}");
    let push = &messages[0];
    assert_eq!((&push["channel"], &push["token"]), (&json!("apns"), &json!(token)));
    assert_eq!(push["session_id"], session.id.as_str());
}

#[tokio::test]
async fn a_mail_that_nobody_carries_is_a_file_with_its_code() {
    let mut server = ServerProcess::start(Program::new(SERVER)).await;
    let cms = server.relying_party("Case Management").await;
    let body = json!({"user_ref": "sam", "email": "sam@example.org", "challenge": "email_otp"});
    let issued = cms.post("/api/v1/users/enroll", &body).await.expect(201);
    let outbox = server.data_dir().join("outbox");
    let waiting = async {
        while written(&outbox).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(NEVER, waiting).await.expect("a message is written");
    let mail = written(&outbox).remove(0);
    assert_eq!((&mail["channel"], &mail["to"]), (&json!("email"), &json!("sam@example.org")));
    let body = json!({"token": issued["enrollment_token"], "code": mail["code"]});
    cms.post("/api/v1/devices/verify-enrollment", &body).await.expect(200);
    let log = server.terminate().await;
    assert!(!log.contains(mail["code"].as_str().unwrap()), "{log}");
}

#[tokio::test]
async fn in_production_nothing_is_written_and_what_needs_a_provider_is_refused() {
    let program = Program::new(SERVER).env("COUNTERSIGN_ENVIRONMENT", "production");
    let mut server = ServerProcess::start(program).await;
    let cms = server.relying_party("Case Management").await;
    let body = json!({"user_ref": "sam", "email": "sam@example.org", "challenge": "email_otp"});
    let refused = cms.post("/api/v1/users/enroll", &body).await;
    assert!(refused.expect(400)["message"].as_str().unwrap().contains("mail server"));
    let phone =
        Device::enroll_phone(server.address, &cms.link("pat").await, "ios", &format!("{:064x}", 7)).await;
    // The phone looks by itself.
    let session = cms.ask("pat").await;
    phone.challenge(&session.id).await;
    server.terminate().await;
    assert!(!server.data_dir().join("outbox").exists());
    let listed = server.program().json(&["deliveries", "--channel", "push"]).await;
    assert_eq!(listed["deliveries"], json!([]));
}
