//! The file that stands where a provider would, for whoever develops: each message as it would have gone out, codes and
//! all. In production there is none.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign_protocol::id::TenantId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::engine::{Attempt, Content, Parcel};
use crate::timestamp::rfc3339;

/// Messages that are kept; older ones are removed.
const KEPT: usize = 1_000;
/// Messages between two looks at how many there are.
const LOOK_EVERY: usize = 100;

/// A directory of messages.
#[derive(Debug)]
pub struct Sink {
    directory: PathBuf,
    written: AtomicUsize,
}

impl Sink {
    /// In this directory, which is made with the first message.
    #[must_use]
    pub fn new(directory: PathBuf) -> Self {
        Self { directory, written: AtomicUsize::new(0) }
    }

    /// Writes a message at `now`, in milliseconds since 1970. A message that is sent again takes its own place.
    pub async fn write(&self, parcel: &Parcel, now: i64) -> Attempt {
        let look = self.written.fetch_add(1, Ordering::Relaxed).is_multiple_of(LOOK_EVERY);
        let (directory, name) = (self.directory.clone(), format!("{}.json", parcel.id));
        let text = format!("{:#}\n", shown(parcel, now));
        let work = move || {
            put(&directory, &name, &text)?;
            if look { remove_oldest(&directory) } else { Ok(()) }
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(Ok(())) => Attempt::done(None, None),
            Ok(Err(error)) => {
                tracing::error!(%error, directory = %self.directory.display(), "a message could not be written to a file");
                Attempt::failed("file")
            }
            Err(_) => Attempt::failed("file"),
        }
    }
}

impl Sink {
    /// The newest messages of a tenant that were made before the one named, at most so many.
    ///
    /// # Errors
    /// The directory cannot be read.
    pub async fn newest(
        &self,
        tenant: TenantId,
        before: Option<Uuid>,
        limit: usize,
    ) -> io::Result<Vec<Value>> {
        let (directory, tenant) = (self.directory.clone(), tenant.to_string());
        let work = move || newest(&directory, &tenant, before, limit);
        tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
    }
}

/// Names begin with the time at which the message was made, so the newest come first.
fn newest(directory: &Path, tenant: &str, before: Option<Uuid>, limit: usize) -> io::Result<Vec<Value>> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let id = |path: &Path| path.file_stem()?.to_str()?.parse::<Uuid>().ok();
    let mut named: Vec<(Uuid, PathBuf)> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter_map(|path| Some((id(&path)?, path)))
        .filter(|(id, _)| before.is_none_or(|before| *id < before))
        .collect();
    named.sort_by(|(one, _), (other, _)| other.cmp(one));
    // One that was removed meanwhile is not shown.
    let read = |(_, path): (Uuid, PathBuf)| serde_json::from_str(&fs::read_to_string(path).ok()?).ok();
    let own = |message: &Value| message.get("tenant").and_then(Value::as_str) == Some(tenant);
    Ok(named.into_iter().filter_map(read).filter(own).take(limit).collect())
}

fn shown(parcel: &Parcel, now: i64) -> Value {
    let (channel, tenant) = (parcel.provider.channel.as_str(), parcel.tenant.to_string());
    let expires_at = parcel.expires_at.map(rfc3339);
    let mut shown = json!({
        "channel": channel, "tenant": tenant, "id": parcel.id.to_string(), "at": rfc3339(now),
        "expires_at": expires_at,
    });
    let rest = match &parcel.content {
        Content::Push(push) => json!({
            "device": push.device.to_string(), "token": push.token, "session_id": push.challenge,
            "language": push.language,
        }),
        Content::Message(message) => json!(message),
    };
    if let (Value::Object(shown), Value::Object(rest)) = (&mut shown, rest) {
        // The tenant's name in the message stands beside its id.
        for (key, value) in rest {
            let key = if key == "tenant" { "tenant_name".to_owned() } else { key };
            shown.insert(key, value);
        }
    }
    shown
}

/// Under another name first, so that whoever looks finds a whole message.
fn put(directory: &Path, name: &str, text: &str) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let unfinished = directory.join(format!(".{name}"));
    let mut file =
        OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    drop(file);
    fs::rename(unfinished, directory.join(name))
}

/// Names begin with the time at which the message was made.
fn remove_oldest(directory: &Path) -> io::Result<()> {
    let mut names: Vec<PathBuf> =
        fs::read_dir(directory)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    let surplus = names.len().saturating_sub(KEPT);
    if surplus > 0 {
        names.sort();
    }
    for path in names.into_iter().take(surplus) {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_message_is_for_its_owner_only_and_takes_its_own_place() {
        let dir = tempfile::tempdir().unwrap();
        let outbox = dir.path().join("outbox");
        put(&outbox, "1.json", "first").unwrap();
        put(&outbox, "1.json", "again").unwrap();
        assert_eq!(fs::read_to_string(outbox.join("1.json")).unwrap(), "again");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&outbox), mode(&outbox.join("1.json"))), (0o700, 0o600));
        assert_eq!(fs::read_dir(&outbox).unwrap().count(), 1);
    }

    #[test]
    fn s40_a_tenant_sees_its_own_messages_newest_first_and_nobody_elses() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(newest(&dir.path().join("none"), "a", None, 9).unwrap(), Vec::<Value>::new());
        for (n, tenant) in [(1, "a"), (2, "b"), (3, "a"), (4, "a")] {
            let text = json!({"tenant": tenant, "n": n}).to_string();
            put(dir.path(), &format!("{}.json", Uuid::from_u128(n)), &text).unwrap();
        }
        put(dir.path(), &format!("{}.json", Uuid::from_u128(9)), "torn").unwrap();
        put(dir.path(), "name.json", "{}").unwrap();
        let seen = |before: Option<u128>, limit| -> Vec<u64> {
            let all = newest(dir.path(), "a", before.map(Uuid::from_u128), limit).unwrap();
            all.iter().map(|message| message["n"].as_u64().unwrap()).collect()
        };
        assert_eq!(seen(None, 9), [4, 3, 1]);
        assert_eq!(seen(None, 2), [4, 3]);
        assert_eq!(seen(Some(3), 9), [1]);
    }

    #[test]
    fn the_oldest_go_and_the_newest_stay() {
        let dir = tempfile::tempdir().unwrap();
        for n in 0..KEPT + 5 {
            put(dir.path(), &format!("{n:05}.json"), "").unwrap();
        }
        remove_oldest(dir.path()).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), KEPT);
        assert!(!dir.path().join("00004.json").exists() && dir.path().join("00005.json").exists());
    }
}
