//! Google's access token: asked for once for all who need it, kept while it is good, and asked for anew once.

use countersign_server::delivery::fcm::Fcm;
use countersign_server::engine::Then;
use countersign_server::engine::providers::FcmAccount;
use countersign_tests::fcm::refusal;
use countersign_tests::https_server::Answer;
use futures_util::future::join_all;
use serde_json::json;

use super::{Stage, here, named, summary};

#[tokio::test]
async fn one_access_token_serves_until_five_minutes_before_its_end() {
    let mut stage = Stage::start().await;
    stage.push("phone").await;
    let first = stage.fake.next().await.bearer;
    stage.clock.advance(110_000);
    stage.push("phone").await;
    assert_eq!((stage.fake.next().await.bearer, stage.fake.grants()), (first.clone(), 1));
    // Google says 3599 seconds.
    let end = 1_800_000_000_400 + 3_599_000 - 300_000;
    for (now, grants) in [(end - 1, 1), (end, 2)] {
        stage.clock.set(now);
        let came = stage.push_by(&stage.fcm, &stage.account, "phone", None).await;
        assert_eq!((came.then, stage.fake.grants()), (Then::Done, grants));
    }
    let bearers: Vec<String> = stage.fake.rest().into_iter().map(|pushed| pushed.bearer).collect();
    assert_eq!((bearers[0] == first, bearers[1] == first), (true, false));
}

#[tokio::test]
async fn of_many_pushes_at_once_one_asks_for_the_token() {
    let mut stage = Stage::start().await;
    let came = join_all((0..50).map(|_| stage.push("phone"))).await;
    assert!(came.iter().all(|came| came.then == Then::Done), "{came:?}");
    assert_eq!((stage.fake.grants(), stage.fake.rest().len()), (1, 50));
    // All of them find out that it is not good any more, and one asks for the next.
    stage.fake.forget_tokens();
    let came = join_all((0..50).map(|_| stage.push("phone"))).await;
    assert!(came.iter().all(|came| came.then == Then::Done), "{came:?}");
    assert_eq!((stage.fake.grants(), stage.fake.rest().len()), (2, 50));
}

#[tokio::test]
async fn a_401_is_answered_with_one_new_token_and_no_third() {
    let stage = Stage::start().await;
    let no = || refusal(401, "UNAUTHENTICATED", None, "Request had invalid authentication credentials.");
    assert_eq!(stage.push("phone").await.then, Then::Done);
    let came = stage.push_and(no()).await;
    assert_eq!((came.then, stage.fake.grants(), stage.fake.asked()), (Then::Done, 2, 3));
    stage.fake.next_for("phone", no());
    let came = stage.push_and(no()).await;
    assert_eq!(summary(&came), (Some(401), Some("unauthenticated"), Then::Again(None), true));
    assert_eq!((stage.fake.grants(), stage.fake.asked()), (3, 5));
    // What is refused because of Apple's or a browser's key at Google is not our token's fault.
    stage.push_and(named(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR")).await;
    assert_eq!((stage.fake.grants(), stage.fake.asked()), (3, 6));
}

#[tokio::test]
async fn no_access_token_is_the_operators_to_mend_or_googles() {
    let stage = Stage::start().await;
    let grant = |error: &str| Answer::Reply(400, None, json!({ "error": error, "error_description": "no" }));
    let again = Then::Again(None);
    let rows = [
        (grant("invalid_grant"), Some(400), "token_refused", again, true),
        (Answer::status(401), Some(401), "token_refused", again, true),
        (
            Answer::status(429).with("retry-after", "9"),
            Some(429),
            "token_unavailable",
            Then::Again(Some(9)),
            false,
        ),
        (Answer::status(503), Some(503), "token_unavailable", again, false),
        (
            Answer::Reply(200, None, json!({ "token_type": "Bearer" })),
            Some(200),
            "token_unreadable",
            again,
            false,
        ),
        (
            Answer::Reply(200, None, json!({ "access_token": "a\nb", "expires_in": 1 })),
            Some(200),
            "token_unreadable",
            again,
            false,
        ),
    ];
    for (answer, status, word, then, trouble) in rows {
        stage.fake.next_for_tokens(answer);
        assert_eq!(summary(&stage.push("phone").await), (status, Some(word), then, trouble));
    }
    assert_eq!(stage.fake.asked(), 0, "nothing is sent without one");
    let client_email = "nobody@example-1234.iam.gserviceaccount.com".to_owned();
    let stranger = FcmAccount { client_email, ..stage.account.clone() };
    let came = stage.push_by(&Fcm::new(here()), &stranger, "phone", None).await;
    assert_eq!((came.error, came.trouble), (Some("token_refused"), true));
}

#[tokio::test]
async fn those_who_waited_for_a_token_share_its_failure() {
    let stage = Stage::start().await;
    stage.fake.next_for_tokens(Answer::status(503));
    let came = join_all((0..20).map(|_| stage.push("phone"))).await;
    assert!(came.iter().all(|came| came.error == Some("token_unavailable")), "{came:?}");
    assert_eq!(stage.fake.grants(), 1);
    assert_eq!(stage.push("phone").await.then, Then::Done, "the next one asks again");
}
