use proptest::prelude::*;
use zeroize::Zeroizing;

use super::part::NotHeld;
use super::protobuf::{self, Account, Payload};
use super::{MigrationPart, holds, read, write};
use crate::otp::{Algorithm, Kind, OtpEntry, Secret};
use crate::transfer::{Field, Found, Item, Source, TransferError};

const LINK: &str = "otpauth-migration://offline?data=CjwKEGV4YW1wbGUtc2VjcmV0LTESF0FjbWUgTWFpbDphbm5AYWNtZS50ZXN0GglBY21lIE1haWwgASgBMAIKHgoP%2B%2B%2B%2B%2B%2B%2B%2B%2B%2B%2B%2B%2B%2B%2B%2B%2B%2B%2B%2BEgNib2IgAigCMAE4BxABGAEgACjW%2F%2F%2F%2F%2F%2F%2F%2F%2F%2F8B";

fn entries(found: &Found) -> Vec<&OtpEntry> {
    found
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Usable(imported) => Some(&imported.otp),
            _ => None,
        })
        .collect()
}

fn link(payload: &Payload) -> String {
    use base64::Engine as _;
    let data = base64::engine::general_purpose::STANDARD.encode(protobuf::encode(payload));
    format!("otpauth-migration://offline?data={}", data.replace('+', "%2B"))
}

fn account(name: &str, issuer: &str) -> Account {
    Account {
        secret: Zeroizing::new(b"example-secret-1".to_vec()),
        name: name.to_owned(),
        issuer: issuer.to_owned(),
        algorithm: 1,
        digits: 1,
        kind: 2,
        counter: 0,
    }
}

#[test]
fn the_published_example() {
    let part = MigrationPart::parse(LINK).unwrap();
    assert_eq!((part.batch_id, part.index, part.size), (-42, 0, 1));
    let found = read(&Source::new(LINK.as_bytes())).unwrap();
    let entries = entries(&found);
    assert_eq!(entries.len(), 2);
    assert_eq!((entries[0].issuer(), entries[0].account()), (Some("Acme Mail"), "ann@acme.test"));
    assert_eq!(entries[0].secret().expose(), b"example-secret-1");
    assert_eq!(*entries[0].kind(), Kind::DEFAULT);
    assert_eq!((entries[1].issuer(), entries[1].account()), (None, "bob"));
    assert_eq!(*entries[1].kind(), Kind::Hotp { algorithm: Algorithm::Sha256, digits: 8, counter: 7 });
    assert_eq!(entries[1].secret().expose()[..3], [0xfb, 0xef, 0xbe]);
    assert!(found.missing_parts.is_empty());
}

#[test]
fn the_same_through_careless_hands() {
    let expected = MigrationPart::parse(LINK).unwrap();
    for text in [
        LINK.replace("%2B", "+"),
        LINK.replace("%2B", " "),
        LINK.replace("%2B", "-").replace("%2F", "_"),
        format!("QR-Code:{LINK}"),
        LINK.replace("otpauth-migration", "OTPAUTH-Migration"),
        format!("{LINK}&x=y"),
    ] {
        assert_eq!(MigrationPart::parse(&text), Ok(expected.clone()), "{text}");
    }
}

#[test]
fn broken_links_are_damaged() {
    let cut = &LINK[..LINK.len() - 9];
    for text in [
        "otpauth-migration://offline?data=XXXX",
        "otpauth-migration://offline?data=",
        "otpauth-migration://offline",
        "otpauth-migration://offline?data=%FF",
        "otpauth-migration://offline?data=Cg",
        cut,
    ] {
        let error = MigrationPart::parse(text).unwrap_err();
        assert!(matches!(error, TransferError::Damaged { .. }), "{text}: {error}");
    }
    assert_eq!(MigrationPart::parse("otpauth://totp/x"), Err(TransferError::NotRecognised));
    for (index, size) in [(2, 2), (-1, 2), (0, 1001), (0, i32::MAX)] {
        let payload = Payload { batch_index: index, batch_size: size, ..Payload::default() };
        assert!(MigrationPart::parse(&link(&payload)).is_err(), "{index} of {size}");
    }
}

#[test]
fn parts_in_any_order_each_once_and_the_missing_ones_named() {
    let part = |id, index, name: &str| {
        link(&Payload {
            accounts: vec![account(name, "")],
            version: 1,
            batch_size: 4,
            batch_index: index,
            batch_id: id,
        })
    };
    let text = [part(7, 3, "d"), part(9, 0, "x"), part(7, 1, "b"), part(7, 3, "d")].join("\r\n");
    let found = read(&Source::new(text.as_bytes())).unwrap();
    assert_eq!(entries(&found).iter().map(|entry| entry.account()).collect::<Vec<_>>(), ["b", "d", "x"]);
    assert_eq!(found.missing_parts, [1, 3, 2, 3, 4]);
}

#[test]
fn numbers_with_no_meaning_are_refused_one_by_one() {
    let good = account("ann", "Acme");
    let accounts = vec![
        Account { algorithm: 4, ..good.clone() },
        Account { algorithm: 9, ..good.clone() },
        Account { digits: 6, ..good.clone() },
        Account { kind: 3, ..good.clone() },
        Account { kind: 1, counter: -1, ..good.clone() },
        Account { secret: Zeroizing::default(), ..good.clone() },
        good,
    ];
    let found = read(&Source::new(link(&Payload { accounts, ..Payload::default() }).as_bytes())).unwrap();
    let refused: Vec<_> = found
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Refused(refusal) => Some((refusal.index, refusal.field)),
            _ => None,
        })
        .collect();
    let fields =
        [Field::Algorithm, Field::Algorithm, Field::Digits, Field::Type, Field::Counter, Field::Secret];
    assert_eq!(refused, (1..).zip(fields).collect::<Vec<_>>());
    assert_eq!(entries(&found).len(), 1);
}

#[test]
fn names_stand_in_one_field_or_in_two() {
    for (name, issuer, expected) in [
        ("Acme:ann", "", (Some("Acme"), "ann")),
        ("Acme: ann", "Acme", (Some("Acme"), "ann")),
        ("acme:ann", "Acme", (Some("Acme"), "ann")),
        ("Other:ann", "Acme", (Some("Acme"), "Other:ann")),
        ("ann", "", (None, "ann")),
        (":a:b", "", (None, "a:b")),
    ] {
        let payload = Payload { accounts: vec![account(name, issuer)], ..Payload::default() };
        let found = MigrationPart::join(vec![MigrationPart::parse(&link(&payload)).unwrap()]);
        let entry = entries(&found)[0];
        assert_eq!((entry.issuer(), entry.account()), expected, "{name}");
    }
}

#[test]
fn what_the_form_cannot_hold_is_said() {
    let entry = |kind| {
        OtpEntry::new(None, "x", Secret::from_bytes(vec![1]).unwrap(), kind).map(|e| holds(&e)).unwrap()
    };
    let totp = |digits, period| Kind::Totp { algorithm: Algorithm::Sha512, digits, period };
    assert_eq!(entry(totp(8, 30)), Ok(()));
    assert_eq!(entry(totp(7, 30)), Err(NotHeld::Digits));
    assert_eq!(entry(totp(6, 60)), Err(NotHeld::Period));
    assert_eq!(entry(Kind::Steam), Err(NotHeld::Kind));
}

fn any_account() -> impl Strategy<Value = Account> {
    let secret = proptest::collection::vec(any::<u8>(), 0..40).prop_map(Zeroizing::new);
    (secret, any::<String>(), any::<String>(), any::<[i32; 3]>(), any::<i64>()).prop_map(
        |(secret, name, issuer, [algorithm, digits, kind], counter)| Account {
            secret,
            name,
            issuer,
            algorithm,
            digits,
            kind,
            counter,
        },
    )
}

fn any_held() -> impl Strategy<Value = OtpEntry> {
    let algorithm = prop_oneof![Just(Algorithm::Sha1), Just(Algorithm::Sha256), Just(Algorithm::Sha512)];
    let digits = prop_oneof![Just(6_u8), Just(8)];
    let counter = proptest::option::of(0..=u64::MAX / 2);
    let kind = (algorithm, digits, counter).prop_map(|(algorithm, digits, counter)| match counter {
        Some(counter) => Kind::Hotp { algorithm, digits, counter },
        None => Kind::Totp { algorithm, digits, period: 30 },
    });
    let names = (proptest::option::of("[a-z .@+]{0,9}"), "[a-z :.@é+]{0,9}");
    (names, proptest::collection::vec(any::<u8>(), 1..40), kind).prop_map(
        |((issuer, account), secret, kind)| {
            OtpEntry::new(issuer.as_deref(), &account, Secret::from_bytes(secret).unwrap(), kind).unwrap()
        },
    )
}

proptest! {
    #[test]
    fn messages_come_back_the_same(
        accounts in proptest::collection::vec(any_account(), 0..4),
        numbers in any::<[i32; 4]>(),
    ) {
        let [version, batch_size, batch_index, batch_id] = numbers;
        let payload = Payload { accounts, version, batch_size, batch_index, batch_id };
        let same = protobuf::decode(&protobuf::encode(&payload)).is_ok_and(|again| again == payload);
        prop_assert!(same);
    }

    #[test]
    fn entries_come_back_the_same(
        list in proptest::collection::vec(any_held(), 1..10),
        batch_id in any::<i32>(),
        index in 0..5_u32,
    ) {
        let link = write(&list.iter().collect::<Vec<_>>(), batch_id, index, 5);
        let part = MigrationPart::parse(&link).unwrap();
        prop_assert_eq!((part.batch_id, part.index, part.size), (batch_id, index, 5));
        let found = MigrationPart::join(vec![part]);
        prop_assert_eq!(entries(&found), list.iter().collect::<Vec<_>>());
    }

    #[test]
    fn any_bytes_and_any_text_never_panic(bytes in any::<Vec<u8>>(), text in "[A-Za-z0-9+/=%&?]{0,60}") {
        let _ = protobuf::decode(&bytes);
        let _ = MigrationPart::parse(&format!("otpauth-migration://offline?data={text}"));
    }
}
