//! Enrolment: a one-time link, and a phone that takes it up with keys of its own.

use std::net::IpAddr;

use countersign_protocol::attestation::Attestation;
use countersign_protocol::challenge::DeviceKeys;
use countersign_protocol::enroll::{EnrollClaims, EnrollProof, EnrolledClaims, Transcript};
use countersign_protocol::id::{DeviceId, EnrollmentToken, to_base32};
use countersign_protocol::jwk::{PublicKey, Thumbprint};
use countersign_protocol::jws::Purpose;
use countersign_protocol::link::EnrollmentLink;
use countersign_protocol::offline::OfflineKey;

use crate::engine::audit::{Actor, By};
use crate::engine::device::devices::{check_device_token, platform};
use crate::engine::directory::tenants::display_name;
use crate::engine::enrollment::check::GUESSES;
use crate::engine::policy::Factor;
use crate::engine::{Caller, Check, Engine, Error, Language, NewUser, Template, Word};
use crate::host::random;
use crate::store::{
    DeviceRow, EnrollmentRow, NewEnrollment, Statement, StoreError, UserRow, devices, recovery,
};

/// Milliseconds that an enrolment link is good for (S48: ten minutes at most).
const LIFETIME: i64 = 10 * 60 * 1000;
/// Milliseconds that one is good for which a person asked for while they signed in: somebody waits at the login page.
const ASSOCIATION: i64 = 5 * 60 * 1000;

/// A wish to enrol someone.
#[derive(Debug, Clone)]
pub struct Enroll {
    /// Whom.
    pub user: NewUser,
    /// Refuse when they have a device already.
    pub strict: bool,
    /// What the link's holder must show besides.
    pub check: Check,
    /// In which language they are written to.
    pub language: Language,
}

/// What a link is issued for, and how.
#[derive(Debug, Clone, Copy, Default)]
pub struct Issue {
    /// The device that ends when the new one is taken.
    pub replaces: Option<DeviceId>,
    /// What the link's holder must show besides.
    pub check: Check,
    /// In which language they are written to.
    pub language: Language,
    /// Whether the person asked for it while they signed in.
    pub association: Option<Association>,
}

/// What a link is good for that a person asked for while they signed in. It takes only a phone that can approve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Association {
    /// Their first factor: good only while they have nothing that counts, for nobody has shown more than a password.
    First,
    /// Another one: they have shown the strongest that they have.
    Another,
}

impl Association {
    fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Another => "another",
        }
    }
}

/// An enrolment link that was issued.
#[derive(Debug, Clone)]
pub struct Issued {
    /// Whose device it will be.
    pub user: UserRow,
    /// The link. It holds the token; it is returned here and never again.
    pub link: EnrollmentLink,
    /// What its holder must show besides.
    pub check: Check,
    /// Milliseconds since 1970.
    pub expires_at: i64,
}

/// A phone that takes a link up.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// The link's token.
    pub token: String,
    /// Where pushes go.
    pub device_token: String,
    /// `ios`, `android` or `terminal`.
    pub platform: String,
    /// The name the person gave it.
    pub device_name: Option<String>,
    /// Its keys, with the proof that it holds them. Without them it can be notified but cannot answer.
    pub keys: Option<(DeviceKeys, EnrollProof)>,
    /// Where they are, if it can prove that.
    pub attestation: Option<Attestation>,
    /// The machine that it calls from.
    pub address: Option<IpAddr>,
}

/// A device that was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Whose it is.
    pub user: UserRow,
    /// The device.
    pub device: DeviceRow,
    /// The `cs-enrolled+jwt`; none for a device without keys.
    pub enrolled: Option<String>,
    /// What it answers with when it has no network; none for a device without keys. It is told here and never again.
    pub offline_key: Option<OfflineKey>,
}

impl Engine {
    /// Makes the user known and issues an enrolment link for them.
    ///
    /// # Errors
    /// [`Error::Invalid`], also for a check that this person could not pass; [`Error::AlreadyEnrolled`] when `strict`.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn enroll(&self, caller: &Caller, enroll: Enroll) -> Result<Issued, Error> {
        let Enroll { check, language, .. } = enroll;
        self.check_is_possible(caller, &enroll.user, check).await?;
        let user = self.ensure_user(caller.application.tenant, enroll.user, &caller.actor()).await?;
        if enroll.strict && !self.devices_of(caller, &user.user_ref).await?.is_empty() {
            return Err(Error::AlreadyEnrolled);
        }
        let issue = Issue { check, language, ..Issue::default() };
        self.issue_enrollment(&user, issue, &caller.actor()).await
    }

    /// Issues an enrolment link, at the word of `actor`. A code that its holder must show is mailed with it.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn issue_enrollment(
        &self,
        user: &UserRow,
        issue: Issue,
        actor: &dyn Actor,
    ) -> Result<Issued, Error> {
        let token = EnrollmentToken::new(user.tenant, &random(&*self.rng)?);
        let now = self.now();
        let expires_at = now + if issue.association.is_some() { ASSOCIATION } else { LIFETIME };
        let key = self.keys_of(user.tenant).await?.public;
        let code = match issue.check {
            Check::EmailOtp => {
                let tenant = self.store.tenant(user.tenant).await?;
                let tenant = tenant.ok_or(Error::TenantNotFound(user.tenant.to_string()))?;
                let names = (tenant.name.as_str(), &*token.hash());
                Some(self.new_code(user, names, issue.language, expires_at).await?)
            }
            Check::None | Check::Totp => None,
        };
        let new = NewEnrollment {
            user,
            token_hash: token.hash(),
            server_key: key.thumbprint(),
            replaces: issue.replaces.map(|device| device.local),
            challenge: issue.check.as_str(),
            code_hash: code.as_ref().map(|code| code.hash.clone()),
            association: issue.association.map(Association::as_str),
            created_at: now,
            expires_at,
        };
        let event = self.event(user.tenant, "enrollment.issued", actor, &to_base32(user.id))?;
        let mut batch = vec![new.insert(), event];
        batch.extend(code.map(|code| code.mail));
        self.store.write_for(user, batch).await?;
        self.outbox_changed();
        Ok(Issued { user: user.clone(), link: self.link(token, &key), check: issue.check, expires_at })
    }

    /// Issues a link for a person who asks for it while they sign in, if a device may be given to them at this word.
    ///
    /// # Errors
    /// [`Error::UserNotFound`], [`Error::FactorNotAllowed`], [`Error::ProofNeeded`].
    pub async fn associate_device(&self, word: Word<'_>, user_ref: &str) -> Result<Issued, Error> {
        let (user, first) = self.changeable(word, user_ref, Factor::Push).await?;
        let association = Some(if first { Association::First } else { Association::Another });
        let issue = Issue { association, language: user.language(), ..Issue::default() };
        self.issue_enrollment(&user, issue, &word).await
    }

    /// The whole link around a token: with the server's address and the key to be pinned.
    #[must_use]
    pub fn link(&self, token: EnrollmentToken, key: &PublicKey) -> EnrollmentLink {
        EnrollmentLink { server: self.server_id.clone(), token, server_key: key.thumbprint() }
    }

    /// What a token is for, and the key that its link names; uses nothing up.
    ///
    /// # Errors
    /// [`Error::TokenInvalid`], [`Error::TokenUsed`], [`Error::TokenExpired`], [`Error::TooManyCodes`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn enrollment(
        &self,
        token: &str,
    ) -> Result<(EnrollmentToken, EnrollmentRow, PublicKey), Error> {
        let token: EnrollmentToken = token.parse().map_err(|_| Error::TokenInvalid)?;
        let row = self.store.enrollment(token.tenant(), &token.hash()).await?.ok_or(Error::TokenInvalid)?;
        if row.used_at.is_some() {
            return Err(Error::TokenUsed);
        }
        if row.expires_at <= self.now() {
            return Err(Error::TokenExpired);
        }
        if row.code_failures >= GUESSES {
            return Err(Error::TooManyCodes);
        }
        let key = self.keys_with(token.tenant(), &row.server_key).await?.public_of(&row.server_key)?;
        Ok((token, row, key))
    }

    /// Takes the device. Of two phones with the same link, one is taken.
    ///
    /// # Errors
    /// As [`enrollment`](Self::enrollment); [`Error::ChallengeRequired`]; [`Error::InvalidPlatform`], [`Error::InvalidDeviceToken`],
    /// [`Error::Invalid`]; [`Error::EnrollProof`] when the keys are not proved; [`Error::Attestation`],
    /// [`Error::AttestationRequired`] for where they are. None of these uses the link up.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn complete_enrollment(&self, new: NewDevice) -> Result<Taken, Error> {
        let platform = platform(&new.platform)?;
        check_device_token(platform, &new.device_token)?;
        let name = new.device_name.as_deref().map(|n| display_name("device_name", n)).transpose()?;
        let (token, row, server_key) = self.enrollment(&new.token).await?;
        if row.still_to_show()? != Check::None {
            return Err(Error::ChallengeRequired);
        }
        if row.association.is_some() && new.keys.is_none() {
            // A sign-in waits for a phone that can approve.
            return Err(Error::Invalid("this link takes only a phone with keys of its own".to_owned()));
        }
        let mut device = DeviceRow {
            token_dead: false,
            id: DeviceId { tenant: token.tenant(), local: self.new_id()? },
            user_id: row.user.id,
            platform: platform.as_str().to_owned(),
            device_token: new.device_token.clone(),
            device_name: name,
            keys: None,
            confirmation_code: None,
            created_at: self.now(),
            last_seen_at: self.now(),
            attestation: None,
        };
        let enrolled = match &new.keys {
            Some((keys, proof)) => {
                Some(self.take_keys(&mut device, &token, &server_key.thumbprint(), (keys, proof)).await?)
            }
            None => None,
        };
        let keys = new.keys.as_ref().map(|(keys, _)| keys);
        let evidence = self.judge_attestation(&token, keys, new.attestation.as_ref()).await?;
        device.attestation = evidence.as_ref().map(|evidence| evidence.row.clone());
        let (offline_key, kept) =
            device.keys.as_ref().map(|_| self.new_offline_key(device.id)).transpose()?.unzip();
        let notice = self.notice_of(&row, &device, new.address).await?;
        let batch = || {
            let mut batch = self.enrollment_batch(&row, &device, new.address)?;
            batch.extend(notice.clone());
            batch.extend(kept.clone());
            batch.extend(evidence.as_ref().map(|evidence| devices::attest(device.id, evidence)));
            Ok::<_, Error>(batch)
        };
        let mut written = self.store.write_for(&row.user, batch()?).await;
        if written == Err(StoreError::Duplicate) {
            // Somebody took the push token at this moment; now they can be seen, and give way.
            written = self.store.write_for(&row.user, batch()?).await;
        }
        match written {
            Ok(()) => {
                self.outbox_changed();
                Ok(Taken { user: row.user, device, enrolled, offline_key })
            }
            // Another phone was faster, time ran out, or the phone to be replaced or the person was removed: say which.
            Err(StoreError::Unmet(0 | 1) | StoreError::PersonGone) => {
                self.enrollment(&new.token).await?;
                Err(Error::TokenUsed)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What tells a person of a phone beside what they had (S49), where they asked for it themselves.
    async fn notice_of(
        &self,
        row: &EnrollmentRow,
        device: &DeviceRow,
        address: Option<IpAddr>,
    ) -> Result<Option<Statement>, Error> {
        if row.association.as_deref() != Some(Association::Another.as_str()) {
            return Ok(None);
        }
        let factors = self.store.factors(row.user.tenant, row.user.id).await?;
        let by = By(device.id, address);
        let word = Word::Own(row.user.tenant, &by);
        self.notice(word, &row.user, &factors, (Template::FactorAdded, None)).await
    }

    fn enrollment_batch(
        &self,
        row: &EnrollmentRow,
        device: &DeviceRow,
        address: Option<IpAddr>,
    ) -> Result<Vec<Statement>, Error> {
        let (now, actor) = (self.now(), By(device.id, address));
        let moved = self.new_event(device.id.tenant, "device.token_moved", &actor, &device.id)?;
        let replaced = row.replaces.map(|old| DeviceId { local: old, ..device.id });
        let mut batch: Vec<_> = replaced.map(|old| devices::hold(old, 0)).into_iter().collect();
        if row.association.is_some() {
            // Whoever takes the first device at the same moment waits here, and finds it there.
            batch.push(row.user.mark_enrolled(now));
        }
        batch.push(row.consume(device.id.local, now));
        batch.extend(devices::take_token(device.id, device.user_id, &device.device_token, &moved));
        batch.extend(replaced.map(|old| devices::end(old, now)));
        batch.push(device.insert());
        if row.association.is_none() {
            batch.push(row.user.mark_enrolled(now));
        }
        if device.keys.is_some() {
            batch.push(recovery::take_offer(device.id.tenant, device.user_id, &row.token_hash, now));
        }
        let proved = device.attestation.as_ref().map_or("none", |attestation| &attestation.level);
        let detail = format!("attestation {proved}");
        batch.push(self.event_with(device.id.tenant, "device.enrolled", &actor, &device.id, &detail)?);
        Ok(batch)
    }

    /// Checks that the device holds its keys and notes them; returns the server's signature over what was agreed.
    async fn take_keys(
        &self,
        device: &mut DeviceRow,
        token: &EnrollmentToken,
        server_key: &Thumbprint,
        (keys, proof): (&DeviceKeys, &EnrollProof),
    ) -> Result<String, Error> {
        let claims = EnrollClaims {
            aud: self.server_id.clone(),
            token_hash: token.hash(),
            keys: keys.thumbprints(),
            device_name: device.device_name.clone().unwrap_or_default(),
        };
        proof.verify(&claims, keys)?;
        let transcript = Transcript {
            token,
            server: &self.server_id,
            server_key,
            keys: &claims.keys,
            device_name: &claims.device_name,
            device: device.id,
        };
        device.keys = Some((keys.possession.point().to_vec(), keys.verification.point().to_vec()));
        device.confirmation_code = Some(transcript.confirmation_code());
        let server = self.keys_with(device.id.tenant, server_key.as_str()).await?;
        server.sign_as(server_key, Purpose::Enrolled, &EnrolledClaims::of(&transcript))
    }
}
