//! Passwords: one form for one password, and what checking one costs.
//!
//! Where the derived key goes is decided in `slots`.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::VaultError;
use super::seal::{KEY_BYTES, Key};
use crate::host::Clock;

/// What Argon2id (RFC 9106) costs when a password is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB: `8 × lanes` to 1 048 576 (1 GiB).
    pub memory_kib: u32,
    /// Passes over that memory: 1 to 100.
    pub passes: u32,
    /// Lanes, computed one after the other here: 1 to 16.
    pub lanes: u32,
}

impl Default for PasswordCost {
    /// 64 MiB, 3 passes, 1 lane: the memory-constrained recommendation of RFC 9106 §4, on one lane because phones
    /// compute it on one core.
    fn default() -> Self {
        Self { memory_kib: Self::LEAST_MEMORY_KIB, passes: Self::LEAST_PASSES, lanes: 1 }
    }
}

/// New passwords have this many characters or get a remark. Length is all that is judged: rules about kinds of
/// characters make passwords worse (NIST SP 800-63B-4 §3.1.1.2).
pub const SHORT_PASSWORD_CHARACTERS: usize = 8;

/// Whether whoever copies the vault's file could try all passwords of this length.
#[must_use]
pub fn is_short_password(password: &str) -> bool {
    password.nfc().count() < SHORT_PASSWORD_CHARACTERS
}

impl PasswordCost {
    const MAX_MEMORY_KIB: u32 = 1_048_576;
    const MAX_PASSES: u32 = 100;
    const MAX_LANES: u32 = 16;

    /// What a calibration never goes below: see [`PasswordCost::default`].
    const LEAST_MEMORY_KIB: u32 = 65_536;
    const LEAST_PASSES: u32 = 3;
    /// What a calibration never goes above: 256 MiB and 10 passes, so that a vault made on a fast computer still opens
    /// on a small phone.
    const CALIBRATED_MEMORY_KIB: u32 = 262_144;
    const CALIBRATED_PASSES: u32 = 10;

    /// The cost that checking a password in about `target_ms` milliseconds allows on this device: at least the
    /// default. Run once when a password is set; takes as long as one pass over 64 MiB.
    ///
    /// # Errors
    /// [`VaultError::NotEnoughMemory`].
    pub fn calibrate(clock: &dyn Clock, target_ms: u32) -> Result<Self, VaultError> {
        let one_pass = Self { passes: 1, ..Self::default() };
        let before = clock.unix_ms();
        one_pass.derive("", &[0; 16])?;
        let took = clock.unix_ms().saturating_sub(before);
        Ok(Self::fitting(u32::try_from(took).ok(), target_ms))
    }

    /// The cost for a device that takes `pass_ms` milliseconds for one pass over 64 MiB; `None` when that is not known,
    /// as after a clock that was set back in between. Memory first, passes second (RFC 9106 §4).
    #[must_use]
    pub fn fitting(pass_ms: Option<u32>, target_ms: u32) -> Self {
        let Some(pass_ms) = pass_ms else { return Self::default() };
        // How many passes over 64 MiB there is time for.
        let mut passes = target_ms / pass_ms.max(1);
        let mut memory_kib = Self::LEAST_MEMORY_KIB;
        while memory_kib < Self::CALIBRATED_MEMORY_KIB && passes / 2 >= Self::LEAST_PASSES {
            memory_kib *= 2;
            passes /= 2;
        }
        Self { memory_kib, passes: passes.clamp(Self::LEAST_PASSES, Self::CALIBRATED_PASSES), lanes: 1 }
    }

    /// Refuses costs outside the bounds before any memory is taken (P5).
    pub(super) fn check(self) -> Result<Self, VaultError> {
        let Self { memory_kib, passes, lanes } = self;
        let fits = (1..=Self::MAX_LANES).contains(&lanes)
            && (1..=Self::MAX_PASSES).contains(&passes)
            && (8 * lanes..=Self::MAX_MEMORY_KIB).contains(&memory_kib);
        if fits { Ok(self) } else { Err(VaultError::CostOutOfBounds { memory_kib, passes, lanes }) }
    }

    /// The 256-bit key that `password`, byte for byte, and `salt` give at this cost.
    pub(super) fn derive(self, password: &str, salt: &[u8]) -> Result<Key, VaultError> {
        let Self { memory_kib, passes, lanes } = self.check()?;
        let out_of_bounds = |_| VaultError::CostOutOfBounds { memory_kib, passes, lanes };
        let params =
            argon2::Params::new(memory_kib, passes, lanes, Some(KEY_BYTES)).map_err(out_of_bounds)?;
        // Our own memory instead of the library's: an allocation that fails is an error here, not an abort, and the
        // blocks, from which the key could be computed again, are wiped.
        let mut blocks = Zeroizing::new(Vec::new());
        let count = params.block_count();
        blocks.try_reserve_exact(count).map_err(|_| VaultError::NotEnoughMemory { memory_kib })?;
        blocks.resize(count, argon2::Block::default());
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
            .hash_password_into_with_memory(
                password.as_bytes(),
                salt,
                key.as_mut_slice(),
                blocks.as_mut_slice(),
            )
            .map_err(|_| VaultError::corrupt("the password slot's salt"))?;
        Key::from_slice(key.as_slice()).ok_or_else(|| VaultError::corrupt("a derived key"))
    }
}

/// The form of a password that is stretched (NFC, as NIST SP 800-63B-4 §3.1.1.2 wants it): keyboards write the same
/// letter in different ways.
pub(crate) fn normal(password: &str) -> Zeroizing<String> {
    // With room from the beginning: a growing buffer would leave copies behind. NFC has at most three times the bytes.
    let mut normal = Zeroizing::new(String::with_capacity(password.len().saturating_mul(3)));
    normal.extend(password.nfc());
    normal
}
