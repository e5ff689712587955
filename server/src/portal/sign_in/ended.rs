//! The page that says how a sign-in ended, and the form that ends one.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::refusal::Then;
use super::visit::{Sent, Shown, Visit};
use super::words::Words;
use crate::engine::{Error, Standing};
use crate::portal::layout::{Layout, respond};

#[derive(Template)]
#[template(path = "sign_in/result.html")]
struct Page {
    layout: Layout,
    words: &'static Words,
    outcome: &'static str,
    text: &'static str,
    /// Where the application waits, and what the link there says.
    back: Option<(String, &'static str)>,
}

/// `GET /mfa/result`.
pub(super) async fn page(Shown(visit): Shown) -> Response {
    let (outcome, ended) = match visit.transaction.standing {
        Standing::Approved => ("approved", visit.words.ended.approved),
        Standing::Rejected => ("rejected", visit.words.ended.rejected),
        Standing::Expired => ("expired", visit.words.ended.expired),
        Standing::Open { .. } | Standing::Waiting { .. } => return visit.go_on(),
    };
    match visit.result(outcome, ended).await {
        Ok(page) => visit.keep(respond(StatusCode::OK, &visit.policy(), &page)),
        Err(error) => visit.refuse(error),
    }
}

/// `POST /mfa/cancel`.
pub(super) async fn cancel(Sent(mut visit): Sent) -> Response {
    let cancelled = visit.engine.cancel_transaction(&visit.transaction).await;
    if let Err(error) = cancelled
        && let Then::Fail(error) = Then::from(error, visit.words)
    {
        return visit.refuse(error);
    }
    match visit.look_again().await {
        Ok(()) => visit.go_on(),
        Err(error) => visit.refuse(error),
    }
}

impl Visit {
    async fn result(
        &self,
        outcome: &'static str,
        (title, text): (&'static str, &'static str),
    ) -> Result<Page, Error> {
        let words = self.words;
        let link = if outcome == "approved" { words.ended.go_on } else { words.ended.go_back };
        let layout = self.layout("result", title).await?;
        Ok(Page { layout, words, outcome, text, back: self.back().map(|back| (back, link)) })
    }
}
