//! What the grey levels of a frame say about it before any code is looked for: brightness, contrast, sharpness.
//!
//! One pass over every second row of blocks; a frame in which nothing stands out ends here. What the person is told
//! about it is decided in `hint.rs`.

use super::frame::Luma;

/// Pixels on a side of a block.
const BLOCK: usize = 16;

/// Grey levels between the darkest and the lightest pixel of a block in which something may stand out from its ground.
/// Below it is what a sensor's noise alone brings.
const LEAST_CONTRAST: u8 = 14;

/// Grey levels that make an edge worth measuring.
const EDGE: u8 = 48;

/// Fewer blocks with an edge than this say nothing about sharpness.
const LEAST_EDGES: usize = 12;

/// Measured on one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Light {
    /// Grey level that one pixel of twenty is darker than.
    pub(super) dark: u8,
    /// Grey level that one pixel of twenty is lighter than.
    pub(super) light: u8,
    /// Nothing stands out anywhere.
    pub(super) flat: bool,
    /// The grey levels that one pixel of a hundred is darker and lighter than.
    pub(super) range: (u8, u8),
    /// How much of the contrast of a block its steepest step takes, 0 to 1, in the sharpest tenth of the blocks with an
    /// edge: near 1 in focus, below a quarter when an edge spreads over many pixels. None without edges.
    pub(super) sharpness: Option<f32>,
}

impl Light {
    pub(super) fn of(luma: &Luma) -> Self {
        let mut levels = [0_u32; 256];
        let mut flat = true;
        let mut steps = Vec::new();
        let rows: Vec<&[u8]> = luma.pixels.chunks_exact(luma.width).collect();
        for block_rows in rows.chunks(BLOCK).step_by(2) {
            for left in (0..luma.width).step_by(BLOCK) {
                let right = (left + BLOCK).min(luma.width);
                let block = || block_rows.iter().filter_map(|row| row.get(left..right));
                let (mut darkest, mut lightest) = (255, 0);
                for pixel in block().flatten() {
                    darkest = darkest.min(*pixel);
                    lightest = lightest.max(*pixel);
                }
                let range = lightest.saturating_sub(darkest);
                flat &= range < LEAST_CONTRAST;
                if range >= EDGE {
                    steps.push(f32::from(steepest(block())) / f32::from(range));
                }
                for pixel in block().step_by(4).flat_map(|row| row.iter().step_by(4)) {
                    if let Some(count) = levels.get_mut(usize::from(*pixel)) {
                        *count += 1;
                    }
                }
            }
        }
        Self {
            dark: level(&levels, 5),
            light: level(&levels, 95),
            flat,
            range: (level(&levels, 1), level(&levels, 99)),
            sharpness: (steps.len() >= LEAST_EDGES).then(|| {
                let at = steps.len() * 9 / 10;
                *steps.select_nth_unstable_by(at, f32::total_cmp).1
            }),
        }
    }
}

/// The largest step between neighbours in a row or a column, each the mean of two pixels across the step's direction, so
/// that noise counts less.
fn steepest<'a>(rows: impl Iterator<Item = &'a [u8]>) -> u8 {
    let mut steepest = 0;
    let mut above: Option<&[u8]> = None;
    for row in rows {
        if let Some(above) = above {
            let sums = row.iter().zip(above).map(|(a, b)| u16::from(*a) + u16::from(*b));
            for (here, next) in sums.clone().zip(sums.skip(1)) {
                steepest = steepest.max(here.abs_diff(next) / 2);
            }
            for (here, next) in row.windows(2).zip(above.windows(2)) {
                let sum = |pair: &[u8]| pair.iter().map(|pixel| u16::from(*pixel)).sum::<u16>();
                steepest = steepest.max(sum(here).abs_diff(sum(next)) / 2);
            }
        }
        above = Some(row);
    }
    u8::try_from(steepest).unwrap_or(255)
}

/// The grey level that so many percent of the pixels stay below.
fn level(levels: &[u32; 256], percent: u32) -> u8 {
    let all: u32 = levels.iter().sum();
    let mut below = 0;
    for (level, count) in (0..=255).zip(levels) {
        below += count;
        if u64::from(below) * 100 >= u64::from(all) * u64::from(percent) {
            return level;
        }
    }
    255
}
