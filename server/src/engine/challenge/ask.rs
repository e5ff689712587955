//! Asking: a relying party wants to know whether it is really this person.

use countersign_protocol::challenge::{Challenge, DeviceKeys};
use countersign_protocol::id::{ChallengeId, DeviceId, TenantId};
use countersign_protocol::jwk::PublicKey;
use countersign_protocol::jws::Purpose;
use countersign_protocol::risk::Risk;
use countersign_protocol::wire::Outcome;
use uuid::Uuid;

use crate::engine::challenge::question::{self, Question};
use crate::engine::device::signed_rules::ByRule;
use crate::engine::keyring::TenantKeys;
use crate::engine::limits::times::{Bound, one_more};
use crate::engine::policy::{Factor, NumberKind};
use crate::engine::transaction::turn;
use crate::engine::{ANSWER_WINDOWS, Caller, Engine, Error, Origin, Turn};
use crate::seal::Place;
use crate::store::{Askable, ChallengeRow, DeviceRow, NewChallenge, State, Statement, asking, devices};
use crate::wake::Topic;

/// How often a question is put again when another one to the same person was put at the same moment.
const ATTEMPTS: usize = 4;
/// Milliseconds in which pushes are counted.
const MINUTE: i64 = 60_000;

/// What a login page can do to bind itself to the phone (property 5). Where no number does, the person is verified by
/// biometrics, passcode or password instead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LoginPage {
    /// Nothing.
    #[default]
    Plain,
    /// It takes the code that the phone shows, and can show none itself.
    TakesCode,
    /// It shows a number, or takes the code that the phone shows.
    ShowsNumber,
}

/// What a relying party asks.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Whom, in the relying party's words.
    pub user_ref: String,
    /// The relying party's own reference, returned with each answer.
    pub session_ref: Option<String>,
    /// What it is about, in one word or few, at most 40 characters: `login` unless told otherwise.
    pub kind: Option<String>,
    /// What it is about, in the relying party's words.
    pub message: String,
    /// The transaction whose question it is.
    pub turn: Option<Turn>,
    /// What its login page can do with a number.
    pub page: LoginPage,
    /// 1: as policy says. 2: rules approve nothing. 3: the person must be verified. Never less than policy assumes.
    pub risk: Option<Risk>,
    /// Seconds to answer, 30…600; as policy says when not given.
    pub answer_window: Option<i64>,
    /// Where the sign-in comes from.
    pub origin: Origin,
}

/// A question as it was signed for one device.
#[derive(Debug)]
pub(in crate::engine) struct Prompt {
    pub(in crate::engine) device: DeviceId,
    pub(in crate::engine) challenge: Challenge,
    pub(in crate::engine) jws: String,
}

/// A question about to be put, and what was seen before.
#[derive(Debug)]
struct Put<'a> {
    caller: &'a Caller,
    seen: &'a Askable,
    session_ref: Option<String>,
    /// The new list of push times; none where nothing is limited.
    times: Option<Vec<u8>>,
    by_rule: Option<ByRule>,
    turn: Option<Turn>,
}

impl Put<'_> {
    fn note_times(&self, tenant: TenantId) -> Option<Statement> {
        let seen = self.seen.push_times.as_deref();
        self.times.clone().map(|times| asking::replace_push_times(tenant, self.seen.user.id, seen, times))
    }
}

/// A question that was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The challenge.
    pub id: ChallengeId,
    /// Pending, or approved by a rule of the person's.
    pub outcome: Outcome,
    /// The relying party's own reference.
    pub session_ref: Option<String>,
    /// Milliseconds since 1970.
    pub expires_at: i64,
    /// How many devices were asked.
    pub devices: usize,
    /// What binds the two screens.
    pub number_kind: Option<NumberKind>,
    /// The number to show on the login screen, when it is shown there.
    pub number: Option<String>,
}

impl Engine {
    /// Puts a question to all of a user's devices that can answer.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::UserNotFound`], [`Error::NoDevices`], [`Error::FactorNotAllowed`],
    /// [`Error::RefusedByRule`], [`Error::Locked`], [`Error::CoolingDown`], [`Error::TooManyPushes`], [`Error::Store`];
    /// [`Error::NotPending`] when it is no longer this question's [`Turn`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn ask(&self, caller: &Caller, ask: Ask) -> Result<Asked, Error> {
        ask.origin.check()?;
        check_window(ask.answer_window)?;
        if !caller.policy.factors.allow(Factor::Push) {
            return Err(Error::FactorNotAllowed("push"));
        }
        for _ in 0..ATTEMPTS {
            if let Some(asked) = self.ask_once(caller, &ask).await? {
                return Ok(asked);
            }
        }
        Err(Error::TooManyPushes { retry_after: 1 })
    }

    /// None when somebody else asked the same person since this request looked.
    async fn ask_once(&self, caller: &Caller, ask: &Ask) -> Result<Option<Asked>, Error> {
        let (tenant, now) = (caller.application.tenant, self.now());
        let since = Self::oldest_pending(now);
        let found = self.store.askable(tenant, &ask.user_ref, caller.application.id, since, now).await?;
        let seen = found.ok_or(Error::UserNotFound)?;
        if seen.locked {
            return Err(Error::Locked("push"));
        }
        let times = self.room_for_one_more(caller, &seen, now)?;
        let (context, country) = self.context(&ask.origin);
        let demand = self.refusing(caller, &seen, ask, country.as_deref()).await?;
        // A whole second, so that the phone, which counts in seconds, and the server agree on the end.
        let window = ask.answer_window.unwrap_or(caller.policy.answer_window);
        let expires_at = turn::ends(ask.turn, (now / 1000 + window) * 1000, now)?;
        let question = Question {
            id: ChallengeId(self.new_id()?),
            application_id: caller.application.id,
            application: question::application(caller),
            user_ref: seen.user.user_ref.clone(),
            kind: ask.kind.clone().unwrap_or_else(|| "login".to_owned()),
            message: ask.message.clone(),
            context,
            demand,
            created_at: now,
            expires_at,
        };
        let keys = self.keys_of(tenant).await?;
        let prompts = self.sign_prompts(&keys, &question, &seen.devices)?;
        if prompts.is_empty() {
            return Err(Error::NoDevices);
        }
        let by_rule = self.by_rule(&keys, &seen, &question, &prompts, ask.session_ref.clone()).await?;
        let asked = Asked {
            id: question.id,
            outcome: if by_rule.is_some() { Outcome::Approved } else { Outcome::Pending },
            session_ref: ask.session_ref.clone(),
            expires_at: question.expires_at,
            devices: prompts.len(),
            number_kind: question.demand.kind,
            number: question.demand.number.clone().filter(|_| question.demand.kind != Some(NumberKind::Show)),
        };
        let session_ref = ask.session_ref.clone();
        let put = Put { caller, seen: &seen, session_ref, times, by_rule, turn: ask.turn };
        Ok(self.put_question(put, question, prompts).await?.then_some(asked))
    }

    /// The list of push times with this one; none where nothing is limited.
    fn room_for_one_more(&self, caller: &Caller, seen: &Askable, now: i64) -> Result<Option<Vec<u8>>, Error> {
        let policy = &caller.policy;
        if let Some(wait) = seen.cool_until.filter(|until| *until > now) {
            let retry_after = u64::try_from((wait - now + 999) / 1000).unwrap_or(1);
            return Err(Error::CoolingDown { retry_after });
        }
        if policy.pushes_per_minute == 0 && policy.pending_limit == 0 {
            return Ok(None);
        }
        let limit = if policy.pushes_per_minute == 0 { i64::MAX } else { policy.pushes_per_minute };
        let bound = Bound { span: MINUTE, limit };
        let times = one_more(seen.push_times.as_deref().unwrap_or_default(), now, &[bound]);
        times.map(Some).map_err(|retry_after| Error::TooManyPushes { retry_after })
    }

    /// What is demanded; a refusal by an access rule is noted in the log.
    async fn refusing(
        &self,
        caller: &Caller,
        seen: &Askable,
        ask: &Ask,
        country: Option<&str>,
    ) -> Result<question::Demand, Error> {
        let demand = self.demand(&caller.policy, ask, country);
        if matches!(demand, Err(Error::RefusedByRule)) {
            let subject = countersign_protocol::id::to_base32(seen.user.id);
            let event =
                self.event(seen.user.tenant, "challenge.refused_by_rule", &caller.actor(), &subject)?;
            self.store.write(vec![event]).await?;
        }
        demand
    }

    /// False when somebody else asked the same person since `seen` was read, or the rule ended; nothing was done then.
    async fn put_question(
        &self,
        put: Put<'_>,
        question: Question,
        prompts: Vec<Prompt>,
    ) -> Result<bool, Error> {
        let (tenant, id, now) = (put.seen.user.tenant, question.id, question.created_at);
        let caller = put.caller.actor();
        let pending = &put.seen.pending;
        let superseded = superseded(pending, put.caller.policy.pending_limit);
        let superseded = turn::superseded(superseded, pending, put.turn);
        let by_device = put.by_rule.as_ref().map(|by_rule| devices::hold(by_rule.rule.device, 0));
        let mut batch: Vec<Statement> = by_device.into_iter().chain(put.note_times(tenant)).collect();
        let turn = turn::take(&mut batch, put.turn, tenant, id, now);
        for old in &superseded {
            batch.extend(self.end_along(tenant, *old, SUPERSEDED, &caller, now)?);
        }
        let new = self.new_challenge(&put, &question)?;
        let row = new.row(question.user_ref.clone(), put.by_rule.as_ref());
        batch.extend(new.insert(prompts.into_iter().map(|prompt| (prompt.device, prompt.jws)).collect()));
        batch.push(self.event(tenant, "challenge.asked", &caller, &id)?);
        if let Some(by_rule) = &put.by_rule {
            batch.extend(by_rule.approve(&question));
            batch.push(self.event(tenant, "challenge.approved_by_rule", &by_rule.rule.device, &id)?);
            batch.extend(self.tell(tenant, id, Outcome::Approved, &by_rule.told, now)?);
        } else {
            batch.extend(self.enqueue_push(tenant, id, &put.seen.devices, question.expires_at).await?);
        }
        let ticket = self.snapshots.ticket(id);
        if let Err(error) = self.store.write_for(&put.seen.user, batch).await {
            // Nothing else in it can find nothing: its rows are new.
            return turn.lost(error).map(|()| false);
        }
        if put.by_rule.is_some() {
            self.metrics.challenge_ended(Outcome::Approved, None);
        }
        self.outbox_changed();
        let read_at = row.created_at;
        self.snapshots.put(row, read_at, ticket);
        self.metrics.challenge_asked();
        self.announce_question(tenant, put.seen.user.id, &superseded, put.turn).await?;
        Ok(true)
    }

    fn new_challenge(&self, put: &Put<'_>, question: &Question) -> Result<NewChallenge, Error> {
        let (tenant, id) = (put.seen.user.tenant, question.id);
        let number = question.demand.number.as_deref();
        Ok(NewChallenge {
            tenant,
            id,
            application_id: question.application_id,
            user_id: put.seen.user.id,
            session_ref: put.session_ref.clone(),
            number_kind: question.demand.kind.map(NumberKind::as_str),
            number: number.map(|number| self.seal_number(tenant, id, number)).transpose()?,
            message: question.message.clone(),
            created_at: question.created_at,
            expires_at: question.expires_at,
        })
    }

    pub(in crate::engine) async fn announce_question(
        &self,
        tenant: TenantId,
        user: Uuid,
        superseded: &[ChallengeId],
        turn: Option<Turn>,
    ) -> Result<(), Error> {
        for old in superseded {
            if self.look_again(tenant, *old).await? == Outcome::Cancelled {
                self.metrics.challenge_ended(Outcome::Cancelled, None);
            }
        }
        if let Some(turn) = turn {
            self.wake.wake(Topic::Transaction(turn.transaction));
        }
        self.wake.wake(Topic::Inbox(user));
        Ok(())
    }

    /// The question as each device that has keys will see it, signed.
    fn sign_prompts(
        &self,
        server: &TenantKeys,
        question: &Question,
        devices: &[DeviceRow],
    ) -> Result<Vec<Prompt>, Error> {
        let answering = devices.iter().filter(|d| d.keys.is_some());
        answering
            .map(|device| {
                let challenge = self.challenge_for(device, question)?;
                // Never ask what devices refuse to show.
                challenge.check_content().map_err(|_| Error::Damaged("question"))?;
                let jws = server.sign(Purpose::Challenge, &challenge)?;
                Ok(Prompt { device: device.id, challenge, jws })
            })
            .collect()
    }

    fn seal_number(&self, tenant: TenantId, id: ChallengeId, number: &str) -> Result<Vec<u8>, Error> {
        Ok(self.master.seal(&*self.rng, number_place(tenant, id), number.as_bytes())?)
    }
}

/// The oldest of the questions that wait already, so that with the new one there are no more than `limit`. The person
/// reloaded the login page: the newest question is the one that their screen shows.
/// How a question ends that a newer one has taken the place of, and what the log calls it.
pub(in crate::engine) const SUPERSEDED: (Outcome, &str) = (Outcome::Cancelled, "challenge.superseded");

pub(in crate::engine) fn superseded(pending: &[ChallengeId], limit: i64) -> &[ChallengeId] {
    let limit = usize::try_from(limit).unwrap_or(0);
    let many = (pending.len() + 1).saturating_sub(limit);
    if limit == 0 { &[] } else { pending.get(..many).unwrap_or_default() }
}

pub(in crate::engine) fn check_window(seconds: Option<i64>) -> Result<(), Error> {
    if seconds.is_none_or(|seconds| ANSWER_WINDOWS.contains(&seconds)) {
        Ok(())
    } else {
        Err(Error::Invalid("timeout must be 30 to 600 seconds".to_owned()))
    }
}

/// Where a challenge's number stands, for sealing.
pub(in crate::engine) fn number_place(tenant: TenantId, id: ChallengeId) -> Place {
    Place { tenant, column: "challenges.number", row: id.0 }
}

/// A device's two public keys.
pub(in crate::engine) fn device_keys(device: &DeviceRow) -> Result<DeviceKeys, Error> {
    let (possession, verification) = device.keys.as_ref().ok_or(Error::DeviceUnknown)?;
    let key = |point: &[u8]| PublicKey::from_point(point).map_err(|_| Error::Damaged("device key"));
    Ok(DeviceKeys { possession: key(possession)?, verification: key(verification)? })
}

impl NewChallenge {
    /// The challenge as a look at it would find it.
    fn row(&self, user_ref: String, by_rule: Option<&ByRule>) -> ChallengeRow {
        let outcome = if by_rule.is_some() { Outcome::Approved } else { Outcome::Pending };
        ChallengeRow {
            tenant: self.tenant,
            id: self.id,
            application_id: self.application_id,
            user_id: self.user_id,
            user_ref,
            kind: Factor::Push.as_str().to_owned(),
            session_ref: self.session_ref.clone(),
            state: State::new(outcome, self.expires_at),
            created_at: self.created_at,
            responded_at: by_rule.map(|_| self.created_at),
            device_name: by_rule.and_then(|by| by.device_name.clone()),
        }
    }
}
