//! What light, lens, hand, sensor and storage do to a picture.

use image::codecs::jpeg::JpegEncoder;

use super::dice::Dice;
use super::picture::Picture;

impl Picture {
    /// Gaussian blur of standard deviation `sigma` pixels: out of focus.
    pub(super) fn blur(&mut self, sigma: f32) {
        let reach = (sigma * 3.0).ceil() as i64;
        let weights: Vec<f32> =
            (-reach..=reach).map(|d| (-(d as f32).powi(2) / (2.0 * sigma * sigma)).exp()).collect();
        let total: f32 = weights.iter().sum();
        let weights: Vec<(i64, f32)> = (-reach..=reach).zip(weights.iter().map(|w| w / total)).collect();
        self.mix(weights.iter().map(|(d, w)| ((*d, 0), *w)).collect());
        self.mix(weights.iter().map(|(d, w)| ((0, *d), *w)).collect());
    }

    /// Smeared over `length` pixels in the direction of `angle`: the hand moved.
    pub(super) fn motion(&mut self, length: f32, angle: f32) {
        let steps = (length * 2.0).ceil().max(1.0) as i64;
        let weight = 1.0 / (steps + 1) as f32;
        let step = |at: i64| {
            let along = length * (at as f32 / steps as f32 - 0.5);
            (((along * angle.cos()).round() as i64, (along * angle.sin()).round() as i64), weight)
        };
        self.mix((0..=steps).map(step).collect());
    }

    /// Each pixel becomes the weighted sum of others; beyond the border the border goes on.
    fn mix(&mut self, kernel: Vec<((i64, i64), f32)>) {
        let (width, height) = (self.width as i64, self.height as i64);
        let mut mixed = vec![0.0_f32; self.pixels.len()];
        let row = |y: i64| {
            let start = y.clamp(0, height - 1) as usize * self.width;
            self.pixels.get(start..start + self.width).unwrap_or_default()
        };
        for (y, out) in mixed.chunks_mut(self.width).enumerate() {
            for ((dx, dy), weight) in &kernel {
                let source = row(y as i64 + dy);
                for (x, pixel) in out.iter_mut().enumerate() {
                    let at = (x as i64 + dx).clamp(0, width - 1) as usize;
                    *pixel += weight * source.get(at).copied().unwrap_or(0.0);
                }
            }
        }
        self.pixels = mixed;
    }

    /// Adds noise of standard deviation `sigma` grey levels.
    pub(super) fn noise(&mut self, sigma: f32, dice: &mut Dice) {
        self.pixels.iter_mut().for_each(|pixel| *pixel = (*pixel + sigma * dice.normal()).clamp(0.0, 255.0));
    }

    /// Multiplies with `gain`: less light.
    pub(super) fn dim(&mut self, gain: f32) {
        self.pixels.iter_mut().for_each(|pixel| *pixel *= gain);
    }

    /// Multiplies with what `light` gives for each place, whose coordinates run from 0 to 1.
    pub(super) fn light(&mut self, light: impl Fn(f32, f32) -> f32) {
        let (width, height) = (self.width, self.height);
        for (y, row) in self.pixels.chunks_mut(width).enumerate() {
            for (x, pixel) in row.iter_mut().enumerate() {
                *pixel *= light(x as f32 / width as f32, y as f32 / height as f32);
            }
        }
    }

    pub(super) fn invert(&mut self) {
        self.pixels.iter_mut().for_each(|pixel| *pixel = 255.0 - *pixel);
    }

    /// Stored as JPEG of this quality, 1 to 100, and opened again.
    pub(super) fn through_jpeg(&mut self, quality: u8) -> crate::Result<()> {
        let (width, height) = (u32::try_from(self.width)?, u32::try_from(self.height)?);
        let mut file = Vec::new();
        JpegEncoder::new_with_quality(&mut file, quality).encode(
            &self.bytes(),
            width,
            height,
            image::ExtendedColorType::L8,
        )?;
        let opened = image::load_from_memory(&file)?.into_luma8();
        self.pixels = opened.as_raw().iter().map(|grey| f32::from(*grey)).collect();
        Ok(())
    }
}
