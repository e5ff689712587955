//! A phone for load: the protocol's bytes with keys in memory, without the core's vault and inbox, so that the
//! generator costs as little as it can.

use countersign_protocol::answer::{Answer, Decision};
use countersign_protocol::challenge::{Challenge, DeviceKeys};
use countersign_protocol::enroll::{EnrollClaims, EnrollProof};
use countersign_protocol::id::{DeviceId, EnrollmentToken};
use countersign_protocol::jwk::PublicKey;
use countersign_protocol::jws::{self, Purpose, Unsigned};
use countersign_protocol::request::RequestProof;
use countersign_protocol::wire::{CompleteEnrollment, Platform};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};

use crate::Result;

/// A device with its two keys.
#[derive(Debug)]
pub(crate) struct Phone {
    possession: EcdsaKeyPair,
    verification: EcdsaKeyPair,
    server: String,
}

#[expect(clippy::disallowed_methods, reason = "ring takes only its own random source: its trait is sealed")]
fn dice() -> SystemRandom {
    SystemRandom::new()
}

fn pair() -> Result<EcdsaKeyPair> {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &dice()).map_err(|_| "key")?;
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &dice())
        .map_err(|_| "key".into())
}

fn public(pair: &EcdsaKeyPair) -> Result<PublicKey> {
    Ok(PublicKey::from_point(pair.public_key().as_ref())?)
}

fn sign<T: serde::Serialize>(pair: &EcdsaKeyPair, purpose: Purpose, claims: &T) -> Result<String> {
    let unsigned = Unsigned::new(purpose, &public(pair)?.thumbprint(), claims);
    let signature = pair.sign(&dice(), unsigned.signing_input()).map_err(|_| "signing")?;
    Ok(unsigned.with_signature(signature.as_ref().try_into()?))
}

impl Phone {
    pub(crate) fn new(server: &str) -> Result<Self> {
        Ok(Self { possession: pair()?, verification: pair()?, server: server.to_owned() })
    }

    /// The body that enrols it.
    pub(crate) fn enrollment(&self, token: &str, name: &str) -> Result<CompleteEnrollment> {
        let keys =
            DeviceKeys { possession: public(&self.possession)?, verification: public(&self.verification)? };
        let claims = EnrollClaims {
            aud: self.server.clone(),
            token_hash: token.parse::<EnrollmentToken>()?.hash(),
            keys: keys.thumbprints(),
            device_name: name.to_owned(),
        };
        let proof = EnrollProof {
            possession: sign(&self.possession, Purpose::Enroll, &claims)?,
            verification: sign(&self.verification, Purpose::Enroll, &claims)?,
        };
        Ok(CompleteEnrollment {
            token: token.to_owned(),
            device_token: format!("load-{name}"),
            platform: Platform::Terminal,
            device_name: Some(name.to_owned()),
            keys: Some(keys),
            proof: Some(proof),
            attestation: None,
        })
    }

    /// The `Authorization` header for a request without body.
    pub(crate) fn authorization(
        &self,
        device: DeviceId,
        method: &str,
        path: &str,
        nonce: &str,
    ) -> Result<String> {
        let claims = RequestProof {
            iss: device,
            aud: self.server.clone(),
            htm: method.to_owned(),
            htu: format!("{}{path}", self.server),
            nonce: nonce.to_owned(),
            bsh: countersign_protocol::sha256_base64url(b""),
        };
        Ok(format!("Device {}", sign(&self.possession, Purpose::Request, &claims)?))
    }

    /// Approves a challenge, with the number when it asks for one.
    pub(crate) fn approve(
        &self,
        device: DeviceId,
        challenge_jws: &str,
        number: Option<String>,
    ) -> Result<(String, String)> {
        let challenge = jws::peek::<Challenge>(challenge_jws, Purpose::Challenge)?;
        let challenge = challenge.peek();
        let answer = Answer {
            iss: device,
            aud: self.server.clone(),
            jti: countersign_protocol::base64url(challenge.jti.0.as_bytes()),
            cid: challenge.jti,
            cth: countersign_protocol::sha256_base64url(challenge_jws.as_bytes()),
            decision: Decision::Approve,
            number,
        };
        let key = if challenge.verify { &self.verification } else { &self.possession };
        Ok((challenge.jti.to_string(), sign(key, Purpose::Answer, &answer)?))
    }
}
