//! The vectors of decisions: answers to a challenge, and the receipts made of both.

use serde_json::{Value, json};

use super::signed::{unreadable, with};
use super::{Case, bad, good};
use crate::answer::{Answer, Decision};
use crate::challenge::{Challenge, DeviceKeys, NumberMatch};
use crate::fixture::{Signer, World, other_device};
use crate::id::ChallengeId;
use crate::jws::Purpose;

/// A challenge, and what can be answered to it.
struct Asked<'a> {
    world: &'a World,
    challenge: Challenge,
    jws: String,
}

impl<'a> Asked<'a> {
    fn new(world: &'a World, number: NumberMatch, verify: bool) -> Self {
        let challenge = Challenge { number, verify, ..world.challenge() };
        Self { world, jws: world.server.jws(Purpose::Challenge, &challenge), challenge }
    }

    fn answer(&self, decision: Decision, number: Option<&str>) -> Answer {
        let number = number.map(str::to_owned);
        Answer { decision, number, ..self.world.answer(&self.challenge, &self.jws) }
    }

    fn input(&self, jws: String) -> Value {
        json!({ "jws": jws, "challenge": self.jws, "keys": self.world.keys() })
    }

    fn signed(&self, signer: &Signer, answer: &impl serde::Serialize) -> Value {
        self.input(signer.jws(Purpose::Answer, answer))
    }
}

pub(super) fn answer(world: &World) -> Vec<Case> {
    let two = NumberMatch::Type { digits: 2 };
    let (strict, lax) = (Asked::new(world, two, true), Asked::new(world, two, false));
    let silent = Asked::new(world, NumberMatch::None, true);
    let six = Asked::new(world, NumberMatch::Type { digits: 6 }, true);
    let (possession, verification) = (&world.possession, &world.verification);
    let yes = strict.answer(Decision::Approve, Some("42"));
    let mut cases = Vec::new();
    for (name, asked, signer, proof, decision, number) in [
        ("approve, verified", &strict, verification, "verification", Decision::Approve, Some("42")),
        ("approve, possession suffices", &lax, possession, "possession", Decision::Approve, Some("42")),
        ("approve without number, verified", &silent, verification, "verification", Decision::Approve, None),
        ("approve with six digits", &six, verification, "verification", Decision::Approve, Some("004242")),
        ("deny with one tap", &strict, possession, "possession", Decision::Deny, None),
        ("deny, verified", &strict, verification, "verification", Decision::Deny, None),
        ("report with one tap", &silent, possession, "possession", Decision::Report, None),
    ] {
        let answer = asked.answer(decision, number);
        cases.push(good(name, asked.signed(signer, &answer), json!({ "answer": answer, "proof": proof })));
    }
    for (name, asked, signer, decision, number, error) in [
        (
            "possession where verification is needed",
            &strict,
            possession,
            Decision::Approve,
            Some("42"),
            "VerificationNeeded",
        ),
        ("possession without number", &silent, possession, Decision::Approve, None, "VerificationNeeded"),
        ("approve without its number", &strict, verification, Decision::Approve, None, "NumberForm"),
        (
            "approve with a number nobody asked for",
            &silent,
            verification,
            Decision::Approve,
            Some("42"),
            "NumberForm",
        ),
        ("one digit too few", &strict, verification, Decision::Approve, Some("4"), "NumberForm"),
        ("two digits where six are asked", &six, verification, Decision::Approve, Some("42"), "NumberForm"),
        ("full-width digits, six bytes", &six, verification, Decision::Approve, Some("４２"), "NumberForm"),
        ("deny with a number", &strict, possession, Decision::Deny, Some("42"), "NumberForm"),
        ("report with a number", &strict, possession, Decision::Report, Some("42"), "NumberForm"),
        ("signed by a stranger", &strict, &world.stranger, Decision::Approve, Some("42"), "Jws(UnknownKey)"),
        ("signed by the server", &strict, &world.server, Decision::Approve, Some("42"), "Jws(UnknownKey)"),
    ] {
        cases.push(bad(name, asked.signed(signer, &asked.answer(decision, number)), error));
    }
    let changed = |pointer, member: Value| strict.signed(verification, &with(&json!(yes), pointer, member));
    let nobody = ChallengeId(uuid::Uuid::nil());
    let again = Asked::new(world, two, true);
    let mut other_keys = strict.signed(verification, &yes);
    other_keys["keys"] = json!(DeviceKeys { possession: world.stranger.key, verification: verification.key });
    cases.extend([
        bad("another device", changed("/iss", json!(other_device(world))), "Binding"),
        bad("another server", changed("/aud", json!("https://evil.example")), "Binding"),
        bad("another challenge", changed("/cid", json!(nobody)), "Binding"),
        bad("keys that were not asked", other_keys, "Binding"),
        bad("the same challenge signed again", again.signed(verification, &yes), "Content"),
        bad("another decision's word", changed("/decision", json!("approved")), "Jws(Claims)"),
    ]);
    for (name, jws, error) in unreadable(verification, Purpose::Answer, &json!(yes)) {
        cases.push(bad(name, strict.input(jws), &format!("Jws({error})")));
    }
    cases
}

pub(super) fn receipt(world: &World) -> Vec<Case> {
    let strict = Asked::new(world, NumberMatch::Type { digits: 2 }, true);
    let other = Asked::new(world, NumberMatch::Type { digits: 2 }, true);
    let input = |asked: &Asked<'_>, signer: &Signer, answer: &Answer| {
        json!({
            "trusted": world.server.key.thumbprint(),
            "receipt": {
                "v": 1, "challenge": asked.jws, "answer": signer.jws(Purpose::Answer, answer),
                "server_key": world.server.key, "device_keys": world.keys(),
            },
        })
    };
    let (yes, no) = (strict.answer(Decision::Approve, Some("42")), strict.answer(Decision::Deny, None));
    let out = |answer: &Answer, proof: &str| json!({ "challenge": strict.challenge, "answer": answer, "proof": proof });
    let approved = input(&strict, &world.verification, &yes);
    let stranger = json!(world.stranger.key);
    let resigned = world.stranger.jws(Purpose::Challenge, &strict.challenge);
    vec![
        good("an approval, verified", approved.clone(), out(&yes, "verification")),
        good("a denial with one tap", input(&strict, &world.possession, &no), out(&no, "possession")),
        bad("a later version", with(&approved, "/receipt/v", 2), "Version(2)"),
        bad(
            "another trusted server",
            with(&approved, "/trusted", world.stranger.key.thumbprint()),
            "ServerKey",
        ),
        bad("another server key", with(&approved, "/receipt/server_key", &stranger), "ServerKey"),
        bad(
            "a challenge by a stranger",
            with(&approved, "/receipt/challenge", resigned),
            "Challenge(UnknownKey)",
        ),
        bad(
            "the answer in the challenge's place",
            with(&approved, "/receipt/challenge", &approved["receipt"]["answer"]),
            "Challenge(Purpose)",
        ),
        bad(
            "the same challenge signed again",
            with(&approved, "/receipt/challenge", &other.jws),
            "Answer(Content)",
        ),
        bad(
            "another device key",
            with(&approved, "/receipt/device_keys/verification", &stranger),
            "DeviceKeys",
        ),
        bad(
            "the challenge in the answer's place",
            with(&approved, "/receipt/answer", &strict.jws),
            "Answer(Jws(Purpose))",
        ),
        bad("an answer by a stranger", input(&strict, &world.stranger, &yes), "Answer(Jws(UnknownKey))"),
        bad(
            "an approval that was not verified",
            input(&strict, &world.possession, &yes),
            "Answer(VerificationNeeded)",
        ),
        bad("no answer", with(&approved, "/receipt/answer", ""), "Answer(Jws(Malformed))"),
    ]
}
