//! Questions that are mixed up: another login's, another person's, one that was answered before.

use countersign_protocol::answer::Decision;
use countersign_tests::mailbox;
use countersign_tests::oauth::{text, wrong};
use serde_json::json;

use super::{NUMBER, Stage, decide, refused, said};

const ANOTHERS: &str = "The oob_code doesn't match the mfa_token";

#[tokio::test]
async fn s4_an_approval_is_good_for_its_own_login_only() {
    let (stage, phone) = Stage::with_phone().await;
    let login = stage.bank.mfa_token("sam").await;
    let oob = stage.asked(&login).await;
    let thiefs = stage.bank.mfa_token("sam").await;
    decide(&phone, Decision::Approve).await;
    refused(&stage.redeem(&thiefs, &oob).await, 400, "invalid_request", ANOTHERS);
    assert_eq!(stage.redeem(&login, &oob).await.status, 200);
}

#[tokio::test]
async fn s4_somebody_elses_approval_is_not_ones_own() {
    let (stage, phone) = Stage::with_phone().await;
    stage.bank.person(&stage.server, "eve").await;
    let _eves = stage.phone("eve").await;
    let sams = stage.bank.mfa_token("sam").await;
    let oob = stage.asked(&sams).await;
    decide(&phone, Decision::Approve).await;
    let eves = stage.bank.mfa_token("eve").await;
    refused(&stage.redeem(&eves, &oob).await, 400, "invalid_request", ANOTHERS);
    assert_eq!(stage.redeem(&sams, &oob).await.status, 200);
}

#[tokio::test]
async fn s3_an_approval_gives_tokens_once() {
    let (stage, phone) = Stage::with_phone().await;
    let login = stage.bank.mfa_token("sam").await;
    let oob = stage.asked(&login).await;
    decide(&phone, Decision::Approve).await;
    stage.redeem(&login, &oob).await.expect(200);
    stage.server.clock.advance(6_000);
    refused(&stage.redeem(&login, &oob).await, 401, "expired_token", "mfa_token is expired");
    let next = stage.bank.mfa_token("sam").await;
    refused(&stage.redeem(&next, &oob).await, 400, "invalid_request", ANOTHERS);
}

#[tokio::test]
async fn s4_what_is_no_question_of_ours_is_refused() {
    let (stage, _phone) = Stage::with_phone().await;
    let login = stage.bank.mfa_token("sam").await;
    let oob = stage.asked(&login).await;
    let middle = oob.len() / 2;
    let other = if oob.as_bytes()[middle] == b'A' { "B" } else { "A" };
    let changed = format!("{}{other}{}", &oob[..middle], &oob[middle + 1..]);
    for garbage in [changed, oob[1..].to_owned(), "Fe26.2**x".to_owned(), "a".to_owned(), login.clone()] {
        refused(&stage.redeem(&login, &garbage).await, 403, "invalid_grant", "Malformed oob_code");
    }
}

#[tokio::test]
async fn a_refusal_and_silence_give_nothing() {
    let (stage, phone) = Stage::with_phone().await;
    let login = stage.bank.mfa_token("sam").await;
    let oob = stage.asked(&login).await;
    assert_eq!(said(&stage.redeem(&login, &oob).await).1, "authorization_pending");
    assert_eq!(said(&stage.redeem(&login, &oob).await), {
        let sentence = "You are polling faster than the specified interval of 5 seconds.";
        (429, "slow_down".to_owned(), sentence.to_owned())
    });
    decide(&phone, Decision::Deny).await;
    for _ in 0..2 {
        stage.server.clock.advance(5_001);
        let refusal = stage.redeem(&login, &oob).await;
        refused(&refusal, 403, "invalid_grant", "MFA Authorization rejected.");
    }
    let fresh = stage.bank.mfa_token("sam").await;
    let unanswered = stage.asked(&fresh).await;
    stage.server.clock.advance(300_000);
    let late = stage.redeem(&fresh, &unanswered).await;
    refused(&late, 401, "expired_token", "oob_code is expired");
}

#[tokio::test]
async fn s4_a_sent_code_is_good_for_its_own_login_only() {
    let stage = Stage::auth0().await;
    stage.bank.give_contact(&stage.server, "sam", "sms", NUMBER).await;
    let first = stage.bank.mfa_token("sam").await;
    let oob = stage.asked(&first).await;
    let sent = mailbox::code_by(&stage.server, "sms", NUMBER).await;
    stage.server.clock.advance(31_000);
    let second = stage.bank.mfa_token("sam").await;
    let other = stage.asked(&second).await;
    let grant = async |login: &str, oob: &str, code: &str| {
        let answer = [("mfa_token", login), ("oob_code", oob), ("binding_code", code)];
        stage.bank.mfa_grant("mfa-oob", &answer).await
    };
    refused(&grant(&second, &oob, &sent).await, 400, "invalid_request", ANOTHERS);
    refused(&grant(&second, &other, &sent).await, 403, "invalid_grant", "Invalid binding_code.");
    let missing = stage.redeem(&second, &other).await;
    refused(&missing, 400, "invalid_request", "Missing required parameter: binding_code");
    let fresh = mailbox::code_by(&stage.server, "sms", NUMBER).await;
    refused(&grant(&second, &other, &wrong(&fresh)).await, 403, "invalid_grant", "Invalid binding_code.");
    let tokens = grant(&second, &other, &fresh).await.expect(200);
    assert_eq!(tokens["token_type"], "Bearer");
    assert_ne!(grant(&second, &other, &fresh).await.status, 200);
    let third = stage.bank.mfa_token("sam").await;
    assert_eq!(grant(&third, &text(&json!(other)), &fresh).await.status, 400);
}
