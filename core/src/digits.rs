//! Digits that a person types, in the script of their keyboard: everywhere else they are ASCII (P8).

/// The zero of each script that counts in tens, with its nine other digits behind it (Unicode's category Nd, as far as
/// keyboards write it).
const ZEROS: [char; 37] = [
    '\u{0660}', // Arabic
    '\u{06F0}', // Persian, Urdu
    '\u{07C0}',
    '\u{0966}',
    '\u{09E6}',
    '\u{0A66}',
    '\u{0AE6}',
    '\u{0B66}',
    '\u{0BE6}',
    '\u{0C66}',
    '\u{0CE6}',
    '\u{0D66}',
    '\u{0DE6}',
    '\u{0E50}',
    '\u{0ED0}',
    '\u{0F20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17E0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19D0}',
    '\u{1A80}',
    '\u{1A90}',
    '\u{1B50}',
    '\u{1BB0}',
    '\u{1C40}',
    '\u{1C50}',
    '\u{A620}',
    '\u{A8D0}',
    '\u{A900}',
    '\u{A9D0}',
    '\u{A9F0}',
    '\u{AA50}',
    '\u{ABF0}',
    '\u{FF10}',  // the last: full width
    '\u{1E950}', // Adlam
];

/// The same with ASCII digits; everything else stays as it is.
pub(crate) fn with_ascii_digits(typed: &str) -> String {
    typed.chars().map(ascii).collect()
}

/// The digits of what was typed, as ASCII; everything else is left out.
pub(crate) fn digits_of(typed: &str) -> String {
    typed.chars().map(ascii).filter(char::is_ascii_digit).collect()
}

fn ascii(c: char) -> char {
    let value = |zero: &char| u32::from(c).checked_sub(u32::from(*zero)).filter(|value| *value < 10);
    ZEROS.iter().find_map(value).and_then(|value| char::from_digit(value, 10)).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p8_digits_of_every_script_become_ascii() {
        for typed in
            ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "๐๑๒๓๔๕๖๗๘๙", "０１２３４５６７８９"]
        {
            assert_eq!(digits_of(typed), "0123456789", "{typed}");
        }
        for zero in ZEROS {
            let script: String = (0..10).filter_map(|n| char::from_u32(u32::from(zero) + n)).collect();
            assert!(script.chars().all(char::is_numeric), "{script}");
            assert_eq!(digits_of(&script), "0123456789", "{script}");
        }
    }

    #[test]
    fn what_is_no_digit_is_kept_or_left_out() {
        assert_eq!(with_ascii_digits("a ٤-۲"), "a 4-2");
        assert_eq!(digits_of("a ٤-۲ Ⅷ²½七"), "42");
        assert_eq!(digits_of(""), "");
    }
}
