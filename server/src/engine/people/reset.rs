//! Taking factors away at an operator's word: at once, or where the tenant says so, once a second operator approves.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use countersign_protocol::id::{TenantId, from_base32, to_base32, uuid_v7};
use uuid::Uuid;

use crate::engine::console::{May, Operator, OperatorId};
use crate::engine::policy::Factor;
use crate::engine::{Engine, Error, FactorId, Mask, Word};
use crate::store::{ResetRow, Statement, Still, StoreError, UserRow};
use crate::wake::Topic;

/// Milliseconds that a reset waits for a second operator.
const WAITS: i64 = 24 * 60 * 60 * 1000;
/// Milliseconds for which one that has ended is shown.
const SHOWN: i64 = 30 * 24 * 60 * 60 * 1000;
/// Resets that are shown.
const PAGE: i64 = 50;

/// What is to be taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reset {
    /// Everything but devices.
    All,
    /// One factor or device.
    One(FactorId),
}

impl fmt::Display for Reset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::One(id) => id.fmt(f),
        }
    }
}

impl FromStr for Reset {
    type Err = ResetError;

    fn from_str(text: &str) -> Result<Self, ResetError> {
        if text == "all" {
            return Ok(Self::All);
        }
        text.parse().map(Self::One).map_err(|_| Error::NoSuchFactor.into())
    }
}

/// The id of a reset that waits: `rst_` and 26 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResetId(Uuid);

impl fmt::Display for ResetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rst_{}", to_base32(self.0))
    }
}

impl FromStr for ResetId {
    type Err = ResetError;

    fn from_str(text: &str) -> Result<Self, ResetError> {
        text.strip_prefix("rst_").and_then(from_base32).map(Self).ok_or(ResetError::NotFound)
    }
}

/// What became of a wish to reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetDone {
    /// It was done.
    Done,
    /// It waits for a second operator.
    Waits(ResetId),
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResetError {
    /// The role, or the tenant's policy, does not go so far.
    #[error("your role does not allow this; ask an owner")]
    NotAllowed,
    /// There is no such reset.
    #[error("there is no such reset; the page of resets shows those that there are")]
    NotFound,
    /// The same reset of the same person waits already.
    #[error("this reset waits for a second operator already")]
    Waits,
    /// Nobody approves what they asked for.
    #[error("somebody else must approve what you asked for")]
    Own,
    /// It was approved, refused or taken back, or its time is over.
    #[error("this reset does not wait any more")]
    Over,
    /// Whoever asked for it may not any more.
    #[error(
        "whoever asked for this may not help people any more; refuse it, and ask anew if it is still needed"
    )]
    AskerGone,
    /// Anything else.
    #[error(transparent)]
    Engine(#[from] Error),
}

impl From<StoreError> for ResetError {
    fn from(error: StoreError) -> Self {
        Self::Engine(error.into())
    }
}

/// A reset in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResetTask {
    /// Its id.
    pub id: ResetId,
    /// Whose factors.
    pub user: Uuid,
    /// The same for a reader.
    pub name: String,
    /// What is taken away: nothing said means everything but devices.
    pub kind: Option<Factor>,
    /// The name of that, masked.
    pub label: Option<String>,
    /// Who asked.
    pub asked_by: OperatorId,
    /// Who approved or refused it.
    pub ended_by: Option<OperatorId>,
    /// Milliseconds since 1970.
    pub asked_at: i64,
    /// Milliseconds since 1970.
    pub expires_at: i64,
    /// `waiting`, `approved`, `refused`, `withdrawn` or `expired`, at the time it was looked at.
    pub state: &'static str,
}

impl ResetTask {
    fn of(row: ResetRow, now: i64) -> Self {
        let state = match row.state.as_str() {
            "waiting" if row.expires_at > now => "waiting",
            "approved" => "approved",
            "refused" => "refused",
            "withdrawn" => "withdrawn",
            _ => "expired",
        };
        Self {
            id: ResetId(row.id),
            user: row.user,
            name: row.display_name.unwrap_or(row.user_ref),
            kind: row.kind.as_deref().and_then(Factor::from_word),
            label: row.label,
            asked_by: OperatorId(row.asked_by),
            ended_by: row.ended_by.map(OperatorId),
            asked_at: row.asked_at,
            expires_at: row.expires_at,
            state,
        }
    }
}

impl Engine {
    /// Takes a person's factors away at this operator's word, or notes the wish where a second operator must approve it.
    ///
    /// # Errors
    /// [`ResetError`].
    pub async fn reset_person(
        &self,
        operator: &Operator,
        address: Option<IpAddr>,
        (tenant, user): (TenantId, Uuid),
        what: Reset,
    ) -> Result<ResetDone, ResetError> {
        if !operator.may(May::HelpPeople, tenant) {
            return Err(ResetError::NotAllowed);
        }
        let user = self.person_by_id(tenant, user).await?;
        if self.tenant_policy(tenant).await?.two_person_resets {
            return self.ask_for_reset(operator, address, &user, what).await.map(ResetDone::Waits);
        }
        let by = operator.at(address);
        let word = Word::Operator(tenant, &by);
        match what {
            Reset::All => drop(self.reset_factors(word, &user.user_ref, None).await?),
            Reset::One(id) => self.remove_factor(word, &user.user_ref, id).await?,
        }
        Ok(ResetDone::Done)
    }

    async fn ask_for_reset(
        &self,
        operator: &Operator,
        address: Option<IpAddr>,
        user: &UserRow,
        what: Reset,
    ) -> Result<ResetId, ResetError> {
        let (kind, label) = self.named(user, what).await?;
        let (tenant, now) = (user.tenant, self.now());
        let row = ResetRow {
            tenant,
            id: self.new_id()?,
            user: user.id,
            user_ref: String::new(),
            display_name: None,
            what: what.to_string(),
            kind: kind.map(|kind| kind.as_str().to_owned()),
            label,
            asked_by: operator.id.0,
            asked_at: now,
            expires_at: now + WAITS,
            state: "waiting".to_owned(),
            ended_by: None,
            ended_at: None,
        };
        let event = self.reset_event("reset.asked", operator, address, &row)?;
        match self.store.write_for(user, row.insert().into_iter().chain([event]).collect()).await {
            Err(StoreError::Duplicate) => Err(ResetError::Waits),
            result => Ok(result.map(|()| ResetId(row.id))?),
        }
    }

    /// What is to be taken away, for whoever must approve it.
    async fn named(
        &self,
        user: &UserRow,
        what: Reset,
    ) -> Result<(Option<Factor>, Option<String>), ResetError> {
        let Reset::One(id) = what else { return Ok((None, None)) };
        let (_, all) = self.factors_of(user.tenant, &user.user_ref).await?;
        let found = all.into_iter().find(|factor| factor.id == id).ok_or(Error::NoSuchFactor)?;
        Ok((Some(found.kind), found.name(Mask::Plain)))
    }

    /// Approves a reset that another operator asked for: it is done in the same moment, once.
    ///
    /// # Errors
    /// [`ResetError`].
    pub async fn approve_reset(
        &self,
        operator: &Operator,
        address: Option<IpAddr>,
        (tenant, id): (TenantId, ResetId),
    ) -> Result<(), ResetError> {
        let row = self.waiting_reset(operator, tenant, id).await?;
        if row.asked_by == operator.id.0 {
            return Err(ResetError::Own);
        }
        if !self.operator(OperatorId(row.asked_by)).await?.may(May::HelpPeople, tenant) {
            return Err(ResetError::AskerGone);
        }
        let user = self.person_by_id(tenant, row.user).await?;
        let by = operator.at(address);
        let word = Word::Operator(tenant, &by);
        let role = operator.role.as_str();
        let home = self.console_home().await?.tenant;
        let still = Still { home, operator: operator.id.0, role, scope: operator.scope.as_uuid() };
        let event = self.reset_event("reset.approved", operator, address, &row)?;
        let mut batch = vec![row.approve(still, self.now()), event];
        batch.extend(match row.what.parse()? {
            Reset::All => self.resetting(word, &user.user_ref, None).await?.1,
            Reset::One(factor) => self.removing(word, &user.user_ref, factor).await?,
        });
        match self.store.write(batch).await {
            Err(StoreError::Unmet(0)) => return Err(ResetError::Over),
            Err(StoreError::Unmet(_)) => return Err(Error::NoSuchFactor.into()),
            result => result?,
        }
        self.outbox_changed();
        self.wake.wake(Topic::Inbox(user.id));
        Ok(())
    }

    /// Refuses a reset, or takes back one's own.
    ///
    /// # Errors
    /// [`ResetError`].
    pub async fn refuse_reset(
        &self,
        operator: &Operator,
        address: Option<IpAddr>,
        (tenant, id): (TenantId, ResetId),
    ) -> Result<(), ResetError> {
        let row = self.waiting_reset(operator, tenant, id).await?;
        let (state, name) = if row.asked_by == operator.id.0 {
            ("withdrawn", "reset.withdrawn")
        } else {
            ("refused", "reset.refused")
        };
        let event = self.reset_event(name, operator, address, &row)?;
        match self.store.write(vec![row.end(state, operator.id.0, self.now()), event]).await {
            Err(StoreError::Unmet(0)) => Err(ResetError::Over),
            result => Ok(result?),
        }
    }

    /// A reset that waits, if this operator, as they are at this moment, may decide about it.
    async fn waiting_reset(
        &self,
        operator: &Operator,
        tenant: TenantId,
        id: ResetId,
    ) -> Result<ResetRow, ResetError> {
        self.is_no_console(tenant).await?;
        if !self.operator(operator.id).await?.may(May::HelpPeople, tenant) {
            return Err(ResetError::NotAllowed);
        }
        let row = self.store.reset(tenant, id.0).await?.ok_or(ResetError::NotFound)?;
        if row.state != "waiting" || row.expires_at <= self.now() {
            return Err(ResetError::Over);
        }
        Ok(row)
    }

    /// The tenant's latest resets that wait or waited for a second operator, newest first.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::TenantNotFound`].
    pub async fn reset_tasks(&self, tenant: TenantId) -> Result<Vec<ResetTask>, Error> {
        self.is_no_console(tenant).await?;
        let now = self.now();
        let from = uuid_v7(now - SHOWN, &[0; 10]);
        let rows = self.store.resets(tenant, (from, Uuid::max()), PAGE).await?;
        Ok(rows.into_iter().map(|row| ResetTask::of(row, now)).collect())
    }

    /// Whether a second operator must approve resets, and how many wait for one.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::TenantNotFound`].
    pub async fn resets_that_wait(&self, tenant: TenantId) -> Result<(bool, usize), Error> {
        let tasks = self.reset_tasks(tenant).await?;
        let waiting = tasks.iter().filter(|task| task.state == "waiting").count();
        Ok((self.tenant_policy(tenant).await?.two_person_resets, waiting))
    }

    /// How many resets wait for this operator to decide; none where no second operator decides, or where they may not. One
    /// read where the policy is off, because every page of the tenant asks.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn resets_to_decide(
        &self,
        operator: &Operator,
        tenant: TenantId,
    ) -> Result<Option<i64>, Error> {
        if !operator.may(May::HelpPeople, tenant) || !self.tenant_policy(tenant).await?.two_person_resets {
            return Ok(None);
        }
        let now = self.now();
        let oldest = uuid_v7(now - WAITS, &[0; 10]);
        Ok(Some(self.store.resets_of_others(tenant, (oldest, now), operator.id.0).await?))
    }

    fn reset_event(
        &self,
        name: &'static str,
        operator: &Operator,
        address: Option<IpAddr>,
        row: &ResetRow,
    ) -> Result<Statement, Error> {
        let detail = format!("{} of {}", row.what, ResetId(row.id));
        self.event_with(row.tenant, name, &operator.at(address), &to_base32(row.user), &detail)
    }
}
