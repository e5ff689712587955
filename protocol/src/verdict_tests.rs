//! Attacks on the server's word about an answer: property 10, only what was decided, and in time, is evidence.

use proptest::prelude::*;

use super::*;
use crate::fixture::{ASKED, DECIDED, EXPIRES, PURPOSES, SERVER, Signer, World, header, spoiled, world};

/// The answer that the verdicts here are about. Its own signature is not theirs to judge.
const ANSWER: &str = "the answer as it was signed";
const OUTCOMES: [Outcome; 6] = [
    Outcome::Pending,
    Outcome::Approved,
    Outcome::Denied,
    Outcome::Expired,
    Outcome::Failed,
    Outcome::Cancelled,
];

fn judge(world: &World, compact: &str, decision: Decision) -> Result<Verdict, VerdictError> {
    Verdict::verify(compact, &world.server.key, &world.challenge(), ANSWER, decision)
}

/// How a verdict on an approval fares when `signer` signs it after `change`.
fn given(signer: &Signer, change: impl FnOnce(&mut Verdict)) -> Result<Verdict, VerdictError> {
    let world = world();
    let mut claims = world.verdict(&world.challenge(), ANSWER);
    change(&mut claims);
    judge(&world, &signer.jws(Purpose::Verdict, &claims), Decision::Approve)
}

#[test]
fn what_the_server_decided_is_what_is_read() {
    let world = world();
    let verdict = world.verdict(&world.challenge(), ANSWER);
    assert_eq!(given(&world.server, |_| ()), Ok(verdict));
}

#[test]
fn property_10_a_verdict_on_anything_else_is_refused() {
    let world = world();
    let hash = crate::sha256_base64url;
    let changes: [&dyn Fn(&mut Verdict); 9] = [
        &|v| v.iss = format!("{SERVER}/"),
        &|v| v.iss = "https://evil.example".into(),
        &|v| v.iss.clear(),
        &|v| v.cid = ChallengeId(uuid::Uuid::nil()),
        &|v| v.ath = hash(b"another answer"),
        &|v| v.ath = hash(format!("{ANSWER}\n").as_bytes()),
        &|v| v.ath = ANSWER.into(),
        &|v| v.ath.push('='),
        &|v| v.ath.clear(),
    ];
    for (i, change) in changes.into_iter().enumerate() {
        assert_eq!(given(&world.server, change), Err(VerdictError::Binding), "change {i}");
    }
}

#[test]
fn property_10_only_the_server_that_asked_decides() {
    let world = world();
    for signer in [&world.stranger, &world.server_2, &world.possession, &world.verification] {
        assert_eq!(given(signer, |_| ()), Err(JwsError::UnknownKey.into()));
        let claims = world.claims(Purpose::Verdict).to_string();
        let renamed = signer.raw(&header(Purpose::Verdict, &world.server.key), &claims);
        assert_eq!(judge(&world, &renamed, Decision::Approve), Err(JwsError::Signature.into()));
    }
}

#[test]
fn property_10_an_outcome_must_come_of_the_answer() {
    let world = world();
    for decision in [Decision::Approve, Decision::Deny, Decision::Report] {
        for outcome in OUTCOMES {
            let claims = Verdict::of(&world.challenge(), ANSWER, outcome, DECIDED);
            let read = judge(&world, &world.server.jws(Purpose::Verdict, &claims), decision);
            let possible =
                outcome == Outcome::Denied || (outcome == Outcome::Approved && decision == Decision::Approve);
            let expected = if possible { Ok(claims) } else { Err(VerdictError::Outcome) };
            assert_eq!(read, expected, "{decision:?}, {outcome:?}");
        }
    }
}

#[test]
fn property_10_a_verdict_outside_the_challenges_time_is_refused() {
    let world = world();
    for at in [ASKED, ASKED + 1, EXPIRES - 1] {
        assert_eq!(given(&world.server, |v| v.at = at).map(|v| v.at), Ok(at));
    }
    for at in [0, ASKED - 1, EXPIRES, EXPIRES + 1, DECIDED * 1000, u64::MAX] {
        assert_eq!(given(&world.server, |v| v.at = at), Err(VerdictError::Time), "{at}");
    }
    // A challenge that was never open: nothing could be decided in it.
    let claims = Verdict::of(&world.challenge(), ANSWER, Outcome::Approved, ASKED);
    let compact = world.server.jws(Purpose::Verdict, &claims);
    for exp in [0, ASKED - 1, ASKED] {
        let closed = Challenge { exp, ..world.challenge() };
        let read = Verdict::verify(&compact, &world.server.key, &closed, ANSWER, Decision::Approve);
        assert_eq!(read, Err(VerdictError::Time), "{exp}");
    }
}

#[test]
fn property_3_no_other_message_of_the_server_passes_for_its_verdict() {
    let world = world();
    let claims = world.verdict(&world.challenge(), ANSWER);
    for purpose in PURPOSES.into_iter().filter(|p| *p != Purpose::Verdict) {
        let replayed = judge(&world, &world.server.jws(purpose, &claims), Decision::Approve);
        assert_eq!(replayed, Err(JwsError::Purpose.into()), "{purpose:?}");
        let dressed_up = world.server.jws(Purpose::Verdict, &world.claims(purpose));
        let read = judge(&world, &dressed_up, Decision::Approve);
        assert_eq!(read, Err(JwsError::Claims.into()), "{purpose:?}");
    }
    for (what, text) in spoiled(&serde_json::json!(claims)) {
        let read = judge(&world, &world.server.payload(Purpose::Verdict, &text), Decision::Approve);
        assert_eq!(read, Err(JwsError::Claims.into()), "{what}");
    }
}

#[test]
fn property_3_an_outcome_is_one_of_the_known_words() {
    let world = world();
    let text = serde_json::json!(world.verdict(&world.challenge(), ANSWER)).to_string();
    for word in [
        r#""Approved""#,
        r#""APPROVED""#,
        r#""approve""#,
        r#""""#,
        "true",
        "1",
        r#"["approved"]"#,
        r#"{"approved":null}"#,
    ] {
        let spoiled = text.replace(r#""approved""#, word);
        assert_ne!(spoiled, text);
        let read = judge(&world, &world.server.payload(Purpose::Verdict, &spoiled), Decision::Approve);
        assert_eq!(read, Err(JwsError::Claims.into()), "{word}");
    }
}

proptest! {
    #[test]
    fn property_10_no_character_of_a_verdict_can_be_changed(at: prop::sample::Index, other in "[A-Za-z0-9_.-]") {
        let world = world();
        let compact = world.server.jws(Purpose::Verdict, &world.verdict(&world.challenge(), ANSWER));
        let mut text: Vec<char> = compact.chars().collect();
        let (at, other) = (at.index(text.len()), other.chars().next().unwrap());
        prop_assume!(text[at] != other);
        text[at] = other;
        prop_assert!(judge(&world, &text.into_iter().collect::<String>(), Decision::Approve).is_err());
    }

    #[test]
    fn property_10_a_verdict_counts_from_the_question_to_its_end(
        at in prop_oneof![any::<u64>(), ASKED - 2..EXPIRES + 2],
        iat in prop_oneof![any::<u64>(), ASKED - 2..EXPIRES + 2],
        exp in prop_oneof![any::<u64>(), ASKED - 2..EXPIRES + 2],
    ) {
        let world = world();
        let challenge = Challenge { iat, exp, ..world.challenge() };
        let claims = Verdict::of(&challenge, ANSWER, Outcome::Approved, at);
        let compact = world.server.jws(Purpose::Verdict, &claims);
        let read = Verdict::verify(&compact, &world.server.key, &challenge, ANSWER, Decision::Approve);
        prop_assert_eq!(read.is_ok(), iat <= at && at < exp);
    }

    #[test]
    fn property_10_a_verdict_belongs_to_one_text(answer: String, other: String) {
        let world = world();
        let compact = world.server.jws(Purpose::Verdict, &world.verdict(&world.challenge(), &answer));
        let read = Verdict::verify(&compact, &world.server.key, &world.challenge(), &other, Decision::Approve);
        prop_assert_eq!(read.is_ok(), answer == other);
    }
}
