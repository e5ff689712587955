//! Logins whose second factor is still to come.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::Statement;
use super::statement::params;

/// Turns a login into tokens: of any number of requests with it, all but one find nothing to change.
#[must_use]
pub fn consume(tenant: TenantId, id: Uuid, now: i64) -> Statement {
    Statement::one(
        "UPDATE logins SET used_at = ?3
         WHERE tenant_id = ?1 AND id = ?2 AND used_at IS NULL AND expires_at > ?3",
        params![tenant, id, now],
    )
}
