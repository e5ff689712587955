//! The browser that a page is shown to, known by a cookie, and whether a form was sent by a page of ours.
//!
//! Whoever knows the address of a page could send it to somebody else. A page with a cookie of its own is shown to one
//! browser only; a form counts only when the cookie comes with it and the browser does not say that a foreign page sent it.

use std::fmt;

use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use url::Url;
use zeroize::Zeroizing;

use super::cookie::{self, Cookie};
use crate::engine::Engine;
use crate::host::{NoRandomness, random};

/// What it is called.
const COOKIE: Cookie = Cookie { secure: "__Host-cs-browser", plain: "cs-browser" };

/// A browser. Its cookie has 256 random bits, holds until the browser is closed, and serves all of our pages.
pub(crate) struct Browser {
    cookie: Zeroizing<String>,
    is_new: bool,
}

impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Browser").field("is_new", &self.is_new).finish_non_exhaustive()
    }
}

impl Browser {
    /// The browser by the cookie that it sends; none when it sends none that is of our making.
    pub(crate) fn known(engine: &Engine, headers: &HeaderMap) -> Option<Self> {
        Self::named(COOKIE.name(engine), headers)
    }

    fn named(name: &str, headers: &HeaderMap) -> Option<Self> {
        cookie::read(name, headers).map(|cookie| Self { cookie, is_new: false })
    }

    /// The same, or a new browser.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub(crate) fn of(engine: &Engine, headers: &HeaderMap) -> Result<Self, NoRandomness> {
        if let Some(known) = Self::known(engine, headers) {
            return Ok(known);
        }
        let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(random(engine.rng())?);
        Ok(Self { cookie: Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice())), is_new: true })
    }

    /// SHA-256 of its cookie: what a row keeps.
    pub(crate) fn hash(&self) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, self.cookie.as_bytes()).as_ref());
        hash
    }

    /// Has the browser keep its cookie, if it is new.
    pub(crate) fn remember(&self, engine: &Engine, response: &mut Response) {
        if !self.is_new {
            return;
        }
        COOKIE.set(engine, response, &self.cookie);
    }
}

/// Whether a form comes from a page of ours, as far as the browser says: what says that it does not is refused.
///
/// Our pages give away no referrer, so browsers call their origin `null`; so does everybody who wants to hide theirs. That
/// counts only beside `Sec-Fetch-Site`, which no page can forge. A browser that sends neither of the two is held to its
/// cookie, which is `SameSite`.
pub(crate) fn is_own_form(engine: &Engine, headers: &HeaderMap) -> bool {
    is_form_of(engine.server_id(), headers)
}

fn is_form_of(server_id: &str, headers: &HeaderMap) -> bool {
    let all = |name: &str| headers.get_all(name).iter().map(HeaderValue::as_bytes).collect::<Vec<_>>();
    let site_is_known = match *all("sec-fetch-site") {
        [] => false,
        [b"same-origin" | b"none"] => true,
        _ => return false,
    };
    match *all("origin") {
        [] => true,
        [b"null"] => site_is_known,
        [origin] => {
            Url::parse(server_id).is_ok_and(|url| url.origin().ascii_serialization().as_bytes() == origin)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;

    const SECURE: &str = COOKIE.secure;
    const PLAIN: &str = COOKIE.plain;
    const SERVER: &str = "https://mfa.example.org/base";

    fn headers(all: &[(&'static str, &str)]) -> HeaderMap {
        let pair =
            |(name, value): &(&'static str, &str)| (HeaderName::from_static(name), value.parse().unwrap());
        let mut headers = HeaderMap::new();
        all.iter().map(pair).for_each(|(name, value)| _ = headers.append(name, value));
        headers
    }

    #[test]
    fn a_form_of_a_foreign_page_is_refused_whichever_way_the_browser_says_so() {
        let foreign: [&[(&'static str, &str)]; 10] = [
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://mfa.example.org")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example.org")],
            &[("origin", "null")],
            &[("origin", "https://mfa.example.org.evil.example")],
            &[("origin", "http://mfa.example.org")],
            &[("origin", "https://mfa.example.org:8443")],
            &[("origin", "https://mfa.example.org"), ("origin", "https://evil.example.org")],
        ];
        for all in foreign {
            assert!(!is_form_of(SERVER, &headers(all)), "{all:?}");
        }
        let own: [&[(&'static str, &str)]; 5] = [
            &[],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://mfa.example.org")],
            &[("origin", "https://mfa.example.org")],
        ];
        for all in own {
            assert!(is_form_of(SERVER, &headers(all)), "{all:?}");
        }
        assert!(!is_form_of("no address", &headers(&[("origin", "null")])));
    }

    #[test]
    fn only_a_cookie_of_our_making_is_a_browser() {
        let value = URL_SAFE_NO_PAD.encode([7; 32]);
        let known = |line: &str| Browser::named(SECURE, &headers(&[("cookie", line)]));
        for line in [format!("{SECURE}={value}"), format!("a=b;{SECURE}={value}; c")] {
            let browser = known(&line).unwrap();
            assert_eq!(browser.hash().as_slice(), digest(&SHA256, value.as_bytes()).as_ref());
            assert!(!format!("{browser:?}").contains(&value));
        }
        let others = [
            String::new(),
            format!("{PLAIN}={value}"),
            format!("x{SECURE}={value}"),
            format!("{SECURE}="),
            format!("{SECURE}={}", &value[1..]),
            format!("{SECURE}={value}="),
            format!("{SECURE}={}!", &value[1..]),
        ];
        for line in others {
            assert!(known(&line).is_none(), "{line}");
        }
    }
}
