//! The stream under protected values: one for the whole document, in its order.

use aes::cipher::{KeyIvInit as _, StreamCipher as _};
use ring::digest::{SHA256, SHA512, digest};
use zeroize::Zeroizing;

use crate::transfer::TransferError;
use crate::transfer::fields::base64_bytes;

/// The same for every file.
const SALSA20_NONCE: [u8; 8] = [0xe8, 0x30, 0x09, 0x4b, 0x97, 0x20, 0x5d, 0x2a];

/// A running stream.
pub(super) enum Stream {
    Salsa20(Box<salsa20::Salsa20>),
    ChaCha20(Box<chacha20::ChaCha20>),
}

impl Stream {
    /// # Errors
    /// [`TransferError::Unsupported`] for any but the two that are in use.
    pub(super) fn new(id: u32, key: &[u8]) -> Result<Self, TransferError> {
        const UNKNOWN: TransferError = TransferError::Unsupported {
            reason: "This KeePass database protects its fields in a way that is not read here. Save it with a current KeePass or KeePassXC, and choose it again.",
        };
        match id {
            2 => {
                let key = Zeroizing::new(digest(&SHA256, key).as_ref().to_vec());
                let stream = salsa20::Salsa20::new_from_slices(&key, &SALSA20_NONCE);
                stream.map(|stream| Self::Salsa20(Box::new(stream))).map_err(|_| UNKNOWN)
            }
            3 => {
                let both = Zeroizing::new(digest(&SHA512, key).as_ref().to_vec());
                let (key, rest) = both.split_at_checked(32).ok_or(UNKNOWN)?;
                let stream = chacha20::ChaCha20::new_from_slices(key, rest.get(..12).ok_or(UNKNOWN)?);
                stream.map(|stream| Self::ChaCha20(Box::new(stream))).map_err(|_| UNKNOWN)
            }
            _ => Err(UNKNOWN),
        }
    }

    /// The next protected value; `None` when it is no base64 or no text.
    pub(super) fn open(&mut self, base64: &str) -> Option<Zeroizing<String>> {
        let mut bytes = base64_bytes(base64)?;
        match self {
            Self::Salsa20(stream) => stream.try_apply_keystream(&mut bytes).ok()?,
            Self::ChaCha20(stream) => stream.try_apply_keystream(&mut bytes).ok()?,
        }
        std::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(text.to_owned()))
    }
}
