//! What the console says when something is not shown or not done: in the language of who asked, and what to do next.

use askama::Template;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::form_urlencoded::byte_serialize;

use super::CONTENT_SECURITY_POLICY;
use super::routes::ROOT;
use super::words::Words;
use crate::engine::Error;
use crate::portal::language::Language;
use crate::portal::layout::{Layout, respond};

/// Why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    /// They have to sign in, and come back to this address.
    SignIn(String),
    /// A form came from a browser that is not signed in any more.
    SignedOut,
    /// Nothing there, or nothing that is their business.
    NotFound,
    /// No application of theirs has this client id.
    NoApplication,
    /// Their role does not go so far.
    NotAllowed,
    /// The form came from somebody else's page, or from before they signed in again.
    ForeignForm,
    /// The request cannot be read.
    Malformed,
    /// What was filled in cannot be; the engine's sentence says why.
    Refused(String),
    /// The server cannot answer at the moment.
    Later,
}

/// A [`Problem`] on its way to [`told`], which knows the language.
#[derive(Debug)]
pub(super) struct Wrong(Problem);

impl From<Problem> for Wrong {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::OperatorNotFound
            | Error::UserNotFound
            | Error::TenantNotFound(_)
            | Error::ChannelNotFound(_)
            | Error::WebhookNotFound
            | Error::ChallengeNotFound => Self::NotFound,
            Error::ApplicationNotFound(_) => Self::NoApplication,
            Error::Store(_) | Error::Damaged(_) | Error::Closing => {
                tracing::error!(%error, "a page of the console failed");
                Self::Later
            }
            refused => Self::Refused(refused.to_string()),
        }
    }
}

/// Carries a problem from a handler to the layer around it.
#[derive(Debug, Clone)]
struct Untold(Problem);

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(Untold(self.0));
        response
    }
}

#[derive(Template)]
#[template(path = "console/problem.html")]
struct Page<'a> {
    layout: Layout,
    text: &'static str,
    /// The engine's own sentence, in English.
    detail: Option<&'a str>,
    back: &'static str,
}

/// Around every page: problems become pages, and nothing of the console is kept by browsers or proxies.
pub(super) async fn told(request: Request, next: Next) -> Response {
    let (language, path) = (Language::preferred(request.headers()), request.uri().path().to_owned());
    let mut response = next.run(request).await;
    if let Some(Untold(problem)) = response.extensions_mut().remove::<Untold>() {
        response = tell(&problem, language, &path);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, super::NO_STORE);
    response
}

fn tell(problem: &Problem, language: Language, path: &str) -> Response {
    let layout = |title| Layout::new(language, "problem", title).at(path);
    if let Problem::SignIn(back) = problem {
        let to: String = byte_serialize(back.as_bytes()).collect();
        let root = layout("").root;
        let address = format!("{root}{}/sign-in?to={to}", ROOT.trim_start_matches('/'));
        return (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response();
    }
    let words = Words::of(language);
    let all = &words.problems;
    let (status, (title, text), detail) = match problem {
        Problem::SignIn(_) | Problem::SignedOut => (StatusCode::UNAUTHORIZED, all.signed_out, None),
        Problem::NotFound => (StatusCode::NOT_FOUND, all.not_found, None),
        Problem::NoApplication => (StatusCode::NOT_FOUND, all.no_application, None),
        Problem::NotAllowed => (StatusCode::FORBIDDEN, all.not_allowed, None),
        Problem::ForeignForm => (StatusCode::FORBIDDEN, all.foreign_form, None),
        Problem::Malformed => (StatusCode::BAD_REQUEST, all.malformed, None),
        Problem::Refused(why) => (StatusCode::BAD_REQUEST, all.refused, Some(&**why)),
        Problem::Later => (StatusCode::SERVICE_UNAVAILABLE, all.later, None),
    };
    let page = Page { layout: layout(title), text, detail, back: words.back_home };
    respond(status, CONTENT_SECURITY_POLICY, &page)
}
