//! The first code of a factor, which makes it count.

use countersign_protocol::id::to_base32;
use countersign_protocol::number::Digits;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::engine::factor::tell::about;
use crate::engine::factor::{FactorId, Word};
use crate::engine::policy::{Factor, Policy};
use crate::engine::{Caller, Engine, Error, Template};
use crate::store::{FactorRow, Statement, StoreError, UserRow, recovery};

impl Engine {
    /// The statements by which a factor counts from now on, for the batch that accepts its first code. Some of them find
    /// nothing to change when the factor was removed meanwhile, or was to be the first and another one was faster. After
    /// the batch is written, call [`Engine::outbox_changed`].
    ///
    /// # Errors
    /// [`Error::NoSuchFactor`]; [`Error::ProofNeeded`] when it was given as the first, and the person has another one.
    pub(in crate::engine) async fn binding(
        &self,
        word: Word<'_>,
        user: &UserRow,
        factor: Uuid,
    ) -> Result<Vec<Statement>, Error> {
        let now = self.now();
        let all = self.store.factors(user.tenant, user.id).await?;
        let row = all.iter().find(|row| row.id == factor).ok_or(Error::NoSuchFactor)?;
        if row.is_first && self.has_another(user, factor).await? {
            return Err(Error::ProofNeeded);
        }
        let mut statements = vec![row.bind(now)];
        if row.is_first {
            // Of two first factors at the same moment one waits here, and then finds the other one.
            statements.insert(0, user.hold());
        }
        statements.extend(row.contact.as_ref().map(|contact| contact.verify(now)));
        if row.active_at.is_none() {
            let with = FactorId::Own(factor).to_string();
            statements.push(recovery::take_offer(user.tenant, user.id, &with, now));
            let subject = to_base32(user.id);
            statements.push(self.event_with(user.tenant, "factor.added", &word, &subject, &row.kind)?);
            let what = (Template::FactorAdded, about(row));
            statements.extend(self.notice(word, user, &all, what).await?);
        }
        Ok(statements)
    }

    /// Whether anything of the person's counts besides this factor.
    async fn has_another(&self, user: &UserRow, factor: Uuid) -> Result<bool, Error> {
        let (_, all) = self.factors_of(user.tenant, &user.user_ref).await?;
        Ok(all.iter().any(|other| other.active && other.id != FactorId::Own(factor)))
    }

    /// Takes the first code of a factor that was enrolled. From then on the factor counts.
    ///
    /// # Errors
    /// [`Error::UserNotFound`], [`Error::NoSuchFactor`]; [`Error::FactorExists`] when it counts already;
    /// [`Error::Invalid`] for what cannot be a code, which is not counted; [`Error::WrongCode`], [`Error::Locked`].
    pub async fn confirm_factor(
        &self,
        caller: &Caller,
        user_ref: &str,
        id: FactorId,
        code: &str,
    ) -> Result<(), Error> {
        let tenant = caller.application.tenant;
        let user = self.store.user_by_ref(tenant, user_ref).await?.ok_or(Error::UserNotFound)?;
        let row = self.own_factor(&user, id).await?;
        if row.active_at.is_some() {
            return Err(Error::FactorExists);
        }
        match Factor::from_word(&row.kind) {
            Some(Factor::Totp) => {
                let word = Word::Application(caller, None);
                self.confirm_totp((word, &caller.policy), &user, row.id, code).await
            }
            _ => self.confirm_sent(caller, &user, row.id, code).await,
        }
    }

    /// A person's factor by its id; a device is none of these.
    pub(in crate::engine) async fn own_factor(
        &self,
        user: &UserRow,
        id: FactorId,
    ) -> Result<FactorRow, Error> {
        let FactorId::Own(id) = id else { return Err(Error::NoSuchFactor) };
        let all = self.store.factors(user.tenant, user.id).await?;
        all.into_iter().find(|row| row.id == id).ok_or(Error::NoSuchFactor)
    }

    /// Takes the first code of a seed. From then on it counts.
    ///
    /// # Errors
    /// As [`confirm_factor`](Self::confirm_factor).
    pub(in crate::engine) async fn confirm_totp(
        &self,
        (word, policy): (Word<'_>, &Policy),
        user: &UserRow,
        factor: Uuid,
        code: &str,
    ) -> Result<(), Error> {
        let code = six_digits(code)?;
        let judged = self.judge_new_totp(policy, user, &code).await;
        // It was replaced or removed at this moment.
        let judged = judged
            .map_err(|error| if error == Error::FactorNotFound { Error::NoSuchFactor } else { error })?;
        let mut batch = judged.statements;
        if judged.right {
            batch.extend(self.binding(word, user, factor).await?);
        } else {
            let subject = to_base32(user.id);
            batch.push(self.event_with(user.tenant, "factor.code_refused", &word, &subject, "totp")?);
        }
        match self.store.write_for(user, batch).await {
            Ok(()) if judged.right => {
                self.outbox_changed();
                Ok(())
            }
            Err(StoreError::Unmet(0)) => Err(Error::Locked(Factor::Totp.as_str())),
            // Wrong; or another request was faster with the same code.
            Ok(()) | Err(StoreError::Unmet(_)) => Err(self.wrong_totp(policy, user).await?),
            Err(error) => Err(error.into()),
        }
    }

    async fn wrong_totp(&self, policy: &Policy, user: &UserRow) -> Result<Error, Error> {
        let counter = self.store.counter(super::totp::counted(user.tenant, user.id)).await?;
        let attempts_left = (policy.failure_limit - counter.failures).max(0);
        Ok(Error::WrongFactorCode { attempts_left })
    }
}

/// A code of an authenticator app as it was typed, without its spaces.
pub(in crate::engine) fn six_digits(typed: &str) -> Result<Zeroizing<String>, Error> {
    let code: Zeroizing<String> = Zeroizing::new(typed.split_whitespace().collect());
    if Digits::Six.fits(&code) { Ok(code) } else { Err(Error::Invalid("code must be six digits".to_owned())) }
}
