//! Giving a person a factor while they sign in, or with an access token of theirs: what they are shown of it, and the code
//! by which its application waits for it.

use std::fmt;

use zeroize::Zeroizing;

use crate::engine::oauth::SignInError;
use crate::engine::oauth::oob::Oob;
use crate::engine::oauth::show::Showing;
use crate::engine::policy::Factor;
use crate::engine::{Caller, Engine, NewContact, OfferedWith, Proof, Word};

/// A factor that a person wants.
#[derive(Debug, Clone)]
pub enum NewFactor {
    /// An app that shows codes.
    Totp,
    /// A number or an address.
    Contact(NewContact),
    /// A phone that answers.
    Push,
}

impl NewFactor {
    fn kind(&self) -> Factor {
        match self {
            Self::Totp => Factor::Totp,
            Self::Contact(contact) => contact.kind,
            Self::Push => Factor::Push,
        }
    }
}

/// What the person is shown, this once.
#[derive(Clone)]
pub struct Associated {
    /// Which kind it is.
    pub kind: Factor,
    /// A seed alone, in base32.
    pub secret: Option<Zeroizing<String>>,
    /// What their app scans.
    pub link: Option<Zeroizing<String>>,
    /// The code by which the application waits for it; none for a seed.
    pub oob: Option<String>,
    /// With their first factor: the code for the day when it is lost. It counts once that factor does.
    pub recovery_code: Option<Zeroizing<String>>,
}

impl fmt::Debug for Associated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Associated").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Engine {
    /// Gives a person a factor. It counts once it was confirmed at the token endpoint, or a phone was taken by its link.
    ///
    /// # Errors
    /// [`SignInError::AlreadyEnrolled`] for a login whose person has something that counts;
    /// [`Error::ProofNeeded`](crate::engine::Error::ProofNeeded) for an access token that was not got, just now, with the
    /// strongest of what they have; as [`Engine::enrol_totp`], [`Engine::enrol_contact`] and
    /// [`Engine::associate_device`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn associate(
        &self,
        caller: &Caller,
        showing: Showing<'_>,
        new: &NewFactor,
    ) -> Result<Associated, SignInError> {
        self.may_bind(caller, showing).await?;
        let user = showing.user();
        let (_, all) = self.factors_of(user.tenant, &user.user_ref).await?;
        let first = all.iter().all(|factor| !factor.active);
        let proof = match showing {
            Showing::Login(_) => None,
            Showing::Holder(bearer) => bearer.proof(),
        };
        let (mut associated, with) = self.given_to(caller, showing, proof.as_ref(), new).await?;
        if first && caller.policy.factors.allow(Factor::Recovery) {
            let word = Word::User(caller, proof.as_ref());
            associated.recovery_code = self.offer_recovery_code(word, &user.user_ref, &with).await?;
        }
        Ok(associated)
    }

    async fn given_to(
        &self,
        caller: &Caller,
        showing: Showing<'_>,
        proof: Option<&Proof>,
        new: &NewFactor,
    ) -> Result<(Associated, OfferedWith), SignInError> {
        let (user, word) = (showing.user(), Word::User(caller, proof));
        let plain = Associated { kind: new.kind(), secret: None, link: None, oob: None, recovery_code: None };
        let oob = |oob: Oob| self.oob_code(user.tenant, showing.of(), &oob).map(Some);
        Ok(match new {
            NewFactor::Totp => {
                let seed = self.enrol_totp(word, &user.user_ref).await?;
                let with = OfferedWith::Factor(seed.factor.id);
                (Associated { secret: Some(seed.secret), link: Some(seed.link), ..plain }, with)
            }
            NewFactor::Contact(contact) => {
                let given = self.enrol_own_contact(caller, proof, &user.user_ref, contact).await?;
                let asked = Oob::Sent { challenge: given.asked.id, kind: contact.kind, binds: true };
                (Associated { oob: oob(asked)?, ..plain }, OfferedWith::Factor(given.factor.id))
            }
            NewFactor::Push => {
                let issued = self.associate_device(word, &user.user_ref).await?;
                let hash = issued.link.token.hash();
                let link = Some(Zeroizing::new(issued.link.to_string()));
                (Associated { link, oob: oob(Oob::Link(hash.clone()))?, ..plain }, OfferedWith::Link(hash))
            }
        })
    }
}
