//! What providers report later of a message that they took. A receipt is for people who look at deliveries: it wakes
//! nobody, and changes no challenge, no count and no message on its way.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_protocol::id::TenantId;
use ring::hmac;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::engine::providers::{Account, Channel};
use crate::engine::{Engine, Error};
use crate::store::StoreError;
use crate::store::outbox_receipts::{note_receipt, note_receipt_by_name};

/// Bytes of the tag in an address.
const TAG: usize = 16;
/// Bytes of an id.
const ID: usize = 16;

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt {
    /// The provider has it.
    Accepted,
    /// It is on its way to the phone.
    Sent,
    /// The phone has it.
    Delivered,
    /// The phone will not get it.
    Failed,
}

impl Receipt {
    /// Its word in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// What providers' words mean: those of SMPP, of Twilio, of many gateways, and the numbers of Kannel's `%d`. None for
    /// words that say nothing, or nothing known.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "accepted" | "acceptd" | "queued" | "buffered" | "scheduled" | "4" | "8" => Self::Accepted,
            "sent" | "sending" | "enroute" | "submitted" | "32" => Self::Sent,
            "delivered" | "delivrd" | "read" | "1" => Self::Delivered,
            "failed" | "undelivered" | "undeliv" | "undeliverable" | "rejected" | "rejectd" | "expired"
            | "deleted" | "canceled" | "cancelled" | "2" | "16" => Self::Failed,
            _ => return None,
        })
    }

    /// How far it goes: later news replaces only what goes less far. Both ends go as far as it gets.
    pub(in crate::engine) fn reach(self) -> i64 {
        match self {
            Self::Accepted => 1,
            Self::Sent => 2,
            Self::Delivered | Self::Failed => 3,
        }
    }
}

/// Who reports to an address. An address that one was told is worth nothing to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reporter {
    /// A gateway, which knows the address and nothing else.
    Gateway,
    /// Twilio, which signs besides.
    Twilio,
    /// Twilio in a call, which fetches there what is to be said.
    Call,
}

impl Reporter {
    fn path(self) -> &'static str {
        match self {
            Self::Gateway => "/api/v1/delivery/receipts/",
            Self::Twilio => "/api/v1/delivery/twilio/",
            Self::Call => "/api/v1/delivery/calls/",
        }
    }
}

impl Engine {
    /// Where a provider may report what became of a message. Nobody can guess it.
    #[must_use]
    pub fn receipt_url(&self, tenant: TenantId, job: Uuid, reporter: Reporter) -> String {
        let token =
            [tenant.0.as_bytes().as_slice(), job.as_bytes(), &self.receipt_tag(tenant, job, reporter)];
        let token = URL_SAFE_NO_PAD.encode(token.concat());
        format!("{}{}{token}", self.server_id.trim_end_matches('/'), reporter.path())
    }

    fn receipt_tag(&self, tenant: TenantId, job: Uuid, reporter: Reporter) -> Vec<u8> {
        // Ids have one length each, so no two messages are written alike.
        let mut mac = hmac::Context::with_key(self.master.receipt_key());
        mac.update(tenant.0.as_bytes());
        mac.update(job.as_bytes());
        mac.update(reporter.path().as_bytes());
        mac.sign().as_ref().iter().take(TAG).copied().collect()
    }

    /// The message that an address was made for.
    pub(super) fn reported(&self, token: &str, reporter: Reporter) -> Result<(TenantId, Uuid), Error> {
        let bytes = URL_SAFE_NO_PAD.decode(token).unwrap_or_default();
        let (tenant, rest) = bytes.split_at_checked(ID).ok_or(Error::DeliveryNotFound)?;
        let (job, tag) = rest.split_at_checked(ID).ok_or(Error::DeliveryNotFound)?;
        let id = |bytes: &[u8]| Uuid::from_slice(bytes).map_err(|_| Error::DeliveryNotFound);
        let (tenant, job) = (TenantId(id(tenant)?), id(job)?);
        let right: bool = self.receipt_tag(tenant, job, reporter).as_slice().ct_eq(tag).into();
        if right { Ok((tenant, job)) } else { Err(Error::DeliveryNotFound) }
    }

    /// What a gateway reports at an address that it was told. A word that means nothing here is passed over.
    ///
    /// # Errors
    /// [`Error::DeliveryNotFound`]: the address was not made here; [`Error::Store`].
    pub async fn gateway_reports(&self, token: &str, word: &str) -> Result<(), Error> {
        let (tenant, job) = self.reported(token, Reporter::Gateway)?;
        match Receipt::from_word(word) {
            Some(said) => self.delivery_receipt(tenant, job, said).await.map(drop),
            None => Ok(()),
        }
    }

    /// The same for Twilio, which signs the address with all the fields of its form.
    ///
    /// # Errors
    /// As [`Engine::gateway_reports`]; [`Error::DeliveryNotFound`] also when the signature does not hold.
    pub async fn twilio_reports(
        &self,
        token: &str,
        fields: &[(String, String)],
        signature: &str,
    ) -> Result<(), Error> {
        let (tenant, job) = self.reported(token, Reporter::Twilio)?;
        let provider = self.provider_for(tenant, Channel::Sms).await?.ok_or(Error::DeliveryNotFound)?;
        let Account::Twilio(account) = &provider.account else { return Err(Error::DeliveryNotFound) };
        let url = self.receipt_url(tenant, job, Reporter::Twilio);
        if !account.signed(&url, fields, signature) {
            return Err(Error::DeliveryNotFound);
        }
        let word = fields.iter().find(|(name, _)| name == "MessageStatus").map(|(_, word)| word.as_str());
        match word.and_then(Receipt::from_word) {
            Some(said) => self.delivery_receipt(tenant, job, said).await.map(drop),
            None => Ok(()),
        }
    }

    /// Notes what became of a message. False when there is no such message, or better news is known already.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn delivery_receipt(&self, tenant: TenantId, job: Uuid, said: Receipt) -> Result<bool, Error> {
        noted(
            self.store.write(vec![note_receipt(tenant, job, said.as_str(), said.reach(), self.now())]).await,
        )
    }

    /// The same for the message that a provider calls by this name, under the account that it was sent with.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn named_receipt(&self, provider: Uuid, name: &str, said: Receipt) -> Result<bool, Error> {
        let (word, reach) = (said.as_str(), said.reach());
        noted(self.store.write(vec![note_receipt_by_name(provider, name, word, reach, self.now())]).await)
    }
}

fn noted(written: Result<(), StoreError>) -> Result<bool, Error> {
    match written {
        Ok(()) => Ok(true),
        Err(StoreError::Unmet(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
