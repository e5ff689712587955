//! What a policy asks of a sign-in beside the plain two digits: numbers picked, codes shown, six digits, risk, details; and
//! the rules by which a person is not asked. The phone is the product's own core.

use countersign_core::approve::AnswerResult;
use countersign_protocol::id::TenantId;
use countersign_protocol::wire::Outcome;
use countersign_server::engine::policy::Scope;
use countersign_tests::phone::Phone;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;
use serde_json::{Value, json};

/// A server whose tenant has these settings, a relying party, and a user with one phone.
async fn with(settings: &[(&str, &str)]) -> (ServerHere, RelyingParty, Phone) {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let tenant: TenantId = cms.tenant.parse().unwrap();
    // One question after the other, as fast as they come.
    let no_limits = [("pending_limit", "0"), ("pushes_per_minute", "0")];
    let settings = [settings, &no_limits].concat();
    let pairs: Vec<_> =
        settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    server.engine.set_policy(Scope { tenant, application: None }, &pairs, &"operator").await.unwrap();
    let phone = Phone::new();
    phone.enroll(&cms.link("sam").await).await;
    (server, cms, phone)
}

/// `POST /mfa/send` with these members beside `user_ref`.
async fn send(cms: &RelyingParty, more: Value) -> Value {
    let mut body = json!({ "user_ref": "sam" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    cms.post("/api/v1/mfa/send", &body).await.expect(200)
}

async fn status(cms: &RelyingParty, sent: &Value) -> String {
    let look = cms.look(sent["session_id"].as_str().unwrap()).await.expect(200);
    look["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn property_5_one_of_three_is_picked_on_the_phone() {
    let (_server, cms, phone) = with(&[("number_kind", "pick")]).await;
    let sent = send(&cms, json!({ "number_match": true })).await;
    let request = phone.the_request().await;
    let options = request.options.unwrap().map(|option| option.to_string());
    let number = sent["number"].as_str().unwrap();
    assert_eq!((options.iter().filter(|o| *o == number).count(), &sent["number_kind"]), (1, &json!("pick")));
    let result = phone.core.approve(request.id, Some(number)).await.unwrap();
    assert_eq!(
        (result, status(&cms, &sent).await.as_str()),
        (AnswerResult::Done(Outcome::Approved), "approved")
    );

    let sent = send(&cms, json!({ "number_match": true })).await;
    let request = phone.the_request().await;
    let wrong = request.options.unwrap().map(|o| o.to_string()).into_iter().find(|o| *o != sent["number"]);
    let result = phone.core.approve(request.id, wrong.as_deref()).await.unwrap();
    assert_eq!((result, status(&cms, &sent).await.as_str()), (AnswerResult::WrongNumber, "denied"));
}

#[tokio::test]
async fn property_5_a_code_is_shown_after_the_approval_and_only_the_login_page_makes_it_count() {
    let (_server, cms, phone) = with(&[("number_kind", "show")]).await;
    for right in [true, false] {
        let sent = send(&cms, json!({ "number_match": true })).await;
        assert_eq!((&sent["number"], &sent["number_kind"]), (&Value::Null, &json!("show")));
        let request = phone.the_request().await;
        assert_eq!((request.digits, request.options, request.shows), (None, None, Some(6)));
        let shown = phone.core.approve(request.id, None).await.unwrap();
        let AnswerResult::Code(code) = shown else { panic!("{shown:?}") };
        assert_eq!(status(&cms, &sent).await, "pending", "the approval alone lets nobody in");
        assert!(phone.inbox().await.pending.is_empty());
        let wrong = if code.as_str() == "000000" { "000001" } else { "000000" };
        let typed = if right { code.as_str() } else { wrong };
        let reply =
            cms.post("/api/v1/mfa/verify", &json!({ "session_id": sent["session_id"], "code": typed })).await;
        reply.expect(if right { 200 } else { 400 });
        assert_eq!(status(&cms, &sent).await, if right { "approved" } else { "denied" });
        let end = phone.core.follow_code(request.id).await.unwrap();
        assert_eq!(
            end,
            if right { AnswerResult::Done(Outcome::Approved) } else { AnswerResult::WrongNumber }
        );
    }
    assert_eq!(phone.core.answers().unwrap().len(), 1, "a receipt of the one that was approved");
}

#[tokio::test]
async fn property_4_an_approval_is_taken_back_before_its_code_was_typed() {
    let (_server, cms, phone) = with(&[("number_kind", "show")]).await;
    let sent = send(&cms, json!({ "number_match": true })).await;
    let request = phone.the_request().await;
    let AnswerResult::Code(code) = phone.core.approve(request.id, None).await.unwrap() else { panic!() };
    let denied = phone.core.deny(request.id).await.unwrap();
    assert_eq!((denied, status(&cms, &sent).await.as_str()), (AnswerResult::Done(Outcome::Denied), "denied"));
    let body = json!({ "session_id": sent["session_id"], "code": code.as_str() });
    cms.post("/api/v1/mfa/verify", &body).await.expect(409);
}

#[tokio::test]
async fn property_5_six_digits_details_and_risk_reach_the_phone() {
    let (_server, cms, phone) = with(&[("number_kind", "type6")]).await;
    let sent = send(
        &cms,
        json!({ "number_match": true, "risk_profile": 3, "context": {
            "ip": "192.0.2.7", "details": [{ "label": "Amount", "value": "250 €" }] } }),
    )
    .await;
    let request = phone.the_request().await;
    assert_eq!((request.digits, request.risk, request.verify), (Some(6), 3, true));
    assert_eq!((request.details[0].label.as_str(), request.details[0].value.as_str()), ("Amount", "250 €"));
    assert_eq!(request.ip.as_deref(), Some("192.0.2.7"));
    let result = phone.core.approve(request.id, sent["number"].as_str()).await.unwrap();
    assert_eq!(
        (result, status(&cms, &sent).await.as_str()),
        (AnswerResult::Done(Outcome::Approved), "approved")
    );
}

#[tokio::test]
async fn property_4_a_rule_approves_what_it_names_and_nothing_else() {
    let (_server, cms, phone) = with(&[("auto_accept", "on"), ("denial_limit", "100")]).await;
    let here = json!({ "context": { "ip": "192.0.2.7" } });
    let first = send(&cms, here.clone()).await;
    let request = phone.the_request().await;
    assert!(request.rules_allowed);
    let offer = phone.core.rule_offer(request.id).await.unwrap();
    phone.core.approve(request.id, None).await.unwrap();
    let rule = phone.core.make_rule(&offer, 7).await.unwrap();
    assert_eq!((rule.network.as_str(), status(&cms, &first).await.as_str()), ("192.0.2.7/32", "approved"));
    let account = phone.core.accounts().unwrap().remove(0).id;
    assert_eq!(phone.core.rules(&account).await.unwrap().rules[0].id, rule.id);

    let by_rule = send(&cms, here.clone()).await;
    assert_eq!(
        (by_rule["status"].as_str(), status(&cms, &by_rule).await.as_str()),
        (Some("approved"), "approved")
    );
    assert!(phone.inbox().await.pending.is_empty(), "nobody is asked");

    for elsewhere in [
        json!({ "context": { "ip": "192.0.2.8" } }),
        json!({}),
        json!({ "context": { "ip": "192.0.2.7" }, "risk_profile": 2 }),
        json!({ "context": { "ip": "192.0.2.7" }, "risk_profile": 3 }),
    ] {
        let sent = send(&cms, elsewhere.clone()).await;
        assert_eq!(sent["status"], "pending", "{elsewhere}");
        phone.core.deny(phone.the_request().await.id).await.unwrap();
    }
    phone.core.end_rule(&account, &rule.id).await.unwrap();
    assert_eq!(send(&cms, here).await["status"], "pending", "an ended rule approves nothing");
}
