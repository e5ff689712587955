//! Why a picture or a camera frame gave nothing, each cause its own variant with a sentence for the person.

/// Why nothing was read. `Display` is a whole sentence that says what to do next.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// The camera frame's numbers do not fit together.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The file has no bytes.
    #[error("This file is empty. Choose another picture, or take the screenshot again.")]
    EmptyFile,
    /// More than [`super::MAX_FILE_BYTES`].
    #[error(
        "This file has {bytes} bytes, more than the 64 MiB that are looked at. Cut out the part with the QR code."
    )]
    FileTooLarge {
        /// Size of the file.
        bytes: usize,
    },
    /// The first bytes are of no picture format.
    #[error("This file is not a picture. Choose a PNG or JPEG picture that shows the QR code.")]
    NotAPicture,
    /// A picture, but neither PNG nor JPEG.
    #[error("This is a {format} picture; PNG and JPEG can be read. Take a screenshot of it and choose that.")]
    UnsupportedFormat {
        /// The format's usual name.
        format: String,
    },
    /// More than [`super::MAX_PIXELS`], or more memory than such a picture may take.
    #[error("This picture is too large to be searched. Cut out the part with the QR code.")]
    TooManyPixels,
    /// PNG or JPEG by its first bytes, but it cannot be decoded.
    #[error("This picture is damaged or incomplete. Copy it again, or take a screenshot of the QR code.")]
    Damaged(#[source] image::ImageError),
    /// The search went through and found no readable code.
    #[error(
        "No QR code was found. Let the code fill about half of the picture with a light margin around it, hold still, avoid glare, or enter the link by hand."
    )]
    NoCode,
    /// The search itself broke down; it was stopped and nothing else is affected.
    #[error(
        "This picture could not be searched. Take it again from a little further away, or enter the link by hand."
    )]
    DecoderFailed,
}

/// Why a camera frame was refused: a mistake of the shell, not of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// Width or height is zero.
    #[error("The camera delivered a picture without pixels. Close the scanner and open it again.")]
    Empty,
    /// Rows would overlap.
    #[error(
        "The camera delivered rows of {row_stride} bytes for {width} pixels. Close the scanner and open it again."
    )]
    StrideBelowWidth {
        /// Bytes from one row to the next.
        row_stride: usize,
        /// Pixels of a row.
        width: u32,
    },
    /// Fewer bytes than the rows need.
    #[error(
        "The camera delivered {got} bytes where {needed} are needed. Close the scanner and open it again."
    )]
    TooShort {
        /// Bytes that the numbers ask for; the last row needs no padding.
        needed: usize,
        /// Bytes that came.
        got: usize,
    },
    /// More than [`super::MAX_PIXELS`], or beyond what this machine can address.
    #[error("The camera delivered a picture that is too large. Choose a lower resolution.")]
    TooLarge,
}
