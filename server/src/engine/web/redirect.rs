//! Sending a browser back: to an address that its application has registered, and nowhere else.

use url::Url;

use super::WebClient;

/// Where a browser goes back to. Only [`WebClient::callback`] makes one, so each is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    url: Url,
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
        _callback_url: Option<&str>,
        _redirect_url: Option<&str>,
    ) -> Result<Option<Callback>, CallbackError> {
        Ok(None)
    }
}

impl Callback {
    /// The address with these parameters at the end of its query, each of them in the place of any by its name.
    #[must_use]
    pub fn with(&self, _parameters: &[(&str, &str)]) -> String {
        self.url.to_string()
    }

    /// Its scheme, host and port, as `form-action` of a content security policy lists it: browsers hold the redirects
    /// that follow a form to that list too.
    #[must_use]
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }
}
