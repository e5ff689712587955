//! The vectors of what outlives one question: rules, the receipts of what they decided, and checkpoints.

use serde_json::{Value, json};

use super::decisions::Asked;
use super::signed::{unreadable, with};
use super::{Case, bad, good};
use crate::fixture::{ASKED, DECIDED, EXPIRES, SERVER, World, other_device, world};
use crate::id::TenantId;
use crate::jws::Purpose;
use crate::verdict::RuleVerdict;
use crate::wire::Outcome;

pub(super) fn rule(world: &World) -> Vec<Case> {
    let claims = json!(world.rule());
    let input = |jws: String| {
        let verification = world.verification.key;
        json!({ "jws": jws, "verification": verification, "challenge": world.challenge(), "at": DECIDED })
    };
    let sign = |claims: &Value| world.verification.jws(Purpose::Rule, claims);
    let as_is = input(sign(&claims));
    let mut mapped = as_is.clone();
    mapped["challenge"]["context"]["ip"] = json!("::ffff:192.0.2.255");
    let six = with(&claims, "/network", "2001:db8:1:2::/64");
    let from_six = with(&input(sign(&six)), "/challenge/context/ip", "2001:DB8:1:2::7");
    let mut cases = vec![
        good("an IPv4 network", as_is.clone(), claims.clone()),
        good("an IPv4 address in its IPv6 form", mapped, claims.clone()),
        good("an IPv6 network", from_six, six),
        good("in its first second", with(&as_is, "/at", ASKED - 3600), claims.clone()),
        good("in its last second", with(&as_is, "/at", ASKED + 3599), claims.clone()),
        bad("before its first second", with(&as_is, "/at", ASKED - 3601), "Time"),
        bad("after its last second", with(&as_is, "/at", ASKED + 3600), "Time"),
        bad("by the possession key", input(world.possession.jws(Purpose::Rule, &claims)), "Jws(UnknownKey)"),
        bad("by a stranger", input(world.stranger.jws(Purpose::Rule, &claims)), "Jws(UnknownKey)"),
    ];
    for (name, pointer, value, error) in [
        ("of another device", "/iss", json!(other_device(world)), "Binding"),
        ("for another server", "/aud", json!("https://evil.example"), "Binding"),
        ("for another application", "/app", json!("app_other"), "Application"),
        ("for another network", "/network", json!("198.51.100.0/24"), "Network"),
        ("an id that is too short", "/jti", json!(crate::base64url(&[11; 15])), "Form"),
        ("no application", "/app", json!(""), "Form"),
        ("an application's name that is too long", "/app_name", json!("a".repeat(201)), "Form"),
        ("for more than 30 days", "/exp", json!(ASKED - 3600 + 30 * 86_400 + 1), "Life"),
        ("ends when it begins", "/exp", json!(ASKED - 3600), "Life"),
        ("a network wider than /16", "/network", json!("192.0.0.0/15"), "Jws(Claims)"),
        ("an IPv6 network wider than /32", "/network", json!("2001:db8::/31"), "Jws(Claims)"),
        ("bits set behind the prefix", "/network", json!("192.0.2.7/24"), "Jws(Claims)"),
        ("an address without prefix", "/network", json!("192.0.2.7"), "Jws(Claims)"),
        ("an IPv6 network in capitals", "/network", json!("2001:DB8::/32"), "Jws(Claims)"),
    ] {
        cases.push(bad(name, input(sign(&with(&claims, pointer, value))), error));
    }
    for (name, pointer, value, error) in [
        ("rules are not allowed", "/challenge/rules_allowed", json!(false), "NotAllowed"),
        (
            "an application without id",
            "/challenge/app",
            json!({ "name": "Ledger", "color": "#1f6feb" }),
            "Application",
        ),
        ("nobody knows from where", "/challenge/context", json!({}), "Network"),
        ("an address that is none", "/challenge/context/ip", json!("192.0.2"), "Network"),
    ] {
        cases.push(bad(name, with(&as_is, pointer, value), error));
    }
    let mut risky = as_is;
    risky["challenge"]["risk"] = json!(2);
    cases.push(bad("a raised risk", risky, "NotAllowed"));
    for (name, jws, error) in unreadable(&world.verification, Purpose::Rule, &claims) {
        cases.push(bad(name, input(jws), &format!("Jws({error})")));
    }
    cases
}

/// Receipts of decisions by a rule. `approved` is the good receipt of an answer to the same challenge.
pub(super) fn receipts(asked: &Asked<'_>, approved: &Value) -> Vec<Case> {
    let world = world();
    let claims = world.rule();
    let rule = world.verification.jws(Purpose::Rule, &claims);
    let again = world.verification.jws(Purpose::Rule, &claims);
    let verdict = json!(RuleVerdict::of(&asked.challenge, &asked.jws, &rule, DECIDED));
    let sign = |verdict: &Value| world.server.jws(Purpose::Verdict, verdict);
    let mut ruled = with(approved, "/receipt/v", 2);
    ruled["receipt"].as_object_mut().unwrap().remove("answer");
    ruled["receipt"]["rule"] = json!(rule);
    ruled["receipt"]["verdict"] = json!(sign(&verdict));
    let out = json!({ "challenge": asked.challenge, "rule": claims, "outcome": Outcome::Approved, "decided_at": DECIDED });
    let mut both = ruled.clone();
    both["receipt"]["answer"] = approved["receipt"]["answer"].clone();
    let mut neither = ruled.clone();
    neither["receipt"].as_object_mut().unwrap().remove("rule");
    let possession = world.possession.jws(Purpose::Rule, &claims);
    let mut cases = vec![
        good("an approval by a rule", ruled.clone(), out),
        bad("a rule's receipt as version 1", with(&ruled, "/receipt/v", 1), "Malformed"),
        bad("an answer's receipt as version 2", with(approved, "/receipt/v", 2), "Malformed"),
        bad("rule and answer", both, "Malformed"),
        bad("neither rule nor answer", neither, "Malformed"),
        bad("the same rule signed again", with(&ruled, "/receipt/rule", again), "Verdict(Binding)"),
        bad(
            "a rule by the possession key",
            with(&ruled, "/receipt/rule", possession),
            "Rule(Jws(UnknownKey))",
        ),
        bad(
            "the verdict on an answer over a rule",
            with(&ruled, "/receipt/verdict", approved["receipt"]["verdict"].clone()),
            "Verdict(Jws(Claims))",
        ),
        bad(
            "the verdict on a rule over an answer",
            with(approved, "/receipt/verdict", ruled["receipt"]["verdict"].clone()),
            "Verdict(Jws(Claims))",
        ),
    ];
    for (name, pointer, value, error) in [
        ("a rule that denies", "/outcome", json!("denied"), "Outcome"),
        (
            "a rule's verdict on another challenge's text",
            "/cth",
            json!(crate::sha256_base64url(b"")),
            "Binding",
        ),
        ("a rule's verdict on another rule", "/rth", json!(crate::sha256_base64url(b"")), "Binding"),
        ("a rule's verdict too late", "/at", json!(EXPIRES), "Time"),
    ] {
        let under = json!(sign(&with(&verdict, pointer, value)));
        cases.push(bad(name, with(&ruled, "/receipt/verdict", under), &format!("Verdict({error})")));
    }
    let mut ended = claims;
    ended.exp = DECIDED;
    let ended = world.verification.jws(Purpose::Rule, &ended);
    let late = RuleVerdict::of(&asked.challenge, &asked.jws, &ended, DECIDED);
    let late = with(&with(&ruled, "/receipt/verdict", sign(&json!(late))), "/receipt/rule", ended);
    cases.push(bad("a rule that had ended", late, "Rule(Time)"));
    cases
}

pub(super) fn checkpoint(world: &World) -> Vec<Case> {
    let claims = json!(world.checkpoint());
    let input = |jws: String| {
        let keys = [world.server.key, world.server_2.key];
        json!({ "jws": jws, "keys": keys, "issuer": SERVER, "tenant": world.device.tenant })
    };
    let sign = |claims: &Value| world.server.jws(Purpose::Checkpoint, claims);
    let mut cases = vec![
        good("by the first key", input(sign(&claims)), claims.clone()),
        good("by the next key", input(world.server_2.jws(Purpose::Checkpoint, &claims)), claims.clone()),
        bad("by a stranger", input(world.stranger.jws(Purpose::Checkpoint, &claims)), "Jws(UnknownKey)"),
    ];
    for (name, pointer, value, error) in [
        ("by another server", "/iss", json!("https://evil.example"), "Binding"),
        ("about another tenant", "/tenant", json!(TenantId(uuid::Uuid::from_u128(5))), "Binding"),
        ("about entry 0", "/seq", json!(0), "Form"),
        ("a negative entry", "/seq", json!(-1), "Jws(Claims)"),
        ("a hash of another length", "/hash", json!("AAAA"), "Form"),
        ("a hash with padding", "/hash", json!(format!("{}=", crate::sha256_base64url(b""))), "Form"),
    ] {
        cases.push(bad(name, input(sign(&with(&claims, pointer, value))), error));
    }
    for (name, jws, error) in unreadable(&world.server, Purpose::Checkpoint, &claims) {
        cases.push(bad(name, input(jws), &format!("Jws({error})")));
    }
    cases
}
