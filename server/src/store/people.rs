//! People as operators look for them: newest first, by the beginning of a word, or by a number or address of theirs.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::users::{read_user, user_columns};
use super::{Columns, Query, Row, Statement, Store, StoreError, UserRow};

/// A person in an operator's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonLine {
    /// The person.
    pub user: UserRow,
    /// How many devices they have.
    pub devices: i64,
    /// How many other factors of theirs count.
    pub factors: i64,
    /// Whether anything of theirs is locked.
    pub locked: bool,
    /// Whether a reset of theirs waits for a second operator.
    pub waits: bool,
}

/// The columns of [`read_line`], under the alias `u`. `?2` is the time.
macro_rules! line_columns {
    () => {
        concat!(
            user_columns!(),
            ", (SELECT COUNT(*) FROM devices d
                WHERE d.tenant_id = u.tenant_id AND d.user_id = u.id AND d.removed_at IS NULL),
               (SELECT COUNT(*) FROM factors f
                WHERE f.tenant_id = u.tenant_id AND f.user_id = u.id AND f.active_at IS NOT NULL),
               (SELECT COUNT(*) FROM counters k
                WHERE k.tenant_id = u.tenant_id AND k.user_id = u.id AND k.locked_at IS NOT NULL),
               (SELECT COUNT(*) FROM resets r
                WHERE r.tenant_id = u.tenant_id AND r.user_id = u.id AND r.state = 'waiting' AND r.expires_at > ?2)"
        )
    };
}

fn read_line(tenant: TenantId, c: &mut Columns) -> Result<PersonLine, StoreError> {
    let (user, devices, factors) = (read_user(tenant, c)?, c.get()?, c.get()?);
    Ok(PersonLine { user, devices, factors, locked: c.get::<i64>()? > 0, waits: c.get::<i64>()? > 0 })
}

fn read_lines(tenant: TenantId, rows: Vec<Row>) -> Result<Vec<PersonLine>, StoreError> {
    rows.into_iter().map(|row| read_line(tenant, &mut row.columns())).collect()
}

/// Words from here to there: `from` with whoever has it begins behind this person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// What all of them begin with.
    pub prefix: Vec<u8>,
    /// The first that does not any more.
    pub end: Vec<u8>,
    /// Where the page begins: a word, and the person behind whom.
    pub after: (Vec<u8>, Uuid),
}

impl Store {
    /// People of a tenant, newest first, made known before `before`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn newest_people(
        &self,
        tenant: TenantId,
        now: i64,
        before: Uuid,
        limit: i64,
    ) -> Result<Vec<PersonLine>, StoreError> {
        let sql = concat!(
            "SELECT ",
            line_columns!(),
            " FROM users u WHERE u.tenant_id = ?1 AND u.id < ?3 ORDER BY u.id DESC LIMIT ?4"
        );
        read_lines(tenant, self.rows(Query::new(sql, params![tenant, now, before, limit])).await?)
    }

    /// People with a word of this stretch, in the order of their first such word; each of them once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn people_by_word(
        &self,
        tenant: TenantId,
        now: i64,
        stretch: Stretch,
        limit: i64,
    ) -> Result<Vec<PersonLine>, StoreError> {
        let sql = concat!(
            "SELECT ",
            line_columns!(),
            " FROM people_words w JOIN users u ON u.tenant_id = w.tenant_id AND u.id = w.user_id
             WHERE w.tenant_id = ?1 AND (w.word, w.user_id) > (?4, ?5) AND w.word < ?6
               AND NOT EXISTS (SELECT 1 FROM people_words o
                 WHERE o.tenant_id = ?1 AND o.user_id = w.user_id AND o.word >= ?3 AND o.word < w.word)
             ORDER BY w.word, w.user_id LIMIT ?7"
        );
        let Stretch { prefix, end, after: (word, user) } = stretch;
        let values = params![tenant, now, prefix, word, user, end, limit];
        read_lines(tenant, self.rows(Query::new(sql, values)).await?)
    }

    /// People who have exactly this number or address, in the order of their ids, after `after`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn people_by_contact(
        &self,
        tenant: TenantId,
        now: i64,
        (value, after): (&str, Uuid),
        limit: i64,
    ) -> Result<Vec<PersonLine>, StoreError> {
        let sql = concat!(
            "SELECT ",
            line_columns!(),
            " FROM contacts c JOIN users u ON u.tenant_id = c.tenant_id AND u.id = c.user_id
             WHERE c.tenant_id = ?1 AND c.value = ?3 AND c.user_id > ?4 ORDER BY c.user_id LIMIT ?5"
        );
        read_lines(tenant, self.rows(Query::new(sql, params![tenant, now, value, after, limit])).await?)
    }

    /// People whose words were never written down, of whatever tenant, up to `most`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn people_without_words(&self, most: i64) -> Result<Vec<UserRow>, StoreError> {
        let sql = concat!(
            "SELECT u.tenant_id, ",
            user_columns!(),
            " FROM users u WHERE u.has_words IS NULL AND u.id > ?1 ORDER BY u.id LIMIT ?2"
        );
        let rows = self.rows(Query::new(sql, params![Uuid::nil(), most])).await?;
        let read = |row: Row| {
            let mut c = row.columns();
            let tenant = TenantId(c.get()?);
            read_user(tenant, &mut c)
        };
        rows.into_iter().map(read).collect()
    }

    /// Whether a person has a password.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn has_password(&self, tenant: TenantId, user: Uuid) -> Result<bool, StoreError> {
        let sql = "SELECT changed_at FROM passwords WHERE tenant_id = ?1 AND user_id = ?2";
        Ok(self.row(Query::new(sql, params![tenant, user]), |c| c.get::<i64>()).await?.is_some())
    }
}

/// Writes down what a person is found by, in place of what was: for the batch that makes or changes them.
#[must_use]
pub fn put_words(user: &UserRow, words: impl IntoIterator<Item = Vec<u8>>) -> Vec<Statement> {
    let (tenant, id) = (user.tenant, user.id);
    let mut batch = vec![Statement::any(
        "DELETE FROM people_words WHERE tenant_id = ?1 AND user_id = ?2",
        params![tenant, id],
    )];
    batch.extend(words.into_iter().map(|word| {
        Statement::any(
            "INSERT INTO people_words (tenant_id, word, user_id) VALUES (?1, ?2, ?3)
             ON CONFLICT (tenant_id, word, user_id) DO NOTHING",
            params![tenant, word, id],
        )
    }));
    batch.push(Statement::any(
        "UPDATE users SET has_words = 1 WHERE tenant_id = ?1 AND id = ?2",
        params![tenant, id],
    ));
    batch
}
