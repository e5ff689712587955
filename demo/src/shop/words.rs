//! The words of the bank's pages, each said in English and Arabic.

mod arabic;
mod english;

use axum::http::{HeaderMap, header};

use super::run::{Over, Way};

/// Everything that the pages say in one language. `{}` stands for a number or for the server's own words.
pub(super) struct Words {
    pub(super) lang: &'static str,
    pub(super) dir: &'static str,
    pub(super) skip: &'static str,
    pub(super) bank: &'static str,
    pub(super) footer: &'static str,
    pub(super) home: &'static str,
    pub(super) start: Start,
    pub(super) phone: Phone,
    pub(super) ways: [WayWords; 6],
    pub(super) run: Run,
    pub(super) typing: Typing,
    pub(super) overs: Overs,
    pub(super) calls: Calls,
    pub(super) messages: Messages,
}

/// The first page.
pub(super) struct Start {
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    pub(super) server: &'static str,
    pub(super) phone: &'static str,
    pub(super) no_phone: &'static str,
    pub(super) has_phone: &'static str,
    pub(super) enroll: &'static str,
    pub(super) another_phone: &'static str,
    pub(super) sign_in: &'static str,
    pub(super) which: &'static str,
    pub(super) needs_phone: &'static str,
    pub(super) you_are_in: &'static str,
    pub(super) by_hand: &'static str,
    pub(super) by_hand_how: &'static str,
    pub(super) yours: &'static str,
    pub(super) yours_how: &'static str,
    pub(super) forgotten: &'static str,
}

/// Enrolling a phone.
pub(super) struct Phone {
    pub(super) title: &'static str,
    pub(super) good_for: &'static str,
    pub(super) by_terminal: &'static str,
    pub(super) terminal_how: &'static str,
    pub(super) builds: &'static str,
    pub(super) command: &'static str,
    pub(super) by_phone: &'static str,
    pub(super) scan: &'static str,
    pub(super) only_here: &'static str,
    pub(super) qr: &'static str,
    pub(super) link: &'static str,
    pub(super) waiting: &'static str,
    pub(super) done: &'static str,
    pub(super) compare: &'static str,
    pub(super) differ: &'static str,
    pub(super) keep_watching: &'static str,
    pub(super) go_on: &'static str,
    pub(super) another: &'static str,
}

/// One way to sign in.
pub(super) struct WayWords {
    pub(super) title: &'static str,
    /// In the list of ways.
    pub(super) short: &'static str,
    /// What is going to happen.
    pub(super) lead: &'static str,
    pub(super) begin: &'static str,
    pub(super) done: &'static str,
}

/// A sign-in that goes on.
pub(super) struct Run {
    pub(super) person: &'static str,
    pub(super) type_number: &'static str,
    pub(super) approve: &'static str,
    pub(super) terminal: &'static str,
    pub(super) waiting: &'static str,
    pub(super) leave: &'static str,
    pub(super) leave_to: &'static str,
    pub(super) to: &'static str,
    pub(super) again: &'static str,
    pub(super) out: &'static str,
    pub(super) cancel: &'static str,
}

/// The form for a code.
pub(super) struct Typing {
    pub(super) first: &'static str,
    pub(super) app: &'static str,
    pub(super) again: &'static str,
    pub(super) sent: &'static str,
    pub(super) no_gateway: &'static str,
    pub(super) qr: &'static str,
    pub(super) link: &'static str,
    pub(super) command: &'static str,
    pub(super) code: &'static str,
    pub(super) confirm: &'static str,
    pub(super) wrong: &'static str,
}

/// Why nobody is in, and what to do: a title and a sentence each.
pub(super) struct Overs {
    pub(super) denied: (&'static str, &'static str),
    /// The same in a way to sign in that shows a number.
    pub(super) denied_or_wrong: (&'static str, &'static str),
    pub(super) expired: (&'static str, &'static str),
    pub(super) cancelled: (&'static str, &'static str),
    pub(super) no_phone: (&'static str, &'static str),
    pub(super) link_over: (&'static str, &'static str),
    pub(super) no_number: (&'static str, &'static str),
    pub(super) busy: (&'static str, &'static str),
    pub(super) busy_for: &'static str,
    pub(super) away: (&'static str, &'static str),
    pub(super) astray: (&'static str, &'static str),
    pub(super) refused: (&'static str, &'static str),
}

/// The calls that were made.
pub(super) struct Calls {
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    pub(super) sent: &'static str,
    pub(super) came: &'static str,
    pub(super) nothing: &'static str,
    pub(super) curl: &'static str,
}

/// Pages that only say something.
pub(super) struct Messages {
    pub(super) nowhere: (&'static str, &'static str),
    pub(super) host: (&'static str, &'static str),
    pub(super) foreign: (&'static str, &'static str),
}

impl Words {
    /// In the language that the reader likes best (`Accept-Language`); English when it is none of ours.
    pub(super) fn preferred(headers: &HeaderMap) -> &'static Self {
        let wishes = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let mut best = (0.0, &english::ENGLISH);
        for wish in wishes.split(',') {
            let (range, quality) = wish.split_once(";q=").unwrap_or((wish, "1"));
            let quality: f32 = quality.trim().parse().unwrap_or(0.0);
            let words = match range.trim().split('-').next() {
                Some("ar") => &arabic::ARABIC,
                Some("en" | "*") => &english::ENGLISH,
                _ => continue,
            };
            if quality > best.0 {
                best = (quality, words);
            }
        }
        best.1
    }

    pub(super) fn way(&self, way: Way) -> &WayWords {
        let [mypass, auth0, auth0_otp, reltio, acceptto, mpass] = &self.ways;
        match way {
            Way::Mypass => mypass,
            Way::Auth0 => auth0,
            Way::Auth0Otp => auth0_otp,
            Way::Reltio => reltio,
            Way::Acceptto => acceptto,
            Way::Mpass => mpass,
        }
    }

    /// What happened, and what to do.
    pub(super) fn over(&self, over: &Over, way: Way) -> (&'static str, String) {
        let overs = &self.overs;
        let (title, text) = match over {
            Over::Denied if way == Way::Mypass => overs.denied_or_wrong,
            Over::Denied => overs.denied,
            Over::Expired => overs.expired,
            Over::Cancelled => overs.cancelled,
            Over::NoPhone => overs.no_phone,
            Over::LinkEnded => overs.link_over,
            Over::NoNumber => overs.no_number,
            Over::Busy(None) => overs.busy,
            Over::Busy(Some(seconds)) => {
                return (overs.busy.0, overs.busy_for.replace("{}", &seconds.to_string()));
            }
            Over::Away => overs.away,
            Over::Astray => overs.astray,
            Over::Refused { status, said } => {
                return (overs.refused.0, overs.refused.1.replace("{}", format!("{status} {said}").trim()));
            }
        };
        (title, text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_liked_language_wins() {
        let of = |text: &'static str| {
            Words::preferred(&HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, text.parse().unwrap())])).lang
        };
        assert_eq!(
            ["ar", "ar-SA,en;q=0.8", "en-US,ar;q=0.9", "fr", ";q=,,"].map(of),
            ["ar", "ar", "en", "en", "en"]
        );
        assert_eq!(Words::preferred(&HeaderMap::new()).lang, "en");
    }

    #[test]
    fn what_the_server_said_is_passed_on() {
        for words in [&english::ENGLISH, &arabic::ARABIC] {
            let refused = Over::Refused { status: 403, said: "user_locked".to_owned() };
            assert!(words.over(&refused, Way::Auth0).1.contains("403 user_locked"), "{}", words.lang);
            assert!(words.over(&Over::Busy(Some(77)), Way::Auth0).1.contains("77"), "{}", words.lang);
        }
    }
}
