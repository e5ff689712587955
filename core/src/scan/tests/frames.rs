//! Camera frames: what must be read, and that no numbers a camera could deliver do harm.

use std::time::Duration;

use proptest::prelude::*;
use qrcode::EcLevel;

use super::pictures::{Canvas, Dice, modules};
use crate::host::SystemClock;
use crate::scan::{Effort, FrameError, LumaFrame, QrText, Seen, decode_frame};

const LINK: &str =
    "otpauth://totp/Example:alice@example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Example";

/// One code in the middle of a desk, `scale` pixels per module.
fn scene(scale: f32, degrees: f32, tilt: f32) -> Canvas {
    let mut canvas = Canvas::new(640, 480, 140);
    canvas.paint(&modules(LINK, EcLevel::M), 330.0, 235.0, scale, degrees, tilt);
    canvas
}

/// The texts that the first frames of a viewfinder bring, at the earliest of `frames` attempts.
fn read_within(frames: u32, canvas: &Canvas) -> Vec<String> {
    let all = (0..frames).map(|attempt| plain(&look(&canvas.frame(), attempt).texts));
    all.into_iter().find(|texts| !texts.is_empty()).unwrap_or_default()
}

/// One frame with one remedy, whatever the time.
fn look(frame: &LumaFrame<'_>, attempt: u32) -> Seen {
    decode_frame(frame, Effort::Frame { attempt, budget: Duration::ZERO }, &SystemClock).unwrap()
}

fn plain(texts: &[QrText]) -> Vec<String> {
    let mut texts: Vec<String> = texts.iter().map(|text| text.as_str().to_owned()).collect();
    texts.sort();
    texts
}

#[test]
fn one_frame_is_enough_for_a_clear_code() {
    for (name, canvas) in [
        ("upright", scene(6.0, 0.0, 0.0)),
        ("slightly turned", scene(6.0, 7.0, 0.0)),
        ("turned", scene(5.0, 33.0, 0.0)),
        ("upside down", scene(6.0, 180.0, 0.0)),
        ("perspective", scene(5.0, 12.0, 0.0008)),
        ("inverted", scene(6.0, 4.0, 0.0).inverted()),
        ("noisy", scene(6.0, 3.0, 0.0).noisy(20.0, 1)),
        ("out of focus", scene(6.0, 3.0, 0.0).blurred(2.0)),
        ("moved", scene(6.0, 3.0, 0.0).moved(5)),
        ("dim", scene(6.0, 3.0, 0.0).map(|_, _, grey| f32::from(grey) * 0.2).noisy(2.0, 2)),
        ("shadow", scene(6.0, 3.0, 0.0).map(|x, _, grey| f32::from(grey) * (0.2 + x as f32 / 800.0))),
        ("two pixels per module", scene(2.0, 0.0, 0.0).noisy(3.0, 3)),
    ] {
        assert_eq!(read_within(1, &canvas), [LINK], "{name}");
    }
}

/// A sign-in to approve without a network, as long as one whose payload has so many bytes.
fn sign_in(payload: usize) -> String {
    let bytes = 64 + payload;
    let digits = bytes / 7 * 17 + [0, 3, 5, 8, 10, 13, 15][bytes % 7];
    let mut dice = Dice(11);
    let digits: String = (0..digits).map(|_| char::from(b'0' + (dice.next() % 10) as u8)).collect();
    format!("COUNTERSIGN://OFFLINE/1{digits}")
}

#[test]
fn an_offline_sign_in_is_read_from_a_screen() {
    for (payload, level, modules_on_a_side) in
        [(690, EcLevel::L, 93), (690, EcLevel::M, 109), (1_600, EcLevel::L, 137), (1_600, EcLevel::M, 153)]
    {
        let text = sign_in(payload);
        let code = modules(&text, level);
        assert_eq!(code.size(), modules_on_a_side, "{payload} {level:?}");
        let side = (code.size() + 10) * 4;
        let mut canvas = Canvas::new(side, side, 120);
        canvas.paint(&code, side as f32 / 2.0, side as f32 / 2.0, 3.6, 1.5, 0.0);
        assert_eq!(read_within(4, &canvas.noisy(8.0, 7)), [text], "{payload} {level:?}");
    }
}

#[test]
fn a_round_of_remedies_reads_hard_frames() {
    for (name, canvas) in [
        ("very noisy", scene(6.0, 5.0, 0.0).noisy(70.0, 4)),
        ("badly out of focus", scene(6.0, 5.0, 0.0).blurred(3.4)),
        ("dark and noisy", scene(6.0, 5.0, 0.0).map(|_, _, grey| f32::from(grey) * 0.12).noisy(7.0, 5)),
    ] {
        assert_eq!(read_within(8, &canvas), [LINK], "{name}");
    }
}

#[test]
fn a_mirrored_code_is_read() {
    let mut canvas = scene(6.0, 0.0, 0.0);
    canvas.pixels.chunks_mut(640).for_each(<[u8]>::reverse);
    assert_eq!(read_within(1, &canvas), [LINK]);
}

#[test]
fn several_codes_in_one_frame() {
    let texts = ["https://example.com/a", LINK, "WIFI:T:WPA;S:net;P:secret;;"];
    let mut canvas = Canvas::new(800, 480, 170);
    for (at, text) in texts.iter().enumerate() {
        canvas.paint(&modules(text, EcLevel::M), 140.0 + 260.0 * at as f32, 240.0, 4.0, 5.0 * at as f32, 0.0);
    }
    let mut expected = texts.map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(read_within(1, &canvas), expected);
}

#[test]
fn dense_codes_from_version_25() {
    // 117 modules and more: long links, and what other apps export.
    for long in [1000, 1800] {
        let text: String =
            LINK.chars().chain("&note=".chars()).chain("A1b2C3d4".chars().cycle()).take(long).collect();
        let code = modules(&text, EcLevel::L);
        assert!(code.size() >= 117 - 4 * 4, "{}", code.size());
        let side = (code.size() + 12) * 4;
        let mut canvas = Canvas::new(side, side, 160);
        canvas.paint(&code, side as f32 / 2.0, side as f32 / 2.0, 4.0, 0.6, 0.0);
        assert_eq!(read_within(1, &canvas.noisy(5.0, 6)), [text]);
    }
}

#[test]
fn names_in_any_script_survive_without_a_declared_character_set() {
    for text in ["بنك الرياض: عمر", "銀行:太郎 🔑", "Größenwahn & Söhne"] {
        let mut canvas = Canvas::new(300, 300, 200);
        canvas.paint(&modules(text, EcLevel::M), 150.0, 150.0, 6.0, 0.0, 0.0);
        assert_eq!(read_within(1, &canvas), [text]);
    }
}

#[test]
fn row_padding_is_never_looked_at() {
    let canvas = scene(6.0, 0.0, 0.0);
    for padding in [1, 8, 128, 640] {
        let (data, row_stride) = canvas.padded(padding);
        let frame = LumaFrame::new(640, 480, row_stride, &data).unwrap();
        assert_eq!(plain(&look(&frame, 0).texts), [LINK], "{padding}");
        // Read with the width for a stride, the same bytes are a sheared mess.
        let sheared = LumaFrame::new(640, 480, 640, &data).unwrap();
        assert!(!plain(&look(&sheared, 0).texts).contains(&LINK.into()));
    }
}

#[test]
fn numbers_that_do_not_fit_are_refused() {
    let data = [0_u8; 100];
    let refused = |width, height, row_stride| LumaFrame::new(width, height, row_stride, &data).err();
    assert_eq!(refused(0, 10, 10), Some(FrameError::Empty));
    assert_eq!(refused(10, 0, 10), Some(FrameError::Empty));
    assert_eq!(refused(10, 10, 9), Some(FrameError::StrideBelowWidth { row_stride: 9, width: 10 }));
    assert_eq!(refused(10, 10, 11), Some(FrameError::TooShort { needed: 109, got: 100 }));
    assert_eq!(refused(10, 11, 10), Some(FrameError::TooShort { needed: 110, got: 100 }));
    assert_eq!(refused(u32::MAX, u32::MAX, usize::MAX), Some(FrameError::TooLarge));
    assert_eq!(refused(1, 3, usize::MAX / 2 + 1), Some(FrameError::TooLarge));
    assert_eq!(refused(10, 10, 10), None);
    assert_eq!(refused(1, 10, 11), None);
}

#[test]
fn an_empty_viewfinder_says_so_on_every_attempt() {
    let empty = [
        Canvas::new(320, 240, 0),
        Canvas::new(320, 240, 255),
        Canvas::new(320, 240, 120).noisy(40.0, 7),
        Canvas::new(320, 240, 0).map(|x, y, _| if (x / 6 + y / 6) % 2 == 0 { 40.0 } else { 210.0 }),
    ];
    for canvas in &empty {
        for attempt in [0, 1, 2, 3, 4, 5, 6, 7, 8, u32::MAX] {
            assert_eq!(look(&canvas.frame(), attempt), Seen::default());
        }
    }
}

#[test]
fn p9_debug_shows_no_picture_and_no_text() {
    let canvas = scene(6.0, 0.0, 0.0);
    assert_eq!(format!("{:?}", canvas.frame()), "LumaFrame(640×480, row stride 640)");
    let texts = look(&canvas.frame(), 0).texts;
    assert!(!format!("{texts:?}").contains("JBSW"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_size_panics(
        width in 0..90_u32, height in 0..90_u32, padding in 0..9_usize, missing in 0..3_usize,
        seed: u64, attempt: u32,
    ) {
        let row_stride = width as usize + padding;
        let length = (row_stride * height as usize).saturating_sub(padding + missing);
        let mut dice = Dice(seed);
        let data: Vec<u8> = (0..length).map(|_| if dice.next() & 4 == 0 { 0 } else { 255 }).collect();
        match LumaFrame::new(width, height, row_stride, &data) {
            Ok(frame) => {
                prop_assert_eq!(missing, 0);
                look(&frame, attempt);
                decode_frame(&frame, Effort::Photo, &SystemClock).unwrap();
            }
            Err(_) => prop_assert!(width == 0 || height == 0 || missing > 0),
        }
    }

    #[test]
    fn no_numbers_panic(width: u32, height: u32, row_stride: usize, data in proptest::collection::vec(any::<u8>(), 0..64)) {
        let _ = LumaFrame::new(width, height, row_stride, &data);
    }

    #[test]
    fn a_scratched_code_is_read_right_or_not_at_all(seed: u64, scratches in 1..400_usize) {
        let mut canvas = Canvas::plain("https://example.com", 3, 4);
        let mut dice = Dice(seed);
        for _ in 0..scratches {
            let at = dice.next() as usize % canvas.pixels.len();
            canvas.pixels[at] = dice.next() as u8;
        }
        for text in look(&canvas.frame(), 0).texts {
            prop_assert_eq!(text.as_str(), "https://example.com");
        }
    }
}
