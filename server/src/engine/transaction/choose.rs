//! Choosing how to answer.

use countersign_protocol::id::ChallengeId;
use countersign_protocol::wire::Outcome;
use uuid::Uuid;

use super::begin::{origin, risk};
use super::end::Ending;
use super::{Standing, Transaction, Turn};
use crate::engine::challenge::code::send::{channel_of, masked};
use crate::engine::policy::{AccessRule, Effect, Factor};
use crate::engine::{Ask, AskCode, Caller, CodePurpose, Engine, Error, FactorRef, Language, LoginPage, Whom};
use crate::store::{FactorRow, TransactionRow};

/// How often it is begun anew when something happened at the same moment.
const ATTEMPTS: usize = 8;

/// One way in which this person can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Of what kind.
    pub kind: Factor,
    /// Which factor; none for a push, which goes to all of the person's devices.
    pub factor: Option<Uuid>,
    /// Where a code goes, masked; the name of a device, when there is only one; none otherwise.
    pub to: Option<String>,
}

/// A question about to be asked in a transaction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    pub(super) kind: Factor,
    /// Which factor; the oldest of its kind when none is named.
    pub(super) factor: Option<Uuid>,
    pub(super) page: LoginPage,
    pub(super) language: Option<Language>,
    /// Seconds, 30…600; as policy says when not given.
    pub(super) answer_window: Option<i64>,
}

impl Engine {
    /// The ways in which the person can answer: what they have, as far as policy allows it for this sign-in and somebody
    /// carries it, strongest first. What is locked, and pushes while they rest, are none.
    ///
    /// # Errors
    /// [`Error::Store`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn ways(&self, transaction: &Transaction) -> Result<Vec<Way>, Error> {
        let row = self.row_of(transaction).await?;
        let (policy, user) = (&transaction.caller.policy, &row.user);
        let (risk, origin) = (risk(&row)?, origin(&row)?);
        let (_, country) = self.context(&origin);
        let from = AccessRule::judge(&policy.access, origin.address, country.as_deref());
        if from == Effect::Deny {
            return Ok(Vec::new());
        }
        let (since, now) = (Self::oldest_pending(self.now()), self.now());
        let application = transaction.caller.application.id;
        let known = self.store.addressee(user, application, since, now).await?;
        let locked = known.ok_or(Error::UserNotFound)?.locked;
        let open = |kind: Factor| {
            // A code proves neither biometrics nor a passcode.
            let strong = from != Effect::Verify || kind == Factor::Push;
            strong
                && policy.allowed_at(risk, kind).is_ok()
                && !locked.iter().any(|word| word == kind.as_str())
        };
        let mut ways = Vec::new();
        if open(Factor::Push) {
            ways.extend(self.way_by_push(&row, application).await?);
        }
        for factor in self.store.factors(user.tenant, user.id).await? {
            let kind = Factor::from_word(&factor.kind).ok_or(Error::Damaged("factor"))?;
            if open(kind) {
                ways.extend(self.way_by_code(kind, factor).await?);
            }
        }
        // Stable: of several of a kind, the oldest first.
        ways.sort_by_key(|way| way.kind as u8);
        Ok(ways)
    }

    async fn way_by_push(&self, row: &TransactionRow, application: Uuid) -> Result<Option<Way>, Error> {
        let (user, now) = (&row.user, self.now());
        let since = Self::oldest_pending(now);
        let found = self.store.askable(user.tenant, &user.user_ref, application, since, now).await?;
        let found = found.ok_or(Error::UserNotFound)?;
        let rests = found.cool_until.is_some_and(|until| until > now);
        let mut devices = found.devices.into_iter().filter(|device| device.keys.is_some());
        Ok(match (devices.next(), devices.next()) {
            _ if rests => None,
            (None, _) => None,
            (Some(only), None) => Some(Way { kind: Factor::Push, factor: None, to: only.device_name }),
            (Some(_), Some(_)) => Some(Way { kind: Factor::Push, factor: None, to: None }),
        })
    }

    async fn way_by_code(&self, kind: Factor, factor: FactorRow) -> Result<Option<Way>, Error> {
        let used_up = kind == Factor::Recovery && factor.codes_left == 0;
        if factor.active_at.is_none() || used_up {
            return Ok(None);
        }
        if let Some(channel) = channel_of(kind)
            && !self.reaches(factor.tenant, channel).await?
        {
            return Ok(None);
        }
        let to = factor.contact.map(|contact| masked(kind, &contact.value)).transpose()?;
        Ok(Some(Way { kind, factor: Some(factor.id), to }))
    }

    /// Asks in this way, in the place of what was asked before. Asked for what waits already, nothing is done. Of two
    /// choices at the same moment one is taken, and the other one is no error. `language` is that of the person's
    /// browser.
    ///
    /// # Errors
    /// [`Error::NotPending`] when it has ended; what [`Engine::ask`] and [`Engine::ask_code`] say.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn choose_way(
        &self,
        transaction: &Transaction,
        kind: Factor,
        factor: Option<Uuid>,
        language: Language,
    ) -> Result<(), Error> {
        let page = LoginPage::ShowsNumber;
        let question = Question { kind, factor, page, language: Some(language), answer_window: None };
        let mut lost = false;
        for _ in 0..ATTEMPTS {
            let row = self.row_of(transaction).await?;
            let standing = Standing::of(&row, self.now())?;
            if let Some(over) = standing.over() {
                return Err(over);
            }
            if matches!(standing, Standing::Waiting { .. }) && (lost || asks(&row, &question)) {
                return Ok(());
            }
            match self.ask_in_turn(&transaction.caller, &row, question).await {
                Ok(_) => return Ok(()),
                // Another choice, an answer or the end was faster: look again.
                Err(Error::NotPending(_)) => lost = true,
                Err(Error::RefusedByRule) => {
                    self.end_transaction(transaction, Ending::Refused).await?;
                    return Err(Error::RefusedByRule);
                }
                // Another choice may also have taken what the bounds had left.
                Err(error) => {
                    lost = id_of(&self.row_of(transaction).await?) != id_of(&row);
                    if !lost {
                        return Err(error);
                    }
                }
            }
        }
        Err(Error::TooFast { retry_after: 1 })
    }

    /// Puts a question of a transaction, and says how it stands then.
    ///
    /// # Errors
    /// [`Error::NotPending`] when the row is no longer as it was read; what [`Engine::ask`] and [`Engine::ask_code`] say.
    pub(super) async fn ask_in_turn(
        &self,
        caller: &Caller,
        row: &TransactionRow,
        question: Question,
    ) -> Result<Standing, Error> {
        let Question { kind, factor, page, language, answer_window } = question;
        let turn = Some(Turn { transaction: row.id, seen: id_of(row), ends_by: row.expires_at, language });
        let (risk, origin) = (risk(row)?, origin(row)?);
        if kind == Factor::Push {
            let ask = Ask {
                user_ref: row.user.user_ref.clone(),
                session_ref: None,
                kind: Some(row.kind.clone()),
                message: row.message.clone(),
                turn,
                page,
                risk,
                answer_window,
                origin,
            };
            let asked = self.ask(caller, ask).await?;
            return Ok(match asked.outcome {
                Outcome::Approved => Standing::Approved,
                _ => Standing::Waiting { kind, until: asked.expires_at },
            });
        }
        let ask = AskCode {
            whom: Whom::Id(row.user.id),
            factor: factor.map_or(FactorRef::Kind(kind), FactorRef::Id),
            purpose: CodePurpose::SignIn,
            session_ref: None,
            language,
            risk,
            answer_window,
            origin,
            turn,
        };
        let asked = self.ask_code(caller, ask).await?;
        Ok(Standing::Waiting { kind: asked.kind, until: asked.expires_at })
    }
}

/// The newest question.
fn id_of(row: &TransactionRow) -> Option<ChallengeId> {
    row.question.as_ref().map(|question| question.id)
}

/// Whether the newest question is this one.
fn asks(row: &TransactionRow, question: &Question) -> bool {
    row.question.as_ref().is_some_and(|newest| {
        newest.kind == question.kind.as_str() && question.factor.is_none_or(|id| newest.factor == Some(id))
    })
}
