//! Kinds of numbers, risk, and what the phone is shown of the sign-in.

use countersign_protocol::answer::Decision;
use countersign_tests::device::Device;
use countersign_tests::key::claims;
use serde_json::{Value, json};

use super::{Place, id};

#[tokio::test]
async fn a_request_as_the_seed_prints_it_asks_for_verification_and_shows_no_number() {
    let place = Place::with(&[]).await;
    let (sent, challenge) = place.asked(json!({"session_ref": "txn_9988"})).await;
    assert_eq!((sent.get("number"), sent.get("number_kind")), (None, None));
    let asked = claims(&challenge);
    assert_eq!((&asked["match"]["kind"], &asked["verify"]), (&json!("none"), &json!(true)));
    assert_eq!(asked["context"], json!({}));
}

#[tokio::test]
async fn property_5_a_policy_can_demand_a_number_of_six_digits_and_six_it_is() {
    let place = Place::with(&[("number_match", "required"), ("number_kind", "type6")]).await;
    let (sent, challenge) = place.asked(json!({})).await;
    let number = sent["number"].as_str().unwrap();
    assert_eq!((number.len(), &sent["number_kind"]), (6, &json!("type6")));
    assert_eq!(claims(&challenge)["match"], json!({"kind": "type", "digits": 6}));
    assert_eq!(place.answer(&challenge, Decision::Approve, Some("12")).await.status, 400);
    place.answer(&challenge, Decision::Approve, Some(number)).await.expect(200);
    assert_eq!(place.status(&sent).await, "approved");
}

#[tokio::test]
async fn property_5_off_shows_no_number_whoever_asks_for_one_and_verifies_instead() {
    let place = Place::with(&[("number_match", "off")]).await;
    let (sent, challenge) = place.asked(json!({"number_match": true})).await;
    assert_eq!(sent.get("number"), None);
    assert_eq!(claims(&challenge)["verify"], true);
}

#[tokio::test]
async fn property_5_one_of_three_is_picked_and_another_one_denies() {
    let place = Place::with(&[("number_kind", "pick")]).await;
    for right in [true, false] {
        let (sent, challenge) = place.asked(json!({"number_match": true})).await;
        let number = sent["number"].as_str().unwrap();
        let options = claims(&challenge)["match"]["options"].as_array().unwrap().clone();
        assert_eq!((options.len(), options.contains(&json!(number))), (3, true), "{options:?}");
        let other = options.iter().find(|option| **option != number).unwrap().as_str().unwrap();
        let none_of_them =
            (0..100).map(|n| format!("{n:02}")).find(|n| !options.contains(&json!(n))).unwrap();
        assert_eq!(place.answer(&challenge, Decision::Approve, Some(&none_of_them)).await.status, 400);
        let picked = if right { number } else { other };
        let status = place.answer(&challenge, Decision::Approve, Some(picked)).await.status;
        assert_eq!(status, if right { 200 } else { 422 });
        assert_eq!(place.status(&sent).await, if right { "approved" } else { "denied" });
    }
}

#[tokio::test]
async fn property_5_the_phone_shows_a_code_and_only_with_it_the_approval_counts() {
    let place = Place::with(&[("number_kind", "show")]).await;
    let (sent, challenge) = place.asked(json!({"number_match": true})).await;
    assert_eq!((sent.get("number"), &sent["number_kind"]), (None, &json!("show")));
    assert_eq!(place.type_code(&sent, "000000").await.refusal(), (409, "not_answered".to_owned()));

    let answer = place.phone.answer(&challenge, Decision::Approve, None);
    let submit = async || place.phone.submit(id(&sent).parse().unwrap(), &answer).await.expect(200);
    let reply = submit().await;
    let code = reply["code"].as_str().unwrap().to_owned();
    assert_eq!((&reply["outcome"], reply.get("verdict"), code.len()), (&json!("pending"), None, 6));
    assert_eq!(submit().await["code"], code, "a phone that lost the reply asks once more");
    assert!(!challenge.contains(&code));
    let still = place.cms.look(id(&sent)).await.expect(200);
    assert_eq!(
        (&still["status"], &still["responded_at"], &still["device_name"]),
        (&json!("pending"), &Value::Null, &Value::Null)
    );
    assert!(place.phone.inbox().await.is_empty(), "there is nothing left to do on the phone");

    assert_eq!(place.type_code(&sent, &code).await.expect(200)["status"], "approved");
    assert_eq!(place.status(&sent).await, "approved");
    let again = place.type_code(&sent, &code).await;
    assert_eq!(again.refusal(), (409, "session_not_pending".to_owned()));
    let after = place.phone.submit(id(&sent).parse().unwrap(), &answer).await.expect(200);
    assert!(after["verdict"].is_string() && after.get("code").is_none(), "{after}");
}

#[tokio::test]
async fn property_5_a_wrong_code_ends_the_session_as_denied_with_the_first_try() {
    let place = Place::with(&[("number_kind", "show")]).await;
    let (sent, challenge) = place.asked(json!({"number_match": true})).await;
    let code = place.answer(&challenge, Decision::Approve, None).await.expect(200)["code"].clone();
    let wrong = format!("{:06}", (code.as_str().unwrap().parse::<u32>().unwrap() + 1) % 1_000_000);
    assert_eq!(place.type_code(&sent, &wrong).await.refusal(), (400, "invalid_code".to_owned()));
    assert_eq!(place.status(&sent).await, "denied");
    let right = place.type_code(&sent, code.as_str().unwrap()).await;
    assert_eq!(right.refusal(), (409, "session_not_pending".to_owned()));
}

#[tokio::test]
async fn property_6_of_many_codes_typed_at_once_one_is_judged() {
    let place = Place::with(&[("number_kind", "show"), ("pushes_per_minute", "0")]).await;
    for _ in 0..5 {
        let (sent, challenge) = place.asked(json!({"number_match": true})).await;
        let code = place.answer(&challenge, Decision::Approve, None).await.expect(200)["code"].clone();
        let tries = (0..20).map(|n| {
            let typed = if n == 10 { code.as_str().unwrap().to_owned() } else { format!("{n:06}") };
            let (place, sent) = (&place, &sent);
            async move { place.type_code(sent, &typed).await.refusal() }
        });
        let replies = futures_util::future::join_all(tries).await;
        let judged = replies.iter().filter(|(status, _)| matches!(status, 200 | 400)).count();
        assert_eq!(judged, 1, "{replies:?}");
        let approved = replies.iter().any(|(status, _)| *status == 200);
        assert_eq!(place.status(&sent).await, if approved { "approved" } else { "denied" });
        place.server.engine.unlock_user(place.scope().tenant, "sam", &"operator").await.unwrap();
    }
}

#[tokio::test]
async fn property_6_after_an_approval_nobody_approves_again_but_anybody_can_refuse() {
    let place = Place::with(&[("number_kind", "show")]).await;
    let second = Device::enroll(place.server.address, &place.cms.link("sam").await).await;
    let (sent, challenge) = place.asked(json!({"number_match": true})).await;
    let seen_by_second = second.challenge(id(&sent)).await;
    let code = place.answer(&challenge, Decision::Approve, None).await.expect(200)["code"].clone();
    let approve = second.answer(&seen_by_second, Decision::Approve, None);
    let late = second.submit(id(&sent).parse().unwrap(), &approve).await;
    assert_eq!(late.refusal(), (409, "already_answered".to_owned()));
    let deny = second.answer(&seen_by_second, Decision::Deny, None);
    second.submit(id(&sent).parse().unwrap(), &deny).await.expect(200);
    assert_eq!(place.status(&sent).await, "denied");
    let typed = place.type_code(&sent, code.as_str().unwrap()).await;
    assert_eq!(typed.refusal(), (409, "session_not_pending".to_owned()));
}

#[tokio::test]
async fn s2_the_code_is_dead_when_the_answer_window_is_over() {
    let place = Place::with(&[("number_kind", "show"), ("answer_window", "30")]).await;
    let (sent, challenge) = place.asked(json!({"number_match": true})).await;
    let code = place.answer(&challenge, Decision::Approve, None).await.expect(200)["code"].clone();
    place.server.clock.advance(30_000);
    let typed = place.type_code(&sent, code.as_str().unwrap()).await;
    assert_eq!(typed.refusal(), (409, "session_not_pending".to_owned()));
    assert_eq!(place.status(&sent).await, "expired");
}

#[tokio::test]
async fn only_sessions_of_that_kind_take_a_code() {
    let place = Place::with(&[]).await;
    let (sent, _) = place.asked(json!({"number_match": true})).await;
    let number = sent["number"].as_str().unwrap();
    assert_eq!(place.type_code(&sent, number).await.refusal(), (409, "no_code".to_owned()));
    assert_eq!(place.status(&sent).await, "pending");
    let unknown = json!({"session_id": "0190f3c2-0000-7000-8000-000000000000", "code": "123456"});
    let reply = place.cms.post("/api/v1/mfa/verify", &unknown).await;
    assert_eq!(reply.refusal(), (404, "session_not_found".to_owned()));
}

#[tokio::test]
async fn property_4_high_risk_demands_the_verification_key_also_with_a_number() {
    let place = Place::with(&[("pending_limit", "0")]).await;
    let (sent, challenge) = place.asked(json!({"number_match": true, "risk_profile": 3})).await;
    assert_eq!((&claims(&challenge)["verify"], &claims(&challenge)["risk"]), (&json!(true), &json!(3)));
    let number = sent["number"].as_str();
    let claims_of_answer = place.phone.answer_claims(&challenge, Decision::Approve, number);
    let by_possession =
        place.phone.keys.possession.sign(countersign_protocol::jws::Purpose::Answer, &claims_of_answer);
    let refused = place.phone.submit(id(&sent).parse().unwrap(), &by_possession).await;
    assert_eq!(refused.refusal(), (403, "verification_needed".to_owned()));
    let (_, ordinary) = place.asked(json!({"number_match": true})).await;
    assert_eq!(claims(&ordinary)["verify"], false);
    place.set(&[("risk", "3")]).await;
    let (_, assumed) = place.asked(json!({"number_match": true, "risk_profile": 1})).await;
    assert_eq!(claims(&assumed)["verify"], true, "never less than policy assumes");
    place.set(&[("risk", "default"), ("verification", "required")]).await;
    let (_, required) = place.asked(json!({"number_match": true})).await;
    assert_eq!(claims(&required)["verify"], true);
}

#[tokio::test]
async fn the_phone_is_shown_where_the_sign_in_comes_from() {
    let place = Place::with(&[]).await;
    let context = json!({
        "ip": "::ffff:192.0.2.7",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "details": [{"label": "Machine", "value": "build-7"}],
    });
    let (_, challenge) = place.asked(json!({"context": context, "timeout": 300})).await;
    let asked = claims(&challenge);
    assert_eq!(
        asked["context"],
        json!({"ip": "192.0.2.7", "browser": "Firefox 128", "os": "Linux",
               "details": [{"label": "Machine", "value": "build-7"}]})
    );
    assert_eq!(asked["exp"].as_u64().unwrap() - asked["iat"].as_u64().unwrap(), 300);
    assert_eq!(asked["app"]["id"], place.cms.client_id);
}

#[tokio::test]
async fn extras_that_cannot_be_are_named_and_nobody_is_asked() {
    let place = Place::with(&[]).await;
    let detail =
        |label: &str, value: &str| json!({"context": {"details": [{"label": label, "value": value}]}});
    let many: Vec<_> = (0..9).map(|n| json!({"label": "n", "value": n.to_string()})).collect();
    for (extras, named) in [
        (json!({"risk_profile": 4}), "risk_profile"),
        (json!({"risk_profile": "high"}), "risk_profile"),
        (json!({"timeout": 29}), "timeout"),
        (json!({"timeout": 601}), "timeout"),
        (json!({"context": {"ip": "example.org"}}), "context.ip"),
        (json!({"context": {"adress": "192.0.2.7"}}), "adress"),
        (json!({"context": {"user_agent": "x".repeat(1025)}}), "user_agent"),
        (json!({"context": {"details": many}}), "details"),
        (detail("", "x"), "label"),
        (detail(&"x".repeat(41), "x"), "label"),
        (detail("x", "two\nlines"), "value"),
        (json!({"context": 5}), "context"),
    ] {
        let reply = place.send(extras.clone()).await;
        let (status, code) = reply.refusal();
        assert_eq!((status, code.as_str()), (400, "invalid_request"), "{extras} {}", reply.text());
        assert!(reply.json()["message"].as_str().unwrap().contains(named), "{extras}: {}", reply.text());
    }
    assert!(place.phone.inbox().await.is_empty());
}

#[tokio::test]
async fn a_result_can_be_read_for_its_window_and_then_not() {
    let place = Place::with(&[("result_window", "60")]).await;
    let (sent, challenge) = place.asked(json!({})).await;
    place.server.clock.advance(119_000);
    place.answer(&challenge, Decision::Approve, None).await.expect(200);
    place.server.clock.advance(60_000);
    assert_eq!(place.status(&sent).await, "approved", "although its answer window is over");
    place.server.clock.advance(1);
    assert_eq!(place.cms.look(id(&sent)).await.refusal(), (404, "session_not_found".to_owned()));
}
