//! Attacks on the question: properties 2, 3 and 5, what a device must never show.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::fixture::{ASKED, EXPIRES, SERVER, World, other_device, spoiled, world};
use crate::number::Choice;
use crate::server_key::Succession;

fn shown(world: &World, compact: &str) -> Result<Challenge, ChallengeError> {
    Challenge::verify(compact, &world.expected())
}

/// What becomes of the fixture's challenge when the server signs it after `change`.
fn changed(change: impl FnOnce(&mut Challenge)) -> Result<Challenge, ChallengeError> {
    let world = world();
    let mut challenge = world.challenge();
    change(&mut challenge);
    shown(&world, &world.server.jws(Purpose::Challenge, &challenge))
}

#[test]
fn a_good_challenge_is_shown() {
    assert_eq!(changed(|_| ()), Ok(world().challenge()));
}

#[test]
fn property_2_a_challenge_by_any_other_key_is_not_shown() {
    let world = world();
    let claims = world.challenge();
    for signer in [&world.stranger, &world.server_2, &world.possession, &world.verification] {
        let compact = signer.jws(Purpose::Challenge, &claims);
        assert_eq!(shown(&world, &compact), Err(JwsError::UnknownKey.into()));
        let renamed = signer.raw(
            &crate::fixture::header(Purpose::Challenge, &world.server.key),
            &serde_json::to_string(&claims).unwrap(),
        );
        assert_eq!(shown(&world, &renamed), Err(JwsError::Signature.into()));
    }
}

#[test]
fn property_2_an_unsigned_challenge_is_not_shown() {
    let world = world();
    let json = serde_json::to_string(&world.challenge()).unwrap();
    let signed = world.server.jws(Purpose::Challenge, &world.challenge());
    let input = signed.rsplit_once('.').unwrap().0;
    for text in [json.as_str(), input, &format!("{input}."), &format!("{input}.{}", "A".repeat(86)), ""] {
        assert!(matches!(shown(&world, text), Err(ChallengeError::Jws(_))), "{text}");
    }
}

#[test]
fn property_2_expiry_is_at_the_second_itself() {
    let world = world();
    let compact = world.server.jws(Purpose::Challenge, &world.challenge());
    let at = |server_now| Challenge::verify(&compact, &Expected { server_now, ..world.expected() }).err();
    assert_eq!(at(ASKED), None);
    assert_eq!(at(EXPIRES - 1), None);
    for late in [EXPIRES, EXPIRES + 1, u64::MAX] {
        assert_eq!(at(late), Some(ChallengeError::Expired), "{late}");
    }
    assert_eq!(changed(|c| c.exp = 0), Err(ChallengeError::Expired));
}

#[test]
fn property_2_another_server_is_refused_however_alike() {
    for iss in [
        "https://mfa.example.org/",
        "https://mfa.example.org:443",
        "https://MFA.example.org",
        "https://mfa.example.org.evil.example",
        "http://mfa.example.org",
        "",
    ] {
        assert_eq!(changed(|c| c.iss = iss.into()), Err(ChallengeError::Issuer), "{iss}");
    }
    assert_ne!(SERVER, "");
}

#[test]
fn property_2_another_device_or_other_keys_are_refused() {
    let world = world();
    let other = other_device(&world);
    let other_tenant = DeviceId { tenant: crate::id::TenantId(uuid::Uuid::from_u128(5)), ..world.device };
    assert_eq!(changed(|c| c.aud = other), Err(ChallengeError::Audience));
    assert_eq!(changed(|c| c.aud = other_tenant), Err(ChallengeError::Audience));
    let stranger = world.stranger.key.thumbprint();
    assert_eq!(changed(|c| c.keys.possession = stranger.clone()), Err(ChallengeError::Audience));
    assert_eq!(changed(|c| c.keys.verification = stranger), Err(ChallengeError::Audience));
    assert_eq!(
        changed(|c| std::mem::swap(&mut c.keys.possession, &mut c.keys.verification)),
        Err(ChallengeError::Audience)
    );
}

#[test]
fn property_2_and_5_an_approval_that_nothing_protects_is_not_asked_for() {
    for digits in [0, 1, 3, 4, 5, 7, 255] {
        for number in [NumberMatch::Type { digits }, NumberMatch::Show { digits }] {
            let asked = changed(|c| c.number = number);
            assert_eq!(asked, Err(ChallengeError::Unprotected), "{number:?}");
        }
    }
    let pick = |options: [&str; 3]| NumberMatch::Pick { options: options.map(|o| o.parse().unwrap()) };
    for options in [["42", "42", "07"], ["42", "07", "42"], ["07", "42", "42"], ["42", "42", "42"]] {
        assert_eq!(changed(|c| c.number = pick(options)), Err(ChallengeError::Unprotected), "{options:?}");
    }
    let mut kinds = vec![pick(["42", "07", "88"])];
    for digits in [2, 6] {
        kinds.extend([NumberMatch::Type { digits }, NumberMatch::Show { digits }]);
    }
    for number in kinds {
        for verify in [true, false] {
            let asked = changed(|c| (c.number, c.verify) = (number, verify));
            assert!(asked.is_ok(), "{number:?}, verify {verify}");
        }
    }
    assert!(changed(|c| c.number = NumberMatch::None).is_ok());
    let bare = changed(|c| (c.number, c.verify) = (NumberMatch::None, false));
    assert_eq!(bare, Err(ChallengeError::Unprotected));
}

#[test]
fn property_4_an_unusual_sign_in_is_never_approved_without_the_person() {
    for number in [NumberMatch::Type { digits: 6 }, NumberMatch::Show { digits: 6 }, NumberMatch::None] {
        for (risk, verify) in [(Risk::High, true), (Risk::Raised, true), (Risk::Ordinary, true)] {
            assert!(changed(|c| (c.number, c.risk, c.verify) = (number, risk, verify)).is_ok());
        }
        let careless = changed(|c| (c.number, c.risk, c.verify) = (number, Risk::High, false));
        assert_eq!(careless, Err(ChallengeError::Unprotected), "{number:?}");
    }
    assert!(changed(|c| (c.risk, c.verify) = (Risk::Raised, false)).is_ok());
}

#[test]
fn property_3_what_is_left_out_is_never_written() {
    let world = world();
    let mut challenge = world.challenge();
    (challenge.app.id, challenge.rules_allowed) = (None, false);
    challenge.context.details.clear();
    let plain = json!(challenge);
    for member in ["/risk", "/rules_allowed", "/app/id", "/context/details"] {
        assert_eq!(plain.pointer(member), None, "{member}");
    }
    let read = |claims: &serde_json::Value| {
        shown(&world, &world.server.payload(Purpose::Challenge, &claims.to_string()))
    };
    assert_eq!(read(&plain), Ok(challenge));
    // A challenge as it was before these members existed reads as ever; one meaning has one text.
    for (parent, member, value) in [
        ("", "risk", json!(1)),
        ("", "risk", json!(0)),
        ("", "risk", json!(4)),
        ("", "rules_allowed", json!(false)),
        ("/app", "id", json!(null)),
        ("/context", "details", json!([])),
        ("/context", "details", json!([{ "label": "Amount" }])),
        ("/context", "details", json!([["Amount", "1"]])),
    ] {
        let mut written = plain.clone();
        written.pointer_mut(parent).unwrap()[member] = value.clone();
        assert_eq!(read(&written), Err(JwsError::Claims.into()), "{member}: {value}");
    }
}

#[test]
fn details_that_no_screen_can_show_are_refused() {
    let line = |label: &str, value: &str| Detail { label: label.into(), value: value.into() };
    let with = |details: Vec<Detail>| changed(|c| c.context.details = details).err();
    let longest = line(&"ä".repeat(MAX_LABEL), &"€".repeat(MAX_VALUE));
    assert_eq!(with(vec![longest; MAX_DETAILS]), None);
    for bad in [
        line("", "1"),
        line("Amount", ""),
        line(&"a".repeat(MAX_LABEL + 1), "1"),
        line("Amount", &"1".repeat(MAX_VALUE + 1)),
        line("Amount\n", "1"),
        line("Amount", "1\u{1b}[2K"),
        line("Amount", "\u{9b}31m"),
    ] {
        assert_eq!(with(vec![line("Payee", "Sam"), bad.clone()]), Some(ChallengeError::Details), "{bad:?}");
    }
    assert_eq!(with(vec![line("Payee", "Sam"); MAX_DETAILS + 1]), Some(ChallengeError::Details));
}

#[test]
fn property_3_a_message_of_another_purpose_is_not_shown() {
    let world = world();
    for purpose in crate::fixture::PURPOSES {
        let compact = world.server.jws(purpose, &world.challenge());
        let expected = if purpose == Purpose::Challenge { None } else { Some(JwsError::Purpose.into()) };
        assert_eq!(shown(&world, &compact).err(), expected, "{purpose:?}");
    }
    let succession = Succession { iss: SERVER.into(), iat: ASKED, key: world.server_2.key };
    let compact = world.server.jws(Purpose::Challenge, &succession);
    assert_eq!(shown(&world, &compact), Err(JwsError::Claims.into()));
}

/// `match` in forms that no kind of number has.
const BAD_NUMBERS: &str = r#"
{"kind":"pick"}
{"kind":"pick","options":["42","07"]}
{"kind":"pick","options":["42","07","88","11"]}
{"kind":"pick","options":["42","7","88"]}
{"kind":"pick","options":[42,17,88]}
{"kind":"pick","options":["42","07","88"],"digits":2}
{"kind":"pick","options":["42","07","88"],"right":"42"}
{"kind":"show"}
{"kind":"show","digits":6,"code":"004242"}
{"kind":"type","options":["42","07","88"]}
{"kind":"none","kind":"type","digits":2}
{"kind":"type","digits":2,"kind":"none"}
{"kind":"none","digits":2}
{"kind":"none","digits":null}
{"kind":"type"}
{"kind":"TYPE","digits":2}
{"kind":"pick","digits":2}
{"digits":2}
{"kind":"type","digits":2.0}
{"kind":"type","digits":"2"}
{"kind":"type","digits":256}
{"kind":"type","digits":-2}
["none"]
["type",2]
"none""#;

#[test]
fn property_3_a_tag_that_names_two_kinds_is_refused() {
    let world = world();
    let text = serde_json::to_string(&world.challenge()).unwrap();
    for number in BAD_NUMBERS.lines().skip(1) {
        let spoiled = text.replace(r#"{"kind":"type","digits":2}"#, number);
        assert_ne!(spoiled, text);
        assert_eq!(
            shown(&world, &world.server.payload(Purpose::Challenge, &spoiled)),
            Err(JwsError::Claims.into()),
            "{number}"
        );
    }
}

#[test]
fn property_5_and_8_a_challenge_has_no_place_for_the_number() {
    // The phone fetches this very text: whatever the server knows of the number, it can only tell its length.
    assert_eq!(json!(world().challenge())["match"], json!({ "kind": "type", "digits": 2 }));
    assert_eq!(json!(NumberMatch::None), json!({ "kind": "none" }));
    assert_eq!(json!(NumberMatch::Show { digits: 6 }), json!({ "kind": "show", "digits": 6 }));
    let Choice { options, right } = Choice::new([9; 8]);
    let [a, b, c] = options.map(|o| o.to_string());
    // All three stand there alike: nothing says which is right.
    assert!(options.contains(&right));
    assert_eq!(json!(NumberMatch::Pick { options }), json!({ "kind": "pick", "options": [a, b, c] }));
    let world = world();
    let text = json!(world.challenge()).to_string();
    for more in [r#""number":"42""#, r#""value":42"#, r#""options":["42","17","88"]"#] {
        let told = text.replace(r#""kind":"type""#, &format!(r#""kind":"type",{more}"#));
        assert_ne!(told, text);
        assert_eq!(
            shown(&world, &world.server.payload(Purpose::Challenge, &told)),
            Err(JwsError::Claims.into()),
            "{more}"
        );
    }
}

#[test]
fn keys_are_read_from_one_form_only() {
    let keys = json!(world().keys());
    assert!(serde_json::from_value::<DeviceKeys>(keys.clone()).is_ok());
    for (what, text) in spoiled(&keys) {
        // Outside a signature serde's array form is harmless: it names the same two keys in the same order.
        if !what.contains("array") {
            assert!(serde_json::from_str::<DeviceKeys>(&text).is_err(), "{what}: {text}");
        }
    }
}

proptest! {
    #[test]
    fn property_2_no_time_before_the_end_is_too_late_and_none_after_is_in_time(now: u64) {
        let world = world();
        let compact = world.server.jws(Purpose::Challenge, &world.challenge());
        let expected = Expected { server_now: now, ..world.expected() };
        prop_assert_eq!(Challenge::verify(&compact, &expected).is_ok(), now < EXPIRES);
    }

    #[test]
    fn whatever_the_server_writes_is_shown_as_written(user: String, message: String, kind: String, name: String) {
        let world = world();
        let mut challenge = world.challenge();
        challenge.app.name = name;
        (challenge.user, challenge.message, challenge.kind) = (user, message, kind);
        let compact = world.server.jws(Purpose::Challenge, &challenge);
        prop_assert_eq!(shown(&world, &compact), Ok(challenge));
    }
}
