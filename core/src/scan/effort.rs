//! How hard to look, and what to try when the first look finds nothing.
//!
//! A viewfinder is mostly empty, so a frame tries one remedy and the next frame another; a photo is the only one there
//! is, so it gets all of them. The remedies themselves are in `filter.rs`.

use std::time::Duration;

use super::filter;
use super::frame::Luma;

/// How much time a picture deserves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// One of many camera frames: the plain look and, when it brings nothing, one remedy. Others follow in rotation as
    /// long as `budget` lasts.
    Frame {
        /// Number of this frame in its viewfinder, from 0: says which remedy is the first.
        attempt: u32,
        /// Time after which no further remedy is begun. Without any, every frame still tries its own one, since else a
        /// slow phone would never try any.
        budget: Duration,
    },
    /// A photo or screenshot: every remedy, until nothing that looks like a code is left unread.
    Photo,
}

/// One way of looking again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    Blur,
    HalveSharpen,
    ThirdSharpen,
    Sharpen,
    Halve,
    DoubleBlur,
    Third,
    /// The same picture, searched by another detector.
    OlderDetector,
    /// With a margin, `by` times enlarged.
    Enlarge {
        by: usize,
    },
}

/// What frames take turns with, those first that read most of what the plain look misses: against noise, against
/// defocus, against both.
const FRAME_REMEDIES: [Remedy; 8] = [
    Remedy::Blur,
    Remedy::HalveSharpen,
    Remedy::ThirdSharpen,
    Remedy::Sharpen,
    Remedy::Halve,
    Remedy::DoubleBlur,
    Remedy::Third,
    Remedy::OlderDetector,
];

/// Up to this many pixels after enlarging; a code too fine for more would not have been seen by any camera.
const MAX_ENLARGED_PIXELS: usize = 6_000_000;

/// Photos beyond this are halved before remedies: no code needs more, and a search should not take ten seconds.
const MAX_TREATED_PIXELS: usize = 12_500_000;

impl Effort {
    pub(super) const fn is_frame(self) -> bool {
        matches!(self, Self::Frame { .. })
    }

    /// Whether no further remedy may be begun after so much time.
    pub(super) fn is_spent(self, time: Duration) -> bool {
        matches!(self, Self::Frame { budget, .. } if time >= budget)
    }

    /// The picture that remedies start from, where it is not the picture itself.
    pub(super) fn reduced(self, luma: &Luma) -> Option<Luma> {
        let too_large = luma.width * luma.height > MAX_TREATED_PIXELS;
        (self == Self::Photo && too_large).then(|| filter::shrink(luma, 2))
    }

    /// How many remedies to try even when everything seen so far was read: a blurred second code in a photo may not have
    /// been seen as one at all.
    pub(super) const fn least_remedies(self) -> usize {
        match self {
            Self::Frame { .. } => 0,
            Self::Photo => 3,
        }
    }

    /// The remedies for a picture of this size, in order.
    pub(super) fn remedies(self, luma: &Luma) -> Vec<Remedy> {
        match self {
            Self::Frame { attempt, .. } => {
                let turn = attempt as usize % FRAME_REMEDIES.len();
                FRAME_REMEDIES.into_iter().cycle().skip(turn).take(FRAME_REMEDIES.len()).collect()
            }
            Self::Photo => {
                let pixels = luma.width * luma.height;
                let enlarge = [1, 2, 3, 4].into_iter().filter(|by| pixels * by * by <= MAX_ENLARGED_PIXELS);
                FRAME_REMEDIES.into_iter().chain(enlarge.map(|by| Remedy::Enlarge { by })).collect()
            }
        }
    }
}

impl Remedy {
    /// The picture to look at instead.
    pub(super) fn apply(self, luma: &Luma) -> Luma {
        match self {
            Self::Blur => filter::blur(luma),
            Self::HalveSharpen => filter::sharpen(&filter::shrink(luma, 2)),
            Self::ThirdSharpen => filter::sharpen(&filter::shrink(luma, 3)),
            Self::Sharpen => filter::sharpen(luma),
            Self::Halve => filter::shrink(luma, 2),
            Self::DoubleBlur => filter::blur(&filter::blur(luma)),
            Self::Third => filter::shrink(luma, 3),
            Self::OlderDetector | Self::Enlarge { by: 1 } => luma.clone(),
            Self::Enlarge { by } => filter::enlarge(luma, by),
        }
    }

    /// The width of the margin to add, if one belongs to this remedy. Its grey depends on the ground of the code.
    pub(super) const fn quiet_zone(self) -> Option<usize> {
        match self {
            Self::Enlarge { by } => Some(4 * by + 12),
            _ => None,
        }
    }
}
