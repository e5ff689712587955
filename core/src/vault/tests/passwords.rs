//! One password has one form, and what checking it costs is fitted to the device.

use std::sync::atomic::{AtomicI64, Ordering};

use super::super::is_short_password;
use super::*;
use crate::host::Clock;

#[test]
fn a_password_opens_however_its_letters_are_put_together() {
    let place = Place::new();
    drop(Vault::create(&place.path(), "pa\u{308}ssword", CHEAP, rng()).unwrap());
    Vault::open(&place.path(), "p\u{e4}ssword", rng()).unwrap();
    Vault::open(&place.path(), "pa\u{308}ssword", rng()).unwrap();
    // Compatibility forms are other characters: ﬁ is no fi.
    assert!(matches!(Vault::open(&place.path(), "passwo\u{fb01}", rng()), Err(VaultError::WrongPassword)));
}

#[test]
fn the_cost_is_fitted_to_the_device_within_bounds() {
    let cost = |pass_ms, target| {
        let PasswordCost { memory_kib, passes, lanes } = PasswordCost::fitting(pass_ms, target);
        assert_eq!(lanes, 1);
        (memory_kib / 1024, passes)
    };
    assert_eq!(cost(Some(60), 500), (128, 4));
    assert_eq!(cost(Some(20), 500), (256, 6));
    assert_eq!(cost(Some(100), 500), (64, 5));
    assert_eq!(cost(Some(5000), 500), (64, 3), "never below the least");
    assert_eq!(cost(Some(0), u32::MAX), (256, 10), "a vault still opens on a small phone");
    assert_eq!(cost(None, 500), (64, 3), "the clock was set back meanwhile");
    for pass_ms in 1..300 {
        let (memory, passes) = cost(Some(pass_ms), 500);
        let takes = memory / 64 * passes * pass_ms;
        assert!((64..=256).contains(&memory) && (3..=10).contains(&passes));
        assert!(takes <= 500 || (memory, passes) == (64, 3), "{pass_ms}: {takes}");
    }
}

/// A clock that goes on by so many milliseconds each time it is looked at.
#[derive(Debug)]
struct Steps(AtomicI64, i64);

impl Clock for Steps {
    fn unix_ms(&self) -> i64 {
        self.0.fetch_add(self.1, Ordering::SeqCst)
    }
}

#[test]
fn calibrating_measures_by_the_clock_it_is_given() {
    let calibrated = |step| PasswordCost::calibrate(&Steps(0.into(), step), 500).unwrap();
    assert_eq!(calibrated(60), PasswordCost::fitting(Some(60), 500));
    assert_eq!(calibrated(-60), PasswordCost::default());
}

#[test]
fn a_short_password_is_remarked_by_its_length_only() {
    assert!(is_short_password("1234567"));
    assert!(!is_short_password("aaaaaaaa"));
    assert!(is_short_password("pa\u{308}sswo\u{308}"), "letters count, not their parts");
    assert!(!is_short_password("\u{643}\u{644}\u{645}\u{629} \u{633}\u{631}\u{64a}\u{629}"));
}
