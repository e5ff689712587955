//! Answers that do not belong to the challenge, the device or the server they are handed in for.

use countersign_protocol::answer::{Answer, Decision};
use countersign_protocol::jws::Purpose;
use countersign_protocol::{base64url, sha256_base64url};
use countersign_tests::device::{Device, submission};
use countersign_tests::http::{self, Request};
use countersign_tests::key::{Key, claims, part};
use countersign_tests::relying_party::{RelyingParty, Session};
use countersign_tests::server_process::ServerProcess;
use serde_json::{Value, json};

use crate::server;

struct Asked {
    _server: ServerProcess,
    cms: RelyingParty,
    device: Device,
    session: Session,
    challenge: String,
}

/// A device that was asked, with or without a number.
async fn asked(number_match: bool) -> Asked {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    server.without_limits(&cms).await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let session = if number_match { cms.ask_with_number("sam").await } else { cms.ask("sam").await };
    let challenge = device.inbox().await.remove(0);
    Asked { _server: server, cms, device, session, challenge }
}

impl Asked {
    /// An honest approval, changed, and signed by the verification key all the same.
    fn approval(&self, change: impl FnOnce(&mut Answer)) -> String {
        let number = self.session.number.as_deref();
        let mut claims = self.device.answer_claims(&self.challenge, Decision::Approve, number);
        change(&mut claims);
        self.device.keys.verification.sign(Purpose::Answer, &claims)
    }

    async fn refused(&self, answer: &str, status: u16, code: &str) {
        let reply = self.device.submit(self.session.challenge(), answer).await;
        assert_eq!(reply.refusal(), (status, code.to_owned()), "{}", reply.text());
        assert!(self.device.inbox().await.contains(&self.challenge), "it waits no more after {code}");
    }
}

#[tokio::test]
async fn property_1_an_answer_to_another_text_is_refused() {
    let asked = asked(true).await;
    let other = sha256_base64url(b"Pay 5 to Alex");
    asked.refused(&asked.approval(|a| a.cth = other), 400, "invalid_answer").await;
    asked.refused(&asked.approval(|a| a.cth.clear()), 400, "invalid_answer").await;
    // Also the text of the same question as it was signed for the user's other phone.
    let second = Device::enroll(asked.device.address, &asked.cms.link("sam").await).await;
    let session = asked.cms.ask_with_number("sam").await;
    let (mine, theirs) = (asked.device.challenge(&session.id).await, second.challenge(&session.id).await);
    let mut claims = asked.device.answer_claims(&mine, Decision::Approve, session.number.as_deref());
    claims.cth = sha256_base64url(theirs.as_bytes());
    let answer = asked.device.keys.verification.sign(Purpose::Answer, &claims);
    let reply = asked.device.submit(session.challenge(), &answer).await;
    assert_eq!(reply.refusal(), (400, "invalid_answer".to_owned()));
    assert_eq!(asked.cms.status(&session).await, "pending");
}

#[tokio::test]
async fn s4_an_answer_is_bound_to_its_challenge_device_and_server() {
    let asked = asked(false).await;
    let other = asked.cms.ask("sam").await;
    asked.refused(&asked.approval(|a| a.cid = other.challenge()), 400, "invalid_answer").await;
    asked.refused(&asked.approval(|a| a.aud = "https://evil.example".into()), 400, "invalid_answer").await;
    // Handed in at another challenge's address.
    let answer = asked.approval(|_| {});
    let reply = asked.device.submit(other.challenge(), &answer).await;
    assert_eq!(reply.refusal(), (400, "invalid_answer".to_owned()));
    assert_eq!(asked.cms.status(&other).await, "pending");
    // For a challenge that another device of the same person was asked too.
    let second = Device::enroll(asked.device.address, &asked.cms.link("sam").await).await;
    asked.refused(&asked.approval(|a| a.iss = second.id), 404, "challenge_not_found").await;
    let by_second = second.answer(&asked.challenge, Decision::Approve, None);
    asked.refused(&by_second, 404, "challenge_not_found").await;
    asked.device.submit(asked.session.challenge(), &answer).await.expect(200);
}

#[tokio::test]
async fn property_4_an_approval_without_a_number_needs_the_verification_key() {
    let asked = asked(false).await;
    let claims = asked.device.answer_claims(&asked.challenge, Decision::Approve, None);
    let by_possession = asked.device.keys.possession.sign(Purpose::Answer, &claims);
    asked.refused(&by_possession, 403, "verification_needed").await;
    let honest = asked.device.keys.verification.sign(Purpose::Answer, &claims);
    asked.device.submit(asked.session.challenge(), &honest).await.expect(200);
    assert_eq!(asked.cms.status(&asked.session).await, "approved");
}

#[tokio::test]
async fn s8_a_number_of_the_wrong_form_is_no_try() {
    let asked = asked(true).await;
    for number in [None, Some(""), Some("1"), Some("123"), Some("4 2"), Some("٤٢"), Some("-1"), Some("0x")]
    {
        let answer = asked.approval(|a| a.number = number.map(str::to_owned));
        asked.refused(&answer, 400, "invalid_answer").await;
    }
    for decision in [Decision::Deny, Decision::Report] {
        asked.refused(&asked.approval(|a| a.decision = decision), 400, "invalid_answer").await;
    }
    let right = asked.approval(|_| {});
    asked.device.submit(asked.session.challenge(), &right).await.expect(200);
}

#[tokio::test]
async fn s10_nobody_elses_key_answers() {
    let asked = asked(false).await;
    let claims = asked.device.answer_claims(&asked.challenge, Decision::Approve, None);
    asked.refused(&Key::new().sign(Purpose::Answer, &claims), 400, "invalid_answer").await;
    let kid = asked.device.keys.verification.public.thumbprint();
    let header = json!({"alg": "ES256", "typ": "cs-answer+jwt", "kid": kid});
    asked.refused(&Key::new().sign_as(&header, &json!(claims)), 400, "invalid_answer").await;
}

#[tokio::test]
async fn property_3_no_other_signed_message_passes_for_an_answer() {
    let asked = asked(false).await;
    let device = &asked.device;
    let claims = device.answer_claims(&asked.challenge, Decision::Approve, None);
    let request = device.request_claims("GET", "/api/v1/device/challenges", b"");
    for message in [
        device.keys.possession.sign(Purpose::Request, &request),
        device.keys.verification.sign(Purpose::Request, &claims),
        device.keys.verification.sign(Purpose::Transfer, &claims),
        device.keys.verification.sign(Purpose::Challenge, &claims),
        asked.challenge.clone(),
    ] {
        asked.refused(&message, 400, "invalid_answer").await;
    }
    // And an answer does not pass for a request.
    let answer = asked.approval(|_| {});
    let replayed = Request::new("GET", "/api/v1/device/challenges");
    let replayed = replayed.header("Authorization", &format!("Device {answer}"));
    let refused = http::send(device.address, &replayed).await;
    assert_eq!(refused.refusal(), (401, "invalid_proof".to_owned()));
}

#[tokio::test]
async fn property_3_no_other_header_or_claim_is_believed() {
    let asked = asked(false).await;
    let key = &asked.device.keys.verification;
    let good = json!(asked.device.answer_claims(&asked.challenge, Decision::Approve, None));
    let header = json!({"alg": "ES256", "typ": "cs-answer+jwt", "kid": key.public.thumbprint()});
    let changed = |base: &Value, name: &str, value: Value| {
        let mut changed = base.clone();
        changed[name] = value;
        changed
    };
    for (name, value) in [
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("ES384")),
        ("jwk", json!(key.public)),
        ("jku", json!("http://127.0.0.1:1/")),
        ("x5c", json!([])),
        ("b64", json!(false)),
    ] {
        let answer = key.sign_as(&changed(&header, name, value), &good);
        asked.refused(&answer, 400, "invalid_answer").await;
    }
    for (name, value) in [
        ("number", Value::Null),
        ("number", json!("42")),
        ("proof", json!("verification")),
        ("decision", json!("approved")),
        ("decision", json!({"approve": null})),
        ("jti", json!(7)),
    ] {
        let answer = key.sign_as(&header, &changed(&good, name, value.clone()));
        asked.refused(&answer, 400, "invalid_answer").await;
    }
    let doubled = good.to_string().replacen('{', r#"{"decision":"deny","#, 1);
    let input = format!("{}.{}", part(&header), base64url(doubled.as_bytes()));
    let answer = format!("{input}.{}", base64url(&key.signature(input.as_bytes())));
    asked.refused(&answer, 400, "invalid_answer").await;
    let unsigned = format!("{}.{}.", part(&changed(&header, "alg", json!("none"))), part(&good));
    asked.refused(&unsigned, 400, "invalid_answer").await;
}

#[tokio::test]
async fn the_body_around_an_answer_has_one_form() {
    let asked = asked(false).await;
    let answer = asked.approval(|_| {});
    let id = asked.session.challenge();
    let address = asked.device.address;
    let target = format!("/api/v1/device/challenges/{id}/answer");
    for body in [
        json!({"answer": answer, "decision": "approve"}),
        json!({"answer": [answer]}),
        json!({"answer": null}),
        json!({}),
        json!(answer),
    ] {
        let reply = http::send(address, &Request::new("POST", &target).json(&body)).await;
        assert_eq!(reply.refusal(), (400, "invalid_request".to_owned()), "{body}");
    }
    for id in [id.to_string().to_uppercase(), id.to_string().replace('-', ""), "x".into(), "%00".into()] {
        let target = format!("/api/v1/device/challenges/{id}/answer");
        let reply =
            http::send(address, &Request::new("POST", &target).json(&json!({"answer": answer}))).await;
        assert_eq!(reply.refusal(), (404, "challenge_not_found".to_owned()), "{id}");
    }
    assert_eq!(asked.cms.status(&asked.session).await, "pending");
    assert_eq!(http::send(address, &submission(id, &answer)).await.status, 200);
}

#[tokio::test]
async fn property_8_a_challenge_says_nothing_of_the_number() {
    let asked = asked(true).await;
    let said = claims(&asked.challenge);
    assert_eq!(said["match"], json!({"kind": "type", "digits": 2}));
    let fields: Vec<_> = said.as_object().unwrap().keys().map(String::as_str).collect();
    let known = [
        "app", "aud", "context", "exp", "iat", "iss", "jti", "keys", "match", "message", "nonce", "type",
        "user", "verify",
    ];
    assert_eq!(fields, known, "a new field must be looked at before it is added here");
}
