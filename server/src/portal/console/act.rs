//! A form that an operator sent from a page of ours.

use std::fmt;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, Method, header};
use subtle::ConstantTimeEq as _;
use url::form_urlencoded;

use super::desk::Desk;
use super::multipart;
use super::problem::{Problem, Wrong};
use crate::engine::Engine;
use crate::portal::browser::is_own_form;
use crate::portal::sign_in::is_form;

/// An operator with the form that they sent. The browser does not say that a foreign page sent it, and the form carries what
/// only our pages know (S52).
#[derive(Debug)]
pub(super) struct Act {
    pub(super) desk: Desk,
    pub(super) form: Form,
}

/// What was filled in. There may be secrets in it, so `Debug` tells the names alone.
#[derive(Default)]
pub(super) struct Form(Vec<(String, String)>);

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Form {
    pub(super) fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// A form as browsers send it, with files or without; none when it is none. The server's bound for all bodies, 64 KiB,
    /// holds for both.
    fn received(headers: &HeaderMap, body: &[u8]) -> Option<Self> {
        if is_form(headers) {
            return Some(Self::read(body));
        }
        multipart::read(headers.get(header::CONTENT_TYPE)?.to_str().ok()?, body).map(Self)
    }

    /// What was typed there, without spaces around it; none when nothing was.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The same; an empty text when nothing was.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// Everything that was chosen or typed under this name.
    pub(super) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(key, _)| key == name);
        named.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Exactly what was typed there, for passwords.
    pub(super) fn exact(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| &**value)
    }

    /// Whether a box was ticked.
    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

impl FromRequest<Arc<Engine>> for Act {
    type Rejection = Wrong;

    async fn from_request(request: Request, engine: &Arc<Engine>) -> Result<Self, Wrong> {
        let (mut parts, body) = request.into_parts();
        if parts.method != Method::POST {
            return Err(Problem::Malformed.into());
        }
        if !is_own_form(engine, &parts.headers) {
            return Err(Problem::ForeignForm.into());
        }
        let desk = Desk::open(&mut parts, engine).await?;
        let headers = parts.headers.clone();
        let request = Request::from_parts(parts, body);
        let body = Bytes::from_request(request, engine).await.map_err(|_| Problem::Malformed)?;
        let form = Form::received(&headers, &body).ok_or(Problem::Malformed)?;
        let own = form.exact("form").unwrap_or_default();
        if !bool::from(own.as_bytes().ct_eq(desk.form_token().as_bytes())) {
            return Err(Problem::ForeignForm.into());
        }
        Ok(Self { desk, form })
    }
}
