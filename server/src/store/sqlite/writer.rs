//! The group commit: one thread owns the writing connection, takes everything that waits, applies each batch in a
//! savepoint of its own, commits once, and only then answers everyone. One fsync serves all who were waiting.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::connection::{apply, translate};
use crate::store::{Batch, StoreError};
use crate::telemetry::metrics::{BatchResult, StoreMetrics};

/// Batches that may wait before submitters are held back.
const QUEUE: usize = 4096;
/// Batches in one commit at most, so that the first one in a flood does not wait for the last.
const GROUP: usize = 512;

/// Where to count, once somebody wants to know.
type Metrics = Arc<OnceLock<Arc<StoreMetrics>>>;

type Reply = oneshot::Sender<Result<(), StoreError>>;

struct Job {
    batch: Batch,
    reply: Reply,
}

/// The door to the writing thread.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    metrics: Metrics,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Job({} statements)", self.batch.len())
    }
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let metrics = Metrics::default();
        let counting = Arc::clone(&metrics);
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || run(connection, waiting, &counting))
            .map_err(|e| StoreError::Unavailable(format!("the writing thread could not be started: {e}")))?;
        Ok(Self { jobs: Mutex::new(Some(jobs)), thread: Mutex::new(Some(thread)), metrics })
    }

    /// Counts here from now on; the first to ask is the one.
    pub(super) fn observe(&self, metrics: Arc<StoreMetrics>) {
        let _somebody_counts_already = self.metrics.set(metrics);
    }

    /// Hands a batch in and waits until it is on the disk.
    pub(super) async fn submit(&self, batch: Batch) -> Result<(), StoreError> {
        let stopped = || StoreError::Unavailable("the server is shutting down".to_owned());
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(stopped)?;
        let (reply, answer) = oneshot::channel();
        jobs.send(Job { batch, reply }).await.map_err(|_| stopped())?;
        drop(jobs);
        answer.await.map_err(|_| stopped())?
    }

    /// Takes no more, lets the thread finish what waits, and waits for it.
    pub(super) async fn close(&self) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && tokio::task::spawn_blocking(move || thread.join()).await.is_err()
        {
            tracing::error!("the writing thread could not be waited for");
        }
    }
}

fn run(connection: Connection, mut waiting: mpsc::Receiver<Job>, metrics: &Metrics) {
    while let Some(first) = waiting.blocking_recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(next) = waiting.try_recv()
        {
            group.push(next);
        }
        let (size, begun) = (group.len(), Instant::now());
        commit(&connection, group, metrics.get());
        if let Some(metrics) = metrics.get() {
            metrics.committed(size, waiting.len(), begun.elapsed());
        }
    }
    // The last one out folds the log into the file, so that a copy of it is complete.
    if let Err(error) = connection.pragma_update(None, "wal_checkpoint", "TRUNCATE") {
        tracing::debug!(%error, "the log was not folded in; the next start does it");
    }
}

fn commit(connection: &Connection, group: Vec<Job>, metrics: Option<&Arc<StoreMetrics>>) {
    let begun = connection.execute_batch("BEGIN IMMEDIATE").map_err(|e| translate(&e));
    if let Err(error) = begun {
        return answer_all(group, &error, metrics);
    }
    let mut applied: Vec<(Reply, Result<(), StoreError>)> = Vec::with_capacity(group.len());
    for job in group {
        let result = savepoint(connection, &job.batch);
        applied.push((job.reply, result));
    }
    let committed = connection.execute_batch("COMMIT").map_err(|e| translate(&e));
    if committed.is_err() && !connection.is_autocommit() {
        // Nothing of the group is on the disk; leave no half transaction for the next one.
        if let Err(error) = connection.execute_batch("ROLLBACK") {
            tracing::error!(%error, "rolling back a failed commit failed");
        }
    }
    for (reply, result) in applied {
        let result = committed.clone().and(result);
        count(metrics, &result);
        // A receiver that has gone (its client hung up) changes nothing: the batch is committed or not.
        let _gone = reply.send(result);
    }
}

fn savepoint(connection: &Connection, batch: &Batch) -> Result<(), StoreError> {
    let run =
        |sql: &str| connection.prepare_cached(sql).and_then(|mut s| s.execute([])).map_err(|e| translate(&e));
    run("SAVEPOINT batch")?;
    let result = apply(connection, batch);
    if result.is_err() {
        run("ROLLBACK TO batch")?;
    }
    run("RELEASE batch")?;
    result
}

fn count(metrics: Option<&Arc<StoreMetrics>>, result: &Result<(), StoreError>) {
    if let Some(metrics) = metrics {
        metrics.batch(match result {
            Ok(()) => BatchResult::Written,
            Err(StoreError::Unmet(_) | StoreError::Duplicate) => BatchResult::Refused,
            Err(_) => BatchResult::Failed,
        });
    }
}

fn answer_all(group: Vec<Job>, error: &StoreError, metrics: Option<&Arc<StoreMetrics>>) {
    for job in group {
        count(metrics, &Err(error.clone()));
        let _gone = job.reply.send(Err(error.clone()));
    }
}
