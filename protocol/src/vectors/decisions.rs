//! The vectors of decisions: answers to a challenge, and the receipts made of both.

use serde_json::{Value, json};

use super::signed::{unreadable, with};
use super::{Case, bad, good};
use crate::answer::{Answer, Decision};
use crate::challenge::{Challenge, DeviceKeys, NumberMatch};
use crate::fixture::{ASKED, DECIDED, EXPIRES, Signer, World, other_device};
use crate::id::ChallengeId;
use crate::jws::Purpose;
use crate::verdict::Verdict;
use crate::wire::Outcome;

/// A challenge, and what can be answered to it.
pub(super) struct Asked<'a> {
    world: &'a World,
    pub(super) challenge: Challenge,
    pub(super) jws: String,
}

impl<'a> Asked<'a> {
    pub(super) fn new(world: &'a World, number: NumberMatch, verify: bool) -> Self {
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

    /// A receipt of version 1 and the server key that its reader trusts.
    fn receipt(&self, answer: &str, verdict: &str) -> Value {
        let server_key = self.world.server.key;
        json!({
            "trusted": server_key.thumbprint(),
            "receipt": {
                "v": 1, "challenge": self.jws, "answer": answer, "verdict": verdict,
                "server_key": server_key, "device_keys": self.world.keys(),
            },
        })
    }

    /// The receipt of an answer about which the server decided `at` that second.
    fn ended(&self, signer: &Signer, answer: &Answer, outcome: Outcome, at: u64) -> Value {
        let answer = signer.jws(Purpose::Answer, answer);
        let verdict = Verdict::of(&self.challenge, &answer, outcome, at);
        self.receipt(&answer, &self.world.server.jws(Purpose::Verdict, &verdict))
    }
}

pub(super) fn answer(world: &World) -> Vec<Case> {
    let two = NumberMatch::Type { digits: 2 };
    let (strict, lax) = (Asked::new(world, two, true), Asked::new(world, two, false));
    let silent = Asked::new(world, NumberMatch::None, true);
    let six = Asked::new(world, NumberMatch::Type { digits: 6 }, true);
    let show = Asked::new(world, NumberMatch::Show { digits: 6 }, false);
    let options = ["42", "07", "88"].map(|o| o.parse().unwrap());
    let pick = Asked::new(world, NumberMatch::Pick { options }, false);
    let (possession, verification) = (&world.possession, &world.verification);
    let yes = strict.answer(Decision::Approve, Some("42"));
    let mut cases = Vec::new();
    for (name, asked, signer, proof, decision, number) in [
        ("approve, verified", &strict, verification, "verification", Decision::Approve, Some("42")),
        ("approve, possession suffices", &lax, possession, "possession", Decision::Approve, Some("42")),
        ("approve without number, verified", &silent, verification, "verification", Decision::Approve, None),
        ("approve with six digits", &six, verification, "verification", Decision::Approve, Some("004242")),
        ("approve, and the phone shows a code", &show, possession, "possession", Decision::Approve, None),
        (
            "approve with the number that was picked",
            &pick,
            possession,
            "possession",
            Decision::Approve,
            Some("07"),
        ),
        ("deny without picking", &pick, possession, "possession", Decision::Deny, None),
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
        (
            "a number where the phone shows a code",
            &show,
            verification,
            Decision::Approve,
            Some("004242"),
            "NumberForm",
        ),
        (
            "a number that is not one of the three",
            &pick,
            verification,
            Decision::Approve,
            Some("43"),
            "NumberForm",
        ),
        ("none of the three picked", &pick, verification, Decision::Approve, None, "NumberForm"),
        ("two of the three picked", &pick, verification, Decision::Approve, Some("42,07"), "NumberForm"),
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
    let ended = |signer: &Signer, answer: &Answer, outcome| strict.ended(signer, answer, outcome, DECIDED);
    let yes = strict.answer(Decision::Approve, Some("42"));
    let (no, report) = (strict.answer(Decision::Deny, None), strict.answer(Decision::Report, None));
    let approved = ended(&world.verification, &yes, Outcome::Approved);
    let stranger = json!(world.stranger.key);
    let resigned = world.stranger.jws(Purpose::Challenge, &strict.challenge);
    let mut cases = Vec::new();
    for (name, signer, answer, proof, outcome, at) in [
        ("an approval, verified", &world.verification, &yes, "verification", Outcome::Approved, DECIDED),
        (
            "an approval in the first second",
            &world.verification,
            &yes,
            "verification",
            Outcome::Approved,
            ASKED,
        ),
        (
            "an approval in the last second",
            &world.verification,
            &yes,
            "verification",
            Outcome::Approved,
            EXPIRES - 1,
        ),
        (
            "an approval with a wrong number",
            &world.verification,
            &yes,
            "verification",
            Outcome::Denied,
            DECIDED,
        ),
        ("a denial with one tap", &world.possession, &no, "possession", Outcome::Denied, DECIDED),
        ("a report, verified", &world.verification, &report, "verification", Outcome::Denied, DECIDED),
    ] {
        let out = json!({
            "challenge": strict.challenge, "answer": answer, "proof": proof, "outcome": outcome, "decided_at": at,
        });
        cases.push(good(name, strict.ended(signer, answer, outcome, at), out));
    }
    let mut later = with(&approved, "/receipt/v", 3);
    later["receipt"]["seal"] = json!("a member of a later version");
    let mut undecided = approved.clone();
    undecided["receipt"].as_object_mut().unwrap().remove("verdict");
    let mut unknown = approved.clone();
    unknown["receipt"]["seal"] = json!("");
    cases.extend([
        bad("a later version", later, "Version(3)"),
        bad("version 256", with(&approved, "/receipt/v", 256), "Version(256)"),
        bad("a version in words", with(&approved, "/receipt/v", "1"), "Malformed"),
        bad("without verdict", undecided, "Malformed"),
        bad("a member nobody knows", unknown, "Malformed"),
        bad("no object", with(&approved, "/receipt", json!([])), "Malformed"),
    ]);
    for (name, pointer, part, error) in [
        ("another trusted server", "/trusted", json!(world.stranger.key.thumbprint()), "ServerKey"),
        ("another server key", "/receipt/server_key", stranger.clone(), "ServerKey"),
        ("a challenge by a stranger", "/receipt/challenge", json!(resigned), "Challenge(UnknownKey)"),
        (
            "the answer in the challenge's place",
            "/receipt/challenge",
            approved["receipt"]["answer"].clone(),
            "Challenge(Purpose)",
        ),
        ("the same challenge signed again", "/receipt/challenge", json!(other.jws), "Answer(Content)"),
        ("another device key", "/receipt/device_keys/verification", stranger, "DeviceKeys"),
        ("the challenge in the answer's place", "/receipt/answer", json!(strict.jws), "Answer(Jws(Purpose))"),
        ("no answer", "/receipt/answer", json!(""), "Answer(Jws(Malformed))"),
    ] {
        cases.push(bad(name, with(&approved, pointer, part), error));
    }
    for (name, signer, error) in [
        ("an answer by a stranger", &world.stranger, "Answer(Jws(UnknownKey))"),
        ("an approval that was not verified", &world.possession, "Answer(VerificationNeeded)"),
    ] {
        cases.push(bad(name, ended(signer, &yes, Outcome::Approved), error));
    }
    for (name, answer, outcome) in [
        ("a denial that approves", &no, Outcome::Approved),
        ("a report that approves", &report, Outcome::Approved),
        ("an approval still pending", &yes, Outcome::Pending),
        ("an approval that came too late", &yes, Outcome::Expired),
        ("an approval of what nobody got", &yes, Outcome::Failed),
        ("an approval of what was taken back", &yes, Outcome::Cancelled),
    ] {
        cases.push(bad(name, ended(&world.verification, answer, outcome), "Verdict(Outcome)"));
    }
    cases.extend(verdicts(&strict, &yes));
    cases.extend(super::standing::receipts(&strict, &approved));
    cases
}

/// An approval under verdicts that say something else, or nothing that can be read.
fn verdicts(asked: &Asked<'_>, yes: &Answer) -> Vec<Case> {
    let world = asked.world;
    let sign = || world.verification.jws(Purpose::Answer, yes);
    let (answer, again) = (sign(), sign());
    let verdict = json!(world.verdict(&asked.challenge, &answer));
    let under = |jws: &str| asked.receipt(&answer, jws);
    let signed = |verdict: &Value| under(&world.server.jws(Purpose::Verdict, verdict));
    let mut cases = vec![
        bad(
            "the verdict on the same answer signed again",
            signed(&json!(world.verdict(&asked.challenge, &again))),
            "Verdict(Binding)",
        ),
        bad(
            "a verdict by a stranger",
            under(&world.stranger.jws(Purpose::Verdict, &verdict)),
            "Verdict(Jws(UnknownKey))",
        ),
        bad(
            "a verdict by the device",
            under(&world.verification.jws(Purpose::Verdict, &verdict)),
            "Verdict(Jws(UnknownKey))",
        ),
        bad(
            "a verdict by the server's next key",
            under(&world.server_2.jws(Purpose::Verdict, &verdict)),
            "Verdict(Jws(UnknownKey))",
        ),
        bad("the answer in the verdict's place", under(&answer), "Verdict(Jws(Purpose))"),
    ];
    for (name, pointer, value, error) in [
        ("a verdict of another server", "/iss", json!("https://evil.example"), "Binding"),
        ("a verdict on another challenge", "/cid", json!(ChallengeId(uuid::Uuid::nil())), "Binding"),
        ("a verdict on another answer", "/ath", json!(crate::sha256_base64url(b"")), "Binding"),
        ("decided before it was asked", "/at", json!(ASKED - 1), "Time"),
        ("decided when the time was over", "/at", json!(EXPIRES), "Time"),
        ("decided in milliseconds", "/at", json!(DECIDED * 1000), "Time"),
        ("an outcome nobody knows", "/outcome", json!("approve"), "Jws(Claims)"),
    ] {
        cases.push(bad(name, signed(&with(&verdict, pointer, value)), &format!("Verdict({error})")));
    }
    for (name, jws, error) in unreadable(&world.server, Purpose::Verdict, &verdict) {
        cases.push(bad(&format!("verdict: {name}"), under(&jws), &format!("Verdict(Jws({error}))")));
    }
    cases
}
