//! A QR code drawn with characters.

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

/// `text` as lines of half blocks, black on white whatever the terminal's own colours are: many readers do not take
/// inverted codes. None when it is too long for any code.
pub(crate) fn draw(text: &str) -> Option<Vec<String>> {
    // A screen has no dirt or folds to correct, and fewer modules are easier to read from it.
    let drawn = QrCode::with_error_correction_level(text, EcLevel::L).ok()?.render::<Dense1x2>().build();
    Some(drawn.lines().map(|line| format!("\x1b[38;5;16;48;5;231m{line}\x1b[0m")).collect())
}

#[cfg(test)]
mod tests {
    use countersign_core::host::SystemClock;
    use countersign_core::scan::{Effort, LumaFrame, decode_frame};

    use super::*;

    /// The pixels that a terminal would show, each half block as 4×4 of them.
    fn seen(lines: &[String]) -> (usize, usize, Vec<u8>) {
        let mut pixels = Vec::new();
        let mut width = 0;
        for line in lines {
            let line = line.strip_prefix("\x1b[38;5;16;48;5;231m").unwrap().strip_suffix("\x1b[0m").unwrap();
            let halves: Vec<(bool, bool)> = line
                .chars()
                .map(|c| match c {
                    ' ' => (false, false),
                    '▀' => (true, false),
                    '▄' => (false, true),
                    '█' => (true, true),
                    other => panic!("{other}"),
                })
                .collect();
            width = halves.len() * 4;
            for lower in [false, true] {
                let row: Vec<u8> = halves
                    .iter()
                    .flat_map(|half| [u8::from(if lower { !half.1 } else { !half.0 }) * 255; 4])
                    .collect();
                (0..4).for_each(|_| pixels.extend_from_slice(&row));
            }
        }
        (width, pixels.len() / width, pixels)
    }

    #[test]
    fn what_is_drawn_can_be_scanned() {
        let text = "otpauth://totp/Ex%20ample:alice?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Ex%20ample&period=30";
        let lines = draw(text).unwrap();
        let (width, height, pixels) = seen(&lines);
        let (width, height) = (u32::try_from(width).unwrap(), u32::try_from(height).unwrap());
        let frame = LumaFrame::new(width, height, width as usize, &pixels).unwrap();
        let seen = decode_frame(&frame, Effort::Photo, &SystemClock).unwrap();
        assert_eq!(seen.texts.iter().map(|t| t.as_str()).collect::<Vec<_>>(), [text]);
        assert!(draw(&"x".repeat(3000)).is_none());
    }
}
