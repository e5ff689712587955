//! Sending one message, and telling what the provider answered. The wording's pages use it too.

use axum::extract::RawPathParams;
use axum::response::Response;

use super::view::{Again, One};
use super::words::Words;
use super::{channel, whose};
use crate::engine::providers::{Trial, TrialError, Tried};
use crate::engine::{Error, Language as Tongue, Template, Then};
use crate::portal::console::act::Act;
use crate::portal::console::problem::Wrong;
use crate::portal::console::reasons::told;
use crate::portal::console::said::Said;
use crate::portal::language::Language;

/// What came of a trial, in words.
#[derive(Debug)]
pub(in crate::portal::console) struct Came {
    pub(in crate::portal::console) text: &'static str,
    pub(in crate::portal::console) is_good: bool,
    /// That the account itself is refused.
    pub(in crate::portal::console) fault: Option<&'static str>,
    /// Label and value.
    pub(in crate::portal::console) facts: Vec<(&'static str, String)>,
}

impl Came {
    pub(in crate::portal::console) fn of(tried: Tried, language: Language) -> Self {
        let words = Words::of(language);
        let Tried { kind, came } = tried;
        let is_good = came.then == Then::Done;
        let text = match (is_good, kind) {
            (true, "file") => words.took_file,
            (true, _) => words.took,
            (false, _) => words.took_not,
        };
        let facts = [
            (words.choose_kind, Some(kind.to_owned())),
            (words.status, came.status.map(|status| status.to_string())),
            (words.reason, came.error.map(|word| told(word, language))),
            (words.reference, came.reference),
        ];
        let facts = facts.into_iter().filter_map(|(label, value)| Some((label, value?))).collect();
        Self { text, is_good, fault: came.trouble.then_some(words.account_at_fault), facts }
    }
}

/// Why nothing was sent, for whoever can do something about it.
///
/// # Errors
/// What is nobody's to mend on the page.
pub(in crate::portal::console) fn refused(error: TrialError, language: Language) -> Result<Said, Wrong> {
    let words = Words::of(language);
    match error {
        TrialError::TooOften { retry_after } => Ok(Said::filled(format!("{}{retry_after}", words.too_often))),
        TrialError::Rule(
            Error::SentJustNow { retry_after }
            | Error::SentTooMany { retry_after }
            | Error::BlockBusy { retry_after },
        ) => Ok(Said::filled(format!("{}{retry_after}", words.sent_just_now))),
        TrialError::Rule(Error::NoProvider(_)) => Ok(Said::own(words.nobody_what)),
        TrialError::Rule(
            error @ (Error::Invalid(_) | Error::SpentForToday { .. } | Error::CountryNotAllowed(_)),
        ) => Ok(Said::engine(&error, language)),
        TrialError::Rule(error) => Err(error.into()),
    }
}

/// `POST …/providers/{channel}/test`.
pub(super) async fn send(params: RawPathParams, Act { desk, form }: Act) -> Result<Response, Wrong> {
    let channel = channel(&params)?;
    let language = Tongue::from_word(form.text("language")).unwrap_or_default();
    let trial = Trial { channel, to: form.text("to").to_owned(), template: Template::ContactCode, language };
    let (came, problem) = match desk.engine.try_provider(whose(&desk), &trial, &desk.by()).await {
        Ok(tried) => (Some(Came::of(tried, desk.language)), None),
        Err(error) => (None, Some(refused(error, desk.language)?)),
    };
    let was_sent = came.is_some();
    let page = One::of(&desk, channel, Again { problem, typed: Some(&form), came }).await?;
    Ok(if was_sent { desk.page(&page) } else { desk.page_again(&page) })
}
