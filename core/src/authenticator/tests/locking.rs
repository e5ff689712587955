//! That the vault is locked when the rule of `autolock` says so, by this device's clock and the person's settings.

use super::*;
use crate::autolock::LockVerdict;
use crate::settings::LockAfter;
use crate::testing::SERVER_TIME;

fn choose(phone: &Phone, idle_seconds: u32, in_background: bool) {
    let lock = LockAfter { idle_seconds, in_background };
    phone.authenticator.set_settings(&Settings { lock, ..Settings::default() }).unwrap();
}

fn at(phone: &Phone, seconds: i64) -> LockVerdict {
    phone.clock.set(i64::try_from(SERVER_TIME).unwrap() + seconds);
    phone.authenticator.lock_if_idle().unwrap()
}

const fn open(seconds: u32) -> LockVerdict {
    LockVerdict::Open { seconds_left: Some(seconds) }
}

#[test]
fn p9_a_vault_that_nobody_touches_is_locked() {
    let phone = phone();
    choose(&phone, 60, false);
    assert_eq!((at(&phone, 0), at(&phone, 59)), (open(60), open(1)));
    assert_eq!(phone.authenticator.touched().unwrap(), open(60));
    assert_eq!((at(&phone, 60), at(&phone, 118)), (open(59), open(1)));
    assert_eq!(phone.authenticator.left_the_front().unwrap(), open(1));
    phone.clock.set(i64::try_from(SERVER_TIME).unwrap() + 119);
    assert_eq!(phone.authenticator.touched().unwrap(), LockVerdict::Lock, "a touch that comes too late");
    assert!(phone.authenticator.vault().is_locked());
    assert_eq!(at(&phone, 0), LockVerdict::Lock, "and it stays so");
}

#[test]
fn p9_leaving_the_app_locks_it_when_that_was_chosen() {
    let phone = phone();
    choose(&phone, 0, true);
    assert_eq!(at(&phone, 100_000), LockVerdict::Open { seconds_left: None });
    assert_eq!(phone.authenticator.left_the_front().unwrap(), LockVerdict::Lock);
    assert!(phone.authenticator.vault().is_locked());
}
