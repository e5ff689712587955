//! An operator's passkeys: making, naming and removing them. Each change needs a sign-in of a moment ago and is told to the
//! person by another channel (S49); with a link nothing else vouches for somebody yet, so it gives the first way in only.

use std::net::IpAddr;

use serde_json::Value;
use uuid::Uuid;
use webauthn_rs::prelude::{PasskeyRegistration, RegisterPublicKeyCredential};

use super::{ADD, Answered, Asked, LONGEST_ANSWER};
use crate::engine::audit::Actor;
use crate::engine::console::{ConsoleSession, Holder, OperatorId};
use crate::engine::directory::tenants::display_name;
use crate::engine::factor::Word;
use crate::engine::{Engine, Error, Template};
use crate::store::console::passkeys::forget_all;
use crate::store::factors::another_way_in;
use crate::store::{CeremonyRow, PasskeyRow, Statement, StoreError, UserRow};

/// Passkeys of one person at most.
const MOST: usize = 10;

impl Engine {
    /// The passkeys of whoever sits there, in the order that they were made.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn own_passkeys(&self, session: &ConsoleSession) -> Result<Vec<PasskeyRow>, Error> {
        let tenant = self.console_home().await?.tenant;
        Ok(self.store.passkeys(tenant, session.operator.id.0).await?)
    }

    /// Asks their browser for a new one, which they want to call so.
    ///
    /// # Errors
    /// [`Error::ProofNeeded`] without a sign-in of a moment ago; [`Error::NoPasskeysHere`]; [`Error::TooManyFactors`];
    /// [`Error::Invalid`] for a name that is none: a device should not keep what is not kept here.
    pub async fn ask_for_own_passkey(&self, session: &ConsoleSession, name: &str) -> Result<Asked, Error> {
        display_name("name", name)?;
        let user = self.fresh_person(session).await?;
        self.ask_for_passkey(&user, session.token_hash()).await
    }

    /// Keeps the passkey that it made, under a name of the person's.
    ///
    /// # Errors
    /// As [`ask_for_own_passkey`](Self::ask_for_own_passkey); [`Error::CeremonyOver`] when the browser was not asked, or too
    /// long ago; [`Error::PasskeyRefused`].
    pub async fn add_own_passkey(
        &self,
        session: &ConsoleSession,
        answered: Answered<'_>,
        name: &str,
        address: Option<IpAddr>,
    ) -> Result<(), Error> {
        let user = self.fresh_person(session).await?;
        let by = session.operator.at(address);
        self.add_passkey(&user, (answered, session.token_hash()), name, &by).await
    }

    /// Takes one away, but never their last way in.
    ///
    /// # Errors
    /// [`Error::ProofNeeded`], [`Error::NoSuchFactor`], [`Error::LastWayIn`].
    pub async fn remove_own_passkey(
        &self,
        session: &ConsoleSession,
        id: Uuid,
        address: Option<IpAddr>,
    ) -> Result<(), Error> {
        let user = self.fresh_person(session).await?;
        let rows = self.store.passkeys(user.tenant, user.id).await?;
        let row = rows.into_iter().find(|row| row.id == id).ok_or(Error::NoSuchFactor)?;
        let by = session.operator.at(address);
        // Of two who take the last two away at the same moment, one waits here and then finds the other one gone.
        let mut batch = vec![user.hold(), another_way_in(user.tenant, user.id, id)];
        batch.extend([row.remove(), self.passkey_removed(&row, &by)?]);
        let word = Word::Operator(user.tenant, &by);
        batch.extend(self.passkey_notice(word, &user, Template::FactorRemoved).await?);
        match self.store.write(batch).await {
            Err(StoreError::Unmet(1)) => return Err(Error::LastWayIn),
            Err(StoreError::Unmet(_)) => return Err(Error::NoSuchFactor),
            written => written?,
        }
        self.outbox_changed();
        Ok(())
    }

    /// Asks the browser of whoever took a link up for a passkey, as the first thing that they can sign in with.
    ///
    /// # Errors
    /// As [`operator_link`](Self::operator_link); [`Error::ProofNeeded`] when something of theirs counts already;
    /// [`Error::NoPasskeysHere`].
    pub async fn ask_for_first_passkey(&self, holder: Holder<'_>) -> Result<Asked, Error> {
        let user = self.without_way_in(holder).await?;
        self.ask_for_passkey(&user, &holder.browser).await
    }

    /// Keeps the passkey that it made.
    ///
    /// # Errors
    /// As [`ask_for_first_passkey`](Self::ask_for_first_passkey) and [`add_own_passkey`](Self::add_own_passkey).
    pub async fn add_first_passkey(
        &self,
        holder: Holder<'_>,
        answered: Answered<'_>,
        name: &str,
    ) -> Result<(), Error> {
        let user = self.without_way_in(holder).await?;
        self.add_passkey(&user, (answered, &holder.browser), name, &holder.by()).await
    }

    /// Takes all passkeys of a person away.
    pub(in crate::engine::console) async fn forget_passkeys(
        &self,
        user: &UserRow,
        by: &dyn Actor,
    ) -> Result<(), Error> {
        let rows = self.store.passkeys(user.tenant, user.id).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let mut batch = vec![forget_all(user.tenant, user.id)];
        for row in rows {
            batch.push(self.passkey_removed(&row, by)?);
        }
        let word = Word::Operator(user.tenant, by);
        batch.extend(self.passkey_notice(word, user, Template::FactorRemoved).await?);
        self.store.write(batch).await?;
        self.outbox_changed();
        Ok(())
    }

    async fn ask_for_passkey(&self, user: &UserRow, browser: &[u8]) -> Result<Asked, Error> {
        let site = self.site()?;
        let known = self.store.passkeys(user.tenant, user.id).await?;
        if known.len() >= MOST {
            return Err(Error::TooManyFactors);
        }
        let known = known.into_iter().map(|row| row.credential_id).collect();
        let shown = user.display_name.as_deref().unwrap_or(&user.user_ref);
        let (options, state) = site
            .start_passkey_registration(user.id, &user.user_ref, shown, Some(known))
            .map_err(|_| Error::Damaged("name of an operator"))?;
        let mut asked = self
            .begin_ceremony((ADD, Some(user.id)), browser, (options.public_key, state), Vec::new())
            .await?;
        // Whoever signs in does not say first who they are: the device must find the passkey by itself.
        if let Some(Value::Object(choice)) = asked.options.get_mut("authenticatorSelection") {
            choice.insert("residentKey".to_owned(), "required".into());
            choice.insert("requireResidentKey".to_owned(), true.into());
        }
        Ok(asked)
    }

    async fn add_passkey(
        &self,
        user: &UserRow,
        (answered, browser): (Answered<'_>, &[u8]),
        name: &str,
        by: &dyn Actor,
    ) -> Result<(), Error> {
        let name = display_name("name", name)?;
        let ceremony = self.ceremony(ADD, answered, browser).await?;
        if ceremony.user != Some(user.id) {
            return Err(Error::CeremonyOver);
        }
        let Some(row) = self.made_passkey(&ceremony, user, answered.answer, name)? else {
            return Err(self.end_ceremony(&ceremony).await?);
        };
        let id = OperatorId(user.id);
        let mut batch = vec![
            ceremony.use_up(),
            row.insert(i64::try_from(MOST).unwrap_or(i64::MAX)),
            self.event_with(user.tenant, "operator.passkey_added", by, &id, &row.name)?,
        ];
        let word = Word::Operator(user.tenant, by);
        batch.extend(self.passkey_notice(word, user, Template::FactorAdded).await?);
        match self.store.write(batch).await {
            Err(StoreError::Unmet(0)) => return Err(Error::CeremonyOver),
            Err(StoreError::Unmet(_)) => return Err(Error::TooManyFactors),
            // Somebody's passkey already, whoever they are.
            Err(StoreError::Duplicate) => return Err(self.end_ceremony(&ceremony).await?),
            written => written?,
        }
        self.outbox_changed();
        Ok(())
    }

    /// What is kept of the passkey in an answer; none when the answer does not hold.
    fn made_passkey(
        &self,
        ceremony: &CeremonyRow,
        user: &UserRow,
        answer: &str,
        name: String,
    ) -> Result<Option<PasskeyRow>, Error> {
        let site = self.site()?;
        let state: PasskeyRegistration =
            serde_json::from_str(&ceremony.state).map_err(|_| Error::Damaged("ceremony of a passkey"))?;
        if answer.len() > LONGEST_ANSWER {
            return Ok(None);
        }
        let answer: Option<RegisterPublicKeyCredential> = serde_json::from_str(answer).ok();
        let made = answer.and_then(|answer| site.finish_passkey_registration(&answer, &state).ok());
        let Some(made) = made else { return Ok(None) };
        Ok(Some(PasskeyRow {
            tenant: user.tenant,
            id: self.new_id()?,
            user: user.id,
            credential_id: made.cred_id().to_vec(),
            credential: serde_json::to_string(&made).map_err(|_| Error::Damaged("passkey"))?,
            name,
            created_at: self.now(),
            used_at: None,
        }))
    }

    /// Ends a ceremony whose answer does not hold, and says so.
    async fn end_ceremony(&self, ceremony: &CeremonyRow) -> Result<Error, Error> {
        match self.store.write(vec![ceremony.use_up()]).await {
            Err(StoreError::Unmet(_)) => Ok(Error::CeremonyOver),
            written => written.map(|()| Error::PasskeyRefused).map_err(Error::from),
        }
    }

    fn passkey_removed(&self, row: &PasskeyRow, by: &dyn Actor) -> Result<Statement, Error> {
        self.event_with(row.tenant, "operator.passkey_removed", by, &OperatorId(row.user), &row.name)
    }

    async fn passkey_notice(
        &self,
        word: Word<'_>,
        user: &UserRow,
        template: Template,
    ) -> Result<Option<Statement>, Error> {
        let factors = self.store.factors(user.tenant, user.id).await?;
        self.notice(word, user, &factors, (template, None)).await
    }

    /// Whoever sits there, if they have signed in a moment ago.
    async fn fresh_person(&self, session: &ConsoleSession) -> Result<UserRow, Error> {
        let tenant = self.freshly(session).await?;
        let user = self.store.user_by_id(tenant, session.operator.id.0).await?;
        user.ok_or(Error::OperatorNotFound)
    }

    /// Whoever took the link up, if nothing of theirs counts yet.
    async fn without_way_in(&self, holder: Holder<'_>) -> Result<UserRow, Error> {
        let user = self.holder_of(holder).await?;
        if self.can_sign_in(&user).await? { Err(Error::ProofNeeded) } else { Ok(user) }
    }
}
