//! The reply to an answer that was taken.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Outcome;
use crate::answer::Decision;
use crate::challenge::NumberMatch;
use crate::number::Digits;

/// Reply to `POST /api/v1/device/challenges/:id/answer`. It has one of two forms, see [`Said`]; which one fits is checked
/// by [`Answered::said`].
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// How the challenge stands.
    pub outcome: Outcome,
    /// The `cs-verdict+jwt`: the server's signature over that, for the receipt. None while the code is awaited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<String>,
    /// The code that the phone shows now, for the person to type into the login page. Only for
    /// [`NumberMatch::Show`], and only until it was typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Seconds since 1970 by the server's clock.
    pub server_time: u64,
}

impl fmt::Debug for Answered {
    /// Without the code, which lets somebody in until it was typed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answered").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

/// What a reply to an answer says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Said<'a> {
    /// The answer decided.
    Decided {
        /// How the challenge ended. Unproved until the verdict is checked.
        outcome: Outcome,
        /// The `cs-verdict+jwt`.
        verdict: &'a str,
    },
    /// The approval is kept. It counts once the person has typed this code into the login page.
    Code(&'a str),
}

impl fmt::Debug for Said<'_> {
    /// Without the code.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decided { outcome, .. } => f.debug_tuple("Decided").field(outcome).finish_non_exhaustive(),
            Self::Code(_) => f.write_str("Code(…)"),
        }
    }
}

impl Answered {
    /// The answer decided.
    #[must_use]
    pub fn decided(outcome: Outcome, verdict: String, server_time: u64) -> Self {
        Self { outcome, verdict: Some(verdict), code: None, server_time }
    }

    /// The approval is kept until the code was typed into the login page.
    #[must_use]
    pub fn show(code: String, server_time: u64) -> Self {
        Self { outcome: Outcome::Pending, verdict: None, code: Some(code), server_time }
    }

    /// Reads the reply to `decision` about a challenge with `number`. None when it has neither form: then nobody knows
    /// what became of the answer.
    #[must_use]
    pub fn said(&self, number: NumberMatch, decision: Decision) -> Option<Said<'_>> {
        match (self.outcome, self.verdict.as_deref(), self.code.as_deref(), number) {
            (outcome @ (Outcome::Approved | Outcome::Denied), Some(verdict), None, _) => {
                Some(Said::Decided { outcome, verdict })
            }
            (Outcome::Pending, None, Some(code), NumberMatch::Show { digits }) => {
                let fits = Digits::from_count(digits).is_some_and(|d| d.fits(code));
                (fits && decision == Decision::Approve).then_some(Said::Code(code))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOW: NumberMatch = NumberMatch::Show { digits: 6 };

    fn reply(outcome: Outcome, verdict: Option<&str>, code: Option<&str>) -> Answered {
        Answered { outcome, verdict: verdict.map(Into::into), code: code.map(Into::into), server_time: 1 }
    }

    #[test]
    fn a_decision_comes_with_its_verdict() {
        for outcome in [Outcome::Approved, Outcome::Denied] {
            let decided = Answered::decided(outcome, "v".into(), 1);
            for number in [SHOW, NumberMatch::None, NumberMatch::Type { digits: 2 }] {
                let said = decided.said(number, Decision::Approve);
                assert_eq!(said, Some(Said::Decided { outcome, verdict: "v" }));
            }
        }
        let text = serde_json::to_string(&Answered::decided(Outcome::Denied, "v".into(), 1)).unwrap();
        assert_eq!(text, r#"{"outcome":"denied","verdict":"v","server_time":1}"#);
    }

    #[test]
    fn property_5_a_code_is_read_only_from_the_reply_to_an_approval_that_asked_for_it() {
        let show = Answered::show("004242".into(), 1);
        assert_eq!(show.said(SHOW, Decision::Approve), Some(Said::Code("004242")));
        for decision in [Decision::Deny, Decision::Report] {
            assert_eq!(show.said(SHOW, decision), None);
        }
        for number in [
            NumberMatch::None,
            NumberMatch::Type { digits: 6 },
            NumberMatch::Show { digits: 2 },
            NumberMatch::Show { digits: 3 },
        ] {
            assert_eq!(show.said(number, Decision::Approve), None, "{number:?}");
        }
        for code in ["", "42", "00424", "0042420", "00424a", "٤٢٤"] {
            assert_eq!(Answered::show(code.into(), 1).said(SHOW, Decision::Approve), None, "{code}");
        }
        let text = serde_json::to_string(&show).unwrap();
        assert_eq!(text, r#"{"outcome":"pending","code":"004242","server_time":1}"#);
        assert!(!format!("{show:?} {:?}", show.said(SHOW, Decision::Approve)).contains("4242"));
    }

    #[test]
    fn property_5_a_reply_of_any_other_form_says_nothing() {
        let (v, c) = (Some("v"), Some("004242"));
        for (outcome, verdict, code) in [
            (Outcome::Pending, None, None),
            (Outcome::Pending, v, None),
            (Outcome::Pending, v, c),
            (Outcome::Approved, None, None),
            (Outcome::Approved, None, c),
            (Outcome::Approved, v, c),
            (Outcome::Denied, v, c),
            (Outcome::Expired, v, None),
            (Outcome::Failed, v, None),
            (Outcome::Cancelled, v, None),
        ] {
            assert_eq!(
                reply(outcome, verdict, code).said(SHOW, Decision::Approve),
                None,
                "{outcome:?} {verdict:?} {code:?}"
            );
        }
    }
}
