//! The token of a login that has begun: whose it is, how long, and how often.

use countersign_protocol::answer::Decision;
use countersign_tests::oauth::{OauthParty, text};
use futures_util::future::join_all;
use serde_json::json;

use super::{Stage, decide, refused};

#[tokio::test]
async fn s4_a_login_is_good_for_the_client_that_began_it() {
    let (stage, seed) = Stage::with_totp().await;
    let other = stage.bank.beside(&stage.server, "auth0", false).await;
    let app = stage.bank.beside(&stage.server, "auth0", true).await;
    let login = stage.bank.mfa_token("sam").await;
    let otp = stage.code(&seed, 1);
    for thief in [&other, &app] {
        let reply = thief.mfa_grant("mfa-otp", &[("mfa_token", &login), ("otp", &otp)]).await;
        refused(&reply, 400, "invalid_request", "mfa_token not issued to this client");
        let asked = thief.challenge(&login, json!({"challenge_type": "otp"})).await;
        refused(&asked, 400, "invalid_request", "mfa_token not issued to this client");
    }
    assert_eq!(stage.otp(&login, &otp).await.status, 200, "the code was not used up by the thieves");
}

#[tokio::test]
async fn s40_a_login_of_another_tenant_is_nothing() {
    let (stage, seed) = Stage::with_totp().await;
    let foreign = OauthParty::of_new_tenant(&stage.server, "auth0", "elsewhere.example").await;
    let login = stage.bank.mfa_token("sam").await;
    let otp = stage.code(&seed, 1);
    let reply = foreign.mfa_grant("mfa-otp", &[("mfa_token", &login), ("otp", &otp)]).await;
    let unknown = login.replace(&login[30..40], "AAAAAAAAAA");
    let nothing = foreign.mfa_grant("mfa-otp", &[("mfa_token", &unknown), ("otp", &otp)]).await;
    assert!(matches!(reply.status, 400 | 403), "{}", reply.text());
    assert!(matches!(nothing.status, 400 | 403), "{}", nothing.text());
    assert_eq!(stage.otp(&login, &otp).await.status, 200);
}

#[tokio::test]
async fn s3_a_login_turns_into_tokens_once() {
    let (stage, seed) = Stage::with_totp().await;
    let login = stage.bank.mfa_token("sam").await;
    stage.otp(&login, &stage.code(&seed, 1)).await.expect(200);
    stage.server.clock.advance(60_000);
    for _ in 0..2 {
        let again = stage.otp(&login, &stage.code(&seed, 1)).await;
        refused(&again, 401, "expired_token", "mfa_token is expired");
    }
    // For the rest it is as dead as for this.
    let list = stage.bank.call("GET", "/mfa/authenticators", &login).await;
    assert!(matches!(list.status, 401 | 403), "{}", list.text());
    let asked = stage.bank.challenge(&login, json!({"challenge_type": "otp"})).await;
    refused(&asked, 401, "expired_token", "mfa_token is expired");
    let fresh = stage.bank.mfa_token("sam").await;
    assert_eq!(
        stage.otp(&fresh, &stage.code(&seed, 1)).await.status,
        200,
        "the code was not burnt by the replays"
    );
}

#[tokio::test]
async fn s3_of_many_polls_at_once_after_the_approval_one_gets_tokens() {
    let (stage, phone) = Stage::with_phone().await;
    for _ in 0..3 {
        let login = stage.bank.mfa_token("sam").await;
        let oob = stage.asked(&login).await;
        decide(&phone, Decision::Approve).await;
        let polls = join_all((0..8).map(|_| stage.redeem(&login, &oob))).await;
        let got = polls.iter().filter(|reply| reply.status == 200).count();
        assert_eq!(got, 1, "{:?}", polls.iter().map(|reply| reply.text()).collect::<Vec<_>>());
        stage.server.clock.advance(60_000);
    }
}

#[tokio::test]
async fn s2_a_login_ends_after_ten_minutes() {
    let (stage, seed) = Stage::with_totp().await;
    let (one, other) = (stage.bank.mfa_token("sam").await, stage.bank.mfa_token("sam").await);
    stage.server.clock.advance(599_000);
    assert_eq!(stage.otp(&one, &stage.code(&seed, 0)).await.status, 200);
    stage.server.clock.advance(1_001);
    let late = stage.otp(&other, &stage.code(&seed, 1)).await;
    refused(&late, 401, "expired_token", "mfa_token is expired");
    let listed = stage.bank.call("GET", "/mfa/authenticators", &other).await;
    refused(&listed, 401, "expired_token", "mfa_token is expired");
}

#[tokio::test]
async fn no_other_token_is_a_login() {
    let (stage, seed) = Stage::with_totp().await;
    let extras = [("scope", "openid offline_access")];
    let login = stage.bank.mfa_token_for("sam", &extras).await;
    let tokens = stage.otp(&login, &stage.code(&seed, 1)).await.expect(200);
    stage.server.clock.advance(60_000);
    let factors = stage.bank.factors_token(&stage.server, "sam", &seed, 1).await;
    stage.server.clock.advance(60_000);
    let otp = stage.code(&seed, 1);
    let begun = stage.bank.mfa_token("sam").await;
    let cut = &begun[..begun.len() - 1];
    let others = [
        text(&tokens["access_token"]),
        text(&tokens["id_token"]),
        text(&tokens["refresh_token"]),
        factors,
        stage.bank.party.client_secret.clone(),
        "mfa_".to_owned(),
        "Fe26.2**05...".to_owned(),
        cut.to_owned(),
        format!("{begun}A"),
        begun.to_uppercase(),
        format!("mfa_{}", "\u{661}".repeat(69)),
    ];
    for other in others {
        let reply = stage.otp(&other, &otp).await;
        assert!(matches!(reply.status, 400 | 401 | 403), "{other}: {}", reply.text());
        assert!(!reply.text().contains("access_token\""), "{other}");
    }
    assert_eq!(stage.otp(&begun, &otp).await.status, 200, "nothing was burnt");
}
