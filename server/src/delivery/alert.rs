//! What a push says: that something waits, in the person's language, and which challenge it is. Who asks and for what is
//! fetched by the app, over TLS and signed (S9, Property 8): a push passes through strangers' hands and over locked
//! screens.

use serde_json::{Value, json};

use crate::engine::{Language, Push};

/// A push's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Alert {
    /// The first line.
    pub(super) title: &'static str,
    /// The second.
    pub(super) body: &'static str,
}

/// The words in a language; always these.
pub(super) fn alert(language: Language) -> Alert {
    match language {
        Language::En => {
            Alert { title: "A request waits for you", body: "Open the app to see it and to answer." }
        }
        Language::Ar => Alert {
            title: "لديك طلب بانتظار الرد", body: "افتح التطبيق لرؤيته والرد عليه."
        },
    }
}

/// The same for apps that show it themselves, with the challenge's id; texts only.
pub(super) fn data(push: &Push) -> Value {
    let Alert { title, body } = alert(push.language);
    json!({ "challenge_id": push.challenge.to_string(), "title": title, "body": body })
}
