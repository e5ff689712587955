//! Why a message did not go out, in words: the engine's word, and what it comes down to.

use crate::portal::language::Language;

type Sentence = (&'static str, &'static str);

const NO_WAY: Sentence = (
    "The other side could not be reached, or did not answer in time.",
    "تعذّر الوصول إلى الطرف الآخر، أو لم يُجب في الوقت المناسب.",
);
const NOT_PUBLIC: Sentence = (
    "The address is not public, and the server's configuration does not allow it.",
    "العنوان ليس عامًا، وإعدادات الخادم لا تسمح به.",
);
const NOT_WANTED: Sentence = ("It was not wanted any more.", "لم يعد مطلوبًا.");
const NO_PROVIDER: Sentence =
    ("Nobody carries such messages: set a provider.", "لا أحد ينقل مثل هذه الرسائل: اضبط مقدّم خدمة.");
const ACCOUNT: Sentence = (
    "The provider refuses the account: see its page under «Providers».",
    "يرفض مقدّم الخدمة الحساب: انظر صفحته ضمن «مقدّمو الخدمة».",
);
const RECIPIENT: Sentence =
    ("The number, address or device takes nothing.", "الرقم أو العنوان أو الجهاز لا يستقبل شيئًا.");
const TOO_MUCH: Sentence = ("Too much at once; it is tried again.", "عدد كبير دفعة واحدة؛ يُعاد لاحقًا.");
const THEIRS: Sentence = ("The other side has trouble of its own.", "لدى الطرف الآخر مشكلة خاصة به.");
const THIS_ONE: Sentence =
    ("The other side will never take this message.", "لن يقبل الطرف الآخر هذه الرسالة أبدًا.");
const OURS: Sentence =
    ("The server could not prepare it; its log says why.", "لم يستطع الخادم تجهيزه؛ سجلّه يذكر السبب.");

/// What a word comes down to; none for one that says enough itself.
pub(super) fn sentence(word: &str, language: Language) -> Option<&'static str> {
    let (english, arabic) = match word {
        "timeout" | "connect" | "tls" | "unknown_host" | "protocol" | "disconnected" | "silent"
        | "closing" | "unavailable" | "token_unavailable" => NO_WAY,
        "refused_address" => NOT_PUBLIC,
        "expired" | "answered" | "superseded" | "device_removed" | "token_dead" | "webhook_removed"
        | "webhook_disabled" => NOT_WANTED,
        "no_provider" => NO_PROVIDER,
        "login_refused"
        | "wrong_sender"
        | "wrong_address"
        | "redirect"
        | "no_credit"
        | "authority"
        | "wrong_account"
        | "unusable_key"
        | "unusable_account"
        | "token_refused"
        | "vapid_refused"
        | "account"
        | "country_not_allowed"
        | "not_encrypted" => ACCOUNT,
        "bad_number" | "opted_out" | "address" | "unsubscribed" | "no_subscription" | "device_token_form"
        | "not_reachable" => RECIPIENT,
        "throttled" | "put_off" => TOO_MUCH,
        "provider_error" | "already_bound" | "bind_refused" | "status" => THEIRS,
        "rejected" | "not_accepted" | "too_long" | "too_large" | "bad_request" => THIS_ONE,
        "file" | "internal" => OURS,
        _ => return None,
    };
    Some(match language {
        Language::English => english,
        Language::Arabic => arabic,
    })
}

/// The word with what it comes down to.
pub(super) fn told(word: &str, language: Language) -> String {
    sentence(word, language).map_or_else(|| word.to_owned(), |sentence| format!("{word}: {sentence}"))
}
