//! Codes that go to a number or an address to show that it can be read there, whoever it belongs to.
//!
//! What a guesser gets: five tries at a code, which asking for another one does not make more (S5); five codes an hour to
//! one place (S32), so 25 tries in a million an hour; and no more than a hundred wrong ones in a row (S6), after which the
//! place rests for a day.

mod number;

use countersign_protocol::id::TenantId;
use countersign_protocol::number::Digits;
use ring::hmac;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;
use zeroize::Zeroizing;

pub use number::{GATEWAY_PATIENCE, NumberToVerify};

use crate::engine::audit::Actor;
use crate::engine::policy::Factor;
use crate::engine::providers::{Channel, Limits};
use crate::engine::{ApplicationId, Engine, Error, Language, Mask, Message, Template};
use crate::host::random;
use crate::store::{Statement, StoreError, VerificationRow};

/// Milliseconds that a code is good for.
pub const LIFETIME: i64 = 300_000;
/// Milliseconds for which a code that is over is kept, to say that it has expired.
const KEPT: i64 = 24 * 3_600_000;
/// Wrong codes that end one.
const GUESSES: i64 = 5;
/// Wrong codes in a row after which no more are sent to the place, until the last one is forgotten (S6).
const IN_A_ROW: i64 = 100;
/// How often something is begun anew when somebody else was faster.
const ATTEMPTS: usize = 8;
/// Rows that are removed in one go.
const AT_ONCE: i64 = 500;

/// What is verified. Of each there is one code at most; a new one takes the place of the last.
#[derive(Debug, Clone, Copy)]
pub struct Verified<'a> {
    /// The tenant.
    pub tenant: TenantId,
    /// Who asks: a channel or an application.
    pub scope: Uuid,
    /// By which way the code goes: by short message, call or mail.
    pub by: Factor,
    /// The number in E.164, or the address.
    pub to: &'a str,
    /// The caller's own name for what it asks for; empty when it has none.
    pub label: &'a str,
}

/// What the message says.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// In which language.
    pub language: Language,
    /// The tenant's display name.
    pub tenant: &'a str,
    /// Who asks, by its display name; none when it is the tenant itself.
    pub application: Option<&'a str>,
}

/// How a code was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// Right, in time, and used up now.
    Right,
    /// Wrong, used already, given up after five wrong ones, or nothing was sent.
    Wrong,
    /// It had expired, whatever was typed.
    Expired,
}

/// A code that was sent.
struct SentCode {
    row: VerificationRow,
    /// Its message; none when none goes out.
    job: Option<Uuid>,
}

impl Verified<'_> {
    /// Who asks, for the log, where it is an application.
    fn application(&self) -> ApplicationId {
        ApplicationId { tenant: self.tenant, local: self.scope }
    }

    /// Where the code goes, for the log.
    fn masked(&self) -> String {
        match self.by {
            Factor::Email => Mask::Plain.email(self.to),
            _ => Mask::Plain.phone(self.to),
        }
    }
}

impl Engine {
    /// Sends a code, and returns the id of its message. Without `words` none goes out, and everything else is the same: so
    /// nobody learns from it whose address it is (S27).
    ///
    /// # Errors
    /// As [`Engine::room_to_send`]; [`Error::NoProvider`]; [`Error::SentTooMany`] after too many wrong codes in a row.
    pub async fn send_verification(
        &self,
        verified: Verified<'_>,
        words: Option<Words<'_>>,
        limits: &Limits,
    ) -> Result<Option<Uuid>, Error> {
        Ok(self.send_verified(verified, words, limits, &verified.application()).await?.job)
    }

    /// The same, with whoever asks as the log is to name them.
    async fn send_verified(
        &self,
        verified: Verified<'_>,
        words: Option<Words<'_>>,
        limits: &Limits,
        actor: &dyn Actor,
    ) -> Result<SentCode, Error> {
        let Verified { tenant, by, to, .. } = verified;
        let channel = Channel::from_word(by.as_str()).ok_or(Error::Damaged("kind of code"))?;
        self.provider_needed(tenant, channel).await?;
        let subject = self.verification_subject(&verified);
        for _ in 0..ATTEMPTS {
            let seen = self.store.verification(tenant, &subject).await?;
            let failures = self.wrong_in_a_row(seen.as_ref())?;
            let mut batch = self.room_to_send(tenant, by, to, limits).await?;
            let code = Zeroizing::new(Digits::Six.number(random(&*self.rng)?));
            let row = self.new_verification(tenant, &subject, &code, failures);
            let mut job = None;
            if let Some(words) = words {
                let message = message(&verified, words, &code);
                let (id, insert) =
                    self.enqueue_message(tenant, channel, &message, None, row.expires_at).await?;
                job = Some(id);
                batch.push(insert);
            }
            batch.push(row.put(seen.as_ref()));
            batch.push(self.verification_event("verification.sent", &verified, actor)?);
            match self.store.write(batch).await {
                // Something was sent there, or a code was tried, since it was looked at: look again.
                Err(StoreError::Unmet(_)) => continue,
                result => result?,
            }
            self.outbox_changed();
            return Ok(SentCode { row, job });
        }
        Err(Error::SentJustNow { retry_after: 1 })
    }

    /// Judges a code that was typed. Five wrong ones end it.
    ///
    /// # Errors
    /// [`Error::TooFast`] when too many come at once; [`Error::Store`].
    pub async fn judge_verification(&self, verified: Verified<'_>, code: &str) -> Result<Judgement, Error> {
        self.judge_verified(verified, code, &verified.application()).await
    }

    async fn judge_verified(
        &self,
        verified: Verified<'_>,
        code: &str,
        actor: &dyn Actor,
    ) -> Result<Judgement, Error> {
        let tenant = verified.tenant;
        let subject = self.verification_subject(&verified);
        for _ in 0..ATTEMPTS {
            let now = self.now();
            let row = self.store.verification(tenant, &subject).await?;
            let Some(row) = row.filter(|row| row.used_at.is_none() && row.forget_at > now) else {
                return Ok(Judgement::Wrong);
            };
            if row.expires_at <= now {
                return Ok(Judgement::Expired);
            }
            if !Digits::Six.fits(code) {
                return Ok(Judgement::Wrong);
            }
            let right: bool = row.code_hash.ct_eq(&self.verification_hash(&subject, code)).into();
            let (judgement, change, event) = if right {
                (Judgement::Right, row.accept(now), "verification.verified")
            } else {
                let ends = (row.failures + 1) % GUESSES == 0;
                (Judgement::Wrong, row.refuse(ends, now), "verification.code_refused")
            };
            let event = self.verification_event(event, &verified, actor)?;
            match self.store.write(vec![change, event]).await {
                // Another try was judged, or another code was sent: look again.
                Err(StoreError::Unmet(_)) => {}
                result => return Ok(result.map(|()| judgement)?),
            }
        }
        Err(Error::TooFast { retry_after: 1 })
    }

    /// Wrong codes since the last right one, which a new code does not undo (S5).
    fn wrong_in_a_row(&self, seen: Option<&VerificationRow>) -> Result<i64, Error> {
        let now = self.now();
        match seen.filter(|row| row.forget_at > now) {
            Some(row) if row.failures >= IN_A_ROW => {
                let wait = u64::try_from((row.forget_at - now + 999) / 1000).unwrap_or(1);
                Err(Error::SentTooMany { retry_after: wait.max(1) })
            }
            seen => Ok(seen.map_or(0, |row| row.failures)),
        }
    }

    fn new_verification(
        &self,
        tenant: TenantId,
        subject: &[u8],
        code: &str,
        failures: i64,
    ) -> VerificationRow {
        let now = self.now();
        VerificationRow {
            tenant,
            subject: subject.to_vec(),
            code_hash: self.verification_hash(subject, code),
            sent_at: now,
            expires_at: now + LIFETIME,
            failures,
            used_at: None,
            forget_at: now + LIFETIME + KEPT,
        }
    }

    /// What a code is kept under: nobody reads a number or an address out of the table.
    fn verification_subject(&self, verified: &Verified<'_>) -> Vec<u8> {
        let mut mac = hmac::Context::with_key(self.master.code_key());
        mac.update(b"verification subject");
        mac.update(verified.tenant.0.as_bytes());
        mac.update(verified.scope.as_bytes());
        // The one part of variable length but the last is preceded by its length, so none can run into another.
        mac.update(&(verified.to.len() as u64).to_be_bytes());
        mac.update(verified.to.as_bytes());
        mac.update(verified.label.as_bytes());
        mac.sign().as_ref().to_vec()
    }

    /// What is kept of a code: it fits this subject only, and says nothing without the key (S24).
    fn verification_hash(&self, subject: &[u8], code: &str) -> Vec<u8> {
        let parts = [b"verification code".as_slice(), subject, code.as_bytes()];
        hmac::sign(self.master.code_key(), &parts.concat()).as_ref().to_vec()
    }

    fn verification_event(
        &self,
        name: &'static str,
        verified: &Verified<'_>,
        actor: &dyn Actor,
    ) -> Result<Statement, Error> {
        self.event_with(verified.tenant, name, actor, &verified.masked(), verified.by.as_str())
    }

    /// Removes some of what is over, of all tenants. True when there may be more.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn forget_verifications(&self) -> Result<bool, Error> {
        let found = self.store.forget_verifications(self.now(), AT_ONCE).await?;
        Ok(i64::try_from(found).unwrap_or(i64::MAX) >= AT_ONCE)
    }
}

fn message(verified: &Verified<'_>, words: Words<'_>, code: &str) -> Message {
    Message {
        to: verified.to.to_owned(),
        template: Template::ContactCode,
        language: words.language,
        tenant: words.tenant.to_owned(),
        application: words.application.map(str::to_owned),
        code: Some(code.to_owned()),
        minutes: u32::try_from(LIFETIME / 60_000).unwrap_or(1),
        invited: None,
    }
}
