//! The one browser that a transaction's page is shown to.

use countersign_server::engine::Error;
use futures_util::future::join_all;

use super::Place;

#[tokio::test]
async fn the_first_browser_keeps_the_page_and_no_other_one_gets_it() {
    let place = Place::new().await;
    let begun = place.open().await;
    let before = place.look(&begun).await;
    assert_eq!(place.engine().bind_browser(&before, [1; 32]).await, Ok(()));
    for seen in [before, place.look(&begun).await] {
        assert_eq!(place.engine().bind_browser(&seen, [1; 32]).await, Ok(()));
        assert_eq!(place.engine().bind_browser(&seen, [2; 32]).await, Err(Error::OtherBrowser));
    }
    assert_eq!(place.look(&begun).await.browser, Some([1; 32]));
    let another = place.look(&place.open().await).await;
    assert_eq!(place.engine().bind_browser(&another, [2; 32]).await, Ok(()), "each sign-in by itself");
}

#[tokio::test]
async fn of_many_browsers_at_once_one_is_the_first() {
    let place = Place::new().await;
    let begun = place.open().await;
    let seen = place.look(&begun).await;
    let bound = join_all((1..=8).map(|n| place.engine().bind_browser(&seen, [n; 32]))).await;
    assert_eq!(bound.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(bound.iter().filter(|result| **result == Err(Error::OtherBrowser)).count(), 7);
    let first = u8::try_from(bound.iter().position(Result::is_ok).unwrap()).unwrap() + 1;
    assert_eq!(place.look(&begun).await.browser, Some([first; 32]));
}
