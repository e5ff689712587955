//! The landing page of an enrolment link: what a plain camera opens. It uses nothing up.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::language::Language;
use super::layout::{Layout, respond};
use super::{CONTENT_SECURITY_POLICY, qr};
use crate::engine::{Check, Engine, Error, Face};

/// The page's words.
struct Words {
    title: &'static str,
    for_whom: &'static str,
    open: &'static str,
    scan: &'static str,
    qr_label: &'static str,
    get_app: &'static str,
    terminal: &'static str,
    once: &'static str,
    mailed: &'static str,
    totp: &'static str,
    ended: &'static str,
    used: &'static str,
    expired: &'static str,
    unknown: &'static str,
    later: &'static str,
}

const ENGLISH: Words = Words {
    title: "Set up your phone",
    for_whom: "This link enrols a device for",
    open: "Open in Countersign",
    scan: "On another screen? Scan this code with the Countersign app.",
    qr_label: "QR code with this enrolment link",
    get_app: "No app yet? Install Countersign on your phone first, then open this page again.",
    terminal: "On a computer, the terminal authenticator takes the link too:",
    once: "The link works once and for ten minutes. Nobody needs it but you: do not pass it on.",
    mailed: "The app will ask for a code: it was sent to you by e-mail.",
    totp: "The app will ask for a code: take it from your authenticator app.",
    ended: "Too many wrong codes were given for this link, so it has ended. Ask for a new one.",
    used: "This link was used already. If that was not you, tell whoever sent it. Otherwise ask for a new one.",
    expired: "This link has expired. Ask for a new one.",
    unknown: "This link is not known here. Was it copied whole? Otherwise ask for a new one.",
    later: "The server cannot look this link up at the moment. Try again in a minute.",
};

const ARABIC: Words = Words {
    title: "إعداد هاتفك",
    for_whom: "يسجّل هذا الرابط جهازًا لحساب",
    open: "الفتح في Countersign",
    scan: "هل تستخدم شاشة أخرى؟ امسح هذا الرمز بتطبيق Countersign.",
    qr_label: "رمز QR يحمل رابط التسجيل",
    get_app: "ليس لديك التطبيق؟ ثبّت Countersign على هاتفك أولًا ثم افتح هذه الصفحة مرة أخرى.",
    terminal: "على الحاسوب يقبل تطبيق سطر الأوامر الرابط أيضًا:",
    once: "يعمل الرابط مرة واحدة ولمدة عشر دقائق. لا يحتاجه أحد سواك، فلا تشاركه.",
    mailed: "سيطلب التطبيق رمزًا أُرسل إليك بالبريد الإلكتروني.",
    totp: "سيطلب التطبيق رمزًا تجده في تطبيق المصادقة لديك.",
    ended: "أُدخلت رموز خاطئة كثيرة لهذا الرابط فانتهت صلاحيته. اطلب رابطًا جديدًا.",
    used: "استُخدم هذا الرابط من قبل. إن لم تكن أنت من استخدمه فأبلغ من أرسله إليك، وإلا فاطلب رابطًا جديدًا.",
    expired: "انتهت صلاحية هذا الرابط. اطلب رابطًا جديدًا.",
    unknown: "هذا الرابط غير معروف هنا. هل نُسخ كاملًا؟ وإلا فاطلب رابطًا جديدًا.",
    later: "لا يستطيع الخادم البحث عن هذا الرابط الآن. حاول مرة أخرى بعد دقيقة.",
};

#[derive(Template)]
#[template(path = "enroll.html")]
struct Page<'a> {
    layout: Layout,
    words: &'a Words,
    /// Either an offer or a sentence that says why there is none.
    offer: Option<Offer>,
    problem: &'static str,
}

struct Offer {
    face: Face,
    user: String,
    app_link: String,
    link: String,
    svg: String,
    /// What the link asks for besides, if anything.
    check: &'static str,
}

/// `GET /enroll/:token`.
pub(crate) async fn page(
    State(engine): State<Arc<Engine>>,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response {
    let language = Language::preferred(&headers);
    let words = match language {
        Language::English => &ENGLISH,
        Language::Arabic => &ARABIC,
    };
    let (status, offer, problem) = match offer(&engine, &token, words).await {
        Ok(offer) => (StatusCode::OK, Some(offer), ""),
        Err(Error::TokenUsed) => (StatusCode::GONE, None, words.used),
        Err(Error::TokenExpired) => (StatusCode::GONE, None, words.expired),
        Err(Error::TooManyCodes) => (StatusCode::GONE, None, words.ended),
        Err(Error::TokenInvalid) => (StatusCode::NOT_FOUND, None, words.unknown),
        Err(error) => {
            tracing::error!(%error, "the enrolment page failed");
            (StatusCode::SERVICE_UNAVAILABLE, None, words.later)
        }
    };
    let layout = Layout::new(language, "enroll", words.title);
    let layout = match &offer {
        Some(offer) => layout.of(&offer.face),
        None => layout,
    };
    respond(status, CONTENT_SECURITY_POLICY, &Page { layout, words, offer, problem })
}

async fn offer(engine: &Engine, token: &str, words: &Words) -> Result<Offer, Error> {
    let (token, row, key) = engine.enrollment(token).await?;
    let link = engine.link(token, &key);
    let check = match row.still_to_show()? {
        Check::None => "",
        Check::EmailOtp => words.mailed,
        Check::Totp => words.totp,
    };
    Ok(Offer {
        check,
        face: engine.face(row.user.tenant).await?,
        user: row.user.display_name.unwrap_or(row.user.user_ref),
        app_link: link.app_link(),
        svg: qr::svg(&link.to_string()).unwrap_or_default(),
        link: link.to_string(),
    })
}
