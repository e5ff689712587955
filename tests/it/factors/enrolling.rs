//! Factors come: seeds, numbers and addresses, each with its first code.

use countersign_tests::http::{self, Request};
use futures_util::future::join_all;
use serde_json::json;

use super::{NUMBER, OTHER, Ready, entry, wrong};

#[tokio::test]
async fn a_seed_counts_after_its_first_code() {
    let ready = Ready::new().await;
    let added = ready.add(json!({"type": "totp"})).await.expect(201);
    let (id, seed) = (&added["factor"]["id"], entry(&added));
    assert_eq!((&added["factor"]["active"], &added["factor"]["type"]), (&json!(false), &json!("totp")));
    assert!(added["qr_png"].is_string() && added["recovery_codes"].is_null(), "{added}");
    let link = json!({"user_ref": "sam", "challenge": "totp"});
    let refused = ready.cms.post("/api/v1/users/enroll", &link).await;
    assert_eq!(refused.refusal(), (400, "invalid_request".to_owned()), "it does not count yet");
    let code = ready.code(&seed, 0);
    let refused = ready.verify(id, &wrong(&code)).await;
    assert_eq!(refused.refusal(), (400, "invalid_code".to_owned()));
    assert_eq!(refused.json()["attempts_left"], 9);
    assert_eq!(ready.verify(id, "12345").await.refusal(), (400, "invalid_request".to_owned()));
    assert_eq!(ready.verify(id, &code).await.expect(200)["active"], true);
    ready.cms.post("/api/v1/users/enroll", &link).await.expect(201);
    for again in [ready.add(json!({"type": "totp"})).await, ready.verify(id, &ready.code(&seed, 1)).await] {
        assert_eq!(again.refusal(), (409, "factor_exists".to_owned()));
    }
}

#[tokio::test]
async fn s16_a_seed_from_the_api_has_160_bits() {
    let ready = Ready::new().await;
    let added = ready.add(json!({"type": "totp"})).await.expect(201);
    let secret = added["secret"].as_str().unwrap();
    assert_eq!(secret.len() * 5, 160, "{secret}");
    assert!(added["otpauth_uri"].as_str().unwrap().contains(secret));
}

#[tokio::test]
async fn s17_the_code_that_confirms_a_seed_is_used_up() {
    let ready = Ready::new().await;
    let (_, seed) = ready.totp().await;
    let link = json!({"user_ref": "sam", "challenge": "totp"});
    let issued = ready.cms.post("/api/v1/users/enroll", &link).await.expect(201);
    let verify = async |code: String| {
        let body = json!({"token": issued["enrollment_token"], "code": code});
        let request = Request::new("POST", "/api/v1/devices/verify-enrollment").json(&body);
        http::send(ready.cms.address, &request).await
    };
    for used in [0, -1] {
        assert_eq!(verify(ready.code(&seed, used)).await.refusal(), (400, "invalid_code".to_owned()));
    }
    verify(ready.code(&seed, 1)).await.expect(200);
}

#[tokio::test]
async fn s17_of_confirmations_at_once_with_one_code_one_passes() {
    let ready = Ready::new().await;
    let added = ready.add(json!({"type": "totp"})).await.expect(201);
    let (id, code) = (&added["factor"]["id"], ready.code(&entry(&added), 0));
    let replies = join_all((0..6).map(|_| ready.verify(id, &code))).await;
    let passed = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(passed, 1);
    assert!(replies.iter().all(|reply| [200, 400, 409].contains(&reply.status)));
}

#[tokio::test]
async fn s18_the_policy_says_how_many_steps_away_a_code_may_be() {
    for (window, passing) in [("0", 0), ("2", 2)] {
        let ready = Ready::new().await;
        ready.policy("totp_window", window).await;
        let added = ready.add(json!({"type": "totp"})).await.expect(201);
        let (id, seed) = (&added["factor"]["id"], entry(&added));
        for beyond in [-passing - 1, passing + 1] {
            let refused = ready.verify(id, &ready.code(&seed, beyond)).await;
            assert_eq!(
                refused.refusal(),
                (400, "invalid_code".to_owned()),
                "{beyond} steps away of {window}"
            );
        }
        ready.verify(id, &ready.code(&seed, -passing)).await.expect(200);
    }
}

#[tokio::test]
async fn s6_s30_as_many_wrong_codes_as_the_policy_says_lock_until_an_operator_unlocks() {
    let ready = Ready::new().await;
    ready.policy("failure_limit", "3").await;
    let added = ready.add(json!({"type": "totp"})).await.expect(201);
    let (id, code) = (&added["factor"]["id"], ready.code(&entry(&added), 0));
    for left in [2, 1, 0] {
        assert_eq!(ready.verify(id, &wrong(&code)).await.expect(400)["attempts_left"], left);
    }
    assert_eq!(ready.verify(id, &code).await.refusal(), (403, "user_locked".to_owned()));
    let tenant = ready.cms.tenant.parse().unwrap();
    let locks = ready.server.engine.locks_of(tenant, "sam").await.unwrap();
    assert!(locks.counters.iter().any(|(factor, count)| factor == "totp" && count.locked_at.is_some()));
    ready.server.engine.unlock_user(tenant, "sam", &"operator").await.unwrap();
    ready.verify(id, &code).await.expect(200);
}

#[tokio::test]
async fn of_seeds_that_are_made_at_once_one_is_there_and_counts() {
    let ready = Ready::new().await;
    let replies = join_all((0..5).map(|_| ready.add(json!({"type": "totp"})))).await;
    let made: Vec<_> = replies.iter().filter(|reply| reply.status == 201).map(http::Reply::json).collect();
    let there = ready.list().await;
    assert_eq!(there.len(), 1);
    for added in &made {
        let id = &added["factor"]["id"];
        let reply = ready.verify(id, &ready.code(&entry(added), 0)).await;
        let expected = if *id == there[0]["id"] { 200 } else { 404 };
        assert_eq!(reply.status, expected, "{}", reply.text());
    }
}

#[tokio::test]
async fn s14_a_new_number_is_a_new_binding_with_a_code_of_its_own() {
    let ready = Ready::new().await;
    ready.contact("sms", NUMBER).await;
    let added = ready.add(json!({"type": "sms", "to": OTHER})).await.expect(201);
    let new = &added["factor"]["id"];
    assert_eq!(added["factor"]["name"], "+9665••••••43");
    // What was sent to the old number says nothing about the new one.
    let old_code = ready.code_to(NUMBER).await;
    let own_code = ready.code_to(OTHER).await;
    if old_code != own_code {
        assert_eq!(ready.verify(new, &old_code).await.refusal(), (400, "invalid_code".to_owned()));
    }
    let active = |list: &[serde_json::Value]| list.iter().filter(|factor| factor["active"] == true).count();
    assert_eq!(active(&ready.list().await), 1);
    ready.verify(new, &own_code).await.expect(200);
    assert_eq!(active(&ready.list().await), 2);
    let again = ready.add(json!({"type": "sms", "to": "+966 50 987 6543"})).await;
    assert_eq!(again.refusal(), (409, "factor_exists".to_owned()), "however it is written");
}

#[tokio::test]
async fn the_newest_of_several_wishes_counts() {
    let ready = Ready::new().await;
    let first = ready.add(json!({"type": "sms", "to": NUMBER})).await.expect(201);
    let second = ready.add(json!({"type": "sms", "to": OTHER})).await.expect(201);
    let code = ready.code_to(NUMBER).await;
    let refused = ready.verify(&first["factor"]["id"], &code).await;
    assert_eq!(refused.refusal(), (404, "factor_not_found".to_owned()));
    ready.verify(&second["factor"]["id"], &ready.code_to(OTHER).await).await.expect(200);
    assert_eq!(ready.list().await.len(), 1);
}

#[tokio::test]
async fn the_code_of_a_factor_that_was_removed_does_nothing() {
    let ready = Ready::new().await;
    let added = ready.add(json!({"type": "sms", "to": NUMBER})).await.expect(201);
    let (id, code) = (&added["factor"]["id"], ready.code_to(NUMBER).await);
    ready.remove(id).await.expect(200);
    assert_eq!(ready.verify(id, &code).await.refusal(), (404, "factor_not_found".to_owned()));
    let session = json!({"session_id": added["session_id"], "code": code});
    let refused = ready.cms.post("/api/v1/mfa/verify", &session).await;
    assert!((400..500).contains(&refused.status), "{}", refused.text());
    assert!(ready.list().await.is_empty());
    assert_eq!(ready.remove(id).await.refusal(), (404, "factor_not_found".to_owned()));
}

#[tokio::test]
async fn s40_another_persons_factor_is_not_found() {
    let ready = Ready::new().await;
    let (id, seed) = ready.totp().await;
    let id = id.as_str().unwrap();
    ready.cms.enroll("alex").await;
    let spy = ready.server.relying_party("Spy", None).await;
    spy.enroll("alex").await;
    for cms in [&ready.cms, &spy] {
        let body = json!({"code": ready.code(&seed, 1)});
        let verified = cms.post(&format!("/api/v1/users/alex/factors/{id}/verify"), &body).await;
        let removed = cms.call("DELETE", &format!("/api/v1/users/alex/factors/{id}")).await;
        for refused in [verified, removed] {
            assert_eq!(refused.refusal(), (404, "factor_not_found".to_owned()));
        }
    }
    assert_eq!(ready.list().await[0]["active"], true);
}

#[tokio::test]
async fn what_cannot_be_a_factor_is_refused_with_what_can() {
    let ready = Ready::new().await;
    for body in [
        json!({}),
        json!({"type": "fax"}),
        json!({"type": "push"}),
        json!({"type": "sms"}),
        json!({"type": "sms", "to": "0501234567"}),
        json!({"type": "email", "to": "nobody"}),
        json!({"type": "email", "to": "sam@example.org", "language": "fr"}),
        json!({"type": "recovery", "count": 0}),
        json!({"type": "recovery", "count": 17}),
    ] {
        let refused = ready.add(body.clone()).await;
        assert_eq!(refused.refusal(), (400, "invalid_request".to_owned()), "{body}");
    }
    assert!(ready.list().await.is_empty());
    let unknown = ready.add_for("nobody", json!({"type": "totp"})).await;
    assert_eq!(unknown.refusal(), (404, "user_not_found".to_owned()));
}

#[tokio::test]
async fn what_the_policy_does_not_allow_is_not_given() {
    let ready = Ready::new().await;
    ready.totp().await;
    ready.policy("factors", "push").await;
    for body in [json!({"type": "sms", "to": NUMBER}), json!({"type": "recovery"}), json!({"type": "totp"})] {
        let refused = ready.add(body.clone()).await;
        assert_eq!(refused.refusal(), (403, "factor_not_allowed".to_owned()), "{body}");
    }
    let link = ready.cms.post("/api/v1/users/enroll", &json!({"user_ref": "sam", "challenge": "totp"})).await;
    assert_eq!(link.refusal(), (403, "factor_not_allowed".to_owned()), "nor asked for by a link");
}
