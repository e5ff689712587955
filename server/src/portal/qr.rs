//! QR codes, as PNG for other programs and as SVG for our pages.

use std::io::Cursor;

use image::{GrayImage, ImageFormat};
use qrcode::render::svg;
use qrcode::{Color, EcLevel, QrCode};

/// Pixels a module is wide.
const SCALE: usize = 8;
/// Light modules around the code (ISO/IEC 18004 wants four).
const QUIET: usize = 4;
const LIGHT: u8 = 255;
const DARK: u8 = 0;

/// A PNG of `text`; none when it is too long for a QR code.
#[must_use]
pub(crate) fn png(text: &str) -> Option<Vec<u8>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let side = (code.width() + 2 * QUIET) * SCALE;
    let mut pixels = vec![LIGHT; QUIET * SCALE * side];
    for row in code.to_colors().chunks(code.width()) {
        // A row of modules is a line of pixels, several times.
        let mut line = vec![LIGHT; QUIET * SCALE];
        for module in row {
            line.resize(line.len() + SCALE, if *module == Color::Dark { DARK } else { LIGHT });
        }
        line.resize(side, LIGHT);
        for _ in 0..SCALE {
            pixels.extend_from_slice(&line);
        }
    }
    pixels.resize(side * side, LIGHT);
    let wide = u32::try_from(side).ok()?;
    let picture = GrayImage::from_raw(wide, wide, pixels)?;
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).ok()?;
    Some(bytes.into_inner())
}

/// An SVG element of `text`; none when it is too long for a QR code.
#[must_use]
pub(crate) fn svg(text: &str) -> Option<String> {
    draw(text, EcLevel::M)
}

/// The same for a long text on a clean screen: coarser modules are worth more there than correcting errors.
#[must_use]
pub(crate) fn long_svg(text: &str) -> Option<String> {
    draw(text, EcLevel::L)
}

fn draw(text: &str, level: EcLevel) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, level).ok()?;
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(256, 256).build();
    // The element stands inside a page, where an XML declaration has no place.
    drawn.find("<svg").and_then(|start| drawn.get(start..)).map(str::to_owned)
}
