//! What the pages of a link show.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use url::Url;
use zeroize::Zeroizing;

use super::words::Words;
use crate::engine::Error;
use crate::engine::console::{OperatorLink, Scope};
use crate::portal::console::door::{Door, Look};
use crate::portal::console::passkey::Prompt;
use crate::portal::console::problem::{Problem, Wrong};
use crate::portal::console::words::Words as All;
use crate::portal::layout::Layout;
use crate::portal::qr;
use crate::store::UserRow;

/// A browser with a link.
#[derive(Debug)]
pub(super) struct Visit<'a> {
    pub(super) door: &'a Door,
    pub(super) token: &'a str,
    pub(super) words: &'static Words,
}

#[derive(Template)]
#[template(path = "console/join/who.html")]
struct Who<'a> {
    layout: Layout,
    look: Look,
    words: &'static Words,
    what: String,
    problem: Option<String>,
    name: &'a str,
    email: &'a str,
    /// Whether the link says whose it is.
    is_fixed: bool,
}

#[derive(Template)]
#[template(path = "console/join/factor.html")]
struct FactorPage<'a> {
    layout: Layout,
    look: Look,
    words: &'static Words,
    email: &'a str,
    problem: Option<&'static str>,
    is_ready: bool,
    /// Where browsers have passkeys for the server's address.
    prompt: Option<&'static Prompt>,
    here: String,
}

#[derive(Template)]
#[template(path = "console/join/totp.html")]
struct Totp<'a> {
    layout: Layout,
    look: Look,
    words: &'static Words,
    problem: Option<&'static str>,
    seed: SeedShown<'a>,
    here: String,
}

#[derive(Template)]
#[template(path = "console/join/app.html")]
struct App {
    layout: Layout,
    look: Look,
    words: &'static Words,
    app_link: String,
    link: String,
    svg: String,
    here: String,
}

#[derive(Template)]
#[template(path = "console/join/done.html")]
struct Done<'a> {
    layout: Layout,
    look: Look,
    words: &'static Words,
    codes: &'a [Zeroizing<String>],
}

#[derive(Template)]
#[template(path = "console/join/over.html")]
struct Over {
    layout: Layout,
    look: Look,
    words: &'static Words,
    text: &'static str,
}

/// A seed as a page shows it: to be scanned, or typed.
pub(in crate::portal::console) struct SeedShown<'a> {
    pub(in crate::portal::console) svg: String,
    pub(in crate::portal::console) secret: String,
    pub(in crate::portal::console) link: &'a str,
}

impl<'a> SeedShown<'a> {
    /// The seed in `link`, as it was told or as the page itself sent it back.
    pub(in crate::portal::console) fn of(link: &'a str) -> Self {
        let url = Url::parse(link).ok().filter(|url| url.scheme() == "otpauth");
        let secret = url.as_ref().and_then(|url| {
            let secret = url.query_pairs().find(|(name, _)| name == "secret");
            secret.map(|(_, value)| value.into_owned())
        });
        let svg = url.and_then(|url| qr::svg(url.as_str())).unwrap_or_default();
        Self { svg, secret: secret.unwrap_or_default(), link }
    }
}

impl<'a> Visit<'a> {
    pub(super) fn new(door: &'a Door, token: &'a str) -> Self {
        Self { door, token, words: Words::of(door.language) }
    }

    /// The link's own address, as seen from its pages.
    fn here(&self) -> String {
        format!("{}console/join/{}", self.door.layout("", "").root, self.token)
    }

    pub(super) fn ask_who(
        &self,
        link: &OperatorLink,
        problem: Option<String>,
        [name, email]: [&str; 2],
    ) -> Response {
        let role = All::of(self.door.language).role(link.role);
        let what = match link.scope {
            Scope::Server => self.words.what_server,
            Scope::Tenant(_) => self.words.what_tenant,
        };
        let status = if problem.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
        let page = Who {
            layout: self.door.layout("join", self.words.title),
            look: Look,
            words: self.words,
            what: what.replace("{}", role),
            problem,
            name,
            email: link.email.as_deref().unwrap_or(email),
            is_fixed: link.email.is_some(),
        };
        self.door.page(status, &page)
    }

    pub(super) async fn ask_factor(
        &self,
        user: &UserRow,
        problem: Option<&'static str>,
    ) -> Result<Response, Error> {
        let is_ready = self.door.engine.is_ready_to_join(user).await?;
        let status = if problem.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
        let (layout, words) = (self.door.layout("join-factor", self.words.factor_title), self.words);
        let (email, here) = (&*user.user_ref, self.here());
        let prompt = self.door.engine.has_passkeys().then(|| Prompt::of(self.door.language));
        let page = FactorPage { layout, look: Look, words, email, problem, is_ready, prompt, here };
        Ok(self.door.page(status, &page))
    }

    /// The seed in `link`.
    pub(super) fn show_seed(
        &self,
        status: StatusCode,
        link: &str,
        problem: Option<&'static str>,
    ) -> Response {
        let page = Totp {
            layout: self.door.layout("join-totp", self.words.totp),
            look: Look,
            words: self.words,
            problem,
            seed: SeedShown::of(link),
            here: self.here(),
        };
        self.door.page(status, &page)
    }

    pub(super) fn show_app(&self, app_link: String, link: String) -> Response {
        let page = App {
            layout: self.door.layout("join-app", self.words.app),
            look: Look,
            words: self.words,
            app_link,
            svg: qr::svg(&link).unwrap_or_default(),
            link,
            here: self.here(),
        };
        self.door.page(StatusCode::OK, &page)
    }

    pub(super) fn show_codes(&self, codes: &[Zeroizing<String>]) -> Response {
        let layout = self.door.layout("join-done", self.words.codes_title);
        self.door.page(StatusCode::OK, &Done { layout, look: Look, words: self.words, codes })
    }

    /// A link that cannot be used, or not in this browser.
    pub(super) fn over(&self, error: Error) -> Result<Response, Wrong> {
        let words = self.words;
        let (status, (title, text)) = match error {
            Error::TokenInvalid => (StatusCode::NOT_FOUND, words.unknown),
            Error::TokenUsed => (StatusCode::GONE, words.used),
            Error::TokenExpired => (StatusCode::GONE, words.expired),
            Error::OtherBrowser => (StatusCode::FORBIDDEN, words.other_browser),
            // Something counts already: the page of the link says how to go on.
            Error::ProofNeeded => return Ok(self.door.go(&format!("/console/join/{}", self.token))),
            error => return Err(Problem::from(error).into()),
        };
        let layout = self.door.layout("join-over", title);
        Ok(self.door.page(status, &Over { layout, look: Look, words, text }))
    }
}
