//! The pages a person sees. Server-rendered, without a script, in English and Arabic.

pub(crate) mod api;
pub(crate) mod assets;
pub(crate) mod bayeux;
pub(crate) mod browser;
pub(crate) mod enable;
pub(crate) mod enroll;
pub(crate) mod language;
pub(crate) mod layout;
pub(crate) mod qr;
mod schema_view;
pub(crate) mod sign_in;

/// What every page may load: our one stylesheet and pictures that stand in the page itself.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A page with one of our own sentences and nothing else.
pub(crate) fn plain_message(message: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Countersign</title><p>{message}</p></html>\n"
    )
}
