//! How the test server checks the person at enrolment: it mails nothing, its code is always the same.

use serde_json::{Value, json};

use super::FakeServer;
use super::server::State;

/// The code that the test server takes.
pub(crate) const CODE: &str = "123456";

/// What the test server's links ask for.
#[derive(Debug)]
pub(super) struct Check {
    kind: &'static str,
    verified: bool,
    left: u32,
    sent: u32,
}

impl Default for Check {
    fn default() -> Self {
        Self { kind: "none", verified: false, left: 5, sent: 0 }
    }
}

impl Check {
    pub(super) fn still_to_show(&self) -> &'static str {
        if self.verified { "none" } else { self.kind }
    }
}

impl FakeServer {
    /// From now on links ask for this: `none`, `email_otp` or `totp`.
    pub(crate) fn check_people_by(&self, kind: &'static str) {
        self.state().check = Check { kind, ..Check::default() };
    }
}

fn refuse(status: u16, code: &str) -> (u16, Value) {
    (status, json!({"error": code, "message": "The test server says no."}))
}

fn token(state: &State, body: &[u8]) -> Option<Value> {
    let body: Value = serde_json::from_slice(body).unwrap();
    let known = state.link.as_ref().is_some_and(|token| body["token"] == token.reveal());
    known.then_some(body)
}

pub(super) fn verify(state: &mut State, body: &[u8]) -> (u16, Value) {
    let Some(body) = token(state, body) else { return refuse(404, "invalid_token") };
    let check = &mut state.check;
    if check.left == 0 {
        return refuse(429, "too_many_attempts");
    }
    if body["code"] != CODE {
        check.left -= 1;
        let (status, mut refusal) = refuse(400, "invalid_code");
        refusal["attempts_left"] = json!(check.left);
        return (status, refusal);
    }
    check.verified = true;
    (200, json!({"verified": true}))
}

/// The first wish is granted, the next comes too soon.
pub(super) fn resend(state: &mut State, body: &[u8]) -> (u16, Value) {
    if token(state, body).is_none() {
        return refuse(404, "invalid_token");
    }
    state.check.sent += 1;
    if state.check.sent > 1 {
        refuse(429, "rate_limited")
    } else {
        (200, json!({"sent": true, "retry_after": 30}))
    }
}
