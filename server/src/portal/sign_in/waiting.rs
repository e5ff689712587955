//! The page that is there while the phone is asked: the number to type there, the time left, and the way for a phone without
//! a network.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::visit::{Shown, Visit};
use super::words::Words;
use crate::engine::policy::{Factor, NumberKind};
use crate::engine::{Asking, Error, Standing};
use crate::portal::layout::{Layout, respond};
use crate::portal::qr;

#[derive(Template)]
#[template(path = "sign_in/waiting.html")]
struct Page<'a> {
    layout: Layout,
    words: &'static Words,
    visit: &'a Visit,
    script: &'static str,
    again: String,
    events: String,
    another: String,
    typing: String,
    /// What to do on the phone.
    lead: &'static str,
    number: Option<String>,
    /// The phone shows a code that is typed here.
    shows_code: bool,
    offline: Option<Offline>,
    /// The way without a network is open already.
    open: bool,
    /// Without a script, the page looks again by itself.
    refreshes: bool,
    problem: Option<String>,
    left: Left,
}

/// The question for a phone without a network.
struct Offline {
    device: String,
    svg: String,
}

/// The time left, in seconds, on a clock's face, and in words: now and at the moments at which it is said aloud.
struct Left {
    seconds: u64,
    clock: String,
    spoken: String,
    at: [(u64, String); 3],
}

impl Left {
    fn until(until: i64, now: i64, words: &Words) -> Self {
        // Rounded up: while there is anything left, there is a second.
        let seconds = u64::try_from(until.saturating_sub(now)).unwrap_or(0).div_ceil(1000);
        let say = |seconds| words.timed(words.waiting.still, seconds);
        Self {
            seconds,
            clock: format!("{}:{:02}", seconds / 60, seconds % 60),
            spoken: say(seconds),
            at: [60, 30, 10].map(|at| (at, say(at))),
        }
    }
}

/// `GET /mfa/waiting`.
pub(super) async fn page(Shown(visit): Shown) -> Response {
    match visit.transaction.standing {
        Standing::Waiting { kind: Factor::Push, .. } => visit.wait_for_phone(None).await,
        _ => visit.go_on(),
    }
}

impl Visit {
    /// The page, or where the sign-in stands if nothing is asked any more.
    pub(super) async fn wait_for_phone(&self, problem: Option<String>) -> Response {
        match self.waiting(problem).await {
            Ok(Some(page)) => self.keep(respond(StatusCode::OK, &self.policy(), &page)),
            Ok(None) => self.go(&self.link("index")),
            Err(error) => self.refuse(error),
        }
    }

    async fn waiting(&self, problem: Option<String>) -> Result<Option<Page<'_>>, Error> {
        let words = self.words;
        let Some(asking) = self.engine.asking(&self.transaction).await? else { return Ok(None) };
        let shows_code = asking.number_kind == Some(NumberKind::Show);
        let open = self.params.typing.is_some() || problem.is_some();
        let again = self.link("waiting");
        Ok(Some(Page {
            layout: self.layout("waiting", words.waiting.title).await?,
            words,
            visit: self,
            script: super::script_version(),
            events: self.events(),
            another: format!("{}&choose=1", self.link("index")),
            typing: format!("{again}&typing=1"),
            again,
            lead: lead(&asking, words),
            left: Left::until(asking.until, self.engine.unix_ms(), words),
            number: asking.number.filter(|_| !shows_code),
            shows_code,
            refreshes: !(open || shows_code),
            offline: asking.offline.and_then(|question| {
                Some(Offline { svg: qr::long_svg(&question.text)?, device: question.device_name })
            }),
            open,
            problem,
        }))
    }
}

fn lead(asking: &Asking, words: &Words) -> &'static str {
    match (asking.number_kind, &asking.number) {
        (Some(NumberKind::Show), _) => words.waiting.type_shown,
        (Some(NumberKind::Pick), Some(_)) => words.waiting.pick_number,
        (_, Some(_)) => words.waiting.type_number,
        (_, None) => words.waiting.open_app,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::language::Language;

    #[test]
    fn the_time_left_is_rounded_up_and_never_below_zero() {
        let words = Words::of(Language::English);
        let left = |milliseconds: i64| Left::until(1_000_000 + milliseconds, 1_000_000, words);
        assert_eq!((left(119_001).seconds, &*left(119_001).clock), (120, "2:00"));
        assert_eq!(
            (left(1).seconds, &*left(1).clock, &*left(1).spoken),
            (1, "0:01", "You have 1 second left.")
        );
        assert_eq!((left(0).seconds, left(-5_000).seconds, &*left(-5_000).clock), (0, 0, "0:00"));
        assert_eq!(left(600_000).clock, "10:00");
    }
}
