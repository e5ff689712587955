//! The embedded engine: one writer thread that commits in groups, and a few connections for reading.

mod connection;
#[cfg(debug_assertions)]
mod plans;
mod statistics;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::{Batch, Driver, Query, Row, StoreError, migrations};
use crate::telemetry::metrics::StoreMetrics;
use writer::Writer;

/// Reading connections: reads are short, and more threads than cores only wait for each other.
const READERS: usize = 4;

/// A SQLite database file.
#[derive(Debug)]
pub struct Sqlite {
    writer: Writer,
    readers: Arc<Mutex<Vec<Connection>>>,
    free_readers: Arc<Semaphore>,
}

impl Sqlite {
    /// Opens or creates the file, brings its tables up to date and starts the writer.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] with SQLite's or the migration's own words.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut connection = connection::open(path)?;
        migrations::for_sqlite().run(&mut connection).map_err(|e| {
            StoreError::Unavailable(format!(
                "the tables of {} could not be brought up to date: {e}",
                path.display()
            ))
        })?;
        statistics::tell(&connection).map_err(|e| connection::translate(&e))?;
        let readers = (0..READERS).map(|_| connection::open(path)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            writer: Writer::start(connection)?,
            readers: Arc::new(Mutex::new(readers)),
            free_readers: Arc::new(Semaphore::new(READERS)),
        })
    }
}

#[async_trait]
impl Driver for Sqlite {
    async fn write(&self, batch: Batch) -> Result<(), StoreError> {
        self.writer.submit(batch).await
    }

    async fn read(&self, queries: Vec<Query>) -> Result<Vec<Vec<Row>>, StoreError> {
        let gone = |what: &str| StoreError::Unavailable(format!("reading stopped: {what}"));
        let permit =
            Arc::clone(&self.free_readers).acquire_owned().await.map_err(|_| gone("shutting down"))?;
        let readers = Arc::clone(&self.readers);
        let task = tokio::task::spawn_blocking(move || {
            let take = || readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut connection = take().ok_or_else(|| gone("no connection"))?;
            let rows = connection::read(&mut connection, &queries);
            readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            drop(permit);
            rows
        });
        task.await.map_err(|_| gone("a reading thread ended"))?
    }

    fn observe(&self, metrics: Arc<StoreMetrics>) {
        self.writer.observe(metrics);
    }

    async fn close(&self) {
        self.writer.close().await;
    }
}

#[cfg(test)]
mod tests;
