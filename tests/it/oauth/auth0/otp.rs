//! An app that shows codes: given, confirmed, and used to sign in.

use countersign_tests::http::Request;
use countersign_tests::oauth::{code, seed, text, wrong};
use serde_json::json;

use super::{Bank, ENROLLED, LOGIN_OVER, NO_LOGIN, OF_ANOTHER, SAM, WRONG_OTP, members};

#[tokio::test]
async fn a_seed_counts_once_a_code_of_it_got_tokens() {
    let bank = Bank::new().await;
    let login = bank.login().await;
    let given = bank.associate(&login, json!({"authenticator_types": ["otp"]})).await.expect(200);
    assert_eq!(members(&given), ["authenticator_type", "barcode_uri", "recovery_codes", "secret"]);
    assert_eq!(given["authenticator_type"], "otp");
    let uri = text(&given["barcode_uri"]);
    assert!(uri.starts_with("otpauth://totp/") && uri.contains("algorithm=SHA1&digits=6&period=30"), "{uri}");
    assert!(uri.contains(&text(&given["secret"])), "{uri}");
    let recovery = given["recovery_codes"].as_array().unwrap();
    assert!(matches!(recovery.as_slice(), [one] if text(one).len() == 24), "{recovery:?}");
    let active: Vec<_> = bank.list().await.iter().map(|one| one["active"].clone()).collect();
    assert_eq!(active, [json!(false), json!(false)], "neither the seed nor the recovery code counts yet");

    let seed = seed(&given["barcode_uri"]);
    let otp = code(&bank.server, &seed, 0);
    bank.refuses("mfa-otp", &login, &[("otp", &wrong(&otp))], WRONG_OTP).await;
    bank.refuses("mfa-otp", &login, &[("otp", "x")], WRONG_OTP).await;
    let tokens = bank.grant("mfa-otp", &login, &[("otp", &otp)]).await.expect(200);
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(86_400)));
    let active: Vec<_> = bank.list().await.iter().map(|one| one["active"].clone()).collect();
    assert_eq!(active, [json!(true), json!(true)]);

    bank.refuses("mfa-otp", &login, &[("otp", &otp)], LOGIN_OVER).await;
    let next = bank.login().await;
    bank.refuses("mfa-otp", &next, &[("otp", &otp)], WRONG_OTP).await;
    bank.grant_json("mfa-otp", &next, &[("otp", &code(&bank.server, &seed, 1))]).await.expect(200);
}

#[tokio::test]
async fn a_challenge_for_a_code_needs_nothing_before_and_is_answered_as_the_documentation_prints_it() {
    let bank = Bank::new().await;
    let seed = bank.client.give_totp(&bank.server, SAM).await;
    let (login, client_id) = (bank.login().await, &bank.client.party.client_id);
    let body =
        format!(r#"{{ "client_id": "{client_id}", "challenge_type": "otp", "mfa_token": "{login}" }}"#);
    let post = || Request::new("POST", "/mfa/challenge").body(body.clone());
    for request in [
        post().header("Content-Type", "application/x-www-form-urlencoded"), // curl --data
        post(),                                                             // Go and Python
        post().header("Content-Type", "application/json; charset=utf-8"),
        post().header("Content-Type", "text/plain"),
    ] {
        let asked = bank.client.send(&request).await;
        assert_eq!((asked.status, asked.text().as_str()), (200, r#"{"challenge_type":"otp"}"#));
    }
    let form = format!("client_id={client_id}&challenge_type=otp&mfa_token={login}");
    let asked = bank.client.send(&Request::new("POST", "/mfa/challenge").body(form)).await.expect(200);
    assert_eq!(asked, json!({"challenge_type": "otp"}));
    bank.grant("mfa-otp", &login, &[("otp", &code(&bank.server, &seed, 1))]).await.expect(200);
}

#[tokio::test]
async fn nobody_who_has_an_authenticator_gets_another_one_for_a_password() {
    let bank = Bank::new().await;
    bank.client.give_totp(&bank.server, SAM).await;
    let login = bank.login().await;
    for body in [
        json!({"authenticator_types": ["otp"]}),
        json!({"authenticator_types": "oob", "oob_channels": "auth0"}),
        json!({"authenticator_types": ["oob"], "oob_channels": ["sms"], "phone_number": "x"}),
        json!({}),
    ] {
        bank.refused(&bank.associate(&login, body).await, ENROLLED);
    }
    bank.refused(&bank.associate_form(&login, "authenticator_types=otp").await, ENROLLED);
}

#[tokio::test]
async fn s49_a_seed_that_was_given_for_a_password_never_counts_beside_what_the_person_has() {
    let bank = Bank::new().await;
    let thief = bank.login().await;
    let given = bank.associate(&thief, json!({"authenticator_types": ["otp"]})).await.expect(200);
    let stolen = seed(&given["barcode_uri"]);
    // Sam gets a number of their own meanwhile.
    bank.client.give_contact(&bank.server, SAM, "sms", super::NUMBER).await;
    bank.refuses("mfa-otp", &thief, &[("otp", &code(&bank.server, &stolen, 0))], ENROLLED).await;
    let kept = text(&given["recovery_codes"][0]);
    bank.refuses("mfa-recovery-code", &thief, &[("recovery_code", &kept)], super::REJECTED).await;
    let active = bank.list().await.iter().filter(|one| one["active"] == true).count();
    assert_eq!(active, 1, "what was handed out with the seed counts no more than the seed");
}

#[tokio::test]
async fn tokens_of_logins_are_told_apart_by_what_is_wrong_with_them() {
    let bank = Bank::new().await;
    let seed = bank.client.give_totp(&bank.server, SAM).await;
    let other = bank.client.beside(&bank.server, "auth0", false).await;
    let login = bank.login().await;
    let otp = code(&bank.server, &seed, 1);
    bank.refuses("mfa-otp", "mfa_garbage", &[("otp", &otp)], NO_LOGIN).await;
    bank.refuses("mfa-otp", "Fe26.2**garbage", &[("otp", &otp)], NO_LOGIN).await;
    let reply = other.mfa_grant("mfa-otp", &[("mfa_token", &login), ("otp", &otp)]).await;
    bank.refused(&reply, OF_ANOTHER);
    bank.refused(&other.challenge(&login, json!({})).await, OF_ANOTHER);
    let missing = bank.client.mfa_grant("mfa-otp", &[("mfa_token", &login)]).await;
    bank.refused(&missing, (400, "invalid_request", "Missing required parameter: otp"));
    bank.server.clock.advance(600_000);
    bank.refuses("mfa-otp", &login, &[("otp", &otp)], LOGIN_OVER).await;
    let id = &bank.client.party.client_id;
    let missing =
        bank.client.send(&Request::new("POST", "/mfa/challenge").body(format!("client_id={id}"))).await;
    bank.refused(&missing, (400, "invalid_request", "Missing required parameter: mfa_token"));
}

#[tokio::test]
async fn s6_wrong_codes_in_a_row_are_too_many_at_last() {
    let bank = Bank::new().await;
    bank.policy(&[("failure_limit", "2")]).await;
    let seed = bank.client.give_totp(&bank.server, SAM).await;
    let login = bank.login().await;
    let otp = code(&bank.server, &seed, 1);
    bank.refuses("mfa-otp", &login, &[("otp", &wrong(&otp))], WRONG_OTP).await;
    let row = (403, "invalid_grant", "Too many failed codes. Wait for some minutes before retrying.");
    bank.refuses("mfa-otp", &login, &[("otp", &otp)], row).await;
}
