//! Networks that go and come back: push tokens, streams, and a server that was away.

use super::*;
use crate::testing::listen;

#[tokio::test]
async fn a_push_token_that_could_not_be_told_is_told_with_the_next_contact() {
    let (phone, here, away) = (phone(), listen(), listen());
    let (_, near) = phone.enroll(&here.server).await;
    let (lost, far) = phone.enroll(&away.server).await;
    away.server.lose_requests(true);
    let troubles = phone.authenticator.set_push_token("new").await.unwrap();
    assert_eq!(troubles.iter().map(|t| &t.account).collect::<Vec<_>>(), [&lost]);
    assert_eq!(here.server.device_token(near).as_deref(), Some("new"));
    assert_eq!(away.server.device_token(far).as_deref(), Some("fcm"));
    // Still away: nothing is lost by asking.
    phone.authenticator.inbox(0).await.unwrap();
    away.server.lose_requests(false);
    let told = |server: &FakeServer| server.log().iter().filter(|l| l.ends_with("/push-token")).count();
    let before = told(&here.server);
    assert!(phone.authenticator.inbox(0).await.unwrap().troubles.is_empty());
    assert_eq!(away.server.device_token(far).as_deref(), Some("new"));
    let once = told(&away.server);
    phone.authenticator.inbox(0).await.unwrap();
    assert_eq!((told(&here.server), told(&away.server)), (before, once), "told once");
}

#[tokio::test]
async fn the_newest_push_token_is_told_when_the_network_is_back() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    listening.server.lose_requests(true);
    for token in ["second", "third"] {
        assert_eq!(phone.authenticator.set_push_token(token).await.unwrap().len(), 1);
    }
    assert_eq!(phone.authenticator.network_is_back().await.unwrap().len(), 1, "not yet");
    listening.server.lose_requests(false);
    assert!(phone.authenticator.network_is_back().await.unwrap().is_empty());
    assert_eq!(listening.server.device_token(device).as_deref(), Some("third"));
}

#[tokio::test]
async fn a_watch_goes_on_at_once_when_the_network_is_back() {
    // So long a wait that the test would not end without the hint.
    let (phone, listening) = (phone_that_waits(Duration::from_secs(3600)), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let mut watch = phone.authenticator.watch();
    listening.server.lose_requests(true);
    assert_eq!(watch.next().await.unwrap().troubles[0].code, "offline");
    listening.server.lose_requests(false);
    let id = listening.server.ask(device, Some(2), false);
    phone.authenticator.network_is_back().await.unwrap();
    assert_eq!(watch.next().await.unwrap().pending[0].id, id);
}

#[tokio::test]
async fn two_accounts_on_one_server_are_two_accounts() {
    let (phone, listening) = (phone(), listen());
    let (first, one) = phone.enroll(&listening.server).await;
    let (second, two) = phone.enroll(&listening.server).await;
    assert!(first != second && one != two);
    let asked = [listening.server.ask(one, Some(2), false), listening.server.ask(two, Some(2), false)];
    let pending = phone.authenticator.inbox(0).await.unwrap().pending;
    assert_eq!(pending.iter().map(|p| p.id).collect::<Vec<_>>(), asked);
    assert_eq!(pending.iter().map(|p| &p.account).collect::<Vec<_>>(), [&first, &second]);
    phone.authenticator.remove_account(&first, false).await.unwrap();
    assert_eq!(phone.authenticator.inbox(0).await.unwrap().pending[0].id, asked[1]);
    phone.authenticator.deny(asked[1]).await.unwrap();
}
