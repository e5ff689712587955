//! An image file's bytes to grey pixels, within limits that are checked before memory is spent.
//!
//! PNG and JPEG only, by their first bytes and not by a name. Camera frames come in through `frame.rs`.

use std::io::Cursor;

use image::error::LimitErrorKind;
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits};

use super::ScanError;
use super::frame::Luma;

/// Largest file that is looked at: 64 MiB.
pub const MAX_FILE_BYTES: usize = 64 << 20;

/// Largest picture or frame: 50 million pixels, the full resolution of today's phone cameras.
pub const MAX_PIXELS: u64 = 50_000_000;

/// Memory the decoder may take: room for [`MAX_PIXELS`] in 8-bit RGBA, but not in 16 bits per channel.
const MAX_DECODED_BYTES: u64 = 256 << 20;

/// A decoded file.
pub(super) struct Picture {
    /// As on white paper.
    pub(super) on_white: Luma,
    /// As on black, where the file has transparent parts: a light code on nothing would vanish on white.
    pub(super) on_black: Option<Luma>,
}

/// Decodes a PNG or JPEG.
pub(super) fn open(bytes: &[u8]) -> Result<Picture, ScanError> {
    if bytes.is_empty() {
        return Err(ScanError::EmptyFile);
    }
    if bytes.len() > MAX_FILE_BYTES {
        return Err(ScanError::FileTooLarge { bytes: bytes.len() });
    }
    match image::guess_format(bytes) {
        Ok(ImageFormat::Png | ImageFormat::Jpeg) => {}
        Ok(format) => {
            let name = format.extensions_str().first().copied().unwrap_or("foreign");
            return Err(ScanError::UnsupportedFormat { format: name.to_ascii_uppercase() });
        }
        Err(_) if is_heif(bytes) => return Err(ScanError::UnsupportedFormat { format: "HEIC".to_owned() }),
        Err(_) => return Err(ScanError::NotAPicture),
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    let mut reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| damaged(error.into()))?;
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    // What the header claims is believed only as far as it forbids: the claim itself costs no memory.
    if u64::from(width) * u64::from(height) > MAX_PIXELS || decoder.total_bytes() > MAX_DECODED_BYTES {
        return Err(ScanError::TooManyPixels);
    }
    if width == 0 || height == 0 {
        return Err(ScanError::NotAPicture);
    }
    Ok(to_picture(DynamicImage::from_decoder(decoder).map_err(damaged)?))
}

fn to_picture(image: DynamicImage) -> Picture {
    let (width, height) = (image.width() as usize, image.height() as usize);
    if !image.color().has_alpha() {
        let pixels = image.into_luma8().into_raw();
        return Picture { on_white: Luma { width, height, pixels }, on_black: None };
    }
    let pixels = image.into_luma_alpha8().into_raw();
    let over = |backdrop: u8| Luma {
        width,
        height,
        pixels: pixels
            .chunks_exact(2)
            .map(|pixel| match pixel {
                [grey, 255] => *grey,
                [grey, alpha] => {
                    let (grey, alpha) = (u16::from(*grey), u16::from(*alpha));
                    u8::try_from((grey * alpha + u16::from(backdrop) * (255 - alpha)) / 255)
                        .unwrap_or(backdrop)
                }
                _ => backdrop,
            })
            .collect(),
    };
    let transparent = pixels.iter().skip(1).step_by(2).any(|alpha| *alpha < 255);
    Picture { on_white: over(255), on_black: transparent.then(|| over(0)) }
}

fn damaged(error: ImageError) -> ScanError {
    match &error {
        ImageError::Limits(limit)
            if matches!(
                limit.kind(),
                LimitErrorKind::InsufficientMemory | LimitErrorKind::DimensionError
            ) =>
        {
            ScanError::TooManyPixels
        }
        _ => ScanError::Damaged(error),
    }
}

/// The box that begins an HEIF file (ISO/IEC 23008-12), the usual format of iPhone photos.
fn is_heif(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp")
        && matches!(bytes.get(8..12), Some(b"heic" | b"heix" | b"mif1" | b"msf1"))
}
