//! What would help the person to get the next frame read, from what this one looks like.
//!
//! A hint is given only when nothing was read and there is a measured reason for it: an empty viewfinder needs none.

use serde::Serialize;

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
