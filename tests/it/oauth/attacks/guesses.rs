//! Codes are guessed, over as many logins as there is time for (S26).

use countersign_tests::mailbox;
use countersign_tests::oauth::{text, wrong};
use futures_util::future::join_all;
use serde_json::json;

use super::{NUMBER, Stage, refused, said};

const LOCKED: &str = "Too many failed codes. Wait for some minutes before retrying.";

#[tokio::test]
async fn s6_s26_wrong_codes_are_counted_for_the_person_and_factor_whatever_logins_they_came_by() {
    let (stage, seed) = Stage::with_totp().await;
    for _ in 0..10 {
        let login = stage.bank.mfa_token("sam").await;
        let guess = wrong(&stage.code(&seed, 1));
        let reply = stage.otp(&login, &guess).await;
        assert_eq!(reply.status, 403, "{}", reply.text());
        stage.server.clock.advance(10_000);
    }
    let login = stage.bank.mfa_token("sam").await;
    refused(&stage.otp(&login, &stage.code(&seed, 1)).await, 403, "invalid_grant", LOCKED);
    // Others are not concerned, nor is the operator's way out.
    stage.bank.person(&stage.server, "alex").await;
    let alexs = stage.bank.give_totp(&stage.server, "alex").await;
    let login = stage.bank.mfa_token("alex").await;
    assert_eq!(stage.otp(&login, &stage.code(&alexs, 1)).await.status, 200);
    stage.server.engine.unlock_user(stage.bank.tenant(), "sam", &"operator").await.unwrap();
    let login = stage.bank.mfa_token("sam").await;
    assert_eq!(stage.otp(&login, &stage.code(&seed, 1)).await.status, 200);
}

#[tokio::test]
async fn s26_of_guesses_at_once_over_many_logins_no_more_than_the_limit_are_judged() {
    let (stage, seed) = Stage::with_totp().await;
    let mut logins = Vec::new();
    for _ in 0..20 {
        logins.push(stage.bank.mfa_token("sam").await);
        stage.server.clock.advance(10_000);
    }
    let guess = wrong(&stage.code(&seed, 1));
    let replies = join_all(logins.iter().map(|login| stage.otp(login, &guess))).await;
    let judged = replies.iter().filter(|reply| said(reply).2 == "Invalid otp_code.").count();
    assert!(judged <= 10, "{judged} were judged");
    assert!(replies.iter().all(|reply| reply.status == 403));
    let login = stage.bank.mfa_token("sam").await;
    refused(&stage.otp(&login, &stage.code(&seed, 1)).await, 403, "invalid_grant", LOCKED);
}

#[tokio::test]
async fn s17_a_code_that_signed_somebody_in_signs_nobody_else_in() {
    let (stage, seed) = Stage::with_totp().await;
    let logins = [stage.bank.mfa_token("sam").await, stage.bank.mfa_token("sam").await];
    let code = stage.code(&seed, 1);
    let replies = join_all(logins.iter().map(|login| stage.otp(login, &code))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    let login = stage.bank.mfa_token("sam").await;
    refused(&stage.otp(&login, &code).await, 403, "invalid_grant", "Invalid otp_code.");
}

#[tokio::test]
async fn s29_a_locked_number_is_sent_nothing() {
    let stage = Stage::auth0().await;
    stage.bank.give_contact(&stage.server, "sam", "sms", NUMBER).await;
    for _ in 0..2 {
        let login = stage.bank.mfa_token("sam").await;
        let oob = stage.asked(&login).await;
        let guess = wrong(&mailbox::code_by(&stage.server, "sms", NUMBER).await);
        for _ in 0..5 {
            let answer = [("mfa_token", login.as_str()), ("oob_code", &oob), ("binding_code", &guess)];
            assert_eq!(stage.bank.mfa_grant("mfa-oob", &answer).await.status, 403);
        }
        stage.server.clock.advance(60_000);
    }
    let sent = mailbox::all(&stage.server).await.len();
    let login = stage.bank.mfa_token("sam").await;
    let asked = stage.bank.challenge(&login, json!({"challenge_type": "oob"})).await;
    assert_ne!(asked.status, 200, "{}", asked.text());
    assert_eq!(mailbox::all(&stage.server).await.len(), sent);
}

#[tokio::test]
async fn s26_wrong_codes_leave_the_password_alone_and_wrong_passwords_the_codes() {
    let (stage, seed) = Stage::with_totp().await;
    let guess = [("grant_type", "password"), ("username", "sam"), ("password", "not this one")];
    for _ in 0..9 {
        assert_eq!(stage.bank.token(&guess).await.status, 403);
    }
    let login = stage.bank.mfa_token("sam").await;
    for _ in 0..9 {
        let reply = stage.otp(&login, &wrong(&stage.code(&seed, 1))).await;
        refused(&reply, 403, "invalid_grant", "Invalid otp_code.");
    }
    let again = stage.bank.mfa_token("sam").await;
    assert_eq!(stage.otp(&again, &stage.code(&seed, 1)).await.status, 200);
    assert_eq!(text(&stage.factors("sam").await[0]["type"]), "totp");
}
