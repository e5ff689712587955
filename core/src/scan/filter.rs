//! The remedies of a second look: each turns grey pixels into other grey pixels in which a code may be easier to see.
//!
//! Which one is tried when is `effort.rs`'s decision.

use super::frame::Luma;

/// 3×3 mean: removes sensor noise and the screen's pixel raster.
pub(super) fn blur(luma: &Luma) -> Luma {
    // A border column on each side, so every pixel has its neighbours; separable, so 6 reads instead of 9.
    let width = luma.width;
    let mut sums = Vec::with_capacity(luma.pixels.len());
    for row in luma.pixels.chunks_exact(width) {
        for (x, centre) in row.iter().enumerate() {
            let left = row.get(x.wrapping_sub(1)).unwrap_or(centre);
            let right = row.get(x + 1).unwrap_or(centre);
            sums.push(u16::from(*left) + u16::from(*centre) + u16::from(*right));
        }
    }
    let mut pixels = Vec::with_capacity(sums.len());
    for y in 0..luma.height {
        let row = |y: usize| sums.chunks_exact(width).nth(y).unwrap_or_default();
        let (above, here, below) = (row(y.saturating_sub(1)), row(y), row((y + 1).min(luma.height - 1)));
        pixels.extend(
            above.iter().zip(here).zip(below).map(|((a, b), c)| u8::try_from((a + b + c) / 9).unwrap_or(255)),
        );
    }
    Luma { width, height: luma.height, pixels }
}

/// One pixel per `by`×`by` block, its mean: for large blurred or noisy codes.
pub(super) fn shrink(luma: &Luma, by: usize) -> Luma {
    let (width, height) = ((luma.width / by).max(1), (luma.height / by).max(1));
    let area = u32::try_from(by * by).unwrap_or(1);
    let mut pixels = Vec::with_capacity(width * height);
    for block_row in luma.pixels.chunks(luma.width * by).take(height) {
        let mut sums = vec![0_u32; width];
        for row in block_row.chunks(luma.width) {
            for (sum, block) in sums.iter_mut().zip(row.chunks(by)) {
                *sum += block.iter().map(|pixel| u32::from(*pixel)).sum::<u32>();
            }
        }
        pixels.extend(sums.iter().map(|sum| u8::try_from(sum / area).unwrap_or(255)));
    }
    Luma { width, height, pixels }
}

/// Unsharp mask: twice the pixel less its surroundings, against defocus.
pub(super) fn sharpen(luma: &Luma) -> Luma {
    let soft = blur(&blur(luma));
    let pixels = luma
        .pixels
        .iter()
        .zip(&soft.pixels)
        .map(|(pixel, soft)| {
            let (pixel, soft) = (i16::from(*pixel), i16::from(*soft));
            u8::try_from((pixel + 2 * (pixel - soft)).clamp(0, 255)).unwrap_or(0)
        })
        .collect();
    Luma { pixels, ..*luma }
}

/// `by` times as wide and high, linearly interpolated: for codes of one or two pixels per module.
pub(super) fn enlarge(luma: &Luma, by: usize) -> Luma {
    let (width, height) = (luma.width * by, luma.height * by);
    let rows: Vec<&[u8]> = luma.pixels.chunks_exact(luma.width).collect();
    let mut pixels = Vec::with_capacity(width * height);
    let columns: Vec<_> = (0..width).map(|x| between(x, by, luma.width)).collect();
    for y in 0..height {
        let (top, bottom, down) = between(y, by, luma.height);
        let (Some(top), Some(bottom)) = (rows.get(top), rows.get(bottom)) else { continue };
        for (left, right, across) in &columns {
            let mix = |row: &[u8]| {
                let pixel = |x: &usize| u32::from(row.get(*x).copied().unwrap_or(255));
                pixel(left) * (256 - across) + pixel(right) * across
            };
            let value = (mix(top) * (256 - down) + mix(bottom) * down) >> 16;
            pixels.push(u8::try_from(value).unwrap_or(255));
        }
    }
    Luma { width, height, pixels }
}

/// The two source pixels around the centre of target pixel `at`, and how much the second one weighs (of 256).
fn between(at: usize, by: usize, length: usize) -> (usize, usize, u32) {
    // Centre of the target pixel in 256ths of a source pixel, counted from the first source pixel's centre.
    let position = ((2 * at + 1) * 128 / by).saturating_sub(128);
    let first = (position / 256).min(length - 1);
    (first, (first + 1).min(length - 1), u32::try_from(position % 256).unwrap_or(0))
}

/// The grey levels from `darkest` to `lightest` spread over all there are: thresholds take a difference of a few levels
/// for none.
pub(super) fn stretch(luma: &Luma, (darkest, lightest): (u8, u8)) -> Luma {
    let range = u32::from(lightest.saturating_sub(darkest)).max(1);
    let spread = |grey: u8| u32::from(grey.saturating_sub(darkest)) * 255 / range;
    let levels: Vec<u8> = (0..=255).map(|grey| u8::try_from(spread(grey)).unwrap_or(255)).collect();
    let pixels =
        luma.pixels.iter().map(|grey| levels.get(usize::from(*grey)).copied().unwrap_or(255)).collect();
    Luma { pixels, ..*luma }
}

/// A margin of `by` pixels in one grey: a screenshot cut at the code's edge lacks the quiet zone (ISO/IEC 18004 §6.3.8).
pub(super) fn margin(luma: &Luma, by: usize, grey: u8) -> Luma {
    let (width, height) = (luma.width + 2 * by, luma.height + 2 * by);
    let mut pixels = vec![grey; width * height];
    for (row, source) in pixels.chunks_exact_mut(width).skip(by).zip(luma.pixels.chunks_exact(luma.width)) {
        for (pixel, value) in row.iter_mut().skip(by).zip(source) {
            *pixel = *value;
        }
    }
    Luma { width, height, pixels }
}
