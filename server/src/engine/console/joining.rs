//! The second factor of somebody with a link: nothing vouches for them yet but the link and the browser in which they took
//! it up, so they get their first factor at their own word and never another one in place of it.

use zeroize::Zeroizing;

use super::{Holder, Operator};
use crate::engine::policy::Factor;
use crate::engine::{Engine, Error, Issued, TotpSeed, Word};
use crate::store::UserRow;

/// Recovery codes that an operator is given.
const RECOVERY_CODES: usize = 10;

impl Engine {
    /// Gives whoever took the link up a seed. It counts once its first code comes back.
    ///
    /// # Errors
    /// As [`operator_link`](Self::operator_link); [`Error::ProofNeeded`] when something of theirs counts already.
    pub async fn offer_operator_totp(&self, holder: Holder<'_>) -> Result<TotpSeed, Error> {
        let user = self.holder_of(holder).await?;
        let caller = self.caller(self.console_home().await?.application, holder.address).await?;
        self.enrol_totp(Word::User(&caller, None), &user.user_ref).await
    }

    /// Takes the first code of the seed.
    ///
    /// # Errors
    /// As [`operator_link`](Self::operator_link); [`Error::NoSuchFactor`] when there is no seed that waits for one;
    /// [`Error::Invalid`], [`Error::WrongFactorCode`], [`Error::Locked`].
    pub async fn confirm_operator_totp(&self, holder: Holder<'_>, code: &str) -> Result<(), Error> {
        let user = self.holder_of(holder).await?;
        let caller = self.caller(self.console_home().await?.application, holder.address).await?;
        let (_, factors) = self.factors_of(user.tenant, &user.user_ref).await?;
        let waiting = factors.iter().find(|factor| factor.kind == Factor::Totp && !factor.active);
        let waiting = waiting.ok_or(Error::NoSuchFactor)?;
        self.confirm_factor(&caller, &user.user_ref, waiting.id, code).await
    }

    /// An enrolment link for the phone of whoever took the link up.
    ///
    /// # Errors
    /// As [`offer_operator_totp`](Self::offer_operator_totp).
    pub async fn offer_operator_device(&self, holder: Holder<'_>) -> Result<Issued, Error> {
        let user = self.holder_of(holder).await?;
        let caller = self.caller(self.console_home().await?.application, holder.address).await?;
        self.associate_device(Word::User(&caller, None), &user.user_ref).await
    }

    /// Whether a factor of whoever took the link up counts, so that it can be used.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn is_ready_to_join(&self, user: &UserRow) -> Result<bool, Error> {
        self.can_sign_in(user).await
    }

    /// Recovery codes of an operator, in place of those before. They are told here and never again.
    ///
    /// # Errors
    /// [`Error::UserNotFound`], [`Error::Busy`].
    pub async fn operator_recovery_codes(
        &self,
        operator: &Operator,
        address: Option<std::net::IpAddr>,
    ) -> Result<Vec<Zeroizing<String>>, Error> {
        let home = self.console_home().await?;
        let by = operator.at(address);
        let word = Word::Operator(home.tenant, &by);
        Ok(self.make_recovery_codes(word, &operator.email, RECOVERY_CODES).await?.codes)
    }

    pub(super) async fn holder_of(&self, holder: Holder<'_>) -> Result<UserRow, Error> {
        let link = self.operator_link(holder.token, Some(holder.browser)).await?;
        link.taken_up.ok_or(Error::TokenInvalid)
    }
}
