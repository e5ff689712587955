//! Every form that goes out comes back in by our own readers, with nothing lost that the form can hold.

use proptest::prelude::*;

use super::{Uuids, Written, aegis_encrypted, aegis_plain, google, html, links};
use crate::entries::{Details, Icon, Kept};
use crate::host::SystemRng;
use crate::otp::{Algorithm, Kind, OtpEntry, Pin, Secret};
use crate::transfer::fixtures::{a, accounts, b, c, d, e, usable};
use crate::transfer::{Found, Source, read};

fn kept(otps: Vec<OtpEntry>) -> Vec<Kept> {
    otps.into_iter().map(|otp| Kept::new(otp, 1)).collect()
}

fn written(kept: &[Kept], write: impl Fn(&[&Kept]) -> Written) -> Written {
    write(&kept.iter().collect::<Vec<_>>())
}

fn read_back(file: &[u8]) -> Found {
    read(&Source::new(file).with_password("test-pass")).unwrap()
}

fn plain(entries: &[&Kept]) -> Written {
    aegis_plain(entries, &Uuids(&SystemRng)).unwrap()
}

fn encrypted(entries: &[&Kept]) -> Written {
    aegis_encrypted(entries, &Uuids(&SystemRng), "test-pass").unwrap()
}

#[test]
fn examples_come_back_from_every_form() {
    let all = kept(vec![a(), b(), c(), d("Yandex"), e()]);
    for write in [plain, encrypted] {
        let written = written(&all, write);
        assert!(written.left_out.is_empty(), "{:?}", written.left_out);
        assert_eq!(accounts(&read_back(&written.files[0])), [a(), b(), c(), d("Yandex"), e()]);
    }
    let common = kept(vec![a(), b(), c()]);
    for write in [links, html] {
        let written = written(&common, write);
        assert!(written.left_out.is_empty());
        assert_eq!(accounts(&read_back(&written.files[0])), [a(), b(), c()]);
    }
}

#[test]
fn aegis_takes_along_what_it_has_a_place_for() {
    let mut kept = kept(vec![a(), b()]);
    kept[0].details = Details {
        tags: vec!["Work".to_owned(), "Home".to_owned()],
        pinned: true,
        note: "n".to_owned(),
        icon: Some(Icon { mime: "image/png".to_owned(), base64: "iVBORw0KGgo=".to_owned() }),
        ..Details::default()
    };
    kept[1].details.tags = vec!["Work".to_owned()];
    let found = read_back(&written(&kept, plain).files[0]);
    let read = usable(&found);
    let (first, second) = (&read[0].details, &read[1].details);
    assert_eq!((first.note.as_str(), first.pinned), ("n", true));
    let mut tags = first.tags.clone();
    tags.sort();
    assert_eq!((tags, &second.tags), (vec!["Home".to_owned(), "Work".to_owned()], &vec!["Work".to_owned()]));
    assert_eq!(first.icon, kept[0].details.icon);
}

#[test]
fn what_aegis_cannot_hold_is_named() {
    let secret = || Secret::from_bytes(b"Not hexadecimal!".to_vec()).unwrap();
    let pin = || Some(Pin::new("1234").unwrap());
    let motp = OtpEntry::new(Some("M"), "text", secret(), Kind::Motp { pin: pin() }).unwrap();
    let pinless = OtpEntry::new(Some("Y"), "pinless", secret(), Kind::Yandex { pin: None }).unwrap();
    let written = written(&kept(vec![a(), motp, pinless]), plain);
    assert_eq!(written.left_out.len(), 2);
    assert!(written.left_out[0].sentence().starts_with("M: text: "), "{:?}", written.left_out);
    assert_eq!(accounts(&read_back(&written.files[0])), [a()]);
}

#[test]
fn google_gets_ten_accounts_a_picture_and_the_rest_is_named() {
    let mut otps: Vec<OtpEntry> =
        (0..23).map(|n| a().renamed(Some("Acme Mail"), &format!("ann{n}@acme.test"))).collect();
    otps.push(c());
    let all = kept(otps.clone());
    let written = written(&all, |entries| google(entries, -42));
    assert_eq!((written.files.len(), written.left_out.len()), (3, 1));
    assert!(written.left_out[0].sentence().starts_with("Steam: cat: "), "{:?}", written.left_out);
    // One picture alone says which parts are missing; all of them together are the whole.
    let first = read_back(&written.files[0]);
    assert_eq!((accounts(&first).as_slice(), first.missing_parts.as_slice()), (&otps[..10], &[2, 3][..]));
    let mut together = Vec::new();
    for file in &written.files {
        together.extend(crate::scan::decode_file(file).unwrap().iter().map(|text| text.as_str().to_owned()));
    }
    let whole = read_back(together.join("\n").as_bytes());
    assert_eq!((accounts(&whole).as_slice(), whole.missing_parts.len()), (&otps[..23], 0));
}

#[test]
fn long_names_make_more_pictures_and_too_long_ones_none() {
    let long = |length: usize| a().renamed(Some("Acme"), &"x".repeat(length));
    let all = kept(vec![long(700), long(701), long(17_000)]);
    let google = written(&all, |entries| google(entries, 1));
    assert_eq!((google.files.len(), google.left_out.len()), (2, 1));
    assert_eq!(written(&all, links).left_out.len(), 1);
    assert_eq!(written(&all, html).left_out.len(), 1);
}

#[test]
fn a_name_is_text_in_the_sheet_and_nothing_else() {
    let evil = "</bdi><script src=//x.test></script><img onerror='x' src=\"\">&amp;\u{202e}";
    let all = kept(vec![a().renamed(Some(evil), evil)]);
    let sheet = written(&all, html);
    let text = std::str::from_utf8(&sheet.files[0]).unwrap();
    for forbidden in ["<script", "<img", "http:", "https:", "url(", "\u{202e}", "onerror='"] {
        assert!(!text.contains(forbidden), "{forbidden}");
    }
    assert!(text.contains("default-src 'none'"));
    assert_eq!(accounts(&read_back(&sheet.files[0])), [a().renamed(Some(evil), evil)]);
}

#[test]
fn p8_links_on_the_sheet_are_left_to_right() {
    let all = kept(vec![a().renamed(Some("مصرف"), "زيد")]);
    let sheet = written(&all, html);
    let text = std::str::from_utf8(&sheet.files[0]).unwrap();
    assert!(text.contains("<code dir=\"ltr\">otpauth://") && text.contains("<bdi>زيد</bdi>"), "{text}");
}

/// Names without a colon: where issuer and account meet, readers of other apps' forms have rules of their own.
fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9@.&<>%+#\"'éß日م/?=]([a-zA-Z0-9@.&<>%+#\"'éß日م/?= ]{0,18}[a-zA-Z0-9])?"
}

fn bytes(size: std::ops::Range<usize>) -> impl Strategy<Value = Secret> {
    prop::collection::vec(any::<u8>(), size).prop_map(|bytes| Secret::from_bytes(bytes).unwrap())
}

fn algorithm() -> impl Strategy<Value = Algorithm> {
    prop::sample::select(vec![Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512])
}

fn entry(kind: impl Strategy<Value = Kind>) -> impl Strategy<Value = OtpEntry> {
    (name(), name(), bytes(1..40), kind)
        .prop_filter("five digits of Steam are Steam's", |(issuer, ..)| !issuer.eq_ignore_ascii_case("steam"))
        .prop_map(|(issuer, account, secret, kind)| {
            OtpEntry::new(Some(&issuer), &account, secret, kind).unwrap()
        })
}

fn common() -> impl Strategy<Value = Kind> {
    prop_oneof![
        (algorithm(), 1..=10_u8, 1..=86_400_u32).prop_map(|(algorithm, digits, period)| Kind::Totp {
            algorithm,
            digits,
            period
        }),
        (algorithm(), 1..=10_u8, 0..=i64::MAX.cast_unsigned())
            .prop_map(|(algorithm, digits, counter)| Kind::Hotp { algorithm, digits, counter }),
    ]
}

fn googles() -> impl Strategy<Value = Kind> {
    let digits = prop::sample::select(vec![6_u8, 8]);
    prop_oneof![
        (algorithm(), digits.clone()).prop_map(|(algorithm, digits)| Kind::Totp {
            algorithm,
            digits,
            period: 30
        }),
        (algorithm(), digits, 0..=i64::MAX.cast_unsigned())
            .prop_map(|(algorithm, digits, counter)| Kind::Hotp { algorithm, digits, counter }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn links_come_back(otps in prop::collection::vec(entry(common()), 1..6)) {
        let written = written(&kept(otps.clone()), links);
        prop_assert_eq!(accounts(&read_back(&written.files[0])), otps);
    }

    #[test]
    fn aegis_comes_back(otps in prop::collection::vec(entry(common()), 1..6)) {
        let written = written(&kept(otps.clone()), plain);
        prop_assert_eq!(accounts(&read_back(&written.files[0])), otps);
    }

    #[test]
    fn the_sheet_comes_back(otps in prop::collection::vec(entry(common()), 1..6)) {
        let written = written(&kept(otps.clone()), html);
        prop_assert_eq!(accounts(&read_back(&written.files[0])), otps);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn googles_pictures_come_back(otps in prop::collection::vec(entry(googles()), 1..4)) {
        let written = written(&kept(otps.clone()), |entries| google(entries, 7));
        prop_assert_eq!(accounts(&read_back(&written.files[0])), otps);
    }
}
