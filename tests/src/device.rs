//! A device built on the protocol crate alone. It is light enough to have hundreds of, and every step it takes can be
//! taken wrongly: attacks are made of its parts.

use std::net::SocketAddr;
use std::sync::Mutex;

use countersign_protocol::answer::{Answer, Decision};
use countersign_protocol::challenge::{DeviceKeys, KeyThumbprints};
use countersign_protocol::enroll::EnrollClaims;
use countersign_protocol::id::{ChallengeId, DeviceId, EnrollmentToken};
use countersign_protocol::jwk::Thumbprint;
use countersign_protocol::jws::Purpose;
use countersign_protocol::link::EnrollmentLink;
use countersign_protocol::offline::OfflineKey;
use countersign_protocol::request::RequestProof;
use countersign_protocol::{base64url, sha256_base64url};
use countersign_server::host::{Rng as _, System};
use serde_json::{Value, json};

use crate::http::{self, Reply, Request};
use crate::key::{Key, claims};

/// Two keys before they belong to a device.
#[derive(Debug, Default)]
pub struct Keys {
    /// Signs requests and denials.
    pub possession: Key,
    /// Signs approvals.
    pub verification: Key,
}

impl Keys {
    /// Their public halves.
    #[must_use]
    pub fn public(&self) -> DeviceKeys {
        DeviceKeys { possession: self.possession.public, verification: self.verification.public }
    }

    /// What a device signs to enrol.
    #[must_use]
    pub fn enroll_claims(&self, server: &str, token: &EnrollmentToken) -> EnrollClaims {
        let keys: KeyThumbprints = self.public().thumbprints();
        EnrollClaims {
            aud: server.to_owned(),
            token_hash: token.hash(),
            keys,
            device_name: "Robot".to_owned(),
        }
    }

    /// The body of `complete-enrollment`.
    #[must_use]
    pub fn enrollment(&self, server: &str, token: &EnrollmentToken) -> Value {
        let claims = self.enroll_claims(server, token);
        json!({
            "token": token.reveal(),
            "device_token": random_token(),
            "platform": "terminal",
            "device_name": "Robot",
            "keys": self.public(),
            "proof": {
                "possession": self.possession.sign(Purpose::Enroll, &claims),
                "verification": self.verification.sign(Purpose::Enroll, &claims),
            },
        })
    }
}

/// A push token that nobody else has.
#[must_use]
pub fn random_token() -> String {
    base64url(&random_bytes())
}

fn random_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    System.fill(&mut bytes).unwrap();
    bytes
}

/// An enrolled device.
#[derive(Debug)]
pub struct Device {
    /// Where its server is.
    pub address: SocketAddr,
    /// Its server's id.
    pub server: String,
    /// Its own id.
    pub id: DeviceId,
    /// Its keys.
    pub keys: Keys,
    /// What it answers with when it has no network.
    pub offline_key: Option<OfflineKey>,
    /// Which key of the server its link names.
    pub server_key: Thumbprint,
    nonce: Mutex<String>,
}

impl Device {
    /// Enrols a new device.
    pub async fn enroll(address: SocketAddr, link: &str) -> Self {
        let link = EnrollmentLink::parse(link).unwrap();
        let keys = Keys::default();
        let body = keys.enrollment(&link.server, &link.token);
        Self::complete(address, link, keys, &body).await
    }

    /// Enrols a new phone: a device with a platform's push token.
    pub async fn enroll_phone(address: SocketAddr, link: &str, platform: &str, token: &str) -> Self {
        let link = EnrollmentLink::parse(link).unwrap();
        let keys = Keys::default();
        let mut body = keys.enrollment(&link.server, &link.token);
        (body["platform"], body["device_token"]) = (platform.into(), token.into());
        Self::complete(address, link, keys, &body).await
    }

    async fn complete(address: SocketAddr, link: EnrollmentLink, keys: Keys, body: &Value) -> Self {
        let device = complete_enrollment(address, body).await.expect(201);
        let id = device["device_id"].as_str().unwrap().parse().unwrap();
        let device = Self {
            address,
            server: link.server,
            id,
            keys,
            offline_key: serde_json::from_value(device["offline_key"].clone()).unwrap(),
            server_key: link.server_key,
            nonce: Mutex::default(),
        };
        device.renew_nonce().await;
        device
    }

    /// The latest nonce that the server gave.
    #[must_use]
    pub fn nonce(&self) -> String {
        self.nonce.lock().unwrap().clone()
    }

    /// Asks the server for a nonce, which every reply has.
    pub async fn renew_nonce(&self) {
        let reply = http::send(self.address, &Request::new("GET", "/api/v1/device/challenges")).await;
        self.take_nonce(&reply);
    }

    fn take_nonce(&self, reply: &Reply) {
        *self.nonce.lock().unwrap() = reply.header("device-nonce").expect("a nonce").to_owned();
    }

    /// What an honest device would sign for this request.
    #[must_use]
    pub fn request_claims(&self, method: &str, path: &str, body: &[u8]) -> RequestProof {
        RequestProof {
            iss: self.id,
            aud: self.server.clone(),
            htm: method.to_owned(),
            htu: format!("{}{path}", self.server),
            nonce: self.nonce(),
            bsh: sha256_base64url(body),
        }
    }

    /// A signed request; `target` may have a query, which the signature does not cover.
    #[must_use]
    pub fn request(&self, method: &str, target: &str, body: &[u8]) -> Request {
        let path = target.split('?').next().unwrap();
        let claims = self.request_claims(method, path, body);
        let proof = self.keys.possession.sign(Purpose::Request, &claims);
        let request = Request::new(method, target).header("Authorization", &format!("Device {proof}"));
        if body.is_empty() { request } else { request.body(body) }
    }

    /// Signs and sends.
    pub async fn call(&self, method: &str, target: &str, body: &Value) -> Reply {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        http::send(self.address, &self.request(method, target, body.as_bytes())).await
    }

    /// The signed challenges that wait.
    pub async fn inbox(&self) -> Vec<String> {
        let reply = self.call("GET", "/api/v1/device/challenges", &Value::Null).await;
        challenges(&reply)
    }

    /// The signed challenge of one session, which must be waiting.
    pub async fn challenge(&self, session_id: &str) -> String {
        let found = self.inbox().await.into_iter().find(|challenge| claims(challenge)["jti"] == session_id);
        found.expect("the session waits for this device")
    }

    /// What an honest device would sign to answer.
    #[must_use]
    pub fn answer_claims(&self, challenge: &str, decision: Decision, number: Option<&str>) -> Answer {
        Answer {
            iss: self.id,
            aud: self.server.clone(),
            jti: base64url(&random_bytes()),
            cid: claims(challenge)["jti"].as_str().unwrap().parse().unwrap(),
            cth: sha256_base64url(challenge.as_bytes()),
            decision,
            number: number.map(str::to_owned),
        }
    }

    /// A signed answer: approvals by the verification key, the others by the possession key.
    #[must_use]
    pub fn answer(&self, challenge: &str, decision: Decision, number: Option<&str>) -> String {
        let key = match decision {
            Decision::Approve => &self.keys.verification,
            Decision::Deny | Decision::Report => &self.keys.possession,
        };
        key.sign(Purpose::Answer, &self.answer_claims(challenge, decision, number))
    }

    /// Hands an answer in.
    pub async fn submit(&self, id: ChallengeId, answer: &str) -> Reply {
        http::send(self.address, &submission(id, answer)).await
    }
}

/// The signed challenges in a reply.
#[must_use]
pub fn challenges(reply: &Reply) -> Vec<String> {
    let inbox = reply.expect(200);
    inbox["challenges"].as_array().unwrap().iter().map(|c| c.as_str().unwrap().to_owned()).collect()
}

/// The request that hands an answer in.
#[must_use]
pub fn submission(id: ChallengeId, answer: &str) -> Request {
    Request::new("POST", &format!("/api/v1/device/challenges/{id}/answer")).json(&json!({"answer": answer}))
}

/// Posts to `complete-enrollment`.
pub async fn complete_enrollment(address: SocketAddr, body: &Value) -> Reply {
    http::send(address, &Request::new("POST", "/api/v1/devices/complete-enrollment").json(body)).await
}
