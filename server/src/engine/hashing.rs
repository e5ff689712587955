//! Argon2id, for what people type: recovery codes and passwords. The work is done off the threads that serve requests,
//! and only so much of it at once that a storm of guesses cannot exhaust the memory.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::engine::Error;

/// What Argon2id costs, with one lane.
#[derive(Debug, Clone, Copy)]
struct Cost {
    memory_kib: u32,
    passes: u32,
}

/// 19 MiB and two passes: OWASP's first choice.
const FULL: Cost = Cost { memory_kib: 19 * 1024, passes: 2 };
/// The least that there is.
const LEAST: Cost = Cost { memory_kib: 8, passes: 1 };

impl Cost {
    /// As a PHC string begins with it.
    fn written(self) -> String {
        format!("$argon2id$v=19$m={},t={},p=1$", self.memory_kib, self.passes)
    }
}

/// Secrets that are hashed at once: 76 MiB.
const AT_ONCE: usize = 4;
/// Callers who wait for their turn at most: two seconds' work or so. Whoever comes then is told to come again, so that a
/// storm neither fills the memory nor lets everybody wait until their time is up.
const WAITING: usize = 64;
/// Seconds after which those come again.
const BUSY_FOR: u64 = 2;

/// What makes equal secrets different.
pub(in crate::engine) type Salt = [u8; 16];
/// What is left of a secret.
pub(in crate::engine) type Hash = Zeroizing<[u8; 32]>;

/// Where secrets are hashed.
#[derive(Debug)]
pub(in crate::engine) struct Hasher {
    running: Arc<Semaphore>,
    waiting: Semaphore,
    memory: Arc<Memory>,
    runs: Arc<AtomicU64>,
    cost: Cost,
}

/// The memory in which secrets are hashed, as much as is hashed at once and no more. It is kept and used again: given
/// back each time, the allocator would hold on to several times as much, in a place for each thread.
#[derive(Debug, Default)]
struct Memory(Mutex<Vec<Vec<Block>>>);

impl Memory {
    fn take(&self) -> Vec<Block> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Keeps it, with nothing of a secret in it.
    fn put(&self, mut blocks: Vec<Block>) {
        blocks.fill(Block::new());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(blocks);
    }
}

impl Default for Hasher {
    fn default() -> Self {
        let (running, waiting) = (Arc::new(Semaphore::new(AT_ONCE)), Semaphore::new(WAITING));
        Self { running, waiting, memory: Arc::default(), runs: Arc::default(), cost: FULL }
    }
}

impl Hasher {
    /// One whose hashes cost next to nothing, and protect nothing.
    pub(in crate::engine) fn for_tests() -> Self {
        Self { cost: LEAST, ..Self::default() }
    }

    /// The hashes of these secrets, one after the other. A caller who goes away while waiting frees the place; work that
    /// has begun is finished.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many wait already.
    pub(in crate::engine) async fn hash(
        &self,
        secrets: Vec<(Zeroizing<String>, Salt)>,
    ) -> Result<Vec<Hash>, Error> {
        let place = self.waiting.try_acquire().map_err(|_| Error::Busy { retry_after: BUSY_FOR })?;
        let permit = Arc::clone(&self.running).acquire_owned().await.map_err(|_| Error::Closing)?;
        drop(place);
        let (memory, runs, cost) = (Arc::clone(&self.memory), Arc::clone(&self.runs), self.cost);
        let work = move || {
            let mut blocks = memory.take();
            let one = |(secret, salt): &(Zeroizing<String>, Salt)| {
                runs.fetch_add(1, Ordering::Relaxed);
                hash(cost, secret, salt, &mut blocks)
            };
            let hashes = secrets.iter().map(one).collect();
            memory.put(blocks);
            drop(permit);
            hashes
        };
        // It ends without a result only when the runtime does.
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::Closing)?
    }

    /// How many secrets were hashed so far.
    pub(in crate::engine) fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    /// The PHC string that is kept.
    pub(in crate::engine) fn written(&self, salt: &Salt, hash: &Hash) -> String {
        let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(**hash));
        format!("{}{salt}${hash}", self.cost.written())
    }

    /// Salt and hash out of a PHC string of ours; none for other parameters, which are another version's.
    pub(in crate::engine) fn read(&self, text: &str) -> Option<(Salt, [u8; 32])> {
        let (salt, hash) = text.strip_prefix(&self.cost.written())?.split_once('$')?;
        let bytes = |text| STANDARD_NO_PAD.decode(text).ok();
        Some((bytes(salt)?.try_into().ok()?, bytes(hash)?.try_into().ok()?))
    }
}

fn hash(cost: Cost, secret: &str, salt: &Salt, blocks: &mut Vec<Block>) -> Result<Hash, Error> {
    let failed = |_| Error::Damaged("hash");
    let params = Params::new(cost.memory_kib, cost.passes, 1, Some(32)).map_err(failed)?;
    blocks.resize(params.block_count(), Block::new());
    let mut out = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(secret.as_bytes(), salt, &mut *out, blocks.as_mut_slice())
        .map_err(failed)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn s23_what_is_kept_is_argon2id_and_is_read_back() {
        let (hash, hasher) = (hash(FULL, "secret", &[7; 16], &mut Vec::new()).unwrap(), Hasher::default());
        let text = hasher.written(&[7; 16], &hash);
        assert!(text.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{text}");
        assert_eq!(hasher.read(&text), Some(([7; 16], *hash)));
        assert_eq!(hasher.read(&text.replace("t=2", "t=1")), None, "other parameters are another version's");
        assert_eq!(
            hasher.read(&Hasher::for_tests().written(&[7; 16], &hash)),
            None,
            "nor do cheap ones count"
        );
    }

    #[tokio::test]
    async fn s26_few_wait_at_once_and_whoever_goes_away_frees_the_place() {
        let hasher = Hasher::default();
        let secret = || vec![(Zeroizing::new("secret".to_owned()), [7; 16])];
        let all =
            Arc::clone(&hasher.running).acquire_many_owned(u32::try_from(AT_ONCE).unwrap()).await.unwrap();
        let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(hasher.hash(secret()))).collect();
        assert!(waiting.iter_mut().all(|one| one.as_mut().now_or_never().is_none()));
        let busy = hasher.hash(secret()).now_or_never();
        assert!(matches!(busy, Some(Err(Error::Busy { .. }))), "{busy:?}");
        waiting.pop();
        assert!(hasher.hash(secret()).now_or_never().is_none(), "a place is free again");
        drop(waiting);
        drop(all);
        assert_eq!(
            (hasher.hash(secret()).await.unwrap().len(), hasher.runs()),
            (1, 1),
            "and no work was done before"
        );
    }

    #[tokio::test]
    async fn s23_memory_is_used_again_and_nothing_of_a_secret_stays_in_it() {
        let hasher = Hasher::default();
        let secret = |text: &str| vec![(Zeroizing::new(text.to_owned()), [7; 16])];
        let first = hasher.hash(secret("secret")).await.unwrap();
        assert_eq!(*first[0], *hash(FULL, "secret", &[7; 16], &mut Vec::new()).unwrap());
        hasher.hash(secret("another")).await.unwrap();
        assert_eq!(
            *hasher.hash(secret("secret")).await.unwrap()[0],
            *first[0],
            "whatever was hashed there before"
        );
        let kept = hasher.memory.0.lock().unwrap();
        assert_eq!((kept.len(), kept[0].len()), (1, 19 * 1024));
        assert!(kept[0].iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
    }
}
