//! Taking a code without having asked for one: of an authenticator app, or a recovery code. Dialects whose login page asks
//! for both at once, or whose protocol knows no question before, come here.

use countersign_protocol::id::to_base32;
use countersign_protocol::number::Digits;
use zeroize::Zeroizing;

use super::{ATTEMPTS, Whom};
use crate::engine::policy::Factor;
use crate::engine::{Caller, Engine, Error, Proof};
use crate::store::{Counted, StoreError};

impl Engine {
    /// Takes a code of a person's. It is counted like one that was asked for. A right one is fresh authentication.
    ///
    /// # Errors
    /// [`Error::UserNotFound`], [`Error::NoFactor`], [`Error::FactorNotAllowed`], [`Error::FactorTooWeak`],
    /// [`Error::Locked`]; [`Error::Invalid`] for what cannot be a code, or for a kind whose codes are sent first;
    /// [`Error::WrongFactorCode`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn prove_code(
        &self,
        caller: &Caller,
        whom: &Whom,
        kind: Factor,
        code: &str,
    ) -> Result<Proof, Error> {
        let tenant = caller.application.tenant;
        let code: Zeroizing<String> = Zeroizing::new(code.split_whitespace().collect());
        caller.policy.allowed_at(None, kind)?;
        let user = self.person(caller, whom).await?;
        let counted = Counted { tenant, user: user.id, factor: kind.as_str() };
        for _ in 0..ATTEMPTS {
            let rows = self.store.factors(tenant, user.id).await?;
            if !rows.iter().any(|row| row.kind == kind.as_str() && row.active_at.is_some()) {
                return Err(Error::NoFactor(kind.as_str()));
            }
            if self.store.counter(counted).await?.locked_at.is_some() {
                return Err(Error::Locked(kind.as_str()));
            }
            let judged = match kind {
                Factor::Totp if !Digits::Six.fits(&code) => {
                    return Err(Error::Invalid("code must be six digits".to_owned()));
                }
                Factor::Totp => self.judge_totp(&caller.policy, &user, &code).await?,
                Factor::Recovery => self.judge_recovery(&caller.policy, &user, &code).await?,
                _ => {
                    let why = "this kind of code is sent first; ask for one";
                    return Err(Error::Invalid(why.to_owned()));
                }
            };
            let (mut batch, mut others) = (judged.statements, Vec::new());
            let name = if judged.right { "factor.code_accepted" } else { "factor.code_refused" };
            if !judged.right {
                let (person, now) = ((tenant, user.id), self.now());
                let (ends, ended) = self.end_with_lock(person, kind.as_str(), &caller.actor(), now).await?;
                batch.extend(ends);
                others = ended;
            }
            let subject = to_base32(user.id);
            batch.push(self.event_with(tenant, name, &caller.actor(), &subject, kind.as_str())?);
            match self.store.write_for(&user, batch).await {
                // The factor was locked, or the code used, at this very moment: look again.
                Err(StoreError::Unmet(_)) => continue,
                result => result?,
            }
            for other in others {
                self.look_again(tenant, other).await?;
            }
            if judged.right {
                return Ok(Proof::new(&user, kind, self.now()));
            }
            let failures = self.store.counter(counted).await?.failures;
            let attempts_left = (caller.policy.failure_limit - failures).max(0);
            return Err(Error::WrongFactorCode { attempts_left });
        }
        Err(Error::TooFast { retry_after: 1 })
    }
}
