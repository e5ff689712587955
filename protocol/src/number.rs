//! The number that binds two screens: shown where the person signs in and typed or picked on the phone, or the other way
//! round.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use subtle::ConstantTimeEq as _;

/// How many digits the login screen may show: 2, or 6 where the tenant claims an out-of-band factor at AAL2
/// (NIST SP 800-63B-4 §3.1.3.2 wants six).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digits {
    /// 00…99.
    Two,
    /// 000000…999999.
    Six,
}

impl Digits {
    /// 2 or 6.
    #[must_use]
    pub fn count(self) -> u8 {
        match self {
            Self::Two => 2,
            Self::Six => 6,
        }
    }

    /// The other way round.
    #[must_use]
    pub fn from_count(count: u8) -> Option<Self> {
        match count {
            2 => Some(Self::Two),
            6 => Some(Self::Six),
            _ => None,
        }
    }

    /// A number from eight random bytes, with leading zeros. The remainder's bias is below 2⁻⁴⁴.
    #[must_use]
    pub fn number(self, random: [u8; 8]) -> String {
        let width = usize::from(self.count());
        format!("{:0width$}", u64::from_be_bytes(random) % 10u64.pow(u32::from(self.count())))
    }

    /// Whether `typed` has the right form: exactly this many ASCII digits.
    #[must_use]
    pub fn fits(self, typed: &str) -> bool {
        typed.len() == usize::from(self.count()) && typed.bytes().all(|b| b.is_ascii_digit())
    }
}

/// A number of two digits that a person can pick: 00…99. In JSON it is a text of exactly two ASCII digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TwoDigits(u8);

/// Not two ASCII digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a number to pick is two digits, 00 to 99")]
pub struct TwoDigitsError;

impl fmt::Display for TwoDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

impl FromStr for TwoDigits {
    type Err = TwoDigitsError;
    fn from_str(text: &str) -> Result<Self, TwoDigitsError> {
        if Digits::Two.fits(text) {
            text.parse().map(Self).map_err(|_| TwoDigitsError)
        } else {
            Err(TwoDigitsError)
        }
    }
}

impl Serialize for TwoDigits {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TwoDigits {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

/// Three different numbers in random order, and which of them the login screen shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// What the phone offers.
    pub options: [TwoDigits; 3],
    /// What the login screen shows: one of the three.
    pub right: TwoDigits,
}

impl fmt::Debug for Choice {
    /// Without saying which is right.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Choice").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Choice {
    /// A choice from eight random bytes. Each of the 2,910,600 possible ones is as likely as any other, to within 2⁻⁴².
    #[must_use]
    pub fn new(random: [u8; 8]) -> Self {
        let mut rest = u64::from_be_bytes(random);
        let mut draw = |of: u8| {
            let drawn = rest % u64::from(of);
            rest /= u64::from(of);
            u8::try_from(drawn).unwrap_or(0)
        };
        let first = draw(100);
        // Drawn from the numbers that are left, counted upwards past those that are gone.
        let second = draw(99);
        let second = second + u8::from(second >= first);
        let (low, high) = (first.min(second), first.max(second));
        let third = draw(98);
        let third = third + u8::from(third >= low);
        let third = third + u8::from(third >= high);
        let [first, second, third] = [first, second, third].map(TwoDigits);
        let right = match draw(3) {
            0 => first,
            1 => second,
            _ => third,
        };
        Self { options: [first, second, third], right }
    }
}

/// Compares without telling by its duration where the difference is.
#[must_use]
pub fn matches(expected: &str, typed: &str) -> bool {
    expected.as_bytes().ct_eq(typed.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn s8_a_number_always_has_its_digits(random: [u8; 8]) {
            for digits in [Digits::Two, Digits::Six] {
                prop_assert!(digits.fits(&digits.number(random)));
            }
        }

        #[test]
        fn only_the_same_number_matches(a in "[0-9]{2}", b in "[0-9]{0,6}") {
            prop_assert_eq!(matches(&a, &b), a == b);
        }
    }

    proptest! {
        #[test]
        fn property_5_the_numbers_to_pick_from_are_three_and_the_right_one_is_among_them(random: [u8; 8]) {
            let Choice { options: [a, b, c], right } = Choice::new(random);
            prop_assert!(a != b && b != c && a != c);
            prop_assert!([a, b, c].contains(&right));
            for number in [a, b, c] {
                prop_assert_eq!(number.to_string().parse(), Ok(number));
            }
        }

        #[test]
        fn only_two_ascii_digits_are_a_number_to_pick(text in prop_oneof![any::<String>(), "[0-9]{1,3}", "[0-9+ -]{2}"]) {
            let read = text.parse::<TwoDigits>();
            prop_assert_eq!(read.is_ok(), Digits::Two.fits(&text));
            if let Ok(read) = read {
                prop_assert_eq!(read.to_string(), text);
            }
        }
    }

    #[test]
    fn property_5_every_number_and_every_place_can_be_the_right_one() {
        let (mut numbers, mut places) = (std::collections::BTreeSet::new(), [0u32; 3]);
        for i in 0..30_000u64 {
            // Any odd multiplier: the low digits of neighbours differ enough.
            let choice = Choice::new(i.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
            numbers.extend(choice.options);
            places[choice.options.iter().position(|o| *o == choice.right).unwrap()] += 1;
        }
        assert_eq!(numbers.len(), 100);
        assert!(places.iter().all(|n| (9_000..11_000).contains(n)), "{places:?}");
        assert!(!format!("{:?}", Choice::new([7; 8])).contains("right"));
    }

    #[test]
    fn every_two_digit_number_occurs() {
        let seen: std::collections::BTreeSet<_> =
            (0..100u64).map(|i| Digits::Two.number(i.to_be_bytes())).collect();
        assert_eq!(seen.len(), 100);
        assert!(seen.contains("00") && seen.contains("07"));
    }
}
