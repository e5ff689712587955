//! What decides whether a message is still wanted when its turn comes, and what becomes of push tokens.

use countersign_protocol::id::{ChallengeId, DeviceId, TenantId};
use uuid::Uuid;

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

/// A device that was to be woken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WakeRow {
    /// `ios`, `android` or `terminal`.
    pub platform: String,
    /// Its push token.
    pub token: String,
    /// Whether the provider said that the token is dead.
    pub dead: bool,
    /// Whether the challenge still waits for an answer.
    pub pending: bool,
    /// The person's language: `en`, `ar`; none when nobody said.
    pub language: Option<String>,
}

/// A challenge whose code was to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeRow {
    /// Whether it still waits for its code.
    pub pending: bool,
    /// The newest message with its code.
    pub newest: Option<Uuid>,
}

impl Store {
    /// A device and a challenge, as of one moment; none when the device was removed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn to_wake(
        &self,
        device: DeviceId,
        challenge: ChallengeId,
        now: i64,
    ) -> Result<Option<WakeRow>, StoreError> {
        let sql = "SELECT d.platform, d.device_token, d.token_dead_at, u.language, c.expires_at
                   FROM devices d
                   JOIN users u ON u.tenant_id = d.tenant_id AND u.id = d.user_id
                   LEFT JOIN challenges c ON c.tenant_id = d.tenant_id AND c.id = ?3 AND c.state = 'pending'
                     AND c.answer IS NULL
                   WHERE d.tenant_id = ?1 AND d.id = ?2 AND d.removed_at IS NULL";
        self.row(Query::new(sql, params![device.tenant, device.local, challenge.0]), |c| {
            Ok(WakeRow {
                platform: c.get()?,
                token: c.get()?,
                dead: c.get::<Option<i64>>()?.is_some(),
                language: c.get()?,
                pending: c.get::<Option<i64>>()?.is_some_and(|end| end > now),
            })
        })
        .await
    }

    /// A challenge whose code is to be sent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn code_wanted(
        &self,
        tenant: TenantId,
        challenge: Uuid,
        now: i64,
    ) -> Result<Option<CodeRow>, StoreError> {
        let sql = "SELECT state, expires_at, code_job FROM challenges WHERE tenant_id = ?1 AND id = ?2";
        self.row(Query::new(sql, params![tenant, challenge]), |c| {
            let pending = c.get::<String>()? == "pending" && c.get::<i64>()? > now;
            Ok(CodeRow { pending, newest: c.get()? })
        })
        .await
    }
}

/// Pushes no more to a device's token, unless it was changed meanwhile or given after `dead_since`.
#[must_use]
pub fn token_is_dead(device: DeviceId, token: &str, dead_since: i64, now: i64) -> Statement {
    Statement::one(
        "UPDATE devices SET token_dead_at = ?5
         WHERE tenant_id = ?1 AND id = ?2 AND device_token = ?3 AND removed_at IS NULL AND token_dead_at IS NULL
           AND COALESCE(token_at, created_at) <= ?4",
        params![device.tenant, device.local, token, dead_since, now],
    )
}
