//! QR codes, as PNG for other programs and as SVG for our pages.

use std::io::Cursor;

use image::{GrayImage, ImageFormat, Luma};
use qrcode::render::svg;
use qrcode::{Color, EcLevel, QrCode};

/// Pixels a module is wide.
const SCALE: u32 = 8;
/// Light modules around the code (ISO/IEC 18004 wants four).
const QUIET: u32 = 4;

/// A PNG of `text`; none when it is too long for a QR code.
#[must_use]
pub(crate) fn png(text: &str) -> Option<Vec<u8>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = u32::try_from(code.width()).ok()?;
    let modules = code.to_colors();
    let side = (width + 2 * QUIET) * SCALE;
    let picture = GrayImage::from_fn(side, side, |x, y| {
        let inside = |v: u32| (v / SCALE).checked_sub(QUIET).filter(|m| *m < width);
        let module = inside(x).zip(inside(y)).and_then(|(x, y)| modules.get((y * width + x) as usize));
        Luma([if module == Some(&Color::Dark) { 0 } else { 255 }])
    });
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
