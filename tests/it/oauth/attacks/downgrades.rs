//! From what a policy demands down to what is easier to steal.

use countersign_tests::mailbox;
use countersign_tests::oauth::text;
use serde_json::json;

use super::{NUMBER, Stage, said};

const UNSUPPORTED: (u16, &str) = (401, "unsupported_challenge_type");

#[tokio::test]
async fn s13_no_wish_leads_from_a_push_down_to_what_the_policy_forbids() {
    let (stage, _phone) = Stage::with_phone().await;
    let seed = stage.bank.give_totp(&stage.server, "sam").await;
    stage.bank.give_contact(&stage.server, "sam", "sms", NUMBER).await;
    let recovery = json!({"type": "recovery"});
    let codes = stage.bank.party.post("/api/v1/users/sam/factors", &recovery).await.expect(201);
    let all = stage.factors("sam").await;
    stage.policy(&[("factors", "push")]).await;
    let sent = mailbox::all(&stage.server).await.len();
    let login = stage.bank.mfa_token("sam").await;
    for factor in all.iter().filter(|factor| factor["type"] != "push" && factor["type"] != "recovery") {
        let id = format!("{}|{}", text(&factor["type"]), text(&factor["id"]));
        for kinds in ["otp oob", "oob", "otp"] {
            let asked =
                stage.bank.challenge(&login, json!({"authenticator_id": id, "challenge_type": kinds})).await;
            assert!(matches!(asked.status, 400 | 401 | 403), "{id}: {}", asked.text());
        }
    }
    let asked = stage.bank.challenge(&login, json!({"challenge_type": "otp"})).await;
    let (status, error, _) = said(&asked);
    assert_eq!((status, error.as_str()), UNSUPPORTED, "{}", asked.text());
    let otp = stage.otp(&login, &stage.code(&seed, 1)).await;
    assert!(matches!(otp.status, 400 | 401 | 403), "{}", otp.text());
    let code = text(&codes["recovery_codes"][0]);
    let grant = [("mfa_token", login.as_str()), ("recovery_code", &code)];
    let recovered = stage.bank.mfa_grant("mfa-recovery-code", &grant).await;
    assert!(matches!(recovered.status, 400 | 401 | 403), "{}", recovered.text());
    assert_eq!(mailbox::all(&stage.server).await.len(), sent, "nothing was sent");
    // What it allows still works.
    let open = stage.bank.challenge(&login, json!({})).await.expect(200);
    assert_eq!(open["challenge_type"], "oob");
}

#[tokio::test]
async fn s13_a_forbidden_kind_is_not_added_either() {
    let stage = Stage::auth0().await;
    stage.policy(&[("factors", "push,totp")]).await;
    let login = stage.bank.mfa_token("sam").await;
    for channel in ["sms", "voice", "email"] {
        let body = json!({"authenticator_types": ["oob"], "oob_channels": [channel], "phone_number": NUMBER, "email": "sam@example.org"});
        let reply = stage.bank.call_with("POST", "/mfa/associate", &login, &body).await;
        assert!(matches!(reply.status, 400 | 401 | 403), "{channel}: {}", reply.text());
    }
    assert!(stage.factors("sam").await.is_empty());
    assert!(mailbox::all(&stage.server).await.is_empty());
}

#[tokio::test]
async fn s13_whoever_has_nothing_but_what_is_forbidden_does_not_get_in_and_enrols_nothing() {
    let (stage, seed) = Stage::with_totp().await;
    stage.policy(&[("factors", "push")]).await;
    for demand in ["always", "enrolled"] {
        stage.bank.set(&stage.server, "demand", demand).await;
        let login = stage.bank.mfa_token("sam").await;
        assert!(matches!(stage.otp(&login, &stage.code(&seed, 1)).await.status, 400 | 401 | 403));
        let body = json!({"authenticator_types": ["oob"], "oob_channels": ["auth0"]});
        let added = stage.bank.call_with("POST", "/mfa/associate", &login, &body).await;
        assert_eq!(added.status, 403, "a factor that is forbidden now is a factor still: {}", added.text());
        stage.server.clock.advance(60_000);
    }
}

#[tokio::test]
async fn s13_where_the_person_must_be_verified_no_code_signs_in() {
    let (stage, seed) = Stage::with_totp().await;
    stage.policy(&[("risk", "3")]).await;
    let login = stage.bank.mfa_token("sam").await;
    let otp = stage.otp(&login, &stage.code(&seed, 1)).await;
    assert!(matches!(otp.status, 400 | 401 | 403), "{}", otp.text());
}

#[tokio::test]
async fn property_5_where_a_number_is_demanded_a_push_is_bound() {
    let (stage, phone) = Stage::with_phone().await;
    stage.policy(&[("number_match", "required")]).await;
    let login = stage.bank.mfa_token("sam").await;
    let asked = stage.bank.challenge(&login, json!({"challenge_type": "oob"})).await.expect(200);
    assert_eq!(asked["binding_method"], "prompt");
    super::decide(&phone, countersign_protocol::answer::Decision::Approve).await;
    let oob = text(&asked["oob_code"]);
    let unbound = stage.redeem(&login, &oob).await;
    super::refused(&unbound, 400, "invalid_request", "Missing required parameter: binding_code");
    let guess = [("mfa_token", login.as_str()), ("oob_code", &oob), ("binding_code", "000000")];
    assert_ne!(stage.bank.mfa_grant("mfa-oob", &guess).await.status, 200);
    assert_ne!(stage.redeem(&login, &oob).await.status, 200, "one try");
}
