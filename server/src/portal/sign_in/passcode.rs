//! The page on which a code is typed, and what a typed code does, on whichever page it was typed.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::params::as_meant;
use super::refusal::Then;
use super::visit::{Sent, Shown, Visit};
use super::words::Words;
use crate::engine::policy::Factor;
use crate::engine::{CodeSent, Error, Standing};
use crate::portal::layout::{Layout, respond};

#[derive(Template)]
#[template(path = "sign_in/passcode.html")]
struct Page<'a> {
    layout: Layout,
    words: &'static Words,
    visit: &'a Visit,
    script: &'static str,
    again: String,
    events: String,
    another: String,
    /// Where the code is to be found.
    lead: &'static str,
    /// Where it went, masked.
    to: Option<String>,
    /// The keyboard that suits it.
    keyboard: &'static str,
    tries: String,
    problem: Option<String>,
    resend: Option<Resend>,
}

/// How another code is to be had.
struct Resend {
    /// On its button; none when no more are sent.
    button: Option<&'static str>,
    note: Option<String>,
}

/// `GET /mfa/passcode`.
pub(super) async fn page(Shown(visit): Shown) -> Response {
    match visit.transaction.standing {
        Standing::Waiting { kind, .. } if kind != Factor::Push => visit.wait_for_code(None).await,
        _ => visit.go_on(),
    }
}

/// `POST /mfa/passcode`.
pub(super) async fn typed(Sent(mut visit): Sent) -> Response {
    let done = if visit.params.again.is_some() {
        visit.engine.send_again(&visit.transaction).await
    } else {
        let code = as_meant(visit.params.code.as_deref().unwrap_or_default());
        visit.engine.type_code(&visit.transaction, &code).await.map(|_| ())
    };
    let then = match done {
        Ok(()) => Then::Look,
        Err(error) => Then::from(error, visit.words),
    };
    // Whatever it was, the sign-in may have ended by it.
    if let Err(error) = visit.look_again().await {
        return visit.refuse(error);
    }
    match (then, visit.transaction.standing) {
        (Then::Fail(error), _) => visit.refuse(error),
        (Then::Say(sentence), Standing::Waiting { kind: Factor::Push, .. }) => {
            visit.wait_for_phone(Some(sentence)).await
        }
        (Then::Say(sentence), Standing::Waiting { .. }) => visit.wait_for_code(Some(sentence)).await,
        _ => visit.go_on(),
    }
}

impl Visit {
    async fn wait_for_code(&self, problem: Option<String>) -> Response {
        match self.passcode(problem).await {
            Ok(Some(page)) => self.keep(respond(StatusCode::OK, &self.policy(), &page)),
            Ok(None) => self.go(&self.link("index")),
            Err(error) => self.refuse(error),
        }
    }

    async fn passcode(&self, problem: Option<String>) -> Result<Option<Page<'_>>, Error> {
        let words = self.words;
        let Some(asking) = self.engine.asking(&self.transaction).await? else { return Ok(None) };
        Ok(Some(Page {
            layout: self.layout("passcode", words.passcode.title).await?,
            words,
            visit: self,
            script: super::script_version(),
            again: self.link("passcode"),
            events: self.events(),
            another: format!("{}&choose=1", self.link("index")),
            lead: lead(asking.kind, words),
            keyboard: if asking.kind == Factor::Recovery { "text" } else { "numeric" },
            tries: (words.tries)(asking.attempts_left),
            problem,
            resend: asking.sent.as_ref().map(|sent| resend(sent, words)),
            to: asking.sent.map(|sent| sent.to),
        }))
    }
}

fn lead(kind: Factor, words: &Words) -> &'static str {
    match kind {
        Factor::Sms => words.passcode.sms_to,
        Factor::Voice => words.passcode.voice_to,
        Factor::Email => words.passcode.email_to,
        Factor::Totp | Factor::Push => words.passcode.totp,
        Factor::Recovery => words.passcode.recovery,
    }
}

fn resend(sent: &CodeSent, words: &Words) -> Resend {
    if sent.resends_left <= 0 {
        return Resend { button: None, note: Some(words.passcode.no_more.to_owned()) };
    }
    let button = if sent.kind == Factor::Voice { words.passcode.call_again } else { words.passcode.again };
    let note = (sent.resend_after > 0).then(|| words.timed(words.passcode.again_in, sent.resend_after));
    Resend { button: Some(button), note }
}
