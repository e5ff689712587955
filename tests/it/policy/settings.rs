//! Settings by command, beside a running server.

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
async fn a_user_is_unlocked_by_command() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    cms.enroll("sam").await;
    let who = ["--tenant", cms.tenant.as_str(), "--user-ref", "sam"];
    let locks = run(&server, &[&["user", "locks"], &who[..]].concat()).await;
    assert_eq!(locks, json!({"user_ref": "sam", "counters": []}));
    let unlocked = run(&server, &[&["user", "unlock"], &who[..]].concat()).await;
    assert_eq!(unlocked["unlocked"], "sam");
}
