//! What a rule's no means for the person at the page: a sentence that says what to do, or a look at how the sign-in stands
//! now. What rules say themselves is for operators and is never shown.

use super::words::Words;
use crate::engine::Error;

/// What follows from an error.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// The same page, with this sentence.
    Say(String),
    /// The sign-in has gone on meanwhile.
    Look,
    /// Nothing can be shown.
    Fail(Error),
}

impl Then {
    /// What follows from this one.
    pub(super) fn from(error: Error, words: &Words) -> Self {
        let say = &words.refusals;
        let plain = |sentence: &str| Self::Say(sentence.to_owned());
        let timed = |sentence: &str, seconds: u64| Self::Say(words.timed(sentence, seconds));
        match error {
            Error::NotPending(_) | Error::NoCode | Error::WrongShownCode | Error::NothingToSend => Self::Look,
            Error::RefusedByRule | Error::NoCodeWaiting => Self::Look,
            Error::Locked(_) | Error::FactorLocked => plain(say.locked),
            Error::CoolingDown { retry_after } => timed(say.resting, retry_after),
            Error::TooManyPushes { retry_after } => timed(say.asked_often, retry_after),
            Error::NoDevices => plain(say.no_phone),
            Error::FactorNotAllowed(_) | Error::FactorTooWeak(_) | Error::NoFactor(_) => {
                plain(say.not_possible)
            }
            Error::NoSuchFactor | Error::FactorNotFound => plain(say.not_possible),
            Error::SentJustNow { retry_after } => timed(say.just_sent, retry_after),
            Error::NoMoreCodes { .. } | Error::SentTooOften { .. } => plain(say.no_more),
            Error::SentTooMany { retry_after } | Error::BlockBusy { retry_after } => {
                timed(say.too_many_there, retry_after)
            }
            Error::SpentForToday { .. } | Error::CountryNotAllowed(_) | Error::NoProvider(_) => {
                plain(say.cannot_send)
            }
            Error::Busy { retry_after }
            | Error::TooFast { retry_after }
            | Error::TooManyAttempts { retry_after } => timed(say.busy, retry_after),
            Error::WrongTypedCode { attempts_left }
            | Error::WrongFactorCode { attempts_left }
            | Error::WrongCode { attempts_left } => {
                Self::Say(format!("{} {}", say.wrong, (words.tries)(attempts_left)))
            }
            Error::NotAnswered => plain(say.not_yet),
            Error::Invalid(_) => plain(say.no_code),
            error => Self::Fail(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::language::Language;
    use countersign_protocol::wire::Outcome;

    #[test]
    fn every_no_that_a_person_can_meet_is_a_sentence_in_their_language() {
        for language in [Language::English, Language::Arabic] {
            let words = Words::of(language);
            for error in [
                Error::Locked("sms"),
                Error::FactorLocked,
                Error::CoolingDown { retry_after: 31 },
                Error::TooManyPushes { retry_after: 31 },
                Error::NoDevices,
                Error::FactorNotAllowed("sms"),
                Error::FactorTooWeak("sms"),
                Error::NoFactor("sms"),
                Error::NoSuchFactor,
                Error::SentJustNow { retry_after: 31 },
                Error::NoMoreCodes { retry_after: 31 },
                Error::SentTooMany { retry_after: 31 },
                Error::BlockBusy { retry_after: 31 },
                Error::SpentForToday { by: "sms", retry_after: 31 },
                Error::CountryNotAllowed("sms"),
                Error::NoProvider("sms"),
                Error::Busy { retry_after: 31 },
                Error::TooFast { retry_after: 31 },
                Error::WrongTypedCode { attempts_left: 3 },
                Error::WrongFactorCode { attempts_left: 1 },
                Error::NotAnswered,
                Error::Invalid("code must be six digits".to_owned()),
            ] {
                let own = error.to_string();
                let Then::Say(sentence) = Then::from(error, words) else { panic!("{own}") };
                assert!(!sentence.contains("{}") && !sentence.contains(&own), "{sentence}");
                assert!(!sentence.contains("countersign-server"), "{sentence}");
            }
        }
        let words = Words::of(Language::English);
        assert_eq!(Then::from(Error::NotPending(Outcome::Denied), words), Then::Look);
        assert_eq!(Then::from(Error::Closing, words), Then::Fail(Error::Closing));
    }
}
