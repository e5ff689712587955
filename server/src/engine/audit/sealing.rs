//! Sealing in the background: events get their places in the chain, and now and then the end of it is signed.
//!
//! The rules that write events pay nothing for it. Several nodes may do this at once: each moves the end of the chain on
//! from exactly what it read, so of two that seal the same rows one does, and the other looks again.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::base64url;
use countersign_protocol::checkpoint::Checkpoint;
use countersign_protocol::id::TenantId;
use countersign_protocol::jws::{self, Purpose};
use uuid::Uuid;

use super::chain::{Hash, START, hash};
use crate::engine::{Engine, Error, is_fresh};
use crate::store::audit::{advance, seal};
use crate::store::{CheckpointRow, EventRow, HeadRow, StoreError};

/// Events that get their places in one write: few enough that nobody notices the writer being busy.
const BATCH: i64 = 200;
/// Times that a batch is tried again when another node was faster.
const PATIENCE: usize = 16;
/// A chain that has grown by this many events since its newest checkpoint is signed at once.
const SIGN_AFTER_EVENTS: i64 = 1_000;
/// Milliseconds after which a chain that has grown at all is signed.
const SIGN_AFTER: i64 = 60_000;
/// How long events gather before they are sealed.
const GATHER: Duration = Duration::from_secs(1);
/// How often a node without events of its own looks for those of commands and of nodes that crashed.
const LOOK: Duration = Duration::from_secs(60);
/// How long to wait when the database does not do what it is asked.
const TROUBLE: Duration = Duration::from_secs(5);

impl Engine {
    /// Seals and signs until it is dropped. An idle server does next to nothing here: one look a minute.
    pub async fn keep_audit(self: Arc<Self>) {
        loop {
            let next_look = match self.seal_and_sign(false).await {
                Ok(next_look) => next_look,
                Err(error) => {
                    tracing::warn!(%error, "audit events could not be sealed; they are kept, and it is tried again");
                    tokio::time::sleep(TROUBLE).await;
                    continue;
                }
            };
            // A look that something is due is as good as a word that something happened.
            let _due = tokio::time::timeout(next_look, self.noted.notified()).await;
            tokio::time::sleep(GATHER).await;
        }
    }

    /// Seals all events that are there and signs every chain that has grown.
    ///
    /// # Errors
    /// [`Error::Store`] and what keeps a key from signing. What was done until then stands.
    pub async fn seal_audit(&self) -> Result<(), Error> {
        self.seal_and_sign(true).await.map(|_| ())
    }

    /// Returns when the next chain is due to be signed.
    async fn seal_and_sign(&self, at_once: bool) -> Result<Duration, Error> {
        // An export and the background would only undo each other's work, and either could lose too often in a row.
        let _turn = self.sealing.lock().await;
        let mut after = Uuid::nil();
        while let Some(tenant) = self.store.next_unsealed(after).await? {
            self.seal_tenant(tenant).await?;
            after = tenant.0;
        }
        let (mut after, mut next) = (Uuid::nil(), LOOK);
        while let Some((tenant, head)) = self.store.next_unsigned(after).await? {
            after = tenant.0;
            let waited = self.now().saturating_sub(head.signed_at);
            let grown = head.seq.saturating_sub(head.signed_seq);
            if at_once || grown >= SIGN_AFTER_EVENTS || !is_fresh(head.signed_at, self.now(), SIGN_AFTER) {
                match self.sign_chain(tenant, &head).await {
                    // One tenant's trouble is not the others'.
                    Err(error) if !matches!(error, Error::Store(_)) => {
                        tracing::error!(%tenant, %error, "an audit log could not be signed");
                    }
                    result => result?,
                }
            } else {
                next = next.min(Duration::from_millis(
                    u64::try_from(SIGN_AFTER.saturating_sub(waited)).unwrap_or(0),
                ));
            }
        }
        Ok(next)
    }

    async fn seal_tenant(&self, tenant: TenantId) -> Result<(), Error> {
        let mut left = PATIENCE;
        loop {
            let (head, events) = self.store.unsealed(tenant, BATCH).await?;
            if events.is_empty() {
                return Ok(());
            }
            let mut batch = self.places(tenant, head.as_ref(), &events);
            // In the same batch: each event counts once, whoever seals it.
            batch.extend(self.tally(tenant, &events).await?);
            match self.store.write(batch).await {
                Ok(()) => left = PATIENCE,
                // Another node was faster. Look where the chain ends now.
                Err(StoreError::Unmet(_) | StoreError::Duplicate) if left > 0 => left -= 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn places(
        &self,
        tenant: TenantId,
        head: Option<&HeadRow>,
        events: &[EventRow],
    ) -> Vec<crate::store::Statement> {
        let mut seq = head.map_or(0, |head| head.seq);
        // A stored hash that is none was changed by hand; `audit verify` says so, and the chain goes on.
        let mut last = head.and_then(|head| Hash::try_from(head.hash.as_slice()).ok()).unwrap_or(START);
        let mut batch = Vec::with_capacity(events.len() + 1);
        for event in events {
            seq = seq.saturating_add(1);
            last = hash(&last, tenant, seq, event);
            batch.push(seal(tenant, event.id, seq, &last));
        }
        // First, so that a node that was too slow finds out at the first statement.
        batch.insert(0, advance(tenant, head, (seq, &last), self.now()));
        batch
    }

    async fn sign_chain(&self, tenant: TenantId, head: &HeadRow) -> Result<(), Error> {
        let hash = base64url(&head.hash);
        let seq = u64::try_from(head.seq).unwrap_or(0);
        let claims = Checkpoint { iss: self.server_id.clone(), tenant, seq, hash, at: self.server_time() };
        let jws = self.keys_of(tenant).await?.sign(Purpose::Checkpoint, &claims)?;
        let row = CheckpointRow { seq: head.seq, at: self.now(), jws };
        match self.store.write(row.insert(tenant).to_vec()).await {
            // The log of the program is one more place that is not the database.
            Ok(()) => tracing::info!(%tenant, seq, hash = claims.hash, "audit checkpoint"),
            // Another node has signed this or a later end.
            Err(StoreError::Unmet(_) | StoreError::Duplicate) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        if let Err(why) = self.keep_outside(tenant, &row).await? {
            tracing::error!(%tenant, why, "the audit log needs a look: run `countersign-server audit verify`");
        }
        Ok(())
    }

    /// Keeps the checkpoint outside the database, unless the one that is kept there contradicts the database: then that one
    /// is evidence, and stays. The inner result says why.
    async fn keep_outside(&self, tenant: TenantId, row: &CheckpointRow) -> Result<Result<(), String>, Error> {
        let Some(files) = self.checkpoint_files.clone() else { return Ok(Ok(())) };
        let kept = match files.read(tenant) {
            Ok(kept) => kept,
            Err(error) => return Ok(Err(error.to_string())),
        };
        if let Some(kept) = kept {
            let path = files.path(tenant);
            let keys = self.keys_of(tenant).await?.all_public();
            let Ok(verified) = jws::verify::<Checkpoint>(&kept, Purpose::Checkpoint, &keys) else {
                let path = path.display();
                return Ok(Err(format!(
                    "{path} holds no checkpoint of this tenant; move it away, or see who changed it"
                )));
            };
            let seq = i64::try_from(verified.claims.seq).unwrap_or(i64::MAX);
            let there = self.store.sealed(tenant, seq).await?.and_then(|sealed| sealed.hash);
            if there.is_none_or(|there| base64url(&there) != verified.claims.hash) {
                let path = path.display();
                return Ok(Err(format!(
                    "event {seq}, for which {path} was signed, is not there any more as it was"
                )));
            }
            if seq > row.seq {
                return Ok(Ok(()));
            }
        }
        let jws = row.jws.clone();
        let written = tokio::task::spawn_blocking(move || files.write(tenant, &jws)).await;
        Ok(written
            .map_err(|error| error.to_string())
            .and_then(|done| done.map_err(|error| error.to_string())))
    }
}
