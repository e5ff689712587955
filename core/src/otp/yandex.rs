//! Yandex Key: an HMAC-SHA-256 over the time under PIN and secret, written with eight letters.
//!
//! There is no specification; the facts are those that the open authenticators agree on.

use ring::digest::{Context, SHA256};
use zeroize::Zeroizing;

use super::{Algorithm, OtpAuthError, Pin, Secret, hmac};

/// Seconds that a code lives.
pub(super) const PERIOD: u32 = 30;
/// Letters of a code.
pub(super) const LETTERS: u8 = 8;

/// Bytes of the key.
const KEY: usize = 16;
/// Bytes of a secret as the service's QR codes hold it: the key, eight other bytes, and 12 bits that check it.
const CHECKED: usize = 26;
/// The divisor of the check, 13 bits.
const DIVISOR: u16 = 0x18f3;

/// The key at the beginning of a secret; what follows is checked, if it is a check, and left out.
///
/// # Errors
/// [`OtpAuthError::ShortYandexSecret`], [`OtpAuthError::BadYandexSecret`].
pub(super) fn key(secret: &Secret) -> Result<Secret, OtpAuthError> {
    let bytes = secret.expose();
    let key = bytes.get(..KEY).ok_or(OtpAuthError::ShortYandexSecret)?;
    if bytes.len() == CHECKED && !fits(bytes) {
        return Err(OtpAuthError::BadYandexSecret);
    }
    Secret::from_bytes(key.to_vec())
}

/// Whether the last 12 bits are the remainder of the bits before them.
fn fits(bytes: &[u8]) -> bool {
    let bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |at| u16::from(byte >> at & 1)));
    let message = bytes.len() * 8 - 12;
    let remainder = bits.clone().take(message).fold(0, |held: u16, bit| {
        let held = held << 1 | bit;
        if held & 0x1000 == 0 { held } else { held ^ DIVISOR }
    });
    remainder == bits.skip(message).fold(0, |value, bit| value << 1 | bit)
}

/// The code of a time step.
pub(super) fn code(secret: &Secret, pin: &Pin, step: u64) -> Zeroizing<String> {
    let mut context = Context::new(&SHA256);
    context.update(pin.expose().as_bytes());
    context.update(secret.expose());
    let digest = Zeroizing::new(context.finish().as_ref().to_vec());
    // The service drops a leading zero byte of its key, as of a number.
    let key = digest.strip_prefix(&[0]).unwrap_or(&digest);
    let signature = hmac::signature(Algorithm::Sha256, key, step);
    let mut number = hmac::window(&signature, 8) & 0x7fff_ffff_ffff_ffff;
    let mut letters = [0_u8; LETTERS as usize];
    for letter in letters.iter_mut().rev() {
        *letter = b'a' + u8::try_from(number % 26).unwrap_or(0);
        number /= 26;
    }
    Zeroizing::new(letters.iter().map(|letter| char::from(*letter)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(base32: &str) -> Result<Secret, OtpAuthError> {
        key(&Secret::from_base32(base32).unwrap())
    }

    #[test]
    fn the_key_is_the_beginning_and_what_follows_is_checked() {
        let plain = of("MV4GC3LQNRSS26LBNZSGK6BNGE").unwrap();
        assert_eq!(plain.expose(), b"example-yandex-1");
        assert_eq!(of("MV4GC3LQNRSS26LBNZSGK6BNGEAAAAAAAAAAAAANRE").unwrap(), plain);
        assert_eq!(
            of("MV4GC3LQNRSS26LBNZSGK6BNGEAAAAAAAAAAAAANRI").err(),
            Some(OtpAuthError::BadYandexSecret)
        );
        assert_eq!(of("MV4GC3LQNRSS26LBNZSGK6BN").err(), Some(OtpAuthError::ShortYandexSecret));
        // Any other length has no check.
        assert_eq!(of("MV4GC3LQNRSS26LBNZSGK6BNGEAAAAA").unwrap(), plain);
    }

    #[test]
    fn a_flipped_bit_anywhere_is_noticed() {
        let secret = Secret::from_base32("MV4GC3LQNRSS26LBNZSGK6BNGEAAAAAAAAAAAAANRE").unwrap();
        for bit in 0..secret.expose().len() * 8 {
            let mut bytes = secret.expose().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(!fits(&bytes), "bit {bit}");
        }
    }

    #[test]
    fn a_leading_zero_of_the_key_is_dropped() {
        // The first byte of SHA-256 of this PIN and secret is zero.
        let secret = Secret::from_bytes(vec![7; KEY]).unwrap();
        let pin = (0..10_000).map(|n| Pin::new(&format!("{n:04}")).unwrap()).find(|pin| {
            let both = [pin.expose().as_bytes(), secret.expose()].concat();
            ring::digest::digest(&SHA256, &both).as_ref()[0] == 0
        });
        let pin = pin.unwrap();
        let both = [pin.expose().as_bytes(), secret.expose()].concat();
        let digest = ring::digest::digest(&SHA256, &both);
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &digest.as_ref()[1..]);
        let tag = ring::hmac::sign(&key, &1_u64.to_be_bytes());
        let at = usize::from(tag.as_ref()[31] & 15);
        let mut number = u64::from_be_bytes(tag.as_ref()[at..at + 8].try_into().unwrap()) & (u64::MAX >> 1);
        let mut expected = Vec::new();
        for _ in 0..8 {
            expected.insert(0, char::from(b'a' + u8::try_from(number % 26).unwrap()));
            number /= 26;
        }
        assert_eq!(code(&secret, &pin, 1).as_str(), expected.iter().collect::<String>());
    }
}
