//! The one connection to Apple: how much it carries at once, and what is done when it ends.

use std::sync::Arc;
use std::time::Duration;

use countersign_server::engine::{Attempt, Then};
use countersign_tests::apns::Answer;

use super::apns::{Stage, apns, device, taken};

#[tokio::test]
async fn a_thousand_pushes_are_on_their_way_at_once_over_one_connection() {
    let mut stage = Stage::start().await;
    for number in 1..=1_000 {
        stage.fake.answer(&device(number), Answer::Hold);
    }
    assert_eq!(stage.to(0).await, taken());
    let all_open = async {
        while stage.fake.most_open() < 1_000 {
            tokio::task::yield_now().await;
        }
        stage.fake.release();
    };
    let (came, ()) = tokio::join!(stage.push_many(1..1_001), all_open);
    assert!(came.iter().all(|came| *came == taken()));
    assert_eq!((stage.fake.connections(), stage.fake.most_open()), (1, 1_000));
    assert_eq!(stage.fake.rest().len(), 1_001);
}

#[tokio::test]
async fn one_stream_is_opened_until_the_first_push_was_taken() {
    let mut stage = Stage::start().await;
    stage.fake.answer(&device(1), Answer::Hold);
    let (one, others, ()) = tokio::join!(stage.to(1), stage.push_many(2..20), async {
        while stage.fake.most_open() == 0 {
            tokio::task::yield_now().await;
        }
        stage.fake.release();
    });
    assert!(others.iter().chain([&one]).all(|came| *came == taken()));
    let arrived = stage.fake.rest();
    assert_eq!((arrived.len(), arrived[0].stream, arrived[0].connection), (19, 1, 1));
    assert_eq!(stage.fake.connections(), 1);
    // The fake refuses nothing that comes too early, so it would show here.
    assert_eq!(arrived[0].token, device(1));
}

#[tokio::test]
async fn what_was_beyond_a_goaway_is_sent_again_at_once_and_nothing_else_is() {
    let mut stage = Stage::start().await;
    assert_eq!(stage.to(0).await, taken());
    stage.fake.answer(&device(9), Answer::GoAwayBefore);
    stage.fake.answer(&device(2), Answer::Hold);
    let (slow, came, ()) = tokio::join!(stage.to(2), stage.push_many(3..30), async {
        while stage.fake.connections() == 1 {
            tokio::task::yield_now().await;
        }
        stage.fake.release();
    });
    assert_eq!(slow, taken(), "it was before, and is answered over the old connection");
    assert!(came.iter().all(|came| *came == taken()), "{came:?}");
    let arrived = stage.fake.rest();
    let of = |number: u32| {
        arrived.iter().filter(move |push| push.token == device(number) && push.answered.0 == 200)
    };
    assert_eq!(of(2).map(|push| push.connection).collect::<Vec<_>>(), [1]);
    assert_eq!(of(9).map(|push| push.connection).collect::<Vec<_>>(), [2]);
    for number in 0..30 {
        assert!(number == 1 || of(number).count() == 1, "each is taken once: {number}");
    }
    assert_eq!(stage.fake.connections(), 2);
}

#[tokio::test]
async fn a_connection_that_goes_away_after_a_push_is_not_used_for_the_next() {
    let stage = Stage::start().await;
    stage.fake.answer(&device(1), Answer::GoAwayAfter);
    assert_eq!(stage.to(1).await, taken());
    assert_eq!(stage.to(1).await, taken());
    assert_eq!(stage.fake.connections(), 2);
}

#[tokio::test]
async fn a_refused_stream_is_opened_again() {
    let stage = Stage::start().await;
    stage.fake.answer(&device(1), Answer::Refuse);
    assert_eq!(stage.to(1).await, taken());
    for _ in 0..3 {
        stage.fake.answer(&device(1), Answer::Refuse);
    }
    let came = stage.to(1).await;
    assert_eq!((came.error, came.then), (Some("connection_lost"), Then::Again(None)), "three times at most");
    assert_eq!(stage.fake.connections(), 1);
}

#[tokio::test]
async fn a_connection_that_breaks_in_the_middle_fails_the_attempt_and_the_next_has_another() {
    let mut stage = Stage::start().await;
    stage.fake.answer(&device(1), Answer::Drop);
    let came = stage.to(1).await;
    // It may have been taken: only the outbox, which writes that down, sends it again.
    assert_eq!(came, Attempt::failed("connection_lost"));
    assert_eq!(stage.fake.rest().len(), 1);
    assert_eq!(stage.to(1).await, taken());
    assert_eq!(stage.fake.connections(), 2);
}

#[tokio::test]
async fn what_is_slow_ends_and_a_silent_connection_is_left() {
    let mut stage = Stage::start().await;
    stage.apns = Arc::new(apns().with_patience(Duration::from_secs(2)));
    assert_eq!(stage.to(1).await, taken());
    stage.fake.answer(&device(1), Answer::Hold);
    assert_eq!(stage.to(1).await, Attempt::failed("timeout"));
    assert_eq!(stage.to(2).await, taken());
    assert_eq!(stage.fake.connections(), 2, "nothing had come by the first for too long");
}
