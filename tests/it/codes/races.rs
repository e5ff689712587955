//! What happens at the same moment: of several right answers one counts, and a session ends in one way.

use countersign_tests::http::Reply;
use futures_util::future::join_all;
use serde_json::json;

use super::{Place, id, wrong};

#[tokio::test]
async fn s3_of_many_right_answers_at_once_one_passes() {
    let place = Place::with_sam().await;
    let sent = place.asked().await;
    let code = place.code().await;
    let replies = join_all((0..12).map(|_| place.verify(&sent, &code))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    let late = (409, "session_not_pending".to_owned());
    assert!(replies.iter().all(|reply: &Reply| reply.status == 200 || reply.refusal() == late));
}

#[tokio::test]
async fn a_code_and_a_cancellation_at_once_have_one_outcome() {
    let place = Place::with_sam().await;
    for round in 0..5 {
        let sent = place.asked().await;
        let code = place.code().await;
        let (typed, cancelled) = tokio::join!(place.verify(&sent, &code), place.cms.cancel(id(&sent)));
        let status = place.status(&sent).await;
        match (typed.status, cancelled.status) {
            (200, 409) => assert_eq!(status, "approved"),
            (409, 200) => assert_eq!(status, "cancelled"),
            other => panic!("round {round}: {other:?}"),
        }
        place.server.clock.advance(3_600_000);
    }
}

#[tokio::test]
async fn s5_the_last_wrong_code_and_a_new_code_at_once_have_one_outcome() {
    let place = Place::with_sam().await;
    let sent = place.ask_with("sam", "sms", json!({"timeout": 600})).await.expect(200);
    let code = place.code().await;
    for _ in 0..4 {
        place.verify(&sent, &wrong(&code)).await;
    }
    place.cool_down();
    let guess = wrong(&code);
    let (typed, resent) = tokio::join!(place.verify(&sent, &guess), place.resend(&sent, json!({})));
    assert_eq!(typed.refusal(), (400, "invalid_code".to_owned()), "it is counted before or after");
    assert!([200, 409].contains(&resent.status), "{}", resent.text());
    assert_eq!(place.status(&sent).await, "denied");
    assert_eq!(place.verify(&sent, &place.code().await).await.status, 409, "no new code brings it back");
}

#[tokio::test]
async fn s3_a_code_and_its_end_at_the_same_moment() {
    let place = Place::with_sam().await;
    let sent = place.ask_with("sam", "sms", json!({"timeout": 30})).await.expect(200);
    let code = place.code().await;
    let row = place.cms.look(id(&sent)).await.expect(200);
    assert_eq!(row["status"], "pending");
    // A whole second: the last millisecond counts, the next one does not.
    let end = (place.server.clock.now() / 1000 + 30) * 1000;
    place.server.clock.set(end);
    assert_eq!(place.verify(&sent, &code).await.refusal(), (409, "session_not_pending".to_owned()));
    place.server.clock.set(end - 1);
    place.verify(&sent, &code).await.expect(200);
}
