//! Signing in: an address and a password, and then the pages of every sign-in for the second factor; or a passkey.

mod back;
mod words;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use countersign_protocol::wire::Outcome;
use url::form_urlencoded::Serializer;

use super::door::{Door, Knock, Look};
use super::passkey::{Prompt, answered, ask, do_not_ask};
use super::problem::{Problem, Wrong};
use super::routes::Routes;
use crate::engine::console::NewSignIn;
use crate::engine::oauth::SignInError;
use crate::engine::{Error, Origin};
use crate::portal::layout::Layout;
use back::own_path;
use words::Words;

/// Where one goes who came from nowhere.
const HOME: &str = "/console/";

pub(super) fn routes() -> Routes {
    Routes::default()
        .open("/sign-in", get(page).post(send))
        .open("/sign-in/passkey", post(passkey))
        .open("/sign-in/passkey/options", post(options))
        .open("/signed-in", get(signed_in))
}

#[derive(Template)]
#[template(path = "console/sign_in/page.html")]
struct Page<'a> {
    layout: Layout,
    look: Look,
    words: &'static Words,
    done: Option<&'static str>,
    problem: Option<&'static str>,
    to: &'a str,
    email: &'a str,
    /// Whether organisations may register themselves here.
    registers: bool,
    /// Where browsers have passkeys for the server's address.
    prompt: Option<&'static Prompt>,
}

/// `GET /console/sign-in`.
async fn page(door: Door) -> Response {
    show(&door, StatusCode::OK, None, "", door.asked("to").unwrap_or_default())
}

/// `POST /console/sign-in`.
async fn send(Knock { door, form }: Knock) -> Result<Response, Wrong> {
    let (email, password) = (form.text("email"), form.exact("password").unwrap_or_default());
    let back = own_path(form.text("to")).unwrap_or(HOME);
    let origin = Origin { address: door.address, user_agent: door.user_agent.clone(), details: Vec::new() };
    let new = NewSignIn { email, password, back: back.to_owned(), origin };
    let words = Words::of(door.language);
    let again = |problem| Ok(show(&door, StatusCode::BAD_REQUEST, Some(problem), email, back));
    match door.engine.begin_console_sign_in(new).await {
        Ok(channel) => {
            let callback = door.engine.console_callback();
            let query = Serializer::new(String::new())
                .append_pair("channel", &channel)
                .append_pair("callback_url", &callback)
                .finish();
            Ok(door.go(&format!("/mfa/index?{query}")))
        }
        Err(SignInError::WrongPassword) => again(words.wrong),
        Err(SignInError::TooManyPasswords { .. } | SignInError::Rule(Error::TooManyPushes { .. })) => {
            again(words.too_many)
        }
        Err(SignInError::Busy { .. }) => again(words.busy),
        Err(SignInError::Rule(Error::ProofNeeded)) => again(words.passkey_alone),
        Err(SignInError::Rule(error)) => Err(Problem::from(error).into()),
        Err(error) => {
            tracing::error!(%error, "signing in to the console failed");
            Err(Problem::Later.into())
        }
    }
}

/// `POST /console/sign-in/passkey/options`: what the script asks the device.
async fn options(Knock { door, .. }: Knock) -> Result<Response, Wrong> {
    match door.engine.ask_for_sign_in(door.browser.hash(), door.address).await {
        Ok(asked) => Ok(ask(&asked)),
        Err(error) => match Prompt::of(door.language).sentence(&error) {
            Some(why) => Ok(do_not_ask(why)),
            None => Err(Problem::from(error).into()),
        },
    }
}

/// `POST /console/sign-in/passkey`: what the device answered.
async fn passkey(Knock { door, form }: Knock) -> Result<Response, Wrong> {
    let back = own_path(form.text("to")).unwrap_or(HOME);
    let new = door.new_session("");
    match door.engine.sign_in_with_passkey(answered(&form), door.browser.hash(), new).await {
        Ok(token) => {
            let mut response = door.go(back);
            door.let_in(&token, &mut response).await?;
            Ok(response)
        }
        Err(error) => match Prompt::of(door.language).sentence(&error) {
            Some(why) => Ok(show(&door, StatusCode::BAD_REQUEST, Some(why), "", back)),
            None => Err(Problem::from(error).into()),
        },
    }
}

/// `GET /console/signed-in`: where the pages of a sign-in send the browser.
async fn signed_in(door: Door) -> Result<Response, Wrong> {
    let channel = door.asked("channel").unwrap_or_default();
    let words = Words::of(door.language);
    let again = |problem| Ok(show(&door, StatusCode::BAD_REQUEST, Some(problem), "", ""));
    let finished =
        door.engine.finish_console_sign_in(channel, door.browser.hash(), door.new_session("")).await;
    match finished {
        Ok((token, back)) => {
            let mut response = door.go(own_path(&back).unwrap_or(HOME));
            door.let_in(&token, &mut response).await?;
            Ok(response)
        }
        Err(Error::NotPending(Outcome::Denied)) => again(words.refused),
        Err(Error::NotPending(_)) => again(words.expired),
        // The page was loaded once more.
        Err(Error::TransactionNotFound) if door.is_signed_in().await? => Ok(door.go(HOME)),
        Err(Error::TransactionNotFound | Error::OtherBrowser | Error::OperatorNotFound) => again(words.over),
        Err(Error::ProofNeeded) => again(words.nobody),
        Err(error) => Err(Problem::from(error).into()),
    }
}

fn show(door: &Door, status: StatusCode, problem: Option<&'static str>, email: &str, to: &str) -> Response {
    let words = Words::of(door.language);
    let done = match door.asked("done") {
        Some("signed_out") => Some(words.signed_out),
        Some("ended") => Some(words.ended),
        _ => None,
    };
    let done = done.filter(|_| problem.is_none());
    let layout = door.layout("sign-in", words.title);
    let registers = door.engine.registers();
    let prompt = door.engine.has_passkeys().then(|| Prompt::of(door.language));
    door.page(status, &Page { layout, look: Look, words, done, problem, to, email, registers, prompt })
}
