//! Recovery codes are handed out before the first factor counts: whoever got one by a password alone must not keep it.

use countersign_tests::mailbox;
use countersign_tests::oauth::{seed, text};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{NUMBER, OTHER_NUMBER, Stage, refused};

const REJECTED: &str = "MFA Authorization rejected.";

fn code_of(associated: &Value) -> String {
    text(&associated["recovery_codes"][0])
}

async fn associate(stage: &Stage, login: &str, body: Value) -> Value {
    stage.bank.call_with("POST", "/mfa/associate", login, &body).await.expect(200)
}

async fn recover(stage: &Stage, code: &str) -> countersign_tests::http::Reply {
    let login = stage.bank.mfa_token("sam").await;
    stage.bank.mfa_grant("mfa-recovery-code", &[("mfa_token", &login), ("recovery_code", code)]).await
}

#[tokio::test]
async fn s49_a_recovery_code_counts_only_with_the_factor_it_came_with() {
    // A thief begins; then the bank gives sam a first factor by another way.
    let stage = Stage::auth0().await;
    let login = stage.bank.mfa_token("sam").await;
    let thiefs = code_of(&associate(&stage, &login, json!({"authenticator_types": ["otp"]})).await);
    refused(&recover(&stage, &thiefs).await, 403, "invalid_grant", REJECTED);
    stage.bank.give_contact(&stage.server, "sam", "sms", NUMBER).await;
    refused(&recover(&stage, &thiefs).await, 403, "invalid_grant", REJECTED);
    assert_eq!(stage.active("sam").await, ["sms"], "no recovery code counts that sam does not know");
}

#[tokio::test]
async fn s49_a_recovery_code_of_a_phone_that_enrols_counts_only_if_it_came_with_it() {
    let stage = Stage::auth0().await;
    let login = stage.bank.mfa_token("sam").await;
    let thiefs = code_of(&associate(&stage, &login, json!({"authenticator_types": ["otp"]})).await);
    let _phone = stage.phone("sam").await;
    refused(&recover(&stage, &thiefs).await, 403, "invalid_grant", REJECTED);
    assert_eq!(stage.active("sam").await, ["push"]);
}

#[tokio::test]
async fn s49_of_two_who_enrol_at_once_nobody_keeps_the_others_recovery_code() {
    let stage = Stage::auth0().await;
    let (sams, thiefs) = (stage.bank.mfa_token("sam").await, stage.bank.mfa_token("sam").await);
    let own = associate(&stage, &sams, json!({"authenticator_types": ["otp"]})).await;
    // While sam looks for the app, the thief adds a number.
    let sms = json!({"authenticator_types": ["oob"], "oob_channels": ["sms"], "phone_number": OTHER_NUMBER});
    let other = associate(&stage, &thiefs, sms).await;
    let reply = stage.otp(&sams, &stage.code(&seed(&own["barcode_uri"]), 0)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    refused(&recover(&stage, &code_of(&other)).await, 403, "invalid_grant", REJECTED);
    let sent = mailbox::code_by(&stage.server, "sms", OTHER_NUMBER).await;
    let oob = text(&other["oob_code"]);
    let answer = [("mfa_token", thiefs.as_str()), ("oob_code", &oob), ("binding_code", &sent)];
    assert_ne!(stage.bank.mfa_grant("mfa-oob", &answer).await.status, 200, "the number came too late");
}

#[tokio::test]
async fn s23_a_recovery_code_is_used_once_and_gives_way_to_the_next() {
    let stage = Stage::auth0().await;
    let login = stage.bank.mfa_token("sam").await;
    let associated = associate(&stage, &login, json!({"authenticator_types": ["otp"]})).await;
    let first = code_of(&associated);
    stage.otp(&login, &stage.code(&seed(&associated["barcode_uri"]), 0)).await.expect(200);
    let used = recover(&stage, &first).await.expect(200);
    let next = text(&used["recovery_code"]);
    refused(&recover(&stage, &first).await, 403, "invalid_grant", REJECTED);
    let at_once = join_all((0..6).map(|_| recover(&stage, &next))).await;
    let got: Vec<_> = at_once.iter().filter(|reply| reply.status == 200).collect();
    assert_eq!(got.len(), 1, "{:?}", at_once.iter().map(|reply| reply.text()).collect::<Vec<_>>());
    assert_eq!(recover(&stage, &text(&got[0].json()["recovery_code"])).await.status, 200);
}

#[tokio::test]
async fn s49_giving_up_half_way_locks_nobody_out_and_lets_nobody_in() {
    let stage = Stage::auth0().await;
    let login = stage.bank.mfa_token("sam").await;
    let given_up = associate(&stage, &login, json!({"authenticator_types": ["otp"]})).await;
    let again = stage.bank.mfa_token("sam").await;
    let fresh = associate(&stage, &again, json!({"authenticator_types": ["otp"]})).await;
    let old = stage.otp(&again, &stage.code(&seed(&given_up["barcode_uri"]), 0)).await;
    refused(&old, 403, "invalid_grant", "Invalid otp_code.");
    let reply = stage.otp(&again, &stage.code(&seed(&fresh["barcode_uri"]), 0)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    refused(&recover(&stage, &code_of(&given_up)).await, 403, "invalid_grant", REJECTED);
    assert_eq!(recover(&stage, &code_of(&fresh)).await.status, 200);
}
