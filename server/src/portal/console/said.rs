//! What a page says beside a form that was sent and not done.

use super::problem::{Problem, Wrong};
use crate::engine::Error;

/// Why it was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// In the reader's language.
    pub(super) sentence: &'static str,
    /// What a rule says of it, in English.
    pub(super) detail: Option<String>,
}

impl Said {
    pub(super) fn new(sentence: &'static str) -> Self {
        Self { sentence, detail: None }
    }

    pub(super) fn with(sentence: &'static str, detail: impl ToString) -> Self {
        Self { sentence, detail: Some(detail.to_string()) }
    }

    /// For what was filled in wrongly. Everything else is a page of its own.
    pub(super) fn of(error: Error, sentence: &'static str) -> Result<Self, Wrong> {
        match error {
            Error::Invalid(detail) => Ok(Self::with(sentence, detail)),
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
