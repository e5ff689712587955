//! Telephone numbers as they are kept (E.164) and as they are shown. Which countries may be written to, and how often, is
//! `limits`.

use std::fmt;

use phonenumber::Type;
use phonenumber::metadata::{DATABASE, Metadata};

use crate::engine::Error;

/// Digits of a number at most, country code and all (E.164).
const LONGEST: usize = 15;
/// The last digits, which differ between the numbers of one block. Whoever earns from messages holds whole blocks.
const BLOCK: usize = 4;

/// A number that exists in some country's plan, in its one spelling.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone {
    /// `+` and digits only.
    e164: String,
    /// Digits of the country code.
    code: usize,
    country: Option<&'static str>,
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Phone").field(&self.masked()).finish()
    }
}

impl Phone {
    /// A number as people write it, with spaces, hyphens, dots and brackets; the country code with its `+` must be there,
    /// because nobody knows which country is meant without.
    ///
    /// # Errors
    /// [`Error::Invalid`] that says what to write instead.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let refused = |why: &str| Err(Error::Invalid(format!("the telephone number {why}")));
        let Some(rest) = text.trim().strip_prefix('+') else {
            return refused("must begin with + and the country code, as in +966501234567");
        };
        let digits: String = rest.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
        // What the library gets is digits, and of bounded length, whatever was written.
        if !digits.bytes().all(|b| b.is_ascii_digit()) || !(5..=LONGEST + 3).contains(&digits.len()) {
            return refused("must be + and 5 to 15 digits, as in +966501234567");
        }
        let Ok(number) = phonenumber::parse(None, format!("+{digits}")) else {
            return refused("has no country code that exists; write it as in +966501234567");
        };
        let (code, national) = (number.code().value(), number.national().to_string());
        let e164 = format!("+{code}{national}");
        if e164.len() > LONGEST + 1 {
            return refused("must be + and 5 to 15 digits, as in +966501234567");
        }
        let Some(plan) = plan(code, &national) else {
            return refused("does not exist in that country; see whether a digit is missing");
        };
        if is_any(plan, &COSTLY, &national) {
            return refused("is of a kind that costs its caller extra or is nobody's own; give another");
        }
        let country = Some(plan.id()).filter(|id| id.len() == 2);
        Ok(Self { e164, code: code.to_string().len(), country })
    }

    /// A number as programs write it: `+` or `00` before the country code. One without either is read as a number of
    /// `country` (two capital letters) where it exists there, and otherwise as one that begins with its country code.
    ///
    /// # Errors
    /// [`Error::Invalid`] that says what to write instead.
    pub fn parse_from(text: &str, country: Option<&str>) -> Result<Self, Error> {
        let text = text.trim();
        if text.starts_with('+') {
            return Self::parse(text);
        }
        if let Some(rest) = text.strip_prefix("00") {
            return Self::parse(&format!("+{rest}"));
        }
        let national = country.and_then(|country| Self::national(text, country));
        national.map_or_else(|| Self::parse(&format!("+{text}")), Ok)
    }

    /// A number that is written as within its country.
    fn national(text: &str, country: &str) -> Option<Self> {
        let country: phonenumber::country::Id = country.parse().ok()?;
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
        if !digits.bytes().all(|b| b.is_ascii_digit()) || !(4..=LONGEST).contains(&digits.len()) {
            return None;
        }
        let number = phonenumber::parse(Some(country), &digits).ok()?;
        let (code, national) = (number.code().value(), number.national().to_string());
        // What was typed must end with the number: digits that the library puts elsewhere are somebody's guess.
        // Countries that share a code share their way of writing numbers, so a neighbour's is meant too.
        let here = DATABASE.by_id(country.as_ref())?.country_code() == code;
        Self::parse(&format!("+{code}{national}")).ok().filter(|_| here && digits.ends_with(&national))
    }

    /// `+966501234567`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.e164
    }

    /// Its country, two capital letters (ISO 3166-1). None for numbers of no country, such as those of satellites.
    #[must_use]
    pub fn country(&self) -> Option<&str> {
        self.country
    }

    /// `+9665••••••67`: enough for its owner, little for anyone else.
    #[must_use]
    pub fn masked(&self) -> String {
        let shown = self.code + 2;
        let hidden = self.e164.len().saturating_sub(shown + 2);
        let head: String = self.e164.chars().take(shown).collect();
        let tail: String = self.e164.chars().skip(shown + hidden).collect();
        format!("{head}{}{tail}", "•".repeat(hidden))
    }

    /// The block of numbers that this one is in: all but its last four digits.
    #[must_use]
    pub fn block(&self) -> &str {
        self.e164.get(..self.e164.len().saturating_sub(BLOCK)).unwrap_or_default()
    }
}

/// Kinds of numbers whose calls cost extra, or that are nobody's own.
const COSTLY: [Type; 7] = [
    Type::PremiumRate,
    Type::TollFree,
    Type::SharedCost,
    Type::PersonalNumber,
    Type::Pager,
    Type::Uan,
    Type::Voicemail,
];
/// Kinds of numbers that a person has.
const PERSONAL: [Type; 3] = [Type::Mobile, Type::FixedLine, Type::Voip];

/// The numbering plan, of those with this country code, that has the number. (The library's own look-up leaves out zeros
/// that a national number begins with, as in Italy and Côte d'Ivoire.)
fn plan(code: u16, national: &str) -> Option<&'static Metadata> {
    let plans = DATABASE.by_code(&code)?;
    plans.into_iter().find(|plan| is_any(plan, &PERSONAL, national) || is_any(plan, &COSTLY, national))
}

fn is_any(plan: &Metadata, kinds: &[Type], national: &str) -> bool {
    let general = plan.descriptors().general().is_match(national);
    general && kinds.iter().filter_map(|kind| plan.descriptors().get(*kind)).any(|d| d.is_match(national))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn s32_a_number_of_the_callers_country_needs_no_country_code() {
        for (text, country, e164) in [
            ("0501234567", Some("SA"), Some("+966501234567")),
            ("501234567", Some("SA"), Some("+966501234567")),
            ("966501234567", Some("SA"), Some("+966501234567")),
            ("966501234567", None, Some("+966501234567")),
            ("+966501234567", Some("US"), Some("+966501234567")),
            ("00966501234567", Some("US"), Some("+966501234567")),
            ("2025550123", Some("US"), Some("+12025550123")),
            ("12025550123", Some("US"), Some("+12025550123")),
            ("07911123456", Some("GB"), Some("+447911123456")),
            ("4165550123", Some("US"), Some("+14165550123")),
            ("0612345678", Some("FR"), Some("+33612345678")),
            // Each is a number in both countries; the caller's own one is meant.
            ("2125550123", Some("US"), Some("+12125550123")),
            ("0501234567", None, None),
            ("501234567", None, None),
            ("0501234567", Some("ZZ"), None),
            ("٠٥٠١٢٣٤٥٦٧", Some("SA"), None),
            ("", Some("SA"), None),
            ("123", Some("SA"), None),
            ("05012345678901234", Some("SA"), None),
        ] {
            let parsed = Phone::parse_from(text, country).ok();
            assert_eq!(parsed.as_ref().map(Phone::as_str), e164, "{text} {country:?}");
        }
    }

    #[test]
    fn s32_a_number_has_one_spelling_however_it_is_written() {
        for text in ["+966501234567", " +966 50 123 4567 ", "+966-50-123.4567", "+966 (0)50 123 4567"] {
            let phone = Phone::parse(text).unwrap();
            assert_eq!((phone.as_str(), phone.country()), ("+966501234567", Some("SA")), "{text}");
        }
        let italian = Phone::parse("+39 02 3661 8300").unwrap();
        assert_eq!(italian.as_str(), "+390236618300", "a zero that belongs to the number stays");
        for (text, country) in [
            ("+2250707070707", "CI"),
            ("+12015550123", "US"),
            ("+14165550123", "CA"),
            ("+447400123456", "GB"),
            ("+971501234567", "AE"),
            ("+4915112345678", "DE"),
        ] {
            assert_eq!(Phone::parse(text).unwrap().country(), Some(country), "{text}");
        }
    }

    #[test]
    fn s32_what_is_no_number_is_refused_with_what_to_write() {
        let refusal = |text: &str| Phone::parse(text).unwrap_err().to_string();
        for text in ["", "0501234567", "00966501234567", "966501234567", "sam", "٠٥٠"] {
            assert!(refusal(text).contains("+966501234567"), "{text}");
        }
        for text in
            ["+", "+1", "+966501234567 ext 4", "+٩٦٦٥٠١٢٣٤٥٦٧", "+1234567890123456789", "+999501234567"]
        {
            assert!(refusal(text).contains("+966501234567"), "{text}");
        }
        assert!(refusal("+96650123456").contains("digit is missing"));
        for costly in ["+449098790123", "+447012345678", "+18002345678", "+19002345678"] {
            assert!(refusal(costly).contains("costs"), "{costly}");
        }
    }

    #[test]
    fn s53_a_number_is_shown_with_its_middle_hidden() {
        let phone = Phone::parse("+966501234567").unwrap();
        assert_eq!(phone.masked(), "+9665••••••67");
        assert_eq!(format!("{phone:?}"), "Phone(\"+9665••••••67\")");
        assert_eq!(phone.block(), "+96650123");
    }

    proptest! {
        #[test]
        fn no_text_whatever_makes_parsing_panic(text in r"\+?[0-9+ ()x;ext.\-]{0,24}|\PC{0,24}") {
            if let Ok(phone) = Phone::parse(&text) {
                prop_assert_eq!(Phone::parse(phone.as_str()).unwrap(), phone);
            }
        }
    }
}
