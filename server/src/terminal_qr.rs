//! A QR code drawn with characters, readable by a phone from a light and from a dark terminal.

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

/// `text` as lines of half blocks in fixed colours, each line with a line break; none when it is too long.
#[must_use]
pub fn draw(text: &str) -> Option<String> {
    let drawn = QrCode::new(text).ok()?.render::<Dense1x2>().build();
    // Black on white whatever the terminal's own colours are: many readers do not take inverted codes.
    Some(drawn.lines().map(|line| format!("\x1b[38;5;16;48;5;231m{line}\x1b[0m\n")).collect())
}
