//! Sessions: everything once, exports in parts put together, and nothing done without the person.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use proptest::prelude::*;
use qrcode::EcLevel;

use super::pictures::{Canvas, modules};
use crate::host::SystemClock;
use crate::scan::{Confirm, ScanKind, ScanSession, ScanState, Scanned};
use crate::transfer::Item;

const LINK: &str = "otpauth://totp/Example:ann?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Example";

fn session() -> ScanSession {
    ScanSession::new(Arc::new(SystemClock))
}

/// A field of a message: its number and bytes.
fn bytes(number: u8, value: &[u8]) -> Vec<u8> {
    [&[number << 3 | 2, u8::try_from(value.len()).unwrap()], value].concat()
}

/// Part `index` (from 0) of `size`, with one account of that name.
fn part(batch: u8, index: u8, size: u8, name: &str) -> String {
    let numbers = [4 << 3, 1, 5 << 3, 1, 6 << 3, 2];
    let account = [bytes(1, b"example-secret-1"), bytes(2, name.as_bytes()), numbers.to_vec()].concat();
    let tail = [2 << 3, 1, 3 << 3, size, 4 << 3, index, 5 << 3, batch];
    let data = base64::engine::general_purpose::STANDARD.encode([bytes(1, &account), tail.to_vec()].concat());
    format!("otpauth-migration://offline?data={}", data.replace('+', "%2B").replace('/', "%2F"))
}

fn names(session: &ScanSession, export: usize) -> Vec<String> {
    let found = session.export(export).unwrap();
    let name = |item: &Item| match item {
        Item::Usable(imported) => imported.otp.account().to_owned(),
        other => panic!("{other:?}"),
    };
    found.items.iter().map(name).collect()
}

#[test]
fn p6_whatever_comes_again_is_there_once() {
    let mut session = session();
    let mut canvas = Canvas::new(640, 480, 140);
    canvas.paint(&modules(LINK, EcLevel::M), 320.0, 240.0, 5.0, 3.0, 0.0);
    assert!(session.frame(&canvas.frame(), Duration::ZERO).unwrap());
    assert!(!session.frame(&canvas.frame(), Duration::ZERO).unwrap());
    assert!(!session.file(&canvas.png()).unwrap());
    assert!(!session.text(&format!(" {LINK}\n")));
    let view = session.view();
    assert_eq!((view.state, view.items.len()), (ScanState::Found, 1));
    let item = &view.items[0];
    assert_eq!((item.kind, item.confirm), (ScanKind::Account, Confirm::AddAccount));
    assert_eq!((item.issuer.as_deref(), item.account.as_deref()), (Some("Example"), Some("ann")));
    assert_eq!((item.codes, item.weak, item.needs_pin), (Some("totp"), false, false));
}

#[test]
fn p6_what_was_decided_does_not_come_back() {
    let mut session = session();
    assert!(session.text(LINK));
    assert!(session.text("https://example.com"));
    session.settle(0);
    assert!(!session.text(LINK));
    let view = session.view();
    assert_eq!(view.items.iter().map(|item| item.id).collect::<Vec<_>>(), [1]);
    assert_eq!((view.items[0].kind, view.items[0].confirm), (ScanKind::Other, Confirm::Nothing));
    assert!(matches!(session.get(0), Some(Scanned::OtpAuth(_))));
    session.settle(1);
    session.settle(77);
    assert_eq!(session.view().state, ScanState::Looking);
}

#[test]
fn an_export_in_parts_says_which_are_missing() {
    let mut session = session();
    assert!(session.text(&part(5, 2, 3, "c")));
    assert!(!session.text(&part(5, 2, 3, "c")));
    let view = session.view();
    assert_eq!(view.state, ScanState::Collecting);
    let export = &view.exports[0];
    assert_eq!((export.size, export.entries), (3, 1));
    assert_eq!((export.scanned.as_slice(), export.missing.as_slice()), (&[3][..], &[1, 2][..]));
    assert!(export.sentence.contains("Scan part 1 next"), "{}", export.sentence);
    assert_eq!(session.export(0).unwrap().missing_parts, [1, 2]);

    assert!(session.text(&part(5, 0, 3, "a")));
    assert!(session.text(&part(5, 1, 3, "b")));
    let view = session.view();
    assert_eq!((view.state, view.exports[0].missing.len()), (ScanState::Found, 0));
    assert_eq!(names(&session, 0), ["a", "b", "c"]);
    assert!(session.export(0).unwrap().missing_parts.is_empty());
    assert!(session.export(1).is_none());
}

#[test]
fn another_export_is_kept_apart() {
    let mut session = session();
    for link in [part(5, 0, 2, "a"), part(6, 0, 2, "b"), part(5, 1, 2, "c")] {
        assert!(session.text(&link));
    }
    assert_eq!((names(&session, 0), names(&session, 1)), (vec!["a".into(), "c".into()], vec!["b".into()]));
    // Programs that write one part leave the batch number out: two such exports are not one.
    assert!(session.text(&part(0, 0, 1, "d")));
    assert!(session.text(&part(0, 0, 1, "e")));
    assert!(!session.text(&part(0, 0, 1, "d")));
    assert_eq!((names(&session, 2), names(&session, 3)), (vec!["d".into()], vec!["e".into()]));
}

#[test]
fn a_decided_export_comes_back_with_a_new_part_only() {
    let mut session = session();
    assert!(session.text(&part(5, 0, 2, "a")));
    session.settle_export(0);
    assert!(!session.text(&part(5, 0, 2, "a")));
    assert_eq!(session.view().state, ScanState::Looking);
    assert!(session.text(&part(5, 1, 2, "b")));
    assert_eq!(session.view().exports[0].scanned, [1, 2]);
}

#[test]
fn parts_are_collected_from_frames_and_pictures() {
    let mut session = session();
    let mut canvas = Canvas::new(720, 400, 170);
    for (at, name) in ["a", "b"].into_iter().enumerate() {
        let code = modules(&part(9, at as u8, 2, name), EcLevel::M);
        canvas.paint(&code, 180.0 + 360.0 * at as f32, 200.0, 5.0, 2.0, 0.0);
    }
    assert!(session.file(&canvas.png()).unwrap());
    assert_eq!(session.view().state, ScanState::Found);
    assert_eq!(names(&session, 0), ["a", "b"]);
}

#[test]
fn p9_neither_view_nor_debug_holds_a_secret() {
    let mut session = session();
    session.text(LINK);
    session.text(&part(5, 0, 2, "a"));
    session.text("WIFI:T:WPA;S:home;P:hunter2;;");
    let shown = format!("{:?} {}", session, serde_json::to_string(&session.view()).unwrap());
    for secret in ["JBSW", "example-secret-1", "MV4GC3LQNRSS", "hunter2"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn a_session_is_bounded() {
    let mut session = session();
    for number in 0..1_200 {
        session.text(&format!("https://example.com/{number}"));
    }
    assert_eq!(session.view().items.len(), 1_000);
}

proptest! {
    #[test]
    fn in_whatever_order_parts_come_the_export_is_the_same(
        order in Just((0..7_u8).chain(0..7).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let mut session = session();
        for index in order {
            session.text(&part(3, index, 7, &format!("n{index}")));
        }
        prop_assert_eq!(names(&session, 0), (0..7).map(|index| format!("n{index}")).collect::<Vec<_>>());
        prop_assert_eq!(session.view().exports.len(), 1);
    }

    #[test]
    fn no_text_panics(texts in proptest::collection::vec(any::<String>(), 0..6), data in "[A-Za-z0-9%+/=]{0,80}") {
        let mut session = session();
        texts.iter().for_each(|text| { session.text(text); });
        session.text(&format!("otpauth-migration://offline?data={data}"));
        let _ = session.view();
    }
}
