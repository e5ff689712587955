//! `Idempotency-Key` (S37): a request that comes again gets the reply that was given before, and is not done again.
//!
//! A key is taken before the request is done, and its reply is kept afterwards. Between the two, others with the key are
//! turned away. If the node dies in between, the key is free again after a while; nobody knows then whether the request
//! was done, and it will be done (again) for whoever asks next.

use ring::digest::{Context, SHA256, digest};
use uuid::Uuid;

use super::{Caller, Engine, Error};
use crate::seal::Place;
use crate::store::idempotency::{KeptReply, KeyedRequest};
use crate::store::{Statement, StoreError};

/// Milliseconds that a reply is kept.
const KEPT: i64 = 24 * 60 * 60 * 1000;
/// Milliseconds after which a request that has no reply yet counts as lost with its node.
const LOST: i64 = 60 * 1000;
/// How often a key that was given back between two looks is tried for again.
const TRIES: usize = 3;
/// Rows removed at a time.
const AT_ONCE: i64 = 500;

/// A key that was taken for one request.
#[derive(Debug)]
pub struct Reservation {
    request: KeyedRequest,
    id: Uuid,
}

/// A reply as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The content type; empty for none.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

/// What to do with a request.
#[derive(Debug)]
pub enum Keyed {
    /// Do it, and tell how it ended.
    New(Reservation),
    /// Give this reply again.
    Again(Reply),
}

impl Engine {
    /// Takes `key` for a request of `caller`. `parts` is everything that makes two requests the same one.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a key that is not 1…255 visible ASCII characters, [`Error::IdempotencyKeyReused`],
    /// [`Error::IdempotencyInFlight`].
    pub async fn take_key(&self, caller: &Caller, key: &[u8], parts: [&[u8]; 3]) -> Result<Keyed, Error> {
        if !(1..=255).contains(&key.len()) || !key.iter().all(u8::is_ascii_graphic) {
            return Err(Error::Invalid(
                "Idempotency-Key must be 1 to 255 visible ASCII characters".to_owned(),
            ));
        }
        let request = KeyedRequest {
            tenant: caller.application.tenant,
            application: caller.application.id,
            key_hash: digest(&SHA256, key).as_ref().to_vec(),
            request_hash: hash_of(parts),
        };
        for _ in 0..TRIES {
            let (now, id) = (self.now(), self.new_id()?);
            match self.store.write(vec![request.reserve(id, now, now + LOST)]).await {
                Ok(()) => return Ok(Keyed::New(Reservation { request, id })),
                Err(StoreError::Unmet(_)) => {}
                Err(error) => return Err(error.into()),
            }
            if let Some(kept) = self.store.kept_reply(&request, now).await? {
                return self.again(&request, kept);
            }
        }
        Err(Error::IdempotencyInFlight)
    }

    fn again(&self, request: &KeyedRequest, kept: KeptReply) -> Result<Keyed, Error> {
        if kept.request_hash != request.request_hash {
            return Err(Error::IdempotencyKeyReused);
        }
        let (status, sealed) = kept.reply.ok_or(Error::IdempotencyInFlight)?;
        let plain = self.master.open(place(request, kept.id), &sealed)?;
        let damaged = || Error::Damaged("reply");
        let end = plain.iter().position(|byte| *byte == b'\n').ok_or_else(damaged)?;
        let (content_type, body) = plain.split_at_checked(end).ok_or_else(damaged)?;
        Ok(Keyed::Again(Reply {
            status: u16::try_from(status).map_err(|_| damaged())?,
            content_type: String::from_utf8(content_type.to_vec()).map_err(|_| damaged())?,
            body: body.get(1..).unwrap_or_default().to_vec(),
        }))
    }

    /// Keeps the reply for a day, if it is one that would be the same again; otherwise the key is free again.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Seal`]. The request itself was done.
    pub async fn keep_reply(&self, taken: &Reservation, reply: &Reply) -> Result<(), Error> {
        let end =
            if is_final(reply.status) { self.kept(taken, reply)? } else { taken.request.release(taken.id) };
        Ok(self.store.write(vec![end]).await?)
    }

    fn kept(&self, taken: &Reservation, reply: &Reply) -> Result<Statement, Error> {
        let plain = [reply.content_type.as_bytes(), b"\n", &reply.body].concat();
        let sealed = self.master.seal(&*self.rng, place(&taken.request, taken.id), &plain)?;
        Ok(taken.request.keep(taken.id, reply.status, sealed, self.now() + KEPT))
    }

    /// Removes replies whose day is over, a bounded number. Returns whether there may be more.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn forget_replies(&self) -> Result<bool, Error> {
        let found = self.store.forget_replies(self.now(), AT_ONCE).await?;
        Ok(i64::try_from(found).unwrap_or(i64::MAX) >= AT_ONCE)
    }
}

/// Successes and decisions. Not: who are you, too fast, too long, and whatever went wrong on our side.
fn is_final(status: u16) -> bool {
    matches!(status, 200..=299 | 400..=499) && ![401, 408, 413, 429].contains(&status)
}

fn place(request: &KeyedRequest, id: Uuid) -> Place {
    Place { tenant: request.tenant, column: "idempotency.reply", row: id }
}

/// Each part after its length, so that no two requests run together into the same bytes.
fn hash_of(parts: [&[u8]; 3]) -> Vec<u8> {
    let mut hash = Context::new(&SHA256);
    for part in parts {
        hash.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finish().as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_that_differ_anywhere_are_different() {
        let one = hash_of([b"POST", b"/a", b"b"]);
        assert_eq!(one, hash_of([b"POST", b"/a", b"b"]));
        assert_ne!(one, hash_of([b"POST", b"/", b"ab"]));
        assert_ne!(one, hash_of([b"POST/", b"a", b"b"]));
        assert_ne!(one, hash_of([b"POST", b"/ab", b""]));
    }

    #[test]
    fn s37_only_what_would_be_the_same_again_is_kept() {
        for status in [200, 201, 204, 400, 404, 409, 422] {
            assert!(is_final(status), "{status}");
        }
        for status in [101, 302, 401, 408, 413, 429, 500, 503] {
            assert!(!is_final(status), "{status}");
        }
    }
}
