//! What would help the person to get the next frame read, from what this one looks like.
//!
//! A hint is given only when nothing was read and there is a measured reason for it: an empty viewfinder needs none.

use serde::Serialize;

use super::light::Light;

/// A picture of which 95 % is darker than this is too dark: less than a sixth of the range is left for contrast.
const DARK: u8 = 40;
/// A picture of which 95 % is lighter than this has lost its dark squares to glare.
const BRIGHT: u8 = 240;
/// Pixels per square below which codes are seen and not read.
const SMALL: f32 = 2.2;
/// The part of an edge's contrast that one pixel takes, below which nothing is in focus.
const BLURRED: f32 = 0.22;

/// Why a frame may have given nothing, and so what the person could do. The shells have words and switches for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Hint {
    /// Hardly any light: offer the torch.
    TooDark,
    /// Most of the picture is white: glare, or a screen at full brightness. Tilt the phone or put the torch out.
    TooBright,
    /// There is a code whose squares are too few pixels wide: come closer, or zoom.
    TooSmall,
    /// There are no sharp edges: hold still, or move away until it is in focus.
    TooBlurred,
}

impl Hint {
    /// `finest` is the size in pixels of the smallest squares of a code that was seen and not read.
    pub(super) fn of(light: &Light, finest: Option<f32>) -> Option<Self> {
        if light.light < DARK {
            Some(Self::TooDark)
        } else if light.dark > BRIGHT {
            Some(Self::TooBright)
        } else if finest.is_some_and(|size| size < SMALL) {
            Some(Self::TooSmall)
        } else if light.sharpness.is_some_and(|sharpness| sharpness < BLURRED) {
            Some(Self::TooBlurred)
        } else {
            None
        }
    }

    /// A stable word for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooDark => "too_dark",
            Self::TooBright => "too_bright",
            Self::TooSmall => "too_small",
            Self::TooBlurred => "too_blurred",
        }
    }
}
