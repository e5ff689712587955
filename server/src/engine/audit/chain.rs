//! The chain itself: what each hash covers, and walking along it. Pure: it is fed rows and checkpoints, from the
//! database or from a file, and says what does not fit.

use std::collections::VecDeque;

use countersign_protocol::id::TenantId;
use ring::digest::{Context, SHA256};

use crate::store::{EventRow, SealedRow};

/// A SHA-256 of the chain.
pub type Hash = [u8; 32];

/// What stands before the first event.
pub const START: Hash = [0; 32];

/// Begins the text under each hash, so that it is a hash of nothing else.
const DOMAIN: &str = "countersign audit v1";
/// Problems that are told one by one; of more only the number.
const TOLD: usize = 20;

/// The hash of the event that stands at `seq` after the one with the hash `previous`.
///
/// It covers, each as a netstring (`LENGTH:BYTES,`): [`DOMAIN`], the 32 bytes of `previous`, then as text the tenant's
/// id, `seq`, the event's id, its time in milliseconds, name, actor, subject, address and detail. A single `-` stands for
/// an address or detail that is not there. No two different rows have the same text under their hash.
#[must_use]
pub fn hash(previous: &Hash, tenant: TenantId, seq: i64, event: &EventRow) -> Hash {
    let mut sha = Context::new(&SHA256);
    for part in [
        DOMAIN.as_bytes(),
        previous,
        tenant.to_string().as_bytes(),
        seq.to_string().as_bytes(),
        event.id.as_hyphenated().to_string().as_bytes(),
        event.at.to_string().as_bytes(),
        event.name.as_bytes(),
        event.actor.as_bytes(),
        event.subject.as_bytes(),
    ] {
        netstring(&mut sha, part);
    }
    for part in [&event.address, &event.detail] {
        match part {
            Some(text) => netstring(&mut sha, text.as_bytes()),
            None => sha.update(b"-"),
        }
    }
    let mut hash = START;
    hash.copy_from_slice(sha.finish().as_ref());
    hash
}

fn netstring(sha: &mut Context, bytes: &[u8]) {
    sha.update(bytes.len().to_string().as_bytes());
    sha.update(b":");
    sha.update(bytes);
    sha.update(b",");
}

/// A signed word on the chain: at `seq` it had this hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Number of the event.
    pub seq: i64,
    /// Its hash, base64url.
    pub hash: String,
    /// When it was signed, seconds since 1970.
    pub at: u64,
    /// Where it was found, for the reader.
    pub kept: String,
}

/// What does not fit, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Numbers that should be there are not.
    #[error("events {from} to {to} are missing: somebody has removed them")]
    Removed {
        /// The first.
        from: i64,
        /// The last.
        to: i64,
    },
    /// The row does not have the hash that it should have.
    #[error(
        "event {seq} ({id}, {name}) does not fit: it was changed, moved or put in after it was sealed, or event \
         {before} was changed together with its hash"
    )]
    Changed {
        /// Its number.
        seq: i64,
        /// Its id.
        id: uuid::Uuid,
        /// What it says that happened.
        name: String,
        /// The number before it.
        before: i64,
    },
    /// The same number twice, or a lower one after a higher one.
    #[error("event {seq} ({id}) stands where another one belongs: it was put in")]
    Inserted {
        /// Its number.
        seq: i64,
        /// Its id.
        id: uuid::Uuid,
    },
    /// The end of the chain is not where the database says.
    #[error("the chain should end with event {said}, and ends with {found}: {}", tail(*.said, *.found))]
    End {
        /// The number in `audit_heads`.
        said: i64,
        /// The last that is there.
        found: i64,
    },
    /// The last event has another hash than `audit_heads` says.
    #[error("event {seq} is the last one, but its hash is not the one that was written down: it was changed")]
    EndHash {
        /// Its number.
        seq: i64,
    },
    /// A checkpoint names another hash.
    #[error(
        "the signed checkpoint of event {seq} ({kept}) names another hash: events up to {seq} were rewritten after \
         it was signed"
    )]
    Rewritten {
        /// Number of the event.
        seq: i64,
        /// Where the checkpoint was found.
        kept: String,
    },
    /// A checkpoint names an event behind the end.
    #[error("event {seq} was signed for ({kept}), but the chain ends with {found}: its end was cut off")]
    Truncated {
        /// Number of the event.
        seq: i64,
        /// Where the checkpoint was found.
        kept: String,
        /// The last event that is there.
        found: i64,
    },
    /// A checkpoint that proves nothing.
    #[error("the checkpoint of event {seq} ({kept}) is not to be believed: {why}")]
    Checkpoint {
        /// The number it is kept under; 0 when even that cannot be read.
        seq: i64,
        /// Where it was found.
        kept: String,
        /// Why.
        why: String,
    },
    /// A checkpoint that should be there is not.
    #[error("the checkpoint of event {seq} is missing: it was made, and somebody has removed it")]
    CheckpointRemoved {
        /// Number of the event.
        seq: i64,
    },
    /// A log without its tenant.
    #[error("the tenant is not in the database, although a checkpoint of its log is kept: it was removed")]
    TenantGone,
    /// Events of a file that no checkpoint covers.
    #[error(
        "events {from} to {to} are covered by no checkpoint that your key vouches for: nothing proves them"
    )]
    Unsigned {
        /// The first.
        from: i64,
        /// The last.
        to: i64,
    },
    /// A line of a file.
    #[error("line {line} of the file is not what an export has there: {why}")]
    Line {
        /// Its number, from 1.
        line: u64,
        /// Why.
        why: String,
    },
}

fn tail(said: i64, found: i64) -> &'static str {
    if found < said { "its end was cut off" } else { "something was added behind it" }
}

impl Problem {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Removed { .. } => "removed",
            Self::Changed { .. } => "changed",
            Self::Inserted { .. } => "inserted",
            Self::End { said, found } if found < said => "truncated",
            Self::End { .. } => "appended",
            Self::EndHash { .. } => "end_changed",
            Self::Rewritten { .. } => "rewritten",
            Self::Truncated { .. } => "truncated",
            Self::Checkpoint { .. } => "bad_checkpoint",
            Self::CheckpointRemoved { .. } => "checkpoint_removed",
            Self::TenantGone => "tenant_removed",
            Self::Unsigned { .. } => "unsigned",
            Self::Line { .. } => "bad_line",
        }
    }
}

/// Walks along a chain.
#[derive(Debug)]
pub struct Walk {
    tenant: TenantId,
    /// Number of the last event that was seen.
    pub last: i64,
    hash: Hash,
    anchors: VecDeque<Anchor>,
    /// Events seen.
    pub events: u64,
    /// Checkpoints that fit.
    pub fitting: u64,
    /// The newest checkpoint that fits, as number and seconds since 1970.
    pub signed: Option<(i64, u64)>,
    /// What does not fit, the first few.
    pub problems: Vec<Problem>,
    /// How many more.
    pub untold: u64,
}

impl Walk {
    /// Begins behind event number `last` with the hash `hash`; at the beginning of a chain 0 and [`START`].
    #[must_use]
    pub fn new(tenant: TenantId, last: i64, hash: Hash) -> Self {
        Self {
            tenant,
            last,
            hash,
            anchors: VecDeque::new(),
            events: 0,
            fitting: 0,
            signed: None,
            problems: Vec::new(),
            untold: 0,
        }
    }

    /// Whose chain it is.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Notes a problem.
    pub fn tell(&mut self, problem: Problem) {
        if self.problems.len() < TOLD {
            self.problems.push(problem);
        } else {
            self.untold += 1;
        }
    }

    /// A checkpoint whose signature holds. It may come before or after its event.
    pub fn anchor(&mut self, anchor: Anchor) {
        if anchor.seq == self.last {
            self.compare(&anchor);
        } else if anchor.seq > self.last {
            let place = self.anchors.partition_point(|other| other.seq <= anchor.seq);
            self.anchors.insert(place, anchor);
        }
        // One for an event that lies behind was fed too late; the callers feed them before.
    }

    /// The next event.
    pub fn row(&mut self, row: &SealedRow) {
        self.events += 1;
        let (seq, id) = (row.seq, row.event.id);
        if seq <= self.last {
            return self.tell(Problem::Inserted { seq, id });
        }
        if seq > self.last.saturating_add(1) {
            self.tell(Problem::Removed { from: self.last + 1, to: seq - 1 });
        } else if row.hash.as_deref() != Some(&hash(&self.hash, self.tenant, seq, &row.event)) {
            let name = row.event.name.clone();
            self.tell(Problem::Changed { seq, id, name, before: self.last });
        }
        // Go on from what stands there, so that one change is told as one and not as all that follows. After a gap
        // nobody can tell whether the first row behind it was changed too.
        let stored = row.hash.as_deref().and_then(|stored| Hash::try_from(stored).ok());
        self.hash = stored.unwrap_or_else(|| hash(&self.hash, self.tenant, seq, &row.event));
        self.last = seq;
        while self.anchors.front().is_some_and(|anchor| anchor.seq <= seq)
            && let Some(anchor) = self.anchors.pop_front()
        {
            // One that lies in a gap: the gap itself has been told.
            if anchor.seq == seq {
                self.compare(&anchor);
            }
        }
    }

    fn compare(&mut self, anchor: &Anchor) {
        if anchor.hash == countersign_protocol::base64url(&self.hash) {
            self.fitting += 1;
            self.signed = Some((anchor.seq, anchor.at)).max(self.signed);
        } else {
            self.tell(Problem::Rewritten { seq: anchor.seq, kept: anchor.kept.clone() });
        }
    }

    /// There are no more events: whatever was signed for and has not come is missing.
    pub fn end(&mut self) {
        for anchor in std::mem::take(&mut self.anchors) {
            let found = self.last;
            self.tell(Problem::Truncated { seq: anchor.seq, kept: anchor.kept, found });
        }
    }

    /// Whether the last event has this number and hash, as somebody wrote down.
    pub fn ends_with(&mut self, said: i64, hash: &[u8]) {
        if said != self.last {
            self.tell(Problem::End { said, found: self.last });
        } else if hash != self.hash {
            self.tell(Problem::EndHash { seq: said });
        }
    }
}

#[cfg(test)]
#[path = "chain_tests.rs"]
mod tests;
