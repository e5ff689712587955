//! Waiting for a change: whatever changes wakes whoever waits, without looking again and again.

use std::time::Duration;

use countersign_protocol::answer::Decision;
use countersign_server::engine::policy::Factor;
use countersign_server::engine::{Language, Standing};
use countersign_tests::NEVER;
use countersign_tests::device::Device;
use countersign_tests::relying_party::RelyingParty;

use super::{OPEN, Place, waits_for};

/// Longer than this test waits for anything.
const HOUR: Duration = Duration::from_secs(3_600);

/// What somebody who waits for an hour hears, which is long before the hour is over.
async fn woken<T>(waiting: impl Future<Output = T>) -> T {
    tokio::time::timeout(NEVER, waiting).await.expect("whoever waits is woken")
}

/// A place whose server looks at a row again only after an hour: what changes in time woke somebody.
async fn patient() -> Place {
    let place = Place::without_limits().await;
    let server = place.server.another(|engine| engine.looking_again_after(HOUR)).await;
    let phone = Device::enroll(server.address, &place.cms.link("sam").await).await;
    let cms = RelyingParty { address: server.address, ..place.cms };
    Place { server, cms, phone }
}

#[tokio::test]
async fn a_choice_an_answer_and_a_cancellation_wake_who_waits() {
    let place = patient().await;
    let engine = place.engine();
    let begun = place.open().await;
    let seen = place.look(&begun).await;
    let changed = |seen| woken(engine.transaction_changed(&begun.channel, seen, HOUR));

    let (after, chosen) =
        tokio::join!(changed(OPEN), engine.choose_way(&seen, Factor::Push, None, Language::En));
    chosen.unwrap();
    let waiting = after.unwrap().standing;
    assert_eq!(waits_for(waiting), Some(Factor::Push));

    let (after, chosen) =
        tokio::join!(changed(waiting), engine.choose_way(&seen, Factor::Sms, None, Language::En));
    chosen.unwrap();
    assert_eq!(waits_for(after.unwrap().standing), Some(Factor::Sms));

    engine.choose_way(&seen, Factor::Push, None, Language::En).await.unwrap();
    let answer = place.answer(&begun, Decision::Approve).await;
    let waiting = place.standing(&begun).await;
    let (after, answered) = tokio::join!(changed(waiting), place.submit(&answer));
    answered.expect(200);
    assert_eq!(after.unwrap().standing, Standing::Approved);

    let begun = place.open().await;
    let seen = place.look(&begun).await;
    let (after, cancelled) = tokio::join!(
        woken(engine.transaction_changed(&begun.channel, OPEN, HOUR)),
        engine.cancel_transaction(&seen)
    );
    cancelled.unwrap();
    assert_eq!(after.unwrap().standing, Standing::Rejected);
}

#[tokio::test]
async fn what_has_changed_already_or_is_not_waited_for_is_told_at_once() {
    let place = patient().await;
    let begun = place.open().await;
    let look = |seen, wait| place.engine().transaction_changed(&begun.channel, seen, wait);
    assert_eq!(look(Standing::Approved, NEVER).await.unwrap().standing, OPEN);
    assert_eq!(look(OPEN, Duration::ZERO).await.unwrap().standing, OPEN);
    assert_eq!(look(OPEN, Duration::from_millis(1)).await.unwrap().standing, OPEN);
}

#[tokio::test]
async fn a_server_that_goes_lets_nobody_wait() {
    let place = patient().await;
    let begun = place.open().await;
    place.engine().begin_shutdown();
    let after = place.engine().transaction_changed(&begun.channel, OPEN, NEVER).await;
    assert_eq!(after.unwrap().standing, OPEN);
}
