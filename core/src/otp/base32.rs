//! Base32 (RFC 4648 §6), as forgiving as the secrets that services print, and no more.
//!
//! Accepted beyond the RFC: lower case, white space and dashes between the characters, missing padding, and left-over
//! low bits that are not zero (services that draw random letters produce those). Refused: any other character,
//! padding in the middle, and lengths that no number of whole bytes can have, because there a character is missing.

use zeroize::Zeroizing;

/// Decodes `text`; an empty text gives no bytes. `None` when it is not base32.
pub(super) fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    // Reserved in full beforehand: growing would leave copies of the secret behind in freed memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() * 5 / 8 + 1));
    let (mut bits, mut held, mut symbols) = (0_u32, 0_u32, 0_usize);
    let mut padded = false;
    for c in text.chars() {
        if c.is_whitespace() || c == '-' {
            continue;
        }
        if c == '=' {
            padded = true;
            continue;
        }
        if padded {
            return None;
        }
        bits = (bits << 5) | value(c)?;
        held += 5;
        symbols += 1;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).ok()?);
            bits &= (1 << held) - 1;
        }
    }
    // 1, 3 or 6 symbols over would leave 5 or more bits that belong to no byte.
    if matches!(symbols % 8, 1 | 3 | 6) { None } else { Some(bytes) }
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
    use super::{decode, encode};

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
    fn refuses_what_is_not_base32() {
        for text in ["MZXW0", "MZXW1", "MZXW8", "M", "MZX", "MZXW6Y", "MY==MY==", "MZXW_YTB", "ＭＹ", "é"]
        {
            assert!(decode(text).is_none(), "{text}");
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
