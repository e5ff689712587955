//! Settings by command, beside a running server.

use countersign_protocol::answer::Decision;
use countersign_tests::device::Device;
use countersign_tests::server_process::ServerProcess;
use serde_json::json;

use crate::server;

async fn run(server: &ServerProcess, line: &[&str]) -> serde_json::Value {
    server.program().json(line).await
}

#[tokio::test]
async fn settings_are_set_shown_and_taken_back_by_command() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let tenant = cms.tenant.as_str();
    let scope = ["--tenant", tenant, "--application", &cms.client_id];
    run(&server, &["policy", "set", "--tenant", tenant, "answer_window=60", "number_match=required"]).await;
    run(&server, &[&["policy", "set"], &scope[..], &["answer_window=90"]].concat()).await;
    let shown = run(&server, &[&["policy", "show"], &scope[..]].concat()).await;
    let setting = |name: &str| {
        let all = shown["settings"].as_array().unwrap();
        let found = all.iter().find(|s| s["name"] == name).unwrap();
        (found["value"].as_str().unwrap().to_owned(), found["set_by"].as_str().unwrap().to_owned())
    };
    assert_eq!(setting("answer_window"), ("90".to_owned(), "application".to_owned()));
    assert_eq!(setting("number_match"), ("required".to_owned(), "tenant".to_owned()));
    assert_eq!(setting("pushes_per_minute"), ("5".to_owned(), "default".to_owned()));
    run(&server, &[&["policy", "set"], &scope[..], &["answer_window=default"]].concat()).await;
    let shown = run(&server, &[&["policy", "show"], &scope[..]].concat()).await;
    assert_eq!(shown["settings"][6]["value"], json!("60"));
}

#[tokio::test]
async fn s30_a_user_is_seen_locked_and_unlocked_by_command_and_the_log_says_so() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let who = ["--tenant", cms.tenant.as_str(), "--user-ref", "sam"];
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    run(&server, &["policy", "set", who[0], who[1], "failure_limit=1"]).await;
    let session = cms.ask_with_number("sam").await;
    let challenge = device.challenge(&session.id).await;
    let wrong = device.answer(&challenge, Decision::Approve, Some(&session.wrong_number()));
    assert_eq!(device.submit(session.challenge(), &wrong).await.status, 422);
    assert_eq!(cms.post("/api/v1/mfa/send", &json!({"user_ref": "sam"})).await.status, 403);
    let locks = run(&server, &[&["user", "locks"], &who[..]].concat()).await;
    assert_eq!(
        (&locks["counters"][0]["factor"], &locks["counters"][0]["failures"]),
        (&json!("push"), &json!(1))
    );
    assert!(locks["counters"][0]["locked_at"].is_string(), "{locks}");
    run(&server, &[&["user", "unlock"], &who[..]].concat()).await;
    cms.post("/api/v1/mfa/send", &json!({"user_ref": "sam"})).await.expect(200);
    let ended = server.program().run(&["audit", "list", who[0], who[1]]).await;
    assert!(ended.stdout.contains("user.unlocked"), "{ended:?}");
}
