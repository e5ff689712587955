//! How an enrolled phone asks for its successor's enrolment link. The verification key signs it, so the person must have
//! agreed; enrolling the successor is [`crate::enroll`] on the other phone.

use countersign_protocol::jws::{Purpose, Unsigned};
use countersign_protocol::link::EnrollmentLink;
use countersign_protocol::request::TransferRequest;
use countersign_protocol::wire::{Transfer, TransferGranted};

use super::Account;
use super::ask::wants_nonce;
use crate::enroll::EnrollError;
use crate::exchange::{Method, Reply, Request, to_json};

/// A transfer that waits for its signature.
#[derive(Debug, Clone)]
pub struct ToTransfer {
    unsigned: Unsigned,
    url: String,
}

impl ToTransfer {
    /// Asks with the account's latest `nonce`. It must be a fresh one, since the person is asked for each signature.
    #[must_use]
    pub fn new(account: &Account, nonce: &str) -> Self {
        let claims =
            TransferRequest { iss: account.device, aud: account.server.clone(), nonce: nonce.to_owned() };
        let kid = account.keys.verification.thumbprint();
        Self { unsigned: Unsigned::new(Purpose::Transfer, &kid, &claims), url: account.url("/transfer") }
    }

    /// What the verification key signs.
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        self.unsigned.signing_input()
    }

    /// The request with its signature, 64 bytes `r‖s`.
    #[must_use]
    pub fn request(&self, signature: &[u8; 64]) -> Request {
        let body = Transfer { transfer: self.unsigned.with_signature(signature) };
        Request::new(Method::Post, self.url.clone()).json(to_json(&body))
    }

    /// Whether the nonce was stale after all.
    #[must_use]
    pub fn is_stale(reply: &Reply) -> bool {
        wants_nonce(reply)
    }

    /// The link for the new phone, checked to be for the same server and the same key as this account's.
    ///
    /// # Errors
    /// [`EnrollError`].
    pub fn take(account: &Account, reply: &Reply) -> Result<TransferGranted, EnrollError> {
        let granted: TransferGranted = reply.json()?;
        let link = EnrollmentLink::parse(&granted.enrollment_url)?;
        if link.server != account.server {
            return Err(EnrollError::OtherServer { link: account.server.clone(), server: link.server });
        }
        if link.server_key != account.server_key.thumbprint() {
            return Err(EnrollError::OtherKey);
        }
        Ok(granted)
    }
}
