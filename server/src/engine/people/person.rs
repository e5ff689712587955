//! One person as an operator sees them, and what is changed about them.

use countersign_protocol::id::{TenantId, to_base32};
use uuid::Uuid;

use super::words_of;
use crate::engine::audit::Actor;
use crate::engine::directory::tenants::display_name;
use crate::engine::directory::users::check_email;
use crate::engine::{Engine, Error, Language, ListedFactor};
use crate::store::people::put_words;
use crate::store::{AskedRow, Counter, DeviceRow, IssuedRow, UserRow};

/// Everything that an operator sees of a person.
#[derive(Debug, Clone)]
pub struct PersonFacts {
    /// The person.
    pub user: UserRow,
    /// What they have besides devices.
    pub factors: Vec<ListedFactor>,
    /// Their devices, oldest first.
    pub devices: Vec<DeviceRow>,
    /// What was counted against them, by factor.
    pub counters: Vec<(String, Counter)>,
    /// What they may do beyond signing in.
    pub roles: Vec<String>,
    /// Whether they have a password.
    pub has_password: bool,
    /// Links that a phone can take.
    pub links: Vec<IssuedRow>,
    /// Their latest questions, newest first.
    pub questions: Vec<AskedRow>,
}

/// What is to be changed about a person; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct PersonChange {
    /// Their own name.
    pub display_name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// The language that they are written to in.
    pub language: Option<Language>,
}

impl Engine {
    /// One person, with everything that an operator sees of them.
    ///
    /// # Errors
    /// [`Error::UserNotFound`], [`Error::TenantNotFound`].
    pub async fn person_facts(&self, tenant: TenantId, id: Uuid) -> Result<PersonFacts, Error> {
        let user = self.person_by_id(tenant, id).await?;
        let found = self.store.user_and_devices(tenant, &user.user_ref).await?;
        let devices = found.ok_or(Error::UserNotFound)?.1;
        let (_, mut factors) = self.factors_of(tenant, &user.user_ref).await?;
        factors.retain(|factor| !factor.is_device());
        Ok(PersonFacts {
            counters: self.locks_of(tenant, &user.user_ref).await?.counters,
            roles: self.store.roles(tenant, id).await?,
            has_password: self.store.has_password(tenant, id).await?,
            links: self.store.open_links(tenant, id, self.now()).await?,
            questions: self.questions_to(tenant, id).await?,
            user,
            factors,
            devices,
        })
    }

    /// Changes what is known of a person.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::UserNotFound`].
    pub async fn change_person(
        &self,
        tenant: TenantId,
        id: Uuid,
        change: PersonChange,
        by: &dyn Actor,
    ) -> Result<UserRow, Error> {
        let known = self.person_by_id(tenant, id).await?;
        let email = change.email.map(|email| check_email(&email)).transpose()?;
        let name = change.display_name.map(|name| display_name("display_name", &name)).transpose()?;
        let language = change.language.map(|language| language.as_str().to_owned());
        let user = UserRow {
            email: email.or_else(|| known.email.clone()),
            display_name: name.or_else(|| known.display_name.clone()),
            language: language.or_else(|| known.language.clone()),
            ..known.clone()
        };
        if user == known {
            return Ok(known);
        }
        let changed = [
            (user.display_name != known.display_name).then_some("name"),
            (user.email != known.email).then_some("e-mail"),
            (user.language != known.language).then_some("language"),
        ];
        let detail = changed.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let event = self.event_with(tenant, "user.updated", by, &to_base32(id), &detail)?;
        let mut batch = vec![user.update_contact(), event];
        batch.extend(put_words(&user, words_of(&user)));
        self.store.write_for(&user, batch).await?;
        Ok(user)
    }
}
