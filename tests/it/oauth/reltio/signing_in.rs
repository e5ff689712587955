//! The two steps of a sign-in: what each is answered, and what stands for what.

use countersign_tests::http::{Reply, Request};
use countersign_tests::oauth::{PASSWORD, text, wrong};
use serde_json::{Value, json};

use super::{Ready, SAM, basic, scanned};

fn sorted(tokens: &Value) -> Vec<&str> {
    let mut all: Vec<_> = tokens.as_object().unwrap().keys().map(String::as_str).collect();
    all.sort_unstable();
    all
}

#[tokio::test]
async fn the_documentations_login_by_post_and_put() {
    let ready = Ready::new().await;
    let form =
        format!("grant_type=password&username=sam%40example.org&password={}", PASSWORD.replace(' ', "+"));
    let tokens = ready.token(&form).await;
    assert_eq!(tokens.header("cache-control"), Some("no-store"));
    let tokens = tokens.expect(200);
    assert_eq!(sorted(&tokens), ["access_token", "expires_in", "refresh_token", "scope", "token_type"]);
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("bearer"), &json!(3598)));
    let seed = ready.enrolled().await;
    ready.server.clock.advance(30_000);
    let put = Request::new("PUT", "/oauth/token").header("Authorization", &basic(&ready.party));
    let waits = ready.party.send(&put.body(form)).await.expect(200);
    let token = text(&waits["state_token"]["token"]);
    assert_eq!(
        waits,
        json!({"expires_in": 599, "state_token":
            {"mfaType": "AUTHENTICATOR", "expires_in": "600", "status": "VERIFY", "token": token}})
    );
    assert_eq!(uuid::Uuid::parse_str(&token).unwrap().get_version_num(), 4);
    let form = format!("grant_type=state_token&state_token={token}&totp={}", ready.code(&seed, 0));
    let tokens = ready.token(&form).await.expect(200);
    assert_eq!(sorted(&tokens), ["access_token", "expires_in", "refresh_token", "scope", "token_type"]);
    let refresh = format!("grant_type=refresh_token&refresh_token={}", text(&tokens["refresh_token"]));
    assert_eq!(ready.token(&refresh).await.expect(200)["token_type"], "bearer");
    assert_eq!(ready.token(&refresh).await.refusal(), (400, "invalid_grant".to_owned()), "used before");
}

#[tokio::test]
async fn s27_nobody_and_a_wrong_password_are_answered_alike() {
    let ready = Ready::new().await;
    ready.enrolled().await;
    let form = |who: &str| format!("grant_type=password&username={who}&password=not+the+right+one");
    let known = ready.token(&form("sam%40example.org")).await;
    let unknown = ready.token(&form("nobody%40example.org")).await;
    assert_eq!(known.refusal(), (400, "invalid_grant".to_owned()));
    assert_eq!((known.status, known.text()), (unknown.status, unknown.text()));
}

#[tokio::test]
async fn a_wrong_code_leaves_the_login_and_a_right_one_ends_it() {
    let ready = Ready::new().await;
    let seed = ready.enrolled().await;
    ready.server.clock.advance(30_000);
    let login = ready.waits().await;
    let right = ready.code(&seed, 0);
    for code in [wrong(&right), "12".to_owned()] {
        assert_eq!(ready.goes_on(&login, &code).await.refusal(), (400, "invalid_totp".to_owned()));
    }
    ready.goes_on(&login, &right).await.expect(200);
    let again = ready.goes_on(&login, &ready.code(&seed, 1)).await;
    assert_eq!(again.refusal(), (400, "invalid_grant".to_owned()));
    let late = ready.waits().await;
    ready.server.clock.advance(600_001);
    assert_eq!(
        ready.goes_on(&late, &ready.code(&seed, 0)).await.refusal(),
        (400, "invalid_grant".to_owned())
    );
    assert_eq!(ready.goes_on("x", "331425").await.refusal(), (400, "invalid_grant".to_owned()));
    let open = ready.waits().await;
    let codeless = [("grant_type", "state_token"), ("state_token", open.as_str())];
    assert_eq!(ready.party.token(&codeless).await.refusal(), (400, "invalid_request".to_owned()));
}

#[tokio::test]
async fn another_application_cannot_go_on_with_a_login() {
    let ready = Ready::new().await;
    let seed = ready.enrolled().await;
    let other = ready.party.beside(&ready.server, "reltio", false).await;
    ready.server.clock.advance(30_000);
    let (login, code) = (ready.waits().await, ready.code(&seed, 0));
    let grant = [("grant_type", "state_token"), ("state_token", login.as_str()), ("totp", code.as_str())];
    assert_eq!(other.token(&grant).await.refusal(), (400, "invalid_grant".to_owned()));
    ready.goes_on(&login, &code).await.expect(200);
}

#[tokio::test]
async fn a_recovery_code_goes_on_with_a_login_too_and_once() {
    let ready = Ready::new().await;
    ready.enrolled().await;
    let factors = "/api/v1/users/sam%40example%2Eorg/factors";
    let made = ready.party.party.post(factors, &json!({"type": "recovery"})).await.expect(201);
    let code = text(&made["recovery_codes"][0]);
    let go = async |login: String| {
        let grant = [("grant_type", "state_token"), ("state_token", &login), ("recovery_code", &code)];
        ready.party.token(&grant).await
    };
    go(ready.waits().await).await.expect(200);
    assert_eq!(go(ready.waits().await).await.refusal(), (400, "invalid_totp".to_owned()));
}

#[tokio::test]
async fn where_everybody_needs_one_a_first_factor_is_set_up_during_sign_in() {
    let ready = Ready::new().await;
    ready.party.set(&ready.server, "demand", "always").await;
    let state = ready.party.login(SAM, &[]).await.expect(200)["state_token"].clone();
    assert_eq!((&state["status"], &state["mfaType"]), (&json!("ENROLL"), &json!("AUTHENTICATOR")));
    let login = text(&state["token"]);
    assert_eq!(ready.goes_on(&login, "331425").await.refusal(), (404, "enrollment_not_found".to_owned()));
    let picture = put(&ready, "associateQRCodeStateToken", &json!({"stateToken": login})).await;
    assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/png")));
    let seed = scanned(&picture.body);
    let refused = ready.goes_on(&login, &wrong(&ready.code(&seed, 0))).await;
    assert_eq!(refused.refusal(), (400, "invalid_totp".to_owned()));
    // The first code does both: the app counts, and sam is in.
    ready.goes_on(&login, &ready.code(&seed, 0)).await.expect(200);
    let next = ready.party.login(SAM, &[]).await.expect(200);
    assert_eq!(next["state_token"]["status"], "VERIFY");
    let next = text(&next["state_token"]["token"]);
    let again = put(&ready, "associateQRCodeStateToken", &json!({"stateToken": next})).await;
    assert_eq!(again.refusal(), (409, "already_enrolled".to_owned()));
    for endpoint in ["associateQRCodeStateToken", "enrollEmailWithStateToken", "verifyEnrollWithStateToken"] {
        let used = put(&ready, endpoint, &json!({"stateToken": login, "totp": "331425"})).await;
        assert_eq!(used.refusal(), (401, "invalid_state_token".to_owned()), "{endpoint}");
        assert!(used.header("www-authenticate").is_some());
        assert_eq!(put(&ready, endpoint, &json!({})).await.refusal().0, 400, "{endpoint}");
    }
}

#[tokio::test]
async fn s49_a_login_that_waits_sets_up_nothing_for_somebody_who_has_a_factor() {
    let ready = Ready::new().await;
    ready.party.set(&ready.server, "demand", "always").await;
    let login = ready.waits().await;
    let picture = put(&ready, "associateQRCodeStateToken", &json!({"stateToken": login})).await;
    let seed = scanned(&picture.body);
    ready.party.give_contact(&ready.server, SAM, "email", SAM).await;
    let code = ready.code(&seed, 0);
    let body = json!({"stateToken": login, "totp": code});
    for reply in [
        put(&ready, "verifyEnrollWithStateToken", &body).await,
        put(&ready, "associateQRCodeStateToken", &body).await,
    ] {
        assert_eq!(reply.refusal(), (401, "insufficient_user_authentication".to_owned()));
    }
    // The login was begun before there was an address to mail to.
    assert_eq!(ready.goes_on(&login, &code).await.refusal(), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn the_words_of_a_state_token_are_the_operators() {
    let ready = Ready::new().await;
    for (name, value) in [("demand", "always"), ("enroll_word", "SETUP"), ("verify_word", "ENROLL")] {
        ready.party.set(&ready.server, name, value).await;
    }
    assert_eq!(ready.party.login(SAM, &[]).await.expect(200)["state_token"]["status"], "SETUP");
    ready.party.give_totp(&ready.server, SAM).await;
    assert_eq!(ready.party.login(SAM, &[]).await.expect(200)["state_token"]["status"], "ENROLL");
}

#[tokio::test]
async fn whoever_has_no_factor_that_this_way_knows_does_not_get_in() {
    let ready = Ready::new().await;
    ready.party.give_contact(&ready.server, SAM, "sms", "+966501234567").await;
    let refused = ready.party.login(SAM, &[]).await;
    assert_eq!(refused.refusal(), (403, "mfa_not_available".to_owned()));
    // Where only a device is enough, a password alone is not.
    ready.party.person(&ready.server, "pat@example.org").await;
    ready.policy("risk", "3").await;
    let refused = ready.party.login("pat@example.org", &[]).await;
    assert_eq!(refused.refusal(), (403, "mfa_not_available".to_owned()));
}

async fn put(ready: &Ready, endpoint: &str, body: &Value) -> Reply {
    ready.party.send(&Request::new("PUT", &format!("/users/mfa/{endpoint}")).json(body)).await
}
