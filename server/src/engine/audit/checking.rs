//! Checking a log for an operator, in the background: a long one takes longer than anybody waits for a page. How far it is
//! and what it found are rows, so any node can tell.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use countersign_protocol::id::TenantId;

use super::verify::Report;
use crate::engine::{Engine, Error};
use crate::store::StoreError;
use crate::store::audit_checks::CheckRow;

/// How often a check says how far it is.
const SAY: Duration = Duration::from_secs(1);
/// Milliseconds of silence after which a check is taken to have been interrupted.
const SILENCE: i64 = 30_000;

/// The newest check of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// When it began, in milliseconds since 1970.
    pub began_at: i64,
    /// How it stands.
    pub stands: Stands,
    /// Events that were read.
    pub events: i64,
    /// Checkpoints that fit.
    pub checkpoints: i64,
    /// What does not fit, all of it.
    pub problems: i64,
    /// The first of that: a stable word, and a sentence.
    pub told: Vec<(String, String)>,
}

/// How a check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// It goes on.
    GoesOn,
    /// It stopped in the middle: its server did.
    Interrupted,
    /// It was done at this time.
    Done(i64),
}

impl Engine {
    /// Begins to check a tenant's log. False when a check goes on already.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::Store`].
    pub async fn begin_audit_check(self: &Arc<Self>, tenant: TenantId) -> Result<bool, Error> {
        self.tenant_must_exist(tenant).await?;
        let now = self.now();
        let row = CheckRow {
            tenant,
            began_at: now,
            seen_at: now,
            ended_at: None,
            events: 0,
            checkpoints: 0,
            problems: 0,
            told: String::new(),
        };
        match self.store.write(vec![row.begin(now - SILENCE)]).await {
            Ok(()) => {}
            Err(StoreError::Unmet(_)) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        let engine = Arc::clone(self);
        tokio::spawn(async move {
            if let Err(error) = engine.check(row).await {
                tracing::warn!(%error, "a check of an audit log was interrupted");
            }
        });
        Ok(true)
    }

    /// The newest check of a tenant's log, if there was one.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn audit_checked(&self, tenant: TenantId) -> Result<Option<Checked>, Error> {
        let Some(row) = self.store.audit_check(tenant).await? else { return Ok(None) };
        let stands = match row.ended_at {
            Some(at) => Stands::Done(at),
            None if self.now() - row.seen_at > SILENCE => Stands::Interrupted,
            None => Stands::GoesOn,
        };
        let told = row.told.lines().filter_map(|line| line.split_once('\t'));
        Ok(Some(Checked {
            began_at: row.began_at,
            stands,
            events: row.events,
            checkpoints: row.checkpoints,
            problems: row.problems,
            told: told.map(|(word, sentence)| (word.to_owned(), sentence.to_owned())).collect(),
        }))
    }

    async fn check(&self, mut row: CheckRow) -> Result<(), Error> {
        let read = AtomicU64::new(0);
        let verify = self.verify_audit(row.tenant, &[], |events| read.store(events, Ordering::Relaxed));
        tokio::pin!(verify);
        let report = loop {
            tokio::select! {
                report = &mut verify => break report?,
                () = tokio::time::sleep(SAY) => {
                    row.seen_at = self.now();
                    row.events = i64::try_from(read.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
                    self.store.write(vec![row.note()]).await?;
                }
            }
        };
        let done = found(row, &report, self.now());
        Ok(self.store.write(vec![done.note()]).await?)
    }
}

fn found(row: CheckRow, report: &Report, now: i64) -> CheckRow {
    let walk = &report.walk;
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let told = walk.problems.iter().map(|problem| {
        let sentence = problem.to_string().replace(['\n', '\r', '\0'], " ");
        format!("{}\t{sentence}\n", problem.code())
    });
    CheckRow {
        seen_at: now,
        ended_at: Some(now),
        events: number(walk.events),
        checkpoints: number(walk.fitting),
        problems: number(u64::try_from(walk.problems.len()).unwrap_or(u64::MAX).saturating_add(walk.untold)),
        told: told.collect(),
        ..row
    }
}
