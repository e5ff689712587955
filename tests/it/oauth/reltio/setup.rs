//! Setting up an authenticator app: the picture, its first code, and who may do so when.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_core::otp::OtpEntry;
use countersign_tests::oauth::{OauthParty, authorized, text, wrong};
use serde_json::json;

use super::{ROOTS, Ready, SAM, details, scanned};

const STEP_UP: &str = "Bearer error=\"insufficient_user_authentication\", max_age=600";

#[tokio::test]
async fn the_documentations_requests_work_under_both_roots() {
    for root in ROOTS {
        let ready = Ready::new().await;
        let token = ready.password_alone().await;
        let mine = format!("{root}/mfaDetails");
        assert_eq!(ready.get(&mine, &token).await.expect(200), details(false, false), "{root}");
        let seed = ready.associate(root, &token).await;
        assert_eq!(
            ready.get(&mine, &token).await.expect(200),
            details(false, false),
            "not before its first code"
        );
        let verify = format!("{root}/mfa/verifyQRCodeEnroll");
        let right = ready.code(&seed, 0);
        let refused = ready.put_code(&verify, &token, "AUTHENTICATOR", &wrong(&right)).await;
        assert_eq!(refused.refusal(), (400, "invalid_totp".to_owned()), "{root}");
        assert_eq!(ready.put_code(&verify, &token, "AUTHENTICATOR", &right).await.expect(200), json!({}));
        assert_eq!(ready.get(&mine, &token).await.expect(200), details(true, false));
        let again = ready.put_code(&verify, &token, "AUTHENTICATOR", &right).await;
        assert_eq!(again.refusal(), (404, "enrollment_not_found".to_owned()), "{root}");
    }
}

#[tokio::test]
async fn s17_the_code_that_verified_the_app_signs_nobody_in() {
    let ready = Ready::new().await;
    let seed = ready.enrolled().await;
    let (login, used) = (ready.waits().await, ready.code(&seed, 0));
    assert_eq!(ready.goes_on(&login, &used).await.refusal(), (400, "invalid_totp".to_owned()));
    assert!(ready.goes_on(&login, &ready.code(&seed, 1)).await.expect(200)["access_token"].is_string());
}

#[tokio::test]
async fn the_seed_comes_as_png_svg_or_json_and_the_newest_counts() {
    let ready = Ready::new().await;
    let token = ready.password_alone().await;
    let target = "/users/mfa/associateQRCode?mfatype=AUTHENTICATOR";
    let ask = async |accept: &str| {
        ready.party.send(&authorized("PUT", target, &token).header("Accept", accept)).await
    };
    let old = scanned(&ask("application/json, text/plain, */*").await.body);
    let svg = ask("image/svg+xml").await;
    assert_eq!(svg.header("content-type"), Some("image/svg+xml"));
    assert!(svg.text().starts_with("<svg") && svg.text().contains("xmlns="), "{}", svg.text());
    let json = ask("application/json;q=0.9, image/png;q=0.1").await;
    assert_eq!(json.header("vary"), Some("accept"));
    let seed = json.expect(200);
    let (uri, secret) = (text(&seed["otpauth_uri"]), text(&seed["secret"]));
    assert_eq!(seed["mfatype"], "AUTHENTICATOR");
    assert!(uri.starts_with("otpauth://totp/Online%20Banking:sam%40example%2Eorg?"), "{uri}");
    let rest = format!("secret={secret}&issuer=Online%20Banking&algorithm=SHA1&digits=6&period=30");
    assert_eq!(uri.split_once('?').unwrap().1, rest);
    let picture = STANDARD.decode(text(&seed["qr_png"])).unwrap();
    let newest = OtpEntry::parse(&uri).unwrap();
    assert_eq!(ready.code(&scanned(&picture), 0), ready.code(&newest, 0));
    let verify = async |code: String| {
        ready.put_code("/users/mfa/verifyQRCodeEnroll", &token, "AUTHENTICATOR", &code).await
    };
    assert_eq!(verify(ready.code(&old, 0)).await.refusal().0, 400, "another one took its place");
    verify(ready.code(&newest, 0)).await.expect(200);
    assert_eq!(ask("*/*").await.refusal(), (409, "already_enrolled".to_owned()));
}

#[tokio::test]
async fn every_mistake_has_its_own_word() {
    let ready = Ready::new().await;
    let token = ready.password_alone().await;
    for (target, error) in [
        ("/users/mfa/associateQRCode", "invalid_mfatype"),
        ("/users/mfa/associateQRCode?mfatype=EMAIL", "invalid_mfatype"),
        ("/users/mfa/associateQRCode?mfatype=SMS", "invalid_mfatype"),
        ("/users/mfa/enrollEmail?mfatype=AUTHENTICATOR", "invalid_mfatype"),
        ("/users/mfa/verifyQRCodeEnroll", "invalid_mfatype"),
    ] {
        assert_eq!(ready.put(target, &token).await.refusal(), (400, error.to_owned()), "{target}");
    }
    let none = ready.put_code("/users/mfa/verifyQRCodeEnroll", &token, "AUTHENTICATOR", "331425").await;
    assert_eq!(none.refusal(), (404, "enrollment_not_found".to_owned()));
    for token in ["", "x", "a.b.c"] {
        let reply = ready.get("/users/mfaDetails", token).await;
        assert_eq!(reply.refusal(), (401, "invalid_token".to_owned()));
        assert_eq!(reply.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
    }
    let body = ready.get("/users/mfaDetails", "x").await.json();
    assert!(body["error_description"].as_str().unwrap().contains("sign in again"), "{body}");
}

#[tokio::test]
async fn s6_wrong_first_codes_are_counted_and_the_last_one_locks() {
    let ready = Ready::new().await;
    let token = ready.password_alone().await;
    let seed = ready.associate("/users", &token).await;
    let verify = async |code: String| {
        ready.put_code("/users/mfa/verifyQRCodeEnroll", &token, "AUTHENTICATOR", &code).await
    };
    ready.policy("failure_limit", "3").await;
    for _ in 0..3 {
        assert_eq!(verify(wrong(&ready.code(&seed, 0))).await.refusal(), (400, "invalid_totp".to_owned()));
    }
    let locked = verify(ready.code(&seed, 0)).await;
    assert_eq!(locked.refusal(), (429, "too_many_attempts".to_owned()), "also for the right one");
    assert_eq!(locked.header("retry-after"), Some("600"));
}

#[tokio::test]
async fn what_the_policy_forbids_is_not_available() {
    let ready = Ready::new().await;
    let token = ready.password_alone().await;
    ready.policy("factors", "push,email").await;
    let shown = ready.details(&token).await;
    assert_eq!(shown, json!({"availables": ["EMAIL"], "details": {"EMAIL": {"verified": false}}}));
    let refused = ready.put("/users/mfa/associateQRCode?mfatype=AUTHENTICATOR", &token).await;
    assert_eq!(refused.refusal(), (403, "mfa_not_available".to_owned()));
}

#[tokio::test]
async fn s49_a_token_of_the_password_alone_changes_nothing_once_there_is_a_factor() {
    let ready = Ready::new().await;
    let stolen = ready.password_alone().await;
    // Whoever knows the password has scanned a picture, and waits.
    let pending = ready.associate("/users", &stolen).await;
    ready.party.give_contact(&ready.server, SAM, "email", SAM).await;
    let verify = "/users/mfa/verifyQRCodeEnroll";
    let refused = ready.put_code(verify, &stolen, "AUTHENTICATOR", &ready.code(&pending, 0)).await;
    assert_eq!(refused.refusal(), (401, "insufficient_user_authentication".to_owned()));
    assert_eq!(refused.header("www-authenticate"), Some(STEP_UP));
    let refused = ready.put("/users/mfa/associateQRCode?mfatype=AUTHENTICATOR", &stolen).await;
    assert_eq!(refused.refusal(), (401, "insufficient_user_authentication".to_owned()));
    assert_eq!(ready.details(&stolen).await, details(false, true));
}

#[tokio::test]
async fn s49_a_sign_in_of_more_than_ten_minutes_ago_changes_nothing() {
    let ready = Ready::new().await;
    let seed = ready.enrolled().await;
    let token = ready.both(&seed).await;
    let enroll = "/oauth/users/mfa/enrollEmail?mfatype=EMAIL";
    ready.server.clock.advance(601_000);
    assert_eq!(ready.put(enroll, &token).await.refusal().0, 401);
    assert_eq!(ready.put(enroll, &ready.both(&seed).await).await.expect(200), json!({}));
}

#[tokio::test]
async fn s40_tokens_for_other_words_or_of_other_tenants_are_none_here() {
    let ready = Ready::new().await;
    let auth0 = ready.party.beside(&ready.server, "auth0", false).await;
    auth0.set(&ready.server, "demand", "enrolled").await;
    let other = OauthParty::of_new_tenant(&ready.server, "reltio", "other.example.org").await;
    other.person(&ready.server, SAM).await;
    let (foreign, auth0) = (other.login(SAM, &[]).await, auth0.login(SAM, &[]).await);
    let refused = ready.get("/users/mfaDetails", &text(&auth0.expect(200)["access_token"])).await;
    assert_eq!(refused.refusal(), (401, "invalid_token".to_owned()));
    // Another tenant's is good for its own sam, and for no other.
    ready.enrolled().await;
    assert_eq!(ready.details(&text(&foreign.expect(200)["access_token"])).await, details(false, false));
}
