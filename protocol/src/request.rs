//! How a device signs its requests: `Authorization: Device <cs-request+jwt>`, the idea of RFC 9449 (DPoP).

use serde::{Deserialize, Serialize};

use crate::id::DeviceId;
use crate::jwk::PublicKey;
use crate::jws::{self, JwsError, Purpose};

/// The scheme in the `Authorization` header.
pub const SCHEME: &str = "Device";
/// The header in which every reply to a device carries the nonce for its next request.
pub const NONCE_HEADER: &str = "device-nonce";

/// What a request's signature covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestProof {
    /// The asking device.
    pub iss: DeviceId,
    /// The server's id.
    pub aud: String,
    /// The HTTP method, upper case.
    pub htm: String,
    /// The URL without query and fragment (RFC 9449 §4.2). So a query must never change what a request does.
    pub htu: String,
    /// The server's latest `Device-Nonce`: freshness without trusting the phone's clock.
    pub nonce: String,
    /// base64url SHA-256 of the body, of nothing when there is none.
    pub bsh: String,
}

/// The request that actually arrived.
#[derive(Debug, Clone, Copy)]
pub struct Arrived<'a> {
    /// The server's id.
    pub audience: &'a str,
    /// The HTTP method.
    pub method: &'a str,
    /// The URL without query and fragment.
    pub url: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// Why a device's request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Signature or form.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// Signed for another method, URL, body or server.
    #[error("the request was signed for another method, address, body or server")]
    Binding,
}

impl RequestProof {
    /// Checks that the possession key signed exactly this request. The nonce is returned for the server to judge.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn verify(
        compact: &str,
        possession: &PublicKey,
        arrived: &Arrived<'_>,
    ) -> Result<Self, RequestError> {
        let proof: Self = jws::verify(compact, Purpose::Request, &[*possession])?.claims;
        let same = proof.aud == arrived.audience
            && proof.htm == arrived.method
            && proof.htu == arrived.url
            && proof.bsh == crate::sha256_base64url(arrived.body);
        if same { Ok(proof) } else { Err(RequestError::Binding) }
    }
}

/// What an enrolled phone signs with its **verification** key to have a successor enrolled: `cs-transfer+jwt`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferRequest {
    /// The device that is to be replaced.
    pub iss: DeviceId,
    /// The server's id.
    pub aud: String,
    /// The server's latest `Device-Nonce`.
    pub nonce: String,
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
