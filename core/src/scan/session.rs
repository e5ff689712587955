//! One sitting in front of the camera, or one heap of pictures: what was found so far, each thing once (P6).
//!
//! The session collects and never acts: storing and enrolling begin with the person's yes, on what [`ScanSession::get`]
//! and [`ScanSession::export`] give. What the shells show of it is in `view.rs`.

use std::sync::Arc;
use std::time::Duration;

use super::{
    Effort, Hint, LumaFrame, ScanError, ScanItemView, ScanState, ScanView, Scanned, classify, decode_file,
    decode_frame,
};
use crate::host::Clock;

/// Most things that one session keeps; whoever holds up more codes than that is not adding accounts.
const MAX_ITEMS: usize = 1_000;

/// What was scanned until the scanner is closed.
#[derive(Debug)]
pub struct ScanSession {
    clock: Arc<dyn Clock>,
    items: Vec<Item>,
    attempt: u32,
    hint: Option<Hint>,
}

#[derive(Debug)]
struct Item {
    scanned: Scanned,
    /// The person has decided about it. It is kept, so that the camera does not bring it again.
    settled: bool,
}

impl ScanSession {
    /// An empty one. The clock measures how long a frame was looked at.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, items: Vec::new(), attempt: 0, hint: None }
    }

    /// Looks at a camera frame for about `budget` (see [`Effort::Frame`]). True when it brought something new.
    ///
    /// # Errors
    /// [`ScanError::DecoderFailed`]. A frame without a code is no error.
    pub fn frame(&mut self, frame: &LumaFrame<'_>, budget: Duration) -> Result<bool, ScanError> {
        let effort = Effort::Frame { attempt: self.attempt, budget };
        self.attempt = self.attempt.wrapping_add(1);
        let seen = decode_frame(frame, effort, self.clock.as_ref())?;
        self.hint = seen.hint;
        Ok(self.take(seen.texts.iter().map(|text| classify(text.as_str()))))
    }

    /// Looks at a PNG or JPEG file. True when it brought something new.
    ///
    /// # Errors
    /// [`ScanError`], as [`super::scan_file`].
    pub fn file(&mut self, bytes: &[u8]) -> Result<bool, ScanError> {
        let texts = decode_file(bytes)?;
        Ok(self.take(texts.iter().map(|text| classify(text.as_str()))))
    }

    /// Takes a text, such as the clipboard's or a link's. True when it is new.
    pub fn text(&mut self, text: &str) -> bool {
        self.take(std::iter::once(classify(text)))
    }

    fn take(&mut self, found: impl Iterator<Item = Scanned>) -> bool {
        let before = self.items.len();
        for scanned in found {
            if self.items.len() < MAX_ITEMS && self.items.iter().all(|item| item.scanned != scanned) {
                self.items.push(Item { scanned, settled: false });
            }
        }
        self.items.len() > before
    }

    /// What was found under the number that [`super::ScanItemView::id`] gives.
    #[must_use]
    pub fn get(&self, id: usize) -> Option<&Scanned> {
        self.items.get(id).map(|item| &item.scanned)
    }

    /// The person has decided about it: it is shown no more, also when the camera still sees it.
    pub fn settle(&mut self, id: usize) {
        if let Some(item) = self.items.get_mut(id) {
            item.settled = true;
        }
    }

    /// What the shells show.
    #[must_use]
    pub fn view(&self) -> ScanView {
        let waiting = self.items.iter().enumerate().filter(|(_, item)| !item.settled);
        let items: Vec<_> = waiting.map(|(id, item)| ScanItemView::of(id, &item.scanned)).collect();
        let state = if items.is_empty() { ScanState::Looking } else { ScanState::Found };
        let hint = self.hint.filter(|_| state == ScanState::Looking);
        ScanView { state, hint, items, exports: Vec::new() }
    }
}
