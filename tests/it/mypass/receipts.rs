//! Receipts: the evidence of a decision, for the relying party to keep.

use countersign_protocol::receipt::Receipt;
use countersign_protocol::wire::Outcome;
use countersign_tests::http::Reply;
use countersign_tests::phone::Phone;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;

async fn receipt(cms: &RelyingParty, session: &str) -> Reply {
    cms.call("GET", &format!("/api/v1/mfa/receipt/{session}")).await
}

#[tokio::test]
async fn property_10_a_receipt_comes_from_the_server_also_when_device_and_key_are_gone() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let phone = Phone::with_clock(server.clock.clone());
    phone.enroll(&cms.link("sam").await).await;
    let key = server.engine.signing_key(cms.tenant.parse().unwrap()).await.unwrap();
    let mut receipts = Vec::new();
    for (right, wanted) in [(true, Outcome::Approved), (false, Outcome::Denied)] {
        let session = cms.ask_with_number("sam").await;
        let number = if right { session.number.clone().unwrap() } else { session.wrong_number() };
        phone.core.approve(session.challenge(), Some(&number)).await.unwrap();
        let reply = receipt(&cms, &session.id).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let facts = Receipt::parse(&reply.text()).unwrap().verify(&key).unwrap();
        assert_eq!((facts.outcome, facts.challenge.jti.to_string()), (wanted, session.id.clone()));
        receipts.push((session.id, reply.text()));
    }
    let token = cms.devices("sam").await[0]["device_token"].as_str().unwrap().to_owned();
    cms.remove_device(&token).await.expect(200);
    server.engine.rotate_signing_key(cms.tenant.parse().unwrap(), &"operator").await.unwrap();
    server.clock.advance(60_000);
    for (session, before) in receipts {
        assert_eq!(receipt(&cms, &session).await.text(), before);
    }
}

#[tokio::test]
async fn property_10_without_an_answer_there_is_no_receipt() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let spy = server.relying_party("Spy", None).await;
    let phone = Phone::with_clock(server.clock.clone());
    phone.enroll(&cms.link("sam").await).await;
    let session = cms.ask("sam").await;
    let pending = receipt(&cms, &session.id).await;
    assert_eq!(pending.refusal(), (409, "no_receipt".to_owned()));
    assert_eq!(pending.json()["status"], "pending");
    cms.cancel(&session.id).await.expect(200);
    assert_eq!(receipt(&cms, &session.id).await.json()["status"], "cancelled");
    let late = cms.ask("sam").await;
    server.clock.advance(121_000);
    assert_eq!(receipt(&cms, &late.id).await.json()["status"], "expired");
    for unknown in ["login-4711", "0190f3c2-0000-7000-8000-000000000000"] {
        assert_eq!(receipt(&cms, unknown).await.refusal(), (404, "session_not_found".to_owned()));
    }
    let answered = cms.ask("sam").await;
    phone.core.deny(answered.challenge()).await.unwrap();
    receipt(&cms, &answered.id).await.expect(200);
    assert_eq!(receipt(&spy, &answered.id).await.refusal(), (404, "session_not_found".to_owned()));
}
