//! Sending a browser back: to an address that its application has registered, and nowhere else.

use url::{Host, Url, form_urlencoded};

use super::WebClient;

/// What an address that a browser is sent to has at most, in bytes.
const MOST: usize = 2048;
/// What our pages add to an address. Where all of it must be the registered one, these count for nothing.
const ADDED: [&str; 4] = ["channel", "redirect_url", "access_token", "error"];

/// Where a browser goes back to. Only [`WebClient::callback`] makes one, so each is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    url: Url,
    /// Where the application wants to send its person then. It is the application's, too.
    onward: Option<String>,
}

/// Why a browser is not sent there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// It is no web address.
    #[error("callback_url is no web address")]
    Malformed,
    /// The application has not registered it.
    #[error("callback_url is not registered for this application")]
    NotRegistered,
    /// `redirect_url` leads to somebody else.
    #[error("redirect_url leads away from this application")]
    Astray,
}

impl WebClient {
    /// The place that a browser goes back to. When none is named and exactly one is registered, that one; when none is
    /// named otherwise, none.
    ///
    /// # Errors
    /// [`CallbackError`].
    pub fn callback(
        &self,
        callback_url: Option<&str>,
        redirect_url: Option<&str>,
    ) -> Result<Option<Callback>, CallbackError> {
        let named = callback_url.filter(|text| !text.is_empty());
        let url = match (named, self.redirect_uris.as_slice()) {
            (None, [only]) => only.clone(),
            (None, _) => return Ok(None),
            (Some(text), _) => web_address(text, Fragment::Refused).ok_or(CallbackError::Malformed)?,
        };
        if named.is_some() && !self.redirect_uris.iter().any(|registered| self.fits(&url, registered)) {
            return Err(CallbackError::NotRegistered);
        }
        let onward = match redirect_url.filter(|text| !text.is_empty()) {
            Some(text) if self.is_ours(text, &url) => Some(text.to_owned()),
            Some(_) => return Err(CallbackError::Astray),
            None => None,
        };
        Ok(Some(Callback { url, onward }))
    }

    fn fits(&self, url: &Url, registered: &Url) -> bool {
        let same_origin = url.origin() == registered.origin();
        same_origin
            && (!self.exact
                || (url.path() == registered.path()
                    && kept_query(url, &ADDED) == kept_query(registered, &ADDED)))
    }

    /// A path of the callback's own server, or an address on a registered one.
    fn is_ours(&self, text: &str, callback: &Url) -> bool {
        let address = if text.starts_with('/') {
            // Resolved as a browser does, so that `//elsewhere` is seen for what it is.
            is_plain(text).then(|| callback.join(text).ok()).flatten()
        } else {
            web_address(text, Fragment::Allowed)
        };
        address.is_some_and(|url| self.redirect_uris.iter().any(|ours| ours.origin() == url.origin()))
    }
}

impl Callback {
    /// The address with these parameters at the end of its query, each of them in the place of any by its name.
    #[must_use]
    pub fn with(&self, parameters: &[(&str, &str)]) -> String {
        let onward = self.onward.as_deref().map(|onward| ("redirect_url", onward));
        let added: Vec<_> = onward.into_iter().chain(parameters.iter().copied()).collect();
        let names: Vec<_> = added.iter().map(|(name, _)| *name).collect();
        let query = match (kept_query(&self.url, &names), added.is_empty()) {
            (kept, true) => kept,
            (kept, false) => {
                let start = if kept.is_empty() { kept } else { kept + "&" };
                let length = start.len();
                form_urlencoded::Serializer::for_suffix(start, length).extend_pairs(added).finish()
            }
        };
        let mut url = self.url.clone();
        url.set_query(Some(query.as_str()).filter(|query| !query.is_empty()));
        url.into()
    }

    /// Its scheme, host and port, as `form-action` of a content security policy lists it: browsers hold the redirects
    /// that follow a form to that list too.
    #[must_use]
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }
}

/// The pieces of a query as they are written, without those of these names.
fn kept_query(url: &Url, without: &[&str]) -> String {
    let is_kept = |piece: &&str| {
        let name = form_urlencoded::parse(piece.as_bytes()).next().map(|(name, _)| name);
        name.is_some_and(|name| !without.contains(&name.as_ref()))
    };
    url.query().unwrap_or_default().split('&').filter(is_kept).collect::<Vec<_>>().join("&")
}

/// Whether an address may have a part behind `#`, which no server sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fragment {
    Allowed,
    Refused,
}

/// An address to register: the form of [`WebClient::redirect_uris`].
pub(super) fn registrable(text: &str) -> Option<Url> {
    web_address(text, Fragment::Refused)
}

/// The characters that readers of addresses agree about: browsers take `\` for `/` and leave tabs and line ends out.
fn is_plain(text: &str) -> bool {
    text.len() <= MOST && !text.contains(|c: char| c == '\\' || c.is_whitespace() || c.is_control())
}

/// A web address that everybody reads alike: with its two slashes, without a user's name, and with a host that has no
/// character which means something elsewhere (in a content security policy, say).
fn web_address(text: &str, fragment: Fragment) -> Option<Url> {
    let (scheme, rest) = text.split_once("://").filter(|_| is_plain(text))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    if !is_web || authority.is_empty() || authority.contains(['@', '%']) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let host_is_plain = match url.host()? {
        Host::Domain(name) => name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    };
    (host_is_plain && (fragment == Fragment::Allowed || url.fragment().is_none())).then_some(url)
}

#[cfg(test)]
#[path = "redirect_tests.rs"]
mod tests;
