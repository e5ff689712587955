//! Whoever has somebody's password adds a factor of their own, or takes one away (S49).

use countersign_core::otp::OtpEntry;
use countersign_protocol::link::EnrollmentLink;
use countersign_tests::device::{Device, Keys, complete_enrollment};
use countersign_tests::http::segment;
use countersign_tests::mailbox;
use countersign_tests::oauth::{seed, text};
use serde_json::{Value, json};

use super::{NUMBER, OTHER_NUMBER, Stage, refused};

const ENROLLED: &str = "User is already enrolled.";

fn every_kind() -> Vec<Value> {
    let oob = |channel: &str, rest: (&str, &str)| {
        let mut body = json!({"authenticator_types": ["oob"], "oob_channels": [channel]});
        body[rest.0] = json!(rest.1);
        body
    };
    vec![
        json!({"authenticator_types": ["otp"]}),
        oob("sms", ("phone_number", OTHER_NUMBER)),
        oob("voice", ("phone_number", OTHER_NUMBER)),
        oob("email", ("email", "thief@example.net")),
        oob("auth0", ("name", "thief")),
    ]
}

#[tokio::test]
async fn s49_with_the_password_alone_no_second_factor_is_added() {
    let (stage, seed) = Stage::with_totp().await;
    let login = stage.bank.mfa_token("sam").await;
    for body in every_kind() {
        let reply = stage.bank.call_with("POST", "/mfa/associate", &login, &body).await;
        refused(&reply, 403, "access_denied", ENROLLED);
    }
    assert_eq!(stage.factors("sam").await.len(), 1);
    assert_eq!(stage.otp(&login, &stage.code(&seed, 1)).await.status, 200);
}

#[tokio::test]
async fn s49_a_login_token_takes_no_factor_away() {
    let (stage, _seed) = Stage::with_totp().await;
    let login = stage.bank.mfa_token("sam").await;
    let list = stage.bank.call("GET", "/mfa/authenticators", &login).await.expect(200);
    let target = format!("/mfa/authenticators/{}", segment(list[0]["id"].as_str().unwrap()));
    let reply = stage.bank.call("DELETE", &target, &login).await;
    assert!(matches!(reply.status, 401 | 403), "{}", reply.text());
    assert_eq!(stage.active("sam").await, ["totp"]);
}

/// A token for factors from a password alone, of somebody who had nothing else.
async fn by_password(stage: &Stage) -> String {
    let audience = stage.bank.mfa_audience();
    stage.bank.set(&stage.server, "demand", "enrolled").await;
    text(&stage.bank.login("sam", &[("audience", &audience)]).await.expect(200)["access_token"])
}

#[tokio::test]
async fn s49_a_token_from_before_the_first_factor_adds_no_second_one() {
    let stage = Stage::auth0().await;
    let early = by_password(&stage).await;
    let seed = stage.bank.give_totp(&stage.server, "sam").await;
    for body in every_kind() {
        let reply = stage.bank.call_with("POST", "/mfa/associate", &early, &body).await;
        assert!(matches!(reply.status, 401 | 403), "{body}: {}", reply.text());
    }
    let list = stage.factors("sam").await;
    let target = format!("/mfa/authenticators/totp%7C{}", list[0]["id"].as_str().unwrap());
    assert!(matches!(stage.bank.call("DELETE", &target, &early).await.status, 401 | 403));
    assert_eq!(stage.factors("sam").await, list);
    let login = stage.bank.mfa_token("sam").await;
    assert_eq!(stage.otp(&login, &stage.code(&seed, 1)).await.status, 200);
}

#[tokio::test]
async fn s49_what_waits_since_before_the_first_factor_does_not_count_afterwards() {
    let stage = Stage::auth0().await;
    // The thief begins to add a seed, with the login token and with an access token.
    let login = stage.bank.mfa_token("sam").await;
    let otp = json!({"authenticator_types": ["otp"]});
    let thiefs = stage.bank.call_with("POST", "/mfa/associate", &login, &otp).await.expect(200);
    let sms = json!({"authenticator_types": ["oob"], "oob_channels": ["sms"], "phone_number": OTHER_NUMBER});
    let code_asked = stage.bank.call_with("POST", "/mfa/associate", &login, &sms).await.expect(200);
    let sent = mailbox::code_by(&stage.server, "sms", OTHER_NUMBER).await;
    // Meanwhile sam gets a number by the bank.
    stage.server.clock.advance(30_000);
    stage.bank.give_contact(&stage.server, "sam", "sms", NUMBER).await;
    let code = stage.code(&seed(&thiefs["barcode_uri"]), 0);
    assert_ne!(stage.otp(&login, &code).await.status, 200, "a seed that waits signs nobody in");
    let (oob, again) = (text(&code_asked["oob_code"]), stage.bank.mfa_token("sam").await);
    for login in [&login, &again] {
        let answer = [("mfa_token", login.as_str()), ("oob_code", &oob), ("binding_code", &sent)];
        assert_ne!(stage.bank.mfa_grant("mfa-oob", &answer).await.status, 200, "nor does a number");
    }
    assert_ne!(stage.otp(&again, &code).await.status, 200);
    assert_eq!(stage.active("sam").await, ["sms"]);
}

#[tokio::test]
async fn s49_a_token_by_a_weaker_factor_changes_nothing() {
    let (stage, _seed) = Stage::with_totp().await;
    stage.bank.give_contact(&stage.server, "sam", "sms", NUMBER).await;
    let audience = stage.bank.mfa_audience();
    let login = stage.bank.mfa_token_for("sam", &[("audience", &audience)]).await;
    let asked = stage.bank.challenge(&login, json!({"challenge_type": "oob"})).await.expect(200);
    let (oob, sent) = (text(&asked["oob_code"]), mailbox::code_by(&stage.server, "sms", NUMBER).await);
    let answer = [("mfa_token", login.as_str()), ("oob_code", &oob), ("binding_code", &sent)];
    let weak = text(&stage.bank.mfa_grant("mfa-oob", &answer).await.expect(200)["access_token"]);
    let list = stage.bank.call("GET", "/mfa/authenticators", &weak).await.expect(200);
    for body in every_kind() {
        let reply = stage.bank.call_with("POST", "/mfa/associate", &weak, &body).await;
        assert!(matches!(reply.status, 401 | 403), "{body}: {}", reply.text());
    }
    for factor in list.as_array().unwrap() {
        let target = format!("/mfa/authenticators/{}", segment(factor["id"].as_str().unwrap()));
        let reply = stage.bank.call("DELETE", &target, &weak).await;
        assert!(matches!(reply.status, 401 | 403), "{factor}: {}", reply.text());
    }
    assert_eq!(stage.active("sam").await.len(), 2);
}

#[tokio::test]
async fn s49_a_token_for_factors_ends_after_ten_minutes_and_is_not_renewed() {
    let (stage, seed) = Stage::with_totp().await;
    let audience = stage.bank.mfa_audience();
    let extras = [("audience", audience.as_str()), ("scope", "openid offline_access enroll")];
    let login = stage.bank.mfa_token_for("sam", &extras).await;
    let tokens = stage.otp(&login, &stage.code(&seed, 1)).await.expect(200);
    assert!(tokens.get("refresh_token").is_none(), "{tokens}");
    let access = text(&tokens["access_token"]);
    stage.server.clock.advance(600_001);
    let late = stage.bank.call_with("POST", "/mfa/associate", &access, &every_kind()[1]).await;
    assert_eq!(late.status, 401, "{}", late.text());
    // Nor does a refresh token of another API turn into one.
    let login = stage.bank.mfa_token_for("sam", &[("scope", "openid offline_access")]).await;
    let tokens = stage.otp(&login, &stage.code(&seed, 1)).await.expect(200);
    let refresh = text(&tokens["refresh_token"]);
    let wish = [("grant_type", "refresh_token"), ("refresh_token", &refresh), ("audience", &audience)];
    let renewed = stage.bank.token(&[&wish[..], &[("scope", "enroll remove:authenticators")]].concat()).await;
    if renewed.status == 200 {
        let renewed = text(&renewed.json()["access_token"]);
        let reply = stage.bank.call_with("POST", "/mfa/associate", &renewed, &every_kind()[1]).await;
        assert!(matches!(reply.status, 401 | 403), "{}", reply.text());
    }
    assert_eq!(stage.factors("sam").await.len(), 1);
}

#[tokio::test]
async fn s49_a_token_changes_only_what_its_audience_and_scopes_say() {
    let (stage, seed) = Stage::with_totp().await;
    let login = stage.bank.mfa_token("sam").await;
    let own = text(&stage.otp(&login, &stage.code(&seed, 1)).await.expect(200)["access_token"]);
    stage.server.clock.advance(60_000);
    let audience = stage.bank.mfa_audience();
    let read = [("audience", audience.as_str()), ("scope", "read:authenticators")];
    let login = stage.bank.mfa_token_for("sam", &read).await;
    let reader = text(&stage.otp(&login, &stage.code(&seed, 1)).await.expect(200)["access_token"]);
    let list = stage.bank.call("GET", "/mfa/authenticators", &reader).await.expect(200);
    let target = format!("/mfa/authenticators/{}", segment(list[0]["id"].as_str().unwrap()));
    for (token, status) in [(&own, 401), (&reader, 403)] {
        assert_eq!(stage.bank.call("DELETE", &target, token).await.status, status);
        let reply = stage.bank.call_with("POST", "/mfa/associate", token, &every_kind()[1]).await;
        assert_eq!(reply.status, status, "{}", reply.text());
    }
    assert_eq!(stage.bank.call("GET", "/mfa/authenticators", &own).await.status, 401);
    assert_eq!(stage.active("sam").await, ["totp"]);
}

#[tokio::test]
async fn s40_somebody_elses_authenticators_are_like_none() {
    let (stage, _seed) = Stage::with_totp().await;
    stage.bank.person(&stage.server, "eve").await;
    let eves: OtpEntry = stage.bank.give_totp(&stage.server, "eve").await;
    let sams = text(&stage.factors("sam").await[0]["id"]);
    let mine = stage.bank.factors_token(&stage.server, "eve", &eves, 1).await;
    for id in
        [format!("totp|{sams}"), sams.clone(), format!("sms|{sams}"), "totp|dev_1".to_owned(), "|".to_owned()]
    {
        let reply = stage.bank.call("DELETE", &format!("/mfa/authenticators/{}", segment(&id)), &mine).await;
        assert_eq!(reply.status, 404, "{id}: {}", reply.text());
    }
    let login = stage.bank.mfa_token("eve").await;
    for id in [format!("totp|{sams}"), "totp|fac_00000000000000000000000000".to_owned()] {
        let asked = stage.bank.challenge(&login, json!({"authenticator_id": id})).await;
        refused(&asked, 400, "invalid_request", "Authenticator not found");
    }
    assert_eq!(stage.active("sam").await, ["totp"]);
}

#[tokio::test]
async fn s49_of_two_first_factors_at_once_one_counts() {
    let stage = Stage::auth0().await;
    for round in 0..4 {
        let user = format!("user{round}");
        stage.bank.person(&stage.server, &user).await;
        let (own, thiefs) = (stage.bank.mfa_token(&user).await, stage.bank.mfa_token(&user).await);
        let otp = json!({"authenticator_types": ["otp"]});
        let own_seed = stage.bank.call_with("POST", "/mfa/associate", &own, &otp).await.expect(200);
        let other =
            stage.bank.call_with("POST", "/mfa/associate", &thiefs, &every_kind()[1]).await.expect(200);
        let sent = mailbox::code_by(&stage.server, "sms", OTHER_NUMBER).await;
        let (code, oob) = (stage.code(&seed(&own_seed["barcode_uri"]), 0), text(&other["oob_code"]));
        let answer = [("mfa_token", thiefs.as_str()), ("oob_code", &oob), ("binding_code", &sent)];
        let (one, two) = tokio::join!(stage.otp(&own, &code), stage.bank.mfa_grant("mfa-oob", &answer));
        let got = [&one, &two].iter().filter(|reply| reply.status == 200).count();
        assert_eq!(got, 1, "{}\n{}", one.text(), two.text());
        assert_eq!(stage.active(&user).await.iter().filter(|kind| *kind != "recovery").count(), 1);
        stage.server.clock.advance(3_600_000);
    }
}

#[tokio::test]
async fn s49_a_phone_that_was_taken_away_again_signs_nobody_in() {
    let stage = Stage::auth0().await;
    let login = stage.bank.mfa_token("sam").await;
    let added = stage.bank.call_with("POST", "/mfa/associate", &login, &every_kind()[4]).await.expect(200);
    let _phone = Device::enroll(stage.server.address, added["barcode_uri"].as_str().unwrap()).await;
    // It was a thief's; sam has called the bank.
    let device = text(&stage.factors("sam").await[0]["id"]);
    let gone = stage.bank.party.call("DELETE", &format!("/api/v1/users/sam/factors/{device}")).await;
    assert!(gone.status < 300, "{}", gone.text());
    let polled = stage.redeem(&login, &text(&added["oob_code"])).await;
    assert!(matches!(polled.status, 400 | 401 | 403), "{}", polled.text());
}

#[tokio::test]
async fn s49_a_phones_link_is_good_for_nothing_once_something_counts() {
    let stage = Stage::auth0().await;
    let login = stage.bank.mfa_token("sam").await;
    let added = stage.bank.call_with("POST", "/mfa/associate", &login, &every_kind()[4]).await.expect(200);
    stage.bank.give_totp(&stage.server, "sam").await;
    let link = EnrollmentLink::parse(added["barcode_uri"].as_str().unwrap()).unwrap();
    let body = Keys::default().enrollment(&link.server, &link.token);
    let taken = complete_enrollment(stage.server.address, &body).await;
    assert!((400..500).contains(&taken.status), "{}", taken.text());
    assert_eq!(stage.active("sam").await, ["totp"]);
    let polled = stage.redeem(&login, &text(&added["oob_code"])).await;
    assert_ne!(polled.status, 200, "{}", polled.text());
}
