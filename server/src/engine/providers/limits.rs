//! How much a channel that costs money may be used: to which countries, and how often in a day.

use crate::engine::Error;
use crate::store::ProviderRow;

/// Where messages may go, and how many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// To which countries.
    pub countries: Countries,
    /// Messages that a tenant may cause in a day (UTC); none: as many as it likes.
    pub per_day: Option<i64>,
}

/// Countries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Countries {
    /// Every one.
    #[default]
    All,
    /// These: ISO 3166 codes, two capital letters each.
    Only(Vec<String>),
}

impl Countries {
    /// Reads `all`, or codes with commas or spaces between.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let words: Vec<String> =
            text.split([',', ' ']).filter(|word| !word.is_empty()).map(str::to_ascii_uppercase).collect();
        let is_code = |word: &String| word.len() == 2 && word.bytes().all(|b| b.is_ascii_uppercase());
        match words.as_slice() {
            [all] if all == "ALL" => Ok(Self::All),
            [] => Err(countries_wrong()),
            codes if codes.iter().all(is_code) => Ok(Self::Only(words)),
            _ => Err(countries_wrong()),
        }
    }

    /// Whether a country is among them.
    #[must_use]
    pub fn contain(&self, country: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(codes) => codes.iter().any(|code| code == country),
        }
    }

    /// As it is kept and shown.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Only(codes) => codes.join(" "),
        }
    }

    fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::All, both) | (both, Self::All) => both.clone(),
            (Self::Only(codes), other) => {
                Self::Only(codes.iter().filter(|code| other.contain(code)).cloned().collect())
            }
        }
    }
}

fn countries_wrong() -> Error {
    let sentence = "countries must be two-letter codes with commas between, such as SA,AE, or all";
    Error::Invalid(sentence.to_owned())
}

impl Limits {
    pub(super) fn of_row(row: &ProviderRow) -> Result<Self, Error> {
        let countries = row.countries.as_deref().map(Countries::parse).transpose();
        let countries = countries.map_err(|_| Error::Damaged("list of countries"))?.unwrap_or_default();
        Ok(Self { countries, per_day: row.per_day })
    }

    /// What both allow.
    pub(super) fn narrowed_by(&self, other: Option<&Self>) -> Self {
        let Some(other) = other else { return self.clone() };
        let per_day = [self.per_day, other.per_day].into_iter().flatten().min();
        Self { countries: self.countries.and(&other.countries), per_day }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s32_countries_are_named_and_a_tenant_can_only_take_away() {
        let platform = Limits { countries: Countries::parse("sa, ae").unwrap(), per_day: Some(100) };
        let wish = Limits { countries: Countries::parse("AE US").unwrap(), per_day: Some(500) };
        let both = platform.narrowed_by(Some(&wish));
        assert_eq!((both.countries.text().as_str(), both.per_day), ("AE", Some(100)));
        assert!(both.countries.contain("AE") && !both.countries.contain("US"));
        assert_eq!(Limits::default().narrowed_by(Some(&wish)), wish);
        assert_eq!(Countries::parse("all").unwrap(), Countries::All);
        for wrong in ["", " ", "SAU", "S1", "SA;AE", "all,SA"] {
            assert!(Countries::parse(wrong).is_err(), "{wrong}");
        }
    }
}
