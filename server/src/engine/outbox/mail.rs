//! What is written to people's mailboxes. The words are `delivery::mail`'s; here is what they are made of, which stands
//! in the outbox sealed, because it holds codes.

use std::fmt;

use countersign_protocol::id::TenantId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::engine::{Engine, Error};
use crate::seal::Place;
use crate::store::{NewJob, Statement};

/// A mail to one person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Their address.
    pub to: String,
    /// What it is about.
    pub template: Template,
    /// In which language.
    pub language: Language,
    /// The tenant's display name.
    pub tenant: String,
    /// The code.
    pub code: String,
    /// Minutes for which the code is good.
    pub minutes: u32,
}

/// The mails that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// The code that shows, at enrolment, that the address is theirs.
    EnrollmentCode,
}

/// The languages that mails are written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Arabic.
    Ar,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mail({:?}, {:?}, …)", self.template, self.language)
    }
}

/// Where a message's content stands, for sealing.
pub(in crate::engine) fn payload_place(tenant: TenantId, job: Uuid) -> Place {
    Place { tenant, column: "outbox.payload", row: job }
}

impl Engine {
    /// The same engine, which can send mail or not. Without this it cannot.
    #[must_use]
    pub fn with_mail(mut self, can_mail: bool) -> Self {
        self.can_mail = can_mail;
        self
    }

    /// Whether mail can be sent: whoever would need one refuses beforehand when not.
    #[must_use]
    pub fn can_mail(&self) -> bool {
        self.can_mail
    }

    /// The statement that sends a mail, for the batch that makes its code. After that batch is written, call
    /// [`Engine::outbox_changed`]. `expires_at`, in milliseconds since 1970, is when the code expires.
    pub fn mail(&self, tenant: TenantId, mail: &Mail, expires_at: i64) -> Result<Statement, Error> {
        let id = self.new_id()?;
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(mail).map_err(|_| Error::Damaged("mail"))?);
        let payload = self.master.seal(&*self.rng, payload_place(tenant, id), &plain)?;
        let (created_at, expires_at) = (self.now(), Some(expires_at));
        Ok(NewJob { tenant, id, kind: "mail", target: None, payload, created_at, expires_at }.insert())
    }

    /// Tells the one who sends that there may be something to send now.
    pub fn outbox_changed(&self) {
        self.outbox.notify_one();
    }
}
