//! Calls: what is said when somebody answers, and how the call ended. Both are asked and told by the provider, at an address
//! that nobody can guess, under its signature; and a code can be heard only until it expires.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::message::payload_place;
use super::{Receipt, Reporter};
use crate::engine::providers::{Account, Channel};
use crate::engine::words::CallScript;
use crate::engine::{Engine, Error, Message};

/// A request of the provider's that is about a call.
#[derive(Debug, Clone, Copy)]
pub struct CallRequest<'a> {
    /// What stands for the message in the address.
    pub token: &'a str,
    /// What follows the token there, such as `/status`, and the query with its question mark.
    pub rest: &'a str,
    /// The fields of the form; none for GET.
    pub fields: &'a [(String, String)],
    /// `X-Twilio-Signature`.
    pub signature: &'a str,
}

impl Engine {
    /// What is to be said.
    ///
    /// # Errors
    /// [`Error::DeliveryNotFound`]: the address was not made here, the signature does not hold, or nobody may hear the code
    /// any more; [`Error::Store`], [`Error::Seal`].
    pub async fn call_script(&self, request: CallRequest<'_>) -> Result<CallScript, Error> {
        let (tenant, job) = self.call_of(request).await?;
        let sealed = self.store.spoken(tenant, job, self.now()).await?.ok_or(Error::DeliveryNotFound)?;
        let plain = self.master.open(payload_place(tenant, job), &sealed)?;
        let message: Message = serde_json::from_slice(&plain).map_err(|_| Error::Damaged("message"))?;
        self.call_words(tenant, &message).await
    }

    /// How the call ended, noted beside the message. It changes no authentication.
    ///
    /// # Errors
    /// [`Error::DeliveryNotFound`]: the address was not made here, or the signature does not hold; [`Error::Store`].
    pub async fn call_ended(&self, request: CallRequest<'_>) -> Result<(), Error> {
        let (tenant, job) = self.call_of(request).await?;
        let word =
            request.fields.iter().find(|(name, _)| name == "CallStatus").map(|(_, word)| word.as_str());
        match word.and_then(receipt) {
            Some(said) => self.delivery_receipt(tenant, job, said).await.map(drop),
            None => Ok(()),
        }
    }

    /// The message that a request is about, when it is the provider's own.
    async fn call_of(&self, request: CallRequest<'_>) -> Result<(TenantId, Uuid), Error> {
        let (tenant, job) = self.reported(request.token, Reporter::Call)?;
        let provider = self.provider_for(tenant, Channel::Voice).await?.ok_or(Error::DeliveryNotFound)?;
        let Account::Twilio(account) = &provider.account else { return Err(Error::DeliveryNotFound) };
        let url = self.receipt_url(tenant, job, Reporter::Call) + request.rest;
        if account.signed(&url, request.fields, request.signature) {
            Ok((tenant, job))
        } else {
            Err(Error::DeliveryNotFound)
        }
    }
}

/// What Twilio's words for a call mean: answered to its end, or not.
fn receipt(word: &str) -> Option<Receipt> {
    match word {
        "queued" | "initiated" => Some(Receipt::Accepted),
        "ringing" | "in-progress" | "answered" => Some(Receipt::Sent),
        "completed" => Some(Receipt::Delivered),
        "busy" | "no-answer" | "failed" | "canceled" => Some(Receipt::Failed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_nobody_took_did_not_arrive() {
        for (word, said) in [
            ("completed", Some(Receipt::Delivered)),
            ("no-answer", Some(Receipt::Failed)),
            ("busy", Some(Receipt::Failed)),
            ("failed", Some(Receipt::Failed)),
            ("canceled", Some(Receipt::Failed)),
            ("ringing", Some(Receipt::Sent)),
            ("COMPLETED", None),
            ("", None),
        ] {
            assert_eq!(receipt(word), said, "{word}");
        }
    }
}
