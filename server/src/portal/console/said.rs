//! Why a form was not done, beside the form; and what such forms are made of. The engine's own sentences are English, so in
//! front of them stands one of ours.

use std::borrow::Cow;

use super::problem::{Problem, Wrong};
use crate::engine::Error;
use crate::portal::language::Language;

/// Why it was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// In the reader's language.
    pub(super) text: Option<Cow<'static, str>>,
    /// What a rule says of it, in English.
    pub(super) detail: Option<String>,
}

const ARABIC: &str = "لم يتغيّر شيء. السبب بالإنجليزية:";

impl Said {
    /// One of the page's own sentences.
    pub(super) fn own(text: &'static str) -> Self {
        Self { text: Some(text.into()), detail: None }
    }

    /// The same with something filled in.
    pub(super) fn filled(text: String) -> Self {
        Self { text: Some(text.into()), detail: None }
    }

    /// A sentence of the page's, and what a rule says besides.
    pub(super) fn with(text: &'static str, detail: impl ToString) -> Self {
        Self { text: Some(text.into()), detail: Some(detail.to_string()) }
    }

    /// The engine's sentence.
    pub(super) fn engine(error: &Error, language: Language) -> Self {
        let text = (language == Language::Arabic).then_some(ARABIC.into());
        Self { text, detail: Some(error.to_string()) }
    }

    /// For what was filled in wrongly. Everything else is a page of its own.
    pub(super) fn of(error: Error, text: &'static str) -> Result<Self, Wrong> {
        match error {
            Error::Invalid(detail) => Ok(Self::with(text, detail)),
            error => Err(Problem::from(error).into()),
        }
    }
}

/// One of several things to choose from.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) text: String,
    pub(super) chosen: bool,
}

impl Choice {
    pub(super) fn new(value: impl Into<String>, text: impl Into<String>, chosen: bool) -> Self {
        Self { value: value.into(), text: text.into(), chosen }
    }
}

/// What was typed into a box with one thing in each line.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.split([' ', ',', '\n', '\r', '\t']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
