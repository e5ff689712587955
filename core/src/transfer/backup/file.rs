//! The sealed file: a header with the costs of the password, AES-256-GCM over the contents, and a checksum.
//!
//! The checksum is plain SHA-256 over everything before it, and no protection: it tells damage from a wrong password (P4)
//! before the password is checked at all. What protects is the seal, which covers the header too.

use ring::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use zeroize::Zeroizing;

use super::MAGIC;
use crate::transfer::kdf::{Argon2, Derived, argon2};
use crate::transfer::{Format, Source, TransferError, cipher};
use crate::vault::{PasswordCost, normal_password};

const VERSION: u16 = 1;
const SALT_BYTES: usize = 16;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
/// Magic, version, three costs, salt.
const HEADER_BYTES: usize = MAGIC.len() + 2 + 3 * 4 + SALT_BYTES;

/// The key that a password gives, with what is needed to make it again. Kept in the vault for backups that are made by
/// themselves: the password itself is not.
#[derive(Clone)]
pub(crate) struct BackupKey {
    cost: PasswordCost,
    salt: [u8; SALT_BYTES],
    key: Derived<32>,
}

impl std::fmt::Debug for BackupKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BackupKey(…)")
    }
}

impl BackupKey {
    /// `salt` is random, and new for each key.
    ///
    /// # Errors
    /// [`TransferError::NotEnoughMemory`], [`TransferError::CostOutOfBounds`].
    pub(crate) fn from_password(
        password: &str,
        cost: PasswordCost,
        salt: [u8; SALT_BYTES],
    ) -> Result<Self, TransferError> {
        // The person asked for it themselves, so nothing about the cost needs asking.
        Self::derive(&Source::new(&[]).even_if_costly(), password, cost, salt)
    }

    fn derive(
        source: &Source<'_>,
        password: &str,
        cost: PasswordCost,
        salt: [u8; SALT_BYTES],
    ) -> Result<Self, TransferError> {
        let PasswordCost { memory_kib, passes, lanes } = cost;
        let costs = (memory_kib.into(), passes.into(), lanes.into());
        let key = argon2(source, Argon2::Id, normal_password(password).as_bytes(), &salt, costs)?;
        Ok(Self { cost, salt, key })
    }

    /// For the vault: the header of its backups, and the key.
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(HEADER_BYTES + self.key.len()));
        bytes.extend_from_slice(&self.header());
        bytes.extend_from_slice(self.key.as_slice());
        bytes
    }

    /// What [`BackupKey::to_bytes`] gave; `None` for anything else.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (header, key) = bytes.split_last_chunk::<32>()?;
        let (cost, salt, _) = costs(header.strip_prefix(MAGIC)?.get(2..)?)?;
        Some(Self { cost, salt, key: Zeroizing::new(*key) })
    }

    fn header(&self) -> Vec<u8> {
        let PasswordCost { memory_kib, passes, lanes } = self.cost;
        let mut header = MAGIC.to_vec();
        header.extend_from_slice(&VERSION.to_be_bytes());
        for cost in [memory_kib, passes, lanes] {
            header.extend_from_slice(&cost.to_be_bytes());
        }
        header.extend_from_slice(&self.salt);
        header
    }
}

/// Costs and salt, and what follows them.
fn costs(bytes: &[u8]) -> Option<(PasswordCost, [u8; SALT_BYTES], &[u8])> {
    let (memory_kib, rest) = bytes.split_first_chunk()?;
    let (passes, rest) = rest.split_first_chunk()?;
    let (lanes, rest) = rest.split_first_chunk()?;
    let (salt, rest) = rest.split_first_chunk()?;
    let [memory_kib, passes, lanes] = [memory_kib, passes, lanes].map(|cost| u32::from_be_bytes(*cost));
    Some((PasswordCost { memory_kib, passes, lanes }, *salt, rest))
}

/// Seals `plain` into a whole file. `nonce` is random, and new for each file.
pub(crate) fn seal(key: &BackupKey, plain: &[u8], nonce: [u8; NONCE_BYTES]) -> Vec<u8> {
    let mut file = key.header();
    file.extend_from_slice(&nonce);
    // Key and nonce have their lengths by type. A file without a seal would be found out when it is opened again.
    let sealed = cipher::gcm_seal(key.key.as_slice(), &nonce, plain, &file).unwrap_or_default();
    file.extend_from_slice(&sealed);
    let checksum = digest(&SHA256, &file);
    file.extend_from_slice(checksum.as_ref());
    file
}

/// Opens a file with the password of `source`.
///
/// # Errors
/// [`TransferError::Damaged`], [`TransferError::UnsupportedVersion`], [`TransferError::NeedsPassword`],
/// [`TransferError::WrongPassword`], and what the costs give.
pub(super) fn open(source: &Source<'_>) -> Result<Zeroizing<Vec<u8>>, TransferError> {
    let parts = Parts::of(source.bytes())?;
    let key = BackupKey::derive(source, source.password()?, parts.cost, parts.salt)?;
    parts.open(&key)
}

/// Opens a file with the key it was sealed with.
///
/// # Errors
/// [`TransferError::Damaged`], [`TransferError::WrongPassword`] when it was sealed with another key.
pub(crate) fn open_with(key: &BackupKey, file: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransferError> {
    Parts::of(file)?.open(key)
}

/// A file taken apart, its checksum checked.
struct Parts<'a> {
    cost: PasswordCost,
    salt: [u8; SALT_BYTES],
    nonce: [u8; NONCE_BYTES],
    bound: &'a [u8],
    sealed: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(file: &'a [u8]) -> Result<Self, TransferError> {
        let cut = || damaged("its end is missing");
        let rest = file.strip_prefix(MAGIC).ok_or(TransferError::NotRecognised)?;
        let (version, rest) = rest.split_first_chunk().ok_or_else(cut)?;
        let version = u16::from_be_bytes(*version);
        if version != VERSION {
            let (format, version) = (Format::Backup, version.to_string());
            return Err(TransferError::UnsupportedVersion { format, version });
        }
        let whole = file.len().checked_sub(SHA256_OUTPUT_LEN).and_then(|at| file.split_at_checked(at));
        let (body, checksum) = whole.ok_or_else(cut)?;
        if digest(&SHA256, body).as_ref() != checksum {
            return Err(damaged("a part of it was changed or its end is missing"));
        }
        let (cost, salt, rest) = costs(rest).ok_or_else(cut)?;
        let (nonce, _) = rest.split_first_chunk().ok_or_else(cut)?;
        let (bound, sealed) = body.split_at_checked(HEADER_BYTES + NONCE_BYTES).ok_or_else(cut)?;
        if sealed.len() < TAG_BYTES {
            return Err(cut());
        }
        Ok(Self { cost, salt, nonce: *nonce, bound, sealed })
    }

    fn open(&self, key: &BackupKey) -> Result<Zeroizing<Vec<u8>>, TransferError> {
        // The checksum was right, so nothing but the key can be wrong.
        cipher::gcm_open(key.key.as_slice(), &self.nonce, self.sealed, self.bound)
            .ok_or(TransferError::WrongPassword)
    }
}

fn damaged(what: &str) -> TransferError {
    TransferError::Damaged { format: Format::Backup, what: what.to_owned() }
}
