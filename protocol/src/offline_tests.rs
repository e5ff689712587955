use proptest::prelude::*;
use url::Url;

use super::*;
use crate::challenge::Detail;
use crate::fixture::{World, other_device, world};

fn key() -> OfflineKey {
    OfflineKey::new(&[7; 32])
}

fn asked(world: &World) -> String {
    world.server.jws(Purpose::Challenge, &world.challenge())
}

#[test]
fn a_code_is_bound_to_key_question_and_device() {
    let world = world();
    let (jws, other) = (asked(&world), asked(&world));
    assert_ne!(jws, other, "signatures have randomness of their own");
    let code = key().approval(&jws, world.device);
    assert!(OfflineCode::fits(code.as_str()) && code.is(code.as_str()));
    assert!(code.is(key().approval(&jws, world.device).as_str()), "the same again");
    for wrong in [
        key().approval(&other, world.device),
        key().approval(&jws, other_device(&world)),
        OfflineKey::new(&[8; 32]).approval(&jws, world.device),
    ] {
        assert!(!code.is(wrong.as_str()));
    }
}

#[test]
fn s25_neither_key_nor_code_is_in_debug_output() {
    let world = world();
    let code = key().approval(&asked(&world), world.device);
    assert_eq!(format!("{:?} {code:?}", key()), "OfflineKey(…) OfflineCode(…)");
}

#[test]
fn a_key_has_one_text() {
    let text = serde_json::to_string(&key()).unwrap();
    assert_eq!(serde_json::from_str::<OfflineKey>(&text).unwrap(), key());
    for wrong in [r#""""#, r#""AAAA""#, "1", &text.replace("Bwc\"", "Bwd\""), &text.replace('"', "\"A")] {
        assert!(serde_json::from_str::<OfflineKey>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn property_1_the_question_comes_out_of_the_text_byte_for_byte() {
    let world = world();
    let jws = asked(&world);
    let text = OfflineText::of(&jws).unwrap().to_string();
    let read: OfflineText = text.parse().unwrap();
    assert_eq!(read.jws(&world.pinned), jws);
    assert_eq!(read.claimed_device(), Some(world.device));
    assert_eq!(format!(" {}\n", text.to_lowercase()).parse(), Ok(read));
    // Digits behind letters that QR codes have a short form of, and a scheme that no browser opens.
    assert!(text[PREFIX.len()..].bytes().all(|b| b.is_ascii_digit()));
    assert_eq!(Url::parse(&text).unwrap().scheme(), "countersign");
}

#[test]
fn property_2_with_another_key_it_is_another_message() {
    let world = world();
    let text = OfflineText::of(&asked(&world)).unwrap();
    let jws = text.jws(&world.stranger.key.thumbprint());
    let read = jws::verify::<Challenge>(&jws, Purpose::Challenge, &[world.stranger.key]);
    assert_eq!(read.unwrap_err(), JwsError::Signature);
}

#[test]
fn what_could_not_be_put_together_again_has_no_text() {
    let world = world();
    let header = crate::fixture::header(Purpose::Challenge, &world.server.key);
    let payload = serde_json::to_string(&world.challenge()).unwrap();
    let spaced = world.server.raw(&header.replace(',', ", "), &payload);
    assert_eq!(OfflineText::of(&spaced), Err(OfflineTextError::Damaged));
    let answer = world.server.jws(Purpose::Answer, &world.challenge());
    assert_eq!(OfflineText::of(&answer), Err(OfflineTextError::Damaged));
    assert_eq!(OfflineText::of("a.b.c"), Err(OfflineTextError::Damaged));
    let mut long = world.challenge();
    long.context.details = vec![Detail { label: "Payee".into(), value: "ش".repeat(120) }; 8];
    let long = world.server.jws(Purpose::Challenge, &long);
    assert_eq!(OfflineText::of(&long), Err(OfflineTextError::TooLong));
}

#[test]
fn what_is_wrong_with_a_text_is_said() {
    let world = world();
    let text = OfflineText::of(&asked(&world)).unwrap().to_string();
    let read = |text: &str| text.parse::<OfflineText>().unwrap_err();
    assert_eq!(read("otpauth://totp/x"), OfflineTextError::NotOffline);
    assert_eq!(read("countersign://enroll?u=x"), OfflineTextError::NotOffline);
    assert_eq!(read(&text.replace("/1", "/2")), OfflineTextError::Version);
    assert_eq!(read(PREFIX), OfflineTextError::Damaged);
    assert_eq!(read(&text[..PREFIX.len() + 1]), OfflineTextError::Damaged, "no signature");
    assert_eq!(read(&text[..PREFIX.len() + 1 + 17 * 9]), OfflineTextError::Damaged, "half a signature");
    assert_eq!(read(&format!("{text}x")), OfflineTextError::Damaged);
    assert_eq!(read(&format!("{text}٤٢")), OfflineTextError::Damaged);
    assert_eq!(read(&format!("{text}{}", "0".repeat(5_000))), OfflineTextError::TooLong);
    let over = format!("{PREFIX}1{}", "9".repeat(17 * 10));
    assert_eq!(read(&over), OfflineTextError::Damaged, "more than seven bytes hold");
}

proptest! {
    #[test]
    fn any_bytes_have_one_text(signature in prop::collection::vec(any::<u8>(), 64),
                               payload in prop::collection::vec(any::<u8>(), 1..MAX_PAYLOAD)) {
        let text = OfflineText { signature: signature.try_into().unwrap(), payload };
        prop_assert_eq!(text.to_string().parse(), Ok(text));
    }

    #[test]
    fn any_text_is_a_question_or_an_error(text: String, digits in "[0-9]{0,400}") {
        let _ = text.parse::<OfflineText>();
        if let Ok(read) = format!("{PREFIX}1{digits}").parse::<OfflineText>() {
            prop_assert_eq!(read.to_string(), format!("{PREFIX}1{digits}"));
            let _ = read.claimed_device();
        }
    }

    #[test]
    fn property_1_a_digit_that_was_changed_never_gives_the_same_question(at: prop::sample::Index, by in 1u8..10) {
        let world = world();
        let jws = asked(&world);
        let mut text = OfflineText::of(&jws).unwrap().to_string().into_bytes();
        let first = PREFIX.len() + 1;
        let at = first + at.index(text.len() - first);
        text[at] = b'0' + (text[at] - b'0' + by) % 10;
        if let Ok(read) = String::from_utf8(text).unwrap().parse::<OfflineText>() {
            let bent = read.jws(&world.pinned);
            prop_assert_ne!(&bent, &jws);
            prop_assert!(jws::verify::<Challenge>(&bent, Purpose::Challenge, &[world.server.key]).is_err());
        }
    }

    #[test]
    fn a_code_always_has_eight_digits(bytes: [u8; 32], question: String) {
        let code = OfflineKey::new(&bytes).approval(&question, world().device);
        prop_assert!(OfflineCode::fits(code.as_str()));
    }
}
