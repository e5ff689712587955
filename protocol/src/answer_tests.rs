//! Attacks on the decision: properties 1, 3, 4, 5 and 6.

use proptest::prelude::*;

use super::*;
use crate::fixture::{PURPOSES, SERVER, Signer, World, other_device, world};

/// One challenge as the server asked it.
struct Asked {
    world: World,
    challenge: Challenge,
    jws: String,
}

fn asked(change: impl FnOnce(&mut Challenge)) -> Asked {
    let world = world();
    let mut challenge = world.challenge();
    change(&mut challenge);
    let jws = world.server.jws(Purpose::Challenge, &challenge);
    Asked { world, challenge, jws }
}

impl Asked {
    fn answer(&self, change: impl FnOnce(&mut Answer)) -> Answer {
        let mut answer = self.world.answer(&self.challenge, &self.jws);
        change(&mut answer);
        answer
    }

    fn judge(&self, compact: &str) -> Result<(Answer, Proof), AnswerError> {
        verify(compact, &self.jws, &self.challenge, &self.world.keys())
    }

    /// How the answer fares when `signer` signs it after `change`.
    fn given(&self, signer: &Signer, change: impl FnOnce(&mut Answer)) -> Result<Proof, AnswerError> {
        let answer = self.answer(change);
        self.judge(&signer.jws(Purpose::Answer, &answer)).map(|(read, proof)| {
            assert_eq!(read, answer);
            proof
        })
    }
}

fn pick(options: [&str; 3]) -> NumberMatch {
    NumberMatch::Pick { options: options.map(|o| o.parse().unwrap()) }
}

/// Every kind of number.
fn kinds() -> [NumberMatch; 5] {
    [
        NumberMatch::None,
        NumberMatch::Type { digits: 2 },
        NumberMatch::Type { digits: 6 },
        NumberMatch::Show { digits: 6 },
        pick(["42", "07", "88"]),
    ]
}

fn decide(decision: Decision, number: Option<&str>) -> impl FnOnce(&mut Answer) {
    move |a| (a.decision, a.number) = (decision, number.map(str::to_owned))
}

#[test]
fn a_good_approval_counts() {
    let asked = asked(|_| ());
    assert_eq!(asked.given(&asked.world.verification, |_| ()), Ok(Proof::Verification));
}

#[test]
fn property_1_an_answer_covers_the_exact_challenge_that_was_shown() {
    let shown = asked(|_| ());
    let answer = shown.world.verification.jws(Purpose::Answer, &shown.answer(|_| ()));
    let changes: [fn(&mut Challenge); 20] = [
        |c| c.message.push('.'),
        |c| c.message = c.message.replace('Z', "z"),
        |c| c.user = c.user.replace("sam", "pam"),
        |c| c.app.name.push(' '),
        |c| c.app.color = "#1f6fec".into(),
        |c| c.kind = "logim".into(),
        |c| c.context.ip = Some("192.0.2.8".into()),
        |c| c.context.os = None,
        |c| c.exp += 1,
        |c| c.iat += 1,
        |c| c.nonce = crate::base64url(&[8; 16]),
        |c| c.verify = false,
        |c| c.number = NumberMatch::None,
        |c| c.number = NumberMatch::Show { digits: 2 },
        |c| c.app.id = None,
        |c| c.context.details.clear(),
        |c| c.context.details[0].label.push(' '),
        |c| c.context.details[0].value = "2500,00 €".into(),
        |c| c.risk = crate::risk::Risk::High,
        |c| c.rules_allowed = false,
    ];
    for (i, change) in changes.into_iter().enumerate() {
        let other = asked(change);
        assert_ne!(other.jws, shown.jws);
        assert_eq!(other.judge(&answer), Err(AnswerError::Content), "change {i}");
    }
    // Not even the same claims under a second signature, for then the hash is of other bytes.
    let again = asked(|_| ());
    assert_ne!(again.jws, shown.jws);
    assert_eq!(again.judge(&answer), Err(AnswerError::Content));
    assert!(shown.judge(&answer).is_ok());
}

#[test]
fn property_1_the_hash_has_one_text() {
    let asked = asked(|_| ());
    let right = crate::sha256_base64url(asked.jws.as_bytes());
    for cth in [
        String::new(),
        format!("{right}="),
        right.to_lowercase(),
        right[..42].to_owned(),
        crate::sha256_base64url(b""),
        crate::sha256_base64url(asked.jws.rsplit_once('.').unwrap().0.as_bytes()),
    ] {
        let given = asked.given(&asked.world.verification, |a| a.cth = cth.clone());
        assert_eq!(given, Err(AnswerError::Content), "{cth}");
    }
}

#[test]
fn property_1_and_6_an_answer_serves_one_challenge_one_device_and_one_server() {
    let asked = asked(|_| ());
    let key = &asked.world.verification;
    let other = other_device(&asked.world);
    assert_eq!(asked.given(key, |a| a.iss = other), Err(AnswerError::Binding));
    assert_eq!(asked.given(key, |a| a.aud = "https://mfa.example.org/".into()), Err(AnswerError::Binding));
    assert_eq!(asked.given(key, |a| a.cid = ChallengeId(uuid::Uuid::nil())), Err(AnswerError::Binding));
    assert_eq!(asked.answer(|_| ()).aud, SERVER);
}

#[test]
fn property_6_the_words_of_an_ended_challenge_are_fixed() {
    use crate::problem::Code;
    use crate::wire::Outcome;
    for (outcome, word) in [
        (Outcome::Pending, "pending"),
        (Outcome::Approved, "approved"),
        (Outcome::Denied, "denied"),
        (Outcome::Expired, "expired"),
        (Outcome::Failed, "failed"),
        (Outcome::Cancelled, "cancelled"),
    ] {
        assert_eq!(outcome.as_str(), word);
        assert_eq!(serde_json::to_value(outcome).unwrap(), word);
    }
    assert_eq!(serde_json::to_value(Code::AlreadyAnswered).unwrap(), "already_answered");
    assert_eq!(serde_json::from_str::<Code>(r#""a_later_code""#).unwrap(), Code::Other);
    // An outcome is never guessed: a word nobody knows is an error.
    assert!(serde_json::from_str::<Outcome>(r#""Approved""#).is_err());
}

#[test]
fn property_2_only_the_keys_that_were_asked_may_answer() {
    let asked = asked(|_| ());
    let world = &asked.world;
    assert_eq!(asked.given(&world.stranger, |_| ()), Err(JwsError::UnknownKey.into()));
    assert_eq!(asked.given(&world.server, |_| ()), Err(JwsError::UnknownKey.into()));
    // The device's keys have changed since the challenge was signed: no receipt could be made of this answer.
    let compact = world.stranger.jws(Purpose::Answer, &asked.answer(|_| ()));
    for keys in [
        DeviceKeys { possession: world.possession.key, verification: world.stranger.key },
        DeviceKeys { possession: world.stranger.key, verification: world.verification.key },
    ] {
        assert_eq!(verify(&compact, &asked.jws, &asked.challenge, &keys), Err(AnswerError::Binding));
    }
    // The two keys exchanged: possession would pass for verification.
    let exchanged = DeviceKeys { possession: world.verification.key, verification: world.possession.key };
    let compact = world.possession.jws(Purpose::Answer, &asked.answer(|_| ()));
    assert_eq!(verify(&compact, &asked.jws, &asked.challenge, &exchanged), Err(AnswerError::Binding));
}

#[test]
fn property_4_a_key_given_twice_never_counts_as_verification() {
    let key = world().possession.key;
    let keys = DeviceKeys { possession: key, verification: key };
    let asked = asked(|c| c.keys = keys.thumbprints());
    let compact = asked.world.possession.jws(Purpose::Answer, &asked.answer(|_| ()));
    assert_eq!(verify(&compact, &asked.jws, &asked.challenge, &keys), Err(AnswerError::VerificationNeeded));
}

#[test]
fn property_4_possession_approves_only_where_verification_is_not_demanded() {
    let strict = asked(|c| c.verify = true);
    assert_eq!(strict.given(&strict.world.possession, |_| ()), Err(AnswerError::VerificationNeeded));
    let lax = asked(|c| c.verify = false);
    assert_eq!(lax.given(&lax.world.possession, |_| ()), Ok(Proof::Possession));
    assert_eq!(lax.given(&lax.world.verification, |_| ()), Ok(Proof::Verification));
    let no_number = asked(|c| c.number = NumberMatch::None);
    assert_eq!(no_number.given(&no_number.world.possession, |_| ()), Err(AnswerError::VerificationNeeded));
    assert_eq!(no_number.given(&no_number.world.verification, |_| ()), Ok(Proof::Verification));
}

#[test]
fn property_4_denying_and_reporting_need_no_verification() {
    for verify in [true, false] {
        for number in kinds() {
            let asked = asked(|c| (c.verify, c.number) = (verify, number));
            for decision in [Decision::Deny, Decision::Report] {
                let by = |signer| asked.given(signer, decide(decision, None));
                assert_eq!(by(&asked.world.possession), Ok(Proof::Possession));
                assert_eq!(by(&asked.world.verification), Ok(Proof::Verification));
            }
        }
    }
}

#[test]
fn property_5_the_number_is_given_exactly_when_it_is_asked_for() {
    for (number, good, bad) in [
        (NumberMatch::None, None, vec!["", "4", "42", "424242"]),
        (NumberMatch::Show { digits: 2 }, None, vec!["", "4", "42", "424242"]),
        (NumberMatch::Show { digits: 6 }, None, vec!["", "42", "004242"]),
        (
            pick(["42", "07", "88"]),
            Some("07"),
            vec!["", "7", "8", "70", "43", "007", "42,07", "٠٧", "０７", "0", " 07", "+7"],
        ),
        (pick(["42", "07", "88"]), Some("88"), vec!["00", "99", "428807"]),
        (
            NumberMatch::Type { digits: 2 },
            Some("42"),
            vec![
                "", "4", "042", "424242", "4 ", " 4", "+4", "-4", "4a", "٤٢", "４２", "4\u{0}", "²", "4.",
                "0x",
            ],
        ),
        (
            NumberMatch::Type { digits: 6 },
            Some("004242"),
            vec!["42", "4242", "٤٢٤", "４２", "0042 42", "4242420"],
        ),
    ] {
        let asked = asked(|c| c.number = number);
        let by = |decision, typed| asked.given(&asked.world.verification, decide(decision, typed));
        assert_eq!(by(Decision::Approve, good), Ok(Proof::Verification), "{number:?}");
        if good.is_some() {
            assert_eq!(by(Decision::Approve, None), Err(AnswerError::NumberForm), "{number:?}");
        }
        for typed in bad {
            assert_eq!(
                by(Decision::Approve, Some(typed)),
                Err(AnswerError::NumberForm),
                "{number:?} {typed:?}"
            );
        }
        for decision in [Decision::Deny, Decision::Report] {
            for typed in ["", "42", "004242"] {
                assert_eq!(
                    by(decision, Some(typed)),
                    Err(AnswerError::NumberForm),
                    "{number:?} {decision:?}"
                );
            }
        }
    }
    // A challenge that no honest server signs: no number fits it.
    for digits in [0u8, 1, 3, 255] {
        let asked = asked(|c| c.number = NumberMatch::Type { digits });
        let typed = "1".repeat(usize::from(digits));
        let given = asked.given(&asked.world.verification, decide(Decision::Approve, Some(&typed)));
        assert_eq!(given, Err(AnswerError::NumberForm), "{digits} digits");
    }
    for number in [NumberMatch::Show { digits: 3 }, NumberMatch::Show { digits: 0 }] {
        let asked = asked(|c| c.number = number);
        let given = asked.given(&asked.world.verification, decide(Decision::Approve, None));
        assert_eq!(given, Err(AnswerError::NumberForm), "{number:?}");
    }
    let twice = asked(|c| c.number = pick(["42", "42", "07"]));
    for typed in ["42", "07"] {
        let given = twice.given(&twice.world.verification, decide(Decision::Approve, Some(typed)));
        assert_eq!(given, Err(AnswerError::NumberForm));
    }
}

#[test]
fn property_3_no_other_message_of_the_device_passes_for_its_answer() {
    let asked = asked(|_| ());
    for purpose in PURPOSES.into_iter().filter(|p| *p != Purpose::Answer) {
        let replayed = asked.world.verification.jws(purpose, &asked.answer(|_| ()));
        assert_eq!(asked.judge(&replayed), Err(JwsError::Purpose.into()), "{purpose:?}");
        let dressed_up = asked.world.verification.jws(Purpose::Answer, &asked.world.claims(purpose));
        assert_eq!(asked.judge(&dressed_up), Err(JwsError::Claims.into()), "{purpose:?}");
    }
}

#[test]
fn property_3_a_decision_is_one_of_three_words() {
    let asked = asked(|_| ());
    let text = serde_json::to_string(&asked.answer(|_| ())).unwrap();
    for word in [
        r#""Approve""#,
        r#""APPROVE""#,
        r#""approved""#,
        r#""""#,
        "true",
        "1",
        r#"["approve"]"#,
        r#"{"approve":null}"#,
    ] {
        let spoiled = text.replace(r#""approve""#, word);
        let read = asked.judge(&asked.world.verification.payload(Purpose::Answer, &spoiled));
        assert_eq!(read, Err(JwsError::Claims.into()), "{word}");
    }
}

proptest! {
    #[test]
    fn property_1_no_character_of_the_challenge_can_be_changed_under_an_answer(
        at: prop::sample::Index,
        other in "[A-Za-z0-9_.-]",
    ) {
        let asked = asked(|_| ());
        let answer = asked.world.verification.jws(Purpose::Answer, &asked.answer(|_| ()));
        let mut text: Vec<char> = asked.jws.chars().collect();
        let (at, other) = (at.index(text.len()), other.chars().next().unwrap());
        prop_assume!(text[at] != other);
        text[at] = other;
        let changed: String = text.into_iter().collect();
        prop_assert_eq!(
            verify(&answer, &changed, &asked.challenge, &asked.world.keys()),
            Err(AnswerError::Content)
        );
    }

    #[test]
    fn property_5_only_one_of_the_three_is_picked(random: [u8; 8], typed in "[0-9]{2}") {
        let options = crate::number::Choice::new(random).options;
        let asked = asked(|c| c.number = NumberMatch::Pick { options });
        let given = asked.given(&asked.world.verification, decide(Decision::Approve, Some(&typed)));
        prop_assert_eq!(given.is_ok(), options.iter().any(|o| o.to_string() == typed));
    }

    #[test]
    fn property_5_only_that_many_ascii_digits_are_a_number(typed: String, six: bool) {
        let digits = if six { 6 } else { 2 };
        let asked = asked(|c| c.number = NumberMatch::Type { digits });
        let given = asked.given(&asked.world.verification, decide(Decision::Approve, Some(&typed)));
        let fits = typed.len() == usize::from(digits) && typed.bytes().all(|b| b.is_ascii_digit());
        prop_assert_eq!(given.is_ok(), fits);
    }
}
