//! What the server calls itself, kept so that a command run beside it with another configuration says the same; and by
//! what its master key is recognised.

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

impl Store {
    /// The id that the last `serve` had; none before the first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn server_id(&self) -> Result<Option<String>, StoreError> {
        self.row(Query::new("SELECT server_id FROM server WHERE one = 1", vec![]), |c| c.get()).await
    }

    /// Keeps the id of the server that starts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_server_id(&self, server_id: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO server (one, server_id) VALUES (1, ?1)
                   ON CONFLICT (one) DO UPDATE SET server_id = excluded.server_id";
        self.write(vec![Statement::one(sql, params![server_id])]).await
    }

    /// What was sealed under the master key when the database was made; none before that.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn master_check(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.row(Query::new("SELECT sealed FROM master_key WHERE one = 1", vec![]), |c| c.get()).await
    }

    /// Keeps what the first server sealed. Of two at once, one is first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_master_check(&self, sealed: Vec<u8>) -> Result<(), StoreError> {
        let sql = "INSERT INTO master_key (one, sealed) VALUES (1, ?1) ON CONFLICT (one) DO NOTHING";
        self.write(vec![Statement::any(sql, params![sealed])]).await
    }
}
