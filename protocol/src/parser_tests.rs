//! Whatever text arrives, every reader in this crate answers with a value or an error, and never panics.

use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::answer::{self, Answer, Decision};
use crate::challenge::{Challenge, DeviceKeys, KeyThumbprints, NumberMatch};
use crate::checkpoint::Checkpoint;
use crate::enroll::{EnrollClaims, EnrollProof, EnrolledClaims};
use crate::fixture::{DECIDED, PURPOSES, SERVER, World, arrived, header, world};
use crate::id::{ChallengeId, DeviceId, EnrollmentToken, TenantId};
use crate::jwk::{PublicKey, Thumbprint};
use crate::jws::{self, Purpose};
use crate::link::EnrollmentLink;
use crate::network::Network;
use crate::number::{Digits, TwoDigits};
use crate::offline::{OfflineKey, OfflineText};
use crate::problem::Problem;
use crate::receipt::Receipt;
use crate::request::{RequestProof, TransferRequest};
use crate::rule::Rule;
use crate::server_key::{KeyChain, Succession};
use crate::verdict::{RuleVerdict, Verdict};
use crate::{base64url, from_base64url, id, wire};

/// Gives `text` to every reader of plain text.
fn read_text(text: &str) {
    let _ =
        (from_base64url(text), id::from_base32(text), Thumbprint::parse(text), EnrollmentLink::parse(text));
    let _ = (text.parse::<TenantId>(), text.parse::<DeviceId>(), text.parse::<ChallengeId>());
    let _ = (text.parse::<EnrollmentToken>(), Digits::Two.fits(text), Digits::Six.fits(text));
    let _ = (text.parse::<TwoDigits>(), text.parse::<Network>(), text.parse::<OfflineText>());
    let _ = OfflineText::of(text);
    let _ = (PublicKey::from_point(text.as_bytes()), crate::number::matches(text, "42"));
}

/// Gives `text` to every reader of JSON.
fn read_json(text: &str) {
    fn read<T: DeserializeOwned>(text: &str) {
        let _ = serde_json::from_str::<T>(text);
    }
    read::<PublicKey>(text);
    read::<Thumbprint>(text);
    read::<DeviceKeys>(text);
    read::<KeyThumbprints>(text);
    read::<OfflineKey>(text);
    read::<Problem>(text);
    read::<wire::EnrollmentInfo>(text);
    read::<wire::CompleteEnrollment>(text);
    read::<crate::attestation::Attestation>(text);
    read::<wire::Device>(text);
    read::<wire::Inbox>(text);
    if let Ok(answered) = serde_json::from_str::<wire::Answered>(text) {
        let _ = answered.said(NumberMatch::Show { digits: 6 }, Decision::Approve);
    }
    read::<wire::Rules>(text);
    read::<wire::SubmitRule>(text);
    read::<wire::History>(text);
    if let Ok(receipt) = Receipt::parse(text) {
        let _ = receipt.verify(&receipt.server_key.thumbprint());
    }
    if let Ok(chain) = serde_json::from_str::<KeyChain>(text) {
        let _ = chain.newest(SERVER, &chain.root.thumbprint());
    }
}

/// Gives `text` to every reader of signed messages, with `world`'s keys in every role.
fn read_signed(world: &World, text: &str) {
    for purpose in PURPOSES {
        let _ = jws::peek::<Value>(text, purpose);
        let _ = jws::verify::<Value>(text, purpose, &[world.server.key]);
    }
    let key = world.server.key;
    let _ = jws::peek::<Challenge>(text, Purpose::Challenge);
    let _ = jws::peek::<Answer>(text, Purpose::Answer);
    let _ = jws::verify::<TransferRequest>(text, Purpose::Transfer, &[key]);
    let _ = jws::verify::<Succession>(text, Purpose::ServerKey, &[key]);
    let _ = jws::verify::<EnrollClaims>(text, Purpose::Enroll, &[key]);
    let _ = Challenge::verify(text, &world.expected());
    let _ = RequestProof::verify(text, &key, &arrived());
    let _ = world.transcript().verify_enrolled(text, &key);
    let _ = Verdict::verify(text, &key, &world.challenge(), text, Decision::Approve);
    let _ = RuleVerdict::verify(text, &key, &world.challenge(), text, text);
    let _ = Checkpoint::verify(text, &[key], SERVER, world.device.tenant);
    let _ = Rule::verify(text, &key).map(|rule| rule.applies(&world.challenge(), u64::MAX));
    for of in [Receipt::of_answer, Receipt::of_rule] {
        let receipt = of(text.to_owned(), text.to_owned(), text.to_owned(), key, world.keys());
        let _ = receipt.verify(&world.pinned);
    }
    let keys = DeviceKeys { possession: key, verification: world.verification.key };
    let _ = answer::verify(text, text, &world.challenge(), &keys);
    let proof = EnrollProof { possession: text.to_owned(), verification: text.to_owned() };
    let _ = proof.verify(&world.enroll_claims(), &world.keys());
    let chain = KeyChain { root: key, successions: vec![text.to_owned()] };
    let _ = chain.newest(SERVER, &key.thumbprint());
}

/// Texts that come near to what the readers look for.
fn near() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        "[A-Za-z0-9_-]{0,60}",
        "[0-9a-z]{26}",
        "(ten_|dev_)[0-9a-zé]{0,52}",
        "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        "https://[a-z.:0-9\\[\\]]{0,20}/enroll/[A-Za-z0-9_-]{43}#v=1&k=[A-Za-z0-9_-]{43}",
        "countersign://enroll[?&=utk%A-Za-z0-9:/.]{0,60}",
        "[{}\\[\\]\":,0-9a-z]{0,40}",
        (0usize..PURPOSES.len()).prop_map(|i| world().claims(PURPOSES[i]).to_string()),
    ];
    proptest::collection::vec(piece, 0..4).prop_map(|pieces| pieces.join("."))
}

/// JSON of any shape, often with the names that the messages use.
fn any_json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        any::<String>(),
        "(iss|aud|jti|exp|match|kind|digits|keys|context|v|root|key|cid|ath|outcome|at|device|answer|rule|risk|details|options|app|network|cth|rth|transcript|verdict)"
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            proptest::collection::vec((name.clone(), inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in near()) {
        read_text(&text);
        read_json(&text);
        read_signed(&world(), &text);
    }

    #[test]
    fn any_three_parts_are_read_or_refused(header_text in near(), payload in near(), signature: Vec<u8>) {
        let parts = [header_text.as_bytes(), payload.as_bytes(), &signature].map(base64url);
        read_signed(&world(), &parts.join("."));
    }

    #[test]
    fn any_signed_content_is_read_or_refused(content in prop_oneof![near(), any_json().prop_map(|v| v.to_string())]) {
        let world = world();
        read_json(&content);
        for purpose in PURPOSES {
            read_signed(&world, &world.server.raw(&header(purpose, &world.server.key), &content));
        }
    }

    #[test]
    fn property_3_a_member_set_to_anything_is_refused_or_read_as_it_stands(
        member: prop::sample::Index,
        content in any_json(),
    ) {
        let world = world();
        for purpose in [Purpose::Challenge, Purpose::Enrolled, Purpose::Verdict, Purpose::Rule, Purpose::Checkpoint] {
            let claims = with_member(&world.claims(purpose), member, &content);
            let compact = world.server.payload(purpose, &claims.to_string());
            let read = match purpose {
                Purpose::Enrolled => value_of::<EnrolledClaims>(&world, &compact, purpose),
                Purpose::Verdict => value_of::<Verdict>(&world, &compact, purpose),
                Purpose::Rule => value_of::<Rule>(&world, &compact, purpose),
                Purpose::Checkpoint => value_of::<Checkpoint>(&world, &compact, purpose),
                _ => value_of::<Challenge>(&world, &compact, purpose),
            };
            if let Some(read) = read {
                prop_assert_eq!(read, claims);
            }
        }
    }

    #[test]
    fn property_10_a_receipt_with_a_member_set_to_anything_proves_nothing(
        member: prop::sample::Index,
        content in any_json(),
    ) {
        let world = world();
        let (challenge, keys) = (world.challenge(), world.keys());
        let asked = world.server.jws(Purpose::Challenge, &challenge);
        let answer = world.verification.jws(Purpose::Answer, &world.answer(&challenge, &asked));
        let verdict = world.server.jws(Purpose::Verdict, &world.verdict(&challenge, &answer));
        let rule = world.verification.jws(Purpose::Rule, &world.rule());
        let ruled = RuleVerdict::of(&challenge, &asked, &rule, DECIDED);
        let ruled = world.server.jws(Purpose::Verdict, &ruled);
        for good in [
            Receipt::of_answer(asked.clone(), answer.clone(), verdict.clone(), world.server.key, keys),
            Receipt::of_rule(asked.clone(), rule.clone(), ruled.clone(), world.server.key, keys),
        ] {
            prop_assert!(good.verify(&world.pinned).is_ok());
            let good = serde_json::to_value(good).unwrap();
            let changed = with_member(&good, member, &content);
            prop_assume!(changed != good);
            let read = Receipt::parse(&changed.to_string());
            prop_assert!(read.and_then(|receipt| receipt.verify(&world.pinned)).is_err());
        }
    }
}

/// `object` with one of its members replaced.
fn with_member(object: &Value, member: prop::sample::Index, content: &Value) -> Value {
    let names: Vec<String> = object.as_object().unwrap().keys().cloned().collect();
    let mut changed = object.clone();
    changed[&names[member.index(names.len())]] = content.clone();
    changed
}

/// What the server's message says when it is read as a `T`.
fn value_of<T: DeserializeOwned + Serialize>(
    world: &World,
    compact: &str,
    purpose: Purpose,
) -> Option<Value> {
    let read = jws::verify::<T>(compact, purpose, &[world.server.key]).ok()?;
    Some(serde_json::to_value(read.claims).unwrap())
}

#[test]
fn deep_nesting_is_refused_before_it_fills_the_stack() {
    let world = world();
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let deep = format!("{}1{}", open.repeat(2000), close.repeat(2000));
        read_json(&deep);
        let compact = world.server.payload(Purpose::Challenge, &deep);
        read_signed(&world, &compact);
        assert!(Challenge::verify(&compact, &world.expected()).is_err());
    }
}
