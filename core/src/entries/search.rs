//! Finding entries by what a person remembers of them: without regard to case, accents and the ways of writing Arabic.
//!
//! Texts are folded once, when the vault was read; a search then only compares.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use zeroize::Zeroizing;

use super::Kept;

/// An entry's folded texts.
pub(crate) struct Haystack {
    issuer: Zeroizing<String>,
    /// Account and tags.
    names: Vec<Zeroizing<String>>,
    note: Zeroizing<String>,
}

impl Haystack {
    pub(crate) fn of(kept: &Kept) -> Self {
        let tags = kept.details.tags.iter().map(String::as_str);
        Self {
            issuer: fold(kept.otp.issuer().unwrap_or_default()),
            names: std::iter::once(kept.otp.account()).chain(tags).map(fold).collect(),
            note: fold(&kept.details.note),
        }
    }
}

/// What is looked for: words that all have to be there.
pub(crate) struct Query(Vec<Zeroizing<String>>);

/// Longest search that is looked at, in characters.
const LONGEST: usize = 200;

impl Query {
    pub(crate) fn new(text: &str) -> Self {
        let cut: String = text.chars().take(LONGEST).collect();
        Self(fold(&cut).split_whitespace().map(|word| Zeroizing::new(word.to_owned())).collect())
    }

    /// Whether nothing is looked for, so that everything is found.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How well an entry fits, the smaller the better; none when a word is missing.
    pub(crate) fn rank(&self, hay: &Haystack) -> Option<u32> {
        self.0.iter().map(|word| rank(word, hay)).sum()
    }
}

/// 0 at the beginning of the issuer, 1 at the beginning of another name, 2 of any word in the names, 3 inside a word,
/// 4 in the note.
fn rank(word: &str, hay: &Haystack) -> Option<u32> {
    let mut best = None;
    for (first, name) in std::iter::once((0, &hay.issuer)).chain(hay.names.iter().map(|name| (1, name))) {
        for (at, _) in name.match_indices(word) {
            let before = name.get(..at).and_then(|text| text.chars().next_back());
            let rank = match before {
                None => first,
                Some(c) if !c.is_alphanumeric() => 2,
                Some(_) => 3,
            };
            best = Some(best.map_or(rank, |known: u32| known.min(rank)));
        }
    }
    best.or_else(|| hay.note.contains(word).then_some(4))
}

/// Without marks, case, and the differences that people do not type.
fn fold(text: &str) -> Zeroizing<String> {
    let mut folded = Zeroizing::new(String::with_capacity(text.len() * 2));
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            // Kashida only stretches a word; joiners and direction marks are not seen.
            '\u{640}' | '\u{200b}'..='\u{200f}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {}
            // A lower-case İ brings its dot along.
            c if is_combining_mark(c) => {}
            'ٱ' => folded.push('ا'),
            'ى' | 'ی' => folded.push('ي'),
            'ة' => folded.push('ه'),
            'ک' => folded.push('ك'),
            '٠'..='٩' => push_digit(&mut folded, c, '٠'),
            '۰'..='۹' => push_digit(&mut folded, c, '۰'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            c => folded.push(c),
        }
    }
    folded
}

fn push_digit(folded: &mut String, digit: char, zero: char) {
    folded.extend(char::from_digit(u32::from(digit) - u32::from(zero), 10));
}
