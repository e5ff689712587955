//! What a name is found by: small letters, one spelling of letters that are typed either way, and no marks.

use std::collections::BTreeSet;

use crate::store::UserRow;

/// Characters of a word at most, so that an index stays small.
const LONGEST: usize = 48;
/// Words of a name from which it is found.
const WORDS: usize = 6;

/// A text as it is looked for.
pub(super) fn fold(text: &str) -> String {
    let letters = text.trim().chars().flat_map(char::to_lowercase);
    letters.filter_map(one_spelling).take(LONGEST).collect()
}

/// One letter for those that Arabic is typed with either way; none for marks, which most people leave out.
fn one_spelling(c: char) -> Option<char> {
    Some(match c {
        // Vowel signs, the dagger alif and the stroke that makes words longer; directions that nobody sees.
        '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}' | '\u{200e}' | '\u{200f}' | '\u{61c}' => return None,
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ی' => 'ي',
        'ک' => 'ك',
        'ة' => 'ه',
        '٠'..='٩' => digit(c, '٠'),
        '۰'..='۹' => digit(c, '۰'),
        c if c.is_whitespace() => ' ',
        c => c,
    })
}

fn digit(c: char, zero: char) -> char {
    char::from_digit(u32::from(c) - u32::from(zero), 10).unwrap_or(c)
}

/// Everything that a person is found by the beginning of: their reference, their address, and their name from each of its
/// words on.
pub(in crate::engine) fn words_of(user: &UserRow) -> BTreeSet<Vec<u8>> {
    let whole = [Some(user.user_ref.as_str()), user.email.as_deref()];
    let mut all: BTreeSet<String> = whole.into_iter().flatten().map(fold).collect();
    let name = user.display_name.as_deref().unwrap_or_default().trim();
    let starts = name.char_indices().scan(true, |fresh, (at, c)| {
        let begins = *fresh && !c.is_whitespace();
        *fresh = c.is_whitespace() || c == '-';
        Some(begins.then_some(at))
    });
    all.extend(starts.flatten().take(WORDS).filter_map(|at| name.get(at..)).map(fold));
    all.into_iter().filter(|word| !word.is_empty()).map(String::into_bytes).collect()
}

#[cfg(test)]
mod tests {
    use countersign_protocol::id::TenantId;
    use uuid::Uuid;

    use super::*;

    fn words(user_ref: &str, email: Option<&str>, name: Option<&str>) -> Vec<String> {
        let user = UserRow {
            tenant: TenantId(Uuid::nil()),
            id: Uuid::nil(),
            user_ref: user_ref.to_owned(),
            email: email.map(str::to_owned),
            display_name: name.map(str::to_owned),
            created_at: 0,
            enrolled_at: None,
            language: None,
        };
        words_of(&user).into_iter().map(|word| String::from_utf8(word).unwrap()).collect()
    }

    #[test]
    fn capitals_marks_and_spellings_do_not_matter() {
        assert_eq!(fold("  Åsa ÖBERG "), "åsa öberg");
        assert_eq!(fold("مُحَمَّد"), fold("محمد"));
        assert_eq!(fold("أحمـــد"), fold("احمد"));
        assert_eq!(fold("فاطمة"), fold("فاطمه"));
        assert_eq!(fold("موسى"), fold("موسي"));
        assert_eq!(fold("٠١٢ ۳"), "012 3");
        assert_eq!(fold(&"x".repeat(300)).len(), LONGEST);
    }

    #[test]
    fn a_person_is_found_by_each_word_of_their_name() {
        let all = words("U-7", Some("Ann@X.example"), Some("Ann-Marie de Vries"));
        assert_eq!(
            all,
            ["ann-marie de vries", "ann@x.example", "de vries", "marie de vries", "u-7", "vries"]
        );
        assert_eq!(words("ann", None, Some("Ann")), ["ann"], "each once");
        assert_eq!(words("ann", None, Some("   ")), ["ann"]);
    }
}
