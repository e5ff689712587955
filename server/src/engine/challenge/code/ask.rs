//! Asking for a code, and sending it where one is sent.

use countersign_protocol::id::{ChallengeId, to_base32};
use countersign_protocol::wire::Outcome;

use super::send::Outgoing;
use super::{ATTEMPTS, AskCode, CodeAsked, CodePurpose, FactorRef, kind_of};
use crate::engine::challenge::ask::{SUPERSEDED, check_window, superseded};
use crate::engine::policy::{AccessRule, Effect, Factor};
use crate::engine::transaction::turn;
use crate::engine::{Caller, Engine, Error};
use crate::store::{Addressee, ChallengeRow, FactorRow, NewCodeChallenge, State, Statement, UserRow};

/// A person who is to be asked, as they were seen.
struct Seen {
    user: UserRow,
    addressee: Addressee,
    factor: FactorRow,
    kind: Factor,
}

impl Engine {
    /// Asks a person for a code, and sends it to them where it is one that is sent.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::UserNotFound`], [`Error::NoFactor`], [`Error::FactorNotAllowed`],
    /// [`Error::FactorTooWeak`], [`Error::RefusedByRule`], [`Error::Locked`]; where something is sent, what
    /// [`Engine::room_to_send`] says and [`Error::NoProvider`]; [`Error::NotPending`] when it is no longer this question's
    /// [`Turn`](crate::engine::Turn).
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn ask_code(&self, caller: &Caller, ask: AskCode) -> Result<CodeAsked, Error> {
        ask.origin.check()?;
        check_window(ask.answer_window)?;
        for _ in 0..ATTEMPTS {
            let seen = self.seen(caller, &ask).await?;
            self.may_be_asked(caller, &seen, &ask).await?;
            if let Some(asked) = self.put_code(caller, seen, &ask).await? {
                return Ok(asked);
            }
        }
        Err(Error::SentJustNow { retry_after: 1 })
    }

    async fn seen(&self, caller: &Caller, ask: &AskCode) -> Result<Seen, Error> {
        let user = self.person(caller, &ask.whom).await?;
        let (since, now) = (Self::oldest_pending(self.now()), self.now());
        let found = self.store.addressee(&user, caller.application.id, since, now).await?;
        let addressee = found.ok_or(Error::UserNotFound)?;
        let factors = self.store.factors(user.tenant, user.id).await?;
        // One that does not count yet can only be made to count.
        let binds = ask.purpose == CodePurpose::Bind;
        let mut fitting = factors.into_iter().filter(|row| row.active_at.is_some() || binds);
        let (factor, word) = match ask.factor {
            FactorRef::Id(id) => (fitting.find(|row| row.id == id), "such"),
            FactorRef::Kind(Factor::Push) => return Err(Error::Damaged("kind of code")),
            FactorRef::Kind(kind) => (fitting.find(|row| row.kind == kind.as_str()), kind.as_str()),
        };
        let factor = factor.ok_or(Error::NoFactor(word))?;
        let kind = kind_of(&factor)?;
        Ok(Seen { user, addressee, factor, kind })
    }

    /// What stands against it: policy, locks, and where the sign-in comes from.
    async fn may_be_asked(&self, caller: &Caller, seen: &Seen, ask: &AskCode) -> Result<(), Error> {
        let kind = seen.kind;
        match ask.purpose {
            CodePurpose::SignIn => caller.policy.allowed_at(ask.risk, kind)?,
            CodePurpose::Bind if caller.policy.factors.allow(kind) => {}
            CodePurpose::Bind => return Err(Error::FactorNotAllowed(kind.as_str())),
        }
        if seen.addressee.locked.iter().any(|locked| locked == kind.as_str()) {
            return Err(Error::Locked(kind.as_str()));
        }
        let (_, country) = self.context(&ask.origin);
        match AccessRule::judge(&caller.policy.access, ask.origin.address, country.as_deref()) {
            Effect::Allow => Ok(()),
            // A code proves neither biometrics nor a passcode.
            Effect::Verify if ask.purpose == CodePurpose::SignIn => Err(Error::FactorTooWeak(kind.as_str())),
            Effect::Verify => Ok(()),
            Effect::Deny => Err(self.refused_by_rule(caller, &seen.user).await?),
        }
    }

    /// Notes that an access rule refused a sign-in.
    pub(in crate::engine) async fn refused_by_rule(
        &self,
        caller: &Caller,
        user: &UserRow,
    ) -> Result<Error, Error> {
        let (name, subject) = ("challenge.refused_by_rule", to_base32(user.id));
        self.store.write(vec![self.event(user.tenant, name, &caller.actor(), &subject)?]).await?;
        Ok(Error::RefusedByRule)
    }

    /// None when somebody else asked or sent something since `seen` was read; nothing was done then.
    async fn put_code(&self, caller: &Caller, seen: Seen, ask: &AskCode) -> Result<Option<CodeAsked>, Error> {
        let (tenant, now) = (seen.user.tenant, self.now());
        let id = ChallengeId(self.new_id()?);
        // A whole second, as the replies say it.
        let window = ask.answer_window.unwrap_or(caller.policy.answer_window);
        let expires_at = turn::ends(ask.turn, (now / 1000 + window) * 1000, now)?;
        let to = seen.factor.contact.as_ref().map(|contact| contact.value.as_str());
        let mut batch = Vec::new();
        let (mut sent, mut told, mut detail) = (None, None, seen.kind.as_str().to_owned());
        if let Some(to) = to {
            let outgoing = Outgoing {
                tenant,
                challenge: id,
                kind: seen.kind,
                to,
                purpose: ask.purpose,
                language: ask.language.unwrap_or_else(|| seen.user.language()),
                tenant_name: &seen.addressee.tenant_name,
                application: &caller.application.name,
                expires_at,
            };
            let code = self.send_code(&outgoing, 0).await?;
            detail = code.detail;
            (sent, told) = (Some(code.row), Some(code.sent));
            batch.extend(code.statements);
        }
        let waiting = waiting(&seen, ask.purpose);
        let superseded = match ask.purpose {
            CodePurpose::SignIn => superseded(&waiting, caller.policy.pending_limit),
            CodePurpose::Bind => &waiting,
        };
        let superseded = turn::superseded(superseded, &waiting, ask.turn);
        let turn = turn::take(&mut batch, ask.turn, tenant, id, now);
        batch.extend(self.supersede(caller, &superseded, now)?);
        let new = NewCodeChallenge {
            tenant,
            id,
            application: caller.application.id,
            user: seen.user.id,
            kind: seen.kind.as_str(),
            factor: seen.factor.id,
            binds: ask.purpose == CodePurpose::Bind,
            session_ref: ask.session_ref.clone(),
            sent,
            created_at: now,
            expires_at,
        };
        let row = new.row(seen.user.user_ref.clone());
        batch.push(new.insert());
        batch.push(self.event_with(tenant, "challenge.asked", &caller.actor(), &id, seen.kind.as_str())?);
        if told.is_some() {
            batch.push(self.event_with(tenant, "challenge.code_sent", &caller.actor(), &id, &detail)?);
        }
        let ticket = self.snapshots.ticket(id);
        if let Err(error) = self.store.write_for(&seen.user, batch).await {
            return turn.lost(error).map(|()| None);
        }
        if told.is_some() {
            self.outbox_changed();
        }
        self.snapshots.put(row, now, ticket);
        self.metrics.challenge_asked();
        self.announce_question(tenant, seen.user.id, &superseded, ask.turn).await?;
        Ok(Some(CodeAsked {
            id,
            kind: seen.kind,
            factor: seen.factor.id,
            session_ref: ask.session_ref.clone(),
            expires_at,
            sent: told,
        }))
    }

    fn supersede(&self, caller: &Caller, old: &[ChallengeId], now: i64) -> Result<Vec<Statement>, Error> {
        let (tenant, mut statements) = (caller.application.tenant, Vec::new());
        for old in old {
            statements.extend(self.end_along(tenant, *old, SUPERSEDED, &caller.actor(), now)?);
        }
        Ok(statements)
    }
}

/// What waits already and is of the same sort: other sign-ins, or the making of the same factor.
fn waiting(seen: &Seen, purpose: CodePurpose) -> Vec<ChallengeId> {
    let pending = seen.addressee.pending.iter();
    let same = pending.filter(|other| match purpose {
        CodePurpose::SignIn => !other.binds,
        CodePurpose::Bind => other.binds && other.factor == Some(seen.factor.id),
    });
    same.map(|other| other.id).collect()
}

impl NewCodeChallenge {
    /// The challenge as a look at it would find it.
    fn row(&self, user_ref: String) -> ChallengeRow {
        ChallengeRow {
            tenant: self.tenant,
            id: self.id,
            application_id: self.application,
            user_id: self.user,
            user_ref,
            kind: self.kind.to_owned(),
            session_ref: self.session_ref.clone(),
            state: State::new(Outcome::Pending, self.expires_at),
            created_at: self.created_at,
            responded_at: None,
            device_name: None,
        }
    }
}
