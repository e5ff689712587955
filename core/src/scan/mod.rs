//! Pictures to meaning: a camera frame or an image file goes in, what its QR codes say comes out.
//!
//! `frame` and `picture` make grey pixels from what the phone gives, `decode` finds the codes in them with the retries
//! that `effort` plans and `filter` computes, `light` measures a frame and `hint` says what would help the next one, `classify` what a text is,
//! `session` collects what several frames and files bring, `view` is what the shells show of it. Nothing scanned is ever
//! opened, stored or executed here: the person sees what it is and decides. What an `otpauth` link means is [`crate::otp`]'s subject,
//! an enrolment link's is `countersign_protocol::link`'s.

mod classify;
mod decode;
mod effort;
mod error;
mod export;
mod filter;
mod frame;
mod hint;
mod light;
mod picture;
mod session;
mod text;
mod view;
mod visible;

#[cfg(test)]
mod tests;

pub use classify::{Invalid, Scanned, Unknown, What, classify};
pub use decode::{Seen, decode_file, decode_frame};
pub use effort::Effort;
pub use error::{FrameError, ScanError};
pub use frame::LumaFrame;
pub use hint::Hint;
pub use picture::{MAX_FILE_BYTES, MAX_PIXELS};
pub use session::ScanSession;
pub use text::QrText;
pub use view::{Confirm, ExportPartsView, ScanItemView, ScanKind, ScanState, ScanView};
pub use visible::visible;

/// What the QR codes of an image file say (PNG or JPEG), each text once, in no particular order.
///
/// Tries everything there is, so it may take a second: call it off the main thread.
///
/// # Errors
/// [`ScanError`]: the file is no picture that can be read, or it holds no readable code.
pub fn scan_file(bytes: &[u8]) -> Result<Vec<Scanned>, ScanError> {
    Ok(decode_file(bytes)?.iter().map(|text| classify(text.as_str())).collect())
}
