//! What the test server answers to each request.

use countersign_protocol::answer::{self, Decision};
use countersign_protocol::challenge::NumberMatch;
use countersign_protocol::enroll::{EnrollClaims, EnrolledClaims, Transcript};
use countersign_protocol::id::{DeviceId, EnrollmentToken};
use countersign_protocol::jws::{self, Purpose};
use countersign_protocol::link::EnrollmentLink;
use countersign_protocol::offline::OfflineKey;
use countersign_protocol::request::{Arrived, RequestProof, TransferRequest};
use countersign_protocol::rule::Rule;
use countersign_protocol::verdict::Verdict;
use countersign_protocol::wire;
use serde_json::{Value, json};
use uuid::Uuid;

use super::server::{Device, FakeServer, NUMBER, OFFLINE_KEY, SERVER_TIME, SHOWN, State};

impl FakeServer {
    pub(super) fn enrollment_info(&self, state: &State, path: &str) -> (u16, Value) {
        if !state.link.as_ref().is_some_and(|t| path.ends_with(t.reveal())) {
            return (404, json!({"error": "invalid_token", "message": "Ask for a new link."}));
        }
        let info = wire::EnrollmentInfo {
            challenge_type: state.check.still_to_show().into(),
            user: wire::EnrollmentUser {
                user_ref: "sam".into(),
                email_masked: Some("s…m@example.org".into()),
                display_name: Some("Sam".into()),
            },
            tenant: wire::EnrollmentTenant { name: "Example Ltd".into() },
            expires_at: "2027-01-15T08:10:00Z".into(),
            server: wire::ServerIdentity {
                id: self.base.clone(),
                key: state.key().public(),
                time: SERVER_TIME,
            },
        };
        (200, serde_json::to_value(info).unwrap())
    }

    pub(super) fn complete(&self, state: &mut State, body: &[u8]) -> (u16, Value) {
        let sent: wire::CompleteEnrollment = serde_json::from_slice(body).unwrap();
        if state.check.still_to_show() != "none" {
            return (403, json!({"error": "challenge_required", "message": "Give the code first."}));
        }
        let Some(token) = state.link.take().filter(|t| t.reveal() == sent.token) else {
            return (410, json!({"error": "token_used", "message": "Ask for a new link."}));
        };
        let (keys, name) = (sent.keys.unwrap(), sent.device_name.unwrap());
        let claims = EnrollClaims {
            aud: self.base.clone(),
            token_hash: token.hash(),
            keys: keys.thumbprints(),
            device_name: name.clone(),
        };
        sent.proof.unwrap().verify(&claims, &keys).unwrap();
        state.count += 1;
        let device = DeviceId { tenant: self.tenant, local: Uuid::from_u128(u128::from(state.count)) };
        let transcript = Transcript {
            token: &token,
            server: &self.base,
            server_key: &state.key().public().thumbprint(),
            keys: &keys.thumbprints(),
            device_name: &name,
            device,
        };
        let enrolled = state.key().jws(Purpose::Enrolled, &EnrolledClaims::of(&transcript));
        let code = transcript.confirmation_code();
        state.devices.insert(
            device,
            Device { keys, name: name.clone(), token: sent.device_token.clone(), rules: Vec::new() },
        );
        let reply = wire::Device {
            device_id: device,
            user_ref: "sam".into(),
            device_token: sent.device_token,
            platform: sent.platform,
            device_name: Some(name),
            created_at: "2027-01-15T08:00:00Z".into(),
            confirmation_code: Some(code),
            enrolled: Some(enrolled),
            offline_key: Some(OfflineKey::new(&OFFLINE_KEY)),
            server_time: SERVER_TIME,
        };
        (201, serde_json::to_value(reply).unwrap())
    }

    pub(super) fn signed(
        &self,
        state: &mut State,
        method: &str,
        path: &str,
        authorization: Option<&str>,
        body: &[u8],
    ) -> (u16, Value) {
        let compact = authorization.and_then(|a| a.strip_prefix("Device ")).unwrap_or_default();
        let Ok(peeked) = jws::peek::<RequestProof>(compact, Purpose::Request) else {
            return problem(401, "invalid_proof", None);
        };
        let Some(device) = state.devices.get(&peeked.peek().iss) else {
            return problem(401, "device_unknown", None);
        };
        let url = format!("{}/api/v1{path}", self.base);
        let arrived = Arrived { audience: &self.base, method, url: &url, body };
        let proof = RequestProof::verify(compact, &device.keys.possession, &arrived).unwrap();
        let given = |nonce: &str| nonce.strip_prefix('n')?.parse::<u64>().ok();
        if state.unkind || given(&proof.nonce).is_none_or(|nonce| nonce > state.nonce) {
            state.nonce += 1;
            return problem(401, "use_nonce", None);
        }
        match (method, path) {
            ("GET", "/device/challenges" | "/device/events") => (200, state.inbox(proof.iss)),
            ("GET", "/device/server-keys") => (200, state.chain(&self.base)),
            ("GET", "/device/history") => (200, state.history(proof.iss)),
            ("PUT", "/device/push-token") => {
                let sent: wire::PushToken = serde_json::from_slice(body).unwrap();
                state.devices.get_mut(&proof.iss).unwrap().token = sent.device_token;
                (204, Value::Null)
            }
            ("PATCH", "/device") => {
                let sent: wire::Rename = serde_json::from_slice(body).unwrap();
                state.devices.get_mut(&proof.iss).unwrap().name = sent.device_name;
                (204, Value::Null)
            }
            (_, path) if path.starts_with("/device/rules") => {
                rules(state.devices.get_mut(&proof.iss).unwrap(), method, path, body)
            }
            ("DELETE", "/device") => {
                state.devices.remove(&proof.iss);
                (204, Value::Null)
            }
            _ => problem(404, "not_found", None),
        }
    }

    pub(super) fn transfer(&self, state: &mut State, body: &[u8]) -> (u16, Value) {
        let sent: wire::Transfer = serde_json::from_slice(body).unwrap();
        let peeked = jws::peek::<TransferRequest>(&sent.transfer, Purpose::Transfer).unwrap();
        let key = state.devices[&peeked.peek().iss].keys.verification;
        let claims =
            jws::verify::<TransferRequest>(&sent.transfer, Purpose::Transfer, &[key]).unwrap().claims;
        if claims.nonce != format!("n{}", state.nonce) {
            return problem(401, "use_nonce", None);
        }
        let token = EnrollmentToken::new(self.tenant, &[200; 16]);
        state.link = Some(token.clone());
        let server_key = state.key().public().thumbprint();
        let link = EnrollmentLink { server: self.base.clone(), token, server_key };
        (201, json!({"enrollment_url": link.to_string(), "expires_at": "2027", "server_time": SERVER_TIME}))
    }
}

pub(super) fn take_answer(state: &mut State, path: &str, body: &[u8]) -> (u16, Value) {
    let sent: wire::SubmitAnswer = serde_json::from_slice(body).unwrap();
    let id = path.split('/').nth(3).unwrap();
    let State { challenges, keys: signers, devices, .. } = state;
    let Some(asked) = challenges.iter_mut().find(|a| a.challenge.jti.to_string() == id) else {
        return problem(404, "challenge_not_found", None);
    };
    if asked.outcome == wire::Outcome::Expired {
        return problem(410, "challenge_expired", Some(asked.outcome));
    }
    let another = asked.answer.as_ref() != Some(&sent.answer);
    if another && asked.outcome != wire::Outcome::Pending {
        return problem(409, "already_answered", Some(asked.outcome));
    }
    let keys = devices[&asked.challenge.aud].keys;
    let (answer, _) = match answer::verify(&sent.answer, &asked.jws, &asked.challenge, &keys) {
        Ok(good) => good,
        Err(answer::AnswerError::VerificationNeeded) => return problem(403, "verification_needed", None),
        Err(_) => return problem(400, "invalid_answer", None),
    };
    if another && asked.answer.is_some() && answer.decision == Decision::Approve {
        return problem(409, "already_answered", Some(asked.outcome));
    }
    let shows = matches!(asked.challenge.number, NumberMatch::Show { .. });
    if shows && answer.decision == Decision::Approve {
        asked.answer = Some(sent.answer.clone());
        match asked.outcome {
            wire::Outcome::Pending => {
                return (200, json!({"outcome": "pending", "code": SHOWN, "server_time": SERVER_TIME}));
            }
            wire::Outcome::Approved => {}
            denied => return problem(422, "wrong_number", Some(denied)),
        }
    }
    let right = answer.number.as_deref().is_none_or(|n| n.starts_with(NUMBER));
    asked.outcome = match answer.decision {
        Decision::Approve if right => wire::Outcome::Approved,
        _ => wire::Outcome::Denied,
    };
    if !right {
        asked.answer = Some(sent.answer);
        return problem(422, "wrong_number", Some(asked.outcome));
    }
    let verdict = Verdict::of(&asked.challenge, &sent.answer, asked.outcome, SERVER_TIME);
    let verdict = signers[asked.key].jws(Purpose::Verdict, &verdict);
    asked.answer = Some(sent.answer);
    (200, json!({"outcome": asked.outcome, "verdict": verdict, "server_time": SERVER_TIME}))
}

/// Makes, lists and ends the rules of one device.
fn rules(device: &mut Device, method: &str, path: &str, body: &[u8]) -> (u16, Value) {
    let read = |rule: &String| Rule::verify(rule, &device.keys.verification);
    match (method, path.strip_prefix("/device/rules").unwrap().trim_start_matches('/')) {
        ("POST", "") => {
            let sent: wire::SubmitRule = serde_json::from_slice(body).unwrap();
            let Ok(rule) = read(&sent.rule) else { return problem(400, "invalid_rule", None) };
            device.rules.push(sent.rule);
            (201, json!({"id": rule.jti, "server_time": SERVER_TIME}))
        }
        ("GET", "") => {
            let entry = |rule: &String| wire::RuleEntry { rule: rule.clone(), last_used_at: None };
            let rules = device.rules.iter().map(entry).collect();
            (200, serde_json::to_value(wire::Rules { rules, server_time: SERVER_TIME }).unwrap())
        }
        ("DELETE", id) => {
            let Some(at) = device.rules.iter().position(|r| read(r).is_ok_and(|r| r.jti == id)) else {
                return problem(404, "rule_not_found", None);
            };
            device.rules.remove(at);
            (204, Value::Null)
        }
        _ => problem(404, "not_found", None),
    }
}

fn problem(status: u16, code: &str, outcome: Option<wire::Outcome>) -> (u16, Value) {
    let title = "The test server says no.";
    let body = json!({"code": code, "title": title, "status": status, "server_time": SERVER_TIME, "outcome": outcome});
    (status, body)
}
