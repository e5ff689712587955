//! What all pages for people have in common: language and direction, a band with the tenant's name on its colour, the
//! stylesheet, and a foot.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};

use super::assets;
use super::language::Language;
use crate::engine::Face;

/// What `templates/layout.html` shows: the field `layout` of every page that extends it.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The `lang` attribute.
    pub(crate) lang: &'static str,
    /// The `dir` attribute.
    pub(crate) dir: &'static str,
    /// The page's only `h1`.
    pub(crate) title: String,
    /// What kind of page it is: `data-page`.
    pub(crate) page: &'static str,
    /// In the band: whose page it is.
    pub(crate) name: String,
    /// The band's colour as six hexadecimal digits.
    pub(crate) color: Option<String>,
    /// How the address of everything of ours begins, as seen from this page.
    pub(crate) root: String,
    /// What stands on every page.
    pub(crate) words: &'static Words,
}

/// What stands on every page.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) skip: &'static str,
    pub(crate) footer: &'static str,
}

const ENGLISH: Words =
    Words { skip: "Skip to the content", footer: "Countersign confirms that a sign-in is yours." };
const ARABIC: Words = Words {
    skip: "الانتقال إلى المحتوى",
    footer: "يؤكّد Countersign أن تسجيل الدخول صادر عنك.",
};

impl Layout {
    /// A page that does not say whose it is.
    pub(crate) fn new(language: Language, page: &'static str, title: impl Into<String>) -> Self {
        let words = match language {
            Language::English => &ENGLISH,
            Language::Arabic => &ARABIC,
        };
        Self {
            lang: language.tag(),
            dir: language.direction(),
            title: title.into(),
            page,
            name: "Countersign".to_owned(),
            color: None,
            root: "../".to_owned(),
            words,
        }
    }

    /// A page at this path, which need not be one of ours.
    pub(crate) fn at(self, path: &str) -> Self {
        let depth = path.bytes().filter(|byte| *byte == b'/').count();
        // In front of the last slash stands what a browser takes for a folder.
        let root = if depth > 1 { "../".repeat(depth - 1) } else { "./".to_owned() };
        Self { root, ..self }
    }

    /// A page of a tenant's.
    pub(crate) fn of(self, face: &Face) -> Self {
        let color = face.color.as_deref().and_then(assets::digits_of).map(str::to_owned);
        Self { name: face.name.clone(), color, ..self }
    }

    /// Changes whenever the stylesheet does.
    pub(super) fn style_version(&self) -> &'static str {
        &assets::STYLE.version
    }
}

/// A page as a reply; `policy` is its content security policy.
pub(crate) fn respond(status: StatusCode, policy: &str, page: &impl Template) -> Response {
    match (page.render(), HeaderValue::try_from(policy)) {
        (Ok(html), Ok(policy)) => {
            (status, [(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response()
        }
        _ => {
            tracing::error!("a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
