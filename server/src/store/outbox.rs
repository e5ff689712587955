//! The outbox: messages that must go out.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::Statement;
use super::statement::params;

/// A message to be sent, for the batch of the thing that it tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Whose.
    pub tenant: TenantId,
    /// Its id, ordered by age.
    pub id: Uuid,
    /// `webhook` or `mail`.
    pub kind: &'static str,
    /// The webhook that is called.
    pub target: Option<Uuid>,
    /// What to send, sealed at `outbox.payload` of this id.
    pub payload: Vec<u8>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970, when sending it becomes pointless.
    pub expires_at: Option<i64>,
}

impl NewJob {
    /// Puts the message into the outbox, due at once.
    #[must_use]
    pub fn insert(&self) -> Statement {
        Statement::one(
            "INSERT INTO outbox (tenant_id, id, kind, target_id, payload, state, attempts, due_at, expires_at, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, 'waiting', 0, ?6, ?7, ?6)",
            params![
                self.tenant,
                self.id,
                self.kind,
                self.target,
                self.payload.clone(),
                self.created_at,
                self.expires_at
            ],
        )
    }
}
