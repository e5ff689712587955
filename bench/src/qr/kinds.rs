//! The kinds of frames, and what the dice decide in each of them.
//!
//! The ranges were chosen by looking at the frames and at what readers other than ours make of them: each kind reaches
//! from easy to what hardly any reader can do.

use std::f32::consts::TAU;

use qrcode::EcLevel;

use super::dice::Dice;
use super::payload;
use super::picture::{Code, Picture, Pose, Print};

/// What is hard about a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Clean,
    Rotated,
    Perspective,
    Blur,
    Motion,
    Noise,
    LowLight,
    UnevenLight,
    Small,
    Dense,
    Jpeg,
    Inverted,
    Combined,
    /// No code at all.
    Empty,
}

impl Kind {
    pub(super) const ALL: [Self; 14] = [
        Self::Clean,
        Self::Rotated,
        Self::Perspective,
        Self::Blur,
        Self::Motion,
        Self::Noise,
        Self::LowLight,
        Self::UnevenLight,
        Self::Small,
        Self::Dense,
        Self::Jpeg,
        Self::Inverted,
        Self::Combined,
        Self::Empty,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Rotated => "rotated",
            Self::Perspective => "perspective",
            Self::Blur => "blur",
            Self::Motion => "motion",
            Self::Noise => "noise",
            Self::LowLight => "low light",
            Self::UnevenLight => "uneven light",
            Self::Small => "small",
            Self::Dense => "dense v25+",
            Self::Jpeg => "JPEG",
            Self::Inverted => "inverted",
            Self::Combined => "combined",
            Self::Empty => "no code",
        }
    }

    /// Pixels per module.
    const fn scale(self) -> (f32, f32) {
        match self {
            Self::Clean | Self::Rotated | Self::Inverted | Self::UnevenLight => (3.0, 9.0),
            Self::Perspective | Self::Blur | Self::Motion | Self::Noise | Self::LowLight => (4.0, 8.0),
            Self::Small => (1.4, 2.4),
            Self::Dense => (2.4, 5.0),
            Self::Jpeg => (2.5, 5.0),
            Self::Combined | Self::Empty => (3.5, 7.0),
        }
    }
}

/// A camera frame and what it says.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<u8>,
    pub(super) text: Option<String>,
}

const SIZES: [(usize, usize); 4] = [(640, 480), (800, 600), (1280, 720), (1920, 1080)];

/// Makes frame `number` of a kind.
pub(super) fn frame(seed: u64, kind: Kind, number: usize) -> crate::Result<Frame> {
    let mut dice = Dice::of(seed, kind as usize, number);
    let text = (kind != Kind::Empty).then(|| payload::link(&mut dice));
    let (mut width, mut height) = dice.one_of(&SIZES).copied().unwrap_or((640, 480));
    let mut scale = dice.between(kind.scale().0, kind.scale().1);
    let mut picture;
    if let Some(text) = &text {
        let version = (kind == Kind::Dense).then(|| 25 + dice.below(8) as i16);
        let levels = [EcLevel::L, EcLevel::M, EcLevel::M, EcLevel::Q];
        let code = Code::new(text, version, dice.one_of(&levels).copied().unwrap_or(EcLevel::M))?;
        let roll = match kind {
            Kind::Rotated => dice.between(0.0, TAU),
            Kind::Combined => dice.between(-0.5, 0.5),
            _ => dice.between(-0.1, 0.1),
        };
        let tilt = match kind {
            Kind::Perspective => 0.9,
            Kind::Combined => 0.5,
            _ => 0.05,
        };
        let (yaw, pitch) = (dice.between(-tilt, tilt), dice.between(-tilt, tilt));
        // How wide the sheet is seen; a frame that is too small for it becomes larger, then the sheet smaller.
        let spread = roll.sin().abs() + roll.cos().abs() + tilt * 0.4;
        let wide = (code.size + 8) as f32 * spread;
        if wide * scale > height as f32 {
            (width, height) =
                SIZES.into_iter().find(|(_, h)| wide * scale <= *h as f32).unwrap_or((1920, 1080));
            scale = scale.min(height as f32 / wide);
        }
        picture = Picture::desk(width, height, &mut dice);
        let free = |length: usize| (length as f32 - wide * scale).max(0.0) / 2.0;
        let (free_x, free_y) = (free(width), free(height));
        let centre = (
            width as f32 / 2.0 + dice.between(-free_x, free_x),
            height as f32 / 2.0 + dice.between(-free_y, free_y),
        );
        let print = Print { paper: dice.between(190.0, 250.0), ink: dice.between(10.0, 60.0) };
        picture.paint(&code, Pose { centre, scale, roll, yaw, pitch }, print);
    } else {
        picture = Picture::desk(width, height, &mut dice);
    }
    wear(&mut picture, kind, scale, &mut dice)?;
    Ok(Frame { width, height, pixels: picture.bytes(), text })
}

fn wear(picture: &mut Picture, kind: Kind, scale: f32, dice: &mut Dice) -> crate::Result<()> {
    // No lens and no sensor is perfect.
    picture.blur(dice.between(0.3, 0.6));
    match kind {
        Kind::Clean | Kind::Rotated | Kind::Perspective | Kind::Small | Kind::Dense | Kind::Empty => {}
        Kind::Blur => picture.blur(scale * dice.between(0.3, 0.75)),
        Kind::Motion => picture.motion(scale * dice.between(0.6, 1.6), dice.between(0.0, TAU)),
        Kind::Noise => picture.noise(dice.between(30.0, 130.0), dice),
        Kind::LowLight => {
            picture.dim(dice.between(0.05, 0.25));
            picture.noise(dice.between(1.5, 5.0), dice);
        }
        Kind::UnevenLight => uneven(picture, dice),
        Kind::Jpeg => {
            let quality = u8::try_from(4 + dice.below(30))?;
            picture.through_jpeg(quality)?;
        }
        Kind::Inverted => picture.invert(),
        Kind::Combined => {
            picture.blur(scale * dice.between(0.15, 0.5));
            uneven(picture, dice);
            picture.noise(dice.between(6.0, 35.0), dice);
            picture.through_jpeg(u8::try_from(40 + dice.below(45))?)?;
        }
    }
    let grain = dice.between(0.5, 3.0);
    picture.noise(grain, dice);
    Ok(())
}

/// A lamp at one side, the edge of a shadow, and sometimes a reflection.
fn uneven(picture: &mut Picture, dice: &mut Dice) {
    let (angle, dark) = (dice.between(0.0, TAU), dice.between(0.15, 0.5));
    let (sin, cos) = angle.sin_cos();
    picture.light(|x, y| dark + (1.0 - dark) * (((x - 0.5) * cos + (y - 0.5) * sin) * 0.8 + 0.5));
    let (angle, shade) = (dice.between(0.0, TAU), dice.between(0.3, 0.9));
    let (sin, cos) = angle.sin_cos();
    let (at, soft) = (dice.between(-0.2, 0.2), dice.between(0.01, 0.1));
    picture.light(|x, y| {
        let beyond = (((x - 0.5) * cos + (y - 0.5) * sin - at) / soft).clamp(0.0, 1.0);
        shade + (1.0 - shade) * beyond
    });
    if dice.below(3) == 0 {
        let (cx, cy, wide) = (dice.between(0.1, 0.9), dice.between(0.1, 0.9), dice.between(0.05, 0.2));
        let strength = dice.between(0.5, 2.0);
        picture.light(|x, y| 1.0 + strength * (-((x - cx).powi(2) + (y - cy).powi(2)) / (wide * wide)).exp());
    }
}
