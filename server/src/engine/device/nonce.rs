//! Device nonces: proof that a request is fresh by the **server's** clock, without remembering anything.
//!
//! A nonce is the time it was made at and a MAC over it; it is good for five minutes on any node that has the master
//! key. It is no one-time value: what must happen only once is guarded by the rows.

use ring::hmac;

use crate::engine::{Engine, Error};

/// Milliseconds that a nonce is good for.
const LIFETIME: i64 = 5 * 60 * 1000;

impl Engine {
    /// A nonce for the next request of whoever gets this reply.
    #[must_use]
    pub fn fresh_nonce(&self) -> String {
        let time = self.now().to_be_bytes();
        countersign_protocol::base64url(&[time.as_slice(), &self.nonce_tag(time)].concat())
    }

    /// Whether the nonce is ours and not too old.
    ///
    /// # Errors
    /// [`Error::UseNonce`].
    pub(in crate::engine) fn check_nonce(&self, nonce: &str) -> Result<(), Error> {
        let bytes = countersign_protocol::from_base64url(nonce).ok_or(Error::UseNonce)?;
        let (time, tag) = bytes.split_first_chunk::<8>().ok_or(Error::UseNonce)?;
        let ours: bool = subtle::ConstantTimeEq::ct_eq(tag, self.nonce_tag(*time).as_slice()).into();
        let age = self.now() - i64::from_be_bytes(*time);
        // A node whose clock is a little behind the one that made the nonce must not refuse it.
        if ours && (-60_000..LIFETIME).contains(&age) { Ok(()) } else { Err(Error::UseNonce) }
    }

    fn nonce_tag(&self, time: [u8; 8]) -> Vec<u8> {
        let mut tag = hmac::sign(self.master.nonce_key(), &time).as_ref().to_vec();
        tag.truncate(16);
        tag
    }
}
