//! What people are told by mail, by short message and by call. The words are `delivery`'s; here is what they are made
//! of, which stands in the outbox sealed, because it holds codes.

use std::fmt;

use countersign_protocol::id::TenantId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::engine::console::Role;
use crate::seal::Place;

/// Something to tell one person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Their address, or their number in E.164.
    pub to: String,
    /// What it is about.
    pub template: Template,
    /// In which language.
    pub language: Language,
    /// The tenant's display name.
    pub tenant: String,
    /// The application that asks, by its display name; none when it is the tenant itself.
    pub application: Option<String>,
    /// The code; none in a notice.
    pub code: Option<String>,
    /// Minutes for which the code is good.
    pub minutes: u32,
    /// In an invitation, as what and by whom; none in everything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited: Option<Invited>,
}

/// What an invitation to the console says besides its link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// As what they come.
    pub role: Role,
    /// Who invites: a name or an address.
    pub by: String,
}

/// The messages that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// The code that shows, at enrolment, that the address is theirs.
    EnrollmentCode,
    /// The code that a sign-in asks for.
    SignInCode,
    /// The code that shows that a number or an address is theirs.
    ContactCode,
    /// A notice (S49): there is a new factor.
    FactorAdded,
    /// A notice (S49): a factor is gone.
    FactorRemoved,
    /// The link with which an organisation that registers itself becomes a tenant; it stands where a code would. From the
    /// platform, so no tenant has words of its own for it.
    Registration,
    /// The link with which somebody becomes an operator; the same holds.
    Invitation,
}

/// The languages that people are written to in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Arabic.
    Ar,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({:?}, {:?}, …)", self.template, self.language)
    }
}

/// Where a message's content stands, for sealing.
pub(in crate::engine) fn payload_place(tenant: TenantId, job: Uuid) -> Place {
    Place { tenant, column: "outbox.payload", row: job }
}
