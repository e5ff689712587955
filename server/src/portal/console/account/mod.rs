//! An operator's own account: name, password, the browsers that they are signed in with, recovery codes; in `factors` their
//! authenticator app and phones, and in `passkeys` those.

mod factor_words;
mod factors;
mod passkey_words;
mod passkeys;
mod words;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use zeroize::Zeroizing;

use super::act::Act;
use super::desk::{COOKIE, Desk};
use super::frame::Frame;
use super::gate::Gate;
use super::people::words::Words as PeopleWords;
use super::problem::{Problem, Wrong};
use super::routes::Routes;
use crate::engine::Error;
use crate::engine::console::{NewSession, PASSKEY};
use crate::engine::oauth::SignInError;
use crate::engine::policy::Factor;
use crate::portal::layout::respond;
use crate::timestamp::rfc3339;
use passkey_words::PasskeyWords;
use words::Words;

pub(super) fn routes() -> Routes {
    Routes::default()
        .see("/account", Gate::Own, account)
        .act("/account/name", Gate::Own, rename)
        .act("/account/password", Gate::Own, password)
        .act("/account/sign-out", Gate::Own, sign_out)
        .act("/account/recovery", Gate::Own, recovery)
        .merge(factors::routes())
        .merge(passkeys::routes())
}

#[derive(Template)]
#[template(path = "console/account/page.html")]
struct Page {
    frame: Frame,
    words: &'static Words,
    email: String,
    name: String,
    passkeys: passkeys::Section,
    sessions: Vec<Line>,
    /// Recovery codes that were just made.
    codes: Vec<Zeroizing<String>>,
    factors: factors::Section,
    problem: Option<Trouble>,
}

/// What was wrong, and with which form.
#[derive(Debug, Clone, Copy)]
struct Trouble {
    form: &'static str,
    text: &'static str,
}

impl Page {
    /// What was wrong with this form.
    fn wrong(&self, form: &str) -> Option<&'static str> {
        self.problem.filter(|problem| problem.form == form).map(|problem| problem.text)
    }
}

struct Line {
    browser: String,
    /// What was shown besides the password.
    factor: &'static str,
    address: String,
    began: String,
    seen: String,
    is_this: bool,
}

/// `GET /console/account`.
async fn account(desk: Desk) -> Result<Response, Wrong> {
    let page = shown(&desk, None).await?;
    Ok(desk.page(&page))
}

/// `POST /console/account/name`.
async fn rename(Act { desk, form }: Act) -> Result<Response, Wrong> {
    match desk.engine.rename_operator(&desk.session, form.text("name"), desk.address).await {
        Ok(()) => Ok(desk.go("/account", "renamed")),
        Err(Error::Invalid(_)) => again(&desk, "name", Words::of(desk.language).bad_name).await,
        Err(error) => Err(Problem::from(error).into()),
    }
}

/// `POST /console/account/password`.
async fn password(Act { desk, form }: Act) -> Result<Response, Wrong> {
    let words = Words::of(desk.language);
    let typed = |name| form.exact(name).unwrap_or_default();
    let browser =
        NewSession { factor: String::new(), address: desk.address, user_agent: desk.user_agent.clone() };
    let (old, new) = (typed("old"), typed("new"));
    match desk.engine.change_own_password(&desk.session, (old, new), browser).await {
        Ok(token) => {
            let mut response = desk.go("/account", "password");
            COOKIE.set(&desk.engine, &mut response, &token);
            Ok(response)
        }
        Err(SignInError::WrongPassword) => again(&desk, "password", words.wrong).await,
        Err(SignInError::TooManyPasswords { .. }) => again(&desk, "password", words.too_many).await,
        Err(SignInError::Busy { .. }) => again(&desk, "password", words.busy).await,
        Err(SignInError::Rule(Error::Invalid(_))) => again(&desk, "password", words.bad_password).await,
        Err(SignInError::Rule(error)) => Err(Problem::from(error).into()),
        Err(_) => Err(Problem::Later.into()),
    }
}

/// `POST /console/account/sign-out`: everywhere.
async fn sign_out(Act { desk, .. }: Act) -> Result<Response, Wrong> {
    desk.engine.end_console_sessions(&desk.session.operator, desk.address).await?;
    let mut response = desk.go("/sign-in", "ended");
    COOKIE.forget(&desk.engine, &mut response);
    Ok(response)
}

/// `POST /console/account/recovery`: new codes, shown this once.
async fn recovery(Act { desk, .. }: Act) -> Result<Response, Wrong> {
    match desk.engine.own_recovery_codes(&desk.session, desk.address).await {
        Ok(codes) => {
            let page = Page { codes, ..shown(&desk, None).await? };
            Ok(desk.page(&page))
        }
        Err(Error::ProofNeeded) => again(&desk, "recovery", Words::of(desk.language).not_fresh).await,
        Err(Error::Busy { .. }) => again(&desk, "recovery", Words::of(desk.language).busy).await,
        Err(error) => Err(Problem::from(error).into()),
    }
}

/// The page with what was wrong beside the form that was sent.
async fn again(desk: &Desk, form: &'static str, text: &'static str) -> Result<Response, Wrong> {
    let page = shown(desk, Some(Trouble { form, text })).await?;
    Ok(respond(StatusCode::BAD_REQUEST, super::CONTENT_SECURITY_POLICY, &page))
}

async fn shown(desk: &Desk, problem: Option<Trouble>) -> Result<Page, Wrong> {
    let words = Words::of(desk.language);
    let (operator, people) = (&desk.session.operator, PeopleWords::of(desk.language));
    let passkeys = PasskeyWords::of(desk.language);
    let sessions = desk.engine.console_sessions(operator).await?;
    let lines = sessions.into_iter().map(|row| Line {
        is_this: desk.session.is(&row),
        factor: match Factor::from_word(&row.factor) {
            Some(factor) => people.kind(factor),
            None if row.factor == PASSKEY => passkeys.one,
            None => "—",
        },
        browser: row.browser.unwrap_or_else(|| words.unknown.to_owned()),
        address: row.address.unwrap_or_default(),
        began: rfc3339(row.created_at),
        seen: rfc3339(row.seen_at),
    });
    let more = factor_words::Words::of(desk.language);
    let done = [words.done.as_slice(), &more.done, &passkeys.done].concat();
    Ok(Page {
        frame: desk.frame("account", words.title, &done),
        words,
        email: operator.email.clone(),
        name: operator.name.clone().unwrap_or_default(),
        passkeys: passkeys::Section::of(desk).await?,
        sessions: lines.collect(),
        codes: Vec::new(),
        factors: factors::Section::of(desk).await?,
        problem,
    })
}
