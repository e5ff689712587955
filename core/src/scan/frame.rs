//! A camera frame's luma plane, checked once so that no later step can read outside it.
//!
//! Cameras pad their rows (row stride) but often not the last one; what the padding holds is undefined and never
//! looked at. Files come in through `picture.rs`.

use super::{FrameError, MAX_PIXELS};

/// Borrowed 8-bit grey pixels, 0 black to 255 white: plane 0 of Android's `YUV_420_888` or of iOS's `420f`.
#[derive(Clone, Copy)]
pub struct LumaFrame<'a> {
    width: u32,
    height: u32,
    row_stride: usize,
    data: &'a [u8],
}

impl<'a> LumaFrame<'a> {
    /// Checks a plane: `row_stride` is the distance in bytes from one row to the next, at least `width`; `data` may be
    /// longer than needed, and its last row may end after `width` bytes.
    ///
    /// # Errors
    /// [`FrameError`], one variant per thing that does not fit.
    pub fn new(width: u32, height: u32, row_stride: usize, data: &'a [u8]) -> Result<Self, FrameError> {
        if width == 0 || height == 0 {
            return Err(FrameError::Empty);
        }
        if u64::from(width) * u64::from(height) > MAX_PIXELS {
            return Err(FrameError::TooLarge);
        }
        let row = usize::try_from(width).map_err(|_| FrameError::TooLarge)?;
        if row_stride < row {
            return Err(FrameError::StrideBelowWidth { row_stride, width });
        }
        let rows_before = usize::try_from(height - 1).map_err(|_| FrameError::TooLarge)?;
        let needed = row_stride
            .checked_mul(rows_before)
            .and_then(|before| before.checked_add(row))
            .ok_or(FrameError::TooLarge)?;
        if data.len() < needed {
            return Err(FrameError::TooShort { needed, got: data.len() });
        }
        Ok(Self { width, height, row_stride, data })
    }

    /// The pixels without padding.
    pub(super) fn to_luma(self) -> Luma {
        let (width, height) = (self.width as usize, self.height as usize);
        let mut pixels = Vec::with_capacity(width * height);
        for row in self.data.chunks(self.row_stride).take(height) {
            pixels.extend(row.iter().take(width));
        }
        Luma { width, height, pixels }
    }
}

impl std::fmt::Debug for LumaFrame<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LumaFrame({}×{}, row stride {})", self.width, self.height, self.row_stride)
    }
}

/// Owned grey pixels without padding. `pixels.len() == width * height`, both at least 1.
#[derive(Clone)]
pub(super) struct Luma {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<u8>,
}
