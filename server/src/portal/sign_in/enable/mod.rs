//! The page on which a person lets an application ask them: they type their address, and the code that is mailed there. What
//! was typed travels in the forms and is judged anew each time; nothing in them is secret.

mod visit;
mod words;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;

use super::params::as_meant;
use crate::engine::{Enabled, Engine, Error};
use crate::portal::layout::Layout;
use visit::{Sent, Shown, Visit};

/// Wrong codes that end it. The engine counts for itself: this is what the page tells.
const TRIES: i64 = 5;

/// The page and its form.
pub(crate) fn pages() -> Router<Arc<Engine>> {
    Router::new().route("/mfa/email", get(page).head(super::get_or_post).post(answer))
}

/// Where the address is typed.
#[derive(Template)]
#[template(path = "enable/email.html")]
struct Address<'a> {
    layout: Layout,
    visit: &'a Visit,
    problem: Option<String>,
}

/// Where the code is typed.
#[derive(Template)]
#[template(path = "enable/passcode.html")]
struct Code<'a> {
    layout: Layout,
    visit: &'a Visit,
    /// Wrong codes so far.
    wrong: i64,
    tries: String,
    problem: Option<String>,
}

/// After too many wrong codes.
#[derive(Template)]
#[template(path = "enable/over.html")]
struct Over<'a> {
    layout: Layout,
    visit: &'a Visit,
    back: String,
}

/// `GET /mfa/email`.
async fn page(Shown(visit): Shown) -> Response {
    visit.ask_address(None).await
}

/// `POST /mfa/email`.
async fn answer(Sent(visit): Sent) -> Response {
    let params = &visit.params;
    if params.cancel.is_some() {
        return visit.back_with("error", "access_denied");
    }
    match params.code.as_deref().filter(|_| params.again.is_none()) {
        Some(code) => visit.judge(&as_meant(code)).await,
        None => visit.send().await,
    }
}

impl Visit {
    async fn send(&self) -> Response {
        let (address, again) = (self.params.address(), self.params.again.is_some());
        match self.engine.mail_enabling_code(&self.caller, address, self.language.into()).await {
            Ok(()) => self.ask_code(self.params.wrong, None).await,
            // The form came twice, or somebody is in a hurry: a code is on its way.
            Err(Error::SentJustNow { .. }) if !again => self.ask_code(self.params.wrong, None).await,
            Err(Error::Invalid(_)) => self.ask_address(Some(self.own.no_address.to_owned())).await,
            Err(error) => match self.sentence(error) {
                Ok(sentence) if again => self.ask_code(self.params.wrong, Some(sentence)).await,
                Ok(sentence) => self.ask_address(Some(sentence)).await,
                Err(error) => self.refuse(error),
            },
        }
    }

    async fn judge(&self, code: &str) -> Response {
        let wrong = self.params.wrong;
        if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.ask_code(wrong, Some(self.words.refusals.no_code.to_owned())).await;
        }
        match self.engine.enable(&self.caller, self.params.address(), code).await {
            Ok(Enabled::Token(token)) => self.back_with("access_token", &token),
            Ok(Enabled::Wrong) if wrong + 1 >= TRIES => self.give_up().await,
            Ok(Enabled::Wrong) => self.ask_code(wrong + 1, Some(self.words.refusals.wrong.to_owned())).await,
            Ok(Enabled::Expired) => self.ask_code(wrong, Some(self.own.expired.to_owned())).await,
            Err(Error::Invalid(_)) => self.ask_address(Some(self.own.no_address.to_owned())).await,
            Err(error) => match self.sentence(error) {
                Ok(sentence) => self.ask_code(wrong, Some(sentence)).await,
                Err(error) => self.refuse(error),
            },
        }
    }

    /// What a rule's no means for the person, where it means something.
    fn sentence(&self, error: Error) -> Result<String, Error> {
        let timed = |sentence: &str, seconds: u64| Ok(self.words.timed(sentence, seconds));
        match error {
            Error::SentJustNow { retry_after } => timed(self.own.just_sent, retry_after),
            Error::SentTooMany { retry_after } | Error::SpentForToday { retry_after, .. } => {
                timed(self.own.too_many, retry_after)
            }
            Error::TooFast { retry_after } | Error::TooManyAttempts { retry_after } => {
                timed(self.words.refusals.busy, retry_after)
            }
            Error::NoProvider(_) => Ok(self.own.cannot_send.to_owned()),
            error => Err(error),
        }
    }

    async fn ask_address(&self, problem: Option<String>) -> Response {
        match self.layout("email", self.own.title).await {
            Ok(layout) => self.show(&Address { layout, visit: self, problem }),
            Err(error) => self.refuse(error),
        }
    }

    async fn ask_code(&self, wrong: i64, problem: Option<String>) -> Response {
        let tries = (self.words.tries)(TRIES - wrong);
        match self.layout("passcode", self.words.passcode.title).await {
            Ok(layout) => self.show(&Code { layout, visit: self, wrong, tries, problem }),
            Err(error) => self.refuse(error),
        }
    }

    async fn give_up(&self) -> Response {
        let back = self.callback.with(&[("error", "too_many_attempts")]);
        match self.layout("result", self.own.over.0).await {
            Ok(layout) => self.show(&Over { layout, visit: self, back }),
            Err(error) => self.refuse(error),
        }
    }
}
