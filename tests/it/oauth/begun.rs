//! Logins that have begun: what their tokens are good for, how long, and for whom.

use countersign_server::engine::oauth::OauthChanges;
use countersign_server::engine::policy::Scope;
use countersign_tests::http::{Reply, Request};
use countersign_tests::oauth::{AUTH0_GRANTS, OauthParty, code};
use serde_json::json;

use super::{USER, refused, stage};

const MALFORMED: &str = "Malformed mfa_token";
const EXPIRED: &str = "mfa_token is expired";

async fn by_otp(bank: &OauthParty, token: &str, otp: &str) -> Reply {
    bank.mfa_grant("mfa-otp", &[("mfa_token", token), ("otp", otp)]).await
}

#[tokio::test]
async fn s3_a_login_is_used_up_by_its_tokens() {
    let (server, bank) = stage().await;
    let seed = bank.give_totp(&server, USER).await;
    let login = bank.mfa_token(USER).await;
    server.clock.advance(60_000);
    by_otp(&bank, &login, &code(&server, &seed, 0)).await.expect(200);
    server.clock.advance(60_000);
    refused(&by_otp(&bank, &login, &code(&server, &seed, 0)).await, 401, "expired_token", EXPIRED);
}

#[tokio::test]
async fn s2_a_login_is_over_after_ten_minutes_and_unknown_after_a_day() {
    let (server, bank) = stage().await;
    let seed = bank.give_totp(&server, USER).await;
    let login = bank.mfa_token(USER).await;
    server.clock.advance(599_999);
    refused(&by_otp(&bank, &login, "000000").await, 403, "invalid_grant", "Invalid otp_code.");
    server.clock.advance(1);
    refused(&by_otp(&bank, &login, &code(&server, &seed, 0)).await, 401, "expired_token", EXPIRED);
    assert!(!server.engine.forget_sign_ins().await.unwrap());
    server.clock.advance(24 * 60 * 60 * 1000);
    assert!(!server.engine.forget_sign_ins().await.unwrap());
    refused(&by_otp(&bank, &login, "000000").await, 401, "expired_token", EXPIRED);
    server.clock.advance(1);
    assert!(!server.engine.forget_sign_ins().await.unwrap());
    refused(&by_otp(&bank, &login, "000000").await, 403, "invalid_grant", MALFORMED);
}

#[tokio::test]
async fn s4_s40_anothers_login_is_told_before_anything_else_and_another_tenants_is_nothing() {
    let (server, bank) = stage().await;
    let seed = bank.give_totp(&server, USER).await;
    let login = bank.mfa_token(USER).await;
    let other = bank.beside(&server, "auth0", false).await;
    let told = "mfa_token not issued to this client";
    refused(&by_otp(&other, &login, &code(&server, &seed, 0)).await, 400, "invalid_request", told);
    let stranger = OauthParty::of_new_tenant(&server, "auth0", "other.example.org").await;
    refused(&by_otp(&stranger, &login, "000000").await, 403, "invalid_grant", MALFORMED);
    server.clock.advance(600_000);
    refused(&by_otp(&other, &login, "000000").await, 400, "invalid_request", told);
}

#[tokio::test]
async fn garbage_is_told_as_such_in_whichever_letters() {
    let (_server, bank) = stage().await;
    let real = bank.mfa_token(USER).await;
    let (head, _) = real.split_at(30);
    for token in ["x", "mfa_", "Fe26.2**a|b*c", "mfa_%2A", head, &format!("{real}x"), &real.to_uppercase()] {
        refused(&by_otp(&bank, token, "000000").await, 403, "invalid_grant", MALFORMED);
    }
    // As JavaScript sends it, and as Python does: `*` and `|` are what they are either way.
    let grant = "http%3A%2F%2Fauth0.com%2Foauth%2Fgrant-type%2Fmfa-otp";
    let (id, secret) = (&bank.party.client_id, &bank.party.client_secret);
    for token in ["Fe26.2**a|b", "Fe26.2%2A%2Aa%7Cb"] {
        let form =
            format!("mfa_token={token}&otp=000000&grant_type={grant}&client_id={id}&client_secret={secret}");
        let reply = bank.send(&Request::new("POST", "/oauth/token").body(form)).await;
        refused(&reply, 403, "invalid_grant", MALFORMED);
    }
}

#[tokio::test]
async fn s26_thirty_logins_in_a_minute_and_the_next_waits() {
    let (server, bank) = stage().await;
    bank.person(&server, "alex@example.org").await;
    for _ in 0..30 {
        bank.mfa_token(USER).await;
        server.clock.advance(100);
    }
    let reply = bank.login(USER, &[]).await;
    assert_eq!(reply.refusal(), (429, "too_many_attempts".to_owned()));
    assert_eq!(reply.header("retry-after"), Some("57"));
    bank.mfa_token("alex@example.org").await;
    server.clock.advance(57_000);
    bank.mfa_token(USER).await;
}

#[tokio::test]
async fn whoever_has_a_factor_is_asked_for_one_even_where_all_they_have_is_forbidden() {
    let (server, bank) = stage().await;
    bank.set(&server, "demand", "enrolled").await;
    assert_eq!(bank.login(USER, &[]).await.status, 200);
    bank.give_totp(&server, USER).await;
    assert_eq!(bank.login(USER, &[]).await.refusal(), (403, "mfa_required".to_owned()));
    let scope = Scope { tenant: bank.tenant(), application: None };
    let push = [("factors".to_owned(), "push".to_owned())];
    server.engine.set_policy(scope, &push, &"operator").await.unwrap();
    server.clock.advance(countersign_tests::oauth::NOTICED);
    assert_eq!(bank.login(USER, &[]).await.refusal(), (403, "mfa_required".to_owned()));
}

#[tokio::test]
async fn s13_where_policy_assumes_high_risk_a_password_alone_is_not_enough() {
    let (server, bank) = stage().await;
    bank.set(&server, "demand", "enrolled").await;
    let scope = Scope { tenant: bank.tenant(), application: None };
    server.engine.set_policy(scope, &[("risk".to_owned(), "3".to_owned())], &"operator").await.unwrap();
    server.clock.advance(countersign_tests::oauth::NOTICED);
    assert_eq!(bank.login(USER, &[]).await.refusal(), (403, "access_denied".to_owned()));
}

#[tokio::test]
async fn what_can_come_next_is_told_where_the_application_wants_it() {
    let (server, bank) = stage().await;
    assert_eq!(bank.login(USER, &[]).await.json().get("mfa_requirements"), None);
    bank.set(&server, "requirements", "emit").await;
    let next = || async { bank.login(USER, &[]).await.expect(403)["mfa_requirements"].clone() };
    let enroll = next().await;
    let words: Vec<_> = enroll["enroll"].as_array().unwrap().iter().map(|kind| &kind["type"]).collect();
    assert_eq!(words, ["push-notification", "otp", "phone", "email"]);
    assert_eq!(enroll.as_object().unwrap().len(), 1);
    bank.give_totp(&server, USER).await;
    assert_eq!(next().await, json!({"challenge": [{"type": "otp"}]}));
}

#[tokio::test]
async fn a_grant_is_allowed_by_its_own_name() {
    let (server, bank) = stage().await;
    let realm = OauthChanges {
        grants: Some(vec![format!("{AUTH0_GRANTS}password-realm")]),
        ..OauthChanges::default()
    };
    bank.change(&server, realm).await;
    assert_eq!(bank.login(USER, &[]).await.refusal(), (403, "unauthorized_client".to_owned()));
}
