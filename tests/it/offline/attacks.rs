//! What must not approve anything.

use countersign_protocol::answer::Decision;
use countersign_protocol::offline::OfflineText;
use countersign_protocol::wire::Outcome;
use countersign_server::engine::{Error, OfflineQuestion};
use countersign_server::store::Statement;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Desk, code_of, wrong};

#[tokio::test]
async fn s3_a_code_counts_once() {
    let desk = Desk::new().await;
    let session = desk.ask().await;
    let code = code_of(&desk.device, &desk.questions(&session).await[0]);
    desk.type_in(&session, &code).await.unwrap();
    assert_eq!(desk.type_in(&session, &code).await, Err(Error::NotPending(Outcome::Approved)));
    let next = desk.ask().await;
    let refused = desk.type_in(&next, &code).await;
    assert_eq!(refused, Err(Error::WrongTypedCode { attempts_left: 4 }), "it was for the question before");
}

#[tokio::test]
async fn a_code_made_with_another_key_or_for_another_device_is_wrong() {
    let desk = Desk::new().await;
    desk.set("failure_limit", "100").await;
    let other = desk.another().await;
    let session = desk.ask().await;
    let [one, two] = [&desk.device, &other].map(|device| (device, device.offline_key.as_ref().unwrap()));
    let mut wrong = Vec::new();
    for question in desk.questions(&session).await {
        let jws = question.text.parse::<OfflineText>().unwrap().jws(&one.0.server_key);
        let asked = question.text.parse::<OfflineText>().unwrap().claimed_device();
        for (key, device) in [(one.1, one.0.id), (one.1, two.0.id), (two.1, one.0.id), (two.1, two.0.id)] {
            let honest = asked == Some(device) && (device == one.0.id) == (key == one.1);
            wrong.extend((!honest).then(|| key.approval(&jws, device)));
        }
    }
    assert_eq!(wrong.len(), 6);
    for (tries, code) in wrong.iter().take(5).enumerate() {
        let attempts_left = 4 - i64::try_from(tries).unwrap();
        let refused = desk.type_in(&session, code.as_str()).await;
        assert_eq!(refused, Err(Error::WrongTypedCode { attempts_left }));
    }
    assert_eq!(desk.cms.status(&session).await, "denied");
}

#[tokio::test]
async fn a_code_is_too_late_when_the_question_has_expired_or_was_superseded() {
    let desk = Desk::new().await;
    let first = desk.ask().await;
    let code = code_of(&desk.device, &desk.questions(&first).await[0]);
    let second = desk.ask().await;
    assert_eq!(desk.type_in(&first, &code).await, Err(Error::NotPending(Outcome::Cancelled)));
    assert!(desk.questions(&first).await.is_empty());
    let code = code_of(&desk.device, &desk.questions(&second).await[0]);
    desk.server.clock.advance(3_600_000);
    assert_eq!(desk.type_in(&second, &code).await, Err(Error::NotPending(Outcome::Expired)));
    assert!(desk.questions(&second).await.is_empty());
}

#[tokio::test]
async fn property_4_a_question_that_demands_the_verification_key_takes_no_code() {
    let desk = Desk::new().await;
    let session = desk.cms.ask("sam").await;
    assert!(desk.questions(&session).await.is_empty(), "no number binds it, so the person must be verified");
    let jws = desk.device.challenge(&session.id).await;
    let code = desk.device.offline_key.as_ref().unwrap().approval(&jws, desk.device.id);
    assert_eq!(desk.type_in(&session, code.as_str()).await, Err(Error::NoCode));
    desk.server.clock.advance(61_000);
    let risky = json!({"user_ref": "sam", "number_match": true, "risk_profile": 3});
    let sent = desk.cms.post("/api/v1/mfa/send", &risky).await.expect(200);
    let id = sent["session_id"].as_str().unwrap().parse().unwrap();
    let questions = desk.server.engine.offline_questions(&*desk.caller().await, id).await.unwrap();
    assert!(questions.is_empty(), "an unusual sign-in always demands it");
}

#[tokio::test]
async fn s5_the_fifth_wrong_code_ends_the_question() {
    let desk = Desk::new().await;
    desk.set("failure_limit", "100").await;
    let session = desk.ask().await;
    let code = code_of(&desk.device, &desk.questions(&session).await[0]);
    for left in (0..5).rev() {
        assert_eq!(
            desk.type_in(&session, &wrong(&code)).await,
            Err(Error::WrongTypedCode { attempts_left: left })
        );
    }
    assert_eq!(desk.type_in(&session, &code).await, Err(Error::NotPending(Outcome::Denied)));
    assert_eq!(desk.cms.status(&session).await, "denied");
    let log = desk.log(&session).await;
    let names: Vec<_> = log.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names.iter().filter(|name| **name == "challenge.code_refused").count(), 5);
    assert!(names.contains(&"challenge.denied"));
}

#[tokio::test]
async fn s5_tries_at_once_are_judged_one_by_one() {
    let desk = Desk::new().await;
    desk.set("failure_limit", "100").await;
    let session = desk.ask().await;
    let code = code_of(&desk.device, &desk.questions(&session).await[0]);
    let guess = wrong(&code);
    let results = join_all((0..24).map(|_| desk.type_in(&session, &guess))).await;
    let judged = results.iter().filter(|result| matches!(result, Err(Error::WrongTypedCode { .. }))).count();
    assert!(judged <= 5, "{results:?}");
    assert!(results.iter().all(Result::is_err));
    let refused = desk.log(&session).await.into_iter().filter(|(name, ..)| name == "challenge.code_refused");
    assert_eq!(refused.count(), judged, "each that was judged was counted");
}

#[tokio::test]
async fn s6_wrong_codes_lock_pushes_as_wrong_numbers_do() {
    let desk = Desk::new().await;
    desk.set("failure_limit", "3").await;
    let session = desk.ask().await;
    let code = code_of(&desk.device, &desk.questions(&session).await[0]);
    for left in [4, 3, 0] {
        let refused = desk.type_in(&session, &wrong(&code)).await;
        assert_eq!(refused, Err(Error::WrongTypedCode { attempts_left: left }));
    }
    assert_eq!(desk.type_in(&session, &code).await, Err(Error::NotPending(Outcome::Cancelled)));
    desk.server.clock.advance(61_000);
    let sent = desk.cms.post("/api/v1/mfa/send", &json!({"user_ref": "sam", "number_match": true})).await;
    assert_eq!(sent.refusal().1, "user_locked", "{}", sent.text());
}

#[tokio::test]
async fn a_device_that_was_removed_answers_nothing() {
    let desk = Desk::new().await;
    let session = desk.ask().await;
    let other = desk.another().await;
    let code = code_of(&desk.device, &desk.questions(&session).await[0]);
    desk.device.call("DELETE", "/api/v1/device", &Value::Null).await;
    assert!(desk.questions(&session).await.is_empty());
    assert_eq!(desk.type_in(&session, &code).await, Err(Error::NoCode));
    assert_ne!(other.id, desk.device.id);
    let gone = Statement::one(
        "UPDATE devices SET device_name = 'gone' WHERE tenant_id = ?1 AND id = ?2 AND offline_key IS NULL",
        vec![desk.tenant().into(), desk.device.id.local.into()],
    );
    let rows = desk.server.rows();
    rows.write(vec![gone]).await.expect("its offline key went with it");
    rows.close().await;
}

#[tokio::test]
async fn of_a_removal_and_a_code_at_once_the_later_one_finds_what_the_other_did() {
    let desk = Desk::new().await;
    for round in 0..4 {
        let device = desk.another().await;
        let session = desk.ask().await;
        let questions = desk.questions(&session).await;
        let own =
            |q: &&OfflineQuestion| q.text.parse::<OfflineText>().unwrap().claimed_device() == Some(device.id);
        let code = code_of(&device, questions.iter().find(own).unwrap());
        let (typed, removed) = tokio::join!(
            desk.type_in(&session, &code),
            device.call("DELETE", "/api/v1/device", &Value::Null)
        );
        assert_eq!(removed.status, 204);
        let status = desk.cms.status(&session).await;
        match typed {
            Ok(_) => assert_eq!(status, "approved"),
            // The first device can still answer, so it is a wrong code and no missing one.
            Err(Error::WrongTypedCode { attempts_left: 4 }) => assert_eq!(status, "pending"),
            other => panic!("round {round}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn s25_the_offline_key_is_sealed_where_it_stands() {
    let desk = Desk::new().await;
    let session = desk.ask().await;
    let rows = desk.server.rows();
    let now = desk.server.clock.now();
    let sealed = {
        let user = rows.user_by_ref(desk.tenant(), "sam").await.unwrap().unwrap().id;
        let mut found = rows.offline_prompts(desk.tenant(), user, session.challenge(), now).await.unwrap();
        found.remove(0).key
    };
    let key = desk.device.offline_key.as_ref().unwrap().reveal();
    assert_eq!(sealed.len(), 12 + 32 + 16);
    assert!(!sealed.windows(8).any(|part| key.windows(8).any(|own| own == part)));
    // Put in the place of another device's it opens nothing.
    let other = desk.another().await;
    let swap = Statement::one(
        "UPDATE devices SET offline_key = ?3 WHERE tenant_id = ?1 AND id = ?2",
        vec![desk.tenant().into(), other.id.local.into(), sealed.into()],
    );
    rows.write(vec![swap]).await.unwrap();
    rows.close().await;
    let session = desk.ask().await;
    assert!(matches!(desk.type_in(&session, "12345678").await, Err(Error::Seal(_))));
    assert_eq!(desk.cms.status(&session).await, "pending");
}

#[tokio::test]
async fn a_code_does_not_approve_what_another_phone_has_approved_and_waits_for_its_own_code() {
    let desk = Desk::new().await;
    desk.set("number_kind", "show").await;
    let session = desk.ask().await;
    let code = code_of(&desk.device, &desk.questions(&session).await[0]);
    let challenge = desk.device.challenge(&session.id).await;
    let yes = desk.device.answer(&challenge, Decision::Approve, None);
    let shown = desk.device.submit(session.challenge(), &yes).await.expect(200);
    assert!(shown["code"].is_string());
    assert!(desk.questions(&session).await.is_empty());
    assert_eq!(desk.type_in(&session, &code).await, Err(Error::NoCode));
    assert_eq!(desk.cms.status(&session).await, "pending");
}
