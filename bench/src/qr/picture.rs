//! A grey picture, and a code painted onto it as a pinhole camera sees it.

use qrcode::{Color, EcLevel, QrCode, Version};

use super::dice::Dice;

/// Grey pixels, kept as fractions until the sensor rounds them: 0 black, 255 white.
#[derive(Debug, Clone)]
pub(super) struct Picture {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<f32>,
}

/// The dark modules of a code, without quiet zone.
pub(super) struct Code {
    pub(super) size: usize,
    dark: Vec<bool>,
}

/// How the sheet with the code lies before the camera.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pose {
    /// Where the middle of the code is seen.
    pub(super) centre: (f32, f32),
    /// Pixels per module there.
    pub(super) scale: f32,
    /// Turned in the plane of the picture, radians.
    pub(super) roll: f32,
    /// Turned away around the upright axis, radians.
    pub(super) yaw: f32,
    /// Turned away around the level axis, radians.
    pub(super) pitch: f32,
}

/// Light modules with the sheet, and dark ones.
#[derive(Debug, Clone, Copy)]
pub(super) struct Print {
    pub(super) paper: f32,
    pub(super) ink: f32,
}

impl Code {
    pub(super) fn new(text: &str, version: Option<i16>, level: EcLevel) -> crate::Result<Self> {
        let code = match version {
            Some(version) => QrCode::with_version(text, Version::Normal(version), level)?,
            None => QrCode::with_error_correction_level(text, level)?,
        };
        let dark = code.to_colors().iter().map(|color| *color == Color::Dark).collect();
        Ok(Self { size: code.width(), dark })
    }

    fn dark_at(&self, x: f32, y: f32) -> bool {
        let inside = |v: f32| v >= 0.0 && v < self.size as f32;
        inside(x) && inside(y) && self.dark.get(y as usize * self.size + x as usize).copied().unwrap_or(false)
    }
}

impl Picture {
    /// A desk: a grey gradient with things on it that have edges, and lines of print.
    pub(super) fn desk(width: usize, height: usize, dice: &mut Dice) -> Self {
        let (base, across, down) =
            (dice.between(60.0, 190.0), dice.between(-50.0, 50.0), dice.between(-50.0, 50.0));
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            let row = base + down * (y as f32 / height as f32 - 0.5);
            pixels.extend((0..width).map(|x| row + across * (x as f32 / width as f32 - 0.5)));
        }
        let mut desk = Self { width, height, pixels };
        for _ in 0..dice.below(12) {
            let grey = dice.between(10.0, 245.0);
            let (w, h) = (width / 40 + dice.below(width / 3), height / 40 + dice.below(height / 3));
            desk.fill(dice.below(width), dice.below(height), w, h, grey);
        }
        for _ in 0..dice.below(5) {
            desk.print(dice);
        }
        desk
    }

    /// A few lines of marks in the size of letters.
    fn print(&mut self, dice: &mut Dice) {
        let (left, top) = (dice.below(self.width), dice.below(self.height));
        let letter = 3 + dice.below(8);
        let ink = dice.between(10.0, 90.0);
        for line in 0..2 + dice.below(8) {
            let mut x = left;
            for _ in 0..10 + dice.below(40) {
                let wide = 1 + dice.below(letter);
                self.fill(x, top + line * letter * 2, wide, 1 + dice.below(letter), ink);
                x += wide + 1 + dice.below(letter);
            }
        }
    }

    fn fill(&mut self, left: usize, top: usize, width: usize, height: usize, grey: f32) {
        let own = self.width;
        for row in self.pixels.chunks_mut(own).skip(top).take(height) {
            row.iter_mut().skip(left).take(width).for_each(|pixel| *pixel = grey);
        }
    }

    /// Paints `code` with its quiet zone of four modules, each pixel the mean of nine points.
    pub(super) fn paint(&mut self, code: &Code, pose: Pose, print: Print) {
        let to_module = pose.inverse(self.width as f32);
        let half = code.size as f32 / 2.0;
        let reach = (half + 4.0) * pose.scale * 2.0;
        let from = |centre: f32| (centre - reach).max(0.0) as usize;
        let to = |centre: f32, end: usize| ((centre + reach).max(0.0) as usize).min(end);
        let sheet = -4.0..(code.size as f32 + 4.0);
        for y in from(pose.centre.1)..to(pose.centre.1, self.height) {
            for x in from(pose.centre.0)..to(pose.centre.0, self.width) {
                let (mut sum, mut hits) = (0.0, 0.0);
                for sub in 0..9_u8 {
                    let px = x as f32 + f32::from(sub % 3) / 3.0 + 1.0 / 6.0 - pose.centre.0;
                    let py = y as f32 + f32::from(sub / 3) / 3.0 + 1.0 / 6.0 - pose.centre.1;
                    let (mx, my) = apply(&to_module, px, py);
                    let (mx, my) = (mx + half, my + half);
                    if sheet.contains(&mx) && sheet.contains(&my) {
                        hits += 1.0;
                        sum += if code.dark_at(mx, my) { print.ink } else { print.paper };
                    }
                }
                if let Some(pixel) = self.pixels.get_mut(y * self.width + x) {
                    *pixel = (sum + *pixel * (9.0 - hits)) / 9.0;
                }
            }
        }
    }

    /// What the sensor delivers.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.pixels.iter().map(|grey| grey.round().clamp(0.0, 255.0) as u8).collect()
    }
}

type Matrix = [[f32; 3]; 3];

impl Pose {
    /// From pixels around the centre to modules around the middle of the code.
    fn inverse(self, width: f32) -> Matrix {
        // The camera's focal length: a phone sees about 60° across.
        let focal = 0.9 * width;
        let ((sr, cr), (sy, cy), (sp, cp)) = (self.roll.sin_cos(), self.yaw.sin_cos(), self.pitch.sin_cos());
        // The first two columns of Rx(pitch)·Ry(yaw)·Rz(roll): where the code's axes point.
        let x_axis = [cy * cr, cp * sr + sp * sy * cr, sp * sr - cp * sy * cr];
        let y_axis = [-cy * sr, cp * cr - sp * sy * sr, sp * cr + cp * sy * sr];
        let distance = focal / self.scale;
        let projection = [
            [focal * x_axis[0], focal * y_axis[0], 0.0],
            [focal * x_axis[1], focal * y_axis[1], 0.0],
            [x_axis[2], y_axis[2], distance],
        ];
        inverted(projection)
    }
}

fn apply([[a, b, c], [d, e, f], [g, h, i]]: &Matrix, x: f32, y: f32) -> (f32, f32) {
    let w = g * x + h * y + i;
    ((a * x + b * y + c) / w, (d * x + e * y + f) / w)
}

/// Up to a factor, which does not matter for a projection.
fn inverted([[a, b, c], [d, e, f], [g, h, i]]: Matrix) -> Matrix {
    [
        [e * i - f * h, c * h - b * i, b * f - c * e],
        [f * g - d * i, a * i - c * g, c * d - a * f],
        [d * h - e * g, b * g - a * h, a * e - b * d],
    ]
}
