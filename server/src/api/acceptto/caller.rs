//! Who asks, and about whom: an application with its id and secret and a person's address, or a token that stands for
//! both.

use std::sync::Arc;

use axum::http::HeaderMap;

use super::AccepttoError;
use crate::api::bearer::{bearer_token, shows_token};
use crate::api::client::Client;
use crate::api::parameters::Parameters;
use crate::engine::{Caller, Engine, Error, Transaction};
use crate::store::UserRow;
use crate::telemetry::note_caller;

/// An application that has shown who it is.
#[derive(Debug)]
pub(super) struct Asker {
    /// Which.
    pub(super) caller: Arc<Caller>,
    /// Whom its token is about.
    of_token: Option<UserRow>,
}

/// Whether the request shows anything of who asks, whatever it is worth.
pub(super) fn shows_itself(headers: &HeaderMap, parameters: &Parameters) -> Result<bool, AccepttoError> {
    Ok(shows_token(headers) || parameters.text("uid")?.is_some() || parameters.text("secret")?.is_some())
}

/// The application that asks.
///
/// # Errors
/// 403 for wrong credentials, or a token beside another application's id; 429 after many of those.
pub(super) async fn asker(
    engine: &Engine,
    client: Client,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Asker, AccepttoError> {
    // What is no text at all is said first, whoever asks.
    for name in ["email", "channel", "websocket_channel"] {
        parameters.text(name)?;
    }
    let (uid, secret) = (parameters.text("uid")?, parameters.text("secret")?);
    let asker = if let Some(token) = bearer_token(headers) {
        let (caller, user) = engine.authorized(token, client.address).await?;
        Asker { caller, of_token: Some(user) }
    } else {
        let (uid, secret) = uid.zip(secret).ok_or(AccepttoError::NoApplication)?;
        Asker { caller: engine.authenticate(uid, secret, client.address).await?, of_token: None }
    };
    note_caller("client", &asker.caller.id(), &asker.caller.application.tenant);
    if uid.is_some_and(|uid| uid != asker.caller.id().to_string()) {
        return Err(AccepttoError::NoApplication);
    }
    Ok(asker)
}

impl Asker {
    /// Whom it asks about: the person with the address `email`, or of its token.
    ///
    /// # Errors
    /// 401 for nobody, and for a token of somebody else; 400 when nothing names anybody.
    pub(super) async fn person(
        &self,
        engine: &Engine,
        parameters: &Parameters,
    ) -> Result<UserRow, AccepttoError> {
        let Some(email) = parameters.text("email")? else {
            return self.of_token.clone().ok_or_else(|| AccepttoError::invalid("email must be there"));
        };
        let named = person(engine, &self.caller, email).await?;
        named.filter(|named| self.is_about(named)).ok_or(AccepttoError::Nobody)
    }

    /// Whether it may know of this person: with a token, only of the one that it is for.
    pub(super) fn is_about(&self, user: &UserRow) -> bool {
        self.of_token.as_ref().is_none_or(|own| own.id == user.id)
    }
}

async fn person(engine: &Engine, caller: &Caller, email: &str) -> Result<Option<UserRow>, Error> {
    engine.person_with_address(caller.application.tenant, email).await
}

/// The sign-in with this channel, if this application began it.
pub(super) async fn its_own(
    engine: &Engine,
    caller: &Caller,
    channel: Option<&str>,
) -> Result<Option<Transaction>, AccepttoError> {
    let Some(channel) = channel else { return Ok(None) };
    match engine.transaction(channel).await {
        Ok(found) => Ok(Some(found).filter(|found| found.caller.id() == caller.id())),
        Err(Error::TransactionNotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The sign-in that the request names, as this application and this person may read it. Where a channel and an address are
/// enough for the application, nobody need show who they are.
///
/// # Errors
/// 401 and 403 as [`asker`] and [`Asker::person`] say it.
pub(super) async fn sign_in(
    engine: &Engine,
    client: Client,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Option<Transaction>, AccepttoError> {
    let asker = asker(engine, client, headers, parameters).await?;
    let user = asker.person(engine, parameters).await?;
    let found = its_own(engine, &asker.caller, parameters.text("channel")?).await?;
    Ok(found.filter(|found| found.user.id == user.id))
}

/// The same for who shows nothing but channel and address.
///
/// # Errors
/// 403 when that is not enough; 429 after many unknown channels.
pub(super) async fn sign_in_by_channel(
    engine: &Engine,
    client: Client,
    parameters: &Parameters,
) -> Result<Option<Transaction>, AccepttoError> {
    let (channel, email) = (parameters.text("channel")?, parameters.text("email")?);
    let Some((channel, email)) = channel.zip(email) else { return Ok(None) };
    let found = match engine.transaction_by_channel_alone(channel, client.address).await {
        Err(Error::TransactionNotFound) => return Ok(None),
        found => found?,
    };
    let user = person(engine, &found.caller, email).await?;
    Ok(Some(found).filter(|found| user.is_some_and(|user| user.id == found.user.id)))
}
