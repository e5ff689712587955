//! Devices: phones and terminals, with the public keys that answer for them (S11).

use countersign_protocol::id::{DeviceId, TenantId};
use uuid::Uuid;

use super::statement::params;
use super::users::{read_user, user_columns};
use super::{Columns, Event, Expect, Query, Statement, Store, StoreError, UserRow, Value};

/// A device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// Its id, tenant inside.
    pub id: DeviceId,
    /// Whose it is.
    pub user_id: Uuid,
    /// `ios`, `android` or `terminal`.
    pub platform: String,
    /// Where pushes go.
    pub device_token: String,
    /// Whether the push provider said that nothing reaches that token any more.
    pub token_dead: bool,
    /// The name the person gave it.
    pub device_name: Option<String>,
    /// Possession and verification key, P-256 points; none for a device that can only be notified.
    pub keys: Option<(Vec<u8>, Vec<u8>)>,
    /// The code to compare with its screen.
    pub confirmation_code: Option<String>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub last_seen_at: i64,
    /// What it has proved of where its keys are; none when it sent nothing.
    pub attestation: Option<AttestationRow>,
}

/// What came of a proof of where keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestationRow {
    /// `android-key` or `apple-app-attest`.
    pub format: String,
    /// `hardware`, or `unverified`: it proves nothing.
    pub level: String,
    /// Milliseconds since 1970.
    pub judged_at: i64,
}

/// A proof that was judged, with what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What came of it.
    pub row: AttestationRow,
    /// What was sent and over what, as JSON: whoever judges it again needs all of it.
    pub sent: String,
}

/// The columns of [`read_device`], under the alias `d`.
macro_rules! device_columns {
    () => {
        "d.id, d.user_id, d.platform, d.device_token, d.token_dead_at, d.device_name, d.possession_key, d.verification_key,
         d.confirmation_code, d.created_at, d.last_seen_at, d.attestation_format, d.attestation_level, d.attested_at"
    };
}
pub(super) use device_columns;

pub(super) fn read_device(tenant: TenantId, c: &mut Columns) -> Result<DeviceRow, StoreError> {
    let id = DeviceId { tenant, local: c.get()? };
    let (user_id, platform, device_token) = (c.get()?, c.get()?, c.get()?);
    let token_dead = c.get::<Option<i64>>()?.is_some();
    let device_name = c.get()?;
    let keys: (Option<Vec<u8>>, Option<Vec<u8>>) = (c.get()?, c.get()?);
    let (confirmation_code, created_at, last_seen_at) = (c.get()?, c.get()?, c.get()?);
    let attestation: (Option<String>, Option<String>, Option<i64>) = (c.get()?, c.get()?, c.get()?);
    let (format, level, judged_at) = attestation;
    Ok(DeviceRow {
        id,
        user_id,
        platform,
        device_token,
        token_dead,
        device_name,
        keys: keys.0.zip(keys.1),
        confirmation_code,
        created_at,
        last_seen_at,
        attestation: format.zip(level).zip(judged_at).map(|((format, level), judged_at)| AttestationRow {
            format,
            level,
            judged_at,
        }),
    })
}

impl Store {
    /// A device that has not been removed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn device(&self, id: DeviceId) -> Result<Option<DeviceRow>, StoreError> {
        let sql = concat!(
            "SELECT ",
            device_columns!(),
            " FROM devices d WHERE d.tenant_id = ?1 AND d.id = ?2 AND d.removed_at IS NULL"
        );
        self.row(Query::new(sql, params![id.tenant, id.local]), |c| read_device(id.tenant, c)).await
    }

    /// The person an application calls `user_ref`, and their devices, oldest first, as of one moment.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn user_and_devices(
        &self,
        tenant: TenantId,
        user_ref: &str,
    ) -> Result<Option<(UserRow, Vec<DeviceRow>)>, StoreError> {
        let user =
            concat!("SELECT ", user_columns!(), " FROM users u WHERE u.tenant_id = ?1 AND u.user_ref = ?2");
        let devices = concat!(
            "SELECT ",
            device_columns!(),
            " FROM devices d
              WHERE d.tenant_id = ?1 AND d.removed_at IS NULL
                AND d.user_id = (SELECT id FROM users WHERE tenant_id = ?1 AND user_ref = ?2)
              ORDER BY d.id"
        );
        let queries = [user, devices].map(|sql| Query::new(sql, params![tenant, user_ref])).to_vec();
        let mut answers = self.driver.read(queries).await?.into_iter();
        let Some(row) = answers.next().unwrap_or_default().pop() else { return Ok(None) };
        let user = read_user(tenant, &mut row.columns())?;
        let rows = answers.next().unwrap_or_default().into_iter();
        let devices = rows.map(|row| read_device(tenant, &mut row.columns())).collect::<Result<_, _>>()?;
        Ok(Some((user, devices)))
    }

    /// The devices that pushes to `device_token` reach: one phone, enrolled for one or several users.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn devices_by_token(
        &self,
        tenant: TenantId,
        device_token: &str,
    ) -> Result<Vec<DeviceRow>, StoreError> {
        let sql = concat!(
            "SELECT ",
            device_columns!(),
            " FROM devices d WHERE d.tenant_id = ?1 AND d.device_token = ?2 AND d.removed_at IS NULL"
        );
        let rows = self.rows(Query::new(sql, params![tenant, device_token])).await?;
        rows.into_iter().map(|row| read_device(tenant, &mut row.columns())).collect()
    }
}

impl DeviceRow {
    /// Adds the device.
    #[must_use]
    pub fn insert(&self) -> Statement {
        let (possession, verification) = self.keys.clone().unzip();
        Statement::one(
            "INSERT INTO devices (tenant_id, id, user_id, platform, device_token, device_name, possession_key,
               verification_key, confirmation_code, created_at, last_seen_at, removed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, NULL)",
            params![
                self.id.tenant,
                self.id.local,
                self.user_id,
                self.platform.as_str(),
                self.device_token.as_str(),
                self.device_name.clone(),
                possession,
                verification,
                self.confirmation_code.clone(),
                self.created_at,
                self.last_seen_at
            ],
        )
    }

    /// Brings name and platform up to date; its token was given anew.
    #[must_use]
    pub fn update(&self, now: i64) -> Statement {
        Statement::one(
            "UPDATE devices SET device_name = ?3, platform = ?4, token_at = ?5, token_dead_at = NULL
             WHERE tenant_id = ?1 AND id = ?2 AND removed_at IS NULL",
            params![self.id.tenant, self.id.local, self.device_name.clone(), self.platform.as_str(), now],
        )
    }

    /// Notes that the device was heard of.
    #[must_use]
    pub fn seen(&self, now: i64) -> Statement {
        Statement::any(
            "UPDATE devices SET last_seen_at = ?3 WHERE tenant_id = ?1 AND id = ?2 AND last_seen_at < ?3",
            params![self.id.tenant, self.id.local, now],
        )
    }
}

/// Notes that the device was heard of, and keeps it from being removed until the batch has ended: a batch that acts for
/// a device begins with this. PostgreSQL looks at other rows than the one that a statement changes without holding
/// them, and a removal that was acknowledged must not be followed by an approval (ADR 0009).
#[must_use]
pub fn hold(id: DeviceId, seen_at: i64) -> Statement {
    Statement::one(
        "UPDATE devices SET last_seen_at = CASE WHEN last_seen_at < ?3 THEN ?3 ELSE last_seen_at END
         WHERE tenant_id = ?1 AND id = ?2 AND removed_at IS NULL",
        params![id.tenant, id.local, seen_at],
    )
}

/// Ends a device. It keeps its public keys, for old receipts, and gives its push token free.
#[must_use]
pub fn remove(id: DeviceId, now: i64) -> Statement {
    Statement::one(
        "UPDATE devices SET removed_at = ?3, offline_key = NULL
         WHERE tenant_id = ?1 AND id = ?2 AND removed_at IS NULL",
        params![id.tenant, id.local, now],
    )
}

/// Ends a device if it has not ended yet: its successor is being enrolled.
#[must_use]
pub fn end(id: DeviceId, now: i64) -> Statement {
    Statement { expect: Expect::Any, ..remove(id, now) }
}

/// Which earlier holders of a push token give way to `owner`: the same user's (the app was installed anew), and those
/// without keys, which are nothing but their token. Another user's account on the same phone stays.
macro_rules! earlier_holders {
    () => {
        "tenant_id = ?1 AND id <> ?2 AND device_token = ?3 AND removed_at IS NULL
         AND (user_id = ?4 OR possession_key IS NULL)"
    };
}

/// The same without the user's own: they are not replaced but brought up to date.
macro_rules! earlier_others {
    () => {
        "tenant_id = ?1 AND id <> ?2 AND device_token = ?3 AND removed_at IS NULL
         AND user_id <> ?4 AND possession_key IS NULL"
    };
}

/// Notes in the log that somebody held the token.
macro_rules! note_holders {
    ($holders:expr) => {
        concat!(
            "INSERT INTO audit (tenant_id, id, at, event, actor, subject, address, detail)
             SELECT ?1, ?5, ?6, ?7, ?8, ?9, ?10, ?11 FROM devices WHERE ",
            $holders,
            " LIMIT 1"
        )
    };
}

/// Ends the earlier holders of a push token, and notes it in the log if there was one: two statements for one batch.
#[must_use]
pub fn take_token(owner: DeviceId, user: Uuid, device_token: &str, event: &Event) -> [Statement; 2] {
    let end = concat!("UPDATE devices SET removed_at = ?5, offline_key = NULL WHERE ", earlier_holders!());
    take(
        note_holders!(earlier_holders!()),
        end,
        params![owner.tenant, owner.local, device_token, user],
        event,
    )
}

/// The same with other people's devices only.
#[must_use]
pub fn move_token(owner: &DeviceRow, event: &Event) -> [Statement; 2] {
    let DeviceRow { id, user_id, device_token, .. } = owner;
    let end = concat!("UPDATE devices SET removed_at = ?5, offline_key = NULL WHERE ", earlier_others!());
    let holders = params![id.tenant, id.local, device_token.as_str(), *user_id];
    take(note_holders!(earlier_others!()), end, holders, event)
}

fn take(note: &'static str, end: &'static str, holders: Vec<Value>, event: &Event) -> [Statement; 2] {
    let noted = params![
        event.id,
        event.at,
        event.name,
        event.actor.as_str(),
        event.subject.as_str(),
        event.address.clone(),
        event.detail.clone()
    ];
    [
        Statement::any(note, [holders.clone(), noted].concat()),
        Statement::any(end, [holders, params![event.at]].concat()),
    ]
}

/// Keeps what a device has proved of where its keys are, with what it sent. It stays when the device ends, as its keys do.
#[must_use]
pub fn attest(id: DeviceId, evidence: &Evidence) -> Statement {
    let Evidence { row, sent } = evidence;
    Statement::one(
        "UPDATE devices SET attestation_format = ?3, attestation_level = ?4, attested_at = ?5, attestation = ?6
         WHERE tenant_id = ?1 AND id = ?2",
        params![id.tenant, id.local, row.format.as_str(), row.level.as_str(), row.judged_at, sent.as_str()],
    )
}

/// Gives a device another name.
#[must_use]
pub fn rename(id: DeviceId, name: &str) -> Statement {
    Statement::one(
        "UPDATE devices SET device_name = ?3 WHERE tenant_id = ?1 AND id = ?2 AND removed_at IS NULL",
        params![id.tenant, id.local, name],
    )
}

/// Gives a device another push token.
#[must_use]
pub fn set_token(id: DeviceId, device_token: &str, now: i64) -> Statement {
    Statement::one(
        "UPDATE devices SET device_token = ?3, token_at = ?4, token_dead_at = NULL
         WHERE tenant_id = ?1 AND id = ?2 AND removed_at IS NULL",
        params![id.tenant, id.local, device_token, now],
    )
}
