//! An operator at a page: who they are, which tenant the page is about, and in which language. There is one only where the
//! route's [`Gate`] let them pass.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use countersign_protocol::base64url;
use countersign_protocol::id::TenantId;
use ring::digest::{SHA256, digest};
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::gate::{Gate, Shut};
use super::problem::{Problem, Wrong};
use super::routes::ROOT;
use crate::api::Client;
use crate::engine::audit::By;
use crate::engine::console::{ConsoleSession, OperatorId};
use crate::engine::{Engine, Error};
use crate::portal::cookie::{self, Cookie};
use crate::portal::language::Language;
use crate::store::TenantRow;

/// What says that a browser is signed in.
pub(super) const COOKIE: Cookie = Cookie { secure: "__Host-cs-console", plain: "cs-console" };

/// An operator at a page.
pub(super) struct Desk {
    pub(super) engine: Arc<Engine>,
    pub(super) session: ConsoleSession,
    pub(super) language: Language,
    /// The machine that the browser runs on, where it is known.
    pub(super) address: Option<IpAddr>,
    /// What the browser calls itself.
    pub(super) user_agent: Option<String>,
    /// The address of the page, without its query.
    pub(super) path: String,
    /// How many resets of the page's tenant wait for them to decide; none where that is not theirs to do.
    pub(super) resets: Option<i64>,
    tenant: Option<TenantRow>,
    query: Vec<(String, String)>,
    token: Zeroizing<String>,
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk")
            .field("session", &self.session)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Desk {
    /// Whoever is signed in there, if the route is open to them.
    pub(super) async fn open(parts: &mut Parts, engine: &Arc<Engine>) -> Result<Self, Wrong> {
        let Some(token) = cookie::read(COOKIE.name(engine), &parts.headers) else {
            return Err(signed_out(parts));
        };
        let session = engine.console_session(&token).await?;
        let Some(session) = session else { return Err(signed_out(parts)) };
        let named = tenant(parts, engine).await?;
        let own = engine.console_home().await?.tenant;
        // A route without a gate is open to nobody.
        let gate = parts.extensions.get::<Gate>().ok_or(Problem::NotFound)?;
        match gate.open(&session.operator, named) {
            Ok(()) => {}
            Err(Shut::NotThere) => return Err(Problem::NotFound.into()),
            Err(Shut::NotAllowed) => return Err(Problem::NotAllowed.into()),
        }
        // The operators are nobody's people: they have pages of their own, and nobody makes themselves one by another way.
        if named.is_some_and(|named| named == own) {
            return Err(Problem::NotFound.into());
        }
        let (tenant, resets) = match named {
            Some(id) => {
                (Some(engine.tenant(id).await?), engine.resets_to_decide(&session.operator, id).await?)
            }
            None => (None, None),
        };
        Ok(Self {
            engine: Arc::clone(engine),
            session,
            language: Language::preferred(&parts.headers),
            address: parts.extensions.get::<Client>().and_then(|client| client.address),
            user_agent: user_agent(&parts.headers),
            path: parts.uri.path().to_owned(),
            resets,
            tenant,
            query: form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
                .into_owned()
                .collect(),
            token,
        })
    }

    /// Who acts, for the log.
    pub(super) fn by(&self) -> By<OperatorId> {
        self.session.operator.at(self.address)
    }

    /// The tenant that the page is about.
    ///
    /// # Errors
    /// [`Problem::NotFound`] on a page about none.
    pub(super) fn tenant(&self) -> Result<&TenantRow, Wrong> {
        self.tenant.as_ref().ok_or_else(|| Problem::NotFound.into())
    }

    /// The tenant, also on a page about none.
    pub(super) fn any_tenant(&self) -> Option<&TenantRow> {
        self.tenant.as_ref()
    }

    /// A parameter of the page's address; none when it is empty.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| &**value)
    }

    /// What a form must carry to be ours: it comes from the cookie and cannot be turned back into it.
    pub(super) fn form_token(&self) -> String {
        let mut text = Zeroizing::new(b"countersign console form\0".to_vec());
        text.extend_from_slice(self.token.as_bytes());
        base64url(digest(&SHA256, &text).as_ref())
    }

    /// To another page of the console, whose address begins behind `/console`, after a form was done. `done` is a word that
    /// the page has a sentence for, or nothing.
    pub(super) fn go(&self, path: &str, done: &str) -> Response {
        let mark = match done {
            "" => String::new(),
            word if path.contains('?') => format!("&done={word}"),
            word => format!("?done={word}"),
        };
        let depth = self.path.bytes().filter(|byte| *byte == b'/').count().saturating_sub(1);
        let address = format!("{}{}{path}{mark}", "../".repeat(depth), ROOT.trim_start_matches('/'));
        (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
    }
}

impl FromRequestParts<Arc<Engine>> for Desk {
    type Rejection = Wrong;

    async fn from_request_parts(parts: &mut Parts, engine: &Arc<Engine>) -> Result<Self, Wrong> {
        // A form goes through `Act`, which looks whether it is ours.
        if parts.method != Method::GET && parts.method != Method::HEAD {
            return Err(Problem::ForeignForm.into());
        }
        Self::open(parts, engine).await
    }
}

/// The tenant that the address names, if it names one; one that is none is not found.
async fn tenant(parts: &mut Parts, engine: &Arc<Engine>) -> Result<Option<TenantId>, Wrong> {
    let params = RawPathParams::from_request_parts(parts, engine).await.map_err(|_| Problem::NotFound)?;
    let named = params.iter().find(|(name, _)| *name == "tenant").map(|(_, text)| text.parse());
    Ok(named.transpose().map_err(|_| Problem::NotFound)?)
}

/// To the page where one signs in, and back; a form is told that it was not done.
fn signed_out(parts: &Parts) -> Wrong {
    if parts.method == Method::GET {
        Problem::SignIn(came_from(parts)).into()
    } else {
        Problem::SignedOut.into()
    }
}

fn came_from(parts: &Parts) -> String {
    parts.uri.path_and_query().map(|asked| asked.as_str().to_owned()).unwrap_or_default()
}

/// The machine that a browser runs on.
pub(super) fn user_agent(headers: &HeaderMap) -> Option<String> {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

impl From<Error> for Wrong {
    fn from(error: Error) -> Self {
        Problem::from(error).into()
    }
}
