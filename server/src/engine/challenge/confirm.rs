//! The code that the phone shows after an approval, typed into the login page: only with it the approval counts.

use countersign_protocol::challenge::Challenge;
use countersign_protocol::id::{ChallengeId, DeviceId};
use countersign_protocol::jws::{self, Purpose};
use countersign_protocol::number;
use countersign_protocol::wire::Outcome;

use crate::engine::challenge::ask::number_place;
use crate::engine::policy::NumberKind;
use crate::engine::{Caller, Engine, Error};
use crate::store::{ConfirmableRow, StoreError, deciding};
use crate::wake::Topic;

impl Engine {
    /// Takes the code. There is one try: a wrong one ends the challenge as denied.
    ///
    /// # Errors
    /// [`Error::ChallengeNotFound`]; [`Error::NoCode`] when the challenge has none; [`Error::NotAnswered`] before the person
    /// approved on the phone; [`Error::NotPending`]; [`Error::WrongShownCode`].
    pub async fn confirm(&self, caller: &Caller, id: ChallengeId, code: &str) -> Result<Outcome, Error> {
        let tenant = caller.application.tenant;
        let row = self.store.confirmable(tenant, id).await?.ok_or(Error::ChallengeNotFound)?;
        if row.number_kind.as_deref() != Some(NumberKind::Show.as_str()) {
            return Err(Error::NoCode);
        }
        let now = self.now();
        let outcome = row.state.at(now);
        if outcome != Outcome::Pending {
            return Err(Error::NotPending(outcome));
        }
        let (Some(answer), Some(challenge_jws)) = (&row.answer, &row.challenge_jws) else {
            return Err(Error::NotAnswered);
        };
        let challenge = jws::peek::<Challenge>(challenge_jws, Purpose::Challenge)
            .map_err(|_| Error::Damaged("challenge"))?;
        let sealed = row.number.as_deref().ok_or(Error::Damaged("number"))?;
        let expected = self.master.open(number_place(tenant, id), sealed)?;
        let expected = std::str::from_utf8(&expected).map_err(|_| Error::Damaged("number"))?;
        let right = number::matches(expected, code);
        let outcome = if right { Outcome::Approved } else { Outcome::Denied };
        let verdict = self.verdict(challenge_jws, challenge.peek(), answer, (outcome, now)).await?;
        self.write_confirmed(caller, id, &row, (answer, &verdict), (outcome, now)).await?;
        if right { Ok(outcome) } else { Err(Error::WrongShownCode) }
    }

    async fn write_confirmed(
        &self,
        caller: &Caller,
        id: ChallengeId,
        row: &ConfirmableRow,
        (answer, verdict): (&str, &str),
        (outcome, now): (Outcome, i64),
    ) -> Result<(), Error> {
        let tenant = caller.application.tenant;
        let (name, consequences) = if outcome == Outcome::Approved {
            // Whatever was counted ends here; whether there was anything is not known without another look.
            ("challenge.approved", self.after_success(1, tenant, row.user_id))
        } else {
            let (person, actor) = ((tenant, row.user_id), caller.actor());
            ("challenge.wrong_code", self.after_wrong_number(person, row.application_id, &actor, now).await?)
        };
        let device = DeviceId { tenant, local: row.device_id.ok_or(Error::Damaged("answer"))? };
        let event = self.event(tenant, name, &device, &id)?;
        let mut batch = vec![deciding::confirm(tenant, id, answer, outcome, verdict, now), event];
        batch.extend(self.tell(tenant, id, outcome, &self.store.told(tenant, id).await?, now)?);
        batch.extend(consequences.statements);
        match self.store.write(batch).await {
            Ok(()) => {}
            // Another try, or a refusal on the phone, was faster.
            Err(StoreError::Unmet(0)) => return Err(self.why_not_confirmed(tenant, id).await?),
            Err(error) => return Err(error.into()),
        }
        self.outbox_changed();
        self.ended(tenant, id, outcome, Some(now), row.device_name.clone()).await?;
        for other in consequences.others {
            self.look_again(tenant, other).await?;
        }
        self.wake.wake(Topic::Inbox(row.user_id));
        Ok(())
    }

    async fn why_not_confirmed(
        &self,
        tenant: countersign_protocol::id::TenantId,
        id: ChallengeId,
    ) -> Result<Error, Error> {
        let row = self.store.confirmable(tenant, id).await?.ok_or(Error::ChallengeNotFound)?;
        Ok(Error::NotPending(row.state.at(self.now())))
    }
}
