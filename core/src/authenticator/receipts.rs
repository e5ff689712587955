//! A receipt in words that a shell can show, checked without a vault and without a network.

use countersign_protocol::answer::{Decision, Proof};
use countersign_protocol::id::{ChallengeId, DeviceId};
use countersign_protocol::jwk::Thumbprint;
use countersign_protocol::receipt::{DecidedBy, Facts, Receipt, ReceiptError};
use countersign_protocol::wire::Outcome;
use serde::Serialize;

use super::views::shown;
use super::{Authenticator, AuthenticatorError};

/// What a receipt proves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptView {
    /// The request.
    pub id: ChallengeId,
    /// How it ended; this alone counts.
    pub outcome: Outcome,
    /// What the person said; none when their rule decided. An approval with a wrong number ended as denied.
    pub decision: Option<Decision>,
    /// Whether the person was verified or only held the device; none when their rule decided.
    pub proof: Option<Proof>,
    /// The rule that decided; none when the person did.
    pub rule: Option<ReceiptRule>,
    /// Whose sign-in it was.
    pub user: String,
    /// The device that was asked.
    pub device: DeviceId,
    /// Who asked.
    pub application: String,
    /// Its client id, if the server named it.
    pub application_id: Option<String>,
    /// `login`, `payment`, …
    pub kind: String,
    /// The relying party's words.
    pub message: String,
    /// Address of the sign-in, if known.
    pub ip: Option<String>,
    /// When it was asked, seconds since 1970 by the server's clock.
    pub asked_at: u64,
    /// When it was decided, by the same clock.
    pub decided_at: u64,
    /// The server's id.
    pub server: String,
    /// The thumbprint of the key that signed for the server: one of those that were trusted.
    pub server_key: Thumbprint,
}

/// A rule in a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptRule {
    /// Names it.
    pub id: String,
    /// Where the sign-in had to come from.
    pub network: String,
    /// When it was made, seconds since 1970 by the server's clock.
    pub made_at: u64,
    /// Until when it counted.
    pub ends_at: u64,
}

impl ReceiptView {
    /// Checks the JSON text of a receipt. `trusted`: the thumbprints of the server keys that the reader has from elsewhere;
    /// the receipt's own word on its server counts for nothing.
    ///
    /// # Errors
    /// [`ReceiptError`]; it then proves nothing. [`ReceiptError::ServerKey`] when none of the trusted keys signed it.
    pub fn of(json: &str, trusted: &[Thumbprint]) -> Result<Self, ReceiptError> {
        let receipt = Receipt::parse(json)?;
        let named = receipt.server_key.thumbprint();
        let key = trusted.iter().find(|key| **key == named).ok_or(ReceiptError::ServerKey)?;
        Ok(Self::from_facts(receipt.verify(key)?, key.clone()))
    }

    fn from_facts(facts: Facts, server_key: Thumbprint) -> Self {
        let Facts { challenge, decided_by, outcome, decided_at } = facts;
        let (decision, proof, rule) = match decided_by {
            DecidedBy::Person { answer, proof } => (Some(answer.decision), Some(proof), None),
            DecidedBy::Rule(rule) => {
                let network = rule.network.to_string();
                let rule = ReceiptRule { id: rule.jti, network, made_at: rule.iat, ends_at: rule.exp };
                (None, None, Some(rule))
            }
        };
        Self {
            id: challenge.jti,
            outcome,
            decision,
            proof,
            rule,
            user: shown(&challenge.user),
            device: challenge.aud,
            application: shown(&challenge.app.name),
            application_id: challenge.app.id.as_deref().map(shown),
            kind: shown(&challenge.kind),
            message: shown(&challenge.message),
            ip: challenge.context.ip.as_deref().map(shown),
            asked_at: challenge.iat,
            decided_at,
            server: shown(&challenge.iss),
            server_key,
        }
    }
}

impl Authenticator {
    /// The thumbprints of the server keys that this vault's accounts have pinned, now and before: what receipts may be
    /// checked against.
    ///
    /// # Errors
    /// As [`Authenticator::accounts`].
    pub fn pinned_keys(&self) -> Result<Vec<Thumbprint>, AuthenticatorError> {
        let accounts = self.inner.accounts()?;
        let all = |account: crate::approve::Account| {
            let now = account.server_key.thumbprint();
            account.earlier_server_keys.into_iter().chain([now])
        };
        Ok(accounts.into_iter().flat_map(all).collect())
    }
}
