//! What must be known of a person before a question is put to them, as of one moment.

use countersign_protocol::id::{ChallengeId, TenantId};
use uuid::Uuid;

use super::devices::{device_columns, read_device};
use super::statement::params;
use super::users::{read_user, user_columns};
use super::{DeviceRow, Query, Statement, Store, StoreError, UserRow};

/// A person who is to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Askable {
    /// The person.
    pub user: UserRow,
    /// Their devices, oldest first.
    pub devices: Vec<DeviceRow>,
    /// The sign-ins that wait for them from the asking application, oldest first.
    pub pending: Vec<ChallengeId>,
    /// When they were last sent pushes; none when never.
    pub push_times: Option<Vec<u8>>,
    /// Milliseconds since 1970; no pushes before.
    pub cool_until: Option<i64>,
    /// Whether pushes are locked until somebody unlocks them.
    pub locked: bool,
}

impl Store {
    /// The person an application calls `user_ref`. `since` as in [`Store::pending_prompts`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn askable(
        &self,
        tenant: TenantId,
        user_ref: &str,
        application: Uuid,
        since: Uuid,
        now: i64,
    ) -> Result<Option<Askable>, StoreError> {
        let user = concat!(
            "SELECT ",
            user_columns!(),
            ", p.times, r.cool_until, f.locked_at FROM users u
              LEFT JOIN push_times p ON p.tenant_id = u.tenant_id AND p.user_id = u.id
              LEFT JOIN counters r ON r.tenant_id = u.tenant_id AND r.user_id = u.id AND r.factor = 'push_denied'
              LEFT JOIN counters f ON f.tenant_id = u.tenant_id AND f.user_id = u.id AND f.factor = 'push'
              WHERE u.tenant_id = ?1 AND u.user_ref = ?2"
        );
        let devices = concat!(
            "SELECT ",
            device_columns!(),
            " FROM devices d WHERE d.tenant_id = ?1 AND d.removed_at IS NULL
                AND d.user_id = (SELECT id FROM users WHERE tenant_id = ?1 AND user_ref = ?2) ORDER BY d.id"
        );
        let pending = "SELECT id FROM challenges
                       WHERE tenant_id = ?1 AND user_id = (SELECT id FROM users WHERE tenant_id = ?1 AND user_ref = ?2)
                         AND id > ?4 AND state = 'pending' AND expires_at > ?5 AND application_id = ?3
                         AND purpose IS NULL ORDER BY id";
        let queries = vec![
            Query::new(user, params![tenant, user_ref]),
            Query::new(devices, params![tenant, user_ref]),
            Query::new(pending, params![tenant, user_ref, application, since, now]),
        ];
        let mut answers = self.driver.read(queries).await?.into_iter();
        let Some(row) = answers.next().unwrap_or_default().pop() else { return Ok(None) };
        let devices = answers.next().unwrap_or_default().into_iter();
        let pending = answers.next().unwrap_or_default().into_iter();
        let mut c = row.columns();
        Ok(Some(Askable {
            user: read_user(tenant, &mut c)?,
            devices: devices.map(|row| read_device(tenant, &mut row.columns())).collect::<Result<_, _>>()?,
            pending: pending.map(|row| row.columns().get().map(ChallengeId)).collect::<Result<_, _>>()?,
            push_times: c.get()?,
            cool_until: c.get()?,
            locked: c.get::<Option<i64>>()?.is_some(),
        }))
    }
}

/// Replaces a person's push times as `seen` by `times`. Finds nothing to change when they are not as seen any more.
#[must_use]
pub fn replace_push_times(tenant: TenantId, user: Uuid, seen: Option<&[u8]>, times: Vec<u8>) -> Statement {
    match seen {
        None => Statement::one(
            "INSERT INTO push_times (tenant_id, user_id, times) VALUES (?1, ?2, ?3)
             ON CONFLICT (tenant_id, user_id) DO NOTHING",
            params![tenant, user, times],
        ),
        Some(seen) => Statement::one(
            "UPDATE push_times SET times = ?3 WHERE tenant_id = ?1 AND user_id = ?2 AND times = ?4",
            params![tenant, user, times, seen.to_vec()],
        ),
    }
}
