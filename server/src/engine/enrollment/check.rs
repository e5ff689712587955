//! Checking, before a device is taken, that the link is in the right hands: by a code that is mailed to the person, or
//! by one from their authenticator app. Issuing links and taking devices is `enrollment.rs`.
//!
//! A code that is mailed goes out in the batch that issues the link, and dies with the link: looking at a link changes
//! nothing, however many programs look at it on its way. Each guess is one guarded batch, so guesses at the same moment
//! are counted one by one.

use countersign_protocol::id::{TenantId, to_base32};
use countersign_protocol::number::Digits;
use ring::hmac;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::engine::factor::Judged;
use crate::engine::policy::Factor;
use crate::engine::providers::Channel;
use crate::engine::{Caller, Engine, Error, Language, Message, NewUser, Template};
use crate::host::random;
use crate::store::{EnrollmentRow, Statement, StoreError, UserRow};

/// Wrong codes that end a link.
pub(in crate::engine) const GUESSES: i64 = 5;
/// Times that a code can be sent again.
const RESENDS: i64 = 5;
/// Milliseconds between two of them.
const RESEND_AFTER: i64 = 30_000;

/// What the holder of a link must show before their device is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Check {
    /// Nothing but the link.
    #[default]
    None,
    /// The code that is mailed to the person.
    EmailOtp,
    /// A code from the person's authenticator app.
    Totp,
}

impl Check {
    /// The word, as the API and the database have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::EmailOtp => "email_otp",
            Self::Totp => "totp",
        }
    }

    /// The other way round.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::None, Self::EmailOtp, Self::Totp].into_iter().find(|check| check.as_str() == word)
    }
}

impl EnrollmentRow {
    /// What the link asks for, whether it was shown yet or not.
    pub(in crate::engine) fn check(&self) -> Result<Check, Error> {
        Check::from_word(&self.challenge).ok_or(Error::Damaged("enrolment"))
    }

    /// What its holder still has to show.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn still_to_show(&self) -> Result<Check, Error> {
        if self.verified_at.is_some() { Ok(Check::None) } else { self.check() }
    }
}

/// A code that goes out, and what is kept of it.
pub(in crate::engine) struct SentCode {
    /// Keyed HMAC over enrolment and code (S24).
    pub(in crate::engine) hash: Vec<u8>,
    /// The statement that mails it.
    pub(in crate::engine) mail: Statement,
}

impl Engine {
    /// Refuses a check that this person could not pass, before anything is changed.
    pub(in crate::engine) async fn check_is_possible(
        &self,
        caller: &Caller,
        user: &NewUser,
        check: Check,
    ) -> Result<(), Error> {
        let tenant = caller.application.tenant;
        let refused = |sentence: &str| Err(Error::Invalid(sentence.to_owned()));
        match check {
            Check::None => Ok(()),
            Check::EmailOtp if !self.reaches(tenant, Channel::Email).await? => refused(
                "challenge email_otp needs a mail server, and this server has none; its operator sets one with \
                 `countersign-server provider set email`",
            ),
            Check::EmailOtp if user.email.is_some() => Ok(()),
            Check::EmailOtp => {
                let known = self.store.user_by_ref(tenant, &user.user_ref).await?;
                if known.is_some_and(|known| known.email.is_some()) {
                    return Ok(());
                }
                refused("challenge email_otp needs the person's email; give it with this request")
            }
            Check::Totp if !caller.policy.factors.allow(Factor::Totp) => {
                Err(Error::FactorNotAllowed(Factor::Totp.as_str()))
            }
            Check::Totp if self.has_totp(tenant, &user.user_ref).await? => Ok(()),
            Check::Totp => refused(
                "challenge totp needs a person with an authenticator app; the server's operator gives them a seed \
                 with `countersign-server user add-totp`",
            ),
        }
    }

    /// A new code for an enrolment: six digits (S1) that die with the link, to the person's address.
    pub(in crate::engine) async fn new_code(
        &self,
        user: &UserRow,
        (tenant_name, token_hash): (&str, &str),
        language: Language,
        expires_at: i64,
    ) -> Result<SentCode, Error> {
        let code = Zeroizing::new(Digits::Six.number(random(&*self.rng)?));
        let left = u32::try_from((expires_at - self.now()) / 60_000).unwrap_or(0);
        let mail = Message {
            to: user.email.clone().ok_or(Error::Damaged("enrolment without an address"))?,
            template: Template::EnrollmentCode,
            language,
            tenant: tenant_name.to_owned(),
            application: None,
            code: Some(code.as_str().to_owned()),
            minutes: left.max(1),
            invited: None,
        };
        let hash = self.code_hash(user.tenant, token_hash, &code);
        let (_, mail) = self.enqueue_message(user.tenant, Channel::Email, &mail, None, expires_at).await?;
        Ok(SentCode { hash, mail })
    }

    fn code_hash(&self, tenant: TenantId, token_hash: &str, code: &str) -> Vec<u8> {
        // Tenant and code have a fixed length, so no part can run into another.
        let parts = [b"enrollment".as_slice(), tenant.0.as_bytes(), code.as_bytes(), token_hash.as_bytes()];
        hmac::sign(self.master.code_key(), &parts.concat()).as_ref().to_vec()
    }

    /// Takes the code of whoever holds the link. Once it was right, the link waits for its device; saying it again is no
    /// error.
    ///
    /// # Errors
    /// As [`Engine::enrollment`]; [`Error::WrongChallenge`] when the link asks for none; [`Error::Invalid`] for what
    /// cannot be a code, which is not counted; [`Error::WrongCode`], [`Error::FactorLocked`].
    pub async fn verify_enrollment(&self, token: &str, code: &str) -> Result<(), Error> {
        let code: Zeroizing<String> = Zeroizing::new(code.split_whitespace().collect());
        loop {
            let (_, row, _) = self.enrollment(token).await?;
            if row.check()? == Check::None {
                return Err(Error::WrongChallenge("this link asks for no code; go on without one"));
            }
            if row.verified_at.is_some() {
                return Ok(());
            }
            if !Digits::Six.fits(&code) {
                return Err(Error::Invalid("code must be six digits".to_owned()));
            }
            let Judged { right, mut statements } = self.judge(&row, &code).await?;
            let name = if right { "enrollment.verified" } else { "enrollment.code_refused" };
            statements.push(self.event(row.user.tenant, name, &"enrolment", &to_base32(row.user.id))?);
            match self.store.write(statements).await {
                Ok(()) if right => return Ok(()),
                Ok(()) => return Err(self.wrong_code(token, &row).await),
                // The count comes second, and finds nothing to change when the factor is locked.
                Err(StoreError::Unmet(1)) if row.check()? == Check::Totp => return Err(Error::FactorLocked),
                // The link ended, or its code was replaced or used at this moment: look again.
                Err(StoreError::Unmet(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn judge(&self, row: &EnrollmentRow, code: &str) -> Result<Judged, Error> {
        let now = self.now();
        let mut judged = if row.check()? == Check::Totp {
            // A link has no application, so what holds for all of the tenant's holds.
            let policy = self.policy_of(row.user.tenant, row.user.tenant.0).await?;
            self.judge_totp(&policy, &row.user, code).await?
        } else {
            let hash = self.code_hash(row.user.tenant, &row.token_hash, code);
            let right = row.code_hash.as_ref().is_some_and(|sent| sent.ct_eq(&hash).into());
            if right {
                return Ok(Judged { right, statements: vec![row.verified_by(&hash, GUESSES, now)] });
            }
            Judged { right, statements: Vec::new() }
        };
        let own = if judged.right { row.verified(GUESSES, now) } else { row.code_failed(GUESSES, now) };
        judged.statements.insert(0, own);
        Ok(judged)
    }

    /// How many tries are left after a wrong one, guesses at the same moment counted in.
    async fn wrong_code(&self, token: &str, before: &EnrollmentRow) -> Error {
        let attempts_left = match self.enrollment(token).await {
            Ok((_, row, _)) => GUESSES - row.code_failures,
            Err(Error::TooManyCodes) => 0,
            Err(_) => GUESSES - before.code_failures - 1,
        };
        Error::WrongCode { attempts_left: attempts_left.max(0) }
    }

    /// Mails a new code in the place of the last one; wrong codes stay counted (S5). Returns the seconds until the next
    /// one can be had.
    ///
    /// # Errors
    /// As [`Engine::enrollment`]; [`Error::WrongChallenge`]; [`Error::SentJustNow`], [`Error::SentTooOften`].
    pub async fn resend_code(&self, token: &str, language: Language) -> Result<u64, Error> {
        let (_, row, _) = self.enrollment(token).await?;
        if row.check()? != Check::EmailOtp {
            return Err(Error::WrongChallenge("this link asks for no code that could be sent"));
        }
        if row.verified_at.is_some() {
            return Err(Error::WrongChallenge("the code was given already; go on without one"));
        }
        self.may_resend(&row)?;
        let now = self.now();
        let names = (row.tenant_name.as_str(), row.token_hash.as_str());
        let code = self.new_code(&row.user, names, language, row.expires_at).await?;
        let resent = row.resent(&code.hash, GUESSES, now, now - RESEND_AFTER, RESENDS + 1);
        let event =
            self.event(row.user.tenant, "enrollment.code_sent", &"enrolment", &to_base32(row.user.id))?;
        match self.store.write(vec![resent, code.mail, event]).await {
            Ok(()) => {
                self.outbox_changed();
                Ok(RESEND_AFTER.unsigned_abs() / 1000)
            }
            // Another request was faster, or the link ended: say which.
            Err(StoreError::Unmet(_)) => {
                let (_, row, _) = self.enrollment(token).await?;
                self.may_resend(&row)?;
                Err(Error::SentJustNow { retry_after: RESEND_AFTER.unsigned_abs() / 1000 })
            }
            Err(error) => Err(error.into()),
        }
    }

    fn may_resend(&self, row: &EnrollmentRow) -> Result<(), Error> {
        let now = self.now();
        let seconds = |milliseconds: i64| u64::try_from((milliseconds + 999) / 1000).unwrap_or(0);
        if row.code_sends > RESENDS {
            return Err(Error::SentTooOften { retry_after: seconds(row.expires_at - now).max(1) });
        }
        let wait = row.code_sent_at.unwrap_or(0) + RESEND_AFTER - now;
        if wait > 0 {
            return Err(Error::SentJustNow { retry_after: seconds(wait.min(RESEND_AFTER)) });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Check;

    #[test]
    fn each_check_is_read_back_and_nothing_else_is_one() {
        for check in [Check::None, Check::EmailOtp, Check::Totp] {
            assert_eq!(Check::from_word(check.as_str()), Some(check));
        }
        assert_eq!(Check::from_word(""), None);
        assert_eq!(Check::from_word("NONE"), None);
    }
}
