//! Roles: what people may do beyond signing in. An application's words for them are its own; they are given by command.

use countersign_protocol::id::{TenantId, to_base32};

use crate::engine::audit::Actor;
use crate::engine::{Engine, Error};
use crate::store::{StoreError, roles};

/// A role's name: 1 to 64 capitals, digits and `_`.
pub(crate) fn check_role(role: &str) -> Result<(), Error> {
    let good = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    if (1..=64).contains(&role.len()) && role.bytes().all(good) {
        return Ok(());
    }
    let example = "1 to 64 capitals, digits and _, such as ROLE_ADMIN_CUSTOMER";
    Err(Error::Invalid(format!("`{role}` is no role: it is {example}")))
}

impl Engine {
    /// A person's roles, by name.
    ///
    /// # Errors
    /// [`Error::UserNotFound`].
    pub async fn roles(&self, tenant: TenantId, user_ref: &str) -> Result<Vec<String>, Error> {
        let user = self.store.user_by_ref(tenant, user_ref).await?.ok_or(Error::UserNotFound)?;
        Ok(self.store.roles(tenant, user.id).await?)
    }

    /// Gives a person a role. It counts from their next request on.
    ///
    /// # Errors
    /// [`Error::UserNotFound`], [`Error::Invalid`] for what is no role.
    pub async fn add_role(
        &self,
        tenant: TenantId,
        user_ref: &str,
        role: &str,
        actor: &dyn Actor,
    ) -> Result<(), Error> {
        check_role(role)?;
        let user = self.store.user_by_ref(tenant, user_ref).await?.ok_or(Error::UserNotFound)?;
        let event = self.event_with(tenant, "user.role_added", actor, &to_base32(user.id), role)?;
        Ok(self.store.write_for(&user, vec![roles::add(tenant, user.id, role), event]).await?)
    }

    /// Takes a role from a person. It counts from their next request on.
    ///
    /// # Errors
    /// [`Error::UserNotFound`], [`Error::Invalid`] when they do not have it.
    pub async fn remove_role(
        &self,
        tenant: TenantId,
        user_ref: &str,
        role: &str,
        actor: &dyn Actor,
    ) -> Result<(), Error> {
        let user = self.store.user_by_ref(tenant, user_ref).await?.ok_or(Error::UserNotFound)?;
        let event = self.event_with(tenant, "user.role_removed", actor, &to_base32(user.id), role)?;
        match self.store.write(vec![roles::remove(tenant, user.id, role), event]).await {
            Ok(()) => Ok(()),
            Err(StoreError::Unmet(_)) => Err(Error::Invalid(format!(
                "the user does not have the role `{role}`; `user role list` shows those that they have"
            ))),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_a_word_of_capitals() {
        for role in ["ROLE_ADMIN_CUSTOMER", "A", "X_9", &"R".repeat(64)] {
            assert!(check_role(role).is_ok(), "{role}");
        }
        for role in ["", "role", "ROLE ADMIN", "R\u{d6}LE", "ROLE-ADMIN", &"R".repeat(65)] {
            assert!(check_role(role).is_err(), "{role}");
        }
    }
}
