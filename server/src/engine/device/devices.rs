//! Devices after their enrolment: who they are when they ask, and their few changes.

use std::net::IpAddr;

use countersign_protocol::id::DeviceId;
use countersign_protocol::jws::{self, Purpose};
use countersign_protocol::request::{Arrived, RequestError, RequestProof, TransferRequest};
use countersign_protocol::wire::Platform;

use crate::engine::audit::{Actor, By};
use crate::engine::challenge::ask::device_keys;
use crate::engine::directory::tenants::display_name;
use crate::engine::providers::Subscription;
use crate::engine::{Caller, Engine, Error, Issue, Issued, NewUser};
use crate::store::{DeviceRow, Statement, StoreError, UserRow, devices};
use crate::wake::Topic;

/// Milliseconds between two notes that a polling device was heard of: often enough for people, rare for the disk.
const SEEN_EVERY: i64 = 10 * 60 * 1000;

/// Characters of a push token at most: the row of PostgreSQL's index must hold it.
const LONGEST_TOKEN: usize = 2048;

/// How often a registration looks again when the token was taken at the same moment.
const ATTEMPTS: usize = 64;

/// A device's request as it arrived.
#[derive(Debug, Clone, Copy)]
pub struct DeviceRequest<'a> {
    /// The `cs-request+jwt`.
    pub proof: &'a str,
    /// The HTTP method.
    pub method: &'a str,
    /// The path, without the query.
    pub path: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// A push token that a relying party hands in.
#[derive(Debug, Clone)]
pub struct Register {
    /// Whose, in the relying party's words.
    pub user_ref: String,
    /// Where pushes go.
    pub device_token: String,
    /// `ios`, `android` or `terminal`.
    pub platform: String,
    /// The name the person gave the device.
    pub device_name: Option<String>,
}

/// A device that was registered.
#[derive(Debug, Clone)]
pub struct Registered {
    /// Whose it is, in the relying party's words.
    pub user_ref: String,
    /// The device.
    pub device: DeviceRow,
    /// Whether there was none by this token and person before.
    pub is_new: bool,
}

impl Engine {
    /// The device that signed this request.
    ///
    /// # Errors
    /// [`Error::UseNonce`], [`Error::DeviceUnknown`], [`Error::RequestProof`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn authenticate_device(&self, request: DeviceRequest<'_>) -> Result<DeviceRow, Error> {
        let claimed =
            jws::peek::<RequestProof>(request.proof, Purpose::Request).map_err(RequestError::from)?;
        self.check_nonce(&claimed.peek().nonce)?;
        let device = self.store.device(claimed.peek().iss).await?.ok_or(Error::DeviceUnknown)?;
        let arrived = Arrived {
            audience: &self.server_id,
            method: request.method,
            url: &format!("{}{}", self.server_id, request.path),
            body: request.body,
        };
        RequestProof::verify(request.proof, &device_keys(&device)?.possession, &arrived)?;
        let now = self.now();
        if now - device.last_seen_at > SEEN_EVERY {
            self.store.write(vec![device.seen(now)]).await?;
        }
        Ok(device)
    }

    /// A user's devices, oldest first.
    ///
    /// # Errors
    /// [`Error::UserNotFound`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn devices_of(&self, caller: &Caller, user_ref: &str) -> Result<Vec<DeviceRow>, Error> {
        let found = self.store.user_and_devices(caller.application.tenant, user_ref).await?;
        found.map(|(_, devices)| devices).ok_or(Error::UserNotFound)
    }

    /// Registers a push token for a person, at the relying party's word: a device that can be notified and cannot answer.
    /// Someone not known yet is made known. The token moves here from whoever else was registered with it; devices with
    /// keys are more than their token and stay (one phone can hold several people's accounts).
    ///
    /// # Errors
    /// [`Error::InvalidPlatform`], [`Error::InvalidDeviceToken`], [`Error::Invalid`].
    pub async fn register_device(&self, caller: &Caller, new: Register) -> Result<Registered, Error> {
        let platform = platform(&new.platform)?;
        check_device_token(platform, &new.device_token)?;
        let name = new.device_name.as_deref().map(|n| display_name("device_name", n)).transpose()?;
        let tenant = caller.application.tenant;
        let user = NewUser { user_ref: new.user_ref, email: None, display_name: None, language: None };
        let user = self.ensure_user(tenant, user, &caller.actor()).await?;
        for _ in 0..ATTEMPTS {
            let held = self.store.devices_by_token(tenant, &new.device_token).await?;
            let (own, others): (Vec<_>, Vec<_>) = held.into_iter().partition(|d| d.user_id == user.id);
            let is_new = own.is_empty();
            let mut device =
                own.into_iter().next().map_or_else(|| self.push_only(&user, &new.device_token), Ok)?;
            let before = device.clone();
            device.device_name = name.clone().or(device.device_name);
            device.token_dead = false;
            if device.keys.is_none() {
                device.platform = platform.as_str().to_owned();
            }
            let registered = Registered { user_ref: user.user_ref.clone(), device, is_new };
            let moves = others.iter().any(|d| d.keys.is_none());
            if !is_new && !moves && registered.device == before {
                return Ok(registered);
            }
            match self.store.write_for(&user, self.registration(caller, &user, &registered)?).await {
                Ok(()) => return Ok(registered),
                // Another request took the token, or the device ended, at this moment: look again.
                Err(StoreError::Duplicate | StoreError::Unmet(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Unavailable("a push token is being registered many times at once".to_owned()).into())
    }

    fn push_only(&self, user: &UserRow, device_token: &str) -> Result<DeviceRow, Error> {
        Ok(DeviceRow {
            id: DeviceId { tenant: user.tenant, local: self.new_id()? },
            user_id: user.id,
            platform: String::new(),
            device_token: device_token.to_owned(),
            token_dead: false,
            device_name: None,
            keys: None,
            confirmation_code: None,
            created_at: self.now(),
            last_seen_at: self.now(),
            attestation: None,
        })
    }

    fn registration(
        &self,
        caller: &Caller,
        user: &UserRow,
        registered: &Registered,
    ) -> Result<Vec<Statement>, Error> {
        let Registered { device, is_new, .. } = registered;
        let moved = self.new_event(user.tenant, "device.token_moved", &caller.actor(), &device.id)?;
        let mut batch = devices::move_token(device, &moved).to_vec();
        let name = if *is_new {
            batch.push(device.insert());
            batch.push(user.mark_enrolled(self.now()));
            "device.registered"
        } else {
            batch.push(device.update(self.now()));
            "device.updated"
        };
        batch.push(self.event(user.tenant, name, &caller.actor(), &device.id)?);
        Ok(batch)
    }

    /// Ends the devices with this push token, at the relying party's word.
    ///
    /// # Errors
    /// [`Error::DeviceNotFound`] when there is none.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn remove_device(&self, caller: &Caller, device_token: &str) -> Result<(), Error> {
        let found = self.store.devices_by_token(caller.application.tenant, device_token).await?;
        if found.is_empty() {
            return Err(Error::DeviceNotFound);
        }
        for device in &found {
            self.end_device(device, &caller.actor()).await.map_err(|error| match error {
                Error::DeviceUnknown => Error::DeviceNotFound,
                other => other,
            })?;
        }
        Ok(())
    }

    /// Ends a device at its own word.
    ///
    /// # Errors
    /// [`Error::DeviceUnknown`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn unenroll(&self, device: &DeviceRow, address: Option<IpAddr>) -> Result<(), Error> {
        self.end_device(device, &By(device.id, address)).await
    }

    async fn end_device(&self, device: &DeviceRow, actor: &dyn Actor) -> Result<(), Error> {
        let remove = devices::remove(device.id, self.now());
        self.change(device.id, actor, "device.removed", vec![remove]).await?;
        self.wake.wake(Topic::Inbox(device.user_id));
        Ok(())
    }

    /// Gives a device another name.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::DeviceUnknown`].
    pub async fn rename_device(
        &self,
        device: DeviceId,
        name: &str,
        address: Option<IpAddr>,
    ) -> Result<(), Error> {
        let name = display_name("device_name", name)?;
        self.change(device, &By(device, address), "device.renamed", vec![devices::rename(device, &name)])
            .await
    }

    /// Gives a device another push token.
    ///
    /// # Errors
    /// [`Error::InvalidDeviceToken`], [`Error::DeviceUnknown`].
    pub async fn set_push_token(
        &self,
        device: &DeviceRow,
        device_token: &str,
        address: Option<IpAddr>,
    ) -> Result<(), Error> {
        let actor = By(device.id, address);
        check_device_token(platform(&device.platform)?, device_token)?;
        let moved = self.new_event(device.id.tenant, "device.token_moved", &actor, &device.id)?;
        let mut batch = devices::take_token(device.id, device.user_id, device_token, &moved).to_vec();
        batch.push(devices::set_token(device.id, device_token, self.now()));
        self.change(device.id, &actor, "device.token_changed", batch).await
    }

    async fn change(
        &self,
        device: DeviceId,
        actor: &dyn Actor,
        event: &'static str,
        mut batch: Vec<Statement>,
    ) -> Result<(), Error> {
        batch.push(self.event(device.tenant, event, actor, &device)?);
        match self.store.write(batch).await {
            Err(StoreError::Unmet(_)) => Err(Error::DeviceUnknown),
            result => Ok(result?),
        }
    }

    /// Issues an enrolment link for the phone that takes this one's place. The old phone signs the wish with its
    /// verification key, and ends when the new one is enrolled.
    ///
    /// # Errors
    /// [`Error::UseNonce`], [`Error::DeviceUnknown`], [`Error::RequestProof`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn transfer(&self, compact: &str, address: Option<IpAddr>) -> Result<Issued, Error> {
        let claimed = jws::peek::<TransferRequest>(compact, Purpose::Transfer).map_err(RequestError::from)?;
        self.check_nonce(&claimed.peek().nonce)?;
        let device = self.store.device(claimed.peek().iss).await?.ok_or(Error::DeviceUnknown)?;
        let verification = device_keys(&device)?.verification;
        let verified = jws::verify::<TransferRequest>(compact, Purpose::Transfer, &[verification])
            .map_err(RequestError::from)?;
        if verified.claims.aud != self.server_id {
            return Err(RequestError::Binding.into());
        }
        let user =
            self.store.user_by_id(device.id.tenant, device.user_id).await?.ok_or(Error::DeviceUnknown)?;
        // The old phone's verification key has vouched for the person, so the link asks for nothing besides.
        let issue = Issue { replaces: Some(device.id), ..Issue::default() };
        self.issue_enrollment(&user, issue, &By(device.id, address)).await
    }
}

/// A stored or sent platform.
pub(crate) fn platform(word: &str) -> Result<Platform, Error> {
    let all = [Platform::Ios, Platform::Android, Platform::Terminal];
    all.into_iter().find(|platform| platform.as_str() == word).ok_or(Error::InvalidPlatform)
}

/// Whether a push token can be one at all. Android's is one of Google's, or a Web Push subscription.
pub(in crate::engine) fn check_device_token(platform: Platform, token: &str) -> Result<(), Error> {
    let printable =
        !token.is_empty() && token.len() <= LONGEST_TOKEN && token.bytes().all(|b| b.is_ascii_graphic());
    let hex = token.bytes().all(|b| b.is_ascii_hexdigit());
    match platform {
        Platform::Ios if !(printable && hex && token.len() >= 64) => {
            Err(Error::InvalidDeviceToken("device_token of an iOS device must be at least 64 hex digits"))
        }
        _ if !printable => {
            Err(Error::InvalidDeviceToken("device_token must be 1 to 2048 characters without spaces"))
        }
        Platform::Android if Subscription::is_meant(token) => {
            Subscription::parse(token).map(drop).map_err(Error::InvalidDeviceToken)
        }
        _ => Ok(()),
    }
}
