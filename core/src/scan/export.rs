//! The parts of one Google Authenticator export, as they come before the camera in any order.
//!
//! What a part holds is read by [`crate::transfer`]; here they are only kept together.

use std::collections::BTreeMap;

use super::ExportPartsView;
use crate::transfer::{Found, MigrationPart};

/// An export of which at least one part was scanned.
#[derive(Debug)]
pub(super) struct Export {
    batch: i32,
    size: u32,
    parts: BTreeMap<u32, MigrationPart>,
    /// The person has decided about the parts so far.
    pub(super) settled: bool,
}

/// Where a part belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Here, and it is new.
    Missing,
    /// Here, where it is already.
    Taken,
    /// To another export.
    Elsewhere,
}

impl Export {
    pub(super) fn new(part: MigrationPart) -> Self {
        let (batch, size) = (part.batch_id, part.size);
        Self { batch, size, parts: BTreeMap::from([(part.index, part)]), settled: false }
    }

    /// The batch number alone does not tell: it is dice, and some programs leave it out.
    pub(super) fn place(&self, part: &MigrationPart) -> Place {
        if (self.batch, self.size) != (part.batch_id, part.size) {
            return Place::Elsewhere;
        }
        match self.parts.get(&part.index) {
            None => Place::Missing,
            Some(there) if there == part => Place::Taken,
            Some(_) => Place::Elsewhere,
        }
    }

    pub(super) fn add(&mut self, part: MigrationPart) {
        self.parts.insert(part.index, part);
        self.settled = false;
    }

    pub(super) fn found(&self) -> Found {
        MigrationPart::join(self.parts.values().cloned().collect())
    }

    pub(super) fn view(&self, id: usize) -> ExportPartsView {
        let missing: Vec<u32> =
            (0..self.size).filter(|index| !self.parts.contains_key(index)).map(|index| index + 1).collect();
        let sentence = match (missing.as_slice(), self.size) {
            ([], 1) => "The export of Google Authenticator is complete.".to_owned(),
            ([], size) => format!("All {size} parts of the export of Google Authenticator are here."),
            (missing, size) => format!(
                "{} of {size} parts of the export of Google Authenticator are here. Scan part {} next.",
                self.parts.len(),
                missing.first().copied().unwrap_or(1)
            ),
        };
        ExportPartsView {
            id,
            size: self.size,
            scanned: self.parts.keys().map(|index| index + 1).collect(),
            missing,
            entries: self.parts.values().map(|part| part.items.len()).sum(),
            sentence,
        }
    }
}
