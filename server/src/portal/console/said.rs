//! Why a form was not done, beside the form. The engine's own sentences are English, so in another language one of ours
//! stands before them.

use crate::engine::Error;
use crate::portal::language::Language;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// In the reader's language.
    pub(super) text: Option<&'static str>,
    /// The same with a number or a word in it, or the engine's sentence.
    pub(super) detail: Option<String>,
    /// Whether that is English whatever the page is in.
    pub(super) is_english: bool,
}

const ARABIC: &str = "لم يتغيّر شيء. السبب بالإنجليزية:";

impl Said {
    /// One of the page's own sentences.
    pub(super) fn own(text: &'static str) -> Self {
        Self { text: Some(text), detail: None, is_english: false }
    }

    /// The same with something filled in.
    pub(super) fn filled(text: String) -> Self {
        Self { text: None, detail: Some(text), is_english: false }
    }

    /// The engine's sentence.
    pub(super) fn engine(error: &Error, language: Language) -> Self {
        let text = (language == Language::Arabic).then_some(ARABIC);
        Self { text, detail: Some(error.to_string()), is_english: true }
    }
}
