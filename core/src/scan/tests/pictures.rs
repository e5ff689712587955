//! Paints pictures of QR codes the way cameras and screenshots deliver them. Everything is deterministic.

use qrcode::{Color, EcLevel, QrCode};

use crate::scan::LumaFrame;

/// A small generator of pseudo-random numbers (Numerical Recipes' LCG), so noise is the same on every run.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    /// The next 32 bits.
    pub(super) fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 32) as u32
    }

    /// Between `low` and `high`.
    pub(super) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * (self.next() as f32 / u32::MAX as f32)
    }
}

/// A grey picture under the brush.
#[derive(Clone)]
pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<u8>,
}

/// The dark modules of a code, without quiet zone.
pub(super) struct Modules {
    size: usize,
    dark: Vec<bool>,
}

pub(super) fn modules(text: &str, level: EcLevel) -> Modules {
    let code = QrCode::with_error_correction_level(text, level).unwrap();
    Modules { size: code.width(), dark: code.to_colors().iter().map(|color| *color == Color::Dark).collect() }
}

impl Modules {
    pub(super) fn size(&self) -> usize {
        self.size
    }

    fn dark_at(&self, x: f32, y: f32) -> bool {
        let inside = |v: f32| v >= 0.0 && v < self.size as f32;
        inside(x) && inside(y) && self.dark[y as usize * self.size + x as usize]
    }
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize, grey: u8) -> Self {
        Self { width, height, pixels: vec![grey; width * height] }
    }

    /// A light sheet with the code upright, `scale` pixels per module and a quiet zone of `quiet` modules.
    pub(super) fn plain(text: &str, scale: usize, quiet: usize) -> Self {
        let code = modules(text, EcLevel::M);
        let side = (code.size + 2 * quiet) * scale;
        let mut canvas = Self::new(side, side, 255);
        canvas.paint(&code, side as f32 / 2.0, side as f32 / 2.0, scale as f32, 0.0, 0.0);
        canvas
    }

    /// Paints `code` with its centre at (`cx`, `cy`), `scale` pixels per module, turned by `degrees`, with perspective
    /// `tilt` (0 none; 0.001 makes the far side visibly smaller). Light modules and quiet zone get 235, dark ones 20.
    pub(super) fn paint(&mut self, code: &Modules, cx: f32, cy: f32, scale: f32, degrees: f32, tilt: f32) {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let half = code.size as f32 / 2.0;
        for y in 0..self.height {
            for x in 0..self.width {
                let (mut sum, mut hits) = (0_u32, 0_u32);
                for sub in 0..9 {
                    let px = x as f32 + (sub % 3) as f32 / 3.0 + 1.0 / 6.0 - cx;
                    let py = y as f32 + (sub / 3) as f32 / 3.0 + 1.0 / 6.0 - cy;
                    let depth = 1.0 + tilt * (px + 0.5 * py);
                    let (px, py) = (px * depth / scale, py * depth / scale);
                    let (mx, my) = (px * cos + py * sin + half, py * cos - px * sin + half);
                    let sheet = -4.0..(code.size as f32 + 4.0);
                    if sheet.contains(&mx) && sheet.contains(&my) {
                        hits += 1;
                        sum += if code.dark_at(mx, my) { 20 } else { 235 };
                    }
                }
                let pixel = &mut self.pixels[y * self.width + x];
                *pixel = ((sum + u32::from(*pixel) * (9 - hits)) / 9) as u8;
            }
        }
    }

    pub(super) fn map(mut self, change: impl Fn(usize, usize, u8) -> f32) -> Self {
        let width = self.width;
        for (at, pixel) in self.pixels.iter_mut().enumerate() {
            *pixel = change(at % width, at / width, *pixel).clamp(0.0, 255.0) as u8;
        }
        self
    }

    pub(super) fn inverted(self) -> Self {
        self.map(|_, _, grey| 255.0 - f32::from(grey))
    }

    /// Turned clockwise by a quarter.
    pub(super) fn quarter_turn(&self) -> Self {
        let mut turned = Self::new(self.height, self.width, 0);
        for y in 0..self.height {
            for x in 0..self.width {
                turned.pixels[x * self.height + (self.height - 1 - y)] = self.pixels[y * self.width + x];
            }
        }
        turned
    }

    /// Gaussian blur of standard deviation `sigma` pixels.
    pub(super) fn blurred(&self, sigma: f32) -> Self {
        self.smeared(sigma, 1, 0).smeared(sigma, 0, 1)
    }

    fn smeared(&self, sigma: f32, dx: i64, dy: i64) -> Self {
        let reach = (sigma * 3.0).ceil() as i64;
        let weights: Vec<f32> =
            (-reach..=reach).map(|d| (-(d as f32).powi(2) / (2.0 * sigma * sigma)).exp()).collect();
        let total: f32 = weights.iter().sum();
        let mut out = self.clone();
        for y in 0..self.height as i64 {
            for x in 0..self.width as i64 {
                let mut sum = 0.0;
                for (weight, d) in weights.iter().zip(-reach..=reach) {
                    let sx = (x + d * dx).clamp(0, self.width as i64 - 1) as usize;
                    let sy = (y + d * dy).clamp(0, self.height as i64 - 1) as usize;
                    sum += weight * f32::from(self.pixels[sy * self.width + sx]);
                }
                out.pixels[y as usize * self.width + x as usize] = (sum / total) as u8;
            }
        }
        out
    }

    /// Smeared horizontally over `length` pixels, as by a moving hand.
    pub(super) fn moved(&self, length: usize) -> Self {
        let mut out = self.clone();
        for (row, source) in out.pixels.chunks_mut(self.width).zip(self.pixels.chunks(self.width)) {
            for (x, pixel) in row.iter_mut().enumerate() {
                let run = &source[x..(x + length).min(source.len())];
                *pixel = (run.iter().map(|grey| u32::from(*grey)).sum::<u32>() / run.len() as u32) as u8;
            }
        }
        out
    }

    /// Adds noise of roughly normal distribution with standard deviation `sigma` grey levels.
    pub(super) fn noisy(mut self, sigma: f32, seed: u64) -> Self {
        let mut dice = Dice(seed);
        for pixel in &mut self.pixels {
            // The sum of four uniform numbers in ±1 has the standard deviation 2/√3.
            let sum: f32 = (0..4).map(|_| dice.between(-1.0, 1.0)).sum();
            *pixel = (f32::from(*pixel) + sum * sigma * 0.866).clamp(0.0, 255.0) as u8;
        }
        self
    }

    /// The plane as a camera delivers it: rows padded with garbage, the last one not.
    pub(super) fn padded(&self, padding: usize) -> (Vec<u8>, usize) {
        let stride = self.width + padding;
        let mut data = Vec::with_capacity(stride * self.height);
        let mut dice = Dice(9);
        for row in self.pixels.chunks(self.width) {
            data.extend_from_slice(row);
            data.extend((0..padding).map(|_| if dice.next() & 1 == 0 { 0 } else { 255 }));
        }
        data.truncate(stride * (self.height - 1) + self.width);
        (data, stride)
    }

    pub(super) fn frame(&self) -> LumaFrame<'_> {
        LumaFrame::new(self.width as u32, self.height as u32, self.width, &self.pixels).unwrap()
    }

    pub(super) fn png(&self) -> Vec<u8> {
        self.file(image::ImageFormat::Png)
    }

    /// JPEG of the given quality, 1 to 100.
    pub(super) fn jpeg(&self, quality: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality);
        self.grey().write_with_encoder(encoder).unwrap();
        bytes
    }

    fn file(&self, format: image::ImageFormat) -> Vec<u8> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        self.grey().write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn grey(&self) -> image::GrayImage {
        image::GrayImage::from_raw(self.width as u32, self.height as u32, self.pixels.clone()).unwrap()
    }
}
