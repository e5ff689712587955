//! One answer (property 6): asked again, from two phones at once, after another decision.

use countersign_core::approve::AnswerResult;
use countersign_protocol::answer::Decision;
use countersign_protocol::wire::Outcome;
use countersign_tests::device::Device;
use countersign_tests::phone::Phone;
use futures_util::future::join_all;
use serde_json::json;

use crate::server;

#[tokio::test]
async fn property_6_the_same_bytes_get_the_same_reply_and_others_the_outcome() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    server.without_limits(&cms).await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let session = cms.ask_with_number("sam").await;
    let challenge = device.inbox().await.remove(0);
    let yes = device.answer(&challenge, Decision::Approve, session.number.as_deref());
    let again = device.answer(&challenge, Decision::Approve, session.number.as_deref());
    let no = device.answer(&challenge, Decision::Deny, None);
    for _ in 0..3 {
        assert_eq!(device.submit(session.challenge(), &yes).await.expect(200)["outcome"], "approved");
    }
    for other in [&again, &no] {
        let refused = device.submit(session.challenge(), other).await.expect(409);
        assert_eq!((&refused["code"], &refused["outcome"]), (&json!("already_answered"), &json!("approved")));
    }
    assert_eq!(cms.status(&session).await, "approved");
}

#[tokio::test]
async fn property_6_a_wrong_number_stays_wrong_also_when_it_is_sent_again() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    server.without_limits(&cms).await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let session = cms.ask_with_number("sam").await;
    let challenge = device.inbox().await.remove(0);
    let wrong = device.answer(&challenge, Decision::Approve, Some(&session.wrong_number()));
    for _ in 0..2 {
        let refused = device.submit(session.challenge(), &wrong).await.expect(422);
        assert_eq!((&refused["code"], &refused["outcome"]), (&json!("wrong_number"), &json!("denied")));
    }
    let right = device.answer(&challenge, Decision::Approve, session.number.as_deref());
    let refused = device.submit(session.challenge(), &right).await.expect(409);
    assert_eq!(refused["outcome"], "denied", "one try");
}

#[tokio::test]
async fn property_6_two_phones_decide_at_once_and_exactly_one_wins() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    server.without_limits(&cms).await;
    let (one, other) = (Phone::new(), Phone::new());
    one.enroll(&cms.link("sam").await).await;
    other.enroll(&cms.link("sam").await).await;
    for round in 0..12 {
        let session = cms.ask("sam").await;
        let id = session.challenge();
        tokio::join!(one.inbox(), other.inbox());
        let (yes, no) = tokio::join!(one.core.approve(id, None), other.core.deny(id));
        let told = [yes.unwrap(), no.unwrap()];
        let status = cms.status(&session).await;
        let expected = match status.as_str() {
            "approved" => [AnswerResult::Done(Outcome::Approved), AnswerResult::Elsewhere(Outcome::Approved)],
            "denied" => [AnswerResult::Elsewhere(Outcome::Denied), AnswerResult::Done(Outcome::Denied)],
            _ => panic!("round {round}: {status}"),
        };
        assert_eq!(told, expected, "round {round}");
    }
}

#[tokio::test]
async fn property_6_eight_devices_and_a_cancellation_race_for_a_hundred_requests() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    server.without_limits(&cms).await;
    let mut devices = Vec::new();
    for _ in 0..8 {
        devices.push(Device::enroll(server.address, &cms.link("sam").await).await);
    }
    for round in 0..100 {
        let session = cms.ask_with_number("sam").await;
        let mut answers = Vec::new();
        for (nth, device) in devices.iter().enumerate() {
            let challenge = device.inbox().await.remove(0);
            let (decision, number) = match nth % 2 {
                0 => (Decision::Approve, session.number.as_deref()),
                _ => (Decision::Deny, None),
            };
            answers.push((device.answer(&challenge, decision, number), device));
        }
        let racing = answers.iter().map(|(answer, device)| device.submit(session.challenge(), answer));
        let (cancelled, replies) = tokio::join!(cms.cancel(&session.id), join_all(racing));
        let status = cms.status(&session).await;
        let won = replies.iter().filter(|reply| reply.status == 200).count();
        assert_eq!(won + usize::from(cancelled.status == 200), 1, "round {round}: {status}");
        for reply in &replies {
            assert!(matches!(reply.status, 200 | 409), "round {round}: {}", reply.text());
            assert_eq!(reply.json()["outcome"], status.as_str(), "round {round}");
        }
        assert_eq!(cancelled.json()["status"], status.as_str(), "round {round}");
    }
}

#[tokio::test]
async fn property_6_a_report_does_not_overrule_an_approval_that_was_faster() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    server.without_limits(&cms).await;
    let one = Device::enroll(server.address, &cms.link("sam").await).await;
    let other = Device::enroll(server.address, &cms.link("sam").await).await;
    for round in 0..30 {
        let (first, second) = (cms.ask("sam").await, cms.ask("sam").await);
        let report = one.answer(&one.challenge(&first.id).await, Decision::Report, None);
        let approve = other.answer(&other.challenge(&second.id).await, Decision::Approve, None);
        let (reported, approved) =
            tokio::join!(one.submit(first.challenge(), &report), other.submit(second.challenge(), &approve));
        reported.expect(200);
        let told = approved.json()["outcome"].clone();
        assert!(told == "approved" || told == "denied", "round {round}: {told}");
        assert_eq!(
            told,
            cms.status(&second).await.as_str(),
            "round {round}: the phone was told something else"
        );
        assert_eq!(cms.status(&first).await, "denied");
        // A report lets pushes rest.
        server.program().json(&["user", "unlock", "--tenant", &cms.tenant, "--user-ref", "sam"]).await;
    }
}
