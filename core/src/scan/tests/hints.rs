//! What helps the next frame: said for a reason, and never beside a code that was read.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use qrcode::EcLevel;

use super::pictures::{Canvas, modules};
use crate::host::{Clock, SystemClock};
use crate::scan::{Effort, Hint, LumaFrame, ScanSession, ScanState, Seen, decode_frame};

const LINK: &str = "otpauth://totp/Example:ann?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Example";

fn scene(scale: f32) -> Canvas {
    let mut canvas = Canvas::new(640, 480, 140);
    canvas.paint(&modules(LINK, EcLevel::M), 320.0, 240.0, scale, 5.0, 0.0);
    canvas
}

/// A desk in focus, with things that have edges and are no codes.
fn desk() -> Canvas {
    Canvas::new(640, 480, 0).map(|x, y, _| {
        let thing = (x / 90 + 2 * (y / 70)) % 5;
        40.0 + 45.0 * thing as f32
    })
}

fn look(frame: &LumaFrame<'_>, attempt: u32) -> Seen {
    decode_frame(frame, Effort::Frame { attempt, budget: Duration::ZERO }, &SystemClock).unwrap()
}

#[test]
fn each_reason_has_its_hint_in_every_frame() {
    let dark = scene(6.0).map(|_, _, grey| f32::from(grey) * 0.03).noisy(4.0, 1);
    let glare = scene(6.0).map(|_, _, grey| 248.0 + f32::from(grey) * 0.03).noisy(2.0, 2);
    let unfocused = scene(6.0).blurred(8.0).noisy(2.0, 3);
    for (name, canvas, hint) in [
        ("dark", &dark, Hint::TooDark),
        ("glare", &glare, Hint::TooBright),
        ("out of focus", &unfocused, Hint::TooBlurred),
    ] {
        for attempt in 0..3 {
            let seen = look(&canvas.frame(), attempt);
            assert_eq!((seen.texts.len(), seen.hint), (0, Some(hint)), "{name}, {attempt}");
        }
    }
}

#[test]
fn a_code_of_too_few_pixels_asks_to_come_closer() {
    let far = scene(1.25).blurred(0.6).noisy(5.0, 4);
    let seen = look(&far.frame(), 0);
    assert_eq!((seen.texts.len(), seen.hint), (0, Some(Hint::TooSmall)));
}

#[test]
fn a_frame_that_is_read_or_merely_empty_has_no_hint() {
    for (name, canvas) in [
        ("clear", scene(6.0)),
        ("small and read", scene(2.2)),
        ("soft and read", scene(6.0).blurred(2.0)),
        ("dim and read", scene(6.0).map(|_, _, grey| f32::from(grey) * 0.14).noisy(1.0, 5)),
        ("inverted", scene(6.0).inverted()),
    ] {
        let seen = look(&canvas.frame(), 0);
        assert_eq!((seen.texts.len(), seen.hint), (1, None), "{name}");
    }
    for (name, canvas) in [
        ("desk", desk()),
        ("grainy desk", desk().noisy(12.0, 6)),
        ("wall", Canvas::new(640, 480, 150).noisy(3.0, 7)),
    ] {
        for attempt in 0..4 {
            assert_eq!(look(&canvas.frame(), attempt), Seen::default(), "{name}, {attempt}");
        }
    }
}

#[test]
fn a_session_shows_the_hint_until_something_is_found() {
    let mut session = ScanSession::new(std::sync::Arc::new(SystemClock));
    let unfocused = scene(6.0).blurred(8.0);
    assert!(!session.frame(&unfocused.frame(), Duration::ZERO).unwrap());
    let view = session.view();
    assert_eq!((view.state, view.hint), (ScanState::Looking, Some(Hint::TooBlurred)));
    assert!(session.frame(&scene(6.0).frame(), Duration::ZERO).unwrap());
    session.frame(&unfocused.frame(), Duration::ZERO).unwrap();
    assert_eq!((session.view().state, session.view().hint), (ScanState::Found, None));
}

/// A clock that goes on by a millisecond at each look at it.
#[derive(Debug, Default)]
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn unix_ms(&self) -> i64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

#[test]
fn the_budget_says_how_many_remedies_a_frame_tries() {
    // Read by the second remedy of the rotation at the earliest.
    let hard = scene(6.0).blurred(3.4);
    let read = |attempt, budget| {
        let effort = Effort::Frame { attempt, budget: Duration::from_millis(budget) };
        !decode_frame(&hard.frame(), effort, &Ticking::default()).unwrap().texts.is_empty()
    };
    let first = (0..8).find(|attempt| read(*attempt, 0)).expect("some remedy reads it");
    assert!(first > 0, "the first remedy reads it, so this frame shows nothing");
    // The clock is looked at once in the beginning and once before each further remedy.
    assert!(!read(0, u64::from(first)));
    assert!(read(0, u64::from(first) + 1));
}
