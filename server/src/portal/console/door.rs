//! A browser at the door of the console: nobody is signed in there, or it does not matter.

use std::net::IpAddr;
use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::CONTENT_SECURITY_POLICY;
use super::act::Form;
use super::desk::{COOKIE, user_agent};
use super::problem::{Problem, Wrong};
use super::words::Words;
use crate::api::Client;
use crate::engine::console::NewSession;
use crate::engine::{Engine, Error};
use crate::portal::assets;
use crate::portal::browser::{Browser, is_own_form};
use crate::portal::cookie;
use crate::portal::language::Language;
use crate::portal::layout::{Layout, respond};
use crate::portal::sign_in::is_form;

/// A browser that looks at a page.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) engine: Arc<Engine>,
    pub(super) language: Language,
    pub(super) address: Option<IpAddr>,
    pub(super) user_agent: Option<String>,
    /// Known by a cookie from the first page on.
    pub(super) browser: Browser,
    path: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
}

/// A form that was sent from a page of ours, by a browser that was shown it.
#[derive(Debug)]
pub(super) struct Knock {
    pub(super) door: Door,
    pub(super) form: Form,
}

impl FromRequestParts<Arc<Engine>> for Door {
    type Rejection = Wrong;

    async fn from_request_parts(parts: &mut Parts, engine: &Arc<Engine>) -> Result<Self, Wrong> {
        let browser = Browser::of(engine, &parts.headers).map_err(Error::from)?;
        Ok(Self::at(parts, engine, browser))
    }
}

impl FromRequest<Arc<Engine>> for Knock {
    type Rejection = Wrong;

    async fn from_request(request: Request, engine: &Arc<Engine>) -> Result<Self, Wrong> {
        let (parts, body) = request.into_parts();
        if !is_form(&parts.headers) {
            return Err(Problem::Malformed.into());
        }
        // The cookie is not sent along by a foreign page: it is `SameSite`.
        let browser = Browser::known(engine, &parts.headers);
        let Some(browser) = browser.filter(|_| is_own_form(engine, &parts.headers)) else {
            return Err(Problem::ForeignForm.into());
        };
        let door = Door::at(&parts, engine, browser);
        let body = Bytes::from_request(Request::from_parts(parts, body), engine).await;
        let form = Form::read(&body.map_err(|_| Problem::Malformed)?);
        Ok(Self { door, form })
    }
}

impl Door {
    fn at(parts: &Parts, engine: &Arc<Engine>, browser: Browser) -> Self {
        let query = parts.uri.query().unwrap_or_default();
        Self {
            engine: Arc::clone(engine),
            language: Language::preferred(&parts.headers),
            address: parts.extensions.get::<Client>().and_then(|client| client.address),
            user_agent: user_agent(&parts.headers),
            browser,
            path: parts.uri.path().to_owned(),
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers: parts.headers.clone(),
        }
    }

    /// A parameter of the page's address; none when it is empty.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| &**value)
    }

    /// The frame of a page here.
    pub(super) fn layout(&self, page: &'static str, title: impl Into<String>) -> Layout {
        let layout = Layout::new(self.language, page, title).at(&self.path);
        Layout { name: Words::of(self.language).name.to_owned(), ..layout }
    }

    /// A page as a reply, to a browser that is known from now on.
    pub(super) fn page(&self, status: StatusCode, page: &impl Template) -> Response {
        let mut response = respond(status, CONTENT_SECURITY_POLICY, page);
        self.browser.remember(&self.engine, &mut response);
        response
    }

    /// To an address of the console, which begins with `/console`.
    pub(super) fn go(&self, path: &str) -> Response {
        let depth = self.path.bytes().filter(|byte| *byte == b'/').count().saturating_sub(1);
        let address = format!("{}{}", "../".repeat(depth), path.trim_start_matches('/'));
        (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
    }

    /// What a session begins with.
    pub(super) fn new_session(&self, factor: &str) -> NewSession {
        NewSession { factor: factor.to_owned(), address: self.address, user_agent: self.user_agent.clone() }
    }

    /// The cookie of the session that this browser has, if it has one.
    fn session_cookie(&self) -> Option<Zeroizing<String>> {
        cookie::read(COOKIE.name(&self.engine), &self.headers)
    }

    /// Whether somebody is signed in in this browser.
    pub(super) async fn is_signed_in(&self) -> Result<bool, Error> {
        match self.session_cookie() {
            Some(token) => Ok(self.engine.console_session(&token).await?.is_some()),
            None => Ok(false),
        }
    }

    /// Has the browser keep a new session in place of the one that it had, which ends.
    pub(super) async fn let_in(&self, token: &str, response: &mut Response) -> Result<(), Error> {
        if let Some(before) = self.session_cookie()
            && let Some(session) = self.engine.console_session(&before).await?
        {
            self.engine.end_console_session(&session, self.address).await?;
        }
        COOKIE.set(&self.engine, response, token);
        Ok(())
    }
}

/// What pages here load besides.
#[derive(Debug)]
pub(super) struct Look;

impl Look {
    pub(super) fn style_version(&self) -> &'static str {
        &assets::CONSOLE_STYLE.version
    }

    pub(super) fn script_version(&self) -> &'static str {
        &assets::CONSOLE_SCRIPT.version
    }
}
