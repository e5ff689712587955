//! Another authenticator app in the place of the one that counts: the old one goes in the moment in which the first code of
//! the new one comes back, and not before. Whoever has none that counts is given one by `enroll`.

use countersign_protocol::id::to_base32;

use crate::engine::factor::bind::six_digits;
use crate::engine::factor::{ListedFactor, TotpSeed, Word, totp};
use crate::engine::policy::{Factor, Policy};
use crate::engine::{Engine, Error, Template, is_fresh};
use crate::store::{StoreError, UserRow};

/// Milliseconds for which a seed waits for its first code.
const WAITS: i64 = 10 * 60 * 1000;

impl Engine {
    /// Shows a person the seed that is to take the place of theirs; the newest of several counts.
    ///
    /// # Errors
    /// [`Error::UserNotFound`]; [`Error::NoSuchFactor`] when they have none that counts; [`Error::FactorNotAllowed`],
    /// [`Error::ProofNeeded`].
    pub(in crate::engine) async fn offer_next_totp(
        &self,
        word: Word<'_>,
        user_ref: &str,
    ) -> Result<TotpSeed, Error> {
        let (user, _) = self.changeable(word, user_ref, Factor::Totp).await?;
        let issuer = self.store.tenant(user.tenant).await?;
        let issuer = issuer.ok_or(Error::TenantNotFound(user.tenant.to_string()))?.name;
        let (row, seed) = self.new_seed(&issuer, &user, None)?;
        let event = self.event_with(user.tenant, "factor.offered", &word, &to_base32(user.id), "totp")?;
        match self.store.write(vec![row.put_next(), event]).await {
            Err(StoreError::Unmet(0)) => return Err(Error::NoSuchFactor),
            result => result?,
        }
        let factor = ListedFactor::new(row.id, Factor::Totp, (row.created_at, None), None);
        Ok(TotpSeed { user, factor, link: seed.link, secret: seed.secret })
    }

    /// Takes its first code: the factor before ends, with what was counted against it. Wrong codes are counted with the seed
    /// that waits, so nobody locks the factor that they have by setting up another one.
    ///
    /// # Errors
    /// [`Error::NoSuchFactor`] when none waits any more; [`Error::Invalid`] for what cannot be a code, which is not counted;
    /// [`Error::WrongFactorCode`], [`Error::Locked`].
    pub(in crate::engine) async fn confirm_next_totp(
        &self,
        (word, policy): (Word<'_>, &Policy),
        user: &UserRow,
        code: &str,
    ) -> Result<(), Error> {
        let code = six_digits(code)?;
        let (now, limit) = (self.now(), policy.failure_limit);
        let next = self.store.next_seed(user.tenant, user.id).await?;
        let next =
            next.filter(|next| is_fresh(next.row.created_at, now, WAITS)).ok_or(Error::NoSuchFactor)?;
        let Some(step) = self.step_of(policy, &next.row, &code)? else {
            let subject = to_base32(user.id);
            let event = self.event_with(user.tenant, "factor.code_refused", &word, &subject, "totp")?;
            return match self.store.write(vec![next.fail(limit), event]).await {
                Ok(()) => Err(Error::WrongFactorCode { attempts_left: (limit - next.failures - 1).max(0) }),
                Err(StoreError::Unmet(_)) => Err(Error::Locked(Factor::Totp.as_str())),
                Err(error) => Err(error.into()),
            };
        };
        let factors = self.store.factors(user.tenant, user.id).await?;
        let subject = to_base32(user.id);
        let mut batch = vec![next.take(step, limit, now), totp::counted(user.tenant, user.id).unlock()];
        batch.push(self.event_with(user.tenant, "factor.replaced", &word, &subject, "totp")?);
        batch.extend(self.notice(word, user, &factors, (Template::FactorAdded, None)).await?);
        match self.store.write(batch).await {
            // It was locked, replaced or taken at this moment, and by then says which.
            Err(StoreError::Unmet(0)) if next.failures >= limit => Err(Error::Locked(Factor::Totp.as_str())),
            Err(StoreError::Unmet(0)) => Err(Error::NoSuchFactor),
            Err(error) => Err(error.into()),
            Ok(()) => {
                self.outbox_changed();
                Ok(())
            }
        }
    }
}
