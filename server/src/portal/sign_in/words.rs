//! What the pages of a sign-in say, in whichever language. `{}` stands where something is put in.

use super::arabic::ARABIC;
use super::english::ENGLISH;
use crate::engine::policy::Factor;
use crate::portal::language::in_both;

/// All words of one language.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) choose: Choose,
    pub(super) waiting: Waiting,
    pub(super) passcode: Passcode,
    pub(super) ended: Ended,
    pub(super) problems: Problems,
    pub(super) refusals: Refusals,
    /// On a button that ends the sign-in.
    pub(super) cancel: &'static str,
    /// On a link to the chooser.
    pub(super) another: &'static str,
    /// On a button that sends a code.
    pub(super) confirm: &'static str,
    /// Wrong codes that may still come, as a sentence.
    pub(super) tries: fn(i64) -> String,
    /// So many seconds, in words that follow a preposition.
    pub(super) seconds: fn(u64) -> String,
}

/// The chooser.
#[derive(Debug)]
pub(super) struct Choose {
    pub(super) title: &'static str,
    /// Before the application's name.
    pub(super) sign_in_to: &'static str,
    /// Before the person's.
    pub(super) as_whom: &'static str,
    pub(super) how: &'static str,
    pub(super) push: &'static str,
    pub(super) totp: &'static str,
    pub(super) sms: &'static str,
    pub(super) voice: &'static str,
    pub(super) email: &'static str,
    pub(super) recovery: &'static str,
    /// With the tenant's name.
    pub(super) no_way: &'static str,
    pub(super) still_waits: &'static str,
    pub(super) back_to_it: &'static str,
    /// How the last question ended.
    pub(super) expired: &'static str,
    pub(super) replaced: &'static str,
    pub(super) failed: &'static str,
}

/// While the phone is waited for.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) title: &'static str,
    pub(super) open_app: &'static str,
    pub(super) type_number: &'static str,
    pub(super) pick_number: &'static str,
    pub(super) type_shown: &'static str,
    pub(super) shown_code: &'static str,
    pub(super) only_you: &'static str,
    pub(super) time_left: &'static str,
    /// The same as a sentence, with the time.
    pub(super) still: &'static str,
    pub(super) offline: &'static str,
    pub(super) offline_how: &'static str,
    pub(super) offline_device: &'static str,
    pub(super) offline_code: &'static str,
    pub(super) offline_qr: &'static str,
    pub(super) looks_again: &'static str,
    pub(super) look: &'static str,
}

/// While a code is waited for.
#[derive(Debug)]
pub(super) struct Passcode {
    pub(super) title: &'static str,
    /// Each before the masked number or address.
    pub(super) sms_to: &'static str,
    pub(super) voice_to: &'static str,
    pub(super) email_to: &'static str,
    pub(super) totp: &'static str,
    pub(super) recovery: &'static str,
    pub(super) code: &'static str,
    pub(super) again: &'static str,
    pub(super) call_again: &'static str,
    /// With the time.
    pub(super) again_in: &'static str,
    pub(super) no_more: &'static str,
}

/// How it ended: what is over it, and a sentence.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) approved: (&'static str, &'static str),
    pub(super) rejected: (&'static str, &'static str),
    pub(super) expired: (&'static str, &'static str),
    pub(super) go_on: &'static str,
    pub(super) go_back: &'static str,
    pub(super) close: &'static str,
}

/// Why a page is not shown: what is over it, and what to do.
#[derive(Debug)]
pub(super) struct Problems {
    pub(super) malformed: (&'static str, &'static str),
    pub(super) bad_callback: (&'static str, &'static str),
    pub(super) unknown: (&'static str, &'static str),
    pub(super) other_browser: (&'static str, &'static str),
    pub(super) no_cookie: (&'static str, &'static str),
    pub(super) foreign_form: (&'static str, &'static str),
    pub(super) later: (&'static str, &'static str),
}

/// Why something was not done, and what to do instead. Some with a time.
#[derive(Debug)]
pub(super) struct Refusals {
    pub(super) locked: &'static str,
    pub(super) resting: &'static str,
    pub(super) asked_often: &'static str,
    pub(super) no_phone: &'static str,
    pub(super) not_possible: &'static str,
    pub(super) just_sent: &'static str,
    pub(super) no_more: &'static str,
    pub(super) too_many_there: &'static str,
    pub(super) cannot_send: &'static str,
    pub(super) busy: &'static str,
    /// Before how many tries are left.
    pub(super) wrong: &'static str,
    pub(super) not_yet: &'static str,
    pub(super) no_code: &'static str,
}

in_both!(Words, ENGLISH, ARABIC);

impl Words {
    /// A way's name on the chooser.
    pub(super) fn way(&self, kind: Factor) -> &'static str {
        match kind {
            Factor::Push => self.choose.push,
            Factor::Totp => self.choose.totp,
            Factor::Sms => self.choose.sms,
            Factor::Voice => self.choose.voice,
            Factor::Email => self.choose.email,
            Factor::Recovery => self.choose.recovery,
        }
    }

    /// A sentence with a time in it.
    pub(super) fn timed(&self, sentence: &str, seconds: u64) -> String {
        sentence.replace("{}", &(self.seconds)(seconds))
    }
}

/// A time in the largest unit that says it well enough: at least one second, and minutes and hours rounded up.
pub(super) fn in_units(seconds: u64) -> (u64, Unit) {
    match seconds {
        0..=120 => (seconds.max(1), Unit::Second),
        121..=7200 => (seconds.div_ceil(60), Unit::Minute),
        _ => (seconds.div_ceil(3600), Unit::Hour),
    }
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Second,
    Minute,
    Hour,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::language::Language;

    #[test]
    fn numbers_have_the_right_form_in_both_languages() {
        let (english, arabic) = (Words::of(Language::English), Words::of(Language::Arabic));
        for (seconds, en, ar) in [
            (0, "1 second", "ثانية واحدة"),
            (1, "1 second", "ثانية واحدة"),
            (2, "2 seconds", "ثانيتين"),
            (7, "7 seconds", "7 ثوانٍ"),
            (11, "11 seconds", "11 ثانية"),
            (100, "100 seconds", "100 ثانية"),
            (103, "103 seconds", "103 ثوانٍ"),
            (121, "3 minutes", "3 دقائق"),
            (900, "15 minutes", "15 دقيقة"),
            (7201, "3 hours", "3 ساعات"),
            (86_400, "24 hours", "24 ساعة"),
        ] {
            assert_eq!(
                ((english.seconds)(seconds), (arabic.seconds)(seconds)),
                (en.to_owned(), ar.to_owned())
            );
        }
        for (tries, en, ar) in [
            (0, "It was the last try.", "كانت هذه آخر محاولة."),
            (1, "You have one try left.", "بقيت لك محاولة واحدة."),
            (2, "You have 2 tries left.", "بقيت لك محاولتان."),
            (4, "You have 4 tries left.", "بقيت لك 4 محاولات."),
        ] {
            assert_eq!(((english.tries)(tries), (arabic.tries)(tries)), (en.to_owned(), ar.to_owned()));
        }
    }

    #[test]
    fn p8_no_word_brings_digits_of_its_own() {
        for words in [format!("{ENGLISH:?}"), format!("{ARABIC:?}")] {
            assert!(!words.chars().any(|c| matches!(c, '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}')));
        }
    }
}
