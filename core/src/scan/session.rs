//! One sitting in front of the camera, or one heap of pictures: what was found so far, each thing once (P6).
//!
//! The session collects and never acts: storing and enrolling begin with the person's yes, on what [`ScanSession::get`]
//! and [`ScanSession::export`] give. What the shells show of it is in `view.rs`.

use std::sync::Arc;
use std::time::Duration;

use super::export::{Export, Place};
use super::{
    Effort, Hint, LumaFrame, ScanError, ScanItemView, ScanState, ScanView, Scanned, classify, decode_file,
    decode_frame,
};
use crate::host::Clock;
use crate::transfer::Found;

/// Most things that one session keeps; whoever holds up more codes than that is not adding accounts.
const MAX_ITEMS: usize = 1_000;

/// What was scanned until the scanner is closed.
#[derive(Debug)]
pub struct ScanSession {
    clock: Arc<dyn Clock>,
    items: Vec<Item>,
    exports: Vec<Export>,
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
        Self { clock, items: Vec::new(), exports: Vec::new(), attempt: 0, hint: None }
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
        let mut new = false;
        for scanned in found {
            new |= self.take_one(scanned);
        }
        new
    }

    fn take_one(&mut self, scanned: Scanned) -> bool {
        let part = match scanned {
            Scanned::MigrationPart(part) => part,
            scanned => {
                let new = self.items.iter().all(|item| item.scanned != scanned);
                let kept = new && self.items.len() < MAX_ITEMS;
                if kept {
                    self.items.push(Item { scanned, settled: false });
                }
                return kept;
            }
        };
        for export in &mut self.exports {
            match export.place(&part) {
                Place::Missing => {
                    export.add(part);
                    return true;
                }
                Place::Taken => return false,
                Place::Elsewhere => {}
            }
        }
        let kept = self.exports.len() < MAX_ITEMS;
        if kept {
            self.exports.push(Export::new(part));
        }
        kept
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

    /// What the parts of an export that were scanned hold, and which are missing: for
    /// [`crate::authenticator::Authenticator::plan_found`]. Under the number that [`super::ExportPartsView::id`] gives.
    #[must_use]
    pub fn export(&self, id: usize) -> Option<Found> {
        self.exports.get(id).map(Export::found)
    }

    /// The person has decided about an export: it is shown no more, unless another of its parts is scanned.
    pub fn settle_export(&mut self, id: usize) {
        if let Some(export) = self.exports.get_mut(id) {
            export.settled = true;
        }
    }

    /// What the shells show.
    #[must_use]
    pub fn view(&self) -> ScanView {
        let waiting = self.items.iter().enumerate().filter(|(_, item)| !item.settled);
        let items: Vec<_> = waiting.map(|(id, item)| ScanItemView::of(id, &item.scanned)).collect();
        let waiting = self.exports.iter().enumerate().filter(|(_, export)| !export.settled);
        let exports: Vec<_> = waiting.map(|(id, export)| export.view(id)).collect();
        let state = if !items.is_empty() || exports.iter().any(|export| export.missing.is_empty()) {
            ScanState::Found
        } else if !exports.is_empty() {
            ScanState::Collecting
        } else {
            ScanState::Looking
        };
        let hint = self.hint.filter(|_| state != ScanState::Found);
        ScanView { state, hint, items, exports }
    }
}
