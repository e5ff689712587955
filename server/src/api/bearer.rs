//! A token as `Authorization: Bearer` (RFC 6750 §2.1).

use axum::http::{HeaderMap, header};

/// Whether the request shows a token, whatever it is worth.
pub(super) fn shows_token(headers: &HeaderMap) -> bool {
    scheme(headers).is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
}

/// The token as it was sent.
pub(super) fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = scheme(headers)?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn scheme(headers: &HeaderMap) -> Option<(&str, &str)> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_token_is_read_whatever_case_its_scheme_is_in_and_nothing_else_is_one() {
        let read = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(text));
            (shows_token(&headers), bearer_token(&headers).map(str::to_owned))
        };
        assert_eq!(read("Bearer a.b.c"), (true, Some("a.b.c".to_owned())));
        assert_eq!(read("bearer a.b.c "), (true, Some("a.b.c".to_owned())));
        for none in ["Basic YTpi", "Bearer", "a.b.c", ""] {
            assert_eq!(read(none), (false, None), "{none}");
        }
    }
}
