//! The place of a question in its transaction, kept in the batch that puts the question.

use countersign_protocol::id::{ChallengeId, TenantId};
use countersign_protocol::wire::Outcome;
use uuid::Uuid;

use crate::engine::{Error, Language};
use crate::store::transactions::{hold_undecided, take_turn};
use crate::store::{Statement, StoreError};

/// That a question is a transaction's next one. It is put only if the transaction is open, its newest question is still
/// the one that was seen, and nobody has decided that one, all in the same batch; the one before ends with it. Where that
/// does not hold any more, asking says [`Error::NotPending`] and does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// The transaction.
    pub transaction: Uuid,
    /// Its newest question when it was looked at.
    pub seen: Option<ChallengeId>,
    /// Milliseconds since 1970, a whole second: the question ends then at the latest, however long policy would give the
    /// person.
    pub ends_by: i64,
    /// What the person's browser says that they read; none when no page asks.
    pub language: Option<Language>,
}

/// A batch in the making, of which some statements keep a question's turn.
#[derive(Debug)]
pub(in crate::engine) struct TurnInBatch {
    from: usize,
    to: usize,
}

impl TurnInBatch {
    /// What it means that a statement of the batch found nothing to change: an error when it was the turn that is over;
    /// otherwise somebody asked the same person, and it is worth another try.
    ///
    /// # Errors
    /// [`Error::NotPending`]; [`Error::Store`] for what has another reason.
    pub(in crate::engine) fn lost(&self, error: StoreError) -> Result<(), Error> {
        match error {
            StoreError::Unmet(nth) if (self.from..self.to).contains(&nth) => {
                Err(Error::NotPending(Outcome::Cancelled))
            }
            StoreError::Unmet(_) => Ok(()),
            error => Err(error.into()),
        }
    }
}

/// Takes the turn, if there is one to take, in this batch.
pub(in crate::engine) fn take(
    batch: &mut Vec<Statement>,
    turn: Option<Turn>,
    tenant: TenantId,
    question: ChallengeId,
    now: i64,
) -> TurnInBatch {
    let from = batch.len();
    if let Some(Turn { transaction, seen, language, .. }) = turn {
        batch.extend(seen.map(|seen| hold_undecided(tenant, seen)));
        let language = language.map(Language::as_str);
        batch.push(take_turn((tenant, transaction), seen, question, language, now));
    }
    TurnInBatch { from, to: batch.len() }
}

/// When a question ends that would end at `at`.
///
/// # Errors
/// [`Error::NotPending`]: its transaction is over.
pub(in crate::engine) fn ends(turn: Option<Turn>, at: i64, now: i64) -> Result<i64, Error> {
    let ends = turn.map_or(at, |turn| at.min(turn.ends_by));
    if ends > now { Ok(ends) } else { Err(Error::NotPending(Outcome::Expired)) }
}

/// What a question takes the place of: of those that wait, the ones that policy has no room for any more, and its
/// transaction's last one.
pub(in crate::engine) fn superseded(
    by_policy: &[ChallengeId],
    waiting: &[ChallengeId],
    turn: Option<Turn>,
) -> Vec<ChallengeId> {
    let last = turn.and_then(|turn| turn.seen).filter(|seen| waiting.contains(seen));
    let last = last.filter(|seen| !by_policy.contains(seen));
    by_policy.iter().copied().chain(last).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(seen: Option<u128>) -> Option<Turn> {
        let seen = seen.map(id);
        Some(Turn { transaction: Uuid::nil(), seen, ends_by: 60_000, language: None })
    }

    fn id(number: u128) -> ChallengeId {
        ChallengeId(Uuid::from_u128(number))
    }

    #[test]
    fn s2_a_question_never_outlives_its_transaction() {
        assert_eq!(ends(turn(None), 90_000, 0), Ok(60_000));
        assert_eq!(ends(turn(None), 30_000, 0), Ok(30_000));
        assert_eq!(ends(None, 90_000, 0), Ok(90_000));
        assert_eq!(ends(turn(None), 90_000, 60_000), Err(Error::NotPending(Outcome::Expired)));
    }

    #[test]
    fn the_last_question_goes_whatever_room_policy_leaves_and_goes_once() {
        let waiting = [id(1), id(2)];
        assert_eq!(superseded(&[], &waiting, turn(Some(2))), [id(2)]);
        assert_eq!(superseded(&waiting, &waiting, turn(Some(2))), waiting);
        assert_eq!(superseded(&[], &waiting, turn(Some(3))), [], "it had ended");
        assert_eq!(superseded(&[id(1)], &waiting, turn(None)), [id(1)]);
        assert_eq!(superseded(&[id(1)], &waiting, None), [id(1)]);
    }

    #[test]
    fn only_a_turn_that_is_over_ends_the_asking() {
        let mut batch = vec![hold_undecided(TenantId(Uuid::nil()), id(9))];
        let taken = take(&mut batch, turn(Some(1)), TenantId(Uuid::nil()), id(2), 0);
        assert_eq!(batch.len(), 3);
        assert_eq!(taken.lost(StoreError::Unmet(0)), Ok(()));
        for nth in [1, 2] {
            assert_eq!(taken.lost(StoreError::Unmet(nth)), Err(Error::NotPending(Outcome::Cancelled)));
        }
        assert_eq!(taken.lost(StoreError::Unmet(3)), Ok(()));
        assert_eq!(taken.lost(StoreError::Full), Err(Error::Store(StoreError::Full)));
    }
}
