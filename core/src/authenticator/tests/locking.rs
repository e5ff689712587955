//! The vault locks itself by the person's settings and the device's clock.

use super::*;
use crate::autolock::LockVerdict;
use crate::host::Clock as _;
use crate::settings::{LockAfter, Settings};

fn locks_after(phone: &Phone, lock: LockAfter) {
    phone.authenticator.set_settings(&Settings { lock, ..Settings::default() }).unwrap();
}

fn later(phone: &Phone, seconds: i64) {
    phone.clock.set(phone.clock.unix_ms() / 1000 + seconds);
}

#[test]
fn p9_the_vault_locks_when_nobody_touches_it() {
    let phone = phone();
    locks_after(&phone, LockAfter { idle_seconds: 60, in_background: true });
    assert_eq!(phone.authenticator.tick().unwrap(), LockVerdict::Open { seconds_left: Some(60) });
    later(&phone, 59);
    assert_eq!(phone.authenticator.touch().unwrap(), LockVerdict::Open { seconds_left: Some(60) });
    later(&phone, 60);
    // The touch comes too late: whoever it is has to unlock.
    assert_eq!(phone.authenticator.touch().unwrap(), LockVerdict::Lock);
    assert!(phone.authenticator.vault().is_locked());
    assert_eq!(phone.authenticator.tick().unwrap(), LockVerdict::Lock);
}

#[test]
fn p9_the_vault_locks_in_the_background_unless_told_otherwise() {
    let stays = phone();
    locks_after(&stays, LockAfter { idle_seconds: 0, in_background: false });
    assert_eq!(stays.authenticator.in_background().unwrap(), LockVerdict::Open { seconds_left: None });
    let locks = phone();
    assert_eq!(locks.authenticator.in_background().unwrap(), LockVerdict::Lock);
    assert!(locks.authenticator.vault().is_locked());
}
