//! Finds and reads every QR code in grey pixels.
//!
//! The finding and reading is rxing's, called one level below its readers: those stop at the first code, and this crate
//! wants all of them. Each look runs inside `catch_unwind`, because a decoder is fed hostile pictures and must not take
//! the app down. What a text means is `classify.rs`'s subject.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use rxing::common::{BitMatrix, DetectorRXingResult as _, HybridBinarizer};
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{FindFinderPatterns, GenerateFinderPatternSets, SampleQR};
use rxing::qrcode::detector::Detector;
use rxing::{Binarizer as _, DecodeHints, Luma8Source};

use super::effort::Remedy;
use super::frame::Luma;
use super::light::Light;
use super::{Effort, Hint, LumaFrame, QrText, ScanError, filter, picture};
use crate::host::Clock;

/// Reads the QR codes of a PNG or JPEG file with every remedy. Each text once, at least one.
///
/// # Errors
/// [`ScanError`]: the file cannot be read as a picture, or it shows no readable code.
pub fn decode_file(bytes: &[u8]) -> Result<Vec<QrText>, ScanError> {
    // The image decoders see foreign bytes first, so they are contained too.
    let picture = contained(|| picture::open(bytes)).ok_or(ScanError::DecoderFailed)??;
    let found = search_photo(picture.on_white);
    match (found, picture.on_black) {
        (Err(ScanError::NoCode), Some(on_black)) => search_photo(on_black),
        (found, _) => found,
    }
}

fn search_photo(luma: Luma) -> Result<Vec<QrText>, ScanError> {
    match search(luma, Effort::Photo, &|| Duration::ZERO) {
        Findings { texts, .. } if !texts.is_empty() => Ok(texts),
        Findings { failed: true, .. } => Err(ScanError::DecoderFailed),
        Findings { .. } => Err(ScanError::NoCode),
    }
}

/// What one camera frame gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// What its QR codes say, each text once.
    pub texts: Vec<QrText>,
    /// What would help the next frame, when there are no texts.
    pub hint: Option<Hint>,
}

/// Reads the QR codes of a camera frame. No code is the usual answer of an empty viewfinder, and no error.
///
/// # Errors
/// [`ScanError::DecoderFailed`] when the search broke down.
pub fn decode_frame(frame: &LumaFrame<'_>, effort: Effort, clock: &dyn Clock) -> Result<Seen, ScanError> {
    let begun = clock.unix_ms();
    // A clock that is set back meanwhile costs the remaining remedies at most, which are few.
    let spent = || Duration::from_millis(clock.unix_ms().saturating_sub(begun).unsigned_abs());
    let findings = search(frame.to_luma(), effort, &spent);
    match findings {
        Findings { failed: true, ref texts, .. } if texts.is_empty() => Err(ScanError::DecoderFailed),
        Findings { light, finest, texts, .. } => {
            let hint = if texts.is_empty() { Hint::of(&light, finest) } else { None };
            Ok(Seen { texts, hint })
        }
    }
}

/// What a code stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ground {
    Light,
    Dark,
}

const BOTH: [Ground; 2] = [Ground::Light, Ground::Dark];

/// Pictures with fewer grey levels than this are spread over all of them.
const FAINT: u8 = 100;

/// What the looks so far have brought.
struct Findings {
    effort: Effort,
    light: Light,
    /// Pixels per module of the finest code that was seen and not read.
    finest: Option<f32>,
    texts: Vec<QrText>,
    /// A look broke down.
    failed: bool,
}

/// What one look brought.
struct Look {
    texts: Vec<QrText>,
    /// Three or more finder patterns belong to no code that was read.
    unread: bool,
    /// Pixels per module of the finest code that was seen and not read.
    finest: Option<f32>,
}

impl Findings {
    /// Looks for codes on each of `grounds`; true when the search may end.
    fn look(&mut self, luma: &Luma, grounds: &[Ground], detector: fn(&BitMatrix) -> Look) -> bool {
        // Thresholding is half of the work, and the same for both grounds.
        let Some(matrix) = contained(|| black_and_white(luma)) else {
            self.failed = true;
            return false;
        };
        let Some(mut matrix) = matrix else { return false };
        let (mut flipped, mut unread) = (false, false);
        for ground in grounds {
            if flipped != (*ground == Ground::Dark) {
                matrix.flip_self();
                flipped = !flipped;
            }
            let Some(look) = contained(|| detector(&matrix)) else {
                self.failed = true;
                unread = true;
                continue;
            };
            unread |= look.unread;
            self.finest = self.finest.into_iter().chain(look.finest).reduce(f32::min);
            for text in look.texts {
                if !self.texts.contains(&text) {
                    self.texts.push(text);
                }
            }
            // After a frame comes another, which may bring the remaining codes; after a photo comes nothing.
            if self.effort.is_frame() && !self.texts.is_empty() {
                return true;
            }
        }
        !self.texts.is_empty() && !unread
    }

    fn search(&mut self, luma: &Luma, spent: &dyn Fn() -> Duration) {
        let done = self.look(luma, &BOTH, codes_in);
        let finest = self.finest;
        self.remedies(luma, done, spent);
        // Some remedies change how many pixels a module has.
        self.finest = finest;
    }

    fn remedies(&mut self, luma: &Luma, mut done: bool, spent: &dyn Fn() -> Duration) {
        let reduced = self.effort.reduced(luma);
        let luma = reduced.as_ref().unwrap_or(luma);
        for (turn, remedy) in self.effort.remedies(luma).into_iter().enumerate() {
            if done && turn >= self.effort.least_remedies() {
                return;
            }
            if turn > 0 && self.effort.is_spent(spent()) {
                return;
            }
            let treated = remedy.apply(luma);
            done |= match remedy.quiet_zone() {
                None if remedy == Remedy::OlderDetector => self.look(&treated, &BOTH, code_in),
                None => self.look(&treated, &BOTH, codes_in),
                Some(by) => BOTH.into_iter().any(|ground| {
                    let grey = if ground == Ground::Light { 255 } else { 0 };
                    self.look(&filter::margin(&treated, by, grey), &[ground], codes_in)
                }),
            };
        }
    }
}

fn search(luma: Luma, effort: Effort, spent: &dyn Fn() -> Duration) -> Findings {
    let light = Light::of(&luma);
    let mut findings = Findings { effort, light, finest: None, texts: Vec::new(), failed: false };
    // A finger on the lens, a wall, the dark: most of what a viewfinder sees before and after.
    if light.flat {
        return findings;
    }
    let faint = light.range.1.saturating_sub(light.range.0) < FAINT;
    let luma = if faint { filter::stretch(&luma, light.range) } else { luma };
    findings.search(&luma, spent);
    findings
}

/// Runs `work` so that a panic inside it ends there. `None` when it panicked.
fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    // Unwind safety is asserted because everything that `work` changes is dropped with the panic.
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// Thresholded against the surroundings of each pixel; set bits are dark.
fn black_and_white(luma: &Luma) -> Option<BitMatrix> {
    let (width, height) = (u32::try_from(luma.width).ok()?, u32::try_from(luma.height).ok()?);
    let binarizer = HybridBinarizer::new(Luma8Source::new_with_slice(&luma.pixels, width, height).ok()?);
    binarizer.get_black_matrix().ok().cloned()
}

fn codes_in(matrix: &BitMatrix) -> Look {
    let mut texts = Vec::new();
    let mut used = Vec::new();
    let mut finest: Option<f32> = None;
    let mut patterns = FindFinderPatterns(matrix, true, 0);
    for set in GenerateFinderPatternSets(&mut patterns) {
        let corners = [set.bl, set.tl, set.tr];
        if corners.iter().any(|corner| used.contains(corner)) {
            continue;
        }
        let Ok(code) = SampleQR(matrix, &set) else { continue };
        if let Some(text) = text_of(code.getBits()) {
            used.extend(corners);
            texts.push(text);
        } else {
            // A finder pattern is seven modules wide.
            let size = corners.iter().map(|corner| corner.size as f32).sum::<f32>() / 21.0;
            finest = Some(finest.map_or(size, |finest| finest.min(size)));
        }
    }
    Look { texts, unread: patterns.len() >= used.len() + 3, finest }
}

/// At most one code, by the detector of the original ZXing: it asks less of the finder patterns and so reads a few
/// codes that the newer one misses.
fn code_in(matrix: &BitMatrix) -> Look {
    let hints = DecodeHints { TryHarder: Some(true), ..DecodeHints::default() };
    let code = Detector::new(matrix).detect_with_hints(&hints).ok();
    let text = code.and_then(|code| text_of(code.getBits()));
    Look { texts: text.into_iter().collect(), unread: true, finest: None }
}

/// The text of a sampled code, if its error correction holds.
fn text_of(bits: &BitMatrix) -> Option<QrText> {
    let decoded = Decode(bits).ok().filter(|decoded| decoded.isValid())?;
    let content = decoded.content();
    // Without a declared character set rxing guesses one for each segment; but who writes account names writes UTF-8,
    // and hardly any other text happens to be valid UTF-8.
    match std::str::from_utf8(content.bytes()) {
        Ok(text) if !content.has_eci => Some(QrText::new(text.to_owned())),
        _ => Some(QrText::new(content.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::contained;

    #[test]
    fn a_panic_inside_a_look_ends_there() {
        assert_eq!(contained(|| 7), Some(7));
        assert_eq!(contained(|| -> u8 { panic!("a decoder's mistake") }), None);
    }
}
