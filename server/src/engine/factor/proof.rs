//! At whose word a person's factors change (S49): an operator's, or an application's, which may have to show that the
//! person has authenticated themselves just now, as strongly as they can.

use std::fmt;
use std::net::IpAddr;

use countersign_protocol::id::{ChallengeId, TenantId};
use countersign_protocol::wire::Outcome;
use uuid::Uuid;

use crate::engine::audit::Actor;
use crate::engine::factor::ListedFactor;
use crate::engine::oauth::Administrator;
use crate::engine::policy::Factor;
use crate::engine::{Caller, Engine, Error};
use crate::store::UserRow;

/// Milliseconds for which an authentication is fresh.
const FRESH: i64 = 10 * 60 * 1000;

/// That a person has authenticated themselves, when, and with what. Made by nothing but a check that succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    tenant: TenantId,
    user: Uuid,
    by: Factor,
    at: i64,
}

impl Proof {
    /// For the checks themselves: this person has passed one just now, at `at` in milliseconds since 1970.
    pub(in crate::engine) fn new(user: &UserRow, by: Factor, at: i64) -> Self {
        Self { tenant: user.tenant, user: user.id, by, at }
    }

    /// Whether it is this person's, fresh, and as strong as the strongest of what they have.
    fn holds(&self, user: &UserRow, factors: &[ListedFactor], now: i64) -> bool {
        let strongest =
            factors.iter().filter(|factor| factor.active).map(|factor| strength(factor.kind)).max();
        // A recovery code is the way back for whoever has lost the rest.
        let own = if self.by == Factor::Recovery { u8::MAX } else { strength(self.by) };
        (self.tenant, self.user) == (user.tenant, user.id)
            && (0..=FRESH).contains(&(now - self.at))
            && strongest.is_none_or(|strongest| own >= strongest)
    }
}

/// How much a factor proves, beside others of the same person.
fn strength(kind: Factor) -> u8 {
    match kind {
        Factor::Push => 3,
        Factor::Totp => 2,
        Factor::Sms | Factor::Voice | Factor::Email | Factor::Recovery => 1,
    }
}

/// At whose word factors change.
#[derive(Debug, Clone, Copy)]
pub enum Word<'a> {
    /// An operator's: at the server itself, or in the console.
    Operator(TenantId, &'a dyn Actor),
    /// A person's own at the console, who signed in there a moment ago with their password and a factor; that was looked at
    /// before.
    Own(TenantId, &'a dyn Actor),
    /// A relying party's, with what it has to show, if anything.
    Application(&'a Caller, Option<&'a Proof>),
    /// The person's own, who holds a token of this application. Nobody vouches for them but what they have shown, so it
    /// is asked for whatever the tenant's policy says.
    User(&'a Caller, Option<&'a Proof>),
    /// An administrator's, about somebody else. What they have shown of themselves was looked at before.
    Administrator(&'a Administrator<'a>),
}

impl<'a> Word<'a> {
    /// The application through which it comes; none when it is the operator's.
    fn caller(&self) -> Option<&'a Caller> {
        match self {
            Self::Operator(..) | Self::Own(..) => None,
            Self::Application(caller, _) | Self::User(caller, _) => Some(caller),
            Self::Administrator(by) => Some(by.caller()),
        }
    }

    /// Whose people it is about.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        match self {
            Self::Operator(tenant, _) | Self::Own(tenant, _) => *tenant,
            Self::Application(caller, _) | Self::User(caller, _) => caller.application.tenant,
            Self::Administrator(by) => by.caller().application.tenant,
        }
    }

    /// The application's name, for messages; none when it is the tenant itself that speaks.
    pub(in crate::engine) fn application(&self) -> Option<String> {
        self.caller().map(|caller| caller.application.name.clone())
    }

    pub(in crate::engine) fn is_operator(&self) -> bool {
        matches!(self, Self::Operator(..))
    }

    /// Whether this kind of factor may be given.
    pub(in crate::engine) fn allows(&self, kind: Factor) -> Result<(), Error> {
        match self.caller() {
            Some(caller) if !caller.policy.factors.allow(kind) => Err(Error::FactorNotAllowed(kind.as_str())),
            _ => Ok(()),
        }
    }

    /// Whether the person's factors may change at this word.
    pub(in crate::engine) fn may_change(
        &self,
        user: &UserRow,
        factors: &[ListedFactor],
        now: i64,
    ) -> Result<(), Error> {
        let (needed, proof) = match self {
            Self::Operator(..) | Self::Own(..) | Self::Administrator(_) => return Ok(()),
            Self::Application(caller, proof) => (caller.policy.factor_changes_need_proof, proof),
            Self::User(_, proof) => (true, proof),
        };
        let nothing_yet = factors.iter().all(|factor| !factor.active);
        if !needed || nothing_yet || proof.is_some_and(|proof| proof.holds(user, factors, now)) {
            return Ok(());
        }
        Err(Error::ProofNeeded)
    }
}

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator(_, by) | Self::Own(_, by) => by.fmt(f),
            Self::Administrator(by) => by.fmt(f),
            Self::Application(caller, _) | Self::User(caller, _) => caller.id().fmt(f),
        }
    }
}

impl Actor for Word<'_> {
    fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Operator(_, by) | Self::Own(_, by) => by.address(),
            _ => self.caller().and_then(|caller| caller.address),
        }
    }
}

impl Engine {
    /// What a session proves: that it was asked by this application and approved by the person, with what, and when.
    /// Whether that is enough is seen when factors change.
    ///
    /// # Errors
    /// [`Error::ChallengeNotFound`]; [`Error::ProofNeeded`] when it proves nothing: not approved, approved by a rule,
    /// asked by another application, or no sign-in.
    pub async fn proof_by_session(&self, caller: &Caller, id: ChallengeId) -> Result<Proof, Error> {
        let tenant = caller.application.tenant;
        let row = self.store.proving(tenant, id).await?.ok_or(Error::ChallengeNotFound)?;
        let by = Factor::from_word(&row.kind).ok_or(Error::Damaged("challenge"))?;
        let approved = row.state.at(self.now()) == Outcome::Approved;
        match row.responded_at {
            Some(at) if approved && row.is_sign_in && row.application_id == caller.application.id => {
                Ok(Proof { tenant, user: row.user_id, by, at })
            }
            _ => Err(Error::ProofNeeded),
        }
    }
}
