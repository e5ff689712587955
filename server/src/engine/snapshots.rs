//! Challenges that were looked at a moment ago, so that a status poll of an unchanged one reads nothing; and how
//! often each is asked for.

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_protocol::id::ChallengeId;
use countersign_protocol::wire::Outcome;

use super::is_fresh;
use crate::store::{ChallengeRow, State};
use crate::wake::REREAD;

/// Challenges in one generation; two are kept.
const GENERATION: usize = 8_192;
/// Polls of one challenge that may come at once; after that one a second (S39).
const BURST: i64 = 10;

#[derive(Debug)]
struct Entry {
    row: Arc<ChallengeRow>,
    read_at: i64,
    /// When the polls so far are paid for, at one a second (the generic cell rate algorithm).
    paid_until: i64,
}

/// Two generations: what is not asked for while the young one fills up is forgotten with the old one.
#[derive(Debug, Default)]
pub(super) struct Snapshots {
    entries: Mutex<(HashMap<ChallengeId, Entry>, HashMap<ChallengeId, Entry>)>,
}

impl Snapshots {
    /// The challenge as it was seen at most [`REREAD`] ago, or whenever it ended: an ended one never changes.
    pub(super) fn get(&self, id: ChallengeId, now: i64) -> Option<Arc<ChallengeRow>> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = entries.1.remove(&id) {
            entries.0.insert(id, entry);
        }
        let entry = entries.0.get(&id)?;
        let lifetime = i64::try_from(REREAD.as_millis()).unwrap_or(0);
        let young = is_fresh(entry.read_at, now, lifetime);
        (young || entry.row.state.at(i64::MIN) != Outcome::Pending).then(|| Arc::clone(&entry.row))
    }

    /// Remembers a challenge as it was read at `now`. One that has ended is never replaced by a reading from before.
    pub(super) fn put(&self, row: ChallengeRow, now: i64) -> Arc<ChallengeRow> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let id = row.id;
        let earlier = entries.1.remove(&id);
        let earlier = entries.0.remove(&id).or(earlier);
        let paid_until = earlier.as_ref().map_or(0, |e| e.paid_until);
        let ended = earlier.filter(|e| e.row.state.at(i64::MIN) != Outcome::Pending).map(|e| e.row);
        let row = ended.unwrap_or_else(|| Arc::new(row));
        if entries.0.len() >= GENERATION {
            entries.1 = mem::take(&mut entries.0);
        }
        entries.0.insert(id, Entry { row: Arc::clone(&row), read_at: now, paid_until });
        row
    }

    /// Changes a remembered challenge to how it ended. False when it is not remembered.
    pub(super) fn end(
        &self,
        id: ChallengeId,
        outcome: Outcome,
        responded_at: Option<i64>,
        device_name: Option<String>,
    ) -> bool {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let (young, old) = &mut *entries;
        let Some(entry) = young.get_mut(&id).or_else(|| old.get_mut(&id)) else { return false };
        let mut row = ChallengeRow::clone(&entry.row);
        row.state = State::new(outcome, row.state.expires_at);
        row.responded_at = responded_at;
        row.device_name = device_name;
        entry.row = Arc::new(row);
        true
    }

    /// Counts one poll.
    ///
    /// # Errors
    /// The whole seconds to wait when there were too many.
    pub(super) fn count_poll(&self, id: ChallengeId, now: i64) -> Result<(), u64> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = entries.0.get_mut(&id) else { return Ok(()) };
        // Never further ahead than a burst, also when the clock was set back.
        entry.paid_until = entry.paid_until.clamp(now, now + BURST * 1_000);
        let paid_until = entry.paid_until + 1_000;
        if paid_until - now > BURST * 1_000 {
            let wait = (paid_until - now - BURST * 1_000 + 999) / 1_000;
            return Err(u64::try_from(wait).unwrap_or(1).max(1));
        }
        entry.paid_until = paid_until;
        Ok(())
    }
}
