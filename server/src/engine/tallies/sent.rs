//! Counting messages. The audit log tells of few of them, so what the outbox has settled is counted: each minute, up to a
//! minute ago, from where the last count ended.

use super::{HOUR, kind};
use crate::engine::{Engine, Error};
use crate::store::tallies::{ALL_OF_IT, add};
use crate::store::{StoreError, TallyMark};

/// Milliseconds after which whatever was settled can be seen: batches take seconds at most, and clocks of nodes differ by
/// less.
const LAG: i64 = 60_000;
/// Milliseconds that are counted at once.
const ROUND: i64 = 24 * HOUR;
/// When counting begins, messages are counted that were settled in the week before: those are still there.
const BACK: i64 = 7 * 24 * HOUR;

impl Engine {
    /// Counts messages that were settled since the last time. True when there may be more.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn tally_sent(&self) -> Result<bool, Error> {
        let now = self.now();
        let Some(mark) = self.store.tally_mark().await? else {
            let mark = TallyMark { began_at: now, sent_until: now - BACK };
            return taken(self.store.write(vec![mark.insert()]).await);
        };
        let until = now - LAG;
        let Some(next) = self.store.next_settled(mark.sent_until).await?.filter(|next| *next <= until) else {
            return Ok(false);
        };
        let to = until.min(next.saturating_add(ROUND));
        let mut batch = vec![mark.advance(to)];
        for row in self.store.settled_between(mark.sent_until, to).await? {
            let Some((_, sent, lost)) = kind::SENT.iter().find(|(carrier, ..)| *carrier == row.kind) else {
                continue;
            };
            let word = if row.state == "done" { sent } else { lost };
            batch.push(add(row.tenant, ALL_OF_IT, row.hour, word, row.count));
        }
        taken(self.store.write(batch).await)
    }
}

/// Another node may have been faster; it goes on from there.
fn taken(result: Result<(), StoreError>) -> Result<bool, Error> {
    match result {
        Ok(()) => Ok(true),
        Err(StoreError::Unmet(_) | StoreError::Duplicate) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
