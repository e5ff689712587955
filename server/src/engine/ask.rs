//! Asking: a relying party wants to know whether it is really this person.

use countersign_protocol::challenge::{Application, Challenge, Context, DeviceKeys, NumberMatch};
use countersign_protocol::id::{ChallengeId, DeviceId};
use countersign_protocol::jwk::PublicKey;
use countersign_protocol::jws::Purpose;
use countersign_protocol::number::Digits;
use countersign_protocol::risk::Risk;
use countersign_protocol::wire::Outcome;

use super::keyring::TenantKeys;
use super::{Caller, Engine, Error};
use crate::host::random;
use crate::seal::Place;
use crate::store::{ChallengeRow, DeviceRow, NewChallenge, State};
use crate::wake::Topic;

/// What a relying party asks.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Whom, in the relying party's words.
    pub user_ref: String,
    /// The relying party's own reference, returned with each answer.
    pub session_ref: Option<String>,
    /// What it is about, in the relying party's words.
    pub message: String,
    /// Whether its login screen will show a number for the person to type on the phone. Without one the person is
    /// verified by biometrics, passcode or password instead.
    pub number_match: bool,
}

/// A question that was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The challenge.
    pub id: ChallengeId,
    /// The relying party's own reference.
    pub session_ref: Option<String>,
    /// Milliseconds since 1970.
    pub expires_at: i64,
    /// How many devices were asked.
    pub devices: usize,
    /// The number to show on the login screen.
    pub number: Option<String>,
}

impl Engine {
    /// Puts a question to all of a user's devices that can answer.
    ///
    /// # Errors
    /// [`Error::UserNotFound`], [`Error::NoDevices`], [`Error::Store`].
    pub async fn ask(&self, caller: &Caller, ask: Ask) -> Result<Asked, Error> {
        let tenant = caller.application.tenant;
        let found = self.store.user_and_devices(tenant, &ask.user_ref).await?;
        let (user, devices) = found.ok_or(Error::UserNotFound)?;
        let keys = self.keys_of(tenant).await?;
        let number = if ask.number_match { Some(Digits::Two.number(random(&*self.rng)?)) } else { None };
        let now = self.now();
        let id = ChallengeId(self.new_id()?);
        let new = NewChallenge {
            tenant,
            id,
            application_id: caller.application.id,
            user_id: user.id,
            session_ref: ask.session_ref,
            message: ask.message,
            number: number.as_deref().map(|n| self.seal_number(tenant, id, n)).transpose()?,
            created_at: now,
            // A whole second, so that the phone, which counts in seconds, and the server agree on the end.
            expires_at: (now / 1000 + caller.answer_window) * 1000,
        };
        let prompts = self.sign_prompts(&keys, caller, &new, &user.user_ref, &devices)?;
        if prompts.is_empty() {
            return Err(Error::NoDevices);
        }
        let asked = Asked {
            id,
            session_ref: new.session_ref.clone(),
            expires_at: new.expires_at,
            devices: prompts.len(),
            number,
        };
        self.put_question(caller, new, user.user_ref, prompts).await?;
        Ok(asked)
    }

    async fn put_question(
        &self,
        caller: &Caller,
        new: NewChallenge,
        user_ref: String,
        prompts: Vec<(DeviceId, String)>,
    ) -> Result<(), Error> {
        let row = ChallengeRow {
            tenant: new.tenant,
            id: new.id,
            application_id: new.application_id,
            user_id: new.user_id,
            user_ref,
            session_ref: new.session_ref.clone(),
            state: State::new(Outcome::Pending, new.expires_at),
            created_at: new.created_at,
            responded_at: None,
            device_name: None,
        };
        let event = self.event(new.tenant, "challenge.asked", &caller.actor(), &new.id)?;
        let mut batch = new.insert(prompts);
        batch.push(event);
        self.store.write(batch).await?;
        let (read_at, user) = (row.created_at, row.user_id);
        self.snapshots.put(row, read_at);
        self.wake.wake(Topic::Inbox(user));
        Ok(())
    }

    /// The question as each device that has keys will see it, signed.
    fn sign_prompts(
        &self,
        server: &TenantKeys,
        caller: &Caller,
        new: &NewChallenge,
        user: &str,
        devices: &[DeviceRow],
    ) -> Result<Vec<(DeviceId, String)>, Error> {
        let answering = devices.iter().filter(|d| d.keys.is_some());
        answering
            .map(|device| {
                let challenge = self.challenge_for(device, caller, new, user)?;
                Ok((device.id, server.sign(Purpose::Challenge, &challenge)?))
            })
            .collect()
    }

    fn challenge_for(
        &self,
        device: &DeviceRow,
        caller: &Caller,
        new: &NewChallenge,
        user: &str,
    ) -> Result<Challenge, Error> {
        let seconds = |ms: i64| u64::try_from(ms / 1000).unwrap_or(0);
        let number = match new.number {
            Some(_) => NumberMatch::Type { digits: Digits::Two.count() },
            None => NumberMatch::None,
        };
        Ok(Challenge {
            iss: self.server_id.clone(),
            aud: device.id,
            jti: new.id,
            iat: seconds(new.created_at),
            exp: seconds(new.expires_at),
            nonce: countersign_protocol::base64url(&random::<16>(&*self.rng)?),
            app: Application {
                // The id that its credentials carry: what a rule names.
                id: Some(caller.id().to_string()),
                name: caller.application.name.clone(),
                color: caller.application.color.clone(),
            },
            user: user.to_owned(),
            kind: "login".to_owned(),
            message: new.message.clone(),
            context: Context::default(),
            number,
            // Property 5: no number, then the person themselves must be verified.
            verify: number == NumberMatch::None,
            risk: Risk::Ordinary,
            rules_allowed: false,
            keys: device_keys(device)?.thumbprints(),
        })
    }

    fn seal_number(
        &self,
        tenant: countersign_protocol::id::TenantId,
        id: ChallengeId,
        number: &str,
    ) -> Result<Vec<u8>, Error> {
        Ok(self.master.seal(&*self.rng, number_place(tenant, id), number.as_bytes())?)
    }
}

/// Where a challenge's number stands, for sealing.
pub(super) fn number_place(tenant: countersign_protocol::id::TenantId, id: ChallengeId) -> Place {
    Place { tenant, column: "challenges.number", row: id.0 }
}

/// A device's two public keys.
pub(super) fn device_keys(device: &DeviceRow) -> Result<DeviceKeys, Error> {
    let (possession, verification) = device.keys.as_ref().ok_or(Error::DeviceUnknown)?;
    let key = |point: &[u8]| PublicKey::from_point(point).map_err(|_| Error::Damaged("device key"));
    Ok(DeviceKeys { possession: key(possession)?, verification: key(verification)? })
}
