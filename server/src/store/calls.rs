//! Calls that are being made: what they are to say.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Columns, Query, Store, StoreError};

impl Store {
    /// What a call says, sealed at `outbox.payload` of this id; none when there is no such call, or nobody may hear it at
    /// `now` (milliseconds since 1970) any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn spoken(&self, tenant: TenantId, job: Uuid, now: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT payload FROM outbox
                   WHERE tenant_id = ?1 AND id = ?2 AND kind = 'voice' AND expires_at > ?3 AND length(payload) > 0";
        self.row(Query::new(sql, params![tenant, job, now]), Columns::get).await
    }
}
