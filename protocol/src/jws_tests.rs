//! Attacks on the signed form itself: property 3, one suite and one purpose per message.

use proptest::prelude::*;
use ring::hmac;
use serde_json::Value;

use super::*;
use crate::answer::Answer;
use crate::challenge::Challenge;
use crate::checkpoint::Checkpoint;
use crate::enroll::{EnrollClaims, EnrolledClaims};
use crate::fixture::{PURPOSES, Signer, header, spoiled, world};
use crate::request::{RequestProof, TransferRequest};
use crate::rule::Rule;
use crate::server_key::Succession;
use crate::verdict::Verdict;
use crate::{base64url, from_base64url};

fn good() -> String {
    let world = world();
    world.server.jws(Purpose::Challenge, &world.challenge())
}

fn read(compact: &str) -> Result<Challenge, JwsError> {
    let keys = [world().server.key];
    let verified = verify::<Challenge>(compact, Purpose::Challenge, &keys).map(|v| v.claims);
    // What the signature's check would not see must be refused without it too.
    if matches!(verified, Err(JwsError::TooLong | JwsError::Malformed | JwsError::Header | JwsError::Purpose))
    {
        assert_eq!(peek::<Challenge>(compact, Purpose::Challenge).err(), verified.clone().err());
    }
    verified
}

/// Reads a message as the type that belongs to its purpose.
fn read_as(purpose: Purpose, compact: &str, key: PublicKey) -> Result<Value, JwsError> {
    fn json<T: Serialize + DeserializeOwned>(
        compact: &str,
        purpose: Purpose,
        key: PublicKey,
    ) -> Result<Value, JwsError> {
        verify::<T>(compact, purpose, &[key]).map(|v| serde_json::to_value(v.claims).unwrap())
    }
    match purpose {
        Purpose::Enroll => json::<EnrollClaims>(compact, purpose, key),
        Purpose::Enrolled => json::<EnrolledClaims>(compact, purpose, key),
        Purpose::Request => json::<RequestProof>(compact, purpose, key),
        Purpose::Challenge => json::<Challenge>(compact, purpose, key),
        Purpose::Answer => json::<Answer>(compact, purpose, key),
        Purpose::Verdict => json::<Verdict>(compact, purpose, key),
        Purpose::ServerKey => json::<Succession>(compact, purpose, key),
        Purpose::Transfer => json::<TransferRequest>(compact, purpose, key),
        Purpose::Rule => json::<Rule>(compact, purpose, key),
        Purpose::Checkpoint => json::<Checkpoint>(compact, purpose, key),
    }
}

/// The good challenge with another header, signed by the right key.
fn under(header: &str) -> String {
    let world = world();
    world.server.raw(header, &serde_json::to_string(&world.challenge()).unwrap())
}

fn right_header() -> String {
    header(Purpose::Challenge, &world().server.key)
}

#[test]
fn what_was_signed_is_what_is_read() {
    assert_eq!(read(&good()), Ok(world().challenge()));
    assert_eq!(read(&under(&right_header())), Ok(world().challenge()));
}

#[test]
fn property_3_alg_none_is_refused() {
    let input = good().rsplit_once('.').unwrap().0.to_owned();
    assert_eq!(read(&format!("{input}.")), Err(JwsError::Malformed));
    assert_eq!(read(&input), Err(JwsError::Malformed));
    for none in ["none", "None", "NONE", "nOnE", ""] {
        let header = right_header().replace("ES256", none);
        assert_eq!(read(&under(&header)), Err(JwsError::Header), "{none}");
        let payload = input.split_once('.').unwrap().1;
        assert_eq!(read(&format!("{}.{payload}.", base64url(header.as_bytes()))), Err(JwsError::Malformed));
    }
}

#[test]
fn property_3_hmac_with_the_public_key_is_refused() {
    let key = world().server.key;
    let jwk = serde_json::to_vec(&key).unwrap();
    let payload = serde_json::to_vec(&world().challenge()).unwrap();
    for (name, algorithm) in [("HS256", hmac::HMAC_SHA256), ("HS512", hmac::HMAC_SHA512)] {
        for secret in [&key.point()[..], &jwk, key.thumbprint().as_str().as_bytes()] {
            for alg in [name, "ES256"] {
                let header = right_header().replace("ES256", alg);
                let input = format!("{}.{}", base64url(header.as_bytes()), base64url(&payload));
                let tag = hmac::sign(&hmac::Key::new(algorithm, secret), input.as_bytes());
                let mut padded = tag.as_ref().to_vec();
                padded.resize(64, 0);
                for signature in [tag.as_ref(), &padded] {
                    assert!(read(&format!("{input}.{}", base64url(signature))).is_err(), "{name} as {alg}");
                }
            }
        }
    }
}

#[test]
fn property_3_every_other_algorithm_is_refused() {
    for alg in
        ["HS256", "RS256", "PS256", "ES384", "ES512", "ES256K", "EdDSA", "es256", "Es256", "ES256 ", " ES256"]
    {
        assert_eq!(read(&under(&right_header().replace("ES256", alg))), Err(JwsError::Header), "{alg}");
    }
    // RS256's 256 bytes of signature are no longer looked at.
    let input = under(&right_header().replace("ES256", "RS256")).rsplit_once('.').unwrap().0.to_owned();
    assert_eq!(read(&format!("{input}.{}", base64url(&[1; 256]))), Err(JwsError::Malformed));
}

#[test]
fn property_3_a_further_header_member_is_refused() {
    let world = world();
    let own = serde_json::to_string(&world.stranger.key).unwrap();
    for more in [
        format!(r#""jwk":{own}"#),
        r#""jku":"https://evil.example/keys.json""#.to_owned(),
        r#""x5u":"https://evil.example/chain.pem""#.to_owned(),
        r#""x5c":["MIIB"]"#.to_owned(),
        r#""x5t":"AAAA""#.to_owned(),
        r#""crit":["b64"],"b64":false"#.to_owned(),
        r#""crit":[]"#.to_owned(),
        r#""b64":false"#.to_owned(),
        r#""b64":true"#.to_owned(),
        r#""cty":"JWT""#.to_owned(),
        r#""zip":"DEF""#.to_owned(),
        r#""":0"#.to_owned(),
        r#""ALG":"ES256""#.to_owned(),
    ] {
        let header = right_header().replace('}', &format!(",{more}}}"));
        assert_eq!(read(&under(&header)), Err(JwsError::Header), "{more}");
        // Also when the key it brings along did sign.
        let foreign = world.stranger.raw(&header, &serde_json::to_string(&world.challenge()).unwrap());
        assert_eq!(read(&foreign), Err(JwsError::Header), "{more}");
    }
}

#[test]
fn property_3_a_spoiled_header_is_refused() {
    let header: Value = serde_json::from_str(&right_header()).unwrap();
    for (what, text) in spoiled(&header) {
        assert_eq!(read(&under(&text)), Err(JwsError::Header), "{what}: {text}");
    }
    let kid = world().server.key.thumbprint();
    let in_order = format!(r#"["ES256","cs-challenge+jwt","{kid}"]"#);
    for text in ["", "{}", "[]", "\"ES256\"", "{", "\u{feff}{}", &format!("{}x", right_header()), &in_order] {
        assert_eq!(read(&under(text)), Err(JwsError::Header), "{text}");
    }
    for name in ["alg", "typ", "kid"] {
        assert_eq!(read(&under(&right_header().replace(name, "no"))), Err(JwsError::Header), "{name}");
    }
}

#[test]
fn property_3_a_spoiled_payload_is_refused_at_every_depth() {
    let world = world();
    let mut without_number = world.claims(Purpose::Challenge);
    without_number["match"] = serde_json::json!({ "kind": "none" });
    let mut all: Vec<_> = PURPOSES.iter().map(|p| (*p, world.claims(*p))).collect();
    all.push((Purpose::Challenge, without_number));
    let mut picked = world.claims(Purpose::Challenge);
    picked["match"] = serde_json::json!({ "kind": "pick", "options": ["42", "07", "88"] });
    picked["risk"] = serde_json::json!(3);
    all.push((Purpose::Challenge, picked));
    for (purpose, claims) in all {
        let signed = |text: &str| world.server.payload(purpose, text);
        assert_eq!(read_as(purpose, &signed(&claims.to_string()), world.server.key), Ok(claims.clone()));
        for (what, text) in spoiled(&claims) {
            let read = read_as(purpose, &signed(&text), world.server.key);
            assert_eq!(read, Err(JwsError::Claims), "{purpose:?}, {what}: {text}");
        }
        for member in claims.as_object().unwrap().keys() {
            let mut fewer = claims.clone();
            fewer.as_object_mut().unwrap().remove(member);
            if ["number", "rules_allowed", "risk"].contains(&member.as_str()) {
                continue;
            }
            let read = read_as(purpose, &signed(&fewer.to_string()), world.server.key);
            assert_eq!(read, Err(JwsError::Claims), "{purpose:?} without {member}");
        }
    }
}

#[test]
fn property_3_a_signature_is_64_bytes_and_fits() {
    let compact = good();
    let (input, signature) = compact.rsplit_once('.').unwrap();
    let bytes = from_base64url(signature).unwrap();
    let with = |signature: &[u8]| read(&format!("{input}.{}", base64url(signature)));
    assert_eq!(with(&bytes[..63]), Err(JwsError::Malformed));
    assert_eq!(with(&[&bytes[..], &[0]].concat()), Err(JwsError::Malformed));
    assert_eq!(with(&[&[0], &bytes[..]].concat()), Err(JwsError::Malformed));
    assert_eq!(with(&[]), Err(JwsError::Malformed));
    assert_eq!(with(&der(&bytes)), Err(JwsError::Malformed));
    let mut der_64 = der(&bytes);
    der_64.resize(64, 0);
    assert_eq!(with(&der_64), Err(JwsError::Signature));
    assert_eq!(with(&[0; 64]), Err(JwsError::Signature));
    assert_eq!(with(&[0xff; 64]), Err(JwsError::Signature));
    // r = 0 or s = 0 or r and s exchanged: the classic holes of hand-written verifiers.
    assert_eq!(with(&[&[0; 32], &bytes[32..]].concat()), Err(JwsError::Signature));
    assert_eq!(with(&[&bytes[..32], &[0; 32]].concat()), Err(JwsError::Signature));
    assert_eq!(with(&[&bytes[32..], &bytes[..32]].concat()), Err(JwsError::Signature));
    for bit in 0..512 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(with(&flipped), Err(JwsError::Signature), "bit {bit}");
    }
}

/// ASN.1 form of `r‖s`, as Android and OpenSSL give it.
fn der(signature: &[u8]) -> Vec<u8> {
    let integer = |half: &[u8]| {
        let mut bytes: Vec<u8> = half.iter().copied().skip_while(|b| *b == 0).collect();
        if bytes.first().is_some_and(|b| *b > 127) {
            bytes.insert(0, 0);
        }
        [&[2, u8::try_from(bytes.len()).unwrap()], &bytes[..]].concat()
    };
    let body = [integer(&signature[..32]), integer(&signature[32..])].concat();
    [&[0x30, u8::try_from(body.len()).unwrap()], &body[..]].concat()
}

#[test]
fn property_3_one_value_has_one_base64_text() {
    let compact = good();
    let parts: Vec<&str> = compact.split('.').collect();
    for i in 0..3 {
        for spoil in ["=", "==", "\n", " ", "\r\n", "\0", "A", "+", "/", "%3D", "\u{e4}"] {
            for text in [format!("{}{spoil}", parts[i]), format!("{spoil}{}", parts[i])] {
                let mut spoiled = parts.clone();
                spoiled[i] = &text;
                assert!(read(&spoiled.join(".")).is_err(), "part {i} with {spoil:?}");
            }
        }
    }
    // 64 bytes leave four unused bits in the last character: only zero bits are taken.
    let (head, last) = compact.split_at(compact.len() - 1);
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let value = alphabet.iter().position(|a| *a == last.as_bytes()[0]).unwrap();
    for trailing in 1..16 {
        let other = char::from(alphabet[value + trailing]);
        assert_eq!(read(&format!("{head}{other}")), Err(JwsError::Malformed));
    }
}

#[test]
fn property_3_only_three_parts_and_no_more_than_the_limit_are_read() {
    let compact = good();
    let (input, signature) = compact.rsplit_once('.').unwrap();
    let (header, payload) = input.split_once('.').unwrap();
    for text in [
        String::new(),
        ".".into(),
        "..".into(),
        "...".into(),
        format!("{compact}.{signature}"),
        format!(".{compact}"),
        format!("{header}.{payload}"),
        format!("{header}..{payload}.{signature}"),
        format!("{header}..{signature}"),
        format!(" {compact}"),
        format!("{compact}\n"),
        format!(r#"{{"payload":"{payload}","protected":"{header}","signature":"{signature}"}}"#),
    ] {
        assert!(read(&text).is_err(), "{text}");
    }
    assert_eq!(read(&"A".repeat(MAX_LEN + 1)), Err(JwsError::TooLong));
    let mut long = world().challenge();
    long.message = "a".repeat(MAX_LEN);
    assert_eq!(read(&world().server.jws(Purpose::Challenge, &long)), Err(JwsError::TooLong));
}

#[test]
fn property_3_a_message_of_one_purpose_never_serves_another() {
    let world = world();
    for made_for in PURPOSES {
        for used_as in PURPOSES {
            // Claims of the purpose it is used as: only the header's `typ` is in the way.
            let compact = world.possession.jws(made_for, &world.claims(used_as));
            let read = read_as(used_as, &compact, world.possession.key);
            if made_for == used_as {
                assert_eq!(read, Ok(world.claims(used_as)));
            } else {
                assert_eq!(read, Err(JwsError::Purpose), "{made_for:?} as {used_as:?}");
                assert_eq!(peek::<Value>(&compact, used_as).err(), Some(JwsError::Purpose));
            }
        }
    }
    for typ in ["JWT", "jwt", "", "cs-challenge", "CS-CHALLENGE+JWT", "application/cs-challenge+jwt"] {
        let header = right_header().replace("cs-challenge+jwt", typ);
        assert_eq!(read(&under(&header)), Err(JwsError::Purpose), "{typ}");
    }
}

#[test]
fn property_3_the_key_must_be_offered_and_must_have_signed() {
    let world = world();
    let claims = world.challenge();
    let keys = |signers: &[&Signer]| signers.iter().map(|s| s.key).collect::<Vec<_>>();
    let by_stranger = world.stranger.jws(Purpose::Challenge, &claims);
    let refused = |compact: &str, offered: &[&Signer]| {
        verify::<Challenge>(compact, Purpose::Challenge, &keys(offered)).unwrap_err()
    };
    assert_eq!(refused(&by_stranger, &[&world.server]), JwsError::UnknownKey);
    assert_eq!(refused(&by_stranger, &[]), JwsError::UnknownKey);
    // Named after one key, signed by another, whether the other is offered too or not.
    let header = header(Purpose::Challenge, &world.server.key);
    let renamed = world.stranger.raw(&header, &serde_json::to_string(&claims).unwrap());
    assert_eq!(refused(&renamed, &[&world.server]), JwsError::Signature);
    assert_eq!(refused(&renamed, &[&world.stranger, &world.server]), JwsError::Signature);
    // A kid that is no thumbprint.
    for kid in ["", "0", "../server", &"A".repeat(42), &"A".repeat(44), &format!("{}B", "A".repeat(42))] {
        let odd = header.replace(world.server.key.thumbprint().as_str(), kid);
        assert_eq!(refused(&under(&odd), &[&world.server]), JwsError::Header, "{kid}");
    }
}

#[test]
fn what_nobody_vouched_for_does_not_show_itself() {
    let unverified = peek::<Challenge>(&good(), Purpose::Challenge).unwrap();
    assert!(!format!("{unverified:?}").contains("Ledger"));
}

proptest! {
    #[test]
    fn property_3_any_single_character_changed_is_refused(at: prop::sample::Index, other: char) {
        let mut text: Vec<char> = good().chars().collect();
        let at = at.index(text.len());
        prop_assume!(text[at] != other);
        text[at] = other;
        prop_assert!(read(&text.into_iter().collect::<String>()).is_err());
    }

    #[test]
    fn property_3_any_base64_character_changed_is_refused(at: prop::sample::Index, other in "[A-Za-z0-9_.-]") {
        let mut text: Vec<char> = good().chars().collect();
        let (at, other) = (at.index(text.len()), other.chars().next().unwrap());
        prop_assume!(text[at] != other);
        text[at] = other;
        prop_assert!(read(&text.into_iter().collect::<String>()).is_err());
    }

    #[test]
    fn property_3_any_character_lost_doubled_or_moved_is_refused(at: prop::sample::Index, to: prop::sample::Index) {
        let text: Vec<char> = good().chars().collect();
        let (at, to) = (at.index(text.len()), to.index(text.len()));
        let mut lost = text.clone();
        let taken = lost.remove(at);
        let mut doubled = text.clone();
        doubled.insert(at, taken);
        let mut moved = lost.clone();
        moved.insert(to, taken);
        for changed in [lost, doubled, moved] {
            prop_assume!(changed != text);
            prop_assert!(read(&changed.into_iter().collect::<String>()).is_err());
        }
    }
}
