//! What happens at the same moment: it ends in one way, and everybody is told the same.

use countersign_protocol::answer::Decision;
use countersign_protocol::wire::Outcome;
use countersign_server::engine::policy::Factor;
use countersign_server::engine::{Error, Language, Standing};
use countersign_tests::mailbox;
use futures_util::future::join_all;

use super::{Place, waits_for};

const ROUNDS: usize = 6;

/// Long enough for the next short message to the same number, and for pushes after a refusal.
const PAUSE: i64 = 3_600_000;

#[tokio::test]
async fn of_two_choices_at_once_one_is_asked_and_neither_is_an_error() {
    let place = Place::without_limits().await;
    for round in 0..ROUNDS {
        let begun = place.open().await;
        let seen = place.look(&begun).await;
        let choose = |kind| place.engine().choose_way(&seen, kind, None, Language::En);
        let (one, other) = tokio::join!(choose(Factor::Push), choose(Factor::Sms));
        assert_eq!((one, other), (Ok(()), Ok(())), "round {round}");
        assert!(waits_for(place.standing(&begun).await).is_some());
        assert_eq!(place.pending().await, 1, "round {round}");
        place.engine().cancel_transaction(&seen).await.unwrap();
        place.server.clock.advance(PAUSE);
    }
}

#[tokio::test]
async fn of_many_equal_choices_at_once_one_is_asked() {
    // With the limits that there are unless somebody says otherwise.
    let place = Place::new().await;
    for kind in [Factor::Sms, Factor::Push] {
        let begun = place.open().await;
        let seen = place.look(&begun).await;
        let choices = (0..8).map(|_| place.engine().choose_way(&seen, kind, None, Language::En));
        assert_eq!(join_all(choices).await, vec![Ok(()); 8]);
    }
    assert_eq!(place.pending().await, 1);
    let rows = place.server.rows();
    let asked = rows.ended_prompts(place.phone.id, i64::MAX, 100).await.unwrap();
    rows.close().await;
    let sent = mailbox::all(&place.server).await;
    assert_eq!((asked.len(), sent.len()), (1, 1), "nothing was asked or sent, and taken back");
}

#[tokio::test]
async fn s3_a_choice_and_an_approval_at_once_have_one_outcome() {
    let place = Place::without_limits().await;
    for round in 0..ROUNDS {
        let begun = place.asking(Factor::Push).await;
        let answer = place.answer(&begun, Decision::Approve).await;
        let seen = place.look(&begun).await;
        let (chosen, answered) = tokio::join!(
            place.engine().choose_way(&seen, Factor::Sms, None, Language::En),
            place.submit(&answer)
        );
        match (chosen, answered.status) {
            (Err(Error::NotPending(Outcome::Approved)), 200) => {
                assert_eq!(place.standing(&begun).await, Standing::Approved);
            }
            (Ok(()), 409) => assert_eq!(waits_for(place.standing(&begun).await), Some(Factor::Sms)),
            other => panic!("round {round}: {other:?}"),
        }
        place.server.clock.advance(PAUSE);
    }
}

#[tokio::test]
async fn s3_an_answer_to_the_question_before_decides_nothing() {
    let place = Place::without_limits().await;
    let begun = place.asking(Factor::Push).await;
    let late = place.answer(&begun, Decision::Approve).await;
    place.choose(&begun, Factor::Sms).await.unwrap();
    assert_eq!(place.submit(&late).await.status, 409);
    assert_eq!(waits_for(place.standing(&begun).await), Some(Factor::Sms));
}

#[tokio::test]
async fn s3_a_cancellation_and_an_approval_at_once_have_one_outcome() {
    let place = Place::without_limits().await;
    for round in 0..ROUNDS {
        let begun = place.asking(Factor::Push).await;
        let answer = place.answer(&begun, Decision::Approve).await;
        let seen = place.look(&begun).await;
        let (cancelled, answered) =
            tokio::join!(place.engine().cancel_transaction(&seen), place.submit(&answer));
        let standing = place.standing(&begun).await;
        match (cancelled, answered.status) {
            (Err(Error::NotPending(Outcome::Approved)), 200) => assert_eq!(standing, Standing::Approved),
            (Ok(()), 409) => assert_eq!(standing, Standing::Rejected),
            other => panic!("round {round}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn s3_a_choice_and_a_cancellation_at_once_leave_nothing_that_waits() {
    let place = Place::without_limits().await;
    for round in 0..ROUNDS {
        let begun = place.open().await;
        let seen = place.look(&begun).await;
        let (chosen, cancelled) = tokio::join!(
            place.engine().choose_way(&seen, Factor::Push, None, Language::En),
            place.engine().cancel_transaction(&seen)
        );
        assert_eq!(cancelled, Ok(()), "round {round}");
        let late = Err(Error::NotPending(Outcome::Denied));
        assert!(chosen == Ok(()) || chosen == late, "round {round}: {chosen:?}");
        assert_eq!((place.standing(&begun).await, place.pending().await), (Standing::Rejected, 0));
    }
}
