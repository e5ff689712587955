//! Choosing providers: a tenant's or the platform's account for a channel, its limits, and what is chosen now. Every
//! change is in the audit log; the account itself is sealed and never shown.

use countersign_protocol::id::{TenantId, uuid_v7};
use zeroize::Zeroizing;

use super::lookup::settings_place;
use super::{Account, Channel, Limits, PLATFORM, Provider};
use crate::engine::audit::Actor;
use crate::engine::{Engine, Error};
use crate::store::providers::remove;
use crate::store::{Figures, ProviderRow, Statement, StoreError, tenants};

/// Milliseconds that figures look back.
const LAST_HOUR: i64 = 3_600_000;

/// What is to carry a channel's messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// This account.
    Account(Box<Account>),
    /// The platform's, whatever that is; for a tenant.
    Platform,
    /// Nobody: there are no such messages.
    Off,
}

/// What is chosen for a channel, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// The channel.
    pub channel: Channel,
    /// Who chose: `tenant` or `platform`; `nobody` when messages go to a file or nowhere.
    pub by: &'static str,
    /// The kind of account; `platform`, `off`, `file` or `none`.
    pub kind: String,
    /// What may be shown of the account: names and fingerprints, never a secret.
    pub facts: Vec<(&'static str, String)>,
    /// Where its messages may go, and how many.
    pub limits: Limits,
    /// Since when, in milliseconds since 1970.
    pub since: Option<i64>,
    /// A word for why the account is refused, and since when.
    pub trouble: Option<(String, i64)>,
    /// The messages of the last hour.
    pub last_hour: Figures,
}

impl Engine {
    /// Chooses who carries a channel's messages for a tenant, or ([`PLATFORM`]) for all that have not chosen. The account
    /// is checked as far as it can be without sending. A running server follows within three seconds.
    ///
    /// # Errors
    /// [`Error::Invalid`] says what to mend; [`Error::TenantNotFound`].
    pub async fn set_provider(
        &self,
        tenant: TenantId,
        channel: Channel,
        choice: Choice,
        limits: Option<Limits>,
        by: &dyn Actor,
    ) -> Result<(), Error> {
        check(tenant, channel, &choice, limits.as_ref())?;
        let row = self.provider_row(tenant, channel, &choice, limits.as_ref())?;
        let detail = match &limits {
            Some(limits) => {
                let per_day = limits.per_day.map_or_else(|| "any number".to_owned(), |n| n.to_string());
                format!("{}; countries {}; {per_day} a day", row.kind, limits.countries.text())
            }
            None => row.kind.clone(),
        };
        self.change_provider(tenant, channel, vec![row.put()], "provider.set", &detail, by).await
    }

    /// Forgets what was chosen: the platform's account carries the tenant's messages then, if there is one.
    ///
    /// # Errors
    /// [`Error::ProviderNotFound`], [`Error::TenantNotFound`].
    pub async fn remove_provider(
        &self,
        tenant: TenantId,
        channel: Channel,
        by: &dyn Actor,
    ) -> Result<(), Error> {
        let gone = remove(tenant, channel.as_str());
        match self.change_provider(tenant, channel, vec![gone], "provider.removed", "", by).await {
            Err(Error::Store(StoreError::Unmet(_))) => Err(Error::ProviderNotFound(channel.as_str())),
            result => result,
        }
    }

    async fn change_provider(
        &self,
        tenant: TenantId,
        channel: Channel,
        change: Vec<Statement>,
        name: &'static str,
        detail: &str,
        by: &dyn Actor,
    ) -> Result<(), Error> {
        let mut batch = change;
        if tenant != PLATFORM {
            self.tenant_must_exist(tenant).await?;
            batch.push(tenants::hold(tenant));
        }
        let log = self.log_about(tenant).await?;
        batch.push(self.event_with(log, name, by, &channel.as_str(), detail)?);
        let written = self.store.write(batch).await;
        self.lookup.forget();
        Ok(written?)
    }

    /// The log that says what is done about a tenant's accounts: of the platform's, the operators' own, which those who look
    /// after the whole server read.
    pub(super) async fn log_about(&self, tenant: TenantId) -> Result<TenantId, Error> {
        if tenant == PLATFORM { Ok(self.console_home().await?.tenant) } else { Ok(tenant) }
    }

    fn provider_row(
        &self,
        tenant: TenantId,
        channel: Channel,
        choice: &Choice,
        limits: Option<&Limits>,
    ) -> Result<ProviderRow, Error> {
        let id = self.new_id()?;
        let (kind, settings) = match choice {
            Choice::Platform => ("platform", Vec::new()),
            Choice::Off => ("off", Vec::new()),
            Choice::Account(account) => {
                let plain =
                    Zeroizing::new(serde_json::to_vec(account).map_err(|_| Error::Damaged("account"))?);
                (account.kind(), self.master.seal(&*self.rng, settings_place(tenant, id), &plain)?)
            }
        };
        Ok(ProviderRow {
            tenant,
            channel: channel.as_str().to_owned(),
            id,
            kind: kind.to_owned(),
            settings,
            countries: limits.map(|limits| limits.countries.text()),
            per_day: limits.and_then(|limits| limits.per_day),
            created_at: self.now(),
            trouble: None,
            trouble_at: None,
        })
    }

    /// What is chosen for each channel, for a tenant or ([`PLATFORM`]) for all.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::Store`], [`Error::Seal`].
    pub async fn providers(&self, tenant: TenantId) -> Result<Vec<Chosen>, Error> {
        if tenant != PLATFORM {
            self.tenant_must_exist(tenant).await?;
        }
        let rows = self.store.providers(tenant, PLATFORM).await?;
        let mut all = Vec::new();
        for channel in Channel::ALL {
            all.push(self.chosen(tenant, channel, &rows).await?);
        }
        Ok(all)
    }

    async fn chosen(
        &self,
        tenant: TenantId,
        channel: Channel,
        rows: &[ProviderRow],
    ) -> Result<Chosen, Error> {
        let of = |whose| rows.iter().find(|row| row.tenant == whose && row.channel == channel.as_str());
        let (own, platform) = (of(tenant).filter(|_| tenant != PLATFORM), of(PLATFORM));
        let limits = self.limits_of(tenant, channel).await?;
        let row = match own {
            Some(own) if own.kind == "platform" => platform,
            own => own.or(platform),
        };
        let Some(row) = row else {
            let provider = self.provider_for(tenant, channel).await?;
            let (kind, lane) = provider.map_or(("none", None), |provider| ("file", Some(provider.id)));
            let last_hour = self.last_hour(tenant, lane).await?;
            let (by, kind) = ("nobody", kind.to_owned());
            return Ok(Chosen {
                channel,
                by,
                kind,
                facts: Vec::new(),
                limits,
                since: None,
                trouble: None,
                last_hour,
            });
        };
        let facts = if row.settings.is_empty() {
            Vec::new()
        } else {
            let Provider { account, .. } = self.open_provider(row, channel)?;
            account.facts()
        };
        Ok(Chosen {
            channel,
            by: if row.tenant == PLATFORM { "platform" } else { "tenant" },
            kind: row.kind.clone(),
            facts,
            limits,
            since: Some(row.created_at),
            trouble: row.trouble.clone().zip(row.trouble_at),
            last_hour: self.last_hour(tenant, Some(row.id)).await?,
        })
    }

    /// The messages of a lane in the last hour: a tenant's, or all tenants'.
    async fn last_hour(&self, tenant: TenantId, lane: Option<uuid::Uuid>) -> Result<Figures, Error> {
        let Some(lane) = lane else { return Ok(Figures::default()) };
        let since = uuid_v7(self.now() - LAST_HOUR, &[0; 10]);
        let tenants = match tenant {
            PLATFORM => self.store.tenants().await?.into_iter().map(|tenant| tenant.id).collect(),
            tenant => vec![tenant],
        };
        let mut sum = Figures::default();
        for tenant in tenants {
            let Figures { waiting, done, dead } = self.store.figures(tenant, lane, since).await?;
            sum = Figures { waiting: sum.waiting + waiting, done: sum.done + done, dead: sum.dead + dead };
        }
        Ok(sum)
    }
}

/// Refuses what cannot work, before it takes the place of something that does.
fn check(tenant: TenantId, channel: Channel, choice: &Choice, limits: Option<&Limits>) -> Result<(), Error> {
    let wrong = |sentence: String| Err(Error::Invalid(sentence));
    let costs = matches!(channel, Channel::Sms | Channel::Voice);
    match choice {
        Choice::Platform if tenant == PLATFORM => {
            wrong("only a tenant can leave a channel to the platform; name it with --tenant".to_owned())
        }
        Choice::Account(account) if !account.carries(channel) => {
            wrong(format!("an account of kind {} carries no {} messages", account.kind(), channel.as_str()))
        }
        Choice::Account(_) if costs && limits.is_none_or(|limits| limits.per_day.is_none()) => {
            wrong(format!(
                "{} costs money with each message: say to which countries it may go (--countries) and how many a tenant may \
             cause in a day (--per-day)",
                channel.as_str()
            ))
        }
        _ if limits.is_some_and(|limits| limits.per_day.is_some_and(|n| n < 1)) => {
            wrong("per-day must be 1 or more; to send none, choose off".to_owned())
        }
        _ if limits.is_some() && !costs => {
            wrong("countries and a number for each day are for sms and voice only".to_owned())
        }
        Choice::Account(account) => account.check(channel),
        Choice::Platform | Choice::Off => Ok(()),
    }
}
