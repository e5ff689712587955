//! A browser at a page of a sign-in: which sign-in it is, where the browser goes back to, and whether it is the browser that
//! the sign-in belongs to. Whatever does not hold is a problem page, before any handler has begun.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use subtle::ConstantTimeEq as _;

use super::params::Params;
use super::problem::{Problem, Refused};
use super::words::Words;
use crate::api::Client;
use crate::engine::policy::Factor;
use crate::engine::{Callback, Engine, Error, Standing, Transaction};
use crate::portal::browser::{Browser, is_own_form};
use crate::portal::language::Language;
use crate::portal::layout::Layout;

/// A browser at a page.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) engine: Arc<Engine>,
    pub(super) language: Language,
    pub(super) words: &'static Words,
    pub(super) params: Params,
    pub(super) callback: Option<Callback>,
    pub(super) transaction: Transaction,
    browser: Browser,
    posted: bool,
}

/// A page that is looked at. The first browser that does so keeps the sign-in.
#[derive(Debug)]
pub(super) struct Shown(pub(super) Visit);

/// A form that was sent by a page of ours, from the browser that the sign-in belongs to.
#[derive(Debug)]
pub(super) struct Sent(pub(super) Visit);

/// What a script of ours listens to, in the browser that the sign-in belongs to.
#[derive(Debug)]
pub(super) struct Listening(pub(super) Visit);

impl FromRequestParts<Arc<Engine>> for Shown {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, engine: &Arc<Engine>) -> Result<Self, Refused> {
        let language = Language::preferred(&parts.headers);
        let query = parts.uri.query().unwrap_or_default();
        let asked = Asked { headers: &parts.headers, from: from(&parts.extensions), text: query.as_bytes() };
        let visit = Visit::open(engine, asked, By::Address).await;
        visit.map(Self).map_err(|problem| Refused { language, problem })
    }
}

impl FromRequestParts<Arc<Engine>> for Listening {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, engine: &Arc<Engine>) -> Result<Self, Refused> {
        let language = Language::preferred(&parts.headers);
        let query = parts.uri.query().unwrap_or_default();
        let asked = Asked { headers: &parts.headers, from: from(&parts.extensions), text: query.as_bytes() };
        let visit = Visit::open(engine, asked, By::Script).await;
        visit.map(Self).map_err(|problem| Refused { language, problem })
    }
}

impl FromRequest<Arc<Engine>> for Sent {
    type Rejection = Refused;

    async fn from_request(request: Request, engine: &Arc<Engine>) -> Result<Self, Refused> {
        let (headers, from) = (request.headers().clone(), from(request.extensions()));
        let language = Language::preferred(&headers);
        let refused = |problem| Refused { language, problem };
        if !is_form(&headers) {
            return Err(refused(Problem::Malformed));
        }
        if !is_own_form(engine, &headers) {
            return Err(refused(Problem::ForeignForm));
        }
        let body = Bytes::from_request(request, engine).await.map_err(|_| refused(Problem::Malformed))?;
        let visit = Visit::open(engine, Asked { headers: &headers, from, text: &body }, By::Form).await;
        visit.map(Self).map_err(refused)
    }
}

/// Whether the body is what our own forms send.
pub(in crate::portal) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// How a browser came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Address,
    Form,
    Script,
}

/// A request for a page.
struct Asked<'a> {
    headers: &'a HeaderMap,
    /// The machine that the browser runs on, where that is known.
    from: Option<IpAddr>,
    /// What stands in its address, or in its form.
    text: &'a [u8],
}

fn from(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<Client>().and_then(|client| client.address)
}

impl Visit {
    async fn open(engine: &Arc<Engine>, asked: Asked<'_>, by: By) -> Result<Self, Problem> {
        let Asked { headers, from, text } = asked;
        let params = Params::read(text).ok_or(Problem::Malformed)?;
        let transaction = engine.transaction(&params.channel).await?.from(from);
        let (callback_url, redirect_url) = (params.callback_url.as_deref(), params.redirect_url.as_deref());
        let callback = transaction.caller.web.callback(callback_url, redirect_url);
        let callback = callback.map_err(|_| Problem::BadCallback)?;
        let browser = browser(engine, headers, &transaction, by).await?;
        let language = Language::preferred(headers);
        Ok(Self {
            engine: Arc::clone(engine),
            language,
            words: Words::of(language),
            params,
            callback,
            transaction,
            browser,
            posted: by == By::Form,
        })
    }

    /// The frame of a page of this sign-in.
    pub(super) async fn layout(&self, page: &'static str, title: &str) -> Result<Layout, Error> {
        let face = self.engine.face(self.transaction.tenant).await?;
        Ok(Layout::new(self.language, page, title).of(&face))
    }

    /// What its page may load, and where its forms may lead.
    pub(super) fn policy(&self) -> String {
        let back =
            self.callback.as_ref().map(|callback| format!(" {}", callback.origin())).unwrap_or_default();
        format!(
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; \
             base-uri 'none'; frame-ancestors 'none'; form-action 'self'{back}"
        )
    }

    /// The address of another page of this sign-in, seen from this one.
    pub(super) fn link(&self, page: &str) -> String {
        format!("{page}?{}", self.params.query())
    }

    /// The application's address for the browser once the sign-in has ended.
    pub(super) fn back(&self) -> Option<String> {
        self.callback.as_ref().map(|callback| callback.with(&[("channel", &self.params.channel)]))
    }

    /// To where the sign-in stands.
    pub(super) fn go_on(&self) -> Response {
        let address = match self.transaction.standing {
            Standing::Open { .. } => self.link("index"),
            Standing::Waiting { kind, .. } => self.link(page_of(kind)),
            Standing::Approved | Standing::Rejected | Standing::Expired => {
                self.back().unwrap_or_else(|| self.link("result"))
            }
        };
        self.go(&address)
    }

    /// To an address of ours, or to [`back`](Self::back).
    pub(super) fn go(&self, address: &str) -> Response {
        // What a form has done is looked at, and not done once more.
        let status = if self.posted { StatusCode::SEE_OTHER } else { StatusCode::FOUND };
        match HeaderValue::try_from(address) {
            Ok(address) => self.keep((status, [(header::LOCATION, address)]).into_response()),
            Err(_) => self.refuse(Problem::BadCallback),
        }
    }

    /// The transaction as it stands by now.
    pub(super) async fn look_again(&mut self) -> Result<(), Error> {
        let address = self.transaction.caller.address;
        self.transaction = self.engine.transaction(&self.params.channel).await?.from(address);
        Ok(())
    }

    /// The reply, which the browser is known by from now on.
    pub(super) fn keep(&self, mut response: Response) -> Response {
        self.browser.remember(&self.engine, &mut response);
        response
    }

    /// A problem page, also for what went wrong in the middle of a page.
    pub(super) fn refuse(&self, problem: impl Into<Problem>) -> Response {
        Refused { language: self.language, problem: problem.into() }.into_response()
    }
}

/// Where a question is answered.
pub(super) fn page_of(kind: Factor) -> &'static str {
    if kind == Factor::Push { "waiting" } else { "passcode" }
}

/// The browser, if the sign-in belongs to it or to nobody yet.
async fn browser(
    engine: &Engine,
    headers: &HeaderMap,
    transaction: &Transaction,
    by: By,
) -> Result<Browser, Problem> {
    let known = Browser::known(engine, headers);
    match (&transaction.browser, known) {
        (Some(hash), Some(known)) if bool::from(known.hash().ct_eq(hash)) => Ok(known),
        (_, None) if by == By::Form => Err(Problem::NoCookie),
        (None, _) if by == By::Address => {
            let browser = Browser::of(engine, headers).map_err(Error::from)?;
            engine.bind_browser(transaction, browser.hash()).await?;
            Ok(browser)
        }
        _ => Err(Problem::OtherBrowser),
    }
}
