//! Argon2id, for what people type: recovery codes and passwords. The work is done off the threads that serve requests,
//! and only so much of it at once that a storm of guesses cannot exhaust the memory.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::engine::Error;

/// What Argon2id costs: 19 MiB, two passes, one lane (OWASP's first choice).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// The same as a PHC string begins with.
const PARAMETERS: &str = "$argon2id$v=19$m=19456,t=2,p=1$";
/// Secrets that are hashed at once: 76 MiB.
const AT_ONCE: usize = 4;

/// What makes equal secrets different.
pub(in crate::engine) type Salt = [u8; 16];
/// What is left of a secret.
pub(in crate::engine) type Hash = Zeroizing<[u8; 32]>;

/// Where secrets are hashed.
#[derive(Debug)]
pub(in crate::engine) struct Hasher(Arc<Semaphore>);

impl Default for Hasher {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Hasher {
    /// The hashes of these secrets, one after the other. A caller who goes away ends the waiting, not the work.
    pub(in crate::engine) async fn hash(
        &self,
        secrets: Vec<(Zeroizing<String>, Salt)>,
    ) -> Result<Vec<Hash>, Error> {
        let permit = Arc::clone(&self.0).acquire_owned().await.map_err(|_| Error::Closing)?;
        let work = move || {
            let _permit = permit;
            secrets.iter().map(|(secret, salt)| hash(secret, salt)).collect()
        };
        // It ends without a result only when the runtime does.
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::Closing)?
    }
}

fn hash(secret: &str, salt: &Salt) -> Result<Hash, Error> {
    let failed = |_| Error::Damaged("hash");
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(32)).map_err(failed)?;
    let mut out = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(secret.as_bytes(), salt, &mut *out)
        .map_err(failed)?;
    Ok(out)
}

/// The PHC string that is kept.
pub(in crate::engine) fn written(salt: &Salt, hash: &Hash) -> String {
    format!("{PARAMETERS}{}${}", STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(**hash))
}

/// Salt and hash out of a PHC string of ours; none for other parameters, which are another version's.
pub(in crate::engine) fn read(text: &str) -> Option<(Salt, [u8; 32])> {
    let (salt, hash) = text.strip_prefix(PARAMETERS)?.split_once('$')?;
    let bytes = |text| STANDARD_NO_PAD.decode(text).ok();
    Some((bytes(salt)?.try_into().ok()?, bytes(hash)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s23_what_is_kept_is_argon2id_and_is_read_back() {
        let hash = hash("secret", &[7; 16]).unwrap();
        let text = written(&[7; 16], &hash);
        assert!(text.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{text}");
        assert_eq!(read(&text), Some(([7; 16], *hash)));
        assert_eq!(read(&text.replace("t=2", "t=1")), None, "other parameters are another version's");
    }
}
