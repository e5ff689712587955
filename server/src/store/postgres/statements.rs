//! The store's SQL as PostgreSQL takes it (`$N` for `?N`), translated once and prepared once on each connection.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use deadpool_postgres::ClientWrapper;
use futures_util::future::try_join_all;
use tokio_postgres::{Error, Statement};

/// Translations so far. The program has a fixed number of statements.
#[derive(Debug, Default)]
pub(super) struct Statements {
    translated: RwLock<HashMap<&'static str, Arc<str>>>,
}

impl Statements {
    /// Each text prepared on this connection, in their order. What the connection knows already costs nothing; the rest
    /// goes to the database together.
    pub(super) async fn prepare(
        &self,
        connection: &ClientWrapper,
        texts: impl Iterator<Item = &'static str>,
    ) -> Result<Vec<Statement>, Error> {
        try_join_all(texts.map(|sql| {
            let text = self.translate(sql);
            async move { connection.prepare_cached(&text).await }
        }))
        .await
    }

    fn translate(&self, sql: &'static str) -> Arc<str> {
        let known = self.translated.read().unwrap_or_else(PoisonError::into_inner).get(sql).map(Arc::clone);
        known.unwrap_or_else(|| {
            let text: Arc<str> = numbered(sql).into();
            let mut all = self.translated.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(sql).or_insert(text))
        })
    }
}

/// `?1` becomes `$1`, but in a quoted text.
fn numbered(sql: &str) -> String {
    let mut quoted = false;
    sql.chars()
        .map(|c| {
            quoted ^= c == '\'';
            if c == '?' && !quoted { '$' } else { c }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_postgresqls_way() {
        assert_eq!(numbered("SELECT ?1, 'what? it''s ?2', ?12"), "SELECT $1, 'what? it''s ?2', $12");
    }
}
