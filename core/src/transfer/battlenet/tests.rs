//! Battle.net: the example, and files that are wrong in one place.

use super::read;
use crate::otp::{Algorithm, Kind};
use crate::transfer::fixtures::{self, accounts};
use crate::transfer::{Source, TransferError};

const PREFERENCES: &str = include_str!("fixtures/preferences.xml");

#[test]
fn the_example() {
    let found = read(&Source::new(PREFERENCES.as_bytes())).unwrap();
    let entry = &accounts(&found)[0];
    assert_eq!((entry.issuer(), entry.account()), (Some("Battle.net"), "EU-0000-0000-0001"));
    assert_eq!(entry.secret(), fixtures::c().secret());
    assert_eq!(*entry.kind(), Kind::Totp { algorithm: Algorithm::Sha1, digits: 8, period: 30 });
}

#[test]
fn another_mask_is_damage_and_the_device_s_encryption_is_said() {
    for (from, to) in [("0fbb", "ffbb"), ("0fbb", "0fb"), ("0fbb", "0fbbzz"), ("SECRET\"", "OTHER\"")] {
        let error = read(&Source::new(PREFERENCES.replace(from, to).as_bytes()));
        assert!(matches!(error, Err(TransferError::Damaged { .. })), "{to}");
    }
    let longer = PREFERENCES.replace("d400b", &format!("d400b{}", "00".repeat(40)));
    assert!(matches!(read(&Source::new(longer.as_bytes())), Err(TransferError::Damaged { .. })));
    let way = "<map><string name=\"com.blizzard.messenger.CREDENTIALS_ENCRYPTION_TYPE\">KEYSTORE</string>";
    let device = PREFERENCES.replace("<map>", way);
    assert!(matches!(read(&Source::new(device.as_bytes())), Err(TransferError::Unsupported { .. })));
    assert_eq!(
        accounts(&read(&Source::new(device.replace("KEYSTORE", "MASK").as_bytes())).unwrap()).len(),
        1
    );
}

#[test]
fn nothing_panics() {
    fixtures::any_bytes_return(read, b"<map><string name=\"com.blizzard.messenger.");
    fixtures::any_mutation_returns(read, PREFERENCES.as_bytes(), 200);
}
