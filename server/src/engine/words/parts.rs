//! How a text becomes short messages (3GPP 23.038 and 23.040): in the phones' own alphabet of 7 bits where that has every
//! character, in UCS-2 otherwise; in one message where it fits, in parts that the phone puts together otherwise.

/// Septets of a message that stands alone, and of a part.
const SEPTETS: (usize, usize) = (160, 153);
/// The same in UTF-16 units.
const UNITS: (usize, usize) = (70, 67);
/// Parts at most. Nothing that is sent from here needs more, and each one costs.
pub const MOST_PARTS: usize = 10;
/// The way to the extension table.
const ESCAPE: u8 = 0x1b;
/// The basic alphabet in its order; the escape's place is held by U+001B.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1b}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿\
                     abcdefghijklmnopqrstuvwxyzäöñüà";
/// The extension table.
const EXTENSION: [(char, u8); 10] = [
    ('\u{c}', 0x0a),
    ('^', 0x14),
    ('{', 0x28),
    ('}', 0x29),
    ('\\', 0x2f),
    ('[', 0x3c),
    ('~', 0x3d),
    (']', 0x3e),
    ('|', 0x40),
    ('€', 0x65),
];

/// The alphabet of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// GSM 7 bit, the default alphabet.
    Gsm,
    /// UCS-2, in fact UTF-16 with the high byte first.
    Ucs2,
}

impl Coding {
    /// Which one a text needs.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text.chars().all(|c| septets(c).is_some()) { Self::Gsm } else { Self::Ucs2 }
    }
}

/// A text as it is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Parts {
    /// In which alphabet.
    pub coding: Coding,
    /// Each message: septets, one in a byte; or UTF-16, the high byte first.
    pub parts: Vec<Vec<u8>>,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Parts({:?}, {})", self.coding, self.parts.len())
    }
}

/// A character in the default alphabet: one septet, or two.
fn septets(c: char) -> Option<([u8; 2], usize)> {
    if c == '\u{1b}' {
        return None;
    }
    if let Some((_, code)) = EXTENSION.iter().find(|(known, _)| *known == c) {
        return Some(([ESCAPE, *code], 2));
    }
    let at = BASIC.chars().position(|known| known == c)?;
    Some(([u8::try_from(at).ok()?, 0], 1))
}

/// A text cut into messages. None when it is empty, or would take more than [`MOST_PARTS`].
#[must_use]
pub fn split(text: &str) -> Option<Parts> {
    let coding = Coding::of(text);
    // What must not be torn apart: a septet with its escape, a pair of surrogates.
    let atoms: Vec<Vec<u8>> = text.chars().filter_map(|c| atom(coding, c)).collect();
    let (alone, part) = match coding {
        Coding::Gsm => SEPTETS,
        Coding::Ucs2 => (2 * UNITS.0, 2 * UNITS.1),
    };
    let whole: usize = atoms.iter().map(Vec::len).sum();
    let room = if whole <= alone { alone } else { part };
    let mut parts: Vec<Vec<u8>> = Vec::new();
    for atom in atoms {
        match parts.last_mut() {
            Some(last) if last.len() + atom.len() <= room => last.extend(atom),
            _ => parts.push(atom),
        }
    }
    (1..=MOST_PARTS).contains(&parts.len()).then_some(Parts { coding, parts })
}

fn atom(coding: Coding, c: char) -> Option<Vec<u8>> {
    match coding {
        Coding::Gsm => {
            let (codes, length) = septets(c)?;
            Some(codes.into_iter().take(length).collect())
        }
        Coding::Ucs2 => {
            let mut units = [0; 2];
            Some(c.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(parts: &Parts) -> String {
        let one = |part: &Vec<u8>| match parts.coding {
            Coding::Ucs2 => {
                let units: Vec<u16> = part.chunks(2).map(|b| u16::from_be_bytes([b[0], b[1]])).collect();
                String::from_utf16(&units).expect("no pair is torn apart")
            }
            Coding::Gsm => {
                let (mut text, mut bytes) = (String::new(), part.iter());
                while let Some(byte) = bytes.next() {
                    text.push(if *byte == ESCAPE {
                        let code = bytes.next().expect("no escape stands alone");
                        EXTENSION.iter().find(|(_, known)| known == code).unwrap().0
                    } else {
                        BASIC.chars().nth((*byte).into()).unwrap()
                    });
                }
                text
            }
        };
        parts.parts.iter().map(one).collect()
    }

    fn count(text: &str) -> (Coding, usize) {
        let parts = split(text).unwrap();
        (parts.coding, parts.parts.len())
    }

    #[test]
    fn the_alphabet_has_its_128_places() {
        assert_eq!(BASIC.chars().count(), 128);
        for (c, code) in
            [('@', 0x00), ('$', 0x02), ('\n', 0x0a), ('Δ', 0x10), (' ', 0x20), ('A', 0x41), ('à', 0x7f)]
        {
            assert_eq!(septets(c), Some(([code, 0], 1)), "{c}");
        }
        assert_eq!(septets('€'), Some(([ESCAPE, 0x65], 2)));
        assert_eq!((septets('`'), septets('ç'), septets('\u{1b}')), (None, None, None));
    }

    #[test]
    fn a_message_ends_where_the_standard_says() {
        for (text, expected) in [
            ("a".repeat(160), (Coding::Gsm, 1)),
            ("a".repeat(161), (Coding::Gsm, 2)),
            ("a".repeat(306), (Coding::Gsm, 2)),
            ("a".repeat(307), (Coding::Gsm, 3)),
            ("€".repeat(80), (Coding::Gsm, 1)),
            ("€".repeat(81), (Coding::Gsm, 2)),
            ("م".repeat(70), (Coding::Ucs2, 1)),
            ("م".repeat(71), (Coding::Ucs2, 2)),
            ("م".repeat(134), (Coding::Ucs2, 2)),
            ("م".repeat(135), (Coding::Ucs2, 3)),
            ("😀".repeat(35), (Coding::Ucs2, 1)),
            ("😀".repeat(36), (Coding::Ucs2, 2)),
        ] {
            assert_eq!(count(&text), expected, "{} × {:?}", text.chars().count(), text.chars().next());
        }
        // 152 septets and a euro sign, which does not fit: it moves on whole.
        let text = format!("{}€{}", "a".repeat(152), "b".repeat(20));
        assert_eq!(split(&text).unwrap().parts[0].len(), 152);
        assert_eq!(split(""), None);
        assert_eq!(split(&"a".repeat(153 * MOST_PARTS + 1)), None);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_torn_apart_or_too_long(text in "(\\PC|[a-z€\\[\\n]|م|😀){1,300}") {
            let parts = split(&text).unwrap();
            prop_assert_eq!(read(&parts), text);
            let most = match (parts.coding, parts.parts.len()) {
                (Coding::Gsm, 1) => 160,
                (Coding::Gsm, _) => 153,
                (Coding::Ucs2, 1) => 140,
                (Coding::Ucs2, _) => 134,
            };
            prop_assert!(parts.parts.iter().all(|part| !part.is_empty() && part.len() <= most));
        }
    }
}
