//! What is set for an application that sends browsers to our pages.

use url::Url;

/// An application's settings for the web. The default is that of an application that has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebClient {
    /// Where its people may be sent back to.
    pub redirect_uris: Vec<Url>,
    /// Whether a callback must be one of them exactly; otherwise its scheme, host and port must be those of one.
    pub exact: bool,
    /// Whether a push is asked at once when the application does not say what to ask.
    pub push_at_once: bool,
    /// Whether a channel and an address are enough to read how a sign-in went.
    pub legacy_check: bool,
    /// Whether a code that is still waited for is a JSON null, and not the text `nil`.
    pub null_pending: bool,
}

/// The settings out of their row.
pub(in crate::engine) fn read() -> WebClient {
    WebClient::default()
}
