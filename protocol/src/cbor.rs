//! CBOR (RFC 8949), as far as statements of App Attest need it: texts, bytes, lists and maps, each with its length said
//! beforehand. Anything else is refused.

/// Lists and maps inside each other at most.
const DEEPEST: u8 = 4;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// Bytes.
    Bytes(&'a [u8]),
    /// Text.
    Text(&'a str),
    /// Values in their order.
    List(Vec<Self>),
    /// Values by name; names are texts here, each once.
    Map(Vec<(&'a str, Self)>),
}

impl<'a> Value<'a> {
    /// The one value that these bytes are, with nothing after it.
    #[must_use]
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (value, rest) = value(bytes, DEEPEST)?;
        rest.is_empty().then_some(value)
    }

    /// What stands under a name of a map.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Map(entries) = self else { return None };
        entries.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// It as bytes.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    /// It as text.
    #[must_use]
    pub fn as_text(&self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// It as a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Self]> {
        if let Self::List(values) = self { Some(values) } else { None }
    }
}

fn value(bytes: &[u8], depth: u8) -> Option<(Value<'_>, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    let (length, rest) = length(first & 0x1f, rest)?;
    match first >> 5 {
        2 => {
            let (content, rest) = rest.split_at_checked(length)?;
            Some((Value::Bytes(content), rest))
        }
        3 => {
            let (text, rest) = text(length, rest)?;
            Some((Value::Text(text), rest))
        }
        4 => {
            let depth = depth.checked_sub(1)?;
            let (mut values, mut rest) = (Vec::new(), rest);
            // Each value takes a byte at least, so a length that lies ends with the bytes.
            for _ in 0..length {
                let (next, after) = value(rest, depth)?;
                values.push(next);
                rest = after;
            }
            Some((Value::List(values), rest))
        }
        5 => {
            let depth = depth.checked_sub(1)?;
            let (mut entries, mut rest) = (Vec::<(&str, _)>::new(), rest);
            for _ in 0..length {
                let (name, after) = name(rest)?;
                let (next, after) = value(after, depth)?;
                if entries.iter().any(|(known, _)| *known == name) {
                    return None;
                }
                entries.push((name, next));
                rest = after;
            }
            Some((Value::Map(entries), rest))
        }
        _ => None,
    }
}

fn name(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (&first, rest) = bytes.split_first().filter(|(first, _)| **first >> 5 == 3)?;
    let (length, rest) = length(first & 0x1f, rest)?;
    text(length, rest)
}

fn text(length: usize, bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (text, rest) = bytes.split_at_checked(length)?;
    Some((std::str::from_utf8(text).ok()?, rest))
}

/// The number that follows, at most 2^32 - 1.
fn length(said: u8, rest: &[u8]) -> Option<(usize, &[u8])> {
    let digits = match said {
        0..=23 => return Some((usize::from(said), rest)),
        24 => 1,
        25 => 2,
        26 => 4,
        _ => return None,
    };
    let (digits, rest) = rest.split_at_checked(digits)?;
    Some((digits.iter().fold(0, |sum, digit| (sum << 8) | usize::from(*digit)), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_bytes_lists_and_maps_are_read() {
        // {"a": [h'0102', "x"], "b": {}}
        let bytes = [0xa2, 0x61, b'a', 0x82, 0x42, 1, 2, 0x61, b'x', 0x61, b'b', 0xa0];
        let value = Value::read(&bytes).unwrap();
        let list = value.get("a").and_then(Value::as_list).unwrap();
        assert_eq!((list[0].as_bytes(), list[1].as_text()), (Some(&[1, 2][..]), Some("x")));
        assert_eq!((value.get("b"), value.get("c")), (Some(&Value::Map(Vec::new())), None));
        for end in 0..bytes.len() {
            assert_eq!(Value::read(&bytes[..end]), None, "cut at {end}");
        }
        assert_eq!(Value::read(&[0x59, 0, 2, 7, 8]), Some(Value::Bytes(&[7, 8])));
    }

    #[test]
    fn everything_else_is_refused() {
        for (bad, why) in [
            (&[0x9f, 0x41, 1, 0xff][..], "a length that is not said beforehand"),
            (&[0x01][..], "a number"),
            (&[0xf6][..], "null"),
            (&[0xc0, 0x60][..], "a mark"),
            (&[0xa2, 0x61, b'a', 0x40, 0x61, b'a', 0x40][..], "one name twice"),
            (&[0xa1, 0x41, b'a', 0x40][..], "a name that is no text"),
            (&[0x81, 0x81, 0x81, 0x81, 0x80][..], "too deep"),
            (&[0x9a, 0xff, 0xff, 0xff, 0xff][..], "a length that lies"),
            (&[0x61, 0xff][..], "a text that is none"),
            (&[0x40, 0][..], "something behind it"),
        ] {
            assert_eq!(Value::read(bad), None, "{why}");
        }
    }
}
