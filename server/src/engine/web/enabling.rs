//! Letting an application ask a person: whoever reads the mail that goes to their address says so, by its code.

use std::net::IpAddr;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::engine::directory::users::{check_email, names};
use crate::engine::policy::Factor;
use crate::engine::providers::Channel;
use crate::engine::verification::{Judgement, Verified, Words};
use crate::engine::{ApplicationId, Caller, Engine, Error, Language};
use crate::store::UserRow;

/// What the code is for, in the place of a caller's own name for it.
const LABEL: &str = "enable";

/// What came of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enabled {
    /// Right: the token by which the application may ask now.
    Token(Zeroizing<String>),
    /// Wrong, or used up, or none was sent.
    Wrong,
    /// The code has expired.
    Expired,
}

impl Engine {
    /// The application by its client id, for a browser that says it comes from there. Nothing is proved by that.
    ///
    /// # Errors
    /// [`Error::Unauthorized`]: there is none.
    pub async fn application_by_id(&self, id: &str, address: Option<IpAddr>) -> Result<Arc<Caller>, Error> {
        self.caller(id.parse::<ApplicationId>()?, address).await
    }

    /// Mails a code to the one person of the tenant who has this address. When there is none, or more than one, no mail goes
    /// out and everything else is the same, so that nobody learns who has an account (S27).
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no address; [`Error::TooManyAttempts`] when the caller's machine has asked for many
    /// (S26); as [`Engine::send_verification`].
    pub async fn mail_enabling_code(
        &self,
        caller: &Caller,
        address: &str,
        language: Language,
    ) -> Result<(), Error> {
        let address = check_email(address)?;
        self.attempts.mailed(caller.address, self.now())?;
        let tenant = caller.application.tenant;
        let (face, limits) = (self.face(tenant).await?, self.limits_of(tenant, Channel::Email).await?);
        let owner = self.only_owner(caller, &address).await?;
        let words =
            Words { language, tenant: &face.name, application: Some(caller.application.name.as_str()) };
        let to = mailbox(owner.as_ref(), &address);
        self.send_verification(verified(caller, &to), owner.is_some().then_some(words), &limits).await?;
        Ok(())
    }

    /// Takes the code. Five wrong ones end it (S5).
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no address; as [`Engine::judge_verification`] and [`Engine::authorize`].
    pub async fn enable(&self, caller: &Caller, address: &str, code: &str) -> Result<Enabled, Error> {
        let address = check_email(address)?;
        let owner = self.only_owner(caller, &address).await?;
        let to = mailbox(owner.as_ref(), &address);
        match (self.judge_verification(verified(caller, &to), code).await?, owner) {
            (Judgement::Right, Some(owner)) => Ok(Enabled::Token(self.authorize(caller, &owner).await?)),
            (Judgement::Expired, _) => Ok(Enabled::Expired),
            (Judgement::Right | Judgement::Wrong, _) => Ok(Enabled::Wrong),
        }
    }

    /// The person whose address it is, when nobody else has it too. What they are named counts for nothing here: a mail
    /// goes to an address that stands in their row, and to no letters that only look like it.
    async fn only_owner(&self, caller: &Caller, address: &str) -> Result<Option<UserRow>, Error> {
        let [typed, small] = names(address);
        let mut found = self.store.users_by_email(caller.application.tenant, [&typed, &small]).await?;
        let same =
            |user: &UserRow| user.email.as_ref().is_some_and(|email| email.eq_ignore_ascii_case(address));
        Ok(if found.len() == 1 { found.pop().filter(same) } else { None })
    }
}

/// Where the mail goes: to the address in the row. For somebody unknown, what is typed counts as one whichever way it
/// is spelled, as it does for who is known.
fn mailbox(owner: Option<&UserRow>, address: &str) -> String {
    let known = owner.and_then(|owner| owner.email.clone());
    known.unwrap_or_else(|| address.to_ascii_lowercase())
}

fn verified<'a>(caller: &Caller, to: &'a str) -> Verified<'a> {
    let (tenant, scope) = (caller.application.tenant, caller.application.id);
    Verified { tenant, scope, by: Factor::Email, to, label: LABEL }
}
