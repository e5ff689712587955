//! A state token proves the password and nothing else; an administrator is one only where and while they are.

use countersign_core::otp::OtpEntry;
use countersign_tests::http::{Reply, Request, segment};
use countersign_tests::oauth::{OauthParty, code, seed, text, wrong};
use serde_json::{Value, json};

use super::{Stage, said};

const SAM: &str = "sam@example.org";
const ROLE: &str = "ROLE_ADMIN_CUSTOMER";

fn basic(party: &OauthParty) -> String {
    use base64::Engine as _;
    let pair = format!("{}:{}", party.party.client_id, party.party.client_secret);
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

async fn reset(party: &OauthParty, body: Value) -> Reply {
    let request = Request::new("POST", "/oauth/users/mfa/resetMyQRCodeEnroll");
    party.send(&request.header("Authorization", &basic(party)).json(&body)).await
}

async fn state_token(stage: &Stage) -> String {
    text(&stage.bank.login(SAM, &[]).await.expect(200)["state_token"]["token"])
}

async fn second(party: &OauthParty, state: &str, totp: &str) -> Reply {
    party.token(&[("grant_type", "state_token"), ("state_token", state), ("totp", totp)]).await
}

async fn enrolled() -> (Stage, OtpEntry) {
    let stage = Stage::reltio().await;
    let seed = stage.bank.give_totp(&stage.server, SAM).await;
    (stage, seed)
}

#[tokio::test]
async fn s49_a_state_token_alone_resets_nothing() {
    let (stage, seed) = enrolled().await;
    let state = state_token(&stage).await;
    for body in [
        json!({"stateToken": state}),
        json!({"state_token": state}),
        json!({"stateToken": state, "totp": ""}),
        json!({"stateToken": state, "totp": null}),
        json!({"stateToken": state, "totp": wrong(&stage.code(&seed, 1))}),
        json!({"stateToken": state, "mfatype": "AUTHENTICATOR", "totp": "abcdef"}),
        json!({"username": SAM}),
        json!({"username": SAM, "stateToken": state}),
        json!({"username": "nobody@example.org", "stateToken": state}),
        json!({}),
    ] {
        let reply = reset(&stage.bank, body.clone()).await;
        assert!(matches!(reply.status, 400 | 401 | 403 | 404), "{body}: {}", reply.text());
        assert_eq!(stage.active(SAM).await, ["totp"], "{body}");
    }
    // Nor do the calls that are for people without a factor.
    for path in ["associateQRCodeStateToken", "enrollEmailWithStateToken", "verifyEnrollWithStateToken"] {
        let body = json!({"stateToken": state, "mfatype": "AUTHENTICATOR", "totp": "123456"});
        let reply = stage.bank.send(&Request::new("PUT", &format!("/users/mfa/{path}")).json(&body)).await;
        assert!((400..500).contains(&reply.status), "{path}: {}", reply.text());
    }
    assert_eq!(stage.active(SAM).await, ["totp"]);
    assert_eq!(second(&stage.bank, &state, &stage.code(&seed, 1)).await.status, 200);
}

#[tokio::test]
async fn s4_a_state_token_is_good_for_the_client_that_got_it_and_once() {
    let (stage, seed) = enrolled().await;
    let state = state_token(&stage).await;
    let other = stage.bank.beside(&stage.server, "reltio", false).await;
    let foreign = OauthParty::of_new_tenant(&stage.server, "reltio", "elsewhere.example").await;
    let totp = stage.code(&seed, 1);
    for thief in [&other, &foreign] {
        let reply = second(thief, &state, &totp).await;
        assert!(matches!(reply.status, 400 | 401 | 403), "{}", reply.text());
        let body = json!({"stateToken": state, "totp": totp});
        let reply = reset(thief, body).await;
        assert!(matches!(reply.status, 400 | 401 | 403 | 404), "{}", reply.text());
    }
    assert_eq!(second(&stage.bank, &state, &totp).await.status, 200, "nothing was used up");
    stage.server.clock.advance(60_000);
    let again = second(&stage.bank, &state, &stage.code(&seed, 1)).await;
    assert!(matches!(again.status, 400 | 401), "{}", again.text());
    let late = state_token(&stage).await;
    stage.server.clock.advance(600_001);
    let late = second(&stage.bank, &late, &stage.code(&seed, 1)).await;
    assert!(matches!(late.status, 400 | 401), "{}", late.text());
}

#[tokio::test]
async fn s17_a_code_that_reset_or_signed_in_does_nothing_more() {
    let (stage, seed) = enrolled().await;
    let totp = stage.code(&seed, 1);
    second(&stage.bank, &state_token(&stage).await, &totp).await.expect(200);
    let state = state_token(&stage).await;
    let reply = reset(&stage.bank, json!({"stateToken": state, "totp": totp})).await;
    assert!(matches!(reply.status, 400 | 403), "{}", reply.text());
    assert_eq!(stage.active(SAM).await, ["totp"]);
    stage.server.clock.advance(60_000);
    reset(&stage.bank, json!({"stateToken": state, "totp": stage.code(&seed, 1)})).await.expect(200);
    assert!(stage.active(SAM).await.is_empty());
}

#[tokio::test]
async fn s26_a_reset_is_no_place_to_guess_codes_at() {
    let (stage, seed) = enrolled().await;
    for _ in 0..10 {
        let state = state_token(&stage).await;
        reset(&stage.bank, json!({"stateToken": state, "totp": wrong(&stage.code(&seed, 1))})).await;
        stage.server.clock.advance(60_000);
    }
    let state = text(&stage.bank.login(SAM, &[]).await.json()["state_token"]["token"]);
    let totp = stage.code(&seed, 1);
    assert_ne!(reset(&stage.bank, json!({"stateToken": state, "totp": totp})).await.status, 200);
    assert_ne!(second(&stage.bank, &state, &totp).await.status, 200, "it is the same count");
    assert_eq!(stage.active(SAM).await, ["totp"]);
}

/// A token of somebody's, with the second factor if they have one.
async fn bearer(stage: &Stage, party: &OauthParty, user: &str, seed: Option<&OtpEntry>) -> String {
    let reply = party.login(user, &[]).await.expect(200);
    let Some(seed) = seed else { return text(&reply["access_token"]) };
    let state = text(&reply["state_token"]["token"]);
    text(&second(party, &state, &code(&stage.server, seed, 1)).await.expect(200)["access_token"])
}

#[tokio::test]
async fn s49_a_password_alone_changes_no_factor_of_whoever_has_one() {
    let stage = Stage::reltio().await;
    let early = bearer(&stage, &stage.bank, SAM, None).await;
    stage.bank.give_totp(&stage.server, SAM).await;
    for (method, path) in [
        ("PUT", "/users/mfa/enrollEmail?mfatype=EMAIL"),
        ("PUT", "/users/mfa/associateQRCode?mfatype=AUTHENTICATOR"),
        ("POST", "/users/mfa/resetMyQRCodeEnroll"),
        ("PUT", "/users/mfa/resetMyQRCodeEnroll"),
    ] {
        let body = json!({"mfatype": "AUTHENTICATOR"});
        let reply = stage.bank.call_with(method, path, &early, &body).await;
        assert!(matches!(reply.status, 400 | 401 | 403 | 409), "{path}: {}", reply.text());
    }
    assert_eq!(stage.active(SAM).await, ["totp"]);
    assert_eq!(stage.factors(SAM).await.len(), 1);
}

#[tokio::test]
async fn s40_an_administrator_resets_people_of_the_same_customer_only_and_only_while_they_are_one() {
    let (stage, _seed) = enrolled().await;
    let tenant = stage.bank.tenant();
    stage.bank.person(&stage.server, "admin@example.org").await;
    stage.server.engine.add_role(tenant, "admin@example.org", ROLE, &"operator").await.unwrap();
    let foreign = OauthParty::of_new_tenant(&stage.server, "reltio", "elsewhere.example").await;
    foreign.person(&stage.server, "boss@example.com").await;
    stage.server.engine.add_role(foreign.tenant(), "boss@example.com", ROLE, &"operator").await.unwrap();
    let target = format!("/users/{}/mfa/resetQRCodeEnroll", segment(SAM));
    // Another customer's administrator sees nobody.
    let boss = bearer(&stage, &foreign, "boss@example.com", None).await;
    let theirs = foreign.call("PUT", &target, &boss).await;
    let nobodys = foreign.call("PUT", "/users/nobody%40example.org/mfa/resetQRCodeEnroll", &boss).await;
    assert_eq!(said(&theirs), said(&nobodys));
    assert_eq!(theirs.status, 404, "{}", theirs.text());
    // Nor does whoever has no role, whatever they ask for.
    stage.bank.person(&stage.server, "alex@example.org").await;
    let alex = bearer(&stage, &stage.bank, "alex@example.org", None).await;
    for path in [target.clone(), "/users/nobody%40example.org/mfa/resetQRCodeEnroll".to_owned()] {
        assert_eq!(stage.bank.call("PUT", &path, &alex).await.status, 403, "{path}");
    }
    assert_eq!(stage.active(SAM).await, ["totp"]);
    // A role that was taken away is gone, although the token is not.
    let admin = bearer(&stage, &stage.bank, "admin@example.org", None).await;
    stage.server.engine.remove_role(tenant, "admin@example.org", ROLE, &"operator").await.unwrap();
    assert_eq!(stage.bank.call("PUT", &target, &admin).await.status, 403);
    assert_eq!(stage.active(SAM).await, ["totp"]);
    stage.server.engine.add_role(tenant, "admin@example.org", ROLE, &"operator").await.unwrap();
    stage.bank.call("PUT", &target, &admin).await.expect(200);
    assert!(stage.active(SAM).await.is_empty());
}

#[tokio::test]
async fn s49_an_administrator_who_has_a_second_factor_shows_it() {
    let (stage, _seed) = enrolled().await;
    let tenant = stage.bank.tenant();
    stage.bank.person(&stage.server, "admin@example.org").await;
    stage.server.engine.add_role(tenant, "admin@example.org", ROLE, &"operator").await.unwrap();
    let early = bearer(&stage, &stage.bank, "admin@example.org", None).await;
    let own = stage.bank.give_totp(&stage.server, "admin@example.org").await;
    let target = format!("/users/{}/mfa/resetQRCodeEnroll", segment(SAM));
    let reply = stage.bank.call("PUT", &target, &early).await;
    assert!(matches!(reply.status, 401 | 403), "{}", reply.text());
    assert_eq!(stage.active(SAM).await, ["totp"]);
    let strong = bearer(&stage, &stage.bank, "admin@example.org", Some(&own)).await;
    stage.bank.call("PUT", &target, &strong).await.expect(200);
    assert!(stage.active(SAM).await.is_empty());
}

#[tokio::test]
async fn s49_what_waits_with_a_state_token_does_not_count_once_something_does() {
    let stage = Stage::reltio().await;
    stage.bank.set(&stage.server, "demand", "always").await;
    let state = state_token(&stage).await;
    let call = async |path: &str, body: Value| {
        let request =
            Request::new("PUT", &format!("/oauth/users/mfa/{path}")).header("Accept", "application/json");
        stage.bank.send(&request.json(&body)).await
    };
    let given =
        call("associateQRCodeStateToken", json!({"stateToken": state, "mfatype": "AUTHENTICATOR"})).await;
    let thiefs = seed(&given.expect(200)["otpauth_uri"]);
    stage.bank.give_contact(&stage.server, SAM, "email", SAM).await;
    let totp = stage.code(&thiefs, 0);
    let body = json!({"stateToken": state, "mfatype": "AUTHENTICATOR", "totp": totp});
    let verified = call("verifyEnrollWithStateToken", body).await;
    assert!(matches!(verified.status, 400 | 401 | 403), "{}", verified.text());
    assert_ne!(second(&stage.bank, &state, &totp).await.status, 200);
    let again =
        call("associateQRCodeStateToken", json!({"stateToken": state, "mfatype": "AUTHENTICATOR"})).await;
    assert!(matches!(again.status, 401 | 403), "{}", again.text());
    assert_eq!(stage.active(SAM).await, ["email"]);
}
