//! One message of libsodium's `crypto_secretstream_xchacha20poly1305`, opened by hand from ChaCha20 and Poly1305.
//!
//! It is no XChaCha20-Poly1305: the tag that says whether a message is the last one is encrypted in front of the text,
//! and the padding before the lengths is not the one of RFC 8439. An export is a single message with the tag *final*.

use chacha20::cipher::{KeyIvInit as _, StreamCipher as _};
use chacha20::{ChaCha20, R20, hchacha};
use poly1305::Poly1305;
use poly1305::universal_hash::KeyInit as _;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Bytes of a stream's header.
pub(super) const HEADER_BYTES: usize = 24;
/// Bytes that a message has beyond its text: the encrypted tag in front, the MAC behind.
pub(super) const OVERHEAD: usize = 17;

const BLOCK: usize = 64;
const MAC_BYTES: usize = 16;
/// The tag of a stream's last message.
const FINAL: u8 = 3;

/// Why a message does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unopened {
    /// Header or message have lengths that no message has.
    Length,
    /// The MAC is another: a wrong key, or damage.
    Mac,
    /// Authentic, and not the last message of its stream: the rest was cut off.
    NotFinal,
}

/// Opens the only message of a stream.
pub(super) fn open(key: &[u8; 32], header: &[u8], message: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopened> {
    let mut stream = keystream(key, header).ok_or(Unopened::Length)?;
    let (tag, rest) = message.split_first().ok_or(Unopened::Length)?;
    let split = rest.len().checked_sub(MAC_BYTES).ok_or(Unopened::Length)?;
    let (text, mac) = rest.split_at_checked(split).ok_or(Unopened::Length)?;

    let mac_key = one_time_key(&mut stream);
    let mut tag_block = Zeroizing::new([0; BLOCK]);
    stream.apply_keystream(tag_block.as_mut_slice());
    let [first, ..] = &mut *tag_block;
    let opened_tag = *first ^ tag;
    *first = *tag;

    let expected = authenticate(&mac_key, &tag_block, text);
    if !bool::from(expected.as_slice().ct_eq(mac)) {
        return Err(Unopened::Mac);
    }
    if opened_tag != FINAL {
        return Err(Unopened::NotFinal);
    }
    let mut plain = Zeroizing::new(text.to_vec());
    stream.apply_keystream(&mut plain);
    Ok(plain)
}

/// ChaCha20 as RFC 8439 has it, under the stream's own key and with the first message's number.
fn keystream(key: &[u8; 32], header: &[u8]) -> Option<ChaCha20> {
    let (seed, tail) = header.split_first_chunk::<16>()?;
    let [a, b, c, d, e, f, g, h] = *<&[u8; 8]>::try_from(tail).ok()?;
    let subkey = Zeroizing::new(<[u8; 32]>::from(hchacha::<R20>(&(*key).into(), &(*seed).into())));
    Some(ChaCha20::new(&(*subkey).into(), &[1, 0, 0, 0, a, b, c, d, e, f, g, h].into()))
}

/// The Poly1305 key: the first half of the first block, whose other half is thrown away.
fn one_time_key(stream: &mut ChaCha20) -> Zeroizing<[u8; 32]> {
    let (mut key, mut rest) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
    stream.apply_keystream(key.as_mut_slice());
    stream.apply_keystream(rest.as_mut_slice());
    key
}

fn authenticate(key: &[u8; 32], tag_block: &[u8; BLOCK], text: &[u8]) -> [u8; 16] {
    // libsodium pads by the rest of the length instead of up to the next block, so the lengths that follow are not
    // aligned and the input has to be one piece.
    let length = BLOCK + text.len();
    let mut input = Zeroizing::new(Vec::with_capacity(length + 32));
    input.extend_from_slice(tag_block);
    input.extend_from_slice(text);
    input.resize(length + text.len() % 16, 0);
    input.extend_from_slice(&0_u64.to_le_bytes());
    input.extend_from_slice(&u64::try_from(length).unwrap_or(u64::MAX).to_le_bytes());
    Poly1305::new(&(*key).into()).compute_unpadded(&input).into()
}

#[cfg(test)]
pub(super) mod tests {
    use super::{BLOCK, Unopened, authenticate, keystream, one_time_key, open};
    use chacha20::cipher::StreamCipher as _;

    /// A stream of one message, as libsodium writes it, with any tag.
    pub(in crate::transfer::ente) fn seal(
        key: &[u8; 32],
        header: &[u8; 24],
        tag: u8,
        text: &[u8],
    ) -> Vec<u8> {
        let mut stream = keystream(key, header).unwrap();
        let mac_key = one_time_key(&mut stream);
        let mut tag_block = [0; BLOCK];
        tag_block[0] = tag;
        stream.apply_keystream(&mut tag_block);
        let mut sealed = text.to_vec();
        stream.apply_keystream(&mut sealed);
        let mac = authenticate(&mac_key, &tag_block, &sealed);
        [&tag_block[..1], &sealed, &mac].concat()
    }

    const KEY: [u8; 32] = [7; 32];
    const HEADER: [u8; 24] = [9; 24];

    #[test]
    fn every_length_opens_again() {
        for length in 0..200 {
            let text: Vec<u8> = (0..length).collect();
            let message = seal(&KEY, &HEADER, 3, &text);
            assert_eq!(message.len(), text.len() + super::OVERHEAD);
            assert_eq!(open(&KEY, &HEADER, &message).unwrap().as_slice(), text);
        }
    }

    #[test]
    fn any_changed_bit_is_noticed() {
        let message = seal(&KEY, &HEADER, 3, b"some text");
        for at in 0..message.len() {
            let mut changed = message.clone();
            changed[at] ^= 1;
            assert_eq!(open(&KEY, &HEADER, &changed), Err(Unopened::Mac), "byte {at}");
        }
        assert_eq!(open(&[8; 32], &HEADER, &message), Err(Unopened::Mac));
    }

    #[test]
    fn a_message_that_is_not_the_last_is_cut_off() {
        for tag in [0, 1, 2, 4, 255] {
            let message = seal(&KEY, &HEADER, tag, b"some text");
            assert_eq!(open(&KEY, &HEADER, &message), Err(Unopened::NotFinal));
        }
    }

    #[test]
    fn impossible_lengths_are_told() {
        assert_eq!(open(&KEY, &HEADER, &[0; 16]), Err(Unopened::Length));
        assert_eq!(open(&KEY, &HEADER, &[]), Err(Unopened::Length));
        assert_eq!(open(&KEY, &HEADER[..23], &[0; 40]), Err(Unopened::Length));
    }
}
