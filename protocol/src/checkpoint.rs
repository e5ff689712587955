//! The signed head of a tenant's audit chain: `cs-checkpoint+jwt`. Whoever keeps one elsewhere can tell later whether the
//! chain was cut short or written anew.

use serde::{Deserialize, Serialize};

use crate::id::TenantId;
use crate::jwk::PublicKey;
use crate::jws::{self, JwsError, Purpose};

/// The signed content of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// The server's id.
    pub iss: String,
    /// Whose chain it is.
    pub tenant: TenantId,
    /// The place of the last entry in the chain; the first entry is 1.
    pub seq: u64,
    /// base64url SHA-256 of the chain up to and with that entry, 43 characters.
    pub hash: String,
    /// When it was signed, seconds since 1970 by the server's clock.
    pub at: u64,
}

/// Why a checkpoint proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Its signature or form.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// By another server or about another tenant.
    #[error("the checkpoint is by another server or about another tenant")]
    Binding,
    /// No entry has the place 0, and a hash has 256 bits.
    #[error("the checkpoint names an entry or a hash that cannot be")]
    Form,
}

impl Checkpoint {
    /// Checks a checkpoint of `tenant` by the server `issuer`. `keys`: all keys that the tenant's server has had, since an
    /// old checkpoint was signed by an old key.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn verify(
        compact: &str,
        keys: &[PublicKey],
        issuer: &str,
        tenant: TenantId,
    ) -> Result<Self, CheckpointError> {
        let checkpoint: Self = jws::verify(compact, Purpose::Checkpoint, keys)?.claims;
        if checkpoint.iss != issuer || checkpoint.tenant != tenant {
            return Err(CheckpointError::Binding);
        }
        let hash = crate::from_base64url(&checkpoint.hash).is_some_and(|bytes| bytes.len() == 32);
        if checkpoint.seq == 0 || !hash {
            return Err(CheckpointError::Form);
        }
        Ok(checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{PURPOSES, SERVER, World, spoiled, world};

    fn judge(world: &World, compact: &str) -> Result<Checkpoint, CheckpointError> {
        Checkpoint::verify(compact, &[world.server.key, world.server_2.key], SERVER, world.device.tenant)
    }

    fn changed(change: impl FnOnce(&mut Checkpoint)) -> Result<Checkpoint, CheckpointError> {
        let world = world();
        let mut claims = world.checkpoint();
        change(&mut claims);
        judge(&world, &world.server.jws(Purpose::Checkpoint, &claims))
    }

    #[test]
    fn a_checkpoint_by_any_of_the_tenants_keys_holds() {
        let world = world();
        for signer in [&world.server, &world.server_2] {
            let read = judge(&world, &signer.jws(Purpose::Checkpoint, &world.checkpoint()));
            assert_eq!(read, Ok(world.checkpoint()));
        }
    }

    #[test]
    fn property_10_a_checkpoint_of_another_chain_or_by_another_key_is_refused() {
        let world = world();
        let other = TenantId(uuid::Uuid::from_u128(5));
        assert_eq!(changed(|c| c.tenant = other), Err(CheckpointError::Binding));
        assert_eq!(changed(|c| c.iss.push('/')), Err(CheckpointError::Binding));
        assert_eq!(changed(|c| c.seq = 0), Err(CheckpointError::Form));
        assert_eq!(changed(|c| c.hash.clear()), Err(CheckpointError::Form));
        assert_eq!(changed(|c| c.hash.truncate(42)), Err(CheckpointError::Form));
        assert_eq!(changed(|c| c.hash.push('=')), Err(CheckpointError::Form));
        for signer in [&world.stranger, &world.server_3, &world.possession, &world.verification] {
            let compact = signer.jws(Purpose::Checkpoint, &world.checkpoint());
            assert_eq!(judge(&world, &compact), Err(JwsError::UnknownKey.into()));
        }
    }

    #[test]
    fn property_3_no_other_message_of_the_server_passes_for_a_checkpoint() {
        let world = world();
        for purpose in PURPOSES.into_iter().filter(|p| *p != Purpose::Checkpoint) {
            let replayed = judge(&world, &world.server.jws(purpose, &world.checkpoint()));
            assert_eq!(replayed, Err(JwsError::Purpose.into()), "{purpose:?}");
            let dressed_up = judge(&world, &world.server.jws(Purpose::Checkpoint, &world.claims(purpose)));
            assert_eq!(dressed_up, Err(JwsError::Claims.into()), "{purpose:?}");
        }
        for (what, text) in spoiled(&serde_json::json!(world.checkpoint())) {
            let read = judge(&world, &world.server.payload(Purpose::Checkpoint, &text));
            assert_eq!(read, Err(JwsError::Claims.into()), "{what}");
        }
    }
}
