//! What the tests of several formats share: the example accounts that their files hold, and checks for any reader.

use proptest::prelude::*;

use super::{Field, Found, Imported, Item, Refusal, Source, TransferError};
use crate::otp::{Algorithm, Kind, OtpEntry, Pin, Secret};

/// The password of every encrypted example.
pub(super) const PASSWORD: &str = "test-pass";

fn account(issuer: &str, account: &str, secret: &str, kind: Kind) -> OtpEntry {
    OtpEntry::new(Some(issuer), account, Secret::from_bytes(secret.into()).unwrap(), kind).unwrap()
}

/// Time-based, everything at its default.
pub(super) fn a() -> OtpEntry {
    account("Acme Mail", "ann@acme.test", "example-secret-1", Kind::DEFAULT)
}

/// Counter-based, eight digits, at 7.
pub(super) fn b() -> OtpEntry {
    let kind = Kind::Hotp { algorithm: Algorithm::Sha256, digits: 8, counter: 7 };
    account("Beta", "bob", "example-secret-2", kind)
}

/// Steam.
pub(super) fn c() -> OtpEntry {
    account("Steam", "cat", "example-steam-secret", Kind::Steam)
}

/// Yandex, with its PIN.
pub(super) fn d(issuer: &str) -> OtpEntry {
    account(issuer, "dan", "example-yandex-1", Kind::Yandex { pin: Some(Pin::new("4321").unwrap()) })
}

/// Mobile-OTP, with its PIN.
pub(super) fn e() -> OtpEntry {
    account("Motp", "eve", "6578736563726574", Kind::Motp { pin: Some(Pin::new("1234").unwrap()) })
}

/// Bytes of an example that is given in base64.
pub(super) fn unbase64(text: &str) -> Vec<u8> {
    super::fields::base64_bytes(text).unwrap().to_vec()
}

/// The usable entries of a file.
pub(super) fn usable(found: &Found) -> Vec<&Imported> {
    found
        .items
        .iter()
        .filter_map(|item| if let Item::Usable(it) = item { Some(&**it) } else { None })
        .collect()
}

/// Their accounts.
pub(super) fn accounts(found: &Found) -> Vec<OtpEntry> {
    usable(found).into_iter().map(|imported| imported.otp.clone()).collect()
}

/// The refused entries of a file.
pub(super) fn refusals(found: &Found) -> Vec<&Refusal> {
    found.items.iter().filter_map(|item| if let Item::Refused(it) = item { Some(it) } else { None }).collect()
}

/// Numbers and fields of the refused entries of a file.
pub(super) fn refused(found: &Found) -> Vec<(usize, Field)> {
    refusals(found).into_iter().map(|refusal| (refusal.index, refusal.field)).collect()
}

/// Numbers and reasons of what was left aside.
pub(super) fn skipped(found: &Found) -> Vec<(usize, &'static str)> {
    let skip =
        |item: &Item| if let Item::Skipped(it) = item { Some((it.index, it.what.words())) } else { None };
    found.items.iter().filter_map(skip).collect()
}

type Read = fn(&Source<'_>) -> Result<Found, TransferError>;

/// Any bytes, and any of them behind the start of a real file, give an error or entries.
pub(super) fn any_bytes_return(read: Read, start: &[u8]) {
    let config = ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(bytes in prop::collection::vec(any::<u8>(), 0..400))| {
        let _ = read(&Source::new(&bytes).with_password(PASSWORD));
        let behind = [start, &bytes].concat();
        let _ = read(&Source::new(&behind).with_password(PASSWORD));
    });
}

/// A real file with a piece changed, cut out, doubled or cut off gives an error or entries, and never the secret in a
/// report.
pub(super) fn any_mutation_returns(read: Read, file: &[u8], cases: u32) {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let edit = (0..file.len(), 0..24_usize, 0..4_u8, any::<[u8; 4]>());
    proptest!(config, |(edits in prop::collection::vec(edit, 1..4))| {
        let mut bytes = file.to_vec();
        for (at, length, how, with) in edits {
            mutate(&mut bytes, at, length, how, with);
        }
        if let Ok(found) = read(&Source::new(&bytes).with_password(PASSWORD)) {
            for refusal in refusals(&found) {
                let told = format!("{} {}", refusal.name, refusal.reason).to_ascii_uppercase();
                prop_assert!(!told.contains("MV4GC3LQNRSS2"), "{told}");
            }
        }
    });
}

fn mutate(bytes: &mut Vec<u8>, at: usize, length: usize, how: u8, with: [u8; 4]) {
    let at = at.min(bytes.len());
    let end = (at + length).min(bytes.len());
    match how {
        0 => drop(bytes.drain(at..end)),
        1 => {
            let piece = bytes[at..end].to_vec();
            bytes.splice(at..at, piece);
        }
        2 => bytes.truncate(at),
        _ => bytes.iter_mut().skip(at).zip(with).for_each(|(byte, with)| *byte = with),
    }
}
