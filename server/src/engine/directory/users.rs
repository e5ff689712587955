//! Users: making them known, and listing them.

use countersign_protocol::id::{TenantId, from_base32, to_base32};
use uuid::Uuid;

use crate::engine::audit::Actor;
use crate::engine::directory::tenants::display_name;
use crate::engine::people::words_of;
use crate::engine::{Caller, Engine, Error, Language};
use crate::store::people::put_words;
use crate::store::{StoreError, UserListing, UserRow};

/// A person to be made known, or to be brought up to date.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// What the tenant's applications call them, 1…255 characters.
    pub user_ref: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Their own name.
    pub display_name: Option<String>,
    /// The language that they are written to in.
    pub language: Option<Language>,
}

/// A page of a tenant's users.
#[derive(Debug, Clone)]
pub struct UserPage {
    /// The people.
    pub users: Vec<UserListing>,
    /// Where the next page begins; none at the end.
    pub next_cursor: Option<String>,
}

/// Users in a page at most.
const PAGE: i64 = 200;

impl Engine {
    /// The user by this `user_ref`, made known now if nobody was. E-mail and name are brought up to date.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::TenantNotFound`].
    pub async fn ensure_user(
        &self,
        tenant: TenantId,
        new: NewUser,
        actor: &dyn Actor,
    ) -> Result<UserRow, Error> {
        check_user_ref(&new.user_ref)?;
        let email = new.email.map(|e| check_email(&e)).transpose()?;
        let display_name = new.display_name.map(|n| display_name("display_name", &n)).transpose()?;
        if let Some(mut known) = self.store.user_by_ref(tenant, &new.user_ref).await? {
            let language = new.language.map(|language| language.as_str().to_owned());
            let changed = (email.is_some() && known.email != email)
                || (display_name.is_some() && known.display_name != display_name)
                || (language.is_some() && known.language != language);
            known.email = email.or(known.email);
            known.display_name = display_name.or(known.display_name);
            known.language = language.or(known.language);
            if changed {
                let mut batch = vec![known.update_contact()];
                batch.extend(put_words(&known, words_of(&known)));
                self.store.write_for(&known, batch).await?;
            }
            return Ok(known);
        }
        let user = UserRow {
            tenant,
            id: self.new_id()?,
            user_ref: new.user_ref,
            email,
            display_name,
            created_at: self.now(),
            enrolled_at: None,
            language: new.language.map(|language| language.as_str().to_owned()),
        };
        let event = self.event(tenant, "user.created", actor, &to_base32(user.id))?;
        let mut batch = vec![user.insert(), event];
        batch.extend(put_words(&user, words_of(&user)));
        match self.store.write(batch).await {
            Ok(()) => Ok(user),
            Err(StoreError::Unmet(0)) => Err(Error::TenantNotFound(tenant.to_string())),
            // Two requests for the same new user at once: the other one's row is as good.
            Err(StoreError::Duplicate) => {
                self.store.user_by_ref(tenant, &user.user_ref).await?.ok_or(Error::UserNotFound)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The person with this name: as it is typed, or in small letters when it is an address.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn person_named(&self, tenant: TenantId, name: &str) -> Result<Option<UserRow>, Error> {
        let [typed, small] = names(name);
        let found = self.store.user_by_ref(tenant, &typed).await?;
        if found.is_some() || small == typed {
            return Ok(found);
        }
        Ok(self.store.user_by_ref(tenant, &small).await?)
    }

    /// The person with this name, or else the one whose address it is: that of several is nobody's.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn person_with_address(
        &self,
        tenant: TenantId,
        address: &str,
    ) -> Result<Option<UserRow>, Error> {
        let named = self.person_named(tenant, address).await?;
        if named.is_some() || !address.contains('@') {
            return Ok(named);
        }
        let [typed, small] = names(address);
        let mut found = self.store.users_by_email(tenant, [&typed, &small]).await?;
        Ok(if found.len() == 1 { found.pop() } else { None })
    }

    /// Sets the language that a person is written to in.
    ///
    /// # Errors
    /// [`Error::UserNotFound`].
    pub async fn set_language(
        &self,
        tenant: TenantId,
        user_ref: &str,
        language: Language,
        by: &dyn Actor,
    ) -> Result<(), Error> {
        let user = self.store.user_by_ref(tenant, user_ref).await?.ok_or(Error::UserNotFound)?;
        let user = UserRow { language: Some(language.as_str().to_owned()), ..user };
        let event = self.event(tenant, "user.updated", by, &to_base32(user.id))?;
        Ok(self.store.write_for(&user, vec![user.update_contact(), event]).await?)
    }

    /// A page of the tenant's users, in the order they were made known.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit outside 1…200 or a cursor that is none.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn users(&self, caller: &Caller, limit: i64, cursor: Option<&str>) -> Result<UserPage, Error> {
        if !(1..=PAGE).contains(&limit) {
            return Err(Error::Invalid(format!("limit must be 1 to {PAGE}")));
        }
        let bad_cursor = || Error::Invalid("cursor must be a next_cursor from an earlier page".to_owned());
        let after = cursor.map_or(Some(Uuid::nil()), from_base32).ok_or_else(bad_cursor)?;
        let mut users = self.store.users(caller.application.tenant, after, limit + 1).await?;
        let more = users.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        if more {
            users.pop();
        }
        let next_cursor = users.last().filter(|_| more).map(|last| to_base32(last.user.id));
        Ok(UserPage { users, next_cursor })
    }
}

/// The names that a typed one may stand for: itself, and an address in small letters too.
pub(in crate::engine) fn names(typed: &str) -> [String; 2] {
    let small = if typed.contains('@') { typed.to_lowercase() } else { typed.to_owned() };
    [typed.to_owned(), small]
}

/// A `user_ref` that names exactly one person (S31).
pub(crate) fn check_user_ref(user_ref: &str) -> Result<(), Error> {
    let length = user_ref.chars().count();
    if user_ref.trim().is_empty() || user_ref.trim() != user_ref {
        Err(Error::Invalid("user_ref must not be blank, nor begin or end with a space".to_owned()))
    } else if length > 255 || user_ref.chars().any(char::is_control) {
        Err(Error::Invalid("user_ref must be 1 to 255 characters without control characters".to_owned()))
    } else {
        Ok(())
    }
}

/// An address as far as its form can tell: the real check is a code sent to it.
pub(in crate::engine) fn check_email(email: &str) -> Result<String, Error> {
    let good = email.len() <= 254
        && email.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
        && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    if good {
        Ok(email.to_owned())
    } else {
        Err(Error::Invalid("email must be an e-mail address".to_owned()))
    }
}
