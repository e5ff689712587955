//! Cookies of ours. Each holds 256 random bits that stand for something kept here, and nothing else.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::engine::Engine;

/// What a cookie is called.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cookie {
    /// Behind TLS: the prefix `__Host-` makes browsers refuse it from a neighbouring host and without TLS.
    pub(super) secure: &'static str,
    /// Without TLS, which is for machines that talk to themselves.
    pub(super) plain: &'static str,
}

impl Cookie {
    pub(super) fn name(self, engine: &Engine) -> &'static str {
        if is_https(engine) { self.secure } else { self.plain }
    }

    /// Has the browser keep it until it is closed.
    pub(super) fn set(self, engine: &Engine, response: &mut Response, value: &str) {
        self.put(engine, response, value, "");
    }

    /// Has the browser forget it.
    pub(super) fn forget(self, engine: &Engine, response: &mut Response) {
        self.put(engine, response, "", "; Max-Age=0");
    }

    fn put(self, engine: &Engine, response: &mut Response, value: &str, age: &str) {
        let secure = if is_https(engine) { "; Secure" } else { "" };
        let cookie = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}", self.name(engine));
        if let Ok(mut value) = HeaderValue::try_from(cookie) {
            value.set_sensitive(true);
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}

/// The cookie of this name; none when there is none that is of our making.
pub(super) fn read(name: &str, headers: &HeaderMap) -> Option<Zeroizing<String>> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(key, _)| *key == name)?;
    // Anything but 32 bytes as we write them was not written by us.
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(value).ok()?);
    (bytes.len() == 32).then(|| Zeroizing::new(value.to_owned()))
}

fn is_https(engine: &Engine) -> bool {
    engine.server_id().starts_with("https:")
}
