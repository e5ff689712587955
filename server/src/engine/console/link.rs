//! Links by which somebody becomes an operator (S51): the first owner of a server that has none, and whoever is invited.
//! There is no password that a server begins with.
//!
//! A link belongs to the first browser in which somebody says who they are. It is used up when their second factor counts,
//! and not before: whoever loses their way can go on in the same browser.

use std::net::IpAddr;

use countersign_protocol::base64url;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::session::hash;
use super::{Home, NewOperator, Operator, OperatorId, Role, Scope};
use crate::engine::audit::{Actor, By};
use crate::engine::directory::users::check_email;
use crate::engine::policy::Factor;
use crate::engine::providers::PLATFORM;
use crate::engine::{Engine, Error, FactorId, Language, NewUser, Word, check_new_password};
use crate::host::random;
use crate::store::console::{links, operators};
use crate::store::{Batch, LinkRow, StoreError, UserRow};

/// Milliseconds that a link is good for.
pub(super) const LIFETIME: i64 = 24 * 60 * 60 * 1000;
/// The kinds of links.
const FIRST: &str = "first";
const INVITED: &str = "invited";

/// An operator to be, to whom a link is handed over.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// Whose it is; none: whoever opens it says.
    pub email: Option<String>,
    /// As what they come.
    pub role: Role,
    /// What they will look after.
    pub scope: Scope,
}

/// A link that can be used.
#[derive(Debug, Clone)]
pub struct OperatorLink {
    /// Whose it is, if that is known.
    pub email: Option<String>,
    /// As what they come.
    pub role: Role,
    /// What they will look after.
    pub scope: Scope,
    /// Until when it can be used: milliseconds since 1970.
    pub expires_at: i64,
    /// Who took it up in this browser.
    pub taken_up: Option<UserRow>,
    row: LinkRow,
}

/// Who somebody with a link says that they are.
pub struct Joining<'a> {
    /// Their address; that of the link counts where it has one.
    pub email: &'a str,
    /// Their own name.
    pub name: &'a str,
    /// The password that they will sign in with.
    pub password: &'a str,
    /// The language of their browser.
    pub language: Language,
}

impl std::fmt::Debug for Joining<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Joining").field("email", &self.email).finish_non_exhaustive()
    }
}

/// A browser with a link: what the link says, and the browser's cookie.
#[derive(Debug, Clone, Copy)]
pub struct Holder<'a> {
    /// The link's token.
    pub token: &'a str,
    /// SHA-256 of the browser's cookie.
    pub browser: [u8; 32],
    /// Where it is.
    pub address: Option<IpAddr>,
}

impl Holder<'_> {
    pub(super) fn by(&self) -> By<&'static str> {
        By("operator link", self.address)
    }
}

impl Engine {
    /// A link for the first owner, in place of the one before; none when the server has an owner. What is printed when
    /// the server starts.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn first_owner_link(&self) -> Result<Option<Zeroizing<String>>, Error> {
        if self.server_has_owner().await? {
            return Ok(None);
        }
        let (token, row) =
            self.new_link(FIRST, NewLink { email: None, role: Role::Owner, scope: Scope::Server })?;
        self.store.write(vec![links::end_kind(FIRST), row.insert()]).await?;
        Ok(Some(self.address_of(&token)))
    }

    /// A link for somebody who is to be an operator, in place of one that they have not used.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an address that is none; [`Error::AlreadyEnrolled`] for one of an operator;
    /// [`Error::TenantNotFound`].
    pub async fn new_operator_link(&self, new: NewLink, by: &dyn Actor) -> Result<Zeroizing<String>, Error> {
        let (token, row, mut batch) = self.link_for(new, by, "").await?;
        batch.push(row.insert());
        self.store.write(batch).await?;
        Ok(self.address_of(&token))
    }

    /// A new link for somebody, and what is written before it is: the one that they have not used ends. `way` is what the
    /// log says of how they get it.
    pub(super) async fn link_for(
        &self,
        new: NewLink,
        by: &dyn Actor,
        way: &str,
    ) -> Result<(Zeroizing<String>, LinkRow, Batch), Error> {
        let home = self.console_home().await?;
        if let Scope::Tenant(tenant) = new.scope {
            self.tenant_must_exist(tenant).await?;
        }
        let email = new.email.map(|email| own_address(&email)).transpose()?;
        if let Some(email) = &email {
            self.must_not_be_operator(home, email).await?;
        }
        let (role, scope) = (new.role, new.scope);
        let (token, row) = self.new_link(INVITED, NewLink { email, role, scope })?;
        let detail = format!("{}{way}", NewOperator::detail(role, scope));
        let whose = row.email.as_deref().unwrap_or("anybody");
        let mut batch = vec![self.event_with(home.tenant, "operator.invited", by, &whose, &detail)?];
        if let Some(email) = &row.email {
            batch.extend(links::end_for(row.scope, email, (PLATFORM, self.now())));
        }
        Ok((token, row, batch))
    }

    /// The link with this token, for a browser that opens it. Nothing is used up.
    ///
    /// # Errors
    /// [`Error::TokenInvalid`], [`Error::TokenUsed`], [`Error::TokenExpired`]; [`Error::OtherBrowser`] when it was taken up
    /// elsewhere.
    pub async fn operator_link(&self, token: &str, browser: Option<[u8; 32]>) -> Result<OperatorLink, Error> {
        let row = self.store.operator_link(&hash(token)).await?.ok_or(Error::TokenInvalid)?;
        if row.used_at.is_some() || (row.kind == FIRST && self.server_has_owner().await?) {
            return Err(Error::TokenUsed);
        }
        if row.expires_at <= self.now() {
            return Err(Error::TokenExpired);
        }
        let taken_up = match (row.user, &row.browser) {
            (Some(user), Some(own)) => {
                if !browser.is_some_and(|browser| bool::from(browser.ct_eq(own))) {
                    return Err(Error::OtherBrowser);
                }
                let home = self.console_home().await?;
                self.store.user_by_id(home.tenant, user).await?
            }
            _ => None,
        };
        let role = Role::from_word(&row.role).ok_or(Error::Damaged("operator's link"))?;
        let (email, scope, expires_at) = (row.email.clone(), Scope::of(row.scope), row.expires_at);
        Ok(OperatorLink { email, role, scope, expires_at, taken_up, row })
    }

    /// Somebody with a link says who they are. From now on the link is good in this browser alone.
    ///
    /// # Errors
    /// As [`operator_link`](Self::operator_link); [`Error::Invalid`] for an address, a name or a password that cannot be;
    /// [`Error::AlreadyEnrolled`] for the address of an operator; [`Error::Busy`].
    pub async fn take_up_link(&self, holder: Holder<'_>, who: Joining<'_>) -> Result<UserRow, Error> {
        let link = self.operator_link(holder.token, Some(holder.browser)).await?;
        let home = self.console_home().await?;
        let email = match link.email {
            Some(email) => email,
            None => own_address(who.email)?,
        };
        check_new_password(who.password, &email, Some(&email))?;
        self.must_not_be_operator(home, &email).await?;
        let by = holder.by();
        let user = NewUser {
            user_ref: email.clone(),
            email: Some(email),
            display_name: Some(who.name.to_owned()),
            language: Some(who.language),
        };
        let user = self.ensure_user(home.tenant, user, &by).await?;
        match self.store.write(vec![link.row.take_up(user.id, &holder.browser)]).await {
            Err(StoreError::Unmet(_)) => return Err(Error::OtherBrowser),
            result => result?,
        }
        // Whatever they had when they were last an operator, or tried to become one, is over.
        self.forget_ways_in(&user, &by).await?;
        self.set_password(home.tenant, &user.user_ref, who.password, &by).await?;
        Ok(user)
    }

    /// Makes whoever took the link up an operator, now that they have something to sign in with.
    ///
    /// # Errors
    /// As [`operator_link`](Self::operator_link); [`Error::NoDevices`] while nothing counts yet.
    pub async fn use_link(&self, holder: Holder<'_>) -> Result<Operator, Error> {
        let link = self.operator_link(holder.token, Some(holder.browser)).await?;
        let user = link.taken_up.ok_or(Error::TokenInvalid)?;
        let home = self.console_home().await?;
        if !self.can_sign_in(&user).await? {
            return Err(Error::NoDevices);
        }
        self.must_not_be_operator(home, &user.user_ref).await?;
        let scope = link.scope.as_uuid();
        let id = OperatorId(user.id);
        let detail = NewOperator::detail(link.role, link.scope);
        let batch = vec![
            link.row.use_up(user.id, &holder.browser, self.now()),
            operators::put(home.tenant, user.id, (scope, link.role.as_str()), self.now()),
            self.event_with(home.tenant, "operator.put", &holder.by(), &id, &detail)?,
        ];
        match self.store.write(batch).await {
            Err(StoreError::Unmet(0)) => return Err(Error::TokenUsed),
            result => result?,
        }
        self.operator(id).await
    }

    /// Invitations for operators of this scope that wait to be used.
    pub(super) async fn waiting_links(&self, scope: Scope) -> Result<Vec<LinkRow>, Error> {
        let now = self.now();
        let mut rows = self.store.operator_links(scope.as_uuid()).await?;
        rows.retain(|row| row.expires_at > now && row.kind == INVITED);
        Ok(rows)
    }

    /// Whether somebody owns the whole server. The console is not made for that.
    pub(super) async fn server_has_owner(&self) -> Result<bool, Error> {
        let Some(home) = self.console_home_if_made().await? else { return Ok(false) };
        let all = self.store.operators(home.tenant, Scope::Server.as_uuid()).await?;
        Ok(all.iter().any(|row| row.disabled_at.is_none() && row.role == Role::Owner.as_str()))
    }

    /// Whether somebody could sign in: with a passkey, or with a second factor beside their password.
    pub(super) async fn can_sign_in(&self, user: &UserRow) -> Result<bool, Error> {
        Ok(self.has_second_factor(user).await?
            || !self.store.passkeys(user.tenant, user.id).await?.is_empty())
    }

    /// Whether a factor of theirs counts that is no recovery code.
    pub(super) async fn has_second_factor(&self, user: &UserRow) -> Result<bool, Error> {
        let (_, factors) = self.factors_of(user.tenant, &user.user_ref).await?;
        Ok(factors.iter().any(|factor| factor.active && factor.kind != Factor::Recovery))
    }

    /// Takes everything away with which somebody could sign in.
    pub(super) async fn forget_ways_in(&self, user: &UserRow, by: &dyn Actor) -> Result<(), Error> {
        let word = Word::Operator(user.tenant, by);
        let (_, factors) = self.factors_of(user.tenant, &user.user_ref).await?;
        for device in factors.iter().filter(|factor| matches!(factor.id, FactorId::Device(_))) {
            self.remove_factor(word, &user.user_ref, device.id).await?;
        }
        self.reset_factors(word, &user.user_ref, None).await?;
        self.forget_passkeys(user, by).await
    }

    pub(super) async fn must_not_be_operator(&self, home: Home, email: &str) -> Result<(), Error> {
        let Some(user) = self.person_named(home.tenant, email).await? else { return Ok(()) };
        match self.store.operator(home.tenant, user.id).await? {
            Some(_) => Err(Error::AlreadyEnrolled),
            None => Ok(()),
        }
    }

    fn new_link(&self, kind: &str, new: NewLink) -> Result<(Zeroizing<String>, LinkRow), Error> {
        let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(random(&*self.rng)?);
        let token = Zeroizing::new(base64url(bytes.as_slice()));
        let now = self.now();
        let row = LinkRow {
            token_hash: hash(&token),
            kind: kind.to_owned(),
            scope: new.scope.as_uuid(),
            role: new.role.as_str().to_owned(),
            email: new.email,
            created_at: now,
            expires_at: now + LIFETIME,
            user: None,
            browser: None,
            used_at: None,
            message: None,
        };
        Ok((token, row))
    }

    pub(super) fn address_of(&self, token: &str) -> Zeroizing<String> {
        Zeroizing::new(format!("{}/console/join/{token}", self.server_id.trim_end_matches('/')))
    }
}

/// An operator's address, as they are known by it.
pub(super) fn own_address(typed: &str) -> Result<String, Error> {
    Ok(check_email(typed.trim())?.to_lowercase())
}
