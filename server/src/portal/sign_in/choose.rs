//! The page on which a person chooses how to answer.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::wire::Outcome;
use uuid::Uuid;

use super::refusal::Then;
use super::visit::{Sent, Shown, Visit, page_of};
use super::words::Words;
use crate::engine::policy::Factor;
use crate::engine::{Error, Standing, Way};
use crate::portal::layout::{Layout, respond};

#[derive(Template)]
#[template(path = "sign_in/choose.html")]
struct Page<'a> {
    layout: Layout,
    words: &'static Words,
    visit: &'a Visit,
    script: &'static str,
    again: String,
    events: String,
    application: &'a str,
    person: &'a str,
    /// Why the person chooses again.
    notice: &'static str,
    /// Why the last choice was not taken.
    problem: Option<String>,
    /// Where to answer what still waits.
    waits_at: Option<String>,
    /// Whom to ask when there is no way.
    no_way: String,
    ways: Vec<Choice>,
}

/// A way as its button shows it.
struct Choice {
    way: &'static str,
    factor: String,
    name: &'static str,
    to: Option<String>,
}

/// `GET /mfa/index`.
pub(super) async fn page(Shown(visit): Shown) -> Response {
    match visit.transaction.standing {
        Standing::Open { .. } => visit.chooser(None).await,
        Standing::Waiting { .. } if visit.params.choose.is_some() => visit.chooser(None).await,
        _ => visit.go_on(),
    }
}

/// `POST /mfa/index`.
pub(super) async fn choose(Sent(mut visit): Sent) -> Response {
    let factor = visit.params.factor.as_deref().filter(|text| !text.is_empty());
    let (Some(kind), Ok(factor)) =
        (visit.params.way.as_deref().and_then(Factor::from_word), factor.map(Uuid::try_parse).transpose())
    else {
        let sentence = visit.words.refusals.not_possible.to_owned();
        return visit.chooser(Some(sentence)).await;
    };
    let (transaction, language) = (&visit.transaction, visit.language.into());
    match visit.engine.choose_way(transaction, kind, factor, language).await {
        Ok(()) => visit.go(&visit.link(page_of(kind))),
        Err(error) => match Then::from(error, visit.words) {
            Then::Say(sentence) => visit.unless_it_went_on(sentence).await,
            Then::Look => visit.go(&visit.link("index")),
            Then::Fail(error) => visit.refuse(error),
        },
    }
}

impl Visit {
    /// The chooser with a sentence, unless the same form, sent twice, was taken the other time.
    async fn unless_it_went_on(&mut self, sentence: String) -> Response {
        let before = self.transaction.standing;
        match self.look_again().await {
            Err(error) => self.refuse(error),
            Ok(()) if self.transaction.standing != before => self.go_on(),
            Ok(()) => self.chooser(Some(sentence)).await,
        }
    }

    async fn chooser(&self, problem: Option<String>) -> Response {
        match self.choices(problem).await {
            Ok(page) => self.keep(respond(StatusCode::OK, &self.policy(), &page)),
            Err(error) => self.refuse(error),
        }
    }

    async fn choices(&self, problem: Option<String>) -> Result<Page<'_>, Error> {
        let words = self.words;
        let layout = self.layout("choose", words.choose.title).await?;
        let ways = self.engine.ways(&self.transaction).await?;
        let no_way = words.choose.no_way.replace("{}", &layout.name);
        let (notice, waits_at) = match self.transaction.standing {
            Standing::Open { after } => (after.map_or("", |after| notice(after, words)), None),
            Standing::Waiting { kind, .. } => ("", Some(self.link(page_of(kind)))),
            _ => ("", None),
        };
        Ok(Page {
            layout,
            words,
            visit: self,
            script: super::script_version(),
            again: self.link("index"),
            events: self.events(),
            application: &self.transaction.caller.application.name,
            person: &self.transaction.user.user_ref,
            notice,
            problem,
            waits_at,
            no_way,
            ways: ways.into_iter().map(|way| choice(way, words)).collect(),
        })
    }
}

fn notice(after: Outcome, words: &Words) -> &'static str {
    match after {
        Outcome::Expired => words.choose.expired,
        Outcome::Cancelled => words.choose.replaced,
        Outcome::Failed => words.choose.failed,
        Outcome::Pending | Outcome::Approved | Outcome::Denied => "",
    }
}

fn choice(way: Way, words: &Words) -> Choice {
    Choice {
        way: way.kind.as_str(),
        factor: way.factor.map(|id| id.to_string()).unwrap_or_default(),
        name: words.way(way.kind),
        to: way.to,
    }
}
