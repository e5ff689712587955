//! The group commit: one thread owns the writing connection, takes everything that waits, applies each batch in a
//! savepoint of its own, commits once, and only then answers everyone. One fsync serves all who were waiting.

use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::connection::{apply, translate};
use crate::store::{Batch, StoreError};

/// Batches that may wait before submitters are held back.
const QUEUE: usize = 4096;
/// Batches in one commit at most, so that the first one in a flood does not wait for the last.
const GROUP: usize = 512;

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
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Job({} statements)", self.batch.len())
    }
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || run(connection, waiting))
            .map_err(|e| StoreError::Unavailable(format!("the writing thread could not be started: {e}")))?;
        Ok(Self { jobs: Mutex::new(Some(jobs)), thread: Mutex::new(Some(thread)) })
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

fn run(connection: Connection, mut waiting: mpsc::Receiver<Job>) {
    while let Some(first) = waiting.blocking_recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(next) = waiting.try_recv()
        {
            group.push(next);
        }
        commit(&connection, group);
    }
    // The last one out folds the log into the file, so that a copy of it is complete.
    if let Err(error) = connection.pragma_update(None, "wal_checkpoint", "TRUNCATE") {
        tracing::debug!(%error, "the log was not folded in; the next start does it");
    }
}

fn commit(connection: &Connection, group: Vec<Job>) {
    let mut rest = group.into_iter();
    while rest.len() > 0 {
        let begun = connection.execute_batch("BEGIN IMMEDIATE").map_err(|e| translate(&e));
        if let Err(error) = begun {
            return answer_all(rest.map(|job| job.reply), &error);
        }
        let (applied, lost) = apply_all(connection, &mut rest);
        if let Some(error) = lost {
            // SQLite took the whole transaction back by itself, as it may when the disk is full.
            answer_all(applied.into_iter().map(|(reply, _)| reply), &error);
            continue;
        }
        let committed = connection.execute_batch("COMMIT").map_err(|e| translate(&e));
        if committed.is_err() && !connection.is_autocommit() {
            // Nothing of the group is on the disk; leave no half transaction for the next one.
            if let Err(error) = connection.execute_batch("ROLLBACK") {
                tracing::error!(%error, "rolling back a failed commit failed");
            }
        }
        for (reply, result) in applied {
            // A receiver that has gone (its client hung up) changes nothing: the batch is committed or not.
            let _gone = reply.send(committed.clone().and(result));
        }
    }
}

type Applied = Vec<(Reply, Result<(), StoreError>)>;

/// Applies one batch after the other, until none is left or the transaction is gone.
fn apply_all(connection: &Connection, rest: &mut std::vec::IntoIter<Job>) -> (Applied, Option<StoreError>) {
    let mut applied = Vec::with_capacity(rest.len());
    for job in rest {
        let result = savepoint(connection, &job.batch);
        let lost = result.as_ref().err().filter(|_| connection.is_autocommit()).cloned();
        applied.push((job.reply, result));
        if lost.is_some() {
            return (applied, lost);
        }
    }
    (applied, None)
}

fn savepoint(connection: &Connection, batch: &Batch) -> Result<(), StoreError> {
    let run =
        |sql: &str| connection.prepare_cached(sql).and_then(|mut s| s.execute([])).map_err(|e| translate(&e));
    run("SAVEPOINT batch")?;
    let result = apply(connection, batch);
    if result.is_err() {
        if connection.is_autocommit() {
            return result;
        }
        run("ROLLBACK TO batch")?;
    }
    run("RELEASE batch")?;
    result
}

fn answer_all(replies: impl Iterator<Item = Reply>, error: &StoreError) {
    for reply in replies {
        let _gone = reply.send(Err(error.clone()));
    }
}
