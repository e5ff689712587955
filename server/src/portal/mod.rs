//! The pages a person sees. Server-rendered, in English and Arabic; what one of them does with a script, it does without too.

pub(crate) mod api;
pub(crate) mod assets;
pub(crate) mod bayeux;
pub(crate) mod browser;
pub(crate) mod console;
mod cookie;
pub(crate) mod enroll;
pub(crate) mod language;
pub(crate) mod layout;
pub(crate) mod qr;
mod schema_view;
pub(crate) mod sign_in;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use language::Language;
use layout::Layout;
pub(crate) use sign_in::enable;

/// What every page may load: our one stylesheet and pictures that stand in the page itself.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// One of our own sentences in place of the page that a browser asked for at `path`.
pub(crate) fn plain_message(status: StatusCode, path: &str, message: &str) -> Response {
    let layout = Layout::new(Language::English, "problem", "This did not work").at(path);
    layout::respond(status, CONTENT_SECURITY_POLICY, &Message { layout, message })
}

#[derive(Debug, Template)]
#[template(path = "message.html")]
struct Message<'a> {
    layout: Layout,
    message: &'a str,
}
