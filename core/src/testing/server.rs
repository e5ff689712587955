//! The test server: every endpoint that a device uses, with as little behind it as the tests need.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use countersign_protocol::answer::{self, Decision};
use countersign_protocol::challenge::{Application, Challenge, Context, NumberMatch};
use countersign_protocol::enroll::{EnrollClaims, Transcript};
use countersign_protocol::id::{ChallengeId, DeviceId, EnrollmentToken, TenantId, uuid_v7};
use countersign_protocol::jws::{self, Purpose};
use countersign_protocol::link::EnrollmentLink;
use countersign_protocol::request::{Arrived, RequestProof, TransferRequest};
use countersign_protocol::server_key::{KeyChain, Succession};
use countersign_protocol::{challenge::DeviceKeys, wire};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Signer;
use crate::exchange::{Reply, Request};

/// The test server's clock, seconds since 1970.
pub(crate) const SERVER_TIME: u64 = 1_800_000_000;

/// The number on the test server's login screen.
pub(crate) const NUMBER: &str = "42";

#[derive(Debug)]
pub(crate) struct FakeServer {
    pub(crate) base: String,
    pub(crate) tenant: TenantId,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    keys: Vec<Signer>,
    link: Option<EnrollmentToken>,
    devices: HashMap<DeviceId, Device>,
    challenges: Vec<Asked>,
    count: u64,
    nonce: u64,
    unkind: bool,
    lost: usize,
    log: Vec<String>,
}

#[derive(Debug)]
struct Device {
    keys: DeviceKeys,
    name: String,
    token: String,
}

#[derive(Debug)]
struct Asked {
    challenge: Challenge,
    jws: String,
    outcome: wire::Outcome,
    answer: Option<String>,
}

impl FakeServer {
    pub(crate) fn new(base: &str) -> Self {
        let state = State {
            keys: vec![Signer::new()],
            link: None,
            devices: HashMap::new(),
            challenges: Vec::new(),
            count: 0,
            nonce: 1,
            unkind: false,
            lost: 0,
            log: Vec::new(),
        };
        Self { base: base.to_owned(), tenant: TenantId(Uuid::from_u128(77)), state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// A fresh enrolment link.
    pub(crate) fn link(&self) -> EnrollmentLink {
        let mut state = self.state();
        state.count += 1;
        let token = EnrollmentToken::new(self.tenant, &u128::from(state.count).to_be_bytes());
        state.link = Some(token.clone());
        EnrollmentLink { server: self.base.clone(), token, server_key: state.key().public().thumbprint() }
    }

    /// Puts a question to `device`. Without `digits` approving needs the verification key.
    pub(crate) fn ask(&self, device: DeviceId, digits: Option<u8>, verify: bool) -> ChallengeId {
        let mut state = self.state();
        state.count += 1;
        let challenge = Challenge {
            iss: self.base.clone(),
            aud: device,
            jti: ChallengeId(uuid_v7(1_800_000_000_000, &[u8::try_from(state.count).unwrap(); 10])),
            iat: SERVER_TIME,
            exp: SERVER_TIME + 120,
            nonce: state.count.to_string(),
            app: Application { name: "Payroll".into(), color: "#336699".into() },
            user: "sam@example.org".into(),
            kind: "login".into(),
            message: "Sign in to Payroll".into(),
            context: Context { ip: Some("192.0.2.7".into()), ..Context::default() },
            number: digits.map_or(NumberMatch::None, |digits| NumberMatch::Type { digits }),
            verify: verify || digits.is_none(),
            keys: state.devices[&device].keys.thumbprints(),
        };
        let jws = state.key().jws(Purpose::Challenge, &challenge);
        let id = challenge.jti;
        state.challenges.push(Asked { challenge, jws, outcome: wire::Outcome::Pending, answer: None });
        id
    }

    /// Changes how the waiting challenge `id` is signed and what it says.
    pub(crate) fn forge(&self, id: ChallengeId, forge: impl FnOnce(&mut Challenge, &Signer) -> String) {
        let mut state = self.state();
        let at = state.challenges.iter().position(|a| a.challenge.jti == id).unwrap();
        let mut challenge = state.challenges[at].challenge.clone();
        let jws = forge(&mut challenge, state.key());
        state.challenges[at].jws = jws;
        state.challenges[at].challenge = challenge;
    }

    /// From now on another key signs.
    pub(crate) fn rotate_key(&self) {
        self.state().keys.push(Signer::new());
    }

    /// From now on no nonce is good enough.
    pub(crate) fn refuse_all_nonces(&self) {
        self.state().unkind = true;
    }

    /// Does what the next `count` requests ask, and breaks the connection instead of answering.
    pub(crate) fn lose_replies(&self, count: usize) {
        self.state().lost = count;
    }

    /// Whether this reply is to be lost.
    pub(super) fn loses_reply(&self) -> bool {
        let mut state = self.state();
        let lost = state.lost > 0;
        state.lost = state.lost.saturating_sub(1);
        lost
    }

    /// Ends a challenge, as another device would.
    pub(crate) fn settle(&self, id: ChallengeId, outcome: wire::Outcome) {
        self.state().challenges.iter_mut().find(|a| a.challenge.jti == id).unwrap().outcome = outcome;
    }

    /// Forgets a device, as when an administrator removes it.
    pub(crate) fn forget(&self, device: DeviceId) {
        self.state().devices.remove(&device);
    }

    pub(crate) fn device_name(&self, device: DeviceId) -> Option<String> {
        self.state().devices.get(&device).map(|d| d.name.clone())
    }

    pub(crate) fn device_token(&self, device: DeviceId) -> Option<String> {
        self.state().devices.get(&device).map(|d| d.token.clone())
    }

    /// `METHOD path` of everything that came.
    pub(crate) fn log(&self) -> Vec<String> {
        self.state().log.clone()
    }

    /// Everything that waits for `device`, as it is signed.
    pub(crate) fn waiting(&self, device: DeviceId) -> Vec<String> {
        self.state().waiting(device)
    }

    /// The chain of keys, as it is sent.
    pub(crate) fn chain_reply(&self) -> Reply {
        let body = serde_json::to_vec(&self.state().chain(&self.base)).unwrap();
        Reply { status: 200, headers: vec![("content-type".into(), "application/json".into())], body }
    }

    /// Answers one request of a machine, without a network.
    pub(crate) fn carry(&self, request: &Request) -> Reply {
        let target = request.url.strip_prefix(&self.base).unwrap();
        let authorization = request.headers.iter().find(|(n, _)| *n == "authorization").map(|(_, v)| v.as_str());
        self.handle(request.method.as_str(), target, authorization, &request.body)
    }

    /// Answers one request. `target` is path and query.
    pub(crate) fn handle(&self, method: &str, target: &str, authorization: Option<&str>, body: &[u8]) -> Reply {
        let path = target.split('?').next().unwrap();
        let mut state = self.state();
        state.log.push(format!("{method} {path}"));
        let path = path.strip_prefix("/api/v1").unwrap_or_default();
        let (status, value) = match (method, path) {
            ("GET", path) if path.starts_with("/devices/enrollment/") => self.enrollment_info(&state, path),
            ("POST", "/devices/complete-enrollment") => self.complete(&mut state, body),
            ("POST", "/device/transfer") => self.transfer(&mut state, body),
            ("POST", path) if path.ends_with("/answer") => take_answer(&mut state, path, body),
            _ => self.signed(&mut state, method, path, authorization, body),
        };
        let kind = if status < 400 { "application/json" } else { "application/problem+json" };
        Reply {
            status,
            headers: vec![
                ("content-type".into(), kind.into()),
                ("device-nonce".into(), format!("n{}", state.nonce)),
            ],
            body: if status == 204 { Vec::new() } else { serde_json::to_vec(&value).unwrap() },
        }
    }

    fn enrollment_info(&self, state: &State, path: &str) -> (u16, Value) {
        if !state.link.as_ref().is_some_and(|t| path.ends_with(t.reveal())) {
            return (404, json!({"error": "invalid_token", "message": "Ask for a new link."}));
        }
        let info = wire::EnrollmentInfo {
            challenge_type: "none".into(),
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

    fn complete(&self, state: &mut State, body: &[u8]) -> (u16, Value) {
        let sent: wire::CompleteEnrollment = serde_json::from_slice(body).unwrap();
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
        let code = Transcript {
            token: &token,
            server: &self.base,
            server_key: &state.key().public().thumbprint(),
            keys: &keys.thumbprints(),
            device_name: &name,
            device,
        }
        .confirmation_code();
        state.devices.insert(device, Device { keys, name: name.clone(), token: sent.device_token.clone() });
        let reply = wire::Device {
            device_id: device,
            user_ref: "sam".into(),
            device_token: sent.device_token,
            platform: sent.platform,
            device_name: Some(name),
            created_at: "2027-01-15T08:00:00Z".into(),
            confirmation_code: Some(code),
            server_time: SERVER_TIME,
        };
        (201, serde_json::to_value(reply).unwrap())
    }

    fn signed(
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
        if state.unkind || proof.nonce != format!("n{}", state.nonce) {
            state.nonce += 1;
            return problem(401, "use_nonce", None);
        }
        match (method, path) {
            ("GET", "/device/challenges" | "/device/events") => (200, state.inbox(proof.iss)),
            ("GET", "/device/server-keys") => (200, state.chain(&self.base)),
            ("GET", "/device/history") => (200, json!({"entries": [], "server_time": SERVER_TIME})),
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
            ("DELETE", "/device") => {
                state.devices.remove(&proof.iss);
                (204, Value::Null)
            }
            _ => problem(404, "not_found", None),
        }
    }

    fn transfer(&self, state: &mut State, body: &[u8]) -> (u16, Value) {
        let sent: wire::Transfer = serde_json::from_slice(body).unwrap();
        let peeked = jws::peek::<TransferRequest>(&sent.transfer, Purpose::Transfer).unwrap();
        let key = state.devices[&peeked.peek().iss].keys.verification;
        let claims = jws::verify::<TransferRequest>(&sent.transfer, Purpose::Transfer, &[key]).unwrap().claims;
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

impl State {
    fn key(&self) -> &Signer {
        self.keys.last().unwrap()
    }

    fn waiting(&self, device: DeviceId) -> Vec<String> {
        let waiting = |a: &&Asked| a.challenge.aud == device && a.outcome == wire::Outcome::Pending;
        self.challenges.iter().filter(waiting).map(|a| a.jws.clone()).collect()
    }

    fn inbox(&self, device: DeviceId) -> Value {
        let challenges = self.waiting(device);
        serde_json::to_value(wire::Inbox { server_time: SERVER_TIME, challenges }).unwrap()
    }

    fn chain(&self, iss: &str) -> Value {
        let succession = |(old, new): (&Signer, &Signer)| {
            let claims = Succession { iss: iss.to_owned(), iat: SERVER_TIME, key: new.public() };
            old.jws(Purpose::ServerKey, &claims)
        };
        let successions = self.keys.iter().zip(self.keys.iter().skip(1)).map(succession).collect();
        serde_json::to_value(KeyChain { root: self.keys[0].public(), successions }).unwrap()
    }
}

fn take_answer(state: &mut State, path: &str, body: &[u8]) -> (u16, Value) {
    let sent: wire::SubmitAnswer = serde_json::from_slice(body).unwrap();
    let id = path.split('/').nth(3).unwrap();
    let Some(asked) = state.challenges.iter_mut().find(|a| a.challenge.jti.to_string() == id) else {
        return problem(404, "challenge_not_found", None);
    };
    if asked.outcome == wire::Outcome::Expired {
        return problem(410, "challenge_expired", Some(asked.outcome));
    }
    if asked.outcome != wire::Outcome::Pending && asked.answer.as_ref() != Some(&sent.answer) {
        return problem(409, "already_answered", Some(asked.outcome));
    }
    let keys = state.devices[&asked.challenge.aud].keys;
    let (answer, _) = match answer::verify(&sent.answer, &asked.jws, &asked.challenge, &keys) {
        Ok(good) => good,
        Err(answer::AnswerError::VerificationNeeded) => return problem(403, "verification_needed", None),
        Err(_) => return problem(400, "invalid_answer", None),
    };
    let right = answer.number.as_deref().is_none_or(|n| n.starts_with(NUMBER));
    asked.outcome = match answer.decision {
        Decision::Approve if right => wire::Outcome::Approved,
        _ => wire::Outcome::Denied,
    };
    asked.answer = Some(sent.answer);
    if !right {
        return problem(422, "wrong_number", Some(asked.outcome));
    }
    (200, json!({"outcome": asked.outcome, "server_time": SERVER_TIME}))
}

fn problem(status: u16, code: &str, outcome: Option<wire::Outcome>) -> (u16, Value) {
    let title = "The test server says no.";
    let body = json!({"code": code, "title": title, "status": status, "server_time": SERVER_TIME, "outcome": outcome});
    (status, body)
}
