//! DER (ITU-T X.690) read from left to right, as far as certificates need it: strict about lengths, and without copying.
//! What a sequence of values means is for the callers in `attestation` to say.

/// What kind of value it is: class and form (the upper three bits of the first byte), and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag(u8, u32);

impl Tag {
    /// A truth value.
    pub const BOOLEAN: Self = Self(0, 1);
    /// A whole number.
    pub const INTEGER: Self = Self(0, 2);
    /// Bits.
    pub const BIT_STRING: Self = Self(0, 3);
    /// Bytes.
    pub const OCTET_STRING: Self = Self(0, 4);
    /// The name of an algorithm, an extension and the like.
    pub const OBJECT_IDENTIFIER: Self = Self(0, 6);
    /// One of several words, as a number.
    pub const ENUMERATED: Self = Self(0, 10);
    /// A moment with two digits of the year.
    pub const UTC_TIME: Self = Self(0, 23);
    /// A moment with four digits of the year.
    pub const GENERALIZED_TIME: Self = Self(0, 24);
    /// Values in a fixed order.
    pub const SEQUENCE: Self = Self(CONSTRUCTED, 16);
    /// Values of one kind.
    pub const SET: Self = Self(CONSTRUCTED, 17);

    /// A value marked `[number]` around another one.
    #[must_use]
    pub const fn explicit(number: u32) -> Self {
        Self(CONTEXT | CONSTRUCTED, number)
    }

    /// The number of a value marked `[number]` around another one.
    #[must_use]
    pub fn as_explicit(self) -> Option<u32> {
        (self.0 == CONTEXT | CONSTRUCTED).then_some(self.1)
    }
}

const CONSTRUCTED: u8 = 0x20;
const CONTEXT: u8 = 0x80;
/// Bytes of one value at most: what is read here is far smaller.
const LONGEST: usize = 1 << 24;

/// One value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value<'a> {
    /// Of which kind.
    pub tag: Tag,
    /// Its content.
    pub content: &'a [u8],
    /// All of it: tag, length and content.
    pub whole: &'a [u8],
}

/// What has not been read yet. Every method answers none where the bytes are not what it wants; the reader is of no use
/// then.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads these bytes.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The one value that these bytes are, with nothing after it.
    #[must_use]
    pub fn only(bytes: &'a [u8], tag: Tag) -> Option<Self> {
        let mut reader = Self(bytes);
        let inner = reader.enter(tag)?;
        reader.is_empty().then_some(inner)
    }

    /// Whether everything was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next value, of whichever kind.
    pub fn value(&mut self) -> Option<Value<'a>> {
        let (tag, rest) = tag(self.0)?;
        let (length, rest) = length(rest)?;
        let (content, rest) = rest.split_at_checked(length)?;
        let whole = self.0.get(..self.0.len() - rest.len())?;
        self.0 = rest;
        Some(Value { tag, content, whole })
    }

    /// The next value if it is of this kind; otherwise it stays.
    pub fn optional(&mut self, wanted: Tag) -> Option<Value<'a>> {
        let mut ahead = *self;
        let value = ahead.value().filter(|value| value.tag == wanted)?;
        *self = ahead;
        Some(value)
    }

    /// The next value, which must be of this kind.
    pub fn expect(&mut self, wanted: Tag) -> Option<Value<'a>> {
        self.value().filter(|value| value.tag == wanted)
    }

    /// The inside of the next value, which must be of this kind.
    pub fn enter(&mut self, wanted: Tag) -> Option<Self> {
        self.expect(wanted).map(|value| Self(value.content))
    }

    /// The next value as a number that is not negative and has at most 64 bits.
    pub fn number(&mut self, kind: Tag) -> Option<u64> {
        number(self.expect(kind)?.content)
    }

    /// The next value as a truth value: DER has one way to write each.
    pub fn boolean(&mut self) -> Option<bool> {
        match self.expect(Tag::BOOLEAN)?.content {
            [0] => Some(false),
            [0xff] => Some(true),
            _ => None,
        }
    }
}

/// A number that is not negative, written as short as possible.
fn number(content: &[u8]) -> Option<u64> {
    let digits = match content {
        [0] => return Some(0),
        [0, rest @ ..] if rest.first().is_some_and(|first| *first >= 0x80) => rest,
        [first, ..] if (1..0x80).contains(first) => content,
        _ => return None,
    };
    (digits.len() <= 8).then(|| digits.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
}

fn tag(bytes: &[u8]) -> Option<(Tag, &[u8])> {
    let (&first, mut rest) = bytes.split_first()?;
    let form = first & 0xe0;
    if first & 0x1f != 0x1f {
        return Some((Tag(form, u32::from(first & 0x1f)), rest));
    }
    let mut number = 0_u32;
    loop {
        let (&next, after) = rest.split_first()?;
        rest = after;
        if number == 0 && next == 0x80 {
            return None; // Zeros in front: there is one way to write a number.
        }
        number = number.checked_mul(0x80)? | u32::from(next & 0x7f);
        if next & 0x80 == 0 {
            break;
        }
    }
    (number >= 0x1f).then_some((Tag(form, number), rest))
}

fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    if first < 0x80 {
        return Some((usize::from(first), rest));
    }
    let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
    let short = digits.first().is_some_and(|digit| *digit != 0) && digits.len() <= 4;
    let length = short.then(|| digits.iter().fold(0_usize, |sum, digit| (sum << 8) | usize::from(*digit)))?;
    (0x80..LONGEST).contains(&length).then_some((length, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_one_after_another_and_an_optional_one_stays() {
        let mut reader = Reader::new(&[0x30, 3, 2, 1, 7, 1, 1, 0xff, 0xbf, 0x85, 0x3e, 3, 2, 1, 0]);
        let mut inner = reader.enter(Tag::SEQUENCE).unwrap();
        assert_eq!((inner.number(Tag::INTEGER), inner.is_empty()), (Some(7), true));
        assert_eq!(reader.optional(Tag::INTEGER), None);
        assert_eq!(reader.boolean(), Some(true));
        let marked = reader.value().unwrap();
        assert_eq!((marked.tag, marked.tag.as_explicit()), (Tag::explicit(702), Some(702)));
        assert_eq!((marked.whole.len(), marked.content), (7, &[2, 1, 0][..]));
        assert!(reader.is_empty() && reader.value().is_none());
    }

    #[test]
    fn there_is_one_way_to_write_each_thing() {
        for (bad, why) in [
            (&[2, 0x81, 1, 7][..], "a long length of a short value"),
            (&[2, 0x80, 7][..], "no length"),
            (&[2, 0x85, 0, 0, 0, 0, 1, 7][..], "zeros before a length"),
            (&[2, 2, 7][..], "cut off"),
            (&[0x1f, 0x1e, 0][..], "a long tag of a small number"),
            (&[0x1f, 0x80, 0x1f, 0][..], "zeros before a tag"),
            (&[0x1f, 0xff, 0xff, 0xff, 0xff, 0x7f, 0][..], "a tag beyond all numbers"),
            (&[2, 0x84, 0xff, 0xff, 0xff, 0xff][..], "a length beyond all values"),
        ] {
            assert_eq!(Reader::new(bad).value(), None, "{why}");
        }
        for bad in [&[2, 1, 0x80][..], &[2, 2, 0, 1], &[2, 0], &[2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0]] {
            assert_eq!(Reader::new(bad).number(Tag::INTEGER), None, "{bad:?}");
        }
        assert_eq!(Reader::new(&[2, 9, 0, 0xff, 0, 0, 0, 0, 0, 0, 0]).number(Tag::INTEGER), Some(0xff << 56));
        assert_eq!(Reader::new(&[1, 1, 1]).boolean(), None);
        assert!(Reader::only(&[0x30, 0, 0], Tag::SEQUENCE).is_none());
    }
}
