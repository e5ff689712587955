//! Taking a code. Each try is one guarded batch, so tries at the same moment are judged one by one: no more are judged than
//! the limits allow, and of several right ones one passes.

use countersign_protocol::id::ChallengeId;
use countersign_protocol::number::Digits;
use countersign_protocol::wire::Outcome;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{ATTEMPTS, GUESSES};
use crate::engine::factor::{Judged, Word};
use crate::engine::policy::Factor;
use crate::engine::{Caller, Engine, Error};
use crate::store::{CodeChallengeRow, Counted, FactorRow, Statement, StoreError, UserRow};

impl Engine {
    /// Takes the code that was typed into the login page, of a challenge of whatever kind. Returns how the challenge has
    /// ended: approved.
    ///
    /// # Errors
    /// [`Error::ChallengeNotFound`], [`Error::NotPending`], [`Error::Locked`]; [`Error::Invalid`] for what cannot be a
    /// code, which is not counted; [`Error::WrongTypedCode`], which is; for a push as [`Engine::confirm`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn answer_code(&self, caller: &Caller, id: ChallengeId, code: &str) -> Result<Outcome, Error> {
        let tenant = caller.application.tenant;
        let code: Zeroizing<String> = Zeroizing::new(code.split_whitespace().collect());
        for _ in 0..ATTEMPTS {
            let row = self.store.code_challenge(tenant, id).await?.ok_or(Error::ChallengeNotFound)?;
            let kind = Factor::from_word(&row.kind).ok_or(Error::Damaged("kind of challenge"))?;
            if kind == Factor::Push {
                return self.confirm(caller, id, &code).await;
            }
            self.still_pending(&row)?;
            if row.locked {
                return Err(Error::Locked(kind.as_str()));
            }
            let factor = self.factor_asked(&row).await?;
            let judged = self.judge_challenge_code(caller, &row, &factor, kind, &code).await?;
            let outcome = if judged.right { Some(Outcome::Approved) } else { denied(&row) };
            let batch = self.judgement(caller, &row, kind, judged, outcome).await?;
            match self.store.write(batch.statements).await {
                // Another try was counted, another code was sent, or the factor was locked or used: look again.
                Err(StoreError::Unmet(_)) => {}
                Ok(()) if outcome == Some(Outcome::Approved) => {
                    self.code_ended(&row, Outcome::Approved).await?;
                    return Ok(Outcome::Approved);
                }
                Ok(()) => return Err(self.after_wrong_code(&row, &batch.others).await?),
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::TooFast { retry_after: 1 })
    }

    /// Takes the code that was sent to make a person's factor count.
    ///
    /// # Errors
    /// [`Error::NoCodeWaiting`]; otherwise as [`Engine::answer_code`].
    pub(in crate::engine) async fn confirm_sent(
        &self,
        caller: &Caller,
        user: &UserRow,
        factor: Uuid,
        code: &str,
    ) -> Result<(), Error> {
        let (since, now) = (Self::oldest_pending(self.now()), self.now());
        let waiting = self.store.binding_challenge(user, factor, since, now).await?;
        let id = waiting.ok_or(Error::NoCodeWaiting)?;
        self.answer_code(caller, id, code).await.map(|_| ())
    }

    /// That nobody has ended the challenge.
    pub(in crate::engine::challenge) fn still_pending(&self, row: &CodeChallengeRow) -> Result<(), Error> {
        match row.state.at(self.now()) {
            Outcome::Pending => Ok(()),
            outcome => Err(Error::NotPending(outcome)),
        }
    }

    /// The factor whose code a challenge asks for. One that was removed since answers nothing.
    pub(super) async fn factor_asked(&self, row: &CodeChallengeRow) -> Result<FactorRow, Error> {
        let factors = self.store.factors(row.user.tenant, row.user.id).await?;
        let found = factors.into_iter().find(|factor| Some(factor.id) == row.factor);
        found.filter(|factor| row.binds || factor.active_at.is_some()).ok_or(Error::NoFactor("such"))
    }

    /// That factors of this kind are not locked.
    pub(super) async fn not_locked(&self, row: &CodeChallengeRow, kind: Factor) -> Result<(), Error> {
        let counter = self.store.counter(counted(row, kind)).await?;
        if counter.locked_at.is_some() { Err(Error::Locked(kind.as_str())) } else { Ok(()) }
    }

    /// Judges the code. Its statements count it, then use it up; the challenge's own comes before them.
    async fn judge_challenge_code(
        &self,
        caller: &Caller,
        row: &CodeChallengeRow,
        factor: &FactorRow,
        kind: Factor,
        code: &str,
    ) -> Result<Judged, Error> {
        let (now, policy) = (self.now(), &caller.policy);
        if kind != Factor::Recovery && !Digits::Six.fits(code) {
            return Err(Error::Invalid("code must be six digits".to_owned()));
        }
        let mut judged = match kind {
            Factor::Totp if row.binds => self.judge_new_totp(policy, &row.user, code).await?,
            Factor::Totp => self.judge_totp(policy, &row.user, code).await?,
            Factor::Recovery => self.judge_recovery(policy, &row.user, code).await?,
            Factor::Sms | Factor::Voice | Factor::Email | Factor::Push => {
                return self.judge_sent(caller, row, factor, kind, code).await;
            }
        };
        if judged.right && row.binds {
            judged.statements.extend(self.bound(caller, row, factor).await?);
        }
        let own = if judged.right { row.approve(GUESSES, now) } else { row.refuse(GUESSES, now) };
        judged.statements.insert(0, own);
        Ok(judged)
    }

    /// The statements by which the factor counts from now on.
    async fn bound(
        &self,
        caller: &Caller,
        row: &CodeChallengeRow,
        factor: &FactorRow,
    ) -> Result<Vec<Statement>, Error> {
        self.binding(Word::Application(caller, None), &row.user, factor.id).await
    }

    async fn judge_sent(
        &self,
        caller: &Caller,
        row: &CodeChallengeRow,
        factor: &FactorRow,
        kind: Factor,
        code: &str,
    ) -> Result<Judged, Error> {
        let (now, counted) = (self.now(), counted(row, kind));
        let hash = self.challenge_code_hash(row.user.tenant, row.id, code);
        let right = row.code_hash.as_ref().is_some_and(|sent| sent.ct_eq(&hash).into());
        let statements = if right {
            let mut statements = vec![row.approve_sent(&hash, GUESSES, now), counted.succeed()];
            if row.binds {
                statements.extend(self.bound(caller, row, factor).await?);
            } else {
                statements.push(factor.accept(now));
            }
            statements
        } else {
            vec![row.refuse(GUESSES, now), counted.fail(caller.policy.failure_limit, now)]
        };
        Ok(Judged { right, statements })
    }

    /// The whole batch: the judgement, what it means for others, the log, and who wants to hear of it.
    async fn judgement(
        &self,
        caller: &Caller,
        row: &CodeChallengeRow,
        kind: Factor,
        judged: Judged,
        outcome: Option<Outcome>,
    ) -> Result<Judgement, Error> {
        let (tenant, now) = (row.user.tenant, self.now());
        let event = |name| self.event_with(tenant, name, &caller.actor(), &row.id, kind.as_str());
        let Judged { right, mut statements } = judged;
        let mut others = Vec::new();
        if right {
            statements.push(event("challenge.approved")?);
        } else {
            let person = (tenant, row.user.id);
            let (ends, ended) = self.end_with_lock(person, kind.as_str(), &caller.actor(), now).await?;
            statements.extend(ends);
            others = ended;
            statements.push(event("challenge.code_refused")?);
            if outcome.is_some() {
                statements.push(event("challenge.denied")?);
            }
        }
        if let Some(outcome) = outcome {
            statements.extend(self.tell(
                tenant,
                row.id,
                outcome,
                &self.store.told(tenant, row.id).await?,
                now,
            )?);
        }
        Ok(Judgement { statements, others })
    }

    async fn code_ended(&self, row: &CodeChallengeRow, outcome: Outcome) -> Result<(), Error> {
        self.outbox_changed();
        self.ended(row.user.tenant, row.id, outcome, Some(self.now()), None).await
    }

    /// What is left to try, and everybody who waits is told what has ended.
    pub(in crate::engine::challenge) async fn after_wrong_code(
        &self,
        row: &CodeChallengeRow,
        others: &[ChallengeId],
    ) -> Result<Error, Error> {
        let tenant = row.user.tenant;
        for other in others {
            self.look_again(tenant, *other).await?;
        }
        if let Some(outcome) = denied(row) {
            self.code_ended(row, outcome).await?;
            return Ok(Error::WrongTypedCode { attempts_left: 0 });
        }
        let after = self.store.code_challenge(tenant, row.id).await?.ok_or(Error::ChallengeNotFound)?;
        let ended = after.state.at(self.now()) != Outcome::Pending;
        let attempts_left = if ended { 0 } else { GUESSES - row.failures - 1 };
        Ok(Error::WrongTypedCode { attempts_left })
    }
}

/// A judgement as it is written, and the questions that may end with it.
struct Judgement {
    statements: Vec<Statement>,
    others: Vec<ChallengeId>,
}

/// How a wrong code more ends the challenge, if it does.
fn denied(row: &CodeChallengeRow) -> Option<Outcome> {
    (row.failures + 1 >= GUESSES).then_some(Outcome::Denied)
}

/// The count of a person's wrong codes of a kind.
fn counted(row: &CodeChallengeRow, kind: Factor) -> Counted {
    Counted { tenant: row.user.tenant, user: row.user.id, factor: kind.as_str() }
}
