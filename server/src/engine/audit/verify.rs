//! Checking a tenant's log against its chain, its checkpoints, and those that are kept elsewhere. Reads page by page, so
//! that a log of any length needs no more memory than a short one, and works beside a server that goes on writing.

use std::collections::BTreeSet;

use countersign_protocol::checkpoint::Checkpoint;
use countersign_protocol::id::TenantId;
use countersign_protocol::jwk::PublicKey;
use countersign_protocol::jws::{self, Purpose};
use uuid::Uuid;

use super::chain::{Anchor, Problem, START, Walk};
use crate::engine::{Engine, Error};
use crate::store::HeadRow;

/// Events read at once.
const PAGE: i64 = 1_000;

/// What a check has found.
#[derive(Debug)]
pub struct Report {
    /// Whose log.
    pub tenant: TenantId,
    /// The walk along it.
    pub walk: Walk,
    /// Events that are not in the chain yet.
    pub unsealed: i64,
}

impl Report {
    /// Whether everything fits.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.walk.problems.is_empty()
    }
}

/// Reads a checkpoint of `tenant` that one of `keys` has signed.
///
/// # Errors
/// [`Problem::Checkpoint`] says why it is not to be believed.
pub fn anchor(
    jws: &str,
    keys: &[PublicKey],
    tenant: TenantId,
    kept: &str,
    seq: i64,
) -> Result<Anchor, Problem> {
    let bad = |why: String| Problem::Checkpoint { seq, kept: kept.to_owned(), why };
    // The server may have had another address when it signed; whose log it is and by whose key is what counts.
    let issuer = jws::peek::<Checkpoint>(jws, Purpose::Checkpoint).map_err(|why| bad(why.to_string()))?;
    let read =
        Checkpoint::verify(jws, keys, &issuer.peek().iss, tenant).map_err(|why| bad(why.to_string()))?;
    let signed = i64::try_from(read.seq).unwrap_or(i64::MAX);
    if seq != 0 && signed != seq {
        return Err(bad(format!("it was signed for event {signed}")));
    }
    Ok(Anchor { seq: signed, hash: read.hash, at: read.at, kept: kept.to_owned() })
}

impl Engine {
    /// The tenants that have a log, also those of which nothing but a checkpoint is left.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Damaged`] when the directory with the checkpoints cannot be read.
    pub async fn audited_tenants(&self) -> Result<BTreeSet<TenantId>, Error> {
        let mut tenants: BTreeSet<_> = self.store.tenants().await?.into_iter().map(|row| row.id).collect();
        if let Some(files) = &self.checkpoint_files {
            tenants.extend(files.tenants()?);
        }
        let mut after = Uuid::nil();
        while let Some(tenant) = self.store.next_chain(after).await? {
            tenants.insert(tenant);
            after = tenant.0;
        }
        Ok(tenants)
    }

    /// Checks a tenant's log. `given`: checkpoints that somebody has kept elsewhere, each with where it comes from.
    /// `progress` hears now and then how many events have been read.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`] for a tenant of which there is nothing at all; [`Error::Store`], [`Error::Seal`].
    pub async fn verify_audit(
        &self,
        tenant: TenantId,
        given: &[(String, String)],
        progress: impl Fn(u64),
    ) -> Result<Report, Error> {
        let mut walk = Walk::new(tenant, 0, START);
        let keys = match self.keys_of(tenant).await {
            Ok(keys) => keys.all_public(),
            Err(Error::TenantNotFound(_)) if self.is_kept(tenant)? => {
                walk.tell(Problem::TenantGone);
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        self.outside(&mut walk, &keys, given)?;
        let head = self.walk_along(&mut walk, &keys, progress).await?;
        walk.end();
        match head {
            Some(head) => walk.ends_with(head.seq, &head.hash),
            None => walk.ends_with(0, &START),
        }
        Ok(Report { tenant, unsealed: self.store.count_unsealed(tenant).await?, walk })
    }

    fn is_kept(&self, tenant: TenantId) -> Result<bool, Error> {
        match &self.checkpoint_files {
            Some(files) => Ok(files.read(tenant)?.is_some()),
            None => Ok(false),
        }
    }

    /// The checkpoints that are not in the database.
    fn outside(&self, walk: &mut Walk, keys: &[PublicKey], given: &[(String, String)]) -> Result<(), Error> {
        let mut all = given.to_vec();
        if let Some(files) = &self.checkpoint_files
            && let Some(jws) = files.read(walk.tenant())?
        {
            all.push((files.path(walk.tenant()).display().to_string(), jws));
        }
        for (kept, jws) in all {
            match anchor(&jws, keys, walk.tenant(), &kept, 0) {
                Ok(anchor) => walk.anchor(anchor),
                Err(problem) => walk.tell(problem),
            }
        }
        Ok(())
    }

    /// All events and the database's own checkpoints. Returns where the chain should end.
    async fn walk_along(
        &self,
        walk: &mut Walk,
        keys: &[PublicKey],
        progress: impl Fn(u64),
    ) -> Result<Option<HeadRow>, Error> {
        let mut signed = 0;
        loop {
            let page = self.store.chain_after(walk.tenant(), walk.last, PAGE).await?;
            let until = page.rows.last().map_or(i64::MAX, |row| row.seq);
            for row in page.checkpoints.iter().filter(|row| row.seq <= until) {
                signed = row.seq;
                match anchor(&row.jws, keys, walk.tenant(), "kept in the database", row.seq) {
                    Ok(anchor) => walk.anchor(anchor),
                    Err(problem) => walk.tell(problem),
                }
            }
            if page.rows.is_empty() {
                if let Some(head) = page.head.as_ref().filter(|head| head.signed_seq > signed) {
                    self.signed_meanwhile(walk, keys, head.signed_seq).await?;
                }
                return Ok(page.head);
            }
            for row in &page.rows {
                walk.row(row);
            }
            progress(walk.events);
        }
    }

    /// The checkpoint that the database says was made last: it may have been made since its event was read.
    async fn signed_meanwhile(&self, walk: &mut Walk, keys: &[PublicKey], seq: i64) -> Result<(), Error> {
        let page = self.store.chain_after(walk.tenant(), seq.saturating_sub(1), 1).await?;
        let row = page.checkpoints.first().filter(|row| row.seq == seq);
        match row.map(|row| anchor(&row.jws, keys, walk.tenant(), "kept in the database", seq)) {
            Some(Ok(anchor)) => walk.anchor(anchor),
            Some(Err(problem)) => walk.tell(problem),
            None => walk.tell(Problem::CheckpointRemoved { seq }),
        }
        Ok(())
    }
}
