//! A browser at the page: for which application, and where it goes back to. Whatever does not hold is a problem page, before
//! any handler has begun; an application that nobody knows looks like an address that is not registered.

use std::fmt;
use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use url::form_urlencoded::parse;

use super::words::Own;
use crate::api::client::Client;
use crate::engine::{Callback, Caller, Engine, Error};
use crate::portal::browser::{Browser, is_own_form};
use crate::portal::language::Language;
use crate::portal::layout::{Layout, respond};
use crate::portal::sign_in::problem::{Problem, Refused};
use crate::portal::sign_in::visit::is_form;
use crate::portal::sign_in::words::Words;

/// What the page is asked with. An address and a code are in it, so `Debug` tells nothing.
#[derive(Default)]
pub(super) struct Params {
    /// The application's client id.
    pub(super) uid: Option<String>,
    pub(super) callback_url: Option<String>,
    pub(super) redirect_url: Option<String>,
    email: Option<String>,
    /// What was typed as the code.
    pub(super) code: Option<String>,
    /// The code is to be sent again.
    pub(super) again: Option<String>,
    /// The person does not want to.
    pub(super) cancel: Option<String>,
    /// Wrong codes so far, as the page itself has counted them.
    pub(super) wrong: i64,
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Params").finish_non_exhaustive()
    }
}

impl Params {
    /// Reads a query or a form; none when one of ours is there twice.
    fn read(text: &[u8]) -> Option<Self> {
        let mut params = Self::default();
        let mut wrong = None;
        for (name, value) in parse(text) {
            let place = match &*name {
                "uid" => &mut params.uid,
                "callback_url" => &mut params.callback_url,
                "redirect_url" => &mut params.redirect_url,
                "email" => &mut params.email,
                "code" => &mut params.code,
                "again" => &mut params.again,
                "cancel" => &mut params.cancel,
                "wrong" => &mut wrong,
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                return None;
            }
        }
        let wrong = wrong.and_then(|count| count.parse().ok()).filter(|count| (0..5).contains(count));
        Some(Self { wrong: wrong.unwrap_or(0), ..params })
    }

    /// The address as it was typed.
    pub(super) fn address(&self) -> &str {
        self.email.as_deref().unwrap_or_default().trim()
    }
}

/// A browser at the page.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) engine: Arc<Engine>,
    pub(super) language: Language,
    pub(super) words: &'static Words,
    pub(super) own: &'static Own,
    pub(super) params: Params,
    pub(super) caller: Arc<Caller>,
    pub(super) callback: Callback,
    browser: Browser,
}

/// The page is looked at.
#[derive(Debug)]
pub(super) struct Shown(pub(super) Visit);

/// A form that was sent by the page, from a browser that it was shown to.
#[derive(Debug)]
pub(super) struct Sent(pub(super) Visit);

impl FromRequestParts<Arc<Engine>> for Shown {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, engine: &Arc<Engine>) -> Result<Self, Refused> {
        let language = Language::preferred(&parts.headers);
        let refused = |problem| Refused { language, problem };
        let Ok(client) = Client::from_request_parts(parts, engine).await;
        let query = parts.uri.query().unwrap_or_default();
        let browser = Browser::of(engine, &parts.headers).map_err(|e| refused(Error::from(e).into()))?;
        let visit = Visit::open(engine, &parts.headers, client, query.as_bytes(), browser).await;
        // What is in an address was not typed into the page.
        let only_shown = |visit: Visit| {
            let Params { uid, callback_url, redirect_url, .. } = visit.params;
            Self(Visit { params: Params { uid, callback_url, redirect_url, ..Params::default() }, ..visit })
        };
        visit.map(only_shown).map_err(refused)
    }
}

impl FromRequest<Arc<Engine>> for Sent {
    type Rejection = Refused;

    async fn from_request(request: Request, engine: &Arc<Engine>) -> Result<Self, Refused> {
        let (mut parts, body) = request.into_parts();
        let language = Language::preferred(&parts.headers);
        let refused = |problem| Refused { language, problem };
        if !is_form(&parts.headers) {
            return Err(refused(Problem::Malformed));
        }
        if !is_own_form(engine, &parts.headers) {
            return Err(refused(Problem::ForeignForm));
        }
        let browser = Browser::known(engine, &parts.headers).ok_or_else(|| refused(Problem::NoCookie))?;
        let Ok(client) = Client::from_request_parts(&mut parts, engine).await;
        let headers = parts.headers.clone();
        let body = Bytes::from_request(Request::from_parts(parts, body), engine).await;
        let body = body.map_err(|_| refused(Problem::Malformed))?;
        let visit = Visit::open(engine, &headers, client, &body, browser).await;
        visit.map(Self).map_err(refused)
    }
}

impl Visit {
    async fn open(
        engine: &Arc<Engine>,
        headers: &HeaderMap,
        client: Client,
        text: &[u8],
        browser: Browser,
    ) -> Result<Self, Problem> {
        let params = Params::read(text).ok_or(Problem::Malformed)?;
        let uid = params.uid.as_deref().unwrap_or_default();
        let caller = match engine.application_by_id(uid, client.address).await {
            Err(Error::Unauthorized) => return Err(Problem::BadCallback),
            caller => caller?,
        };
        let callback = caller.web.callback(params.callback_url.as_deref(), params.redirect_url.as_deref());
        let callback = callback.ok().flatten().ok_or(Problem::BadCallback)?;
        let language = Language::preferred(headers);
        Ok(Self {
            engine: Arc::clone(engine),
            language,
            words: Words::of(language),
            own: Own::of(language),
            params,
            caller,
            callback,
            browser,
        })
    }

    /// Changes whenever the script does, which keeps a form from being sent twice.
    pub(super) fn script(&self) -> &'static str {
        crate::portal::sign_in::script_version()
    }

    /// The frame of the page.
    pub(super) async fn layout(&self, page: &'static str, title: &str) -> Result<Layout, Error> {
        let face = self.engine.face(self.caller.application.tenant).await?;
        Ok(Layout::new(self.language, page, title).of(&face))
    }

    /// The page, for a browser that is known by its cookie from now on.
    pub(super) fn show(&self, page: &impl Template) -> Response {
        let policy = format!(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; \
             form-action 'self' {}",
            self.callback.origin()
        );
        let mut response = respond(StatusCode::OK, &policy, page);
        self.browser.remember(&self.engine, &mut response);
        response
    }

    /// Back to the application, with this and nothing else.
    pub(super) fn back_with(&self, name: &str, value: &str) -> Response {
        match HeaderValue::try_from(self.callback.with(&[(name, value)])) {
            Ok(mut address) => {
                address.set_sensitive(true);
                (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
            }
            Err(_) => self.refuse(Problem::BadCallback),
        }
    }

    /// A problem page.
    pub(super) fn refuse(&self, problem: impl Into<Problem>) -> Response {
        Refused { language: self.language, problem: problem.into() }.into_response()
    }
}
