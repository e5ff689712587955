//! Invitations that wait: how their links got to whom they are for, and taking them back. A link that goes out by mail is the
//! invited person's alone, and whoever invites never sees it. The mail is the platform's, whatever the invitation is for.

use std::net::IpAddr;

use uuid::Uuid;

use super::link::LIFETIME;
use super::{NewLink, Operator, Role, Scope};
use crate::engine::audit::Actor;
use crate::engine::limits::times::{Bound, one_more};
use crate::engine::policy::Factor;
use crate::engine::providers::{Channel, PLATFORM};
use crate::engine::words::plain_name;
use crate::engine::{Engine, Error, Invited, Language, Message, Template};
use crate::store::console::links;
use crate::store::sendings::replace_times;
use crate::store::{LinkRow, Statement, StoreError};

/// Invitations by mail to what has operators, a tenant or the server: nobody sends mail in numbers by them.
const OF_ONE: [Bound; 1] = [Bound { span: 3_600_000, limit: 20 }];

/// An invitation that waits to be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Who is invited; none: whoever opens the link says.
    pub email: Option<String>,
    /// As what.
    pub role: Role,
    /// Until when the link works: milliseconds since 1970.
    pub expires_at: i64,
    /// How it stands with the mail; none when the link was shown.
    pub mail: Option<Mailed>,
}

/// How it stands with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mailed {
    /// It is on its way. A word for why the last attempt failed, if one was made.
    Waits(Option<String>),
    /// A mail server took it.
    Taken,
    /// It was given up. A word for why, if it is known.
    GivenUp(Option<String>),
}

impl Engine {
    /// Sends somebody the link by which they become an operator, in place of one that they have not used. The words are in
    /// `language`, the best guess at theirs.
    ///
    /// # Errors
    /// As [`new_operator_link`](Self::new_operator_link); [`Error::NoProvider`] when the platform sends no mail;
    /// [`Error::SentJustNow`], [`Error::SentTooMany`], [`Error::SpentForToday`].
    pub async fn mail_operator_link(
        &self,
        new: NewLink,
        language: Language,
        by: &Operator,
        address: Option<IpAddr>,
    ) -> Result<(), Error> {
        let scope = new.scope;
        let (token, mut row, mut batch) = self.link_for(new, &by.at(address), ", by mail").await?;
        let Some(to) = row.email.clone() else {
            return Err(Error::Invalid("a mail needs an address: say whom you invite".to_owned()));
        };
        let limits = self.limits_of(PLATFORM, Channel::Email).await?;
        batch.extend(self.room_to_send(PLATFORM, Factor::Email, &to, &limits).await?);
        batch.push(self.room_to_invite(scope).await?);
        let message = Message {
            to,
            template: Template::Invitation,
            language,
            tenant: self.name_of(scope).await?,
            application: None,
            code: Some(self.address_of(&token).to_string()),
            minutes: u32::try_from(LIFETIME / 60_000).unwrap_or(u32::MAX),
            invited: Some(Invited { role: row_role(&row)?, by: name_of_operator(by) }),
        };
        let (id, job) =
            self.enqueue_message(PLATFORM, Channel::Email, &message, None, row.expires_at).await?;
        row.message = Some(id);
        batch.extend([row.insert(), job]);
        match self.store.write(batch).await {
            // Sent twice at once: the other one is under way.
            Err(StoreError::Unmet(_)) => return Err(Error::SentJustNow { retry_after: 1 }),
            written => written?,
        }
        self.outbox_changed();
        Ok(())
    }

    async fn room_to_invite(&self, scope: Scope) -> Result<Statement, Error> {
        let subject = format!("invite {}", scope.as_uuid());
        let [seen, _] = self.store.sendings(PLATFORM, [&subject, ""]).await?;
        let times = one_more(seen.as_deref().unwrap_or_default(), self.now(), &OF_ONE)
            .map_err(|retry_after| Error::SentTooMany { retry_after })?;
        Ok(replace_times(PLATFORM, &subject, seen.as_deref(), times))
    }

    /// What a scope is called in the mail. Owners choose their tenant's name, so nothing of it becomes a link there.
    async fn name_of(&self, scope: Scope) -> Result<String, Error> {
        let Scope::Tenant(tenant) = scope else { return Ok("Countersign".to_owned()) };
        let row = self.store.tenant(tenant).await?.ok_or(Error::TenantNotFound(tenant.to_string()))?;
        Ok(Some(plain_name(&row.name)).filter(|name| !name.is_empty()).unwrap_or_else(|| tenant.to_string()))
    }

    /// Invitations of this scope that wait to be used, and how it stands with their mails.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn operator_invitations(&self, scope: Scope) -> Result<Vec<Invitation>, Error> {
        let mut all = Vec::new();
        for row in self.waiting_links(scope).await? {
            let mail = match row.message {
                Some(id) => Some(self.mailed(id).await?),
                None => None,
            };
            let role = row_role(&row)?;
            all.push(Invitation { email: row.email, role, expires_at: row.expires_at, mail });
        }
        Ok(all)
    }

    async fn mailed(&self, message: Uuid) -> Result<Mailed, Error> {
        let delivery = match self.delivery(PLATFORM, message).await {
            // What was settled is forgotten after days; links are not that old.
            Err(Error::DeliveryNotFound) => return Ok(Mailed::GivenUp(None)),
            found => found?,
        };
        let last = delivery.attempts.last().and_then(|attempt| attempt.error.clone());
        Ok(match delivery.row.state.as_str() {
            "done" => Mailed::Taken,
            "waiting" => Mailed::Waits(last),
            _ => Mailed::GivenUp(last),
        })
    }

    /// What an invitation of this scope that waits was for, to make another one of it.
    ///
    /// # Errors
    /// [`Error::TokenInvalid`] when there is none any more.
    pub async fn invitation_for(&self, scope: Scope, email: &str) -> Result<NewLink, Error> {
        let row = self.waiting_link(scope, email).await?;
        Ok(NewLink { role: row_role(&row)?, email: row.email, scope })
    }

    /// Takes an invitation of this scope back. A mail that did not go out yet does not go out.
    ///
    /// # Errors
    /// [`Error::TokenInvalid`] when there is none any more.
    pub async fn take_back_invitation(&self, scope: Scope, email: &str, by: &dyn Actor) -> Result<(), Error> {
        let tenant = self.console_home().await?.tenant;
        let row = self.waiting_link(scope, email).await?;
        let event = self.event(tenant, "operator.uninvited", by, &email)?;
        let [mails, links] = links::end_for(row.scope, email, (PLATFORM, self.now()));
        match self.store.write(vec![mails, row.take_away(), event, links]).await {
            Err(StoreError::Unmet(_)) => Err(Error::TokenInvalid),
            result => Ok(result?),
        }
    }

    async fn waiting_link(&self, scope: Scope, email: &str) -> Result<LinkRow, Error> {
        let waiting = self.waiting_links(scope).await?;
        waiting.into_iter().find(|row| row.email.as_deref() == Some(email)).ok_or(Error::TokenInvalid)
    }
}

fn row_role(row: &LinkRow) -> Result<Role, Error> {
    Role::from_word(&row.role).ok_or(Error::Damaged("operator's link"))
}

/// Their own name or, without one, their address. A name is made so plain that it looks like nobody's address.
fn name_of_operator(by: &Operator) -> String {
    let name = by.name.as_deref().map(plain_name).filter(|name| !name.is_empty());
    name.unwrap_or_else(|| by.email.clone())
}
