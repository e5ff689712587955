//! What every request of a browser brings: who it is, which language it likes, and by which address it came. Requests for
//! other hosts, and forms of other sites, are refused before anything else is looked at.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};

use super::Shop;
use super::pages;
use super::visitor::Shared;
use super::words::Words;

const COOKIE: &str = "cs-demo";

/// A browser.
pub(super) struct Guest {
    pub(super) visitor: Shared,
    pub(super) words: &'static Words,
    /// Scheme, host and port by which it came.
    pub(super) origin: String,
    /// It is here for the first time.
    cookie: Option<String>,
}

impl Guest {
    /// Has the browser keep its cookie.
    pub(super) fn keep(&self, mut response: Response) -> Response {
        if let Some(cookie) = &self.cookie
            && let Ok(mut value) =
                HeaderValue::try_from(format!("{COOKIE}={cookie}; Path=/demo; HttpOnly; SameSite=Lax"))
        {
            value.set_sensitive(true);
            response.headers_mut().append(header::SET_COOKIE, value);
        }
        response
    }
}

impl FromRequestParts<Shop> for Guest {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, shop: &Shop) -> Result<Self, Response> {
        let (headers, words) = (&parts.headers, Words::preferred(&parts.headers));
        let host = text(headers, header::HOST.as_str());
        // Another name may be one that somebody else makes lead here.
        let Some(origin) = shop.place.origins.iter().find(|origin| origin.split("://").nth(1) == Some(host))
        else {
            return Err(pages::message(words, StatusCode::MISDIRECTED_REQUEST, words.messages.host));
        };
        if parts.method == Method::POST && !is_own_form(headers, origin) {
            return Err(pages::message(words, StatusCode::FORBIDDEN, words.messages.foreign));
        }
        let known = cookie(headers).and_then(|cookie| shop.visitors.find(cookie, &*shop.clock));
        match known {
            Some(visitor) => Ok(Self { visitor, words, origin: origin.clone(), cookie: None }),
            // A form of somebody who was forgotten, or who keeps no cookies.
            None if parts.method == Method::POST => Err(Redirect::to("/demo/?new=1").into_response()),
            None => match shop.visitors.welcome(&*shop.clock, &*shop.rng) {
                Ok((cookie, visitor)) => {
                    Ok(Self { visitor, words, origin: origin.clone(), cookie: Some(cookie) })
                }
                Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE.into_response()),
            },
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whether a form was sent by a page of ours. Every browser says so in one of the two.
fn is_own_form(headers: &HeaderMap, origin: &str) -> bool {
    match text(headers, "sec-fetch-site") {
        "" => ["", origin].contains(&text(headers, "origin")),
        site => site == "same-origin",
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_other_sites_are_none_of_ours() {
        let ours = "http://127.0.0.1:8481";
        for (name, value, own) in [
            ("sec-fetch-site", "same-origin", true),
            ("sec-fetch-site", "same-site", false),
            ("sec-fetch-site", "cross-site", false),
            ("origin", ours, true),
            ("origin", "http://127.0.0.1:8480", false),
            ("origin", "null", false),
            ("x-nothing", "x", true),
        ] {
            let headers =
                HeaderMap::from_iter([(header::HeaderName::from_static(name), value.parse().unwrap())]);
            assert_eq!(is_own_form(&headers, ours), own, "{name}: {value}");
        }
    }
}
