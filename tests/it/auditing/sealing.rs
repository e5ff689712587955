//! Events get their places in the chain, whatever happens meanwhile.

use std::sync::Arc;

use countersign_server::engine::Engine;

use super::Log;

#[tokio::test]
async fn s54_a_log_grows_and_holds() {
    let log = Log::with(3).await;
    let unsealed = log.server.engine.verify_audit(log.tenant, &[], |_| {}).await.unwrap();
    assert_eq!((unsealed.walk.events, unsealed.unsealed, unsealed.holds()), (0, 5, true));
    for events in [0, 1, 7] {
        log.note(events).await;
        log.server.engine.seal_audit().await.unwrap();
        log.holds().await;
    }
    let sealed = log.server.engine.verify_audit(log.tenant, &[], |_| {}).await.unwrap();
    assert_eq!((sealed.walk.events, sealed.unsealed), (13, 0));
    assert_eq!(sealed.walk.signed.map(|(seq, _)| seq), Some(13), "the end is signed");
}

#[tokio::test]
async fn s54_a_long_log_is_read_page_by_page() {
    let log = Log::sealed(2_500).await;
    log.server.engine.seal_audit().await.unwrap();
    let steps = std::sync::Mutex::new(Vec::new());
    let progress = |events| steps.lock().unwrap().push(events);
    let report = log.server.engine.verify_audit(log.tenant, &[], progress).await.unwrap();
    assert!(report.holds(), "{report:?}");
    assert_eq!(*steps.lock().unwrap(), [1_000, 2_000, 2_502]);
}

#[tokio::test]
async fn s54_nodes_that_seal_at_once_make_one_chain() {
    let log = Arc::new(Log::with(300).await);
    let nodes: Vec<Engine> = (0..4).map(|_| log.server.beside()).collect();
    let writing = {
        let log = Arc::clone(&log);
        tokio::spawn(async move {
            for _ in 0..40 {
                log.note(25).await;
            }
        })
    };
    let sealing = nodes.into_iter().map(|node| {
        tokio::spawn(async move {
            for _ in 0..25 {
                node.seal_audit().await.unwrap();
            }
            node.close().await;
        })
    });
    for node in sealing.collect::<Vec<_>>() {
        node.await.unwrap();
    }
    writing.await.unwrap();
    log.server.engine.seal_audit().await.unwrap();
    assert_eq!(log.holds().await, 1_302);
}

#[tokio::test]
async fn an_export_and_the_background_of_one_server_seal_a_long_log_in_turns() {
    let log = Log::with(5_000).await;
    let engine = &log.server.engine;
    // When both worked at it at once, one of them wrote a moment later each time, until its patience ended.
    let (one, other) = tokio::join!(engine.seal_audit(), engine.seal_audit());
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    assert_eq!(log.holds().await, 5_002);
}

#[tokio::test]
async fn s54_the_logs_of_two_tenants_are_two_chains() {
    let log = Log::with(5).await;
    let other = log.server.relying_party("Bank", None).await.tenant.parse().unwrap();
    log.server.engine.seal_audit().await.unwrap();
    assert_eq!(log.holds().await, 7);
    let report = log.server.engine.verify_audit(other, &[], |_| {}).await.unwrap();
    assert_eq!((report.walk.events, report.holds()), (2, true));
}

#[tokio::test]
async fn s54_what_two_checks_say_does_not_depend_on_a_server_that_goes_on() {
    let log = Arc::new(Log::sealed(2_000).await);
    let going_on = {
        let log = Arc::clone(&log);
        tokio::spawn(async move {
            for _ in 0..30 {
                log.note(50).await;
                log.server.engine.seal_audit().await.unwrap();
            }
        })
    };
    while !going_on.is_finished() {
        log.holds().await;
    }
    going_on.await.unwrap();
    assert_eq!(log.holds().await, 3_502);
}

#[tokio::test]
async fn s54_a_key_that_was_rotated_leaves_older_checkpoints_good() {
    let log = Log::sealed(3).await;
    for _ in 0..3 {
        log.server.engine.rotate_signing_key(log.tenant, &"operator").await.unwrap();
        log.server.clock.advance(60_000);
        log.server.engine.seal_audit().await.unwrap();
    }
    assert_eq!(log.holds().await, 8);
    let report = log.server.engine.verify_audit(log.tenant, &[], |_| {}).await.unwrap();
    assert_eq!(report.walk.fitting, 5, "four in the database, one of them also outside it");
}
