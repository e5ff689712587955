//! A log as a file, one JSON object a line, that anyone can check later with nothing but the thumbprint of one of the
//! tenant's signing keys. `docs/audit.md` describes the lines.

use std::io::{BufRead, Read as _};

use countersign_protocol::checkpoint::Checkpoint;
use countersign_protocol::id::TenantId;
use countersign_protocol::jwk::{PublicKey, Thumbprint};
use countersign_protocol::jws::{self, Purpose};
use countersign_protocol::server_key::{KeyChain, MAX_SUCCESSIONS, Succession};
use countersign_protocol::{base64url, from_base64url};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::chain::{Hash, Problem, START, Walk};
use super::verify::anchor;
use crate::engine::{Engine, Error};
use crate::store::{EventRow, SealedRow};

/// Events read at once.
const PAGE: i64 = 1_000;
/// Bytes of a line at most: a chain of 256 keys fits in.
const LONGEST_LINE: u64 = 1024 * 1024;

/// A line of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum Line {
    /// The first one.
    Export {
        /// 1.
        v: u8,
        /// The server's id.
        server: String,
        /// Whose log.
        tenant: TenantId,
        /// The tenant's signing keys.
        keys: KeyChain,
        /// Number of the event before the first one here; 0 at the beginning of the log.
        after: i64,
        /// That event's hash, base64url; of 32 zeros at the beginning.
        previous: String,
    },
    /// An event.
    Event {
        /// Its number.
        seq: i64,
        /// Its id: a UUID, in lower case with hyphens.
        id: String,
        /// Milliseconds since 1970.
        at: i64,
        /// What happened.
        event: String,
        /// Who did it.
        actor: String,
        /// To what.
        subject: String,
        /// The client's IP address.
        address: Option<String>,
        /// A few words more.
        detail: Option<String>,
        /// Its hash, base64url.
        hash: Option<String>,
    },
    /// A checkpoint, after the event that it names.
    Checkpoint {
        /// The `cs-checkpoint+jwt`.
        jws: String,
    },
}

impl From<SealedRow> for Line {
    fn from(row: SealedRow) -> Self {
        let SealedRow { seq, hash, event } = row;
        let EventRow { id, at, name, actor, subject, address, detail } = event;
        let (id, hash) = (id.as_hyphenated().to_string(), hash.map(|hash| base64url(&hash)));
        Self::Event { seq, id, at, event: name, actor, subject, address, detail, hash }
    }
}

/// A log that is being handed out.
#[derive(Debug)]
pub struct Export {
    tenant: TenantId,
    /// The last event that was.
    after: i64,
    /// The last one that is wanted.
    last: i64,
    is_over: bool,
}

impl Engine {
    /// Hands out a tenant's log from the first event at or after `from` to the last one before `to` (milliseconds since
    /// 1970), and further to the next checkpoint, so that all of it can be checked. Seals and signs what is new first.
    /// `take` gets the lines and says whether to go on.
    ///
    /// Within a second or so events are in the order in which they were sealed, so the ends are as exact as that.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::Store`], [`Error::Seal`].
    pub async fn export_audit(
        &self,
        tenant: TenantId,
        from: Option<i64>,
        to: Option<i64>,
        mut take: impl FnMut(&Line) -> bool,
    ) -> Result<(), Error> {
        let (head, mut export) = self.begin_export(tenant, from, to).await?;
        let mut go_on = take(&head);
        while go_on && !export.is_over {
            go_on = self.export_page(&mut export).await?.iter().all(&mut take);
        }
        Ok(())
    }

    /// The same page by page: the first line, and where to go on with [`Engine::export_page`].
    ///
    /// # Errors
    /// As [`Engine::export_audit`].
    pub async fn begin_export(
        &self,
        tenant: TenantId,
        from: Option<i64>,
        to: Option<i64>,
    ) -> Result<(Line, Export), Error> {
        let keys = self.key_chain(tenant).await?;
        self.seal_audit().await?;
        let first = match from {
            Some(from) => self.first_at(tenant, from).await?,
            None => 1,
        };
        let last = match to {
            Some(to) => self.first_at(tenant, to).await?.saturating_sub(1),
            None => i64::MAX,
        };
        let after = first.saturating_sub(1);
        let before = self.store.sealed(tenant, after).await?.and_then(|row| row.hash);
        let previous = base64url(&before.unwrap_or_else(|| START.to_vec()));
        let server = self.server_id.clone();
        let head = Line::Export { v: 1, server, tenant, keys, after, previous };
        Ok((head, Export { tenant, after, last, is_over: false }))
    }

    /// The next lines: as many as a thousand events and their checkpoints are; none when it is over.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn export_page(&self, export: &mut Export) -> Result<Vec<Line>, Error> {
        let mut lines = Vec::new();
        if export.is_over {
            return Ok(lines);
        }
        let page = self.store.chain_after(export.tenant, export.after, PAGE).await?;
        let Some(end) = page.rows.last().map(|row| row.seq) else {
            export.is_over = true;
            return Ok(lines);
        };
        let (last, mut go_on) = (export.last, true);
        let mut checkpoints = page.checkpoints.into_iter().peekable();
        for row in page.rows {
            let seq = row.seq;
            go_on = go_on && (seq <= last || checkpoints.peek().is_some());
            if go_on {
                lines.push(row.into());
            }
            while let Some(signed) = checkpoints.next_if(|signed| signed.seq <= seq) {
                if go_on {
                    lines.push(Line::Checkpoint { jws: signed.jws });
                }
                go_on = go_on && seq < last;
            }
        }
        (export.after, export.is_over) = (end, !go_on);
        Ok(lines)
    }

    /// The number of the first event at or after a time; one more than the last when there is none.
    async fn first_at(&self, tenant: TenantId, at: i64) -> Result<i64, Error> {
        let head = self.store.unsealed(tenant, 1).await?.0;
        let (mut low, mut high) = (1, head.map_or(1, |head| head.seq.saturating_add(1)));
        while low < high {
            let middle = low + (high - low) / 2;
            // A gap is passed by; checking the log tells of it.
            let later = self.store.sealed(tenant, middle).await?.is_some_and(|row| row.event.at >= at);
            if later {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Ok(low)
    }
}

/// What a file holds.
#[derive(Debug)]
pub struct FileReport {
    /// Whose log, as the file says.
    pub tenant: TenantId,
    /// The server, as the file says.
    pub server: String,
    /// The walk along it.
    pub walk: Walk,
    /// The first event's number.
    pub first: i64,
    /// Checkpoints by keys older than the trusted one, which nobody here can judge.
    pub older: u64,
}

/// Why a file could not be looked at at all.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It could not be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// Its first line is not that of an export.
    #[error("this is not an export of an audit log, or of a later version: its first line does not fit")]
    Head,
    /// Its keys are not connected with the trusted one.
    #[error("the file's signing keys do not descend from the key you trust; is it the right tenant's?")]
    Key,
}

/// Checks an exported log. `trusted` is one of the tenant's signing keys, known from elsewhere: a file cannot vouch for
/// itself. Reads line by line.
///
/// # Errors
/// [`FileError`]; what does not fit further down stands in the report.
pub fn check_file(mut input: impl BufRead, trusted: &Thumbprint) -> Result<FileReport, FileError> {
    let head = next_line(&mut input)?.and_then(|line| serde_json::from_str(&line).ok());
    let Some(Line::Export { v: 1, server, tenant, keys: chain, after, previous }) = head else {
        return Err(FileError::Head);
    };
    let (older_keys, keys) = sort_keys(&chain, trusted).ok_or(FileError::Key)?;
    let hash = from_base64url(&previous).and_then(|bytes| Hash::try_from(bytes.as_slice()).ok());
    let mut walk = Walk::new(tenant, after, hash.ok_or(FileError::Head)?);
    let (mut older, mut number) = (0, 1);
    while let Some(line) = next_line(&mut input)? {
        number += 1;
        match serde_json::from_str(&line) {
            Ok(Line::Checkpoint { jws }) => match anchor(&jws, &keys, tenant, "in the file", 0) {
                Ok(anchor) => walk.anchor(anchor),
                Err(_) if jws::verify::<Checkpoint>(&jws, Purpose::Checkpoint, &older_keys).is_ok() => {
                    older += 1;
                }
                Err(problem) => walk.tell(problem),
            },
            Ok(event @ Line::Event { .. }) => match sealed(event) {
                Some(row) => walk.row(&row),
                None => walk.tell(Problem::Line { line: number, why: "its id is no UUID".to_owned() }),
            },
            Ok(Line::Export { .. }) => {
                walk.tell(Problem::Line { line: number, why: "a second beginning".to_owned() });
            }
            Err(error) => walk.tell(Problem::Line { line: number, why: error.to_string() }),
        }
    }
    walk.end();
    if walk.signed.is_none_or(|(seq, _)| seq < walk.last) {
        let from = walk.signed.map_or(after.saturating_add(1), |(seq, _)| seq.saturating_add(1));
        walk.tell(Problem::Unsigned { from, to: walk.last });
    }
    Ok(FileReport { tenant, server, walk, first: after.saturating_add(1), older })
}

fn sealed(line: Line) -> Option<SealedRow> {
    let Line::Event { seq, id, at, event, actor, subject, address, detail, hash } = line else { return None };
    let text = id;
    let id = Uuid::try_parse(&text).ok().filter(|id| id.as_hyphenated().to_string() == text)?;
    let hash = hash.and_then(|hash| from_base64url(&hash));
    Some(SealedRow { seq, hash, event: EventRow { id, at, name: event, actor, subject, address, detail } })
}

/// The keys before the trusted one, and those from it on: each is vouched for by the one before, so a trusted key says
/// nothing about what came before it.
fn sort_keys(chain: &KeyChain, trusted: &Thumbprint) -> Option<(Vec<PublicKey>, Vec<PublicKey>)> {
    let mut all = vec![chain.root];
    for compact in chain.successions.iter().take(MAX_SUCCESSIONS) {
        let before = [*all.last()?];
        all.push(jws::verify::<Succession>(compact, Purpose::ServerKey, &before).ok()?.claims.key);
    }
    let place = all.iter().position(|key| key.thumbprint() == *trusted)?;
    let from = all.split_off(place);
    Some((all, from))
}

fn next_line(input: &mut impl BufRead) -> Result<Option<String>, std::io::Error> {
    let mut line = String::new();
    let read = input.by_ref().take(LONGEST_LINE).read_line(&mut line)?;
    Ok((read > 0).then_some(line))
}
