//! What a push says: that something waits, in the person's language, and which challenge it is. Who asks and for what is
//! fetched by the app, over TLS and signed (S9, Property 8): a push passes through strangers' hands and over locked
//! screens.

use serde_json::{Value, json};

use crate::engine::{Language, Push};

/// Title and text, always these.
pub(super) fn words(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::En => ("A request is waiting", "Open the app to see who asks, then approve or deny."),
        Language::Ar => ("طلب بانتظارك", "افتح التطبيق لترى من يسأل، ثم وافق أو ارفض."),
    }
}

/// The same for apps that show it themselves, with the challenge's id; texts only.
pub(super) fn data(push: &Push) -> Value {
    let (title, body) = words(push.language);
    json!({ "challenge": push.challenge.to_string(), "title": title, "body": body })
}
