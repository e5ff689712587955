//! From what a person types to a decision, and from the server's reply to words and an exit code.

use countersign_core::approve::{AnswerResult, ShownCode, typed_number};
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
    match (line.trim().to_lowercase().as_str(), number_asked(request)) {
        ("", _) => Typed::Nothing,
        ("n" | "no", _) => Typed::Deny,
        ("r" | "report", _) => Typed::Report,
        ("q" | "quit", _) => Typed::Quit,
        ("y" | "yes", None) => Typed::Approve(None),
        ("y" | "yes", Some(which)) => {
            Typed::Unclear(format!("To say yes, type {which} that the sign-in screen shows."))
        }
        (line, Some(which)) => match typed_number(request.digits, request.options, Some(line)) {
            Ok(number) => Typed::Approve(number),
            Err(_) => Typed::Unclear(format!(
                "Type {which} that the sign-in screen shows, n for no, or r if it was not you. Nothing was sent."
            )),
        },
        (_, None) => {
            Typed::Unclear("Type y for yes, n for no, or r if it was not you. Nothing was sent.".to_owned())
        }
    }
}

/// Which number the person has to type before they approve, in words; none when none is asked for.
pub(crate) fn number_asked(request: &PendingView) -> Option<String> {
    let digits = request.digits.map(|digits| format!("the {digits} digits"));
    digits.or_else(|| request.options.map(|[a, b, c]| format!("the one of {a}, {b} and {c}")))
}

/// What is asked at the prompt of `request`.
pub(crate) fn prompt(request: &PendingView) -> String {
    match (request.digits, request.options, request.shows) {
        (Some(digits), _, _) => {
            format!("Type the {digits} digits of the sign-in screen to approve, n = no, r = it was not me: ")
        }
        (_, Some([a, b, c]), _) => {
            format!("Which does the sign-in screen show, {a}, {b} or {c}? n = no, r = it was not me: ")
        }
        (_, _, Some(_)) => {
            "Is it you? y = yes, and a code to type there is shown, n = no, r = it was not me: ".to_owned()
        }
        _ => "Is it you? y = yes, n = no, r = it was not me: ".to_owned(),
    }
}

/// `approve` and `deny` with `--json`.
#[derive(Debug, Serialize)]
pub(crate) struct Taken {
    pub(crate) id: String,
    pub(crate) decision: Decision,
    pub(crate) outcome: Outcome,
    /// To be typed into the sign-in page; the outcome is then still pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<ShownCode>,
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
        AnswerResult::Code(code) => {
            let spaced: Vec<String> = code.as_str().chars().map(String::from).collect();
            let words = format!(
                "Type this code into the sign-in page of {application}:\n\n    {}\n\n\
                 Only then are you signed in. It can be typed once; a wrong one ends the sign-in.",
                spaced.join(" ")
            );
            let (id, outcome) = (request.id.to_string(), Outcome::Pending);
            Ok((Taken { id, decision, outcome, code: Some(code) }, words))
        }
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
            Ok((Taken { id: request.id.to_string(), decision, outcome, code: None }, words))
        }
        AnswerResult::Elsewhere(Outcome::Pending) => Err(Failure::gone(
            "already_answered",
            format!("another device has approved the request of {application}; type the code that it shows"),
        )),
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
        AnswerResult::WrongNumber if request.shows.is_some() => Err(Failure::wrong_number(format!(
            "another code was typed into the sign-in page, so the request of {application} was denied; sign in again"
        ))),
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
    fn property_5_one_of_three_is_picked_and_yes_is_not_enough() {
        let mut asks = request(1, None);
        asks.options = Some(["17", "42", "88"].map(|o| o.parse().unwrap()));
        assert_eq!(typed(&asks, "42"), Typed::Approve(Some("42".to_owned())));
        for line in ["y", "1", "43", "17 42", "first"] {
            let Typed::Unclear(hint) = typed(&asks, line) else { panic!("{line}") };
            assert!(hint.contains("the one of 17, 42 and 88"), "{hint}");
        }
        assert_eq!(typed(&asks, "n"), Typed::Deny);
        assert!(prompt(&asks).contains("17, 42 or 88"));
    }

    #[test]
    fn a_code_is_shown_large_with_what_to_do() {
        let mut asks = request(1, None);
        asks.shows = Some(6);
        assert_eq!(typed(&asks, "y"), Typed::Approve(None));
        assert!(prompt(&asks).contains("a code to type there"));
        let (taken, words) =
            concluded(&asks, Decision::Approve, AnswerResult::Code("004242".into())).unwrap();
        assert!(words.contains("\n    0 0 4 2 4 2\n"), "{words}");
        assert!(!format!("{taken:?}").contains("4242"));
        assert_eq!(serde_json::to_value(&taken).unwrap()["code"], "004242");
        let wrong = concluded(&asks, Decision::Approve, AnswerResult::WrongNumber).unwrap_err();
        assert!(wrong.exit() == 7 && wrong.sentence().contains("typed into the sign-in page"));
        let other =
            concluded(&asks, Decision::Approve, AnswerResult::Elsewhere(Outcome::Pending)).unwrap_err();
        assert!(other.exit() == 6 && other.sentence().contains("another device"));
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
