//! The steps of enrolment. Each one is a type, so a step cannot be left out or repeated.

use std::fmt;

use countersign_protocol::attestation::{Attestation, android_challenge, apple_challenge};
use countersign_protocol::challenge::{DeviceKeys, KeyThumbprints};
use countersign_protocol::enroll::{EnrollClaims, EnrollProof, Transcript};
use countersign_protocol::jws::{Purpose, Unsigned};
use countersign_protocol::link::EnrollmentLink;
use countersign_protocol::offline::OfflineKey;
use countersign_protocol::wire::{CompleteEnrollment, Device, Platform};

use super::{Check, EnrollError, Offer};
use crate::approve::{Account, AccountId};
use crate::exchange::{Method, Reply, Request, to_json};

/// A link that was read and not yet followed.
#[derive(Debug, Clone)]
pub struct Start {
    link: EnrollmentLink,
}

impl Start {
    /// Begins with what was scanned or opened.
    ///
    /// # Errors
    /// [`EnrollError::Link`].
    pub fn new(link: &str) -> Result<Self, EnrollError> {
        Ok(Self { link: EnrollmentLink::parse(link)? })
    }

    /// Asks the server whose link it is.
    #[must_use]
    pub fn request(&self) -> Request {
        let Self { link } = self;
        let url = format!("{}/api/v1/devices/enrollment/{}", link.server, link.token.reveal());
        Request::new(Method::Get, url)
    }

    /// Checks the reply.
    ///
    /// # Errors
    /// [`EnrollError`]; the offer exists only when key, server and challenge type are right.
    pub fn take(self, reply: &Reply) -> Result<Offer, EnrollError> {
        Offer::from_reply(&self.link, reply)
    }
}

impl Offer {
    /// Over what the platform shall say where it makes the keys.
    #[must_use]
    pub fn key_challenge(&self) -> [u8; 32] {
        android_challenge(&self.link.server, &self.link.token)
    }

    /// Over what the platform shall vouch for the app, once there are keys.
    #[must_use]
    pub fn app_challenge(&self, keys: &DeviceKeys) -> [u8; 32] {
        apple_challenge(&self.link.server, &self.link.token, &keys.thumbprints())
    }

    /// The person said yes and fresh keys were made: what these must sign.
    ///
    /// `device_token` says where pushes go; for [`Platform::Terminal`] it is any random name. `account` is the new
    /// account's name here, under which the key store made both `keys`.
    ///
    /// # Errors
    /// [`EnrollError::CodeNeeded`], [`EnrollError::DeviceName`], [`EnrollError::SameKey`].
    pub fn accept(
        &self,
        device_name: &str,
        platform: Platform,
        device_token: &str,
        account: AccountId,
        keys: DeviceKeys,
    ) -> Result<ToSign, EnrollError> {
        if self.check != Check::None {
            return Err(EnrollError::CodeNeeded);
        }
        let device_name = super::device_name(device_name)?;
        if keys.possession == keys.verification {
            return Err(EnrollError::SameKey);
        }
        let thumbprints = keys.thumbprints();
        let claims = EnrollClaims {
            aud: self.link.server.clone(),
            token_hash: self.link.token.hash(),
            keys: thumbprints.clone(),
            device_name: device_name.clone(),
        };
        Ok(ToSign {
            offer: self.clone(),
            possession: Unsigned::new(Purpose::Enroll, &thumbprints.possession, &claims),
            verification: Unsigned::new(Purpose::Enroll, &thumbprints.verification, &claims),
            device_name,
            device_token: device_token.to_owned(),
            platform,
            thumbprints,
            account,
            keys,
        })
    }
}

/// Two messages that wait for the two keys' signatures.
#[derive(Clone)]
pub struct ToSign {
    offer: Offer,
    possession: Unsigned,
    verification: Unsigned,
    device_name: String,
    device_token: String,
    platform: Platform,
    thumbprints: KeyThumbprints,
    account: AccountId,
    keys: DeviceKeys,
}

impl ToSign {
    /// What the possession key signs.
    #[must_use]
    pub fn possession_input(&self) -> &[u8] {
        self.possession.signing_input()
    }

    /// What the verification key signs.
    #[must_use]
    pub fn verification_input(&self) -> &[u8] {
        self.verification.signing_input()
    }

    /// Takes both signatures, 64 bytes `r‖s` each.
    ///
    /// # Errors
    /// [`EnrollError::Signature`] when one is not by its key: better found here than by the server, which would use up
    /// the link.
    pub fn signed(self, possession: &[u8; 64], verification: &[u8; 64]) -> Result<Completion, EnrollError> {
        let fits = self.keys.possession.verifies(self.possession_input(), possession)
            && self.keys.verification.verifies(self.verification_input(), verification);
        if !fits {
            return Err(EnrollError::Signature);
        }
        let proof = EnrollProof {
            possession: self.possession.with_signature(possession),
            verification: self.verification.with_signature(verification),
        };
        Ok(Completion { asked: self, proof, attestation: None })
    }
}

/// All that is needed to finish.
#[derive(Clone)]
pub struct Completion {
    asked: ToSign,
    proof: EnrollProof,
    attestation: Option<Attestation>,
}

impl Completion {
    /// The same with what the platform says of the keys. The server judges it; here it is passed on as it is.
    #[must_use]
    pub fn attested(self, attestation: Option<Attestation>) -> Self {
        Self { attestation, ..self }
    }

    /// Hands the keys and their proofs to the server. It uses up the link, so it must not be sent twice.
    #[must_use]
    pub fn request(&self) -> Request {
        let ToSign { offer, device_name, device_token, platform, keys, .. } = &self.asked;
        let body = CompleteEnrollment {
            token: offer.link.token.reveal().to_owned(),
            device_token: device_token.clone(),
            platform: *platform,
            device_name: Some(device_name.clone()),
            keys: Some(*keys),
            proof: Some(self.proof.clone()),
            attestation: self.attestation.clone(),
        };
        let url = format!("{}/api/v1/devices/complete-enrollment", offer.link.server);
        Request::new(Method::Post, url).json(to_json(&body))
    }

    /// Checks that the server enrolled this device and nothing else. `phone_time`: seconds since 1970 by the phone.
    ///
    /// # Errors
    /// [`EnrollError`]; then the keys are worthless and must be deleted.
    pub fn take(self, reply: &Reply, phone_time: u64) -> Result<Enrolled, EnrollError> {
        let device: Device = reply.json()?;
        let ToSign { offer, device_name, platform, thumbprints, account, keys, .. } = self.asked;
        if device.device_id.tenant != offer.link.token.tenant() {
            return Err(EnrollError::OtherDevice("it belongs to another organisation than the link"));
        }
        if device.user_ref != offer.user_ref {
            return Err(EnrollError::OtherDevice("it belongs to another person than the link"));
        }
        if device.platform != platform {
            return Err(EnrollError::OtherDevice("it is of another kind"));
        }
        let transcript = Transcript {
            token: &offer.link.token,
            server: &offer.link.server,
            server_key: &offer.link.server_key,
            keys: &thumbprints,
            device_name: &device_name,
            device: device.device_id,
        };
        let enrolled = device.enrolled.as_deref().ok_or(EnrollError::Confirmation)?;
        if transcript.verify_enrolled(enrolled, &offer.server_key).is_err() {
            return Err(EnrollError::Confirmation);
        }
        let confirmation_code = transcript.confirmation_code();
        if device.confirmation_code.is_some_and(|theirs| theirs != confirmation_code) {
            return Err(EnrollError::Confirmation);
        }
        let mut account = Account {
            id: account,
            server: offer.link.server,
            server_key: offer.server_key,
            earlier_server_keys: Vec::new(),
            device: device.device_id,
            keys,
            user_ref: offer.user_ref,
            user_name: offer.user_name,
            tenant_name: offer.tenant,
            device_name,
            platform,
            enrolled_at: device.server_time,
            clock_offset: 0,
        };
        account.saw_clock(device.server_time, phone_time);
        Ok(Enrolled { account, confirmation_code, offline_key: device.offline_key })
    }
}

impl fmt::Debug for ToSign {
    /// It holds the push token, so it is not printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToSign").field("account", &self.account).finish_non_exhaustive()
    }
}

impl fmt::Debug for Completion {
    /// It holds the proofs besides, so they are not printed either.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Completion").field("account", &self.asked.account).finish_non_exhaustive()
    }
}

/// The device is enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// What to remember.
    pub account: Account,
    /// Six characters that the server's screen shows too.
    pub confirmation_code: String,
    /// What it answers with when it has no network; none from a server that gives none.
    pub offline_key: Option<OfflineKey>,
}
