//! Many calls at once, and calls that nobody waits for any more.

use futures_util::future::join_all;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_calls_at_once_all_come_back() {
    let (folder, listening) = (tempfile::tempdir().unwrap(), listen());
    let (_, core) = on_a_phone(&folder).await;
    let offer = core.look_at(listening.server.link().to_string()).await.unwrap();
    core.enroll(offer, "Phone".into(), DevicePlatform::Ios, None).await.unwrap();
    let call = |number: usize| {
        let core = Arc::clone(&core);
        tokio::spawn(async move {
            match number % 5 {
                0 => drop(core.inbox(0).await.unwrap()),
                1 => drop(core.add_uri(URI.replace("sam", &format!("sam{number}"))).await.unwrap()),
                2 => drop(core.codes(String::new(), None).unwrap()),
                3 => drop(core.set_push_token(format!("token {number}")).await.unwrap()),
                _ => drop(core.rename(core.accounts().unwrap()[0].id.clone(), "Phone".into()).await.unwrap()),
            }
        })
    };
    let calls: Vec<_> = (0..50).map(call).collect();
    for done in join_all(calls).await {
        done.unwrap();
    }
    assert_eq!(core.entries().unwrap().len(), 10, "each account once, none lost");
}

#[tokio::test]
async fn a_call_that_is_dropped_stops_waiting_for_the_network() {
    let (folder, listening) = (tempfile::tempdir().unwrap(), listen());
    let (_, core) = on_a_phone(&folder).await;
    let offer = core.look_at(listening.server.link().to_string()).await.unwrap();
    let account = core.enroll(offer, "Phone".into(), DevicePlatform::Ios, None).await.unwrap().account.id;
    let mut reply = listening.server.hold_reply();
    let renaming = {
        let (core, account) = (Arc::clone(&core), account.clone());
        tokio::spawn(async move { core.rename(account, "Other".into()).await })
    };
    reply.ready().await;
    renaming.abort();
    assert!(renaming.await.unwrap_err().is_cancelled());
    reply.arrive();
    // It was not listened to, so nothing of it was kept; everything goes on.
    assert_eq!(core.accounts().unwrap()[0].device_name, "Phone");
    core.rename(account, "Third".into()).await.unwrap();
    assert_eq!(core.accounts().unwrap()[0].device_name, "Third");
}
