//! How members of an archive are encrypted: not at all, by ZipCrypto (APPNOTE §6.1), or by WinZip's AES (AE-1, AE-2).
//!
//! ZipCrypto is broken and says little of a wrong password; it is read because other apps still write it.

use zeroize::Zeroizing;

use super::directory::{damaged, half};
use crate::transfer::kdf::{self, Hash};
use crate::transfer::{Source, TransferError, cipher};

/// The extra field in which WinZip says how it encrypted.
const AES_FIELD: usize = 0x9901;
/// The method of members that have that field.
const AES_METHOD: usize = 99;

/// How a member is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protection {
    None,
    /// With the byte that the last one of its head has to be.
    ZipCrypto {
        check: u8,
    },
    Aes(Strength),
}

/// Bits of WinZip's AES key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strength {
    Aes128,
    Aes192,
    Aes256,
}

impl Protection {
    /// What flags, method and extra fields of the directory say, and by which method the content is packed.
    ///
    /// # Errors
    /// [`TransferError::DamagedArchive`], [`TransferError::Unsupported`].
    pub(super) fn of(
        flags: usize,
        method: usize,
        extra: &[u8],
        crc: u32,
        time: usize,
    ) -> Result<(Self, usize), TransferError> {
        if method == AES_METHOD {
            return aes(extra).ok_or_else(|| damaged("it does not say how it is encrypted"));
        }
        // Bit 0: encrypted. Bit 6: by one of PKWARE's own ways, which no such app uses.
        match (flags & 1, flags & 0x40) {
            (0, _) => Ok((Self::None, method)),
            (_, 0) => {
                // With bit 3 the checksum was not known yet when the head was written.
                let [_, time, ..] = time.to_le_bytes();
                let [.., highest] = crc.to_le_bytes();
                Ok((Self::ZipCrypto { check: if flags & 8 != 0 { time } else { highest } }, method))
            }
            _ => Err(TransferError::Unsupported {
                reason: "This ZIP archive is encrypted in a way that is not read here. Unpack it, and choose the file in it.",
            }),
        }
    }

    /// Whether only the content's checksum says that it is whole; WinZip's AES has a MAC, and AE-2 no checksum.
    pub(super) const fn leaves_check_to_content(self) -> bool {
        !matches!(self, Self::Aes(_))
    }

    /// What it means when the content does not fit the directory.
    pub(super) fn does_not_fit(self) -> TransferError {
        match self {
            Self::ZipCrypto { .. } => TransferError::WrongPasswordOrDamaged,
            Self::None | Self::Aes(_) => damaged("a file in it is broken off or changed"),
        }
    }

    /// The bytes below the encryption.
    ///
    /// # Errors
    /// As [`super::read`].
    pub(super) fn remove(
        self,
        data: &[u8],
        source: &Source<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, TransferError> {
        match self {
            Self::None => Ok(Zeroizing::new(data.to_vec())),
            Self::ZipCrypto { check } => zip_crypto(data, source.password()?, check),
            Self::Aes(Strength::Aes128) => winzip::<34, ctr::Ctr128LE<aes::Aes128>>(data, source, 16),
            Self::Aes(Strength::Aes192) => winzip::<50, ctr::Ctr128LE<aes::Aes192>>(data, source, 24),
            Self::Aes(Strength::Aes256) => winzip::<66, ctr::Ctr128LE<aes::Aes256>>(data, source, 32),
        }
    }
}

fn aes(extra: &[u8]) -> Option<(Protection, usize)> {
    let mut rest = extra;
    loop {
        let (id, length) = (half(rest, 0)?, half(rest, 2)?);
        let field = rest.get(4..4 + length)?;
        if id == AES_FIELD {
            let strength = match field.get(4)? {
                1 => Strength::Aes128,
                2 => Strength::Aes192,
                3 => Strength::Aes256,
                _ => return None,
            };
            return Some((Protection::Aes(strength), half(field, 5)?));
        }
        rest = rest.get(4 + length..)?;
    }
}

/// `salt ‖ verifier(2) ‖ ciphertext ‖ MAC(10)`; `N` is two keys and the verifier.
fn winzip<const N: usize, C>(
    data: &[u8],
    source: &Source<'_>,
    key: usize,
) -> Result<Zeroizing<Vec<u8>>, TransferError>
where
    C: aes::cipher::KeyIvInit + aes::cipher::StreamCipher,
{
    let parts = data.split_at_checked(key / 2).and_then(|(salt, rest)| {
        let (verifier, rest) = rest.split_at_checked(2)?;
        let (body, mac) = rest.split_at_checked(rest.len().checked_sub(10)?)?;
        Some((salt, verifier, body, mac))
    });
    let Some((salt, verifier, body, mac)) = parts else { return Err(damaged("a file in it is broken off")) };
    let derived = kdf::pbkdf2::<N>(source, Hash::Sha1, source.password()?.as_bytes(), salt, 1000)?;
    let (keys, expected) = derived.split_at(2 * key);
    if expected != verifier {
        return Err(TransferError::WrongPassword);
    }
    let (key, mac_key) = keys.split_at(key);
    if !cipher::hmac_sha1_fits(mac_key, &[body], mac) {
        return Err(damaged("a file in it is broken off or changed"));
    }
    // The counter begins at 1, lowest byte first.
    let cipher = C::new_from_slices(key, &1_u128.to_le_bytes());
    let mut cipher = cipher.map_err(|_| damaged("it does not say how it is encrypted"))?;
    let mut plain = Zeroizing::new(body.to_vec());
    cipher.apply_keystream(&mut plain);
    Ok(plain)
}

fn zip_crypto(data: &[u8], password: &str, check: u8) -> Result<Zeroizing<Vec<u8>>, TransferError> {
    let mut keys = Keys::new(password.as_bytes());
    let mut plain = Zeroizing::new(data.to_vec());
    plain.iter_mut().for_each(|byte| *byte = keys.decrypt(*byte));
    // Twelve random bytes go before; only the last one is known.
    match plain.split_at_checked(12) {
        None => Err(damaged("a file in it is broken off")),
        Some((head, body)) if head.last() == Some(&check) => Ok(Zeroizing::new(body.to_vec())),
        Some(_) => Err(TransferError::WrongPasswordOrDamaged),
    }
}

/// The three keys of ZipCrypto.
pub(super) struct Keys(u32, u32, u32);

impl Keys {
    pub(super) fn new(password: &[u8]) -> Self {
        let mut keys = Self(0x1234_5678, 0x2345_6789, 0x3456_7890);
        password.iter().for_each(|byte| keys.update(*byte));
        keys
    }

    fn update(&mut self, plain: u8) {
        self.0 = crc_step(self.0, plain);
        self.1 = self.1.wrapping_add(self.0 & 0xff).wrapping_mul(134_775_813).wrapping_add(1);
        let [.., highest] = self.1.to_le_bytes();
        self.2 = crc_step(self.2, highest);
    }

    fn mask(&self) -> u8 {
        let low = (self.2 | 2) & 0xffff;
        let [_, second, ..] = low.wrapping_mul(low ^ 1).to_le_bytes();
        second
    }

    fn decrypt(&mut self, byte: u8) -> u8 {
        let plain = byte ^ self.mask();
        self.update(plain);
        plain
    }

    #[cfg(test)]
    pub(super) fn encrypt(&mut self, plain: u8) -> u8 {
        let byte = plain ^ self.mask();
        self.update(plain);
        byte
    }
}

/// One byte of CRC-32 without its outer inversions.
fn crc_step(crc: u32, byte: u8) -> u32 {
    let mut crc = crc ^ u32::from(byte);
    for _ in 0..8 {
        crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
    }
    crc
}
