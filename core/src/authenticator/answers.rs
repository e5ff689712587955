//! The person's decision: found, signed, sent, recorded.

use std::time::Duration;

use countersign_protocol::answer::Decision;
use countersign_protocol::id::ChallengeId;
use countersign_protocol::wire::Outcome;

use super::records::AnswerRecord;
use super::views::shown;
use super::{Authenticator, AuthenticatorError};
use crate::approve::{Account, AnswerResult, Pending, Submission, Taken, ToAnswer, typed_number};

/// How long to wait between two looks whether a code was typed.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

impl Authenticator {
    /// Yes, it is me. `number` is what the login screen shows, when the request asks for one to be typed or picked. The
    /// key store asks the person for their verification when the request demands it.
    ///
    /// [`AnswerResult::Code`] is a code to show to the person, who types it into the login page; what comes of it is told
    /// by [`Authenticator::after_code`].
    ///
    /// # Errors
    /// [`AuthenticatorError`]. A number of the wrong form is found here and sends nothing. After an error of the
    /// network the answer may or may not have arrived; calling again sends the very same one.
    pub async fn approve(
        &self,
        id: ChallengeId,
        number: Option<&str>,
    ) -> Result<AnswerResult, AuthenticatorError> {
        self.answer(id, Decision::Approve, number).await
    }

    /// No.
    ///
    /// # Errors
    /// As [`Authenticator::approve`].
    pub async fn deny(&self, id: ChallengeId) -> Result<AnswerResult, AuthenticatorError> {
        self.answer(id, Decision::Deny, None).await
    }

    /// No, and it was not me who asked: the organisation is told.
    ///
    /// # Errors
    /// As [`Authenticator::approve`].
    pub async fn report(&self, id: ChallengeId) -> Result<AnswerResult, AuthenticatorError> {
        self.answer(id, Decision::Report, None).await
    }

    async fn answer(
        &self,
        id: ChallengeId,
        decision: Decision,
        number: Option<&str>,
    ) -> Result<AnswerResult, AuthenticatorError> {
        let pending = match self.pending(id).await {
            Err(AuthenticatorError::UnknownChallenge) => return self.answered_before(id, decision),
            pending => pending?,
        };
        let account = self.inner.account(&pending.account)?;
        let submission = self.submission(&account, &pending, decision, number).await?;
        // An answer that is on its way is seen through, also when the caller stops listening: it has its effect anyway.
        let this = self.clone();
        let sent = tokio::spawn(async move { this.submit(&account, &pending, &submission).await });
        sent.await.map_err(|_| AuthenticatorError::Stopped)?
    }

    pub(super) async fn pending(&self, id: ChallengeId) -> Result<Pending, AuthenticatorError> {
        if let Some(pending) = self.inner.memory().waiting(id)? {
            return Ok(pending.clone());
        }
        // Approved, and the code not typed yet: it can still be refused, and approving it again shows the same code.
        if let Some((pending, _)) = self.inner.memory().shown(id)? {
            return Ok(pending.clone());
        }
        let reports = self.reports(0).await?;
        if let Some(pending) = self.inner.memory().waiting(id)? {
            return Ok(pending.clone());
        }
        // It may wait at the server that could not be asked.
        let error = reports.into_iter().find_map(|(_, reading)| reading.err());
        Err(error.unwrap_or(AuthenticatorError::UnknownChallenge))
    }

    /// The same answer once more, after its reply was lost and the end was heard otherwise: doing it twice is doing it once.
    /// Whether a denial was a report is not heard, so that is not claimed.
    fn answered_before(
        &self,
        id: ChallengeId,
        decision: Decision,
    ) -> Result<AnswerResult, AuthenticatorError> {
        match (decision, self.inner.memory().answered_here(id)?) {
            (Decision::Approve, Some(outcome @ Outcome::Approved))
            | (Decision::Deny, Some(outcome @ Outcome::Denied)) => Ok(AnswerResult::Done(outcome)),
            _ => Err(AuthenticatorError::UnknownChallenge),
        }
    }

    /// The signed answer: the one that may not have arrived last time, or a new one.
    async fn submission(
        &self,
        account: &Account,
        pending: &Pending,
        decision: Decision,
        number: Option<&str>,
    ) -> Result<Submission, AuthenticatorError> {
        let question = (account.id.clone(), pending.challenge.jti);
        let number = match decision {
            Decision::Approve => typed_number(pending.digits(), pending.options(), number)?,
            Decision::Deny | Decision::Report => None,
        };
        if let Some((typed, unsent)) = self.inner.memory().unsent.get(&question)
            && *typed == number
            && unsent.decision() == decision
            && unsent.challenge() == pending.jws
        {
            return Ok(unsent.clone());
        }
        if let Some((_, shown)) = self.inner.memory().shown.get(&question)
            && shown.decision() == decision
            && shown.challenge() == pending.jws
        {
            return Ok(shown.clone());
        }
        let random = self.inner.random()?;
        let answer = ToAnswer::new(account, pending, decision, number.as_deref(), &random)?;
        let context = shown(&pending.challenge.app.name);
        let submission = self.inner.client.sign_answer(account, answer, &context).await?;
        self.inner.remembering(|memory| memory.unsent.insert(question, (number, submission.clone())))?;
        Ok(submission)
    }

    /// What came of an approval whose code was shown: [`AnswerResult::Code`] while it was not typed yet. Asks the server
    /// once; [`Authenticator::follow_code`] waits.
    ///
    /// # Errors
    /// [`AuthenticatorError::UnknownChallenge`] for a request whose code was not shown since the vault was opened, or
    /// whose end is known; otherwise as [`Authenticator::approve`].
    pub async fn after_code(&self, id: ChallengeId) -> Result<AnswerResult, AuthenticatorError> {
        let shown = self.inner.memory().shown(id)?.cloned();
        let (pending, submission) = shown.ok_or(AuthenticatorError::UnknownChallenge)?;
        let account = self.inner.account(&pending.account)?;
        let this = self.clone();
        let sent = tokio::spawn(async move { this.submit(&account, &pending, &submission).await });
        sent.await.map_err(|_| AuthenticatorError::Stopped)?
    }

    /// Waits until the code of an approval was typed, or its time is over, asking every two seconds. May be dropped.
    ///
    /// # Errors
    /// As [`Authenticator::after_code`].
    pub async fn follow_code(&self, id: ChallengeId) -> Result<AnswerResult, AuthenticatorError> {
        loop {
            match self.after_code(id).await? {
                AnswerResult::Code(_) => tokio::time::sleep(BETWEEN_LOOKS).await,
                result => return Ok(result),
            }
        }
    }

    async fn submit(
        &self,
        account: &Account,
        pending: &Pending,
        submission: &Submission,
    ) -> Result<AnswerResult, AuthenticatorError> {
        let reply = self.inner.client.client().send(&submission.request()).await?;
        let Taken { result, receipt } = submission.take(&reply)?;
        let id = pending.challenge.jti;
        let question = (account.id.clone(), id);
        let remembered = self.inner.remembering(|memory| {
            memory.unsent.remove(&question);
            if matches!(result, AnswerResult::Code(_)) {
                memory.shown.insert(question, (pending.clone(), submission.clone()));
                memory.pending.retain(|waiting| waiting.jws != pending.jws);
            } else {
                memory.shown.remove(&question);
                if let Some(end) = self.end_by(&result, account, pending) {
                    memory.end(end);
                }
            }
        });
        // A decision that the server took is told, locked or not; a code is not shown any more.
        if matches!(result, AnswerResult::Code(_)) {
            remembered?;
        }
        let (AnswerResult::Done(outcome), Some(receipt)) = (&result, receipt) else { return Ok(result) };
        let outcome = *outcome;
        let now = i64::try_from(self.inner.clock.unix_seconds()).unwrap_or(i64::MAX);
        let record = AnswerRecord {
            id,
            account: account.id.clone(),
            tenant: account.tenant_name.clone(),
            application: pending.challenge.app.name.clone(),
            message: pending.challenge.message.clone(),
            decision: submission.decision(),
            outcome,
            answered_at: u64::try_from(now.saturating_add(account.clock_offset)).unwrap_or(0),
            receipt,
        };
        let recorded = self.inner.blocking(move |inner| inner.record_answer(&record)).await;
        recorded.map_err(|source| AuthenticatorError::NotRecorded { outcome, source: Box::new(source) })?;
        Ok(result)
    }
}
