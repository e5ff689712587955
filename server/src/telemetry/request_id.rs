//! The id by which one request is found again in the logs of everybody it passed.

use std::fmt;

use countersign_protocol::id::to_base32;
use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

use crate::host::{Rng, random};

/// The header, in and out.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Characters at most of an id that a caller brings.
const LONGEST: usize = 64;

/// An id of letters, digits, `.`, `_` and `-`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    /// The caller's own, when it is well-formed; otherwise a new one. Whatever else a caller writes there goes nowhere.
    pub(crate) fn of(headers: &HeaderMap, rng: &dyn Rng) -> Self {
        match headers.get(REQUEST_ID).filter(|value| is_well_formed(value.as_bytes())) {
            Some(value) => Self(value.clone()),
            // Without randomness nothing that matters works either; this id then only looks odd.
            None => Self::made(random(rng).unwrap_or_default()),
        }
    }

    fn made(bytes: [u8; 16]) -> Self {
        let text = to_base32(Uuid::from_bytes(bytes));
        Self(HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("none")))
    }

    /// For the reply.
    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.to_str().unwrap_or_default())
    }
}

fn is_well_formed(id: &[u8]) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=LONGEST).contains(&id.len()) && id.iter().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::System;

    #[test]
    fn a_well_formed_id_is_kept_and_others_are_replaced() {
        let id = |value: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_bytes(value).unwrap());
            RequestId::of(&headers, &System).to_string()
        };
        for good in ["a", "0190f3c2-0000-7000-8000-000000000000", "A.b_c-9", &"x".repeat(64)] {
            assert_eq!(id(good.as_bytes()), good);
        }
        for bad in [&b""[..], b"a b", b"a\tb", b"a;b", b"\xc3\xa9", b"<a>", "x".repeat(65).as_bytes()] {
            let made = id(bad);
            assert_eq!(made.len(), 26, "{bad:?} became {made}");
            assert_ne!(made, id(bad), "each request has its own");
        }
    }
}
