//! Sealing what must be read back (signing keys, numbers to match) under the master key, which is never in the
//! database: a stolen database alone opens nothing.

use countersign_protocol::id::TenantId;
use ring::{aead, hkdf, hmac};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::host::{NoRandomness, Rng, random};

/// The 256-bit secret from which every other server secret is derived.
pub struct MasterKey {
    seal: aead::LessSafeKey,
    nonce: hmac::Key,
    codes: hmac::Key,
    receipts: hmac::Key,
    authorizations: hmac::Key,
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// A sealed value did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Wrong master key, or the value was moved or changed.
    #[error(
        "a sealed value does not open: the database belongs to another master key, or it was tampered with"
    )]
    Open,
    /// See [`NoRandomness`].
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// Where a sealed value stands. It opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The row's tenant.
    pub tenant: TenantId,
    /// Table and column.
    pub column: &'static str,
    /// The row's id.
    pub row: Uuid,
}

impl Place {
    fn associated_data(self) -> Vec<u8> {
        // Both ids have a fixed length, so no separator can be forged.
        [self.tenant.0.as_bytes().as_slice(), self.row.as_bytes(), self.column.as_bytes()].concat()
    }
}

impl MasterKey {
    /// Derives the working keys (HKDF-SHA-256, RFC 5869), one for each purpose.
    #[must_use]
    pub fn new(secret: &Zeroizing<[u8; 32]>) -> Option<Self> {
        let root =
            hkdf::Salt::new(hkdf::HKDF_SHA256, b"countersign master key v1").extract(secret.as_slice());
        let seal = root.expand(&[b"seal"], &aead::AES_256_GCM).ok()?;
        let nonce = root.expand(&[b"device nonce"], hmac::HMAC_SHA256).ok()?;
        let codes = root.expand(&[b"sent codes"], hmac::HMAC_SHA256).ok()?;
        let receipts = root.expand(&[b"delivery receipts"], hmac::HMAC_SHA256).ok()?;
        let authorizations = root.expand(&[b"authorizations"], hmac::HMAC_SHA256).ok()?;
        Some(Self {
            seal: aead::LessSafeKey::new(seal.into()),
            nonce: nonce.into(),
            codes: codes.into(),
            receipts: receipts.into(),
            authorizations: authorizations.into(),
        })
    }

    /// Encrypts and authenticates (AES-256-GCM): 12 bytes of nonce, then the ciphertext with its tag.
    ///
    /// # Errors
    /// [`SealError::Randomness`].
    pub fn seal(&self, rng: &dyn Rng, place: Place, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce: [u8; 12] = random(rng)?;
        let mut body = plain.to_vec();
        self.seal
            .seal_in_place_append_tag(
                aead::Nonce::assume_unique_for_key(nonce),
                aead::Aad::from(place.associated_data()),
                &mut body,
            )
            .map_err(|_| SealError::Open)?;
        Ok([nonce.as_slice(), &body].concat())
    }

    /// Opens what [`seal`](Self::seal) made at the same place.
    ///
    /// # Errors
    /// [`SealError::Open`].
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (nonce, body) = sealed.split_at_checked(12).ok_or(SealError::Open)?;
        let nonce = aead::Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Open)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self
            .seal
            .open_in_place(nonce, aead::Aad::from(place.associated_data()), &mut body)
            .map_err(|_| SealError::Open)?
            .len();
        body.truncate(length);
        Ok(body)
    }

    /// The key that device nonces are made with.
    #[must_use]
    pub fn nonce_key(&self) -> &hmac::Key {
        &self.nonce
    }

    /// The key that makes the addresses at which providers report.
    #[must_use]
    pub fn receipt_key(&self) -> &hmac::Key {
        &self.receipts
    }

    /// The key that makes the tokens by which an application asks a person without its secret.
    #[must_use]
    pub fn authorization_key(&self) -> &hmac::Key {
        &self.authorizations
    }

    /// The key under which codes that were sent are kept (S24).
    #[must_use]
    pub fn code_key(&self) -> &hmac::Key {
        &self.codes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::System;

    fn place(row: u128) -> Place {
        Place { tenant: TenantId(Uuid::from_u128(1)), column: "challenges.number", row: Uuid::from_u128(row) }
    }

    #[test]
    fn s25_a_sealed_value_opens_only_where_it_was_sealed() {
        let key = MasterKey::new(&Zeroizing::new([7; 32])).unwrap();
        let sealed = key.seal(&System, place(2), b"42").unwrap();
        assert_eq!(key.open(place(2), &sealed).unwrap().as_slice(), b"42");
        assert_eq!(key.open(place(3), &sealed), Err(SealError::Open));
        let elsewhere = Place { column: "signing_keys.private_key", ..place(2) };
        assert_eq!(key.open(elsewhere, &sealed), Err(SealError::Open));
        let other = MasterKey::new(&Zeroizing::new([8; 32])).unwrap();
        assert_eq!(other.open(place(2), &sealed), Err(SealError::Open));
        for i in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[i] ^= 1;
            assert!(key.open(place(2), &bent).is_err());
            assert!(key.open(place(2), &sealed[..i]).is_err());
        }
    }
}
