//! Attacks on signing in: with a password that was stolen, with tokens of others, with codes that are guessed. After each
//! it is looked whether the person's own way still works.

mod downgrades;
mod enumeration;
mod factors;
mod guesses;
mod logins;
mod oob;
mod pages;
mod recovery;
mod refreshing;
mod reltio;
mod tokens;

use countersign_core::otp::OtpEntry;
use countersign_protocol::answer::Decision;
use countersign_protocol::id::ChallengeId;
use countersign_server::engine::policy::Scope;
use countersign_tests::device::Device;
use countersign_tests::http::{Reply, segment};
use countersign_tests::key::claims;
use countersign_tests::oauth::{NOTICED, OauthParty, code, text};
use countersign_tests::server_here::ServerHere;
use serde_json::{Value, json};

/// Numbers that could be somebody's.
const NUMBER: &str = "+966501234567";
const OTHER_NUMBER: &str = "+966509876543";

/// A server with one client, whose sam has a password.
struct Stage {
    server: ServerHere,
    bank: OauthParty,
}

impl Stage {
    async fn auth0() -> Self {
        let server = ServerHere::start().await;
        let bank = OauthParty::auth0(&server).await;
        bank.person(&server, "sam").await;
        Self { server, bank }
    }

    async fn reltio() -> Self {
        let server = ServerHere::start().await;
        let bank = OauthParty::reltio(&server).await;
        bank.person(&server, "sam@example.org").await;
        Self { server, bank }
    }

    /// With Auth0's words, and a seed of sam's that counts.
    async fn with_totp() -> (Self, OtpEntry) {
        let stage = Self::auth0().await;
        let seed = stage.bank.give_totp(&stage.server, "sam").await;
        (stage, seed)
    }

    /// With Auth0's words, and a phone of sam's.
    async fn with_phone() -> (Self, Device) {
        let stage = Self::auth0().await;
        let phone = stage.phone("sam").await;
        (stage, phone)
    }

    /// One more phone for somebody.
    async fn phone(&self, user: &str) -> Device {
        Device::enroll(self.server.address, &self.bank.party.link(user).await).await
    }

    fn code(&self, seed: &OtpEntry, steps: i64) -> String {
        code(&self.server, seed, steps)
    }

    async fn policy(&self, settings: &[(&str, &str)]) {
        let scope = Scope { tenant: self.bank.tenant(), application: None };
        let pairs: Vec<_> = settings.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        self.server.engine.set_policy(scope, &pairs, &"operator").await.unwrap();
        self.server.clock.advance(NOTICED);
    }

    /// What somebody has, as the native API lists it.
    async fn factors(&self, user: &str) -> Vec<Value> {
        let list = self.bank.party.call("GET", &format!("/api/v1/users/{}/factors", segment(user))).await;
        list.expect(200)["factors"].as_array().unwrap().clone()
    }

    /// Kinds of what counts, the oldest first.
    async fn active(&self, user: &str) -> Vec<String> {
        let all = self.factors(user).await;
        all.iter().filter(|factor| factor["active"] == true).map(|factor| text(&factor["type"])).collect()
    }

    /// The code of an out-of-band challenge for this login.
    async fn asked(&self, mfa_token: &str) -> String {
        text(&self.bank.challenge(mfa_token, json!({"challenge_type": "oob"})).await.expect(200)["oob_code"])
    }

    async fn redeem(&self, mfa_token: &str, oob_code: &str) -> Reply {
        self.bank.mfa_grant("mfa-oob", &[("mfa_token", mfa_token), ("oob_code", oob_code)]).await
    }

    async fn otp(&self, mfa_token: &str, otp: &str) -> Reply {
        self.bank.mfa_grant("mfa-otp", &[("mfa_token", mfa_token), ("otp", otp)]).await
    }
}

/// The person decides on what waits for this phone.
async fn decide(phone: &Device, decision: Decision) {
    let challenge = phone.inbox().await.pop().expect("something waits");
    let id: ChallengeId = claims(&challenge)["jti"].as_str().unwrap().parse().unwrap();
    phone.submit(id, &phone.answer(&challenge, decision, None)).await.expect(200);
}

/// Status, `error` and `error_description`.
fn said(reply: &Reply) -> (u16, String, String) {
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let word = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (reply.status, word("error"), word("error_description"))
}

#[track_caller]
fn refused(reply: &Reply, status: u16, error: &str, description: &str) {
    assert_eq!(said(reply), (status, error.to_owned(), description.to_owned()), "{}", reply.text());
}
