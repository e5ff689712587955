//! From what a person types to a decision, and from the server's reply to words and an exit code.

use countersign_core::approve::{AnswerResult, typed_number};
use countersign_core::authenticator::PendingView;
use countersign_protocol::answer::Decision;
use countersign_protocol::wire::Outcome;
use serde::Serialize;

use crate::exit::Failure;

/// What a line at the prompt means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Typed {
    Approve(Option<String>),
    Deny,
    Report,
    /// Stop watching.
    Quit,
    /// Nothing was typed.
    Nothing,
    /// Nothing is done; say this.
    Unclear(String),
}

/// Reads a line typed at the prompt of `request`.
pub(crate) fn typed(request: &PendingView, line: &str) -> Typed {
    match (line.trim().to_lowercase().as_str(), request.digits) {
        ("", _) => Typed::Nothing,
        ("n" | "no", _) => Typed::Deny,
        ("r" | "report", _) => Typed::Report,
        ("q" | "quit", _) => Typed::Quit,
        ("y" | "yes", None) => Typed::Approve(None),
        ("y" | "yes", Some(digits)) => {
            Typed::Unclear(format!("To say yes, type the {digits} digits that the sign-in screen shows."))
        }
        (line, Some(digits)) => match typed_number(Some(digits), Some(line)) {
            Ok(number) => Typed::Approve(number),
            Err(_) => Typed::Unclear(format!(
                "Type the {digits} digits that the sign-in screen shows, n for no, or r if it was not you. Nothing was sent."
            )),
        },
        (_, None) => {
            Typed::Unclear("Type y for yes, n for no, or r if it was not you. Nothing was sent.".to_owned())
        }
    }
}

/// What is asked at the prompt of `request`.
pub(crate) fn prompt(request: &PendingView) -> String {
    match request.digits {
        Some(digits) => {
            format!("Type the {digits} digits of the sign-in screen to approve, n = no, r = it was not me: ")
        }
        None => "Is it you? y = yes, n = no, r = it was not me: ".to_owned(),
    }
}

/// `approve` and `deny` with `--json`.
#[derive(Debug, Serialize)]
pub(crate) struct Taken {
    pub(crate) id: String,
    pub(crate) decision: Decision,
    pub(crate) outcome: Outcome,
}

/// The words for a decision that took effect, or why it did not.
pub(crate) fn concluded(
    request: &PendingView,
    decision: Decision,
    result: AnswerResult,
) -> Result<(Taken, String), Failure> {
    let application = &request.application;
    let wanted = match decision {
        Decision::Approve => Outcome::Approved,
        Decision::Deny | Decision::Report => Outcome::Denied,
    };
    match result {
        AnswerResult::Done(outcome) if outcome == wanted => {
            let words = match decision {
                Decision::Approve => format!("Approved: {application} for {}.", request.user),
                Decision::Deny => format!("Denied: {application} for {}.", request.user),
                Decision::Report => {
                    format!(
                        "Denied and reported: {application} for {}. Your organisation was told.",
                        request.user
                    )
                }
            };
            Ok((Taken { id: request.id.to_string(), decision, outcome }, words))
        }
        AnswerResult::Done(outcome) | AnswerResult::Elsewhere(outcome) => Err(Failure::gone(
            "already_answered",
            format!(
                "the request of {application} had ended before ({}); your answer has no effect",
                outcome.as_str()
            ),
        )),
        AnswerResult::Expired => Err(Failure::gone(
            "challenge_expired",
            format!("the request of {application} has expired; sign in again to get a new one"),
        )),
        AnswerResult::Gone => Err(Failure::gone(
            "challenge_not_found",
            format!(
                "{} no longer knows the request of {application}; sign in again to get a new one",
                request.tenant
            ),
        )),
        AnswerResult::WrongNumber => Err(Failure::wrong_number(format!(
            "that was not the number on the sign-in screen, so the request of {application} was denied; sign in again"
        ))),
        AnswerResult::VerificationNeeded => Err(Failure::failed(
            "verification_needed",
            "the server insists on proof that it is you; run the command again and give the vault's password",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requests::tests::request;

    #[test]
    fn s8_a_number_is_typed_and_yes_is_not_enough() {
        let asks = request(1, Some(2));
        assert_eq!(typed(&asks, "42"), Typed::Approve(Some("42".to_owned())));
        assert_eq!(typed(&asks, " 0 7 "), Typed::Approve(Some("07".to_owned())));
        assert_eq!(typed(&asks, "٤٢"), Typed::Approve(Some("42".to_owned())));
        for line in ["y", "yes", "4", "421", "4x", "approve"] {
            assert!(matches!(typed(&asks, line), Typed::Unclear(_)), "{line}");
        }
    }

    #[test]
    fn words_at_the_prompt() {
        for digits in [None, Some(2)] {
            let asks = request(1, digits);
            assert_eq!(typed(&asks, "n"), Typed::Deny);
            assert_eq!(typed(&asks, "R "), Typed::Report);
            assert_eq!(typed(&asks, "q"), Typed::Quit);
            assert_eq!(typed(&asks, " "), Typed::Nothing);
        }
        assert_eq!(typed(&request(1, None), "Y"), Typed::Approve(None));
        assert!(matches!(typed(&request(1, None), "42"), Typed::Unclear(_)));
    }

    #[test]
    fn only_what_took_effect_is_a_success() {
        let asks = request(1, Some(2));
        let exit = |decision, result| concluded(&asks, decision, result).map_or_else(|f| f.exit(), |_| 0);
        use AnswerResult as R;
        assert_eq!(exit(Decision::Approve, R::Done(Outcome::Approved)), 0);
        assert_eq!(exit(Decision::Deny, R::Done(Outcome::Denied)), 0);
        assert_eq!(exit(Decision::Report, R::Done(Outcome::Denied)), 0);
        assert_eq!(exit(Decision::Approve, R::Done(Outcome::Denied)), 6);
        assert_eq!(exit(Decision::Approve, R::Elsewhere(Outcome::Approved)), 6);
        assert_eq!(exit(Decision::Approve, R::Expired), 6);
        assert_eq!(exit(Decision::Deny, R::Gone), 6);
        assert_eq!(exit(Decision::Approve, R::WrongNumber), 7);
        assert_eq!(exit(Decision::Approve, R::VerificationNeeded), 1);
    }

    #[test]
    fn a_decision_as_json() {
        let (taken, _) =
            concluded(&request(1, None), Decision::Report, AnswerResult::Done(Outcome::Denied)).unwrap();
        assert_eq!(
            serde_json::to_string(&taken).unwrap(),
            r#"{"id":"0190f3c2-7a00-7000-8000-000000000001","decision":"report","outcome":"denied"}"#
        );
    }
}
