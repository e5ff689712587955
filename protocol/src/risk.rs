//! How unusual a sign-in is, from 1 to 3, as the server's policy judges it.

use serde::{Deserialize, Serialize};

/// A risk profile. In JSON it is the number 1, 2 or 3.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Risk {
    /// 1: nothing stands out.
    #[default]
    Ordinary,
    /// 2: something does. No rule of the person's answers it.
    Raised,
    /// 3: an unusual sign-in, and shells say so. Approving always demands verification.
    High,
}

/// Not 1, 2 or 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a risk is 1, 2 or 3")]
pub struct RiskError;

impl Risk {
    /// Whether it is [`Risk::Ordinary`].
    #[must_use]
    pub fn is_ordinary(&self) -> bool {
        *self == Self::Ordinary
    }
}

impl From<Risk> for u8 {
    fn from(risk: Risk) -> Self {
        match risk {
            Risk::Ordinary => 1,
            Risk::Raised => 2,
            Risk::High => 3,
        }
    }
}

impl TryFrom<u8> for Risk {
    type Error = RiskError;
    fn try_from(number: u8) -> Result<Self, RiskError> {
        match number {
            1 => Ok(Self::Ordinary),
            2 => Ok(Self::Raised),
            3 => Ok(Self::High),
            _ => Err(RiskError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_risk_is_one_of_three_numbers() {
        for number in 0..=u8::MAX {
            let risk = Risk::try_from(number);
            assert_eq!(risk.is_ok(), (1..=3).contains(&number), "{number}");
            assert_eq!(serde_json::from_str(&number.to_string()).ok(), risk.ok());
            assert!(risk.is_err() || u8::from(risk.unwrap()) == number);
        }
        for text in ["1.0", "-1", "257", "\"1\"", "null", "true", "[1]", "1e0"] {
            assert!(serde_json::from_str::<Risk>(text).is_err(), "{text}");
        }
        assert!(Risk::Ordinary < Risk::Raised && Risk::Raised < Risk::High);
        assert_eq!(Risk::default(), Risk::Ordinary);
    }
}
