//! Sending a code: a new one each time, in the place of the last one, within all bounds.

use countersign_protocol::id::{ChallengeId, TenantId};
use countersign_protocol::number::Digits;
use ring::hmac;
use zeroize::Zeroizing;

use super::{ATTEMPTS, CodePurpose, CodeSent, SENDS};
use crate::engine::limits::sending::COOL_DOWN;
use crate::engine::policy::Factor;
use crate::engine::providers::Channel;
use crate::engine::{Caller, Engine, Error, Language, Message, Phone, Template, masked};
use crate::host::random;
use crate::store::{CodeChallengeRow, FactorRow, SentRow, Statement, StoreError};

/// A code that is to go out, without the code.
pub(super) struct Outgoing<'a> {
    pub(super) tenant: TenantId,
    pub(super) challenge: ChallengeId,
    pub(super) kind: Factor,
    pub(super) to: &'a str,
    pub(super) purpose: CodePurpose,
    pub(super) language: Language,
    pub(super) tenant_name: &'a str,
    pub(super) application: &'a str,
    pub(super) expires_at: i64,
}

/// A code on its way, once the batch is written that it is part of.
pub(super) struct Posted {
    /// What the challenge keeps of it.
    pub(super) row: SentRow,
    /// What the relying party is told.
    pub(super) sent: CodeSent,
    /// For the log: by which way and where to, masked.
    pub(super) detail: String,
    /// They take what the bounds have left and put the message into the outbox.
    pub(super) statements: Vec<Statement>,
}

/// The way that codes of a kind take; none for those that are not sent.
pub(in crate::engine) fn channel_of(kind: Factor) -> Option<Channel> {
    match kind {
        Factor::Sms => Some(Channel::Sms),
        Factor::Voice => Some(Channel::Voice),
        Factor::Email => Some(Channel::Email),
        Factor::Push | Factor::Totp | Factor::Recovery => None,
    }
}

/// Where a code went, masked.
pub(in crate::engine) fn masked(kind: Factor, to: &str) -> Result<String, Error> {
    match kind {
        Factor::Email => Ok(masked::email(to)),
        _ => Ok(Phone::parse(to).map_err(|_| Error::Damaged("number"))?.masked()),
    }
}

impl Engine {
    /// A new code of six digits (S1) after `sends` others for the same challenge.
    ///
    /// # Errors
    /// As [`Engine::room_to_send`]; [`Error::NoProvider`].
    pub(super) async fn send_code(&self, outgoing: &Outgoing<'_>, sends: i64) -> Result<Posted, Error> {
        let Outgoing { tenant, challenge, kind, to, .. } = *outgoing;
        let channel = channel_of(kind).ok_or(Error::Damaged("kind of code"))?;
        self.provider_needed(tenant, channel).await?;
        let limits = self.limits_of(tenant, channel).await?;
        let mut statements = self.room_to_send(tenant, kind, to, &limits).await?;
        let code = Zeroizing::new(Digits::Six.number(random(&*self.rng)?));
        let now = self.now();
        let left = u32::try_from((outgoing.expires_at - now) / 60_000).unwrap_or(0);
        let message = Message {
            to: to.to_owned(),
            template: match outgoing.purpose {
                CodePurpose::SignIn => Template::SignInCode,
                CodePurpose::Bind => Template::ContactCode,
            },
            language: outgoing.language,
            tenant: outgoing.tenant_name.to_owned(),
            application: Some(outgoing.application.to_owned()),
            code: Some(code.as_str().to_owned()),
            minutes: left.max(1),
            invited: None,
        };
        let (job, insert) =
            self.enqueue_message(tenant, channel, &message, Some(challenge), outgoing.expires_at).await?;
        statements.push(insert);
        let to = masked(kind, to)?;
        Ok(Posted {
            row: SentRow { hash: self.challenge_code_hash(tenant, challenge, &code), job, at: now },
            detail: format!("{} {to}", kind.as_str()),
            sent: CodeSent {
                kind,
                to,
                resend_after: COOL_DOWN.unsigned_abs() / 1000,
                resends_left: SENDS - sends - 1,
            },
            statements,
        })
    }

    /// What is kept of a code: it fits this challenge only, and says nothing without the key (S24).
    pub(super) fn challenge_code_hash(&self, tenant: TenantId, id: ChallengeId, code: &str) -> Vec<u8> {
        // All parts but the last have a fixed length, so none can run into another.
        let parts = [b"challenge".as_slice(), tenant.0.as_bytes(), id.0.as_bytes(), code.as_bytes()];
        hmac::sign(self.master.code_key(), &parts.concat()).as_ref().to_vec()
    }

    /// Sends a new code for a challenge that waits, in the place of the last one; wrong codes stay counted (S5). `via`
    /// sends it by another way to the same number.
    ///
    /// # Errors
    /// [`Error::ChallengeNotFound`], [`Error::NotPending`]; [`Error::NothingToSend`] for a challenge whose code is not
    /// sent; [`Error::NoMoreCodes`]; [`Error::Invalid`] for a way that does not lead there; otherwise as
    /// [`Engine::ask_code`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn resend_session_code(
        &self,
        caller: &Caller,
        id: ChallengeId,
        via: Option<Factor>,
    ) -> Result<CodeSent, Error> {
        self.resend_in(caller, id, via, None).await
    }

    /// The same in a language; the person's own when none is given.
    pub(in crate::engine) async fn resend_in(
        &self,
        caller: &Caller,
        id: ChallengeId,
        via: Option<Factor>,
        language: Option<Language>,
    ) -> Result<CodeSent, Error> {
        let tenant = caller.application.tenant;
        for _ in 0..ATTEMPTS {
            let row = self.store.code_challenge(tenant, id).await?.ok_or(Error::ChallengeNotFound)?;
            let (factor, kind) = self.may_be_sent_again(caller, &row, via).await?;
            let contact = factor.contact.as_ref().ok_or(Error::NothingToSend)?;
            let outgoing = Outgoing {
                tenant,
                challenge: id,
                kind,
                to: &contact.value,
                purpose: if row.binds { CodePurpose::Bind } else { CodePurpose::SignIn },
                language: language.unwrap_or_else(|| row.user.language()),
                tenant_name: &row.tenant_name,
                application: &caller.application.name,
                expires_at: row.state.expires_at,
            };
            let code = self.send_code(&outgoing, row.sends).await?;
            let event = self.event_with(tenant, "challenge.code_sent", &caller.actor(), &id, &code.detail)?;
            let mut batch = vec![row.resend(kind.as_str(), code.row), event];
            batch.extend(code.statements);
            match self.store.write(batch).await {
                // Another one was sent, a code was tried, or the challenge ended: look again.
                Err(StoreError::Unmet(_)) => continue,
                result => result?,
            }
            self.outbox_changed();
            if kind.as_str() != row.kind {
                self.look_again(tenant, id).await?;
            }
            return Ok(code.sent);
        }
        Err(Error::SentJustNow { retry_after: 1 })
    }

    /// The factor that a challenge's code goes to, and by which way it goes this time.
    async fn may_be_sent_again(
        &self,
        caller: &Caller,
        row: &CodeChallengeRow,
        via: Option<Factor>,
    ) -> Result<(FactorRow, Factor), Error> {
        let now = self.now();
        let asked = Factor::from_word(&row.kind).ok_or(Error::Damaged("kind of challenge"))?;
        if channel_of(asked).is_none() {
            return Err(Error::NothingToSend);
        }
        self.still_pending(row)?;
        let kind = via.unwrap_or(asked);
        let phone = |kind| matches!(kind, Factor::Sms | Factor::Voice);
        if kind != asked && !(phone(kind) && phone(asked)) {
            let why = "via must be sms or voice, and only for a session whose code goes to a telephone";
            return Err(Error::Invalid(why.to_owned()));
        }
        if !caller.policy.factors.allow(kind) {
            return Err(Error::FactorNotAllowed(kind.as_str()));
        }
        let seconds = |milliseconds: i64| u64::try_from((milliseconds + 999) / 1000).unwrap_or(1).max(1);
        if row.sends >= SENDS {
            return Err(Error::NoMoreCodes { retry_after: seconds(row.state.expires_at - now) });
        }
        let factor = self.factor_asked(row).await?;
        if kind != asked {
            self.not_locked(row, kind).await?;
        } else if row.locked {
            return Err(Error::Locked(kind.as_str()));
        }
        Ok((factor, kind))
    }
}
