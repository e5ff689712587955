//! Pages that say why a page is not shown. There is nothing of the sign-in on them, not even whose it is, and no link that
//! somebody else could have chosen.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::words::Words;
use crate::engine::Error;
use crate::portal::CONTENT_SECURITY_POLICY;
use crate::portal::language::Language;
use crate::portal::layout::{Layout, respond};

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    /// The request cannot be read.
    Malformed,
    /// The address to go back to is not the application's.
    BadCallback,
    /// No such sign-in, or one that ended long ago.
    Unknown,
    /// It belongs to another browser.
    OtherBrowser,
    /// The form came without our cookie.
    NoCookie,
    /// The form came from somebody else's page.
    ForeignForm,
    /// The server cannot answer at the moment.
    Later,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::TransactionNotFound => Self::Unknown,
            Error::OtherBrowser => Self::OtherBrowser,
            error => {
                tracing::error!(%error, "a page of a sign-in failed");
                Self::Later
            }
        }
    }
}

/// A problem in the language of who has it.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) language: Language,
    pub(super) problem: Problem,
}

#[derive(Template)]
#[template(path = "sign_in/problem.html")]
struct Page {
    layout: Layout,
    text: &'static str,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let words = &Words::of(self.language).problems;
        let (status, (title, text)) = match self.problem {
            Problem::Malformed => (StatusCode::BAD_REQUEST, words.malformed),
            Problem::BadCallback => (StatusCode::BAD_REQUEST, words.bad_callback),
            Problem::Unknown => (StatusCode::NOT_FOUND, words.unknown),
            Problem::OtherBrowser => (StatusCode::FORBIDDEN, words.other_browser),
            Problem::NoCookie => (StatusCode::FORBIDDEN, words.no_cookie),
            Problem::ForeignForm => (StatusCode::FORBIDDEN, words.foreign_form),
            Problem::Later => (StatusCode::SERVICE_UNAVAILABLE, words.later),
        };
        let layout = Layout::new(self.language, "problem", title);
        respond(status, CONTENT_SECURITY_POLICY, &Page { layout, text })
    }
}
