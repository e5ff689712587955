//! What a person types or picks before they approve, in the form that is signed; and why a decision is not sent.

use countersign_protocol::number::{Digits, TwoDigits};

use crate::digits::with_ascii_digits;

/// Why a decision is not sent. The challenge still waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The login screen shows a number and none was typed.
    #[error("type the {digits} digits that the sign-in screen shows")]
    NumberNeeded {
        /// 2 or 6.
        digits: u8,
    },
    /// What was typed has another form. Nothing was sent, since a wrong number ends the challenge.
    #[error(
        "the sign-in screen shows {digits} digits; what was typed is something else, so nothing was sent"
    )]
    NumberForm {
        /// 2 or 6.
        digits: u8,
    },
    /// The login screen shows one of three numbers and none was picked.
    #[error("pick the number that the sign-in screen shows: {}", one_of(options))]
    PickNeeded {
        /// What there is to pick from.
        options: [TwoDigits; 3],
    },
    /// What was picked is none of the three. Nothing was sent, since a wrong number ends the challenge.
    #[error("that is none of the numbers to pick from ({}), so nothing was sent", one_of(options))]
    NotOffered {
        /// What there is to pick from.
        options: [TwoDigits; 3],
    },
    /// A number was given although none is asked for: a sign that the person looks at another sign-in.
    #[error("this request asks for no number; check that it is the sign-in that you are looking at")]
    NumberNotAsked,
    /// The challenge is another account's.
    #[error("this request belongs to another account")]
    OtherAccount,
    /// The key store's signature is not by this account's key.
    #[error(
        "this phone's key for the account has changed, so it can no longer answer; remove the account and enrol again"
    )]
    Signature,
}

impl AnswerError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NumberNeeded { .. } | Self::PickNeeded { .. } => "number_needed",
            Self::NumberForm { .. } | Self::NotOffered { .. } => "number_form",
            Self::NumberNotAsked => "number_not_asked",
            Self::OtherAccount => "other_account",
            Self::Signature => "key_changed",
        }
    }
}

/// The typed or picked number in the form that is signed: without white space, with ASCII digits whatever the keyboard wrote.
///
/// `digits`: how many are to be typed. `options`: what there is to pick from. At most one of them is given.
///
/// # Errors
/// [`AnswerError`] when what was typed does not fit what is asked for.
pub fn typed_number(
    digits: Option<u8>,
    options: Option<[TwoDigits; 3]>,
    typed: Option<&str>,
) -> Result<Option<String>, AnswerError> {
    let typed: Option<String> = typed
        .map(|text| with_ascii_digits(text).split_whitespace().collect())
        .filter(|text: &String| !text.is_empty());
    match (digits, options, typed) {
        (None, None, None) => Ok(None),
        (None, None, Some(_)) => Err(AnswerError::NumberNotAsked),
        (_, Some(options), None) => Err(AnswerError::PickNeeded { options }),
        (_, Some(options), Some(picked)) => {
            let fits = picked.parse().is_ok_and(|number| options.contains(&number));
            if fits { Ok(Some(picked)) } else { Err(AnswerError::NotOffered { options }) }
        }
        (Some(digits), None, None) => Err(AnswerError::NumberNeeded { digits }),
        (Some(digits), None, Some(typed)) => {
            let fits = Digits::from_count(digits).is_some_and(|d| d.fits(&typed));
            if fits { Ok(Some(typed)) } else { Err(AnswerError::NumberForm { digits }) }
        }
    }
}

fn one_of([a, b, c]: &[TwoDigits; 3]) -> String {
    format!("{a}, {b} or {c}")
}
