//! Ending a transaction without an answer.

use countersign_protocol::id::to_base32;
use countersign_protocol::wire::Outcome;

use super::{Standing, Transaction};
use crate::engine::{Engine, Error};
use crate::store::challenges::end;
use crate::store::transactions::{end_unanswered, hold_undecided};
use crate::store::{StoreError, TransactionRow};
use crate::wake::Topic;

/// How often it is begun anew when something happened at the same moment.
const ATTEMPTS: usize = 8;

/// Who ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The person, on the page.
    Cancelled,
    /// An access rule.
    Refused,
}

impl Ending {
    fn word(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Refused => "refused",
        }
    }

    fn event(self) -> &'static str {
        match self {
            Self::Cancelled => "transaction.cancelled",
            Self::Refused => "transaction.refused",
        }
    }
}

impl Engine {
    /// Ends it at the person's wish, with the question that waits. Once more is no error.
    ///
    /// # Errors
    /// [`Error::NotPending`] when it has ended otherwise.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn cancel_transaction(&self, transaction: &Transaction) -> Result<(), Error> {
        self.end_transaction(transaction, Ending::Cancelled).await
    }

    pub(super) async fn end_transaction(
        &self,
        transaction: &Transaction,
        ending: Ending,
    ) -> Result<(), Error> {
        for _ in 0..ATTEMPTS {
            let row = self.row_of(transaction).await?;
            if row.state == ending.word() {
                return Ok(());
            }
            let standing = Standing::of(&row, self.now())?;
            if let Some(over) = standing.over() {
                return Err(over);
            }
            if self.end_once(transaction, &row, standing, ending).await? {
                return Ok(());
            }
        }
        Err(Error::TooFast { retry_after: 1 })
    }

    /// False when something happened since the row was read; nothing was done then.
    async fn end_once(
        &self,
        transaction: &Transaction,
        row: &TransactionRow,
        standing: Standing,
        ending: Ending,
    ) -> Result<bool, Error> {
        let (tenant, now) = (transaction.tenant, self.now());
        let question = row.question.as_ref().map(|question| question.id);
        let waiting = question.filter(|_| matches!(standing, Standing::Waiting { .. }));
        let actor = transaction.caller.actor();
        let mut batch = Vec::new();
        if let Some(waiting) = waiting {
            batch.push(end(tenant, waiting, Outcome::Cancelled, now));
            batch.push(self.event(tenant, "challenge.cancelled", &actor, &waiting)?);
        } else {
            batch.extend(question.map(|question| hold_undecided(tenant, question)));
        }
        batch.push(end_unanswered((tenant, row.id), question, ending.word(), now));
        batch.push(self.event(tenant, ending.event(), &actor, &to_base32(row.id))?);
        match self.store.write(batch).await {
            Err(StoreError::Unmet(_)) => return Ok(false),
            result => result?,
        }
        if let Some(waiting) = waiting {
            self.wake.wake(Topic::Inbox(row.user.id));
            self.ended(tenant, waiting, Outcome::Cancelled, None, None).await?;
        }
        self.wake.wake(Topic::Transaction(row.id));
        Ok(true)
    }
}
