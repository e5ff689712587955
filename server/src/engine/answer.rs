//! Answering: a device says what its person decided. First valid answer wins, on any node, after any crash.

use std::net::IpAddr;

use countersign_protocol::answer::{self, Answer, Decision as Choice, Proof};
use countersign_protocol::challenge::Challenge;
use countersign_protocol::id::ChallengeId;
use countersign_protocol::jws::{self, Purpose};
use countersign_protocol::number;
use countersign_protocol::verdict::Verdict;
use countersign_protocol::wire::Outcome;

use super::ask::{device_keys, number_place};
use super::audit::By;
use super::{Engine, Error};
use crate::store::challenges::end;
use crate::store::{AnswerableRow, Decision, Statement, StoreError};
use crate::wake::Topic;

/// An answer that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// How the challenge ended.
    pub outcome: Outcome,
    /// The `cs-verdict+jwt`.
    pub verdict: String,
}

impl Engine {
    /// Takes a signed answer from the machine at `address`. The same bytes again get the same reply, so a phone that lost it can ask once more.
    ///
    /// # Errors
    /// [`Error::ChallengeNotFound`], [`Error::Answer`], [`Error::WrongNumber`], [`Error::NotPending`], [`Error::Store`].
    pub async fn answer(
        &self,
        id: ChallengeId,
        compact: &str,
        address: Option<IpAddr>,
    ) -> Result<Answered, Error> {
        // Unproved until `verify` below: it only says whose keys to load.
        let claimed = jws::peek::<Answer>(compact, Purpose::Answer).map_err(answer::AnswerError::from)?;
        let device = claimed.peek().iss;
        let row = self.store.answerable(device, id).await?.ok_or(Error::ChallengeNotFound)?;
        let challenge = jws::peek::<Challenge>(&row.challenge_jws, Purpose::Challenge)
            .map_err(|_| Error::Damaged("challenge"))?;
        let keys = device_keys(&row.device)?;
        let (answer, proof) = answer::verify(compact, &row.challenge_jws, challenge.peek(), &keys)?;
        if let Some(reply) = self.earlier_reply(&row, &answer, compact) {
            return reply;
        }
        let outcome = self.outcome_of(&row, &answer)?;
        let (now, verdict) = self.verdict(&row, challenge.peek(), compact, outcome).await?;
        let decision = Decision {
            device,
            challenge: id,
            outcome,
            proof: if proof == Proof::Verification { "verification" } else { "possession" },
            answer: compact,
            verdict: &verdict,
            now,
            address,
        };
        let others =
            if answer.decision == Choice::Report { self.others(&row, id).await? } else { Vec::new() };
        match self.store.write(self.batch(&decision, &row, &answer, &others)?).await {
            Ok(()) => self.announce(&decision, &row, &others).await?,
            Err(StoreError::Unmet(0)) => return self.lost_the_race(&decision, &answer).await,
            Err(error) => return Err(error.into()),
        }
        reply(&answer, outcome, verdict)
    }

    /// The server's signature over what it is about to write down, by the key that signed the question.
    async fn verdict(
        &self,
        row: &AnswerableRow,
        challenge: &Challenge,
        compact: &str,
        outcome: Outcome,
    ) -> Result<(i64, String), Error> {
        let asked_by = jws::named_key(&row.challenge_jws, Purpose::Challenge)
            .map_err(|_| Error::Damaged("challenge"))?;
        let keys = self.keys_with(challenge.aud.tenant, asked_by.as_str()).await?;
        let now = self.now();
        // A node whose clock is behind the one that asked must not seem to answer before the question.
        let at = u64::try_from(now / 1000).unwrap_or(0).max(challenge.iat);
        let verdict = Verdict::of(challenge, compact, outcome, at);
        Ok((now, keys.sign_as(&asked_by, Purpose::Verdict, &verdict)?))
    }

    /// What there is to say without deciding anything: it has been decided, or its time is over.
    fn earlier_reply(
        &self,
        row: &AnswerableRow,
        answer: &Answer,
        compact: &str,
    ) -> Option<Result<Answered, Error>> {
        match (row.state.at(self.now()), &row.answer) {
            (Outcome::Pending, _) => None,
            (outcome, Some((taken, verdict))) if taken == compact => {
                Some(reply(answer, outcome, verdict.clone()))
            }
            (outcome, _) => Some(Err(Error::NotPending(outcome))),
        }
    }

    /// How the answer ends the challenge.
    fn outcome_of(&self, row: &AnswerableRow, answer: &Answer) -> Result<Outcome, Error> {
        let place = number_place(answer.iss.tenant, answer.cid);
        let expected = row.number.as_deref().map(|sealed| self.master.open(place, sealed)).transpose()?;
        outcome(answer.decision, expected.as_deref().map(Vec::as_slice), answer.number.as_deref())
    }

    fn batch(
        &self,
        decision: &Decision<'_>,
        row: &AnswerableRow,
        answer: &Answer,
        others: &[ChallengeId],
    ) -> Result<Vec<Statement>, Error> {
        let tenant = decision.device.tenant;
        let name = match (answer.decision, decision.outcome) {
            (Choice::Report, _) => "challenge.reported",
            (Choice::Approve, Outcome::Approved) => "challenge.approved",
            (Choice::Approve, _) => "challenge.wrong_number",
            (Choice::Deny, _) => "challenge.denied",
        };
        let actor = By(decision.device, decision.address);
        let event = self.event_with(tenant, name, &actor, &decision.challenge, decision.proof)?;
        let mut batch = vec![decision.decide(), row.device.seen(decision.now), event];
        for other in others {
            // One that somebody answered meanwhile stays as it is.
            batch.push(Statement {
                expect: crate::store::Expect::Any,
                ..end(tenant, *other, Outcome::Denied, decision.now)
            });
        }
        Ok(batch)
    }

    /// The user's other pending challenges: a report ends them all.
    async fn others(&self, row: &AnswerableRow, id: ChallengeId) -> Result<Vec<ChallengeId>, Error> {
        let now = self.now();
        let (tenant, user) = (row.device.id.tenant, row.device.user_id);
        let mut ids = self.store.pending_of_user(tenant, user, Self::oldest_pending(now), now).await?;
        ids.retain(|other| *other != id);
        Ok(ids)
    }

    async fn announce(
        &self,
        decision: &Decision<'_>,
        row: &AnswerableRow,
        others: &[ChallengeId],
    ) -> Result<(), Error> {
        let (tenant, name) = (decision.device.tenant, row.device.device_name.clone());
        self.ended(tenant, decision.challenge, decision.outcome, Some(decision.now), name).await?;
        for other in others {
            self.look_again(tenant, *other).await?;
        }
        self.wake.wake(Topic::Inbox(row.device.user_id));
        Ok(())
    }

    /// Somebody was faster, it was too late, or the device was removed a moment ago.
    async fn lost_the_race(&self, decision: &Decision<'_>, answer: &Answer) -> Result<Answered, Error> {
        let row = self.store.answerable(decision.device, decision.challenge).await?;
        let row = row.ok_or(Error::DeviceUnknown)?;
        self.earlier_reply(&row, answer, decision.answer).unwrap_or(Err(Error::DeviceUnknown))
    }
}

/// Approve with the right number, or without one where none was asked, approves; everything else denies. `verify` has
/// seen that a number was typed exactly when the **signed** challenge asks for one; a row that says otherwise was changed
/// behind our back, and decides nothing.
fn outcome(decision: Choice, expected: Option<&[u8]>, typed: Option<&str>) -> Result<Outcome, Error> {
    match (decision, expected, typed) {
        (Choice::Deny | Choice::Report, _, _) => Ok(Outcome::Denied),
        (Choice::Approve, None, None) => Ok(Outcome::Approved),
        (Choice::Approve, Some(expected), Some(typed)) => {
            let expected = std::str::from_utf8(expected).map_err(|_| Error::Damaged("number"))?;
            Ok(if number::matches(expected, typed) { Outcome::Approved } else { Outcome::Denied })
        }
        (Choice::Approve, _, _) => Err(Error::Damaged("number")),
    }
}

/// A wrong number is told as such: the person should know that the request has ended because of it.
fn reply(answer: &Answer, outcome: Outcome, verdict: String) -> Result<Answered, Error> {
    match (answer.decision, outcome) {
        (Choice::Approve, Outcome::Denied) => Err(Error::WrongNumber),
        _ => Ok(Answered { outcome, verdict }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn property_9_a_number_that_was_deleted_from_the_database_approves_nothing() {
        let damaged = Err(Error::Damaged("number"));
        assert_eq!(outcome(Choice::Approve, None, Some("42")), damaged);
        assert_eq!(outcome(Choice::Approve, Some(b"42"), None), damaged);
        assert_eq!(outcome(Choice::Approve, Some(b"\xff2"), Some("42")), damaged);
        assert_eq!(outcome(Choice::Approve, Some(b"42"), Some("42")), Ok(Outcome::Approved));
        assert_eq!(outcome(Choice::Approve, Some(b"42"), Some("24")), Ok(Outcome::Denied));
        assert_eq!(outcome(Choice::Approve, None, None), Ok(Outcome::Approved));
        for decision in [Choice::Deny, Choice::Report] {
            assert_eq!(outcome(decision, Some(b"42"), None), Ok(Outcome::Denied));
        }
    }
}
