//! A `java.util.HashMap<String, String>` as Java writes objects (Java Object Serialization Specification, chapter 6):
//! that one class, nothing else.

use zeroize::Zeroizing;

use crate::transfer::source::MAX_ENTRIES;

/// How such a stream begins.
pub(super) const MAGIC: &[u8] = b"\xac\xed\x00\x05";

/// Object, its class, the class's number, flags, and two fields that are no objects.
const HEAD: &[u8] =
    b"sr\0\x11java.util.HashMap\x05\x07\xda\xc1\xc3\x16\x60\xd1\x03\0\x02F\0\x0aloadFactorI\0\x09thresholdxp";

/// The first handle; 0 is the class, 1 the map, strings follow.
const FIRST_HANDLE: u32 = 0x007e_0000;
const STRINGS_FROM: u32 = FIRST_HANDLE + 2;

const STRING: u8 = 0x74;
const LONG_STRING: u8 = 0x7c;
const REFERENCE: u8 = 0x71;
const END: u8 = 0x78;

/// The pairs of a map in the stream's order. Texts are kept once, however often they are referred to.
pub(super) struct Map {
    texts: Vec<Zeroizing<String>>,
    pairs: Vec<(usize, usize)>,
}

impl Map {
    /// `None` when the bytes are anything but such a map.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut stream = Stream(bytes.strip_prefix(MAGIC)?.strip_prefix(HEAD)?);
        // Load factor, threshold, the mark and length of a block, and the capacity in it.
        stream.take(8)?;
        if stream.take(2)? != [0x77, 8] {
            return None;
        }
        stream.take(4)?;
        let count = usize::try_from(stream.number()?).ok().filter(|count| *count <= MAX_ENTRIES * 2 + 1)?;
        let mut map = Self { texts: Vec::new(), pairs: Vec::new() };
        for _ in 0..count {
            let key = map.text(&mut stream)?;
            let value = map.text(&mut stream)?;
            map.pairs.push((key, value));
        }
        (stream.take(1)? == [END]).then_some(map)
    }

    /// Key and value, in the stream's order.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let text = |place: &usize| self.texts.get(*place).map(|text| text.as_str());
        self.pairs.iter().filter_map(move |(key, value)| Some((text(key)?, text(value)?)))
    }

    fn text(&mut self, stream: &mut Stream<'_>) -> Option<usize> {
        let length = match *stream.take(1)?.first()? {
            STRING => usize::from(u16::from_be_bytes(*stream.take(2)?.first_chunk()?)),
            LONG_STRING => usize::try_from(u64::from_be_bytes(*stream.take(8)?.first_chunk()?)).ok()?,
            REFERENCE => {
                let place = usize::try_from(stream.number()?.checked_sub(STRINGS_FROM)?).ok()?;
                return (place < self.texts.len()).then_some(place);
            }
            _ => return None,
        };
        self.texts.push(decode(stream.take(length)?)?);
        Some(self.texts.len() - 1)
    }
}

struct Stream<'a>(&'a [u8]);

impl<'a> Stream<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(*self.take(4)?.first_chunk()?))
    }
}

/// “Modified UTF-8”: units of UTF-16, each in one to three bytes, also halves of a pair.
fn decode(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let mut units = Zeroizing::new(Vec::with_capacity(bytes.len()));
    let mut rest = bytes.iter().map(|byte| u16::from(*byte));
    let more = |rest: &mut dyn Iterator<Item = u16>| {
        rest.next().filter(|byte| byte & 0xc0 == 0x80).map(|byte| byte & 0x3f)
    };
    while let Some(byte) = rest.next() {
        units.push(match byte {
            1..=0x7f => byte,
            0xc0..=0xdf => (byte & 0x1f) << 6 | more(&mut rest)?,
            0xe0..=0xef => (byte & 0x0f) << 12 | more(&mut rest)? << 6 | more(&mut rest)?,
            _ => return None,
        });
    }
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for c in char::decode_utf16(units.iter().copied()) {
        text.push(c.ok()?);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::{HEAD, MAGIC, Map, decode};

    /// A map of these pieces, each a key or a value as the stream has it.
    fn map(count: u32, pieces: &[&[u8]]) -> Vec<u8> {
        let start = [MAGIC, HEAD, &[0; 8], &[0x77, 8, 0, 0, 0, 16], &count.to_be_bytes()].concat();
        [start, pieces.concat(), vec![0x78]].concat()
    }

    #[test]
    fn texts_long_texts_and_references() {
        let (a, long, again) = (b"t\0\x01a", b"|\0\0\0\0\0\0\0\x02bc", b"q\0\x7e\0\x02");
        let bytes = map(2, &[a, long, again, again]);
        let read = Map::read(&bytes).unwrap();
        assert_eq!(read.pairs().collect::<Vec<_>>(), [("a", "bc"), ("a", "a")]);
        for cut in 0..bytes.len() {
            assert!(Map::read(&bytes[..cut]).is_none(), "{cut}");
        }
    }

    #[test]
    fn what_is_no_such_map_is_refused() {
        for pieces in
            [[b"t\0\x01a".as_slice(), b"q\0\x7e\0\x09"], [b"t\0\x01a", b"q\0\x7e\0\x01"], [b"p", b"p"]]
        {
            assert!(Map::read(&map(1, &pieces)).is_none());
        }
        assert!(Map::read(&map(u32::MAX, &[])).is_none());
        assert!(Map::read(b"|\xff\xff\xff\xff\xff\xff\xff\xff").is_none());
    }

    #[test]
    fn modified_utf_8() {
        let text = |bytes: &[u8]| decode(bytes).map(|text| text.to_string());
        assert_eq!(text(b"a\xc0\x80\xc3\xa9\xe2\x82\xac").as_deref(), Some("a\0é€"));
        assert_eq!(text(b"\xed\xa0\xbd\xed\xb8\x80").as_deref(), Some("😀"));
        for bad in [b"\xed\xa0\xbd".as_slice(), b"\0", b"\x80", b"\xc3", b"\xf0\x9f\x98\x80", b"\xe2\x82"] {
            assert_eq!(text(bad), None);
        }
    }
}
