//! QR codes: of exports as PNG files, and as SVG inside the sheet; of the link that moves an account to another phone.

use std::io::Cursor;

use image::{GrayImage, ImageFormat, Luma};
use qrcode::{Color, EcLevel, QrCode};
use zeroize::Zeroizing;

/// Pixels that a module is wide.
const SCALE: u32 = 6;
/// Light modules around the code (ISO/IEC 18004 wants four).
const QUIET: u32 = 4;

/// A PNG of `text`; none when it is too long for a QR code.
pub(crate) fn png(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (width, modules) = modules(text)?;
    let side = (width + 2 * QUIET) * SCALE;
    let picture = GrayImage::from_fn(side, side, |x, y| {
        let inside = |v: u32| (v / SCALE).checked_sub(QUIET).filter(|m| *m < width);
        let module = inside(x).zip(inside(y)).and_then(|(x, y)| modules.get((y * width + x) as usize));
        Luma([if module == Some(&Color::Dark) { 0 } else { 255 }])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).ok()?;
    Some(Zeroizing::new(bytes.into_inner()))
}

/// An SVG element of `text`: one path, a unit for each module; none when it is too long for a QR code.
pub(super) fn svg(text: &str) -> Option<Zeroizing<String>> {
    let (width, modules) = modules(text)?;
    let side = width + 2 * QUIET;
    let mut drawn = Zeroizing::new(format!(
        "<svg viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\"><path d=\"",
    ));
    for (y, row) in (QUIET..).zip(modules.chunks(width as usize)) {
        for (x, _) in (QUIET..).zip(row).filter(|(_, module)| **module == Color::Dark) {
            drawn.push_str(&format!("M{x} {y}h1v1h-1z"));
        }
    }
    drawn.push_str("\"/></svg>");
    Some(drawn)
}

fn modules(text: &str) -> Option<(u32, Vec<Color>)> {
    // Paper and screens are clean; few modules are worth more there than corrected errors.
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    Some((u32::try_from(code.width()).ok()?, code.to_colors()))
}
