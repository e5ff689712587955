//! Answering: a device says what its person decided. First valid answer wins, on any node, after any crash.

use std::net::IpAddr;

use countersign_protocol::answer::{self, Answer, Decision as Choice, Proof};
use countersign_protocol::challenge::{Challenge, NumberMatch};
use countersign_protocol::id::ChallengeId;
use countersign_protocol::jws::{self, Purpose};
use countersign_protocol::number;
use countersign_protocol::verdict::Verdict;
use countersign_protocol::wire::Outcome;
use zeroize::Zeroizing;

use crate::engine::audit::By;
use crate::engine::challenge::ask::{device_keys, number_place};
use crate::engine::{Engine, Error};
use crate::store::{AnswerableRow, Decision, Statement, StoreError, devices};
use crate::wake::Topic;

/// What became of an answer that was taken.
#[derive(Clone, PartialEq, Eq)]
pub enum Answered {
    /// It ended the challenge.
    Decided {
        /// How.
        outcome: Outcome,
        /// The `cs-verdict+jwt`.
        verdict: String,
    },
    /// It approved, and counts once this code was typed into the login page.
    Code(String),
}

impl std::fmt::Debug for Answered {
    /// Without the code, which lets somebody in until it was typed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Decided { outcome, .. } => f.debug_tuple("Decided").field(outcome).finish(),
            Self::Code(_) => f.write_str("Code(…)"),
        }
    }
}

impl Engine {
    /// Takes a signed answer from the machine at `address`. The same bytes again get the same reply, so a phone that lost
    /// it can ask once more.
    ///
    /// # Errors
    /// [`Error::ChallengeNotFound`], [`Error::Answer`], [`Error::WrongNumber`], [`Error::NotPending`], [`Error::Store`].
    #[tracing::instrument(level = "debug", skip_all)]
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
        let challenge = challenge.peek();
        // What lies in this device's row for this question is this question: rows that were exchanged behind our back
        // must not let an answer to one count for another.
        if (challenge.jti, challenge.aud) != (id, device) {
            return Err(Error::Damaged("challenge"));
        }
        let keys = device_keys(&row.device)?;
        let (answer, proof) = answer::verify(compact, &row.challenge_jws, challenge, &keys)?;
        if let Some(reply) = self.earlier_reply(&row, &answer, compact) {
            return reply;
        }
        let outcome = self.outcome_of(&row, challenge.number, &answer)?;
        let now = self.now();
        let verdict = match outcome {
            Outcome::Pending => None,
            _ => Some(self.verdict(&row.challenge_jws, challenge, compact, (outcome, now)).await?),
        };
        let decision = Decision {
            device,
            challenge: id,
            outcome,
            proof: if proof == Proof::Verification { "verification" } else { "possession" },
            answer: compact,
            verdict: verdict.as_deref(),
            now,
            address,
        };
        let actor = By(device, address);
        let consequences = self.consequences(&row, id, answer.decision, outcome, (&actor, now)).await?;
        match self.store.write(self.batch(&decision, &row, &answer, consequences.statements)?).await {
            Ok(()) => self.announce(&decision, &row, &consequences.others).await?,
            Err(StoreError::Unmet(0 | 1)) => return self.lost_the_race(&decision, &answer).await,
            Err(error) => return Err(error.into()),
        }
        match verdict {
            Some(verdict) => reply(&answer, outcome, verdict),
            None => self.code_of(&row, &answer),
        }
    }

    /// The server's signature over what it is about to write down, by the key that signed the question. `now` is the
    /// moment by which the write is guarded: read again, it could lie behind the question's end, and a verdict that is
    /// dated so proves nothing.
    pub(in crate::engine) async fn verdict(
        &self,
        challenge_jws: &str,
        challenge: &Challenge,
        compact: &str,
        (outcome, now): (Outcome, i64),
    ) -> Result<String, Error> {
        let asked_by =
            jws::named_key(challenge_jws, Purpose::Challenge).map_err(|_| Error::Damaged("challenge"))?;
        let keys = self.keys_with(challenge.aud.tenant, asked_by.as_str()).await?;
        // A node whose clock is behind the one that asked must not seem to answer before the question.
        let at = u64::try_from(now / 1000).unwrap_or(0).max(challenge.iat);
        keys.sign_as(&asked_by, Purpose::Verdict, &Verdict::of(challenge, compact, outcome, at))
    }

    /// What there is to say without deciding anything: it has been decided, or its time is over.
    fn earlier_reply(
        &self,
        row: &AnswerableRow,
        answer: &Answer,
        compact: &str,
    ) -> Option<Result<Answered, Error>> {
        let same = row.answer.as_deref() == Some(compact);
        match (row.state.at(self.now()), &row.answer, &row.verdict) {
            (Outcome::Pending, None, _) => None,
            (Outcome::Pending, Some(_), _) if same => Some(self.code_of(row, answer)),
            // Approved on a phone, and the code was not typed yet: nobody approves it twice, but it can be refused.
            (Outcome::Pending, Some(_), _) if answer.decision == Choice::Approve => {
                Some(Err(Error::NotPending(Outcome::Pending)))
            }
            (Outcome::Pending, Some(_), _) => None,
            (outcome, _, Some(verdict)) if same => Some(reply(answer, outcome, verdict.clone())),
            (outcome, ..) => Some(Err(Error::NotPending(outcome))),
        }
    }

    /// How the answer ends the challenge; pending when a code has to be typed first.
    fn outcome_of(&self, row: &AnswerableRow, asked: NumberMatch, answer: &Answer) -> Result<Outcome, Error> {
        let expected = self.opened(row, answer)?;
        let expected = expected.as_deref().map(Vec::as_slice);
        if answer.decision == Choice::Approve && matches!(asked, NumberMatch::Show { .. }) {
            return expected.map(|_| Outcome::Pending).ok_or(Error::Damaged("number"));
        }
        outcome(answer.decision, expected, answer.number.as_deref())
    }

    fn opened(&self, row: &AnswerableRow, answer: &Answer) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let place = number_place(answer.iss.tenant, answer.cid);
        Ok(row.number.as_deref().map(|sealed| self.master.open(place, sealed)).transpose()?)
    }

    /// The code that the phone shows after an approval.
    fn code_of(&self, row: &AnswerableRow, answer: &Answer) -> Result<Answered, Error> {
        let code = self.opened(row, answer)?.ok_or(Error::Damaged("number"))?;
        let code = std::str::from_utf8(&code).map_err(|_| Error::Damaged("number"))?;
        Ok(Answered::Code(code.to_owned()))
    }

    fn batch(
        &self,
        decision: &Decision<'_>,
        row: &AnswerableRow,
        answer: &Answer,
        consequences: Vec<Statement>,
    ) -> Result<Vec<Statement>, Error> {
        let name = match (answer.decision, decision.outcome) {
            (Choice::Report, _) => "challenge.reported",
            (Choice::Approve, Outcome::Approved) => "challenge.approved",
            (Choice::Approve, Outcome::Pending) => "challenge.answered",
            (Choice::Approve, _) => "challenge.wrong_number",
            (Choice::Deny, _) => "challenge.denied",
        };
        let (tenant, now) = (decision.device.tenant, decision.now);
        let actor = By(decision.device, decision.address);
        let event = self.event_with(tenant, name, &actor, &decision.challenge, decision.proof)?;
        let mut batch = vec![devices::hold(decision.device, now), decision.decide(), event];
        if decision.outcome != Outcome::Pending {
            batch.extend(self.tell(tenant, decision.challenge, decision.outcome, &row.told, now)?);
        }
        batch.extend(consequences);
        Ok(batch)
    }

    async fn announce(
        &self,
        decision: &Decision<'_>,
        row: &AnswerableRow,
        others: &[ChallengeId],
    ) -> Result<(), Error> {
        // Another question's webhook was told too, then.
        if !row.told.webhooks.is_empty() || !others.is_empty() {
            self.outbox_changed();
        }
        let (tenant, name) = (decision.device.tenant, row.device.device_name.clone());
        if decision.outcome != Outcome::Pending {
            self.ended(tenant, decision.challenge, decision.outcome, Some(decision.now), name).await?;
        }
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
        _ => Ok(Answered::Decided { outcome, verdict }),
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
