//! Receipts: what was asked, answered and decided, so that anyone can check it later without asking us.

use countersign_protocol::challenge::DeviceKeys;
use countersign_protocol::id::{ChallengeId, TenantId};
use countersign_protocol::jwk::PublicKey;
use countersign_protocol::jws::{self, Purpose};
use countersign_protocol::receipt::Receipt;

use crate::engine::{Caller, Engine, Error};
use crate::store::{SaidRow, Word};

impl Engine {
    /// The receipt of a challenge that somebody, or their own rule, has answered. It stays as it is when the device is removed later.
    ///
    /// # Errors
    /// [`Error::ChallengeNotFound`]; [`Error::NoReceipt`] while it is pending, or when it ended without an answer.
    pub async fn receipt(&self, caller: &Caller, id: ChallengeId) -> Result<Receipt, Error> {
        let tenant = caller.application.tenant;
        let evidence = self.store.evidence(tenant, id).await?.ok_or(Error::ChallengeNotFound)?;
        match evidence.said {
            Some(said) => self.answered(tenant, said).await,
            None => Err(Error::NoReceipt(evidence.state.at(self.now()))),
        }
    }

    async fn answered(&self, tenant: TenantId, said: SaidRow) -> Result<Receipt, Error> {
        let signer =
            jws::named_key(&said.challenge, Purpose::Challenge).map_err(|_| Error::Damaged("challenge"))?;
        let server_key = self.keys_with(tenant, signer.as_str()).await?.public_of(signer.as_str())?;
        let key = |point: &[u8]| PublicKey::from_point(point).map_err(|_| Error::Damaged("device key"));
        let device_keys = DeviceKeys { possession: key(&said.keys.0)?, verification: key(&said.keys.1)? };
        let SaidRow { challenge, word, verdict, .. } = said;
        Ok(match word {
            Word::Answer(answer) => Receipt::of_answer(challenge, answer, verdict, server_key, device_keys),
            Word::Rule(rule) => Receipt::of_rule(challenge, rule, verdict, server_key, device_keys),
        })
    }
}
