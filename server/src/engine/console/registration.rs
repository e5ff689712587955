//! Organisations that register themselves, where the operator of the server lets them. The tenant is made when the link that
//! went to the address is used, and not before: so nobody makes tenants without an address of their own.
//!
//! Whoever asks is told the same whether the address is known here or not (S27). What strangers type goes into no mail.

use std::net::IpAddr;

use countersign_protocol::base64url;
use zeroize::Zeroizing;

use super::session::hash;
use super::{NewLink, Role, Scope};
use crate::engine::audit::By;
use crate::engine::directory::tenants::display_name;
use crate::engine::directory::users::check_email;
use crate::engine::limits::times::{Bound, one_more};
use crate::engine::policy::Factor;
use crate::engine::providers::{Channel, PLATFORM};
use crate::engine::{Engine, Error, Language, Message, NewTenant, Template};
use crate::host::random;
use crate::store::console::registrations::forget_expired;
use crate::store::sendings::replace_times;
use crate::store::{RegistrationRow, Statement, StoreError};

/// Milliseconds that a link is good for.
const LIFETIME: i64 = 24 * HOUR;
const HOUR: i64 = 3_600_000;
/// Registrations from one machine.
const FROM_ONE: [Bound; 1] = [Bound { span: HOUR, limit: 5 }];
/// Registrations from everywhere together: nobody sends mail in numbers by them, whatever addresses they come from.
const FROM_ALL: [Bound; 1] = [Bound { span: HOUR, limit: 100 }];

/// An organisation that registers itself.
#[derive(Debug, Clone)]
pub struct NewRegistration<'a> {
    /// How it calls itself.
    pub name: &'a str,
    /// Who registers it.
    pub email: &'a str,
    /// The language of their browser.
    pub language: Language,
    /// Where that is.
    pub address: Option<IpAddr>,
}

impl Engine {
    /// The same engine, with which organisations may register themselves, or may not.
    #[must_use]
    pub fn with_registration(self, registration: bool) -> Self {
        Self { registration, ..self }
    }

    /// Whether organisations may register themselves.
    #[must_use]
    pub fn registers(&self) -> bool {
        self.registration
    }

    /// Sends the link with which a tenant is made. [`Error::NoProvider`] when the platform sends no mail.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name or an address that is none; [`Error::SentJustNow`], [`Error::SentTooMany`].
    pub async fn register(&self, new: NewRegistration<'_>) -> Result<(), Error> {
        if !self.registration {
            return Err(Error::NoProvider("registration"));
        }
        let name = display_name("name", new.name)?;
        let email = check_email(&new.email.trim().to_lowercase())?;
        let mut batch = self.room_to_register(new.address).await?;
        let limits = self.limits_of(PLATFORM, Channel::Email).await?;
        batch.extend(self.room_to_send(PLATFORM, Factor::Email, &email, &limits).await?);
        let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(random(&*self.rng)?);
        let token = Zeroizing::new(base64url(bytes.as_slice()));
        let (now, expires_at) = (self.now(), self.now() + LIFETIME);
        let message = Message {
            to: email.clone(),
            template: Template::Registration,
            language: new.language,
            tenant: "Countersign".to_owned(),
            application: None,
            code: Some(format!("{}/console/register/{}", self.server_id.trim_end_matches('/'), *token)),
            minutes: u32::try_from(LIFETIME / 60_000).unwrap_or(u32::MAX),
            invited: None,
        };
        let (_, job) = self.enqueue_message(PLATFORM, Channel::Email, &message, None, expires_at).await?;
        let token_hash = hash(&token);
        let row = RegistrationRow { token_hash, name, email, created_at: now, expires_at, tenant: None };
        batch.extend([forget_expired(now), row.insert(), job]);
        match self.store.write(batch).await {
            // Sent twice at once: the other one is under way.
            Err(StoreError::Unmet(_)) => return Err(Error::SentJustNow { retry_after: 1 }),
            written => written?,
        }
        self.outbox_changed();
        Ok(())
    }

    async fn room_to_register(&self, address: Option<IpAddr>) -> Result<Vec<Statement>, Error> {
        let machine = format!("register {}", machine(address));
        let all = "register";
        let [from_one, from_all] = self.store.sendings(PLATFORM, [&machine, all]).await?;
        let one_more = |seen: &Option<Vec<u8>>, bounds: &[Bound]| {
            one_more(seen.as_deref().unwrap_or_default(), self.now(), bounds)
                .map_err(|retry_after| Error::SentTooMany { retry_after })
        };
        let (one, every) = (one_more(&from_one, &FROM_ONE)?, one_more(&from_all, &FROM_ALL)?);
        Ok(vec![
            replace_times(PLATFORM, &machine, from_one.as_deref(), one),
            replace_times(PLATFORM, all, from_all.as_deref(), every),
        ])
    }

    /// The registration with this link, for a browser that opens it. Nothing is made yet.
    ///
    /// # Errors
    /// [`Error::TokenInvalid`], [`Error::TokenExpired`].
    pub async fn registration_by(&self, token: &str) -> Result<RegistrationRow, Error> {
        if !self.registration {
            return Err(Error::TokenInvalid);
        }
        let row = self.store.registration(&hash(token)).await?.ok_or(Error::TokenInvalid)?;
        if row.expires_at <= self.now() { Err(Error::TokenExpired) } else { Ok(row) }
    }

    /// Makes the tenant, once, and the link by which whoever registered it becomes its owner. Whoever lost that link on the way
    /// gets another one here, until somebody is an owner.
    ///
    /// # Errors
    /// As [`registration_by`](Self::registration_by); [`Error::TokenUsed`] when the tenant has an owner;
    /// [`Error::AlreadyEnrolled`] for the address of an operator: nothing is made then.
    pub async fn use_registration(
        &self,
        token: &str,
        address: Option<IpAddr>,
    ) -> Result<Zeroizing<String>, Error> {
        let row = self.registration_by(token).await?;
        let by = By("registration", address);
        let home = self.console_home().await?;
        self.must_not_be_operator(home, &row.email).await?;
        let tenant = match row.tenant {
            Some(tenant) => tenant,
            None => {
                let new = NewTenant { name: row.name.clone(), answer_window: None, color: None };
                let (made, mut batch) = self.new_tenant(new, &by)?;
                batch.insert(0, row.become_tenant(made.id));
                match self.store.write(batch).await {
                    Ok(()) => made.id,
                    // The button was pressed twice.
                    Err(StoreError::Unmet(0)) => {
                        self.registration_by(token).await?.tenant.ok_or(Error::TokenInvalid)?
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        };
        let scope = Scope::Tenant(tenant);
        if !self.operators(scope).await?.is_empty() {
            return Err(Error::TokenUsed);
        }
        self.new_operator_link(NewLink { email: Some(row.email), role: Role::Owner, scope }, &by).await
    }
}

/// What a machine is counted under: of IPv6 the network, because whoever has one address there has them all.
fn machine(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        None => "unknown".to_owned(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s27_a_machine_is_counted_however_it_writes_its_address() {
        let of = |text: &str| machine(Some(text.parse().unwrap()));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_eq!(of("2001:db8:0:1::1"), of("2001:db8:0:1:ffff::9"));
        assert_ne!(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
    }
}
