//! `POST /mfa/challenge`: which factor is asked, and that none is that policy forbids.

use countersign_tests::phone::Phone;
use serde_json::{Value, json};

use super::{ALEX, Bank, NOT_FOUND, NUMBER, SAM};

const NOT_ENROLLED: &str =
    "User is not enrolled. You can use /mfa/associate endpoint to enroll the first authenticator.";

impl Bank {
    /// Sam has a phone, an app that shows codes, and a number.
    async fn with_all(&self) -> Phone {
        let phone = Phone::new();
        phone.enroll(&self.client.party.link(SAM).await).await;
        self.client.give_totp(&self.server, SAM).await;
        self.client.give_contact(&self.server, SAM, "sms", NUMBER).await;
        phone
    }

    async fn asked(&self, extras: Value) -> Value {
        let login = self.login().await;
        self.client.challenge(&login, extras).await.expect(200)
    }

    fn unsupported(&self, reply: &countersign_tests::http::Reply, asked: &str, supported: &str) {
        let body = reply.expect(401);
        assert_eq!(body["error"], "unsupported_challenge_type");
        let text = format!(
            "The user does not support the requested challenge type ({asked}). Supported type: {supported}."
        );
        assert_eq!(body["error_description"], text.as_str());
    }
}

#[tokio::test]
async fn the_strongest_is_asked_of_what_the_application_takes() {
    let bank = Bank::new().await;
    let phone = bank.with_all().await;
    let push = bank.asked(json!({})).await;
    assert_eq!((&push["challenge_type"], &push["binding_method"]), (&json!("oob"), &Value::Null));
    let request = phone.the_request().await;
    assert_eq!(request.message, "Sign in to Online Banking?");
    assert!(request.verify, "without a number the person is verified");
    for types in ["otp oob", "oob otp", "oob"] {
        assert!(bank.asked(json!({"challenge_type": types})).await["oob_code"].is_string(), "{types}");
    }
    assert_eq!(bank.asked(json!({"challenge_type": "otp"})).await, json!({"challenge_type": "otp"}));
    let (totp, sms) = (bank.id("totp|").await, bank.id("sms|").await);
    assert_eq!(bank.asked(json!({"authenticator_id": totp})).await, json!({"challenge_type": "otp"}));
    assert_eq!(bank.asked(json!({"authenticator_id": sms})).await["binding_method"], "prompt");
    let login = bank.login().await;
    let not_both = json!({"challenge_type": "oob", "authenticator_id": totp});
    bank.unsupported(&bank.client.challenge(&login, not_both).await, "oob", "oob otp");
}

#[tokio::test]
async fn s7_while_pushes_rest_the_app_is_asked_and_nothing_weaker() {
    let bank = Bank::new().await;
    let phone = bank.with_all().await;
    bank.policy(&[("denial_limit", "1")]).await;
    bank.asked(json!({})).await;
    phone.core.deny(phone.the_request().await.id).await.unwrap();
    assert_eq!(bank.asked(json!({})).await, json!({"challenge_type": "otp"}));
    let login = bank.login().await;
    let reply = bank.client.challenge(&login, json!({"challenge_type": "oob"})).await;
    assert_eq!(reply.refusal(), (429, "too_many_attempts".to_owned()));
    assert!(reply.header("retry-after").is_some());
}

#[tokio::test]
async fn s13_what_policy_forbids_is_not_asked_whoever_names_it() {
    let bank = Bank::new().await;
    bank.with_all().await;
    let sms = bank.id("sms|").await;
    bank.policy(&[("factors", "push totp")]).await;
    for extras in
        [json!({"authenticator_id": sms}), json!({"challenge_type": "oob", "authenticator_id": sms})]
    {
        let login = bank.login().await;
        let types = extras["challenge_type"].as_str().unwrap_or("any").to_owned();
        bank.unsupported(&bank.client.challenge(&login, extras).await, &types, "oob otp");
    }
    bank.policy(&[("factors", "email")]).await;
    let login = bank.login().await;
    bank.unsupported(
        &bank.client.challenge(&login, json!({"challenge_type": "otp oob"})).await,
        "otp oob",
        "none",
    );
    bank.unsupported(&bank.client.challenge(&login, json!({"challenge_type": "fax"})).await, "fax", "none");
}

#[tokio::test]
async fn who_has_nothing_is_told_to_associate_something_first() {
    let bank = Bank::new().await;
    let login = bank.login().await;
    let none = bank.client.challenge(&login, json!({})).await;
    bank.refused(&none, (401, "association_required", NOT_ENROLLED));
    // What waits for its first code does not count.
    bank.associate(&login, json!({"authenticator_types": ["otp"]})).await.expect(200);
    bank.refused(
        &bank.client.challenge(&login, json!({"challenge_type": "otp"})).await,
        (401, "association_required", NOT_ENROLLED),
    );
}

#[tokio::test]
async fn an_authenticator_of_nobody_or_of_another_is_not_found() {
    let bank = Bank::new().await;
    bank.client.give_totp(&bank.server, SAM).await;
    bank.client.give_totp(&bank.server, ALEX).await;
    let alex = bank.client.mfa_token(ALEX).await;
    let sams = bank.id("totp|").await;
    for id in [sams.as_str(), "totp|fac_00000000000000000000000000", "totp|", "x", "|"] {
        let reply = bank.client.challenge(&alex, json!({"authenticator_id": id})).await;
        bank.refused(&reply, NOT_FOUND);
    }
    let codes = json!({"type": "recovery"});
    bank.client.party.post("/api/v1/users/sam%40example.org/factors", &codes).await.expect(201);
    let (login, id) = (bank.login().await, bank.id("recovery-code|").await);
    bank.unsupported(&bank.client.challenge(&login, json!({"authenticator_id": id})).await, "any", "otp");
}

#[tokio::test]
async fn a_secret_that_is_there_must_be_the_applications() {
    let bank = Bank::new().await;
    bank.client.give_totp(&bank.server, SAM).await;
    let login = bank.login().await;
    let with = |secret: &str| json!({"client_secret": secret});
    let secret = bank.client.party.client_secret.clone();
    bank.client.challenge(&login, with(&secret)).await.expect(200);
    bank.client.challenge(&login, json!({"client_secret": null})).await.expect(200);
    bank.refused(
        &bank.client.challenge(&login, with("cs_secret_wrong")).await,
        (401, "access_denied", "Unauthorized"),
    );
    let unknown = json!({"client_id": "app_0000000000000000000000000000000000000000000000000000"});
    bank.refused(&bank.client.challenge(&login, unknown).await, (401, "access_denied", "Unauthorized"));
}
