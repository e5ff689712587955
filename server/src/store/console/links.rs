//! Links by which somebody becomes an operator.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use crate::store::statement::params;
use crate::store::{Columns, Query, Statement, Store, StoreError};

/// A link by which somebody becomes an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRow {
    /// SHA-256 of its token.
    pub token_hash: Vec<u8>,
    /// `first` or `invited`.
    pub kind: String,
    /// The tenant that they will look after; all zero: the whole server.
    pub scope: Uuid,
    /// As what.
    pub role: String,
    /// Whose it is, if that is known.
    pub email: Option<String>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub expires_at: i64,
    /// Who has said that it is theirs.
    pub user: Option<Uuid>,
    /// SHA-256 of the cookie of the browser in which they did.
    pub browser: Option<Vec<u8>>,
    /// When it was used.
    pub used_at: Option<i64>,
    /// The mail that brings it, among the platform's messages; none when it was shown to whoever invited.
    pub message: Option<Uuid>,
}

/// The columns of [`read_link`].
macro_rules! link_columns {
    () => {
        "token_hash, kind, scope, role, email, created_at, expires_at, user_id, browser, used_at,
         message_id"
    };
}

fn read_link(c: &mut Columns) -> Result<LinkRow, StoreError> {
    Ok(LinkRow {
        token_hash: c.get()?,
        kind: c.get()?,
        scope: c.get()?,
        role: c.get()?,
        email: c.get()?,
        created_at: c.get()?,
        expires_at: c.get()?,
        user: c.get()?,
        browser: c.get()?,
        used_at: c.get()?,
        message: c.get()?,
    })
}

impl Store {
    /// The link with this token.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn operator_link(&self, token_hash: &[u8]) -> Result<Option<LinkRow>, StoreError> {
        let sql = concat!("SELECT ", link_columns!(), " FROM operator_links WHERE token_hash = ?1");
        self.row(Query::new(sql, params![token_hash.to_vec()]), read_link).await
    }

    /// The links for operators of this scope that were not used yet, those that are too old included; a few.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn operator_links(&self, scope: Uuid) -> Result<Vec<LinkRow>, StoreError> {
        let sql = concat!(
            "SELECT ",
            link_columns!(),
            " FROM operator_links WHERE scope = ?1 AND used_at IS NULL ORDER BY created_at"
        );
        let rows = self.rows(Query::new(sql, params![scope])).await?;
        rows.into_iter().map(|row| read_link(&mut row.columns())).collect()
    }
}

impl LinkRow {
    /// Makes it.
    #[must_use]
    pub fn insert(&self) -> Statement {
        Statement::one(
            "INSERT INTO operator_links (token_hash, kind, scope, role, email, created_at, expires_at, message_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                self.token_hash.clone(),
                self.kind.as_str(),
                self.scope,
                self.role.as_str(),
                self.email.clone(),
                self.created_at,
                self.expires_at,
                self.message
            ],
        )
    }

    /// Notes who took it up and in which browser, unless another browser did before.
    #[must_use]
    pub fn take_up(&self, user: Uuid, browser: &[u8]) -> Statement {
        Statement::one(
            "UPDATE operator_links SET user_id = ?2, browser = ?3
             WHERE token_hash = ?1 AND used_at IS NULL AND (browser IS NULL OR browser = ?3)",
            params![self.token_hash.clone(), user, browser.to_vec()],
        )
    }

    /// Uses it up, for whoever took it up. It finds nothing when it was used or taken away.
    #[must_use]
    pub fn use_up(&self, user: Uuid, browser: &[u8], now: i64) -> Statement {
        Statement::one(
            "UPDATE operator_links SET used_at = ?4
             WHERE token_hash = ?1 AND used_at IS NULL AND user_id = ?2 AND browser = ?3",
            params![self.token_hash.clone(), user, browser.to_vec(), now],
        )
    }

    /// Takes it away, unless it was used.
    #[must_use]
    pub fn take_away(&self) -> Statement {
        Statement::one(
            "DELETE FROM operator_links WHERE token_hash = ?1 AND used_at IS NULL",
            params![self.token_hash.clone()],
        )
    }
}

/// Ends the links of a kind that were not used.
#[must_use]
pub fn end_kind(kind: &str) -> Statement {
    Statement::any("DELETE FROM operator_links WHERE kind = ?1 AND used_at IS NULL", params![kind])
}

/// Ends the links for an address and a scope that were not used, and takes back the mails with them that did not go out
/// yet, which are messages of `platform`.
#[must_use]
pub fn end_for(scope: Uuid, email: &str, (platform, now): (TenantId, i64)) -> [Statement; 2] {
    [
        Statement::any(
            "UPDATE outbox SET state = 'dead', settled_at = ?4, payload = ?5
             WHERE tenant_id = ?3 AND settled_at IS NULL AND id IN (
               SELECT message_id FROM operator_links
               WHERE scope = ?1 AND email = ?2 AND used_at IS NULL AND message_id IS NOT NULL)",
            params![scope, email, platform, now, Vec::<u8>::new()],
        ),
        Statement::any(
            "DELETE FROM operator_links WHERE scope = ?1 AND email = ?2 AND used_at IS NULL",
            params![scope, email],
        ),
    ]
}

/// A sign-in whose password was right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRow {
    /// The console's own tenant.
    pub tenant: TenantId,
    /// The transaction that asks for the second factor.
    pub transaction: Uuid,
    /// Who signs in.
    pub user: Uuid,
    /// Where they go then.
    pub back: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

impl SignInRow {
    /// Begins it.
    #[must_use]
    pub fn insert(&self) -> Statement {
        Statement::one(
            "INSERT INTO console_sign_ins (tenant_id, transaction_id, user_id, back, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![self.tenant, self.transaction, self.user, self.back.as_str(), self.created_at],
        )
    }

    /// Uses it up. It finds nothing when it was used before.
    #[must_use]
    pub fn use_up(&self) -> Statement {
        Statement::one(
            "DELETE FROM console_sign_ins WHERE tenant_id = ?1 AND transaction_id = ?2",
            params![self.tenant, self.transaction],
        )
    }
}

/// Removes sign-ins that nobody can finish any more.
#[must_use]
pub fn forget_sign_ins(before: i64) -> Statement {
    Statement::any("DELETE FROM console_sign_ins WHERE created_at < ?1", params![before])
}

impl Store {
    /// The sign-in that waits for this transaction.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn console_sign_in(
        &self,
        tenant: TenantId,
        transaction: Uuid,
    ) -> Result<Option<SignInRow>, StoreError> {
        let sql = "SELECT user_id, back, created_at FROM console_sign_ins
                   WHERE tenant_id = ?1 AND transaction_id = ?2";
        self.row(Query::new(sql, params![tenant, transaction]), |c| {
            Ok(SignInRow { tenant, transaction, user: c.get()?, back: c.get()?, created_at: c.get()? })
        })
        .await
    }
}
