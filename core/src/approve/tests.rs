//! Being asked and answering, against a test server, honest and not.

use countersign_protocol::answer::{Answer, Decision, Proof};
use countersign_protocol::challenge::{Challenge, ChallengeError, NumberMatch};
use countersign_protocol::jws::{self, JwsError, Purpose};
use countersign_protocol::server_key::KeyChainError;
use countersign_protocol::wire::{Inbox, Outcome};

use super::*;
use crate::exchange::{Reply, ReplyError};
use crate::testing::{FakeServer, NUMBER, Phone, SERVER_TIME, Signer};

const BASE: &str = "https://mfa.example.org";
const RANDOM: [u8; 16] = [5; 16];

fn enrolled() -> (FakeServer, Phone, Account) {
    let (server, phone) = (FakeServer::new(BASE), Phone::new());
    let account = phone.enroll(&server, 0).account;
    (server, phone, account)
}

/// The one challenge that waits.
fn pending(server: &FakeServer, phone: &Phone, account: &Account) -> Pending {
    let reading = Reading::of(account, &phone.inbox(server, account)).unwrap();
    assert_eq!((reading.pending.len(), reading.refused.len()), (1, 0), "{reading:?}");
    reading.pending[0].clone()
}

/// Signs with the key that is asked for, and hands in.
fn answer(server: &FakeServer, phone: &Phone, to_answer: ToAnswer) -> (Submission, Reply) {
    let signer = if to_answer.key() == Proof::Verification { &phone.verification } else { &phone.possession };
    let signature = signer.sign(to_answer.signing_input());
    let submission = to_answer.signed(&signature).unwrap();
    let reply = server.carry(&submission.request());
    (submission, reply)
}

#[test]
fn s8_s10_a_number_is_typed_and_the_device_signs() {
    let (server, phone, account) = enrolled();
    server.ask(account.device, Some(2), false);
    let pending = pending(&server, &phone, &account);
    assert_eq!((pending.digits(), pending.seconds_left), (Some(2), 120));
    let to_answer = ToAnswer::new(&account, &pending, Decision::Approve, Some(NUMBER), &RANDOM).unwrap();
    assert_eq!(to_answer.key(), Proof::Possession);
    let (submission, reply) = answer(&server, &phone, to_answer);
    assert_eq!(submission.take(&reply).unwrap().result, AnswerResult::Done(Outcome::Approved));
    // The same bytes once more are the same answer.
    assert_eq!(
        submission.take(&server.carry(&submission.request())).unwrap().result,
        AnswerResult::Done(Outcome::Approved)
    );
    let receipt = submission.take(&server.carry(&submission.request())).unwrap().receipt.unwrap();
    let facts = receipt.verify(&account.server_key.thumbprint()).unwrap();
    let (answer, proof) = facts.answer().unwrap();
    assert_eq!((answer.decision, proof), (Decision::Approve, Proof::Possession));
}

#[test]
fn property_10_an_answer_counts_only_with_the_servers_signature_over_it() {
    let (server, phone, account) = enrolled();
    server.ask(account.device, Some(2), false);
    let pending = pending(&server, &phone, &account);
    let to_answer = ToAnswer::new(&account, &pending, Decision::Approve, Some(NUMBER), &RANDOM).unwrap();
    let (submission, reply) = answer(&server, &phone, to_answer);
    let forged = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        change(&mut body);
        submission.take(&Reply { body: serde_json::to_vec(&body).unwrap(), ..reply.clone() })
    };
    assert_eq!(forged(&|_| ()).unwrap().result, AnswerResult::Done(Outcome::Approved));
    assert_eq!(forged(&|b| b["outcome"] = "denied".into()), Err(ReplyError::Unproved));
    assert_eq!(forged(&|b| b["verdict"] = submission.answer().into()), Err(ReplyError::Unproved));
    assert_eq!(forged(&|b| b["verdict"] = submission.challenge().into()), Err(ReplyError::Unproved));
    assert_eq!(forged(&|b| b["verdict"] = ().into()), Err(ReplyError::Unproved));
    assert_eq!(forged(&|b| b["code"] = "42".into()), Err(ReplyError::Unproved));
}

#[test]
fn property_4_approve_needs_the_person_and_deny_does_not() {
    let (server, phone, account) = enrolled();
    server.ask(account.device, None, true);
    let pending = pending(&server, &phone, &account);
    let key = |decision| ToAnswer::new(&account, &pending, decision, None, &RANDOM).unwrap().key();
    assert_eq!(key(Decision::Approve), Proof::Verification);
    assert_eq!(key(Decision::Deny), Proof::Possession);
    assert_eq!(key(Decision::Report), Proof::Possession);
    let to_answer = ToAnswer::new(&account, &pending, Decision::Approve, None, &RANDOM).unwrap();
    let by_possession = phone.possession.sign(to_answer.signing_input());
    assert_eq!(to_answer.signed(&by_possession).err(), Some(AnswerError::Signature));
}

#[test]
fn property_1_the_answer_covers_the_very_bytes_that_were_shown() {
    let (server, phone, account) = enrolled();
    let id = server.ask(account.device, Some(2), false);
    let pending = pending(&server, &phone, &account);
    // The server swaps the question under the same id while the person looks at the first one.
    server.forge(id, |challenge, key| {
        challenge.message = "Pay 9000 to Mallory".into();
        key.jws(Purpose::Challenge, challenge)
    });
    let to_answer = ToAnswer::new(&account, &pending, Decision::Approve, Some(NUMBER), &RANDOM).unwrap();
    let (submission, reply) = answer(&server, &phone, to_answer);
    let signed = jws::peek::<Answer>(submission.answer(), Purpose::Answer).unwrap();
    assert_eq!(signed.peek().cth, countersign_protocol::sha256_base64url(pending.jws.as_bytes()));
    let Err(ReplyError::Refused(refusal)) = submission.take(&reply) else { panic!("{reply:?}") };
    assert_eq!(refusal.code, "invalid_answer");
}

/// What a forged challenge is refused for.
fn refusal(forge: impl FnOnce(&mut Challenge, &Signer) -> String) -> RefusedReason {
    let (server, phone, account) = enrolled();
    let id = server.ask(account.device, Some(2), false);
    server.forge(id, forge);
    let reading = Reading::of(&account, &phone.inbox(&server, &account)).unwrap();
    assert!(reading.pending.is_empty(), "it is shown: {reading:?}");
    reading.refused[0].reason.clone()
}

#[test]
fn property_2_what_the_server_did_not_sign_for_this_device_is_never_shown() {
    let challenge = |error: ChallengeError| RefusedReason::Challenge(error);
    let sign = |c: &Challenge, key: &Signer| key.jws(Purpose::Challenge, c);
    assert_eq!(
        refusal(|c, key| {
            c.iss = "https://evil.example.org".into();
            sign(c, key)
        }),
        challenge(ChallengeError::Issuer)
    );
    assert_eq!(
        refusal(|c, key| {
            c.exp = SERVER_TIME;
            sign(c, key)
        }),
        challenge(ChallengeError::Expired)
    );
    assert_eq!(
        refusal(|c, key| {
            c.keys = Phone::new().keys().thumbprints();
            sign(c, key)
        }),
        challenge(ChallengeError::Audience)
    );
    assert_eq!(
        refusal(|c, key| {
            c.number = NumberMatch::None;
            sign(c, key)
        }),
        challenge(ChallengeError::Unprotected)
    );
    assert_eq!(
        refusal(|c, key| sign(c, key).replace('.', "..")),
        challenge(ChallengeError::Jws(JwsError::Malformed))
    );
    assert_eq!(
        refusal(|c, key| key.jws(Purpose::Request, c)),
        challenge(ChallengeError::Jws(JwsError::Purpose))
    );
    assert_eq!(
        refusal(|c, key| {
            let good = sign(c, key);
            let (input, _) = good.rsplit_once('.').unwrap();
            format!("{input}.{}", countersign_protocol::base64url(&[7; 64]))
        }),
        challenge(ChallengeError::Jws(JwsError::Signature))
    );
    let unsigned = refusal(|c, _| {
        let header = countersign_protocol::base64url(br#"{"alg":"none","typ":"cs-challenge+jwt","kid":"x"}"#);
        let payload = countersign_protocol::base64url(&serde_json::to_vec(c).unwrap());
        format!("{header}.{payload}.{}", countersign_protocol::base64url(&[0; 64]))
    });
    assert_eq!(unsigned, challenge(ChallengeError::Jws(JwsError::Header)));
}

#[test]
fn a_challenge_of_another_device_is_not_shown() {
    let (server, phone, account) = enrolled();
    let other = Phone::new().enroll(&server, 0).account;
    server.ask(other.device, Some(2), false);
    let theirs = phone_inbox_of(&server, &other);
    let reading = Reading::of(&account, &theirs).unwrap();
    assert!(reading.pending.is_empty());
    assert_eq!(reading.refused[0].reason, RefusedReason::Challenge(ChallengeError::Audience));
    assert!(phone.inbox(&server, &account).challenges.is_empty());
}

/// The raw inbox of a device whose keys are not at hand.
fn phone_inbox_of(server: &FakeServer, account: &Account) -> Inbox {
    Inbox { server_time: SERVER_TIME, challenges: server.waiting(account.device) }
}

#[test]
fn one_bad_challenge_hides_no_good_one() {
    let (server, phone, account) = enrolled();
    server.ask(account.device, Some(2), false);
    let mut inbox = phone.inbox(&server, &account);
    let good = inbox.challenges[0].clone();
    inbox.challenges.insert(0, "nonsense".into());
    inbox.challenges.push(good);
    let reading = Reading::of(&account, &inbox).unwrap();
    assert_eq!(reading.pending.len(), 1);
    let reasons: Vec<_> = reading.refused.into_iter().map(|r| r.reason).collect();
    let malformed = RefusedReason::Challenge(ChallengeError::Jws(JwsError::Malformed));
    assert_eq!(reasons, [malformed, RefusedReason::Twice]);
}

#[test]
fn a_new_server_key_is_followed_along_the_chain() {
    let (server, phone, mut account) = enrolled();
    let pinned = account.server_key;
    server.ask(account.device, Some(2), false);
    server.rotate_key();
    server.rotate_key();
    server.ask(account.device, Some(6), false);
    let question = Reading::of(&account, &phone.inbox(&server, &account)).unwrap_err();
    let reply = phone.ask(&server, &account, question.ask());
    let reading = question.take(&mut account, &reply);
    assert_eq!((reading.pending.len(), reading.refused.len()), (2, 0), "{reading:?}");
    assert_ne!(account.server_key, pinned);
    assert_eq!((reading.pending[0].server_key, reading.pending[1].server_key), (pinned, account.server_key));
}

#[test]
fn a_chain_that_does_not_hold_changes_nothing() {
    let (server, phone, account) = enrolled();
    let impostor = FakeServer::new(BASE);
    let id = server.ask(account.device, Some(2), false);
    server.forge(id, |challenge, _| Signer::new().jws(Purpose::Challenge, challenge));
    let question = || Reading::of(&account, &phone.inbox(&server, &account)).unwrap_err();
    let reason = |reading: Reading| {
        assert!(reading.pending.is_empty());
        reading.refused[0].reason.clone()
    };

    // Not in the server's chain at all.
    let mut same = account.clone();
    let honest = phone.ask(&server, &account, question().ask());
    let unknown = RefusedReason::Challenge(ChallengeError::Jws(JwsError::UnknownKey));
    assert_eq!(reason(question().take(&mut same, &honest)), unknown);

    // A chain that does not begin at the pinned key.
    impostor.rotate_key();
    let foreign = impostor.chain_reply();
    let not_found = RefusedReason::Keys(KeyChainError::PinNotFound);
    assert_eq!(reason(question().take(&mut same, &foreign)), not_found);

    // A link that is signed by somebody else.
    server.rotate_key();
    let mut broken = server.chain_reply();
    let mut chain: serde_json::Value = serde_json::from_slice(&broken.body).unwrap();
    let theirs: serde_json::Value = serde_json::from_slice(&foreign.body).unwrap();
    chain["successions"] = theirs["successions"].clone();
    broken.body = serde_json::to_vec(&chain).unwrap();
    let gap = RefusedReason::Keys(KeyChainError::Broken(JwsError::UnknownKey));
    assert_eq!(reason(question().take(&mut same, &broken)), gap);

    // No chain: a page, or nothing.
    let page = Reply { status: 200, headers: vec![], body: b"<html>".to_vec() };
    assert_eq!(reason(question().take(&mut same, &page)), RefusedReason::KeysUnknown);
    assert_eq!(reason(question().give_up(&account)), RefusedReason::KeysUnknown);
    assert_eq!(same, account, "the pin stays");
}

#[test]
fn property_7_the_phones_clock_does_not_matter() {
    for ahead in [0, 7200, 500_000_000] {
        let (server, phone) = (FakeServer::new(BASE), Phone::new());
        let account = phone.enroll(&server, ahead).account;
        server.ask(account.device, Some(2), false);
        let pending = pending(&server, &phone, &account);
        assert_eq!(pending.seconds_left, 120);
        let to_answer = ToAnswer::new(&account, &pending, Decision::Approve, Some(NUMBER), &RANDOM).unwrap();
        let (submission, reply) = answer(&server, &phone, to_answer);
        assert_eq!(submission.take(&reply).unwrap().result, AnswerResult::Done(Outcome::Approved));
    }
}

#[test]
fn the_nonce_is_followed_once_and_no_more() {
    let (server, phone, account) = enrolled();
    let asked = |server: &FakeServer| server.log().iter().filter(|l| l.ends_with("/challenges")).count();
    phone.inbox(&server, &account);
    assert_eq!(asked(&server), 2, "the first nonce has to be fetched");
    phone.inbox(&server, &account);
    assert_eq!(asked(&server), 3, "then it is good for the next request");
    server.refuse_all_nonces();
    let reply = phone.ask(&server, &account, Ask::inbox(0));
    assert_eq!(asked(&server), 5);
    let Err(ReplyError::Refused(refusal)) = reply.success() else { panic!("{reply:?}") };
    assert_eq!((reply.status, refusal.code.as_str()), (401, "use_nonce"));
}

#[test]
fn a_number_of_the_wrong_form_sends_nothing() {
    let form = |digits, typed| typed_number(digits, None, typed);
    assert_eq!(form(Some(2), Some("7")), Err(AnswerError::NumberForm { digits: 2 }));
    assert_eq!(form(Some(2), Some("123456")), Err(AnswerError::NumberForm { digits: 2 }));
    assert_eq!(form(Some(6), Some("12345x")), Err(AnswerError::NumberForm { digits: 6 }));
    assert_eq!(form(Some(2), None), Err(AnswerError::NumberNeeded { digits: 2 }));
    assert_eq!(form(Some(2), Some("  ")), Err(AnswerError::NumberNeeded { digits: 2 }));
    assert_eq!(form(None, Some("42")), Err(AnswerError::NumberNotAsked));
    assert_eq!(form(Some(6), Some("123 456")), Ok(Some("123456".into())));
    assert_eq!(form(Some(2), Some("٤٢")), Ok(Some("42".into())), "an Arabic keyboard");
    assert_eq!(form(Some(2), Some("۴۲")), Ok(Some("42".into())), "a Persian one");
    assert_eq!(form(None, None), Ok(None));
    let options = ["17", "42", "99"].map(|number| number.parse().unwrap());
    let picked = |typed| typed_number(None, Some(options), Some(typed));
    assert_eq!(picked("٤٢"), Ok(Some("42".into())));
    assert_eq!(picked("۴۲"), Ok(Some("42".into())));
    assert_eq!(picked("٤٣"), Err(AnswerError::NotOffered { options }));
}

#[test]
fn a_denial_needs_and_sends_no_number() {
    let (server, phone, account) = enrolled();
    server.ask(account.device, Some(2), true);
    let pending = pending(&server, &phone, &account);
    let to_answer = ToAnswer::new(&account, &pending, Decision::Report, Some("99"), &RANDOM).unwrap();
    let (submission, reply) = answer(&server, &phone, to_answer);
    assert_eq!(submission.take(&reply).unwrap().result, AnswerResult::Done(Outcome::Denied));
}

#[test]
fn every_end_is_told_apart() {
    let (server, phone, account) = enrolled();
    let settle = |outcome: Option<Outcome>, number: &str| {
        let id = server.ask(account.device, Some(2), false);
        let pending = pending(&server, &phone, &account);
        if let Some(outcome) = outcome {
            server.settle(id, outcome);
        }
        let to_answer = ToAnswer::new(&account, &pending, Decision::Approve, Some(number), &RANDOM).unwrap();
        let (submission, reply) = answer(&server, &phone, to_answer);
        server.settle(id, Outcome::Cancelled);
        submission.take(&reply).unwrap().result
    };
    assert_eq!(settle(None, "41"), AnswerResult::WrongNumber);
    assert_eq!(settle(Some(Outcome::Expired), NUMBER), AnswerResult::Expired);
    assert_eq!(settle(Some(Outcome::Denied), NUMBER), AnswerResult::Elsewhere(Outcome::Denied));
    assert_eq!(settle(Some(Outcome::Cancelled), NUMBER), AnswerResult::Elsewhere(Outcome::Cancelled));
}

#[test]
fn an_answer_goes_to_its_own_account_only() {
    let (server, phone, account) = enrolled();
    server.ask(account.device, Some(2), false);
    let pending = pending(&server, &phone, &account);
    let mut other = account.clone();
    other.id = AccountId::new([4; 16]);
    let result = ToAnswer::new(&other, &pending, Decision::Deny, None, &RANDOM);
    assert_eq!(result.err(), Some(AnswerError::OtherAccount));
}

#[test]
fn a_transfer_link_leads_to_the_same_server_and_key() {
    let (server, phone, account) = enrolled();
    let nonce = phone.ask(&server, &account, Ask::server_keys());
    let nonce = nonce.header("device-nonce").unwrap();
    let transfer = ToTransfer::new(&account, nonce);
    let signature = phone.verification.sign(transfer.signing_input());
    let reply = server.carry(&transfer.request(&signature));
    let granted = ToTransfer::take(&account, &reply).unwrap();
    assert!(granted.enrollment_url.starts_with(BASE));

    let stale = ToTransfer::new(&account, "old");
    let signature = phone.verification.sign(stale.signing_input());
    assert!(ToTransfer::is_stale(&server.carry(&stale.request(&signature))));

    let mut body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    let forge = |body: &serde_json::Value| Reply { body: serde_json::to_vec(body).unwrap(), ..reply.clone() };
    body["enrollment_url"] = FakeServer::new("https://evil.example.org").link().to_string().into();
    assert_eq!(ToTransfer::take(&account, &forge(&body)).unwrap_err().code(), "server_id_differs");
    body["enrollment_url"] = FakeServer::new(BASE).link().to_string().into();
    assert_eq!(ToTransfer::take(&account, &forge(&body)).unwrap_err().code(), "server_key_differs");
}
