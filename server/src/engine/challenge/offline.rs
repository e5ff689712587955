//! Answers of phones that have no network: the login page shows the question as a QR code, the phone checks the server's
//! signature and shows eight digits, and the person types them into the page.

use countersign_protocol::challenge::Challenge;
use countersign_protocol::id::{ChallengeId, DeviceId, TenantId};
use countersign_protocol::jws::{self, Purpose};
use countersign_protocol::offline::{OfflineCode, OfflineKey, OfflineText};
use countersign_protocol::wire::Outcome;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::code::{ATTEMPTS, GUESSES};
use crate::engine::policy::Factor;
use crate::engine::{Caller, Engine, Error, OfflineQuestion};
use crate::host::random;
use crate::seal::Place;
use crate::store::{CodeChallengeRow, OfflineRow, Statement, StoreError, devices, offline};
use crate::wake::Topic;

/// What the log calls such an answer.
const WITHOUT_NETWORK: &str = "offline";

impl Engine {
    /// The question for each device that can answer it without a network, the one that was heard of last first. None for
    /// a question that demands the verification key: eight digits prove no signature. A question that says more than a QR
    /// code can carry is left out too.
    ///
    /// # Errors
    /// [`Error::ChallengeNotFound`], [`Error::Store`].
    pub async fn offline_questions(
        &self,
        caller: &Caller,
        id: ChallengeId,
    ) -> Result<Vec<OfflineQuestion>, Error> {
        let tenant = caller.application.tenant;
        let challenge = self.store.challenge(tenant, id).await?.ok_or(Error::ChallengeNotFound)?;
        let rows = self.answerable_offline(tenant, challenge.user_id, id).await?;
        let question = |row: OfflineRow| {
            let text = OfflineText::of(&row.challenge_jws).ok()?.to_string();
            Some(OfflineQuestion { device_name: row.device_name.unwrap_or_default(), text })
        };
        Ok(rows.into_iter().filter_map(question).collect())
    }

    /// Takes the eight digits. Wrong ones are counted like wrong numbers, and the fifth ends the question. There is no
    /// receipt of it: the device has signed nothing.
    ///
    /// # Errors
    /// [`Error::ChallengeNotFound`], [`Error::NotPending`], [`Error::Locked`]; [`Error::Invalid`] for what cannot be such a
    /// code, which is not counted; [`Error::NoCode`] when no device can answer it so; [`Error::WrongTypedCode`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn answer_offline(
        &self,
        caller: &Caller,
        id: ChallengeId,
        code: &str,
    ) -> Result<Outcome, Error> {
        let tenant = caller.application.tenant;
        let code: Zeroizing<String> = Zeroizing::new(code.split_whitespace().collect());
        for _ in 0..ATTEMPTS {
            let row = self.store.code_challenge(tenant, id).await?.ok_or(Error::ChallengeNotFound)?;
            if row.kind != Factor::Push.as_str() {
                return Err(Error::NoCode);
            }
            self.still_pending(&row)?;
            if row.locked {
                return Err(Error::Locked(Factor::Push.as_str()));
            }
            if !OfflineCode::fits(&code) {
                return Err(Error::Invalid("code must be the eight digits that the phone shows".to_owned()));
            }
            let devices = self.answerable_offline(tenant, row.user.id, id).await?;
            if devices.is_empty() {
                let after = self.store.code_challenge(tenant, id).await?.ok_or(Error::ChallengeNotFound)?;
                return self.still_pending(&after).and(Err(Error::NoCode));
            }
            let written = match self.who_says(devices, &code)? {
                Some(device) => self.approved_offline(&row, device).await,
                None => self.refused_offline(caller, &row).await,
            };
            match written {
                // Another try was counted, somebody answered, or the device was removed: look again.
                Err(Error::Store(StoreError::Unmet(_))) => {}
                result => return result,
            }
        }
        Err(Error::TooFast { retry_after: 1 })
    }

    /// A new device's offline key, and the statement that keeps it.
    pub(in crate::engine) fn new_offline_key(
        &self,
        device: DeviceId,
    ) -> Result<(OfflineKey, Statement), Error> {
        let key = OfflineKey::new(&Zeroizing::new(random(&*self.rng)?));
        let sealed = self.master.seal(&*self.rng, place(device), key.reveal())?;
        Ok((key, offline::keep_key(device, sealed)))
    }

    /// The devices whose code would be taken.
    async fn answerable_offline(
        &self,
        tenant: TenantId,
        user: Uuid,
        id: ChallengeId,
    ) -> Result<Vec<OfflineRow>, Error> {
        let rows = self.store.offline_prompts(tenant, user, id, self.now()).await?;
        let mut taken = Vec::with_capacity(rows.len());
        for row in rows {
            let challenge = jws::peek::<Challenge>(&row.challenge_jws, Purpose::Challenge)
                .map_err(|_| Error::Damaged("challenge"))?;
            if !challenge.peek().verify {
                taken.push(row);
            }
        }
        Ok(taken)
    }

    /// The device whose code was typed. Every one is compared, whichever fits.
    fn who_says(&self, devices: Vec<OfflineRow>, code: &str) -> Result<Option<OfflineRow>, Error> {
        let mut found = None;
        for row in devices {
            let key = self.master.open(place(row.device), &row.key)?;
            let key = OfflineKey::from_slice(&key).ok_or(Error::Damaged("offline key"))?;
            if key.approval(&row.challenge_jws, row.device).is(code) {
                found = Some(row);
            }
        }
        Ok(found)
    }

    async fn approved_offline(&self, row: &CodeChallengeRow, by: OfflineRow) -> Result<Outcome, Error> {
        let (tenant, now) = (row.user.tenant, self.now());
        // Whatever was counted ends here; whether there was anything is not known without another look.
        let consequences = self.after_success(1, tenant, row.user.id);
        let event = self.event_with(tenant, "challenge.approved", &by.device, &row.id, WITHOUT_NETWORK)?;
        // Held, but not noted as heard of: it has no network.
        let mut batch =
            vec![devices::hold(by.device, 0), offline::approve(by.device, row.id, GUESSES, now), event];
        let told = self.store.told(tenant, row.id).await?;
        batch.extend(self.tell(tenant, row.id, Outcome::Approved, &told, now)?);
        batch.extend(consequences.statements);
        self.store.write(batch).await?;
        self.outbox_changed();
        self.ended(tenant, row.id, Outcome::Approved, Some(now), by.device_name).await?;
        self.wake.wake(Topic::Inbox(row.user.id));
        Ok(Outcome::Approved)
    }

    /// Counts a wrong code; the last one that may come ends the question.
    async fn refused_offline(&self, caller: &Caller, row: &CodeChallengeRow) -> Result<Outcome, Error> {
        let (tenant, now, ends) = (row.user.tenant, self.now(), row.failures + 1 >= GUESSES);
        let (person, actor) = ((tenant, row.user.id), caller.actor());
        let consequences = self.after_wrong_number(person, row.application, &actor, now).await?;
        let event = |name| self.event_with(tenant, name, &caller.actor(), &row.id, WITHOUT_NETWORK);
        let mut batch = vec![row.refuse(GUESSES, now), event("challenge.code_refused")?];
        batch.extend(consequences.statements);
        if ends {
            batch.push(event("challenge.denied")?);
            let told = self.store.told(tenant, row.id).await?;
            batch.extend(self.tell(tenant, row.id, Outcome::Denied, &told, now)?);
        }
        self.store.write(batch).await?;
        self.wake.wake(Topic::Inbox(row.user.id));
        Err(self.after_wrong_code(row, &consequences.others).await?)
    }
}

/// Where a device's offline key stands, for sealing.
fn place(device: DeviceId) -> Place {
    Place { tenant: device.tenant, column: "devices.offline_key", row: device.local }
}
