//! The test server: what it knows, and what a test may do to it. Its replies are made in `endpoints.rs`.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, mpsc};

use countersign_protocol::challenge::{Application, Challenge, Context, NumberMatch};
use countersign_protocol::id::{ChallengeId, DeviceId, EnrollmentToken, TenantId, uuid_v7};
use countersign_protocol::jws::Purpose;
use countersign_protocol::link::EnrollmentLink;
use countersign_protocol::risk::Risk;
use countersign_protocol::server_key::{KeyChain, Succession};
use countersign_protocol::{challenge::DeviceKeys, wire};
use serde_json::Value;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::Signer;
use super::checks::Check;
use crate::exchange::{Reply, Request};

/// The test server's clock, seconds since 1970.
pub(crate) const SERVER_TIME: u64 = 1_800_000_000;

/// The code that the test server gives the phone to show.
pub(crate) const SHOWN: &str = "004242";

/// What the test server gives its devices to answer with when they have no network.
pub(crate) const OFFLINE_KEY: [u8; 32] = [9; 32];

/// The number on the test server's login screen.
pub(crate) const NUMBER: &str = "42";

#[derive(Debug)]
pub(crate) struct FakeServer {
    pub(crate) base: String,
    pub(crate) tenant: TenantId,
    state: Mutex<State>,
    /// Who waits for the next good reply to be held back.
    hold: Mutex<Option<(oneshot::Sender<()>, mpsc::Receiver<()>)>>,
}

/// A reply on its way, for as long as a test wants.
#[derive(Debug)]
pub(crate) struct HeldReply {
    ready: oneshot::Receiver<()>,
    go_on: mpsc::Sender<()>,
}

impl HeldReply {
    /// Waits until the server has done what was asked and is about to say so.
    pub(crate) async fn ready(&mut self) {
        (&mut self.ready).await.unwrap();
    }

    /// Lets it go.
    pub(crate) fn arrive(self) {
        self.go_on.send(()).unwrap();
    }
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) keys: Vec<Signer>,
    pub(super) link: Option<EnrollmentToken>,
    pub(super) check: Check,
    pub(super) devices: HashMap<DeviceId, Device>,
    pub(super) challenges: Vec<Asked>,
    pub(super) count: u64,
    pub(super) nonce: u64,
    pub(super) unkind: bool,
    pub(super) lost: usize,
    pub(super) away: bool,
    pub(super) log: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Device {
    pub(super) keys: DeviceKeys,
    pub(super) name: String,
    pub(super) token: String,
    /// Each as it was handed in.
    pub(super) rules: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Asked {
    pub(super) challenge: Challenge,
    pub(super) jws: String,
    /// Which of the server's keys signed it.
    pub(super) key: usize,
    pub(super) outcome: wire::Outcome,
    pub(super) answer: Option<String>,
}

impl FakeServer {
    pub(crate) fn new(base: &str) -> Self {
        let state = State {
            keys: vec![Signer::new()],
            link: None,
            check: Check::default(),
            devices: HashMap::new(),
            challenges: Vec::new(),
            count: 0,
            nonce: 1,
            unkind: false,
            lost: 0,
            away: false,
            log: Vec::new(),
        };
        let tenant = TenantId(Uuid::from_u128(77));
        Self { base: base.to_owned(), tenant, state: Mutex::new(state), hold: Mutex::default() }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
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

    /// A question as it was signed.
    pub(crate) fn asked(&self, id: ChallengeId) -> String {
        let state = self.state();
        state.challenges.iter().find(|asked| asked.challenge.jti == id).unwrap().jws.clone()
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
            app: Application {
                id: Some("app_payroll".into()),
                name: "Payroll".into(),
                color: "#336699".into(),
            },
            user: "sam@example.org".into(),
            kind: "login".into(),
            message: "Sign in to Payroll".into(),
            context: Context { ip: Some("192.0.2.7".into()), ..Context::default() },
            number: digits.map_or(NumberMatch::None, |digits| NumberMatch::Type { digits }),
            verify: verify || digits.is_none(),
            risk: Risk::Ordinary,
            rules_allowed: false,
            keys: state.devices[&device].keys.thumbprints(),
        };
        let jws = state.key().jws(Purpose::Challenge, &challenge);
        let id = challenge.jti;
        let key = state.keys.len() - 1;
        state.challenges.push(Asked { challenge, jws, key, outcome: wire::Outcome::Pending, answer: None });
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

    /// Breaks every connection before it looks at what is asked, or not any more.
    pub(crate) fn lose_requests(&self, away: bool) {
        self.state().away = away;
    }

    pub(super) fn is_away(&self) -> bool {
        self.state().away
    }

    /// Does what is asked next and holds back the reply that says so.
    pub(crate) fn hold_reply(&self) -> HeldReply {
        let ((tell, ready), (go_on, wait)) = (oneshot::channel(), mpsc::channel());
        *self.hold.lock().unwrap() = Some((tell, wait));
        HeldReply { ready, go_on }
    }

    /// Returns when this reply may leave.
    pub(super) fn hold(&self, reply: &Reply) {
        let held = if reply.status < 400 { self.hold.lock().unwrap().take() } else { None };
        if let Some((tell, wait)) = held {
            tell.send(()).unwrap();
            wait.recv().unwrap();
        }
    }

    /// Whether this reply is to be lost.
    pub(super) fn loses_reply(&self) -> bool {
        let mut state = self.state();
        let lost = state.lost > 0;
        state.lost = state.lost.saturating_sub(1);
        lost
    }

    /// Asks `device` with another kind of number, or whatever else `change` does to the challenge.
    pub(crate) fn ask_with(&self, device: DeviceId, change: impl FnOnce(&mut Challenge)) -> ChallengeId {
        let id = self.ask(device, Some(2), false);
        self.forge(id, |challenge, key| {
            change(challenge);
            key.jws(Purpose::Challenge, challenge)
        });
        id
    }

    /// What the person typed into the login page, where the phone showed a code.
    pub(crate) fn type_code(&self, id: ChallengeId, typed: &str) {
        self.settle(id, if typed == SHOWN { wire::Outcome::Approved } else { wire::Outcome::Denied });
    }

    /// Lists a rule for `device`, whoever signed it.
    pub(crate) fn plant_rule(&self, device: DeviceId, rule: String) {
        self.state().devices.get_mut(&device).unwrap().rules.push(rule);
    }

    /// The rules of `device`, as they were handed in.
    pub(crate) fn rules(&self, device: DeviceId) -> Vec<String> {
        self.state().devices[&device].rules.clone()
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
        let authorization =
            request.headers.iter().find(|(n, _)| *n == "authorization").map(|(_, v)| v.as_str());
        self.handle(request.method.as_str(), target, authorization, &request.body)
    }

    /// Answers one request. `target` is path and query.
    pub(crate) fn handle(
        &self,
        method: &str,
        target: &str,
        authorization: Option<&str>,
        body: &[u8],
    ) -> Reply {
        let path = target.split('?').next().unwrap();
        let mut state = self.state();
        state.log.push(format!("{method} {path}"));
        let path = path.strip_prefix("/api/v1").unwrap_or_default();
        let (status, value) = match (method, path) {
            ("GET", path) if path.starts_with("/devices/enrollment/") => self.enrollment_info(&state, path),
            ("POST", "/devices/complete-enrollment") => self.complete(&mut state, body),
            ("POST", "/devices/verify-enrollment") => super::checks::verify(&mut state, body),
            ("POST", "/devices/resend-otp") => super::checks::resend(&mut state, body),
            ("POST", "/device/transfer") => self.transfer(&mut state, body),
            ("POST", path) if path.ends_with("/answer") => {
                super::endpoints::take_answer(&mut state, path, body)
            }
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
}

impl State {
    pub(super) fn key(&self) -> &Signer {
        self.keys.last().unwrap()
    }

    pub(super) fn waiting(&self, device: DeviceId) -> Vec<String> {
        // One whose code is awaited was answered.
        let open = |a: &&Asked| a.outcome == wire::Outcome::Pending && a.answer.is_none();
        let waiting = |a: &&Asked| a.challenge.aud == device && open(a);
        self.challenges.iter().filter(waiting).map(|a| a.jws.clone()).collect()
    }

    pub(super) fn inbox(&self, device: DeviceId) -> Value {
        let challenges = self.waiting(device);
        serde_json::to_value(wire::Inbox { server_time: SERVER_TIME, challenges }).unwrap()
    }

    /// What has ended.
    pub(super) fn history(&self, device: DeviceId) -> Value {
        let ended = |a: &&Asked| a.challenge.aud == device && a.outcome != wire::Outcome::Pending;
        let entry = |a: &Asked| wire::HistoryEntry {
            id: a.challenge.jti,
            application: a.challenge.app.name.clone(),
            message: a.challenge.message.clone(),
            outcome: a.outcome,
            answered_here: a.answer.is_some(),
            created_at: "2027-01-15T08:00:00Z".into(),
            responded_at: None,
            rule: None,
            offline: false,
        };
        let entries: Vec<_> = self.challenges.iter().rev().filter(ended).map(entry).collect();
        serde_json::json!({"entries": entries, "server_time": SERVER_TIME})
    }

    pub(super) fn chain(&self, iss: &str) -> Value {
        let succession = |(old, new): (&Signer, &Signer)| {
            let claims = Succession { iss: iss.to_owned(), iat: SERVER_TIME, key: new.public() };
            old.jws(Purpose::ServerKey, &claims)
        };
        let successions = self.keys.iter().zip(self.keys.iter().skip(1)).map(succession).collect();
        serde_json::to_value(KeyChain { root: self.keys[0].public(), successions }).unwrap()
    }
}
