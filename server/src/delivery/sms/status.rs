//! What the HTTP status of a gateway's refusal means for a message.

use reqwest::header::HeaderMap;

use crate::delivery::outgoing::retry_after;
use crate::engine::{Attempt, Then};

/// What follows when a gateway did not take a message. `now` is in seconds since 1970.
pub(super) fn refusal(status: u16, headers: &HeaderMap, now: i64) -> Attempt {
    let came = match status {
        // The account is refused, or what stands in it is wrong: nothing goes out until an operator has looked.
        401 | 403 | 407 => Attempt::failed("login_refused").in_trouble(),
        402 => Attempt::failed("no_credit").in_trouble(),
        404 | 405 => Attempt::failed("wrong_address").in_trouble(),
        300..=399 => Attempt::failed("redirect").in_trouble(),
        408 | 425 => Attempt::failed("provider_error"),
        429 => Attempt { then: Then::Again(retry_after(headers, now)), ..Attempt::failed("throttled") },
        400..=499 => Attempt::dead("rejected"),
        _ => Attempt { then: Then::Again(retry_after(headers, now)), ..Attempt::failed("provider_error") },
    };
    came.with_status(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_in_trouble_is_told_from_a_bad_message_and_a_bad_moment() {
        let read = |status| {
            let came = refusal(status, &HeaderMap::new(), 0);
            (came.error.unwrap(), came.trouble, came.then)
        };
        let again = Then::Again(None);
        for (status, expected) in [
            (401, ("login_refused", true, again)),
            (403, ("login_refused", true, again)),
            (404, ("wrong_address", true, again)),
            (302, ("redirect", true, again)),
            (400, ("rejected", false, Then::Dead)),
            (422, ("rejected", false, Then::Dead)),
            (429, ("throttled", false, again)),
            (500, ("provider_error", false, again)),
            (503, ("provider_error", false, again)),
        ] {
            assert_eq!(read(status), expected, "{status}");
        }
        let headers = HeaderMap::from_iter([(reqwest::header::RETRY_AFTER, "7".parse().unwrap())]);
        assert_eq!(refusal(429, &headers, 0).then, Then::Again(Some(7)));
    }
}
