//! What the page of a transaction shows while a question waits, and what is typed there.

use countersign_protocol::id::{ChallengeId, TenantId};
use countersign_protocol::number::Digits;
use countersign_protocol::wire::Outcome;
use zeroize::Zeroizing;

use super::{Standing, Transaction};
use crate::engine::challenge::ask::number_place;
use crate::engine::challenge::code::send::masked;
use crate::engine::challenge::code::{GUESSES, SENDS};
use crate::engine::limits::sending::COOL_DOWN;
use crate::engine::policy::{Factor, NumberKind};
use crate::engine::{CodeSent, Engine, Error, Language};
use crate::store::QuestionRow;

/// The question that waits, as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// Of what kind.
    pub kind: Factor,
    /// Where its code went, and when another one can be sent; none where none is sent.
    pub sent: Option<CodeSent>,
    /// What binds the phone to this page.
    pub number_kind: Option<NumberKind>,
    /// The number to show here.
    pub number: Option<String>,
    /// The question for a phone without a network; none where that is not enough, or no device can.
    pub offline: Option<OfflineQuestion>,
    /// Wrong codes that may still come.
    pub attempts_left: i64,
    /// Milliseconds since 1970.
    pub until: i64,
}

/// The question as a phone without a network scans it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfflineQuestion {
    /// The device that can answer.
    pub device_name: String,
    /// What the QR code says.
    pub text: String,
}

/// Digits of the code that a phone without a network shows.
const OFFLINE_DIGITS: usize = 8;

impl Engine {
    /// The question of a transaction that [waits](super::Standing::Waiting); none when it no longer does.
    ///
    /// # Errors
    /// [`Error::Store`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn asking(&self, transaction: &Transaction) -> Result<Option<Asking>, Error> {
        let row = self.row_of(transaction).await?;
        let Standing::Waiting { kind, until } = Standing::of(&row, self.now())? else { return Ok(None) };
        let Some(question) = row.question else { return Ok(None) };
        let number_kind = question.number_kind.as_deref().map(number_kind).transpose()?;
        let offline = match kind {
            Factor::Push => self.offline_question(transaction, question.id).await?,
            _ => None,
        };
        let one_try = number_kind == Some(NumberKind::Show) && offline.is_none();
        Ok(Some(Asking {
            kind,
            sent: self.sent(kind, &question)?,
            number_kind,
            number: match number_kind {
                None | Some(NumberKind::Show) => None,
                Some(_) => self.number_of(transaction.tenant, &question)?,
            },
            offline,
            attempts_left: if one_try { 1 } else { GUESSES - question.failures },
            until,
        }))
    }

    /// The first question that a phone without a network can answer.
    async fn offline_question(
        &self,
        transaction: &Transaction,
        id: ChallengeId,
    ) -> Result<Option<OfflineQuestion>, Error> {
        match self.offline_questions(&transaction.caller, id).await {
            Ok(questions) => Ok(questions.into_iter().next()),
            // The page does without.
            Err(Error::Closing | Error::NotPending(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn number_of(&self, tenant: TenantId, question: &QuestionRow) -> Result<Option<String>, Error> {
        let Some(sealed) = question.number.as_deref() else { return Ok(None) };
        let number = self.master.open(number_place(tenant, question.id), sealed)?;
        let number = std::str::from_utf8(&number).map_err(|_| Error::Damaged("number"))?;
        Ok(Some(number.to_owned()))
    }

    fn sent(&self, kind: Factor, question: &QuestionRow) -> Result<Option<CodeSent>, Error> {
        let (Some(to), Some(at)) = (question.to.as_deref(), question.sent_at) else { return Ok(None) };
        let wait = (at + COOL_DOWN - self.now()).clamp(0, COOL_DOWN);
        Ok(Some(CodeSent {
            kind,
            to: masked(kind, to)?,
            resend_after: u64::try_from((wait + 999) / 1000).unwrap_or(0),
            resends_left: (SENDS - question.sends).max(0),
        }))
    }

    /// Takes a code that was typed on the page: one that was sent, one of an app, a recovery code, the one that the phone
    /// shows after approving, or the eight digits of a phone without a network.
    ///
    /// # Errors
    /// As [`Engine::answer_code`] and [`Engine::answer_offline`]; [`Error::NotPending`] also when another question took
    /// the place of the one that was looked at; [`Error::NoCodeWaiting`] when nothing was asked yet.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn type_code(&self, transaction: &Transaction, code: &str) -> Result<Outcome, Error> {
        let (id, kind) = waiting(transaction)?;
        let code: Zeroizing<String> = Zeroizing::new(code.split_whitespace().collect());
        if kind == Factor::Push && code.len() == OFFLINE_DIGITS && code.bytes().all(|b| b.is_ascii_digit()) {
            return self.answer_offline(&transaction.caller, id, &code).await;
        }
        if kind == Factor::Push && !Digits::Six.fits(&code) {
            // There is one try for the code that the phone shows: what cannot be one is not counted.
            let what = "code must be six digits, or eight from a phone without a network";
            return Err(Error::Invalid(what.to_owned()));
        }
        self.answer_code(&transaction.caller, id, &code).await
    }

    /// Sends the code again, in the language of the person's browser.
    ///
    /// # Errors
    /// As [`Engine::resend_session_code`]; [`Error::NoCodeWaiting`] when nothing was asked yet.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn send_again(&self, transaction: &Transaction) -> Result<(), Error> {
        let (id, _) = waiting(transaction)?;
        let language = self.row_of(transaction).await?.language;
        let language = language.as_deref().and_then(Language::from_word);
        self.resend_in(&transaction.caller, id, None, language).await.map(|_| ())
    }
}

/// The question that waited when the transaction was looked at.
fn waiting(transaction: &Transaction) -> Result<(ChallengeId, Factor), Error> {
    match (transaction.standing, transaction.question) {
        (Standing::Waiting { kind, .. }, Some(id)) => Ok((id, kind)),
        (Standing::Open { after: Some(after) }, _) => Err(Error::NotPending(after)),
        (standing, _) => Err(standing.over().unwrap_or(Error::NoCodeWaiting)),
    }
}

fn number_kind(word: &str) -> Result<NumberKind, Error> {
    use NumberKind::{Pick, Show, Type2, Type6};
    let found = [Type2, Type6, Show, Pick].into_iter().find(|kind| kind.as_str() == word);
    found.ok_or(Error::Damaged("kind of number"))
}
