//! Beginning a transaction.

use std::net::IpAddr;

use countersign_protocol::challenge::Detail;
use countersign_protocol::id::to_base32;
use countersign_protocol::risk::Risk;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::choose::Question;
use super::{Standing, channel};
use crate::engine::oauth::choice::message;
use crate::engine::policy::{AccessRule, Effect, Factor};
use crate::engine::{ANSWER_WINDOWS, Caller, Engine, Error, LoginPage, Origin};
use crate::store::transactions::OPEN;
use crate::store::{StoreError, TransactionRow, UserRow};

/// Seconds that a transaction may last, and what it lasts unless told otherwise (S2: never above 600).
const TIMEOUTS: (i64, i64) = (10, 600);
const TIMEOUT: i64 = 300;
/// Transactions begun for a person in any minute, at most (S26).
const BEGUN_AT_MOST: i64 = 30;
const MINUTE: i64 = 60_000;
/// Characters of what it is about, and of the relying party's words.
const LONGEST_KIND: usize = 40;
const LONGEST_MESSAGE: usize = 500;

/// What a relying party begins.
#[derive(Debug, Clone)]
pub struct Begin {
    /// Who signs in.
    pub user: UserRow,
    /// What it is about, in one word or few, at most 40 characters; `Login` when not given.
    pub kind: Option<String>,
    /// The relying party's own words, at most 500 characters; a sentence with the application's name when not given.
    pub message: Option<String>,
    /// What is asked at once: a push, a short message or a call; the person chooses on the page when none is given.
    pub at_once: Option<Factor>,
    /// Seconds; brought to 10…600 (S2); 300 when not given.
    pub timeout: Option<i64>,
    /// 1: as policy says. 2: rules approve nothing. 3: the person must be verified.
    pub risk: Option<Risk>,
    /// Where the sign-in comes from.
    pub origin: Origin,
}

/// A transaction that has begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Its channel: `ch_`, the tenant's 26 characters and 43 more, with 256 random bits. It is told here and never again.
    pub channel: Zeroizing<String>,
    /// How it stands: a rule of the person's may have approved it.
    pub standing: Standing,
    /// Why nothing was asked at once although something was to be.
    pub why_not: Option<Error>,
}

/// [`Origin`] as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptOrigin {
    address: Option<IpAddr>,
    user_agent: Option<String>,
    details: Vec<Detail>,
}

/// Where a transaction's sign-in comes from.
pub(super) fn origin(row: &TransactionRow) -> Result<Origin, Error> {
    let kept: KeptOrigin =
        serde_json::from_str(&row.origin).map_err(|_| Error::Damaged("origin of a sign-in"))?;
    Ok(Origin { address: kept.address, user_agent: kept.user_agent, details: kept.details })
}

/// How unusual it is, as its relying party said.
pub(super) fn risk(row: &TransactionRow) -> Result<Option<Risk>, Error> {
    let read = |number: i64| u8::try_from(number).ok().and_then(|number| Risk::try_from(number).ok());
    row.risk.map(|number| read(number).ok_or(Error::Damaged("risk"))).transpose()
}

impl Engine {
    /// Begins one. When what is to be asked at once cannot be, the transaction is there all the same and the person can
    /// choose something else; only where an access rule refuses the sign-in it has ended.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::TooManyPushes`] after thirty for this person in a minute; [`Error::UserNotFound`];
    /// [`Error::Store`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn begin_transaction(&self, caller: &Caller, begin: Begin) -> Result<Begun, Error> {
        begin.origin.check()?;
        let row = self.new_transaction(caller, &begin)?;
        let (tenant, now) = (caller.application.tenant, row.created_at);
        let channel = channel::make(&*self.rng, tenant)?;
        let refused = row.state != OPEN;
        let mut batch = vec![
            row.insert(&channel::hash(&channel), now - MINUTE, BEGUN_AT_MOST),
            self.event_with(
                tenant,
                "transaction.begun",
                &caller.actor(),
                &to_base32(row.id),
                &to_base32(row.user.id),
            )?,
        ];
        if refused {
            let subject = to_base32(row.user.id);
            batch.push(self.event(tenant, "challenge.refused_by_rule", &caller.actor(), &subject)?);
        }
        match self.store.write_for(&row.user, batch).await {
            Err(StoreError::Unmet(_)) => return Err(self.begun_transactions_too_often(&row).await?),
            result => result?,
        }
        let (standing, why_not) = match begin.at_once {
            _ if refused => (Standing::Rejected, Some(Error::RefusedByRule)),
            None => (Standing::Open { after: None }, None),
            Some(kind) => self.ask_at_once(caller, &row, kind, begin.timeout).await?,
        };
        Ok(Begun { channel, standing, why_not })
    }

    fn new_transaction(&self, caller: &Caller, begin: &Begin) -> Result<TransactionRow, Error> {
        let user = begin.user.clone();
        if user.tenant != caller.application.tenant {
            return Err(Error::UserNotFound);
        }
        let kind = begin.kind.clone().unwrap_or_else(|| "Login".to_owned());
        check("type", &kind, LONGEST_KIND)?;
        let own = || message(&caller.application.name, user.language());
        let message = begin.message.clone().unwrap_or_else(own);
        check("message", &message, LONGEST_MESSAGE)?;
        let origin = KeptOrigin {
            address: begin.origin.address,
            user_agent: begin.origin.user_agent.clone(),
            details: begin.origin.details.clone(),
        };
        let (_, country) = self.context(&begin.origin);
        let effect = AccessRule::judge(&caller.policy.access, begin.origin.address, country.as_deref());
        let now = self.now();
        Ok(TransactionRow {
            id: self.new_id()?,
            application: caller.application.id,
            kind,
            message,
            risk: begin.risk.map(|risk| i64::from(u8::from(risk))),
            origin: serde_json::to_string(&origin).map_err(|_| Error::Damaged("origin of a sign-in"))?,
            language: None,
            question: None,
            browser: None,
            state: if effect == Effect::Deny { "refused" } else { OPEN }.to_owned(),
            created_at: now,
            // A whole second, so that a question can last as long as its transaction.
            expires_at: (now / 1000 + seconds(begin.timeout)) * 1000,
            user,
        })
    }

    async fn begun_transactions_too_often(&self, row: &TransactionRow) -> Result<Error, Error> {
        if self.store.user_by_id(row.user.tenant, row.user.id).await?.is_none() {
            return Err(Error::UserNotFound);
        }
        let first = self.store.first_transaction_since(&row.user, row.created_at - MINUTE).await?;
        let wait = (first.unwrap_or(row.created_at) + MINUTE - row.created_at + 999) / 1000;
        Ok(Error::TooManyPushes { retry_after: u64::try_from(wait).unwrap_or(1).max(1) })
    }

    async fn ask_at_once(
        &self,
        caller: &Caller,
        row: &TransactionRow,
        kind: Factor,
        timeout: Option<i64>,
    ) -> Result<(Standing, Option<Error>), Error> {
        let (least, most) = (*ANSWER_WINDOWS.start(), *ANSWER_WINDOWS.end());
        let question = Question {
            kind,
            factor: None,
            page: LoginPage::Plain,
            language: None,
            // Whoever says how long the sign-in lasts means the question.
            answer_window: timeout.map(|seconds| seconds.clamp(least, most)),
        };
        match self.ask_in_turn(caller, row, question).await {
            Ok(standing) => Ok((standing, None)),
            Err(error) if can_wait(&error) => Ok((Standing::Open { after: None }, Some(error))),
            Err(error) => Err(error),
        }
    }

    /// Removes some of the transactions whose result nobody can read any more. Returns whether there may be more.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn forget_transactions(&self) -> Result<bool, Error> {
        const AT_ONCE: i64 = 500;
        let found = self.store.forget_transactions(self.now() - super::standing::READABLE, AT_ONCE).await?;
        Ok(i64::try_from(found).unwrap_or(i64::MAX) >= AT_ONCE)
    }
}

/// How long a transaction lasts: what was asked for, brought to where it may be.
fn seconds(timeout: Option<i64>) -> i64 {
    timeout.unwrap_or(TIMEOUT).clamp(TIMEOUTS.0, TIMEOUTS.1)
}

/// Whether this only means that the person cannot be asked in this way now.
fn can_wait(error: &Error) -> bool {
    matches!(
        error,
        Error::NoDevices
            | Error::NoFactor(_)
            | Error::FactorNotAllowed(_)
            | Error::FactorTooWeak(_)
            | Error::Locked(_)
            | Error::CoolingDown { .. }
            | Error::TooManyPushes { .. }
            | Error::NoProvider(_)
            | Error::SentJustNow { .. }
            | Error::SentTooMany { .. }
            | Error::BlockBusy { .. }
            | Error::SpentForToday { .. }
            | Error::CountryNotAllowed(_)
    )
}

fn check(field: &str, text: &str, longest: usize) -> Result<(), Error> {
    if text.trim().is_empty() || text.chars().count() > longest {
        Err(Error::Invalid(format!("{field} must be 1 to {longest} characters")))
    } else if text.contains('\0') {
        Err(Error::Invalid(format!("{field} must not contain a null character")))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s2_no_sign_in_lasts_longer_than_ten_minutes() {
        let asked =
            [None, Some(i64::MIN), Some(0), Some(10), Some(299), Some(600), Some(3600), Some(i64::MAX)];
        assert_eq!(asked.map(seconds), [300, 10, 10, 10, 299, 600, 600, 600]);
    }
}
