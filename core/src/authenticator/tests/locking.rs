//! When the vault locks itself.

use super::*;
use crate::settings::LockAfter;
use crate::testing::SERVER_TIME;

fn choose(phone: &Phone, idle_seconds: u32, in_background: bool) {
    let lock = LockAfter { idle_seconds, in_background };
    phone.authenticator.set_settings(&Settings { lock, ..Settings::default() }).unwrap();
}

fn at(phone: &Phone, seconds: i64) -> AutoLock {
    phone.clock.set(i64::try_from(SERVER_TIME).unwrap() + seconds);
    phone.authenticator.lock_if_idle().unwrap()
}

const fn open(seconds: u64) -> AutoLock {
    AutoLock::Open { seconds_left: Some(seconds) }
}

#[test]
fn p9_a_vault_that_nobody_touches_locks_itself() {
    let phone = phone();
    choose(&phone, 60, false);
    assert_eq!((at(&phone, 0), at(&phone, 59)), (open(60), open(1)));
    phone.authenticator.touched();
    assert_eq!((at(&phone, 60), at(&phone, 118)), (open(59), open(1)));
    assert!(!phone.authenticator.left_the_front().unwrap());
    assert_eq!(at(&phone, 119), AutoLock::Locked);
    assert!(phone.authenticator.vault().is_locked());
    assert_eq!(at(&phone, 0), AutoLock::Locked, "and it stays so");
}

#[test]
fn p9_a_clock_that_was_set_back_locks_early_and_never_late() {
    let phone = phone();
    choose(&phone, 60, false);
    assert_eq!(at(&phone, -59), open(1));
    assert_eq!(at(&phone, -60), AutoLock::Locked);
}

#[test]
fn p9_leaving_the_app_locks_it_when_that_was_chosen() {
    let phone = phone();
    choose(&phone, 0, true);
    assert_eq!(at(&phone, 100_000), AutoLock::Open { seconds_left: None });
    assert!(phone.authenticator.left_the_front().unwrap());
    assert!(phone.authenticator.left_the_front().unwrap(), "also when it was locked before");
}
