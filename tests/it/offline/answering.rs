//! What becomes of a code that is right.

use countersign_protocol::answer::Decision;
use countersign_protocol::link::EnrollmentLink;
use countersign_protocol::offline::OfflineText;
use countersign_protocol::wire::Outcome;
use countersign_server::engine::{Error, OfflineQuestion};
use countersign_server::store::Statement;
use countersign_tests::device::{Keys, complete_enrollment};
use countersign_tests::http;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Desk, code_of, wrong};

#[tokio::test]
async fn a_right_code_approves_and_the_log_says_how() {
    let desk = Desk::new().await;
    let session = desk.ask().await;
    let questions = desk.questions(&session).await;
    assert_eq!(questions.len(), 1);
    assert_eq!(questions[0].device_name, "Robot");
    let code = code_of(&desk.device, &questions[0]);
    let spaced = format!(" {} {}\n", &code[..4], &code[4..]);
    assert_eq!(desk.type_in(&session, &spaced).await, Ok(Outcome::Approved));
    let status = desk.cms.look(&session.id).await.expect(200);
    assert_eq!((&status["status"], &status["device_name"]), (&json!("approved"), &json!("Robot")));
    assert!(status["responded_at"].is_string());
    let (who, how) = desk.ended(&session, "challenge.approved").await;
    assert_eq!((who, how.as_str()), (desk.device.id.to_string(), "offline"));
}

#[tokio::test]
async fn there_is_no_receipt_and_the_history_says_why() {
    let desk = Desk::new().await;
    let session = desk.ask().await;
    let code = code_of(&desk.device, &desk.questions(&session).await[0]);
    desk.type_in(&session, &code).await.unwrap();
    let refused = desk.cms.call("GET", &format!("/api/v1/mfa/receipt/{}", session.id)).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.text().contains("approved by a code"), "{}", refused.text());
    let other = desk.another().await;
    let entry = |reply: http::Reply| reply.expect(200)["entries"][0].clone();
    let own = entry(desk.device.call("GET", "/api/v1/device/history", &Value::Null).await);
    assert_eq!(
        (&own["outcome"], &own["answered_here"], &own["offline"]),
        (&json!("approved"), &json!(true), &json!(true))
    );
    assert!(other.inbox().await.is_empty());
    let signed = desk.ask().await;
    let challenge = other.challenge(&signed.id).await;
    let yes = other.answer(&challenge, Decision::Approve, signed.number.as_deref());
    other.submit(signed.challenge(), &yes).await.expect(200);
    let newest = entry(other.call("GET", "/api/v1/device/history", &Value::Null).await);
    assert_eq!((&newest["answered_here"], newest.get("offline")), (&json!(true), None));
}

#[tokio::test]
async fn each_device_has_a_code_of_its_own_and_is_named_by_it() {
    let desk = Desk::new().await;
    let other = desk.another().await;
    let session = desk.ask().await;
    let questions = desk.questions(&session).await;
    assert_eq!(questions.len(), 2);
    let own =
        |q: &&OfflineQuestion| q.text.parse::<OfflineText>().unwrap().claimed_device() == Some(other.id);
    let text = questions.iter().find(own);
    let code = code_of(&other, text.unwrap());
    assert_eq!(desk.type_in(&session, &code).await, Ok(Outcome::Approved));
    assert_eq!(desk.ended(&session, "challenge.approved").await.0, other.id.to_string());
    assert!(desk.device.inbox().await.is_empty(), "it waits on no phone any more");
}

#[tokio::test]
async fn a_device_that_can_only_be_notified_has_no_offline_key() {
    let desk = Desk::new().await;
    let link = EnrollmentLink::parse(&desk.cms.link("kim").await).unwrap();
    let mut body = Keys::default().enrollment(&link.server, &link.token);
    body.as_object_mut().unwrap().retain(|name, _| name != "keys" && name != "proof");
    let device = complete_enrollment(desk.server.address, &body).await.expect(201);
    assert_eq!(device.get("offline_key"), None);
}

#[tokio::test]
async fn a_new_phone_gets_a_key_of_its_own() {
    let desk = Desk::new().await;
    let other = desk.another().await;
    assert_ne!(desk.device.offline_key, other.offline_key);
    assert!(other.offline_key.is_some());
}

#[tokio::test]
async fn a_device_that_was_enrolled_before_there_were_such_keys_is_left_out() {
    let desk = Desk::new().await;
    let data = desk.server.data();
    let forget = Statement::one(
        "UPDATE devices SET offline_key = NULL WHERE tenant_id = ?1 AND id = ?2",
        vec![desk.tenant().into(), desk.device.id.local.into()],
    );
    data.store.write(vec![forget]).await.unwrap();
    data.store.close().await;
    let session = desk.ask().await;
    assert!(desk.questions(&session).await.is_empty());
    assert_eq!(desk.type_in(&session, "12345678").await, Err(Error::NoCode));
    assert_eq!(desk.cms.status(&session).await, "pending", "it can still be answered with a network");
}

#[tokio::test]
async fn what_is_not_eight_digits_is_not_counted() {
    let desk = Desk::new().await;
    let session = desk.ask().await;
    for typed in ["", "1234567", "123456789", "1234567a", "١٢٣٤٥٦٧٨", "12345678.", "-1234567"] {
        assert!(matches!(desk.type_in(&session, typed).await, Err(Error::Invalid(_))), "{typed}");
    }
    let code = code_of(&desk.device, &desk.questions(&session).await[0]);
    for left in (1..=4).rev() {
        let refused = desk.type_in(&session, &wrong(&code)).await;
        assert_eq!(refused, Err(Error::WrongTypedCode { attempts_left: left }));
    }
    assert_eq!(desk.type_in(&session, &code).await, Ok(Outcome::Approved), "the fifth try may be right");
}

#[tokio::test]
async fn a_right_code_ends_the_count_of_wrong_ones() {
    let desk = Desk::new().await;
    desk.set("failure_limit", "4").await;
    for _ in 0..3 {
        let session = desk.ask().await;
        let code = code_of(&desk.device, &desk.questions(&session).await[0]);
        for _ in 0..3 {
            desk.type_in(&session, &wrong(&code)).await.unwrap_err();
        }
        assert_eq!(desk.type_in(&session, &code).await, Ok(Outcome::Approved));
    }
}

#[tokio::test]
async fn property_6_of_a_code_and_a_signed_answer_at_once_one_decides() {
    let desk = Desk::new().await;
    // Who wins is chance, and refusals in a row would let pushes rest.
    desk.set("denial_limit", "100").await;
    for round in 0..6 {
        let session = desk.ask().await;
        let code = code_of(&desk.device, &desk.questions(&session).await[0]);
        desk.device.renew_nonce().await;
        let challenge = desk.device.challenge(&session.id).await;
        let no = desk.device.answer(&challenge, Decision::Deny, None);
        let (typed, signed) =
            tokio::join!(desk.type_in(&session, &code), desk.device.submit(session.challenge(), &no));
        let status = desk.cms.status(&session).await;
        match (typed, signed.status) {
            (Ok(Outcome::Approved), 409) => assert_eq!(status, "approved"),
            (Err(Error::NotPending(Outcome::Denied)), 200) => assert_eq!(status, "denied"),
            other => panic!("round {round}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn s3_of_many_right_codes_at_once_one_passes() {
    let desk = Desk::new().await;
    let session = desk.ask().await;
    let code = code_of(&desk.device, &desk.questions(&session).await[0]);
    let results = join_all((0..12).map(|_| desk.type_in(&session, &code))).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    let late = Err(Error::NotPending(Outcome::Approved));
    assert!(results.iter().all(|result| result.is_ok() || *result == late), "{results:?}");
}

#[tokio::test]
async fn an_unknown_session_or_another_tenants_is_not_there() {
    let desk = Desk::new().await;
    let session = desk.ask().await;
    let code = code_of(&desk.device, &desk.questions(&session).await[0]);
    let other = desk.server.relying_party("Somebody else", None).await;
    let stranger =
        desk.server.engine.authenticate(&other.client_id, &other.client_secret, None).await.unwrap();
    let engine = &desk.server.engine;
    let id = session.challenge();
    assert_eq!(engine.offline_questions(&stranger, id).await.unwrap_err(), Error::ChallengeNotFound);
    assert_eq!(engine.answer_offline(&stranger, id, &code).await, Err(Error::ChallengeNotFound));
    assert_eq!(desk.cms.status(&session).await, "pending");
}
