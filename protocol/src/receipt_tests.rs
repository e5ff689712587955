//! Attacks on the evidence: property 10, no part of a receipt can be exchanged.

use serde_json::json;

use super::*;
use crate::answer::Decision;
use crate::challenge::NumberMatch;
use crate::fixture::{DECIDED, PURPOSES, Signer, World, spoiled, world};
use crate::id::ChallengeId;

fn receipt_of(world: &World, challenge: &Challenge, signer: &Signer) -> Receipt {
    let jws = world.server.jws(Purpose::Challenge, challenge);
    let answer = signer.jws(Purpose::Answer, &world.answer(challenge, &jws));
    let verdict = world.server.jws(Purpose::Verdict, &world.verdict(challenge, &answer));
    let (server_key, device_keys) = (world.server.key, world.keys());
    Receipt::of_answer(jws, answer, verdict, server_key, device_keys)
}

fn good(world: &World) -> Receipt {
    receipt_of(world, &world.challenge(), &world.verification)
}

/// What the person said, and whether they were verified.
fn said(facts: &Facts) -> (Decision, Proof) {
    let (answer, proof) = facts.answer().unwrap();
    (answer.decision, proof)
}

fn judge(world: &World, receipt: &Receipt) -> Result<Facts, ReceiptError> {
    receipt.verify(&world.server.key.thumbprint())
}

#[test]
fn property_10_a_receipt_proves_what_was_asked_and_decided() {
    let world = world();
    let text = json!(good(&world)).to_string();
    let facts = judge(&world, &Receipt::parse(&text).unwrap()).unwrap();
    assert_eq!(facts.challenge, world.challenge());
    assert_eq!(said(&facts), (Decision::Approve, Proof::Verification));
    assert_eq!((facts.outcome, facts.decided_at), (Outcome::Approved, DECIDED));
}

#[test]
fn property_10_an_approval_with_a_wrong_number_does_not_pass_for_one() {
    let world = world();
    let mut wrong = good(&world);
    let verdict = Verdict {
        outcome: Outcome::Denied,
        ..world.verdict(&world.challenge(), wrong.answer.as_deref().unwrap())
    };
    wrong.verdict = world.server.jws(Purpose::Verdict, &verdict);
    let facts = judge(&world, &wrong).unwrap();
    assert_eq!((said(&facts).0, facts.outcome), (Decision::Approve, Outcome::Denied));
    // The verdict of another answer, with the right number, does not help it.
    wrong.verdict = good(&world).verdict;
    assert_eq!(judge(&world, &wrong), Err(ReceiptError::Verdict(VerdictError::Binding)));
}

#[test]
fn property_10_an_answer_that_nobody_decided_about_is_no_evidence() {
    let world = world();
    let mut late = good(&world);
    late.verdict.clear();
    assert_eq!(judge(&world, &late), Err(ReceiptError::Verdict(JwsError::Malformed.into())));
    let claims = world.verdict(&world.challenge(), late.answer.as_deref().unwrap());
    for signer in [&world.verification, &world.possession, &world.stranger, &world.server_2] {
        late.verdict = signer.jws(Purpose::Verdict, &claims);
        assert_eq!(judge(&world, &late), Err(ReceiptError::Verdict(JwsError::UnknownKey.into())));
    }
    let ended = Verdict { at: world.challenge().exp, ..claims.clone() };
    late.verdict = world.server.jws(Purpose::Verdict, &ended);
    assert_eq!(judge(&world, &late), Err(ReceiptError::Verdict(VerdictError::Time)));
    let expired = Verdict { outcome: Outcome::Expired, ..claims };
    late.verdict = world.server.jws(Purpose::Verdict, &expired);
    assert_eq!(judge(&world, &late), Err(ReceiptError::Verdict(VerdictError::Outcome)));
}

#[test]
fn property_10_a_receipt_cannot_vouch_for_its_own_server() {
    let world = world();
    let mut forged = good(&world);
    forged.challenge = world.stranger.jws(Purpose::Challenge, &world.challenge());
    forged.server_key = world.stranger.key;
    let answer =
        world.verification.jws(Purpose::Answer, &world.answer(&world.challenge(), &forged.challenge));
    forged.verdict = world.stranger.jws(Purpose::Verdict, &world.verdict(&world.challenge(), &answer));
    forged.answer = Some(answer);
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
    let (answer, verdict) = (ReceiptError::Answer, ReceiptError::Verdict);
    assert_eq!(with(&|r| r.v = 0), ReceiptError::Version(0));
    assert_eq!(with(&|r| r.v = 3), ReceiptError::Version(3));
    assert_eq!(with(&|r| r.v = 2), ReceiptError::Malformed);
    assert_eq!(with(&|r| r.answer = None), ReceiptError::Malformed);
    assert_eq!(with(&|r| r.rule = r.answer.clone()), ReceiptError::Malformed);
    assert_eq!(with(&|r| r.answer = other.answer.clone()), answer(AnswerError::Binding));
    assert_eq!(with(&|r| r.challenge = other.challenge.clone()), answer(AnswerError::Binding));
    assert_eq!(with(&|r| r.challenge = again.challenge.clone()), answer(AnswerError::Content));
    assert_eq!(with(&|r| r.answer = again.answer.clone()), answer(AnswerError::Content));
    assert_eq!(with(&|r| r.verdict = other.verdict.clone()), verdict(VerdictError::Binding));
    assert_eq!(with(&|r| r.verdict = again.verdict.clone()), verdict(VerdictError::Binding));
    assert_eq!(with(&|r| r.verdict = r.answer.clone().unwrap()), verdict(JwsError::Purpose.into()));
    assert_eq!(with(&|r| r.answer = Some(r.verdict.clone())), answer(JwsError::Purpose.into()));
    assert_eq!(with(&|r| r.verdict.clear()), verdict(JwsError::Malformed.into()));
    assert_eq!(with(&|r| r.server_key = world.stranger.key), ReceiptError::ServerKey);
    assert_eq!(with(&|r| r.device_keys.possession = world.stranger.key), ReceiptError::DeviceKeys);
    assert_eq!(with(&|r| r.device_keys.verification = world.stranger.key), ReceiptError::DeviceKeys);
    assert_eq!(
        with(&|r| std::mem::swap(&mut r.device_keys.possession, &mut r.device_keys.verification)),
        ReceiptError::DeviceKeys
    );
    assert_eq!(
        with(&|r| std::mem::swap(&mut r.challenge, r.answer.as_mut().unwrap())),
        ReceiptError::Challenge(JwsError::Purpose)
    );
    assert_eq!(with(&|r| r.answer = Some(r.challenge.clone())), answer(JwsError::Purpose.into()));
    assert_eq!(with(&|r| r.challenge.clear()), ReceiptError::Challenge(JwsError::Malformed));
    assert_eq!(with(&|r| r.answer = Some(String::new())), answer(JwsError::Malformed.into()));
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
    assert_eq!(said(&facts).1, Proof::Possession);
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
        let answer = world.verification.jws(purpose, &world.answer(&world.challenge(), &receipt.challenge));
        as_answer.answer = Some(answer);
        let mut as_verdict = receipt.clone();
        as_verdict.verdict =
            world.server.jws(purpose, &world.verdict(&world.challenge(), receipt.answer.as_deref().unwrap()));
        if purpose != Purpose::Verdict {
            let refused = Err(ReceiptError::Verdict(JwsError::Purpose.into()));
            assert_eq!(judge(&world, &as_verdict), refused, "{purpose:?}");
        }
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
    let receipt = json!(good(&world));
    for (what, text) in spoiled(&receipt) {
        assert_eq!(Receipt::parse(&text), Err(ReceiptError::Malformed), "{what}");
    }
    for member in receipt.as_object().unwrap().keys() {
        let mut fewer = receipt.clone();
        fewer.as_object_mut().unwrap().remove(member);
        assert_eq!(Receipt::parse(&fewer.to_string()), Err(ReceiptError::Malformed), "without {member}");
    }
    for text in ["", "hello", "{}", "[]", "1", &format!("{receipt}x"), &format!("\u{feff}{receipt}")] {
        assert_eq!(Receipt::parse(text), Err(ReceiptError::Malformed), "{text}");
    }
}

#[test]
fn a_receipt_of_another_version_says_so_whatever_else_it_holds() {
    let text = |v: &str| format!(r#"{{"seals":[1],"v":{v},"challenge":null}}"#);
    for v in [0, 3, 255, 256, u64::MAX] {
        assert_eq!(Receipt::parse(&text(&v.to_string())), Err(ReceiptError::Version(v)));
    }
    assert!(ReceiptError::Version(3).to_string().contains("update"));
    for v in [
        "1",
        "2",
        "-1",
        "1.0",
        "2.0",
        "\"2\"",
        "null",
        "[2]",
        "18446744073709551616",
        "2,\"v\":1",
        "1,\"v\":2",
    ] {
        assert_eq!(Receipt::parse(&text(v)), Err(ReceiptError::Malformed), "{v}");
    }
}
