//! What every form for passkeys is made of: what the script is told before it asks the device, and what it says when nothing
//! came of that. The form itself is sent as any other, with what the device answered in two hidden fields.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::act::Form;
use crate::engine::Error;
use crate::engine::console::{Answered, Asked};
use crate::portal::language::in_both;

/// What the script says, and what keeps anybody from using passkeys.
#[derive(Debug)]
pub(super) struct Prompt {
    /// The person did not go through with it.
    pub(super) cancelled: &'static str,
    /// The device has one for this person already.
    pub(super) known: &'static str,
    pub(super) failed: &'static str,
    pub(super) over: &'static str,
    pub(super) refused: &'static str,
    pub(super) too_many: &'static str,
    /// The server's public address is none that browsers have passkeys for.
    pub(super) off: &'static str,
}

in_both!(Prompt, ENGLISH, ARABIC);

impl Prompt {
    /// The sentence for what every form for passkeys may be refused with.
    pub(super) fn sentence(&self, error: &Error) -> Option<&'static str> {
        match error {
            Error::CeremonyOver => Some(self.over),
            Error::PasskeyRefused => Some(self.refused),
            Error::TooManyAttempts { .. } => Some(self.too_many),
            Error::NoPasskeysHere => Some(self.off),
            _ => None,
        }
    }
}

/// What the device is asked, as the script reads it.
pub(super) fn ask(asked: &Asked) -> Response {
    Json(json!({"ceremony": *asked.ceremony, "publicKey": asked.options})).into_response()
}

/// Why it is not asked; the script says so beside the button.
pub(super) fn do_not_ask(why: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"problem": why}))).into_response()
}

/// What the device answered.
pub(super) fn answered(form: &Form) -> Answered<'_> {
    Answered { ceremony: form.text("ceremony"), answer: form.text("answer") }
}

const ENGLISH: Prompt = Prompt {
    cancelled: "Nothing was done: the device was not unlocked, or you stopped. Try again when you like.",
    known: "This device has a passkey of yours for this console already.",
    failed: "The passkey could not be used. Open the console under its public address, and try again.",
    over: "That took too long, or was sent twice. Begin again.",
    refused: "This passkey was not taken. Try again, or use another way.",
    too_many: "There were too many tries from your network. Wait a minute, then try again.",
    off: "Passkeys are not possible here: browsers have them only for an address with a domain name and https. Whoever runs the \
          server sets it as public_url.",
};

const ARABIC: Prompt = Prompt {
    cancelled: "لم يحدث شيء: لم يُفتح قفل الجهاز أو أنك توقفت. حاول مجددًا متى شئت.",
    known: "لدى هذا الجهاز مفتاح مرور لك في وحدة التحكم هذه من قبل.",
    failed: "تعذّر استخدام مفتاح المرور. افتح وحدة التحكم بعنوانها العام وحاول مجددًا.",
    over: "استغرق ذلك وقتًا طويلًا أو أُرسل مرتين. ابدأ من جديد.",
    refused: "لم يُقبل مفتاح المرور هذا. حاول مجددًا أو استخدم طريقة أخرى.",
    too_many: "جرت محاولات كثيرة من شبكتك. انتظر دقيقة ثم حاول مجددًا.",
    off: "مفاتيح المرور غير ممكنة هنا: لا تتيحها المتصفحات إلا لعنوان له اسم نطاق ويعمل بـ https. يضبطه من يدير الخادم في public_url.",
};
