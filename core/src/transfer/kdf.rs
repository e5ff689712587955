//! Keys from passwords, as other apps derive them, with costs that come from the file and are therefore bounded (P5).
//!
//! Bounds are checked before any work and any memory; what is allowed but long is asked about first. Which parameters a
//! format has is known in its own folder; the password itself comes from [`Source::password`].

use aes::cipher::{Array, BlockCipherEncrypt as _, KeyInit as _};
use ring::hmac;
use zeroize::Zeroizing;

use super::{Source, TransferError};

/// Iterations of PBKDF2, at most.
const MAX_ITERATIONS: u64 = 10_000_000;
/// Memory of Argon2 and scrypt, at most, in KiB: 1 GiB (Ente really uses as much).
const MAX_MEMORY_KIB: u64 = 1_048_576;
/// Passes × memory of Argon2, at most, in KiB: 16 GiB.
const MAX_PASSED_KIB: u64 = 16 * 1_048_576;
/// Rounds of AES-KDF, at most.
const MAX_AES_ROUNDS: u64 = 200_000_000;
/// What is computed without asking: memory in MiB and seconds.
const ASKED_ABOVE: (u64, u64) = (256, 3);
/// How much is computed between two looks whether to go on.
const SLICE: u64 = 4096;

/// A derived key; wiped when dropped.
pub(super) type Derived<const N: usize> = Zeroizing<[u8; N]>;

/// The hash under PBKDF2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    /// HMAC-SHA-1.
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

/// PBKDF2 (RFC 8018 §5.2), 1 to 10 000 000 iterations. Can be stopped in the middle.
///
/// # Errors
/// [`TransferError::CostOutOfBounds`], [`TransferError::Costly`], [`TransferError::Cancelled`].
pub(super) fn pbkdf2<const N: usize>(
    source: &Source<'_>,
    hash: Hash,
    password: &[u8],
    salt: &[u8],
    iterations: u64,
) -> Result<Derived<N>, TransferError> {
    if !(1..=MAX_ITERATIONS).contains(&iterations) {
        return Err(out_of_bounds(format!("{iterations} iterations of PBKDF2")));
    }
    let algorithm = match hash {
        Hash::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha256 => hmac::HMAC_SHA256,
        Hash::Sha512 => hmac::HMAC_SHA512,
    };
    let width = algorithm.digest_algorithm().output_len();
    let blocks = N.div_ceil(width);
    // About 1.5 million HMACs a second on one slow core.
    agreed(source, 0, iterations.saturating_mul(blocks as u64) / 1_500_000)?;
    let key = hmac::Key::new(algorithm, password);
    let mut derived = Zeroizing::new([0; N]);
    for (out, number) in derived.chunks_mut(width).zip(1_u32..) {
        let mut context = hmac::Context::with_key(&key);
        context.update(salt);
        context.update(&number.to_be_bytes());
        let mut last = context.sign();
        xor(out, last.as_ref());
        for done in 1..iterations {
            if done % SLICE == 0 {
                source.go_on()?;
            }
            last = hmac::sign(&key, last.as_ref());
            xor(out, last.as_ref());
        }
    }
    Ok(derived)
}

/// scrypt (RFC 7914): `n` a power of two to 2²⁰, `128·n·r` to 1 GiB, `p` to 16.
///
/// # Errors
/// [`TransferError::CostOutOfBounds`], [`TransferError::Costly`], [`TransferError::NotEnoughMemory`].
pub(super) fn scrypt<const N: usize>(
    source: &Source<'_>,
    password: &[u8],
    salt: &[u8],
    (n, r, p): (u64, u64, u64),
) -> Result<Derived<N>, TransferError> {
    let refuse = || out_of_bounds(format!("scrypt with n = {n}, r = {r}, p = {p}"));
    let bytes = 128_u64.checked_mul(n).and_then(|bytes| bytes.checked_mul(r)).ok_or_else(refuse)?;
    let fits = n.is_power_of_two() && (2..=1 << 20).contains(&n) && r >= 1 && (1..=16).contains(&p);
    if !fits || bytes > MAX_MEMORY_KIB * 1024 {
        return Err(refuse());
    }
    // About 400 MiB a second.
    agreed(source, bytes >> 20, bytes.saturating_mul(p) / (400 << 20))?;
    let narrow = |value: u64| u32::try_from(value).map_err(|_| refuse());
    let log_n = u8::try_from(n.trailing_zeros()).map_err(|_| refuse())?;
    let params = scrypt::Params::new(log_n, narrow(r)?, narrow(p)?).map_err(|_| refuse())?;
    // The library takes its memory without asking; this asks for it first, so that a refusal is an error.
    drop(memory::<u8>(usize::try_from(bytes).map_err(|_| refuse())?, bytes >> 20)?);
    let mut derived = Zeroizing::new([0; N]);
    scrypt::scrypt(password, salt, &params, derived.as_mut_slice()).map_err(|_| refuse())?;
    Ok(derived)
}

/// Which Argon2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Argon2 {
    /// Argon2id.
    Id,
    /// Argon2d (KeePass).
    D,
}

/// Argon2 version 0x13 (RFC 9106): memory to 1 GiB, passes × memory to 16 GiB, lanes to 64.
///
/// # Errors
/// [`TransferError::CostOutOfBounds`] (also for a salt that is too short), [`TransferError::Costly`],
/// [`TransferError::NotEnoughMemory`].
pub(super) fn argon2<const N: usize>(
    source: &Source<'_>,
    kind: Argon2,
    password: &[u8],
    salt: &[u8],
    (memory_kib, passes, lanes): (u64, u64, u64),
) -> Result<Derived<N>, TransferError> {
    let refuse = || {
        out_of_bounds(format!(
            "Argon2 with {memory_kib} KiB of memory, {passes} passes, {lanes} lanes and a salt of {} bytes",
            salt.len()
        ))
    };
    let passed = memory_kib.checked_mul(passes).ok_or_else(refuse)?;
    let fits = (1..=64).contains(&lanes)
        && passes >= 1
        && memory_kib >= 8 * lanes
        && memory_kib <= MAX_MEMORY_KIB
        && passed <= MAX_PASSED_KIB
        && (8..=1024).contains(&salt.len());
    if !fits {
        return Err(refuse());
    }
    // About 1 GiB of passes a second.
    agreed(source, memory_kib >> 10, passed >> 20)?;
    let narrow = |value: u64| u32::try_from(value).map_err(|_| refuse());
    let params = argon2::Params::new(narrow(memory_kib)?, narrow(passes)?, narrow(lanes)?, Some(N))
        .map_err(|_| refuse())?;
    // Our own memory instead of the library's: an allocation that fails is an error here, and the blocks are wiped.
    let count = params.block_count();
    let mut blocks = Zeroizing::new(memory(count, memory_kib >> 10)?);
    blocks.resize(count, argon2::Block::default());
    let algorithm = match kind {
        Argon2::Id => argon2::Algorithm::Argon2id,
        Argon2::D => argon2::Algorithm::Argon2d,
    };
    let mut derived = Zeroizing::new([0; N]);
    argon2::Argon2::new(algorithm, argon2::Version::V0x13, params)
        .hash_password_into_with_memory(password, salt, derived.as_mut_slice(), blocks.as_mut_slice())
        .map_err(|_| refuse())?;
    source.go_on()?;
    Ok(derived)
}

/// AES-KDF of KeePass without its last SHA-256: `rounds` times AES-256 over both blocks, to 200 million. Can be stopped
/// in the middle.
///
/// # Errors
/// [`TransferError::CostOutOfBounds`], [`TransferError::Costly`], [`TransferError::Cancelled`].
pub(super) fn aes_kdf(
    source: &Source<'_>,
    key: &[u8; 32],
    seed: &[u8; 32],
    rounds: u64,
) -> Result<Derived<32>, TransferError> {
    if rounds > MAX_AES_ROUNDS {
        return Err(out_of_bounds(format!("{rounds} rounds of AES")));
    }
    // About 20 million rounds a second.
    agreed(source, 0, rounds / 20_000_000)?;
    let cipher = aes::Aes256::new(&Array::from(*seed));
    let mut derived = Zeroizing::new(*key);
    let (first, second) = derived.split_at_mut(16);
    for half in [first, second] {
        let mut block = Array::try_from(&*half).unwrap_or_default();
        for done in 0..rounds {
            if done % SLICE == 0 {
                source.go_on()?;
            }
            cipher.encrypt_block(&mut block);
        }
        half.copy_from_slice(&block);
    }
    Ok(derived)
}

fn out_of_bounds(what: String) -> TransferError {
    TransferError::CostOutOfBounds { what }
}

/// Asks the person first when it takes long, unless they agreed already.
fn agreed(source: &Source<'_>, memory_mib: u64, seconds: u64) -> Result<(), TransferError> {
    source.go_on()?;
    let (free_mib, free_seconds) = ASKED_ABOVE;
    if source.may_be_costly() || (memory_mib <= free_mib && seconds <= free_seconds) {
        return Ok(());
    }
    let narrow = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    Err(TransferError::Costly { memory_mib: narrow(memory_mib), seconds: narrow(seconds.max(1)) })
}

/// Room for `count` items, or an error instead of an abort.
fn memory<T>(count: usize, mib: u64) -> Result<Vec<T>, TransferError> {
    let mut room = Vec::new();
    let lacking =
        |_| TransferError::NotEnoughMemory { memory_mib: u32::try_from(mib.max(1)).unwrap_or(u32::MAX) };
    room.try_reserve_exact(count).map_err(lacking)?;
    Ok(room)
}

fn xor(out: &mut [u8], with: &[u8]) {
    out.iter_mut().zip(with).for_each(|(out, with)| *out ^= with);
}
