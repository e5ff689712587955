//! Joining a server: makes the keys, drives [`crate::enroll`], and leaves nothing behind when that fails.

use countersign_protocol::attestation::{AppObject, Attestation, Chain, KeyId};
use countersign_protocol::challenge::DeviceKeys;
use countersign_protocol::jwk::PublicKey;
use countersign_protocol::wire::Platform;

use super::views::Enrolled;
use super::{Authenticator, AuthenticatorError, Inner};
use crate::approve::{AccountId, Ask};
use crate::client::DeviceError;
use crate::enroll::{self, Check, Offer, Start};
use crate::keys::{AppAttestation, KeyPurpose, SignatureError};

impl Authenticator {
    /// Asks the server of an enrolment link whose link it is. Changes nothing, here or there.
    ///
    /// # Errors
    /// [`AuthenticatorError::Enroll`] for a link or server that is not followed, [`AuthenticatorError::Client`].
    pub async fn look_at(&self, link: &str) -> Result<Offer, AuthenticatorError> {
        let start = Start::new(link)?;
        let reply = self.inner.client.client().send(&start.request()).await?;
        Ok(start.take(&reply)?)
    }

    /// Hands in the code that an offer asks for. What comes back is the same offer, which asks for nothing more.
    ///
    /// # Errors
    /// [`AuthenticatorError::Enroll`] with [`enroll::EnrollError::WrongCode`] or [`enroll::EnrollError::CodeForm`],
    /// [`AuthenticatorError::Client`].
    pub async fn verify_enrollment(&self, offer: &Offer, code: &str) -> Result<Offer, AuthenticatorError> {
        let reply = self.inner.client.client().send(&offer.verify(code)?).await?;
        Ok(offer.take_verified(&reply)?)
    }

    /// Has the code mailed again. Returns the seconds until the next one can be asked for.
    ///
    /// # Errors
    /// [`AuthenticatorError::Enroll`] with [`enroll::EnrollError::CodeSentJustNow`], [`AuthenticatorError::Client`].
    pub async fn resend_code(&self, offer: &Offer) -> Result<u64, AuthenticatorError> {
        let reply = self.inner.client.client().send(&offer.resend()).await?;
        Ok(offer.take_resent(&reply)?)
    }

    /// Enrols this device after the person said yes to `offer`. The key store may ask them for their verification.
    ///
    /// `device_token` says where pushes go; none when there are no pushes (terminal, or not allowed).
    ///
    /// # Errors
    /// [`AuthenticatorError`]; then the keys are deleted again and the link may have been used up.
    pub async fn enroll(
        &self,
        offer: &Offer,
        device_name: &str,
        platform: Platform,
        device_token: Option<&str>,
    ) -> Result<Enrolled, AuthenticatorError> {
        let device_name = enroll::device_name(device_name)?;
        if offer.check() != Check::None {
            return Err(enroll::EnrollError::CodeNeeded.into());
        }
        let _enrolling = self.inner.enrolling.lock().await;
        for orphan in self.inner.orphans()? {
            self.drop_keys(orphan).await?;
        }
        let device_token = match device_token {
            Some(token) => token.to_owned(),
            // Has the form that every platform's tokens may have, and reaches nobody.
            None => self.inner.random::<32>()?.iter().map(|byte| format!("{byte:02x}")).collect(),
        };
        let account = AccountId::new(self.inner.random()?);
        // The note comes before the keys: whatever stops this process, the next enrolment finds and deletes them.
        let noted = account.clone();
        self.inner.blocking(move |inner| inner.note_orphan(&noted)).await?;
        let result = self.enroll_keys(offer, &device_name, platform, &device_token, &account).await;
        if result.is_err() {
            // The error that counts is the first one; keys that cannot be deleted now are deleted next time.
            let _ = self.drop_keys(account).await;
        }
        result
    }

    async fn enroll_keys(
        &self,
        offer: &Offer,
        device_name: &str,
        platform: Platform,
        device_token: &str,
        account: &AccountId,
    ) -> Result<Enrolled, AuthenticatorError> {
        let client = &self.inner.client;
        let (possession, of_possession) = self.generate(offer, account, KeyPurpose::Possession).await?;
        let (verification, of_verification) = self.generate(offer, account, KeyPurpose::Verification).await?;
        let keys = DeviceKeys { possession, verification };
        let attestation = self.attestation(offer, &keys, of_possession, of_verification).await;
        let asked = offer.accept(device_name, platform, device_token, account.clone(), keys)?;
        let context = &offer.tenant;
        let possession =
            client.sign(account, KeyPurpose::Possession, asked.possession_input(), context).await?;
        let verification =
            client.sign(account, KeyPurpose::Verification, asked.verification_input(), context).await?;
        let completion = asked.signed(&possession, &verification)?.attested(attestation);

        // From here on the link is used up. Should the caller stop listening now, the account is still stored.
        let this = self.clone();
        let finish = tokio::spawn(async move {
            let reply = this.inner.client.client().send(&completion.request()).await?;
            let enrolled = completion.take(&reply, this.inner.clock.unix_seconds())?;
            let view = Enrolled {
                account: (&enrolled.account).into(),
                confirmation_code: enrolled.confirmation_code,
            };
            let (account, offline_key) = (enrolled.account, enrolled.offline_key);
            let stored = account.clone();
            let store = move |inner: &Inner| inner.add_account(&stored, offline_key.as_ref());
            if let Err(error) = this.inner.blocking(store).await {
                // A device that is not remembered here must not go on being asked: best effort.
                let _ = this.inner.client.ask(&account, Ask::remove()).await;
                return Err(error);
            }
            Ok(view)
        });
        finish.await.map_err(|_| AuthenticatorError::Stopped)?
    }

    async fn generate(
        &self,
        offer: &Offer,
        account: &AccountId,
        purpose: KeyPurpose,
    ) -> Result<(PublicKey, Option<Chain>), AuthenticatorError> {
        let challenge = offer.key_challenge().to_vec();
        let made = self.inner.client.keys().generate(account.to_string(), purpose, challenge).await?;
        // A store that gives no point gives no signatures either: the same fault for the person.
        let key =
            PublicKey::from_point(&made.point).map_err(|_| DeviceError::from(SignatureError::Malformed))?;
        Ok((key, Chain::new(made.certificates).ok()))
    }

    /// What the platform says of the new keys. None where it says nothing or cannot at this moment, as when Apple is not
    /// reached: whether a phone is taken without it is the server's to decide, and its refusal says what to do.
    async fn attestation(
        &self,
        offer: &Offer,
        keys: &DeviceKeys,
        possession: Option<Chain>,
        verification: Option<Chain>,
    ) -> Option<Attestation> {
        if let (Some(possession), Some(verification)) = (possession, verification) {
            return Some(Attestation::AndroidKey { possession, verification });
        }
        let vouched = self.inner.client.keys().attest_app(offer.app_challenge(keys).to_vec()).await;
        let AppAttestation { key_id, object } = vouched.ok().flatten()?;
        let (key_id, object) = (KeyId::new(key_id).ok()?, AppObject::new(object).ok()?);
        Some(Attestation::AppleAppAttest { key_id, object })
    }

    /// Deletes keys that belong to no account, and then the note of them.
    pub(super) async fn drop_keys(&self, keys: AccountId) -> Result<(), AuthenticatorError> {
        self.inner.client.keys().delete(keys.to_string()).await?;
        self.inner.blocking(move |inner| inner.clear_orphan(&keys)).await
    }
}
