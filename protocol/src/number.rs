//! The number that binds two screens: shown where the person signs in, typed on the phone.

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

    #[test]
    fn every_two_digit_number_occurs() {
        let seen: std::collections::BTreeSet<_> =
            (0..100u64).map(|i| Digits::Two.number(i.to_be_bytes())).collect();
        assert_eq!(seen.len(), 100);
        assert!(seen.contains("00") && seen.contains("07"));
    }
}
