//! Attacks on the evidence: property 10, no part of a receipt can be exchanged.

use serde_json::json;

use super::*;
use crate::answer::Decision;
use crate::challenge::NumberMatch;
use crate::fixture::{PURPOSES, Signer, World, spoiled, world};
use crate::id::ChallengeId;

fn receipt_of(world: &World, challenge: &Challenge, signer: &Signer) -> Receipt {
    let jws = world.server.jws(Purpose::Challenge, challenge);
    let answer = signer.jws(Purpose::Answer, &world.answer(challenge, &jws));
    Receipt { v: 1, challenge: jws, answer, server_key: world.server.key, device_keys: world.keys() }
}

fn good(world: &World) -> Receipt {
    receipt_of(world, &world.challenge(), &world.verification)
}

fn judge(world: &World, receipt: &Receipt) -> Result<Facts, ReceiptError> {
    receipt.verify(&world.server.key.thumbprint())
}

#[test]
fn property_10_a_receipt_proves_what_was_asked_and_decided() {
    let world = world();
    let text = json!(good(&world)).to_string();
    let facts = judge(&world, &serde_json::from_str(&text).unwrap()).unwrap();
    assert_eq!(facts.challenge, world.challenge());
    assert_eq!(facts.answer.decision, Decision::Approve);
    assert_eq!(facts.proof, Proof::Verification);
}

#[test]
fn property_10_a_receipt_cannot_vouch_for_its_own_server() {
    let world = world();
    let mut forged = good(&world);
    forged.challenge = world.stranger.jws(Purpose::Challenge, &world.challenge());
    forged.server_key = world.stranger.key;
    forged.answer =
        world.verification.jws(Purpose::Answer, &world.answer(&world.challenge(), &forged.challenge));
    assert_eq!(judge(&world, &forged), Err(ReceiptError::ServerKey));
    assert!(forged.verify(&world.stranger.key.thumbprint()).is_ok());
    forged.server_key = world.server.key;
    assert_eq!(judge(&world, &forged), Err(ReceiptError::Challenge(JwsError::UnknownKey)));
}

#[test]
fn property_10_no_part_can_be_exchanged() {
    let world = world();
    let receipt = good(&world);
    let mut claims = world.challenge();
    claims.jti = ChallengeId(uuid::Uuid::from_u128(77));
    let other = receipt_of(&world, &claims, &world.verification);
    let again = good(&world);

    let with = |change: &dyn Fn(&mut Receipt)| {
        let mut changed = receipt.clone();
        change(&mut changed);
        judge(&world, &changed).unwrap_err()
    };
    let answer = ReceiptError::Answer;
    assert_eq!(with(&|r| r.v = 0), ReceiptError::Version(0));
    assert_eq!(with(&|r| r.v = 2), ReceiptError::Version(2));
    assert_eq!(with(&|r| r.answer = other.answer.clone()), answer(AnswerError::Binding));
    assert_eq!(with(&|r| r.challenge = other.challenge.clone()), answer(AnswerError::Binding));
    assert_eq!(with(&|r| r.challenge = again.challenge.clone()), answer(AnswerError::Content));
    assert_eq!(with(&|r| r.answer = again.answer.clone()), answer(AnswerError::Content));
    assert_eq!(with(&|r| r.server_key = world.stranger.key), ReceiptError::ServerKey);
    assert_eq!(with(&|r| r.device_keys.possession = world.stranger.key), ReceiptError::DeviceKeys);
    assert_eq!(with(&|r| r.device_keys.verification = world.stranger.key), ReceiptError::DeviceKeys);
    assert_eq!(
        with(&|r| std::mem::swap(&mut r.device_keys.possession, &mut r.device_keys.verification)),
        ReceiptError::DeviceKeys
    );
    assert_eq!(
        with(&|r| std::mem::swap(&mut r.challenge, &mut r.answer)),
        ReceiptError::Challenge(JwsError::Purpose)
    );
    assert_eq!(with(&|r| r.answer = r.challenge.clone()), answer(JwsError::Purpose.into()));
    assert_eq!(with(&|r| r.challenge.clear()), ReceiptError::Challenge(JwsError::Malformed));
    assert_eq!(with(&|r| r.answer.clear()), answer(JwsError::Malformed.into()));
}

#[test]
fn property_10_the_asked_keys_and_no_others_make_the_answer() {
    let world = world();
    let stolen = receipt_of(&world, &world.challenge(), &world.stranger);
    assert_eq!(judge(&world, &stolen), Err(ReceiptError::Answer(JwsError::UnknownKey.into())));
    // Even with the foreign key put into the receipt: the server's signature says which keys were asked.
    let mut dressed_up = stolen;
    dressed_up.device_keys.verification = world.stranger.key;
    assert_eq!(judge(&world, &dressed_up), Err(ReceiptError::DeviceKeys));
}

#[test]
fn property_10_a_receipt_shows_whether_the_person_was_verified() {
    let world = world();
    let needs_verification = receipt_of(&world, &world.challenge(), &world.possession);
    assert_eq!(
        judge(&world, &needs_verification),
        Err(ReceiptError::Answer(AnswerError::VerificationNeeded))
    );
    let lax = Challenge { verify: false, ..world.challenge() };
    let facts = judge(&world, &receipt_of(&world, &lax, &world.possession)).unwrap();
    assert_eq!(facts.proof, Proof::Possession);
    let silent = Challenge { number: NumberMatch::None, ..world.challenge() };
    assert!(judge(&world, &receipt_of(&world, &silent, &world.verification)).is_ok());
}

#[test]
fn property_10_messages_of_another_purpose_are_no_evidence() {
    let world = world();
    let receipt = good(&world);
    for purpose in PURPOSES {
        let mut as_challenge = receipt.clone();
        as_challenge.challenge = world.server.jws(purpose, &world.challenge());
        let mut as_answer = receipt.clone();
        as_answer.answer =
            world.verification.jws(purpose, &world.answer(&world.challenge(), &receipt.challenge));
        if purpose != Purpose::Challenge {
            let refused = Err(ReceiptError::Challenge(JwsError::Purpose));
            assert_eq!(judge(&world, &as_challenge), refused, "{purpose:?}");
        }
        if purpose != Purpose::Answer {
            let refused = Err(ReceiptError::Answer(JwsError::Purpose.into()));
            assert_eq!(judge(&world, &as_answer), refused, "{purpose:?}");
        }
    }
}

#[test]
fn property_10_a_receipt_is_read_from_one_form_only() {
    let world = world();
    for (what, text) in spoiled(&json!(good(&world))) {
        // Outside a signature serde's array form is harmless: it holds the same parts in the same order.
        if !what.contains("array") {
            assert!(serde_json::from_str::<Receipt>(&text).is_err(), "{what}");
        }
    }
}
