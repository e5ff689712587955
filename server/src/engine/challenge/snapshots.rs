//! Challenges that were looked at a moment ago, so that a status poll of an unchanged one reads nothing; and how
//! often each is asked for.

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_protocol::id::ChallengeId;
use countersign_protocol::wire::Outcome;

use uuid::Uuid;

use crate::engine::is_fresh;
use crate::store::{ChallengeRow, State};
use crate::wake::REREAD;

/// Challenges in one generation; two are kept.
const GENERATION: usize = 8_192;
/// Polls of one challenge that may come at once; after that one a second (S39).
const BURST: i64 = 10;
/// Among how many counters the challenges are spread that another server has changed.
const SHARDS: usize = 256;

#[derive(Debug)]
struct Entry {
    row: Arc<ChallengeRow>,
    /// None: it has changed since, nobody here knows how.
    read_at: Option<i64>,
    /// When the polls so far are paid for, at one a second (the generic cell rate algorithm).
    paid_until: i64,
}

/// Taken before a challenge is read: what another server changes during the reading makes the reading worth nothing.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct Ticket(u64);

#[derive(Debug)]
struct Entries {
    /// Two generations: what is not asked for while the young one fills up is forgotten with the old one.
    young: HashMap<ChallengeId, Entry>,
    old: HashMap<ChallengeId, Entry>,
    /// How often something was changed elsewhere.
    changes: [u64; SHARDS],
}

impl Entries {
    fn changes(&mut self, id: Uuid) -> &mut u64 {
        let [.., last] = *id.as_bytes();
        #[expect(clippy::indexing_slicing, reason = "a byte is below 256")]
        &mut self.changes[usize::from(last)]
    }
}

/// See the head of the file.
#[derive(Debug)]
pub(in crate::engine) struct Snapshots {
    entries: Mutex<Entries>,
    /// Milliseconds that a reading is believed.
    believed: i64,
}

impl Default for Snapshots {
    fn default() -> Self {
        Self::new(REREAD)
    }
}

impl Snapshots {
    /// Snapshots that are believed for so long.
    pub(in crate::engine) fn new(believed: Duration) -> Self {
        let entries = Entries { young: HashMap::new(), old: HashMap::new(), changes: [0; SHARDS] };
        let believed = i64::try_from(believed.as_millis()).unwrap_or(i64::MAX);
        Self { entries: Mutex::new(entries), believed }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The challenge as it was seen a moment ago, or whenever it ended: an ended one never changes. To `waiting` eyes, which
    /// have seen it and look again, a moment is half as long.
    pub(in crate::engine) fn get(
        &self,
        id: ChallengeId,
        now: i64,
        waiting: bool,
    ) -> Option<Arc<ChallengeRow>> {
        let mut entries = self.lock();
        if let Some(entry) = entries.old.remove(&id) {
            entries.young.insert(id, entry);
        }
        let entry = entries.young.get(&id)?;
        let believed = if waiting { self.believed / 2 } else { self.believed };
        let young = entry.read_at.is_some_and(|read_at| is_fresh(read_at, now, believed));
        (young || has_ended(&entry.row)).then(|| Arc::clone(&entry.row))
    }

    /// To be taken before the challenge is read, and given back with what was read.
    pub(in crate::engine) fn ticket(&self, id: ChallengeId) -> Ticket {
        Ticket(*self.lock().changes(id.0))
    }

    /// Remembers a challenge as it was read at `now`. One that has ended is never replaced by a reading from before.
    pub(in crate::engine) fn put(&self, row: ChallengeRow, now: i64, ticket: Ticket) -> Arc<ChallengeRow> {
        let mut entries = self.lock();
        let id = row.id;
        let earlier = entries.old.remove(&id);
        let earlier = entries.young.remove(&id).or(earlier);
        let paid_until = earlier.as_ref().map_or(0, |e| e.paid_until);
        let ended = earlier.filter(|e| has_ended(&e.row)).map(|e| e.row);
        let row = ended.unwrap_or_else(|| Arc::new(row));
        if entries.young.len() >= GENERATION {
            entries.old = mem::take(&mut entries.young);
        }
        let read_at = (*entries.changes(id.0) == ticket.0).then_some(now);
        entries.young.insert(id, Entry { row: Arc::clone(&row), read_at, paid_until });
        row
    }

    /// Another server has changed the challenge: the next look reads it. How often it was asked for is still known.
    pub(in crate::engine) fn forget(&self, id: ChallengeId) {
        let mut entries = self.lock();
        *entries.changes(id.0) += 1;
        let Entries { young, old, .. } = &mut *entries;
        if let Some(entry) = young.get_mut(&id).or_else(|| old.get_mut(&id)) {
            entry.read_at = None;
        }
    }

    /// Other servers may have changed anything.
    pub(in crate::engine) fn forget_all(&self) {
        let mut entries = self.lock();
        entries.changes.iter_mut().for_each(|changes| *changes += 1);
        let Entries { young, old, .. } = &mut *entries;
        young.values_mut().chain(old.values_mut()).for_each(|entry| entry.read_at = None);
    }

    /// Changes a remembered challenge to how it ended. False when it is not remembered.
    pub(in crate::engine) fn end(
        &self,
        id: ChallengeId,
        outcome: Outcome,
        responded_at: Option<i64>,
        device_name: Option<String>,
    ) -> bool {
        let mut entries = self.lock();
        let Entries { young, old, .. } = &mut *entries;
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
    pub(in crate::engine) fn count_poll(&self, id: ChallengeId, now: i64) -> Result<(), u64> {
        let mut entries = self.lock();
        let Some(entry) = entries.young.get_mut(&id) else { return Ok(()) };
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

fn has_ended(row: &ChallengeRow) -> bool {
    row.state.at(i64::MIN) != Outcome::Pending
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_protocol::id::TenantId;

    fn row(id: u128, outcome: Outcome) -> ChallengeRow {
        ChallengeRow {
            tenant: TenantId(Uuid::nil()),
            id: ChallengeId(Uuid::from_u128(id)),
            application_id: Uuid::nil(),
            user_id: Uuid::nil(),
            user_ref: "sam".to_owned(),
            kind: "push".to_owned(),
            session_ref: None,
            state: State::new(outcome, 120_000),
            created_at: 0,
            responded_at: None,
            device_name: None,
        }
    }

    #[test]
    fn what_another_server_changes_is_read_again() {
        let snapshots = Snapshots::default();
        let (one, other) = (ChallengeId(Uuid::from_u128(1)), ChallengeId(Uuid::from_u128(2)));
        for id in [1, 2] {
            let pending = row(id, Outcome::Pending);
            snapshots.put(pending.clone(), 0, snapshots.ticket(pending.id));
        }
        snapshots.forget(one);
        assert!(snapshots.get(one, 1, false).is_none() && snapshots.get(other, 1, false).is_some());
        snapshots.forget_all();
        assert!(snapshots.get(other, 1, false).is_none());
    }

    #[test]
    fn a_reading_that_was_overtaken_is_not_believed() {
        let snapshots = Snapshots::default();
        let pending = row(1, Outcome::Pending);
        let id = pending.id;
        let ticket = snapshots.ticket(id);
        // While the row is being read, another server decides; the reading may be from before.
        snapshots.forget(id);
        snapshots.put(pending.clone(), 0, ticket);
        assert!(snapshots.get(id, 1, false).is_none());
        snapshots.put(row(1, Outcome::Denied), 1, snapshots.ticket(id));
        snapshots.forget(id);
        assert!(snapshots.get(id, i64::MAX, false).is_some(), "what has ended stays");
        snapshots.put(pending, 2, ticket);
        assert_eq!(snapshots.get(id, 2, false).unwrap().state.at(0), Outcome::Denied);
    }

    #[test]
    fn forgetting_does_not_forgive_polls() {
        let snapshots = Snapshots::default();
        let pending = row(1, Outcome::Pending);
        let id = pending.id;
        snapshots.put(pending.clone(), 0, snapshots.ticket(id));
        for _ in 0..BURST {
            assert_eq!(snapshots.count_poll(id, 0), Ok(()));
            snapshots.forget(id);
            snapshots.put(pending.clone(), 0, snapshots.ticket(id));
        }
        assert_eq!(snapshots.count_poll(id, 0), Err(1));
    }
}
