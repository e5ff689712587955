//! Base32 (RFC 4648 §6), as forgiving as the secrets that services print, and no more.
//!
//! Accepted beyond the RFC: lower case; white space, dashes and padding anywhere; and any length: bits that make no whole
//! byte are dropped, as by the apps that export such secrets. Any other character is refused, never left out, because
//! the codes would not be the service's.

use zeroize::Zeroizing;

use super::OtpAuthError;

/// Decodes `text`; a text of fewer than two characters gives no bytes.
///
/// # Errors
/// [`OtpAuthError::BadBase32`].
pub(super) fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, OtpAuthError> {
    // Reserved in full beforehand: growing would leave copies of the secret behind in freed memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() * 5 / 8 + 1));
    let (mut bits, mut held) = (0_u32, 0_u32);
    for (c, place) in text.chars().zip(1..) {
        if c.is_whitespace() || matches!(c, '-' | '=') {
            continue;
        }
        bits = (bits << 5) | value(c).ok_or(OtpAuthError::BadBase32 { place })?;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.extend(u8::try_from((bits >> held) & 0xff));
            bits &= (1 << held) - 1;
        }
    }
    Ok(bytes)
}

/// Encodes without padding, in upper case.
pub(super) fn encode(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 8 / 5 + 2));
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(symbol(bits >> held));
            bits &= (1 << held) - 1;
        }
    }
    if held > 0 {
        text.push(symbol(bits << (5 - held)));
    }
    text
}

fn value(c: char) -> Option<u32> {
    match c {
        'A'..='Z' => Some(u32::from(c) - u32::from('A')),
        'a'..='z' => Some(u32::from(c) - u32::from('a')),
        '2'..='7' => Some(u32::from(c) - u32::from('2') + 26),
        _ => None,
    }
}

fn symbol(five_bits: u32) -> char {
    let low = u8::try_from(five_bits & 31).unwrap_or(0);
    char::from(if low < 26 { b'A' + low } else { b'2' + (low - 26) })
}

#[cfg(test)]
mod tests {
    use super::{OtpAuthError, decode, encode};

    #[test]
    fn rfc_4648_section_10() {
        let vectors = [
            ("", ""),
            ("f", "MY======"),
            ("fo", "MZXQ===="),
            ("foo", "MZXW6==="),
            ("foob", "MZXW6YQ="),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI======"),
        ];
        for (plain, text) in vectors {
            assert_eq!(decode(text).unwrap().as_slice(), plain.as_bytes(), "{text}");
            assert_eq!(encode(plain.as_bytes()).as_str(), text.trim_end_matches('='), "{plain}");
        }
    }

    #[test]
    fn forgives_what_services_print() {
        for text in [
            "MZXW6YTBOI",
            "mzxw6ytboi",
            "mzxw 6ytb oi==",
            "MZXW-6YTB-OI",
            "MZXW\u{a0}6YTB\tOI\n",
            "MZXW6YTBOJ",
        ] {
            assert_eq!(decode(text).unwrap().as_slice(), b"foobar", "{text}");
        }
    }

    #[test]
    fn other_characters_are_refused_by_their_place() {
        for (text, place) in
            [("MZXW0", 5), ("1MZXW", 1), ("MZ XW8", 6), ("MZXW_YTB", 5), ("ＭＹ", 1), ("MYé", 3), ("M+", 2)]
        {
            assert_eq!(decode(text).err(), Some(OtpAuthError::BadBase32 { place }), "{text}");
        }
    }

    #[test]
    fn bits_that_make_no_byte_are_dropped() {
        for (text, bytes) in
            [("", ""), ("M", ""), ("MY", "f"), ("MZX", "f"), ("MZXW6Y", "foo"), ("MY==MZ==", "f\u{19}")]
        {
            assert_eq!(decode(text).unwrap().as_slice(), bytes.as_bytes(), "{text}");
        }
    }

    #[test]
    fn every_length_returns() {
        let bytes: Vec<u8> = (0..=255).rev().collect();
        for length in 0..bytes.len() {
            assert_eq!(decode(&encode(&bytes[..length])).unwrap().as_slice(), &bytes[..length]);
        }
    }
}
