//! PostgreSQL: any number of servers on one database. A batch goes out whole in one round trip and is committed, or taken
//! back, in a second one; queries that belong together are one round trip.

mod failure;
pub mod notices;
mod statements;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod tls;
mod url;
mod values;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use deadpool_postgres::{ClientWrapper, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use futures_util::future::{join, join_all};
use tokio_postgres::types::ToSql;

use super::{Batch, Driver, Expect, Query, Row, StoreError, Value, counted, migrations};
use crate::telemetry::metrics::StoreMetrics;
use failure::{Failure, said};
use statements::Statements;
pub use url::{DatabaseUrl, Settings, UrlError};

/// Connections at most. PostgreSQL takes 100 from all servers together unless told otherwise.
const CONNECTIONS: usize = 16;
/// How long to wait for a connection that is in use.
const WAIT: Duration = Duration::from_secs(3);
/// How long one batch or query may take, with waiting, connecting and trying again: a request has 15 s.
const OPERATION: Duration = Duration::from_secs(9);
/// How often the same is tried when the database asks for it, or when a kept connection turns out to be dead.
const ATTEMPTS: usize = 5;
/// How long to wait for another server that brings the tables up to date, in milliseconds.
const MIGRATION_LOCK_MS: u32 = 120_000;
/// The advisory lock that migrations hold: "countersign" has no number, so this is its beginning in ASCII.
const MIGRATION_LOCK: i64 = 0x636f_756e_7465;

/// A PostgreSQL database.
#[derive(Debug)]
pub struct Postgres {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    pool: Pool,
    statements: Statements,
    place: String,
    metrics: OnceLock<Arc<StoreMetrics>>,
}

impl Postgres {
    /// The database behind these settings. Nothing is sent before the first use.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn new(settings: &Settings) -> Result<Self, StoreError> {
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(settings.for_requests(), settings.tls.clone(), recycling);
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(url::CONNECT))
            .recycle_timeout(Some(url::CONNECT))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|e| StoreError::Unavailable(e.to_string()))?;
        Ok(Self {
            inner: Arc::new(Inner {
                pool,
                statements: Statements::default(),
                place: settings.to_string(),
                metrics: OnceLock::new(),
            }),
        })
    }

    /// Brings the tables up to date. Of several servers that start at once, one does it and the others wait.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] with the database's or the migration's own words.
    pub async fn migrate(settings: &Settings) -> Result<(), StoreError> {
        let unreachable = |why: String| {
            StoreError::Unavailable(format!("{settings} cannot be used as the server's database: {why}"))
        };
        let connecting = settings.for_long_work().connect(settings.tls.clone());
        let (mut client, connection) = tokio::time::timeout(2 * url::CONNECT, connecting)
            .await
            .map_err(|_| unreachable("it did not answer in time".to_owned()))?
            .map_err(|e| unreachable(said(&e)))?;
        let connection = tokio::spawn(connection);
        // Held by this session: it ends with the connection, also when this server is killed.
        let lock = format!(
            "SET statement_timeout = {MIGRATION_LOCK_MS}; SELECT pg_advisory_lock({MIGRATION_LOCK}); \
             SET statement_timeout = 0"
        );
        client.batch_execute(&lock).await.map_err(|e| unreachable(said(&e)))?;
        let runner = migrations::for_postgres().map_err(|e| unreachable(e.to_string()))?;
        let done = runner.run_async(&mut client).await.map(drop).map_err(|e| {
            StoreError::Unavailable(format!("the tables of {settings} could not be brought up to date: {e}"))
        });
        drop(client);
        if let Ok(Err(error)) = connection.await {
            tracing::debug!(error = said(&error), "the connection for migrations ended badly");
        }
        done
    }
}

#[async_trait]
impl Driver for Postgres {
    async fn write(&self, batch: Batch) -> Result<(), StoreError> {
        let begun = tokio::time::Instant::now();
        let result = self.inner.clone().within_limits(Work::Write(batch)).await.map(drop);
        if let Some(metrics) = self.inner.metrics.get() {
            // Every batch is committed by itself here.
            metrics.committed(1, 0, begun.elapsed());
            metrics.batch(counted(&result));
        }
        result
    }

    fn observe(&self, metrics: Arc<StoreMetrics>) {
        let _already = self.inner.metrics.set(metrics);
    }

    async fn read(&self, queries: Vec<Query>) -> Result<Vec<Vec<Row>>, StoreError> {
        // No text here holds U+0000 and none can even be asked for; statements look for texts only as equals.
        if queries.iter().flat_map(|query| &query.params).any(Value::has_nul) {
            return Ok(vec![Vec::new(); queries.len()]);
        }
        self.inner.clone().within_limits(Work::Read(queries)).await
    }

    async fn close(&self) {
        // What was handed in runs in tasks of its own and has been answered; a connection in use ends with its task.
        self.inner.pool.close();
    }
}

#[derive(Debug)]
enum Work {
    Write(Batch),
    Read(Vec<Query>),
}

/// How a batch that reached the database ended.
enum Ended {
    Rows(Vec<Vec<Row>>),
    /// The connection was lost while the database was told to commit.
    Unknown(StoreError),
}

impl Inner {
    /// Runs in a task of its own: a caller who goes away must not leave a connection inside a transaction.
    async fn within_limits(self: Arc<Self>, work: Work) -> Result<Vec<Vec<Row>>, StoreError> {
        let place = self.place.clone();
        let task = tokio::spawn(async move { self.try_until_done(&work).await });
        task.await
            .map_err(|_| StoreError::Unavailable("a task of the store ended early".to_owned()))?
            .map_err(|error| match error {
                StoreError::Unavailable(why) => StoreError::Unavailable(format!("{place}: {why}")),
                other => other,
            })
    }

    async fn try_until_done(&self, work: &Work) -> Result<Vec<Vec<Row>>, StoreError> {
        let end = tokio::time::Instant::now() + OPERATION;
        let late = || StoreError::Unavailable("it did not answer in time".to_owned());
        let mut last = late();
        for _ in 0..ATTEMPTS {
            let connection = match tokio::time::timeout_at(end, self.pool.get()).await {
                Ok(connection) => connection.map_err(|e| Failure::from(e).into_error())?,
                Err(_) => return Err(late()),
            };
            let mut committing = false;
            let attempt = self.attempt(&connection, work, &mut committing);
            let ended = tokio::time::timeout_at(end, attempt).await;
            match ended {
                Ok(Ok(Ended::Rows(rows))) => return Ok(rows),
                Ok(Err(Failure::Final(error))) => return Err(error),
                Ok(Err(Failure::Again(error))) => last = error,
                Ok(Err(Failure::Lost(error))) => {
                    drop(Object::take(connection));
                    last = error;
                }
                // Whatever state it is in, nobody shall get it after us.
                Ok(Ok(Ended::Unknown(error))) => {
                    drop(Object::take(connection));
                    return Err(error);
                }
                Err(_) => {
                    drop(Object::take(connection));
                    return Err(if committing { StoreError::InDoubt } else { late() });
                }
            }
        }
        Err(last)
    }

    async fn attempt(
        &self,
        connection: &ClientWrapper,
        work: &Work,
        committing: &mut bool,
    ) -> Result<Ended, Failure> {
        match work {
            Work::Read(queries) => Ok(Ended::Rows(self.read(connection, queries).await?)),
            Work::Write(batch) => self.write(connection, batch, committing).await,
        }
    }

    async fn read(&self, connection: &ClientWrapper, queries: &[Query]) -> Result<Vec<Vec<Row>>, Failure> {
        let prepared = self.statements.prepare(connection, queries.iter().map(|q| q.sql)).await?;
        let asked = queries.iter().zip(&prepared).map(|(query, statement)| async move {
            let found = connection.query(statement, &borrowed(&query.params)).await?;
            found.iter().map(own).collect::<Result<Vec<_>, tokio_postgres::Error>>()
        });
        if queries.len() == 1 {
            return Ok(join_all(asked).await.into_iter().collect::<Result<_, _>>()?);
        }
        // Polled in this order, so sent in this order.
        let begin = connection.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        let (begun, (answers, ended)) =
            join(begin, join(join_all(asked), connection.batch_execute("COMMIT"))).await;
        begun?;
        let answers = answers.into_iter().collect::<Result<_, _>>()?;
        ended?;
        Ok(answers)
    }

    async fn write(
        &self,
        connection: &ClientWrapper,
        batch: &[super::Statement],
        committing: &mut bool,
    ) -> Result<Ended, Failure> {
        let prepared = self.statements.prepare(connection, batch.iter().map(|s| s.sql)).await?;
        let changes = batch.iter().zip(&prepared).map(|(statement, prepared)| async move {
            connection.execute(prepared, &borrowed(&statement.params)).await
        });
        let begin = connection.batch_execute("BEGIN READ WRITE");
        let (begun, changed) = join(begin, join_all(changes)).await;
        if let Err(failure) = begun.map_err(Failure::from).and_then(|()| verdict(batch, changed)) {
            return match failure {
                lost @ Failure::Lost(_) => Err(lost),
                // A connection that cannot even roll back is of no use to anyone.
                failure => match connection.batch_execute("ROLLBACK").await {
                    Ok(()) => Err(failure),
                    Err(_) => Err(Failure::Lost(failure.into_error())),
                },
            };
        }
        *committing = true;
        match connection.batch_execute("COMMIT").await {
            Ok(()) => Ok(Ended::Rows(Vec::new())),
            // The database said no and goes on, so it knows: nothing took effect.
            Err(error) if failure::is_refusal(&error) => Err(error.into()),
            Err(error) => {
                tracing::error!(
                    error = said(&error),
                    "the connection was lost while a change was being written"
                );
                Ok(Ended::Unknown(StoreError::InDoubt))
            }
        }
    }
}

/// What the first statement that failed, or found too little, makes of the batch.
fn verdict(
    batch: &[super::Statement],
    changed: Vec<Result<u64, tokio_postgres::Error>>,
) -> Result<(), Failure> {
    for (index, (statement, changed)) in batch.iter().zip(changed).enumerate() {
        if changed? != 1 && statement.expect == Expect::One {
            return Err(Failure::Final(StoreError::Unmet(index)));
        }
    }
    Ok(())
}

fn borrowed(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn own(row: &tokio_postgres::Row) -> Result<Row, tokio_postgres::Error> {
    (0..row.len()).map(|column| row.try_get(column)).collect::<Result<_, _>>().map(Row)
}
