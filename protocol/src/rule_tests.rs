//! Attacks on standing permissions: property 4, nobody but the person makes one, and none reaches further than it says;
//! property 10, what a rule decided is never taken for a person's answer.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::fixture::{ASKED, DECIDED, EXPIRES, PURPOSES, SERVER, World, other_device, spoiled, world};
use crate::receipt::{DecidedBy, Facts, Receipt, ReceiptError};
use crate::verdict::{RuleVerdict, Verdict, VerdictError};
use crate::wire::Outcome;

fn read(world: &World, compact: &str) -> Result<Rule, RuleError> {
    Rule::verify(compact, &world.verification.key)
}

/// What becomes of the fixture's rule when the person signs it after `change`.
fn changed(change: impl FnOnce(&mut Rule)) -> Result<Rule, RuleError> {
    let world = world();
    let mut rule = world.rule();
    change(&mut rule);
    read(&world, &world.verification.jws(Purpose::Rule, &rule))
}

/// Whether the fixture's rule approves the challenge after `change`.
fn applied(change: impl FnOnce(&mut Challenge)) -> Result<(), RuleError> {
    let mut challenge = world().challenge();
    change(&mut challenge);
    world().rule().applies(&challenge, DECIDED)
}

#[test]
fn a_good_rule_is_read_and_applies() {
    assert_eq!(changed(|_| ()), Ok(world().rule()));
    assert_eq!(applied(|_| ()), Ok(()));
    assert_eq!(world().rule().check_new(SERVER, world().device, ASKED), Ok(()));
}

#[test]
fn property_4_only_the_verification_key_makes_a_rule() {
    let world = world();
    for signer in [&world.possession, &world.server, &world.stranger] {
        let compact = signer.jws(Purpose::Rule, &world.rule());
        assert_eq!(read(&world, &compact), Err(JwsError::UnknownKey.into()));
    }
}

#[test]
fn property_3_no_other_message_of_the_device_passes_for_a_rule() {
    let world = world();
    for purpose in PURPOSES.into_iter().filter(|p| *p != Purpose::Rule) {
        let replayed = read(&world, &world.verification.jws(purpose, &world.rule()));
        assert_eq!(replayed, Err(JwsError::Purpose.into()), "{purpose:?}");
        let dressed_up = read(&world, &world.verification.jws(Purpose::Rule, &world.claims(purpose)));
        assert_eq!(dressed_up, Err(JwsError::Claims.into()), "{purpose:?}");
    }
    for (what, text) in spoiled(&json!(world.rule())) {
        let read = read(&world, &world.verification.payload(Purpose::Rule, &text));
        assert_eq!(read, Err(JwsError::Claims.into()), "{what}");
    }
    for network in ["0.0.0.0/0", "192.0.2.7/24", "192.0.2.7", "::/0", ""] {
        let mut claims = json!(world.rule());
        claims["network"] = json!(network);
        let read = read(&world, &world.verification.payload(Purpose::Rule, &claims.to_string()));
        assert_eq!(read, Err(JwsError::Claims.into()), "{network}");
    }
}

#[test]
fn property_4_a_rule_names_itself_and_its_application_and_lasts_for_thirty_days_at_most() {
    let long = "a".repeat(MAX_NAME + 1);
    let bad: [&dyn Fn(&mut Rule); 7] = [
        &|r| r.jti.clear(),
        &|r| r.jti = crate::base64url(&[1; 15]),
        &|r| r.jti = crate::base64url(&[1; 17]),
        &|r| r.app.clear(),
        &|r| r.app = long.clone(),
        &|r| r.app_name.clear(),
        &|r| r.app_name = long.clone(),
    ];
    for (i, change) in bad.into_iter().enumerate() {
        assert_eq!(changed(change), Err(RuleError::Form), "change {i}");
    }
    assert!(changed(|r| r.exp = r.iat + MAX_LIFE).is_ok());
    for exp in [ASKED - 3600 + MAX_LIFE + 1, ASKED - 3600, ASKED - 3601, 0, u64::MAX] {
        assert_eq!(changed(|r| r.exp = exp), Err(RuleError::Life), "{exp}");
    }
}

#[test]
fn property_4_a_new_rule_is_this_devices_and_begins_now() {
    let (world, rule) = (world(), world().rule());
    assert_eq!(rule.check_new(SERVER, other_device(&world), ASKED), Err(RuleError::Binding));
    assert_eq!(rule.check_new("https://evil.example", world.device, ASKED), Err(RuleError::Binding));
    for (now, expected) in [
        (rule.iat - MAX_AHEAD - 1, Err(RuleError::Life)),
        (rule.iat - MAX_AHEAD, Ok(())),
        (rule.exp - 1, Ok(())),
        (rule.exp, Err(RuleError::Life)),
        (u64::MAX, Err(RuleError::Life)),
    ] {
        assert_eq!(rule.check_new(SERVER, world.device, now), expected, "{now}");
    }
}

#[test]
fn property_4_a_rule_reaches_no_further_than_it_says() {
    type Case<'a> = (&'a dyn Fn(&mut Challenge), RuleError);
    let other = other_device(&world());
    let cases: [Case<'_>; 14] = [
        (&|c| c.aud = other, RuleError::Binding),
        (&|c| c.iss.push('/'), RuleError::Binding),
        (&|c| c.rules_allowed = false, RuleError::NotAllowed),
        (&|c| c.risk = Risk::Raised, RuleError::NotAllowed),
        (&|c| c.risk = Risk::High, RuleError::NotAllowed),
        (&|c| c.app.id = None, RuleError::Application),
        (&|c| c.app.id = Some("app_other".into()), RuleError::Application),
        (&|c| c.app.id = Some("Ledger".into()), RuleError::Application),
        (&|c| c.context.ip = None, RuleError::Network),
        (&|c| c.context.ip = Some("192.0.3.7".into()), RuleError::Network),
        (&|c| c.context.ip = Some("192.0.2.7, 10.0.0.1".into()), RuleError::Network),
        (&|c| c.context.ip = Some("192.0.2.0/24".into()), RuleError::Network),
        (&|c| c.context.ip = Some("::192.0.2.7".into()), RuleError::Network),
        (&|c| c.context.ip = Some(String::new()), RuleError::Network),
    ];
    for (i, (change, error)) in cases.into_iter().enumerate() {
        assert_eq!(applied(change), Err(error), "change {i}");
    }
    // The display name decides nothing, and an IPv4 address may come in its IPv6 form.
    assert_eq!(applied(|c| c.app.name = "Another".into()), Ok(()));
    assert_eq!(applied(|c| c.context.ip = Some("::ffff:192.0.2.7".into())), Ok(()));
    let (rule, challenge) = (world().rule(), world().challenge());
    for (at, expected) in [
        (rule.iat - 1, Err(RuleError::Time)),
        (rule.iat, Ok(())),
        (rule.exp - 1, Ok(())),
        (rule.exp, Err(RuleError::Time)),
    ] {
        assert_eq!(rule.applies(&challenge, at), expected, "{at}");
    }
}

/// A decision by a rule, as an honest server makes a receipt of it.
fn receipt(world: &World, rule: &Rule, change: impl FnOnce(&mut Challenge)) -> Receipt {
    let mut challenge = world.challenge();
    change(&mut challenge);
    let asked = world.server.jws(Purpose::Challenge, &challenge);
    let rule = world.verification.jws(Purpose::Rule, rule);
    let verdict = RuleVerdict::of(&challenge, &asked, &rule, DECIDED);
    let verdict = world.server.jws(Purpose::Verdict, &verdict);
    Receipt::of_rule(asked, rule, verdict, world.server.key, world.keys())
}

fn judge(world: &World, receipt: &Receipt) -> Result<Facts, ReceiptError> {
    let again = Receipt::parse(&json!(receipt).to_string());
    assert_eq!(again.as_ref(), Ok(receipt));
    receipt.verify(&world.pinned)
}

#[test]
fn property_10_a_receipt_says_that_a_rule_decided() {
    let world = world();
    let facts = judge(&world, &receipt(&world, &world.rule(), |_| ())).unwrap();
    assert_eq!(facts.decided_by, DecidedBy::Rule(world.rule()));
    assert_eq!((facts.outcome, facts.decided_at), (Outcome::Approved, DECIDED));
    assert_eq!(json!(receipt(&world, &world.rule(), |_| ()))["v"], 2);
}

#[test]
fn property_10_a_rule_that_does_not_fit_is_no_evidence() {
    let world = world();
    let ended = Rule { exp: DECIDED, ..world.rule() };
    let elsewhere = Rule { network: "198.51.100.0/24".parse().unwrap(), ..world.rule() };
    let refused = |rule: &Rule| judge(&world, &receipt(&world, rule, |_| ())).unwrap_err();
    assert_eq!(refused(&ended), ReceiptError::Rule(RuleError::Time));
    assert_eq!(refused(&elsewhere), ReceiptError::Rule(RuleError::Network));
    let careful = receipt(&world, &world.rule(), |c| c.rules_allowed = false);
    assert_eq!(judge(&world, &careful), Err(ReceiptError::Rule(RuleError::NotAllowed)));
    let mut by_possession = receipt(&world, &world.rule(), |_| ());
    by_possession.rule = Some(world.possession.jws(Purpose::Rule, &world.rule()));
    assert_eq!(judge(&world, &by_possession), Err(ReceiptError::Rule(JwsError::UnknownKey.into())));
}

#[test]
fn property_10_no_part_of_a_rules_receipt_can_be_exchanged() {
    let world = world();
    let good = receipt(&world, &world.rule(), |_| ());
    let again = receipt(&world, &world.rule(), |_| ());
    let with = |change: &dyn Fn(&mut Receipt)| {
        let mut changed = good.clone();
        change(&mut changed);
        changed.verify(&world.pinned).unwrap_err()
    };
    let binding = ReceiptError::Verdict(VerdictError::Binding);
    assert_eq!(with(&|r| r.challenge = again.challenge.clone()), binding);
    assert_eq!(with(&|r| r.rule = again.rule.clone()), binding);
    assert_eq!(with(&|r| r.verdict = again.verdict.clone()), binding);
    assert_eq!(with(&|r| r.device_keys.verification = world.stranger.key), ReceiptError::DeviceKeys);
    assert_eq!(with(&|r| r.server_key = world.stranger.key), ReceiptError::ServerKey);
    for (v, error) in
        [(0, ReceiptError::Version(0)), (1, ReceiptError::Malformed), (3, ReceiptError::Version(3))]
    {
        assert_eq!(with(&|r| r.v = v), error);
    }
    assert_eq!(with(&|r| r.rule = None), ReceiptError::Malformed);
    assert_eq!(with(&|r| r.answer = r.rule.clone()), ReceiptError::Malformed);
    // The rule in an answer's place, and an answer's verdict over the rule: neither is read as the other.
    let dressed_up = |r: &mut Receipt| (r.v, r.answer, r.rule) = (1, r.rule.clone(), None);
    assert_eq!(with(&dressed_up), ReceiptError::Answer(JwsError::Purpose.into()));
    let rule = good.rule.clone().unwrap();
    let of_answer = world.server.jws(Purpose::Verdict, &world.verdict(&world.challenge(), &rule));
    assert_eq!(with(&|r| r.verdict = of_answer.clone()), ReceiptError::Verdict(JwsError::Claims.into()));
    let as_answer = Verdict::verify(
        &good.verdict,
        &world.server.key,
        &world.challenge(),
        &rule,
        crate::answer::Decision::Approve,
    );
    assert_eq!(as_answer, Err(JwsError::Claims.into()));
}

#[test]
fn property_10_a_rules_verdict_approves_in_time_and_by_the_key_that_asked() {
    let world = world();
    let good = receipt(&world, &world.rule(), |_| ());
    let claims = RuleVerdict::of(&world.challenge(), &good.challenge, good.rule.as_deref().unwrap(), DECIDED);
    let under = |jws: String| Receipt { verdict: jws, ..good.clone() }.verify(&world.pinned).unwrap_err();
    let signed = |claims: RuleVerdict| under(world.server.jws(Purpose::Verdict, &claims));
    for at in [ASKED - 1, EXPIRES, DECIDED * 1000] {
        assert_eq!(signed(RuleVerdict { at, ..claims.clone() }), ReceiptError::Verdict(VerdictError::Time));
    }
    for outcome in [Outcome::Denied, Outcome::Pending, Outcome::Expired] {
        let other = RuleVerdict { outcome, ..claims.clone() };
        assert_eq!(signed(other), ReceiptError::Verdict(VerdictError::Outcome), "{outcome:?}");
    }
    for signer in [&world.stranger, &world.server_2, &world.verification] {
        let error = under(signer.jws(Purpose::Verdict, &claims));
        assert_eq!(error, ReceiptError::Verdict(JwsError::UnknownKey.into()));
    }
}

proptest! {
    #[test]
    fn property_4_a_rule_counts_for_its_network_and_time_only(
        address in prop_oneof![any::<IpAddr>(), (0u8..4, any::<u8>()).prop_map(|(c, d)| IpAddr::from([192, 0, c, d]))],
        at in prop_oneof![any::<u64>(), ASKED - 3602..ASKED + 3602],
    ) {
        let (rule, mut challenge) = (world().rule(), world().challenge());
        challenge.context.ip = Some(address.to_string());
        let inside = matches!(address.to_canonical(), IpAddr::V4(v4) if v4.octets().starts_with(&[192, 0, 2]));
        let now = rule.iat <= at && at < rule.exp;
        prop_assert_eq!(rule.applies(&challenge, at).is_ok(), inside && now);
    }
}
