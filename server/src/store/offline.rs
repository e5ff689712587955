//! Answers without a network: which devices can give one, and the guarded change that takes it.

use countersign_protocol::id::{ChallengeId, DeviceId, TenantId};
use uuid::Uuid;

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

/// A device that was asked and has an offline key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfflineRow {
    /// The device.
    pub device: DeviceId,
    /// The name the person gave it.
    pub device_name: Option<String>,
    /// Its offline key, sealed.
    pub key: Vec<u8>,
    /// The challenge as it was signed for it.
    pub challenge_jws: String,
}

impl Store {
    /// A person's devices that can answer a push that waits at `now` without a network, the one that was heard of last first.
    /// None once somebody has approved it and only the code that the phone shows is awaited.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn offline_prompts(
        &self,
        tenant: TenantId,
        user: Uuid,
        id: ChallengeId,
        now: i64,
    ) -> Result<Vec<OfflineRow>, StoreError> {
        let sql = "SELECT d.id, d.device_name, d.offline_key, p.challenge_jws
                   FROM devices d
                   JOIN prompts p ON p.tenant_id = d.tenant_id AND p.device_id = d.id AND p.challenge_id = ?3
                   JOIN challenges c ON c.tenant_id = d.tenant_id AND c.id = ?3
                   WHERE d.tenant_id = ?1 AND d.user_id = ?2 AND d.removed_at IS NULL AND d.offline_key IS NOT NULL
                     AND c.kind = 'push' AND c.state = 'pending' AND c.expires_at > ?4 AND c.answer IS NULL
                   ORDER BY d.last_seen_at DESC, d.id";
        let rows = self.rows(Query::new(sql, params![tenant, user, id.0, now])).await?;
        rows.into_iter()
            .map(|row| {
                let mut c = row.columns();
                Ok(OfflineRow {
                    device: DeviceId { tenant, local: c.get()? },
                    device_name: c.get()?,
                    key: c.get()?,
                    challenge_jws: c.get()?,
                })
            })
            .collect()
    }
}

/// Keeps a device's offline key, sealed. A device gets one, once.
#[must_use]
pub fn keep_key(device: DeviceId, sealed: Vec<u8>) -> Statement {
    Statement::one(
        "UPDATE devices SET offline_key = ?3
         WHERE tenant_id = ?1 AND id = ?2 AND offline_key IS NULL AND possession_key IS NOT NULL",
        params![device.tenant, device.local, sealed],
    )
}

/// Ends a challenge as approved by `device`'s code, if it is still pending, in time and unanswered, fewer than `guesses`
/// codes were wrong, and the device has not been removed meanwhile.
#[must_use]
pub fn approve(device: DeviceId, id: ChallengeId, guesses: i64, now: i64) -> Statement {
    Statement::one(
        "UPDATE challenges SET state = 'approved', responded_at = ?4, device_id = ?3, offline_at = ?4
         WHERE tenant_id = ?1 AND id = ?2 AND kind = 'push' AND state = 'pending' AND expires_at > ?4
           AND answer IS NULL AND code_failures < ?5
           AND EXISTS (SELECT 1 FROM devices WHERE tenant_id = ?1 AND id = ?3 AND removed_at IS NULL)",
        params![device.tenant, id.0, device.local, now, guesses],
    )
}
