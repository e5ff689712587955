//! What happened, for those who have to know afterwards (S53). Written in the batch of the thing itself, so neither
//! is ever there without the other. Never a code, a seed, a secret or a whole phone number.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::Statement;
use super::statement::params;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Whose log.
    pub tenant: TenantId,
    /// Its id, ordered by time.
    pub id: Uuid,
    /// Milliseconds since 1970.
    pub at: i64,
    /// What: `challenge.approved`, `device.enrolled`, ….
    pub name: &'static str,
    /// Who did it: an application's, device's or operator's id.
    pub actor: String,
    /// To what: a challenge's, device's or user's id.
    pub subject: String,
    /// The client's IP address, where one is known.
    pub address: Option<String>,
    /// A few words more.
    pub detail: Option<String>,
}

impl Event {
    /// Adds the event to the log.
    #[must_use]
    pub fn insert(&self) -> Statement {
        Statement::one(
            "INSERT INTO audit (tenant_id, id, at, event, actor, subject, address, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                self.tenant,
                self.id,
                self.at,
                self.name,
                self.actor.as_str(),
                self.subject.as_str(),
                self.address.clone(),
                self.detail.clone()
            ],
        )
    }
}
