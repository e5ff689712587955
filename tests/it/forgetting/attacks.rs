//! Somebody who was forgotten, or who has what was theirs, tries to go on.

use countersign_protocol::answer::Decision;
use countersign_protocol::id::{ChallengeId, from_base32};
use countersign_server::engine::Word;
use countersign_server::engine::console::{Role, Scope};
use countersign_tests::device::{Device, complete_enrollment};
use countersign_tests::http::Reply;
use countersign_tests::oauth::{OauthParty, PASSWORD, code, text};
use countersign_tests::operator::Seat;
use countersign_tests::server_here::ServerHere;
use serde_json::{Value, json};

use super::{forget, id_of};

/// Everything that a phone can still try, with an answer that it signed before.
async fn tries(device: &Device, session: ChallengeId, answer: &str) -> Vec<(&'static str, Reply)> {
    let rule = json!({"rule": "x"});
    let name = json!({"device_name": "Mine again"});
    vec![
        ("answer", device.submit(session, answer).await),
        ("inbox", device.call("GET", "/api/v1/device/challenges", &Value::Null).await),
        ("history", device.call("GET", "/api/v1/device/history", &Value::Null).await),
        ("rules", device.call("GET", "/api/v1/device/rules", &Value::Null).await),
        ("a rule", device.call("POST", "/api/v1/device/rules", &rule).await),
        ("name", device.call("PATCH", "/api/v1/device", &name).await),
        ("leave", device.call("DELETE", "/api/v1/device", &Value::Null).await),
    ]
}

#[tokio::test]
async fn a_phone_of_somebody_forgotten_is_refused_as_one_that_was_taken_away() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let mut seen = Vec::new();
    for name in ["sam", "twin"] {
        let link = cms.link(name).await;
        let device = Device::enroll(server.address, &link).await;
        let session = cms.ask(name).await;
        let answer = device.answer(&device.challenge(&session.id).await, Decision::Approve, None);
        if name == "sam" {
            assert_eq!(forget(&cms, "sam").await.status, 204);
            assert_eq!(cms.status(&session).await, "cancelled");
        } else {
            let token = cms.devices("twin").await[0]["device_token"].as_str().unwrap().to_owned();
            cms.remove_device(&token).await.expect(200);
        }
        let told = tries(&device, session.challenge(), &answer).await;
        seen.push(
            told.into_iter().map(|(what, reply)| (what, reply.status, reply.json())).collect::<Vec<_>>(),
        );
        assert_ne!(cms.status(&session).await, "approved", "{name}");
    }
    let (sam, twin) = (&seen[0], &seen[1]);
    assert!(sam.iter().all(|(_, status, _)| (400..500).contains(status)), "{sam:?}");
    assert_eq!(sam, twin);
}

#[tokio::test]
async fn whoever_waits_hears_of_it_at_once() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let session = cms.ask("sam").await;
    device.challenge(&session.id).await;
    let (status, reply) = tokio::join!(cms.wait(&session, 60), forget(&cms, "sam"));
    assert_eq!((reply.status, &status["status"]), (204, &json!("cancelled")));
    assert_ne!(status["user_ref"], "", "it is still a reply as described");
    let later = server.another(|engine| engine).await;
    let elsewhere = countersign_tests::relying_party::RelyingParty { address: later.address, ..cms.clone() };
    assert_eq!(elsewhere.wait(&session, 60).await["status"], "cancelled", "another node says so too");
    assert_eq!(super::events(&server, &cms, "challenge.cancelled").await.len(), 1);
}

#[tokio::test]
async fn links_factors_codes_and_tokens_of_somebody_forgotten_do_nothing_for_whoever_comes_by_that_name() {
    let server = ServerHere::start().await;
    let bank = OauthParty::auth0(&server).await;
    let (cms, sam) = (&bank.party, "sam@example.org");
    bank.person(&server, sam).await;
    let link = cms.link(sam).await;
    let seed = bank.give_totp(&server, sam).await;
    let codes =
        server.engine.make_recovery_codes(Word::Operator(bank.tenant(), &"operator"), sam, 2).await.unwrap();
    let login = bank.mfa_token_for(sam, &[("scope", "offline_access")]).await;
    server.clock.advance(60_000);
    let tokens = bank.mfa_grant("mfa-otp", &[("mfa_token", &login), ("otp", &code(&server, &seed, 0))]).await;
    let refresh = text(&tokens.expect(200)["refresh_token"]);
    let access = {
        server.clock.advance(60_000);
        bank.factors_token(&server, sam, &seed, 0).await
    };
    let waiting = bank.mfa_token(sam).await;
    let before = id_of(&server, cms, sam).await;
    assert_eq!(forget(cms, sam).await.status, 204);
    for again in [false, true] {
        if again {
            // Somebody else by the same name, with a password of their own.
            bank.person(&server, sam).await;
            server
                .engine
                .set_password(bank.tenant(), sam, "another long password", &"operator")
                .await
                .unwrap();
            assert_ne!(id_of(&server, cms, sam).await, before);
        }
        server.clock.advance(60_000);
        let otp = code(&server, &seed, 0);
        let attempts = [
            ("refresh", bank.token(&[("grant_type", "refresh_token"), ("refresh_token", &refresh)]).await),
            ("password", bank.login(sam, &[]).await),
            ("code", bank.mfa_grant("mfa-otp", &[("mfa_token", &waiting), ("otp", &otp)]).await),
            ("recovery", {
                let code = codes.codes[0].as_str();
                bank.mfa_grant("mfa-recovery-code", &[("mfa_token", &waiting), ("recovery_code", code)]).await
            }),
            ("access", bank.call("GET", "/mfa/authenticators", &access).await),
        ];
        for (what, reply) in &attempts {
            assert!((400..500).contains(&reply.status), "{what}, again: {again}: {}", reply.text());
            assert!(!reply.text().contains("access_token\""), "{what}");
        }
        let token = countersign_protocol::link::EnrollmentLink::parse(&link).unwrap();
        let body = countersign_tests::device::Keys::default().enrollment(&token.server, &token.token);
        let refused = complete_enrollment(server.address, &body).await;
        assert!((400..500).contains(&refused.status), "{}", refused.text());
    }
    assert!(cms.devices(sam).await.is_empty());
    let factors = cms.call("GET", "/api/v1/users/sam%40example.org/factors").await.expect(200);
    assert_eq!(factors["factors"], json!([]), "none of the factors came back");
    assert_ne!(PASSWORD, "another long password");
}

#[tokio::test]
async fn s40_another_tenants_application_forgets_nobody_and_nobody_without_a_secret_does() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let other = server.relying_party("Somebody Else", None).await;
    cms.enroll("sam").await;
    other.enroll("alex").await;
    assert_eq!(forget(&other, "sam").await.refusal(), (404, "user_not_found".to_owned()));
    let thief = countersign_tests::relying_party::RelyingParty {
        client_secret: other.client_secret.clone(),
        ..cms.clone()
    };
    assert_eq!(forget(&thief, "sam").await.status, 401);
    cms.devices("sam").await;
}

#[tokio::test]
async fn the_people_of_the_consoles_own_tenant_are_removed_as_operators_and_not_forgotten() {
    let server = ServerHere::start().await;
    let owner = Seat::operator(&server, Role::Owner, Scope::Server).await;
    let home = server.engine.console_home().await.unwrap().tenant;
    let id = owner.id.to_string().strip_prefix("op_").and_then(from_base32).unwrap();
    let refused = server.engine.forget_person(home, id, &"operator").await.unwrap_err();
    assert!(refused.to_string().contains("page of operators"), "{refused}");
    server.engine.operator(owner.id).await.unwrap();
}
