//! The settings of an OAuth client, each standing once: its name, whose clients have it, what it may be, its default, and
//! where it is kept. They are for the places where an API's own sources disagree.

use super::client::{Demand, Flavour, Wording};
use crate::engine::Error;
use crate::store::OauthClientRow;

/// One setting.
#[derive(Debug)]
struct Setting {
    /// Its name, the same in commands, documents and the database.
    name: &'static str,
    /// What it is for.
    meaning: &'static str,
    /// Whose clients have it; none: all.
    of: Option<Flavour>,
    kind: Kind,
    at: fn(&mut OauthClientRow) -> &mut Option<String>,
}

#[derive(Debug)]
enum Kind {
    /// One of these; the first is the default.
    Words(&'static [&'static str]),
    /// One of these; the flavour says which is the default.
    Demand,
    /// Any word of up to 32 letters, digits, `_` and `-`.
    Free(&'static str),
}

const DEMANDS: &[&str] = &["always", "enrolled"];
const REJECTED: &[&str] = &["invalid_grant", "access_denied"];
const NOT_ENROLLED: &[&str] = &["association_required", "unsupported_challenge_type"];
const REQUIREMENTS: &[&str] = &["omit", "emit"];

static SETTINGS: [Setting; 6] = [
    Setting {
        name: "demand",
        meaning: "of whom a second factor is asked",
        of: None,
        kind: Kind::Demand,
        at: |row| &mut row.demand,
    },
    Setting {
        name: "rejected",
        meaning: "the error when a push was refused",
        of: Some(Flavour::Auth0),
        kind: Kind::Words(REJECTED),
        at: |row| &mut row.rejected,
    },
    Setting {
        name: "not_enrolled",
        meaning: "the error of a challenge for somebody without a factor",
        of: Some(Flavour::Auth0),
        kind: Kind::Words(NOT_ENROLLED),
        at: |row| &mut row.not_enrolled,
    },
    Setting {
        name: "requirements",
        meaning: "whether mfa_required says which factors there are",
        of: Some(Flavour::Auth0),
        kind: Kind::Words(REQUIREMENTS),
        at: |row| &mut row.requirements,
    },
    Setting {
        name: "enroll_word",
        meaning: "the status of a state token whose owner has no factor",
        of: Some(Flavour::Reltio),
        kind: Kind::Free("ENROLL"),
        at: |row| &mut row.enroll_word,
    },
    Setting {
        name: "verify_word",
        meaning: "the status of a state token whose owner has one",
        of: Some(Flavour::Reltio),
        kind: Kind::Free("VERIFY"),
        at: |row| &mut row.verify_word,
    },
];

/// A client's setting as it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSetting {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub value: String,
    /// Whether that is the default.
    pub default: bool,
    /// What it is for.
    pub meaning: &'static str,
    /// What it may be; empty: any word of up to 32 letters, digits, `_` and `-`.
    pub choices: &'static [&'static str],
}

impl Setting {
    fn default(&self, flavour: Flavour) -> &'static str {
        match (&self.kind, flavour) {
            (Kind::Words(words), _) => words.first().copied().unwrap_or_default(),
            (Kind::Demand, Flavour::Auth0) => "always",
            (Kind::Demand, Flavour::Reltio) => "enrolled",
            (Kind::Free(word), _) => word,
        }
    }

    fn may_be(&self, text: &str) -> bool {
        match &self.kind {
            Kind::Words(words) => words.contains(&text),
            Kind::Demand => DEMANDS.contains(&text),
            Kind::Free(_) => {
                (1..=32).contains(&text.len())
                    && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
            }
        }
    }

    fn words(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::Words(words) => words,
            Kind::Demand => DEMANDS,
            Kind::Free(_) => &[],
        }
    }

    fn choices(&self) -> String {
        match self.words() {
            [] => "a word of up to 32 letters, digits, _ and -".to_owned(),
            words => format!("one of {}", words.join(", ")),
        }
    }

    fn is_of(&self, flavour: Flavour) -> bool {
        self.of.is_none_or(|of| of == flavour)
    }

    fn set(&self, row: &OauthClientRow) -> Option<String> {
        (self.at)(&mut row.clone()).clone()
    }
}

/// Sets `name` to `value`; `default` takes away what was set.
///
/// # Errors
/// [`Error::Invalid`] that says which settings there are, or what this one may be.
pub(super) fn set(row: &mut OauthClientRow, flavour: Flavour, name: &str, value: &str) -> Result<(), Error> {
    let all = || SETTINGS.iter().filter(|setting| setting.is_of(flavour));
    let setting = all().find(|setting| setting.name == name).ok_or_else(|| {
        let names: Vec<_> = all().map(|setting| setting.name).collect();
        let flavour = flavour.as_str();
        Error::Invalid(format!("clients of {flavour} have no setting {name}; they have {}", names.join(", ")))
    })?;
    let value = Some(value).filter(|value| *value != "default");
    if let Some(refused) = value.filter(|value| !setting.may_be(value)) {
        let choices = setting.choices();
        return Err(Error::Invalid(format!("{name} cannot be {refused}: it is {choices}, or default")));
    }
    *(setting.at)(row) = value.map(str::to_owned);
    Ok(())
}

/// All settings that a client of this flavour has.
pub(super) fn in_force(row: &OauthClientRow, flavour: Flavour) -> Vec<ClientSetting> {
    let one = |setting: &Setting| {
        let set = setting.set(row);
        let default = set.is_none();
        let value = set.unwrap_or_else(|| setting.default(flavour).to_owned());
        let (name, meaning, choices) = (setting.name, setting.meaning, setting.words());
        ClientSetting { name, value, default, meaning, choices }
    };
    SETTINGS.iter().filter(|setting| setting.is_of(flavour)).map(one).collect()
}

/// What the settings come to; none when one of them holds what it cannot be.
pub(super) fn read(row: &OauthClientRow, flavour: Flavour) -> Option<(Demand, Wording)> {
    let word = |name: &str| {
        let setting = SETTINGS.iter().find(|setting| setting.name == name)?;
        let value = setting.set(row).unwrap_or_else(|| setting.default(flavour).to_owned());
        setting.may_be(&value).then_some(value)
    };
    let one_of = |name: &str, words: &'static [&'static str]| {
        let word = word(name)?;
        words.iter().copied().find(|known| *known == word)
    };
    let demand = if word("demand")? == "always" { Demand::Always } else { Demand::Enrolled };
    let wording = Wording {
        rejected: one_of("rejected", REJECTED)?,
        not_enrolled: one_of("not_enrolled", NOT_ENROLLED)?,
        requirements: word("requirements")? == "emit",
        enroll_word: word("enroll_word")?,
        verify_word: word("verify_word")?,
    };
    Some((demand, wording))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_can_be_its_default_and_be_set_and_taken_away() {
        for flavour in [Flavour::Auth0, Flavour::Reltio] {
            let mut row = OauthClientRow::default();
            let default = read(&row, flavour).unwrap();
            for setting in in_force(&row, flavour) {
                assert!(setting.default, "{setting:?}");
                set(&mut row, flavour, setting.name, &setting.value).unwrap();
            }
            assert!(in_force(&row, flavour).iter().all(|setting| !setting.default));
            assert_eq!(read(&row, flavour).unwrap(), default);
            for setting in in_force(&row, flavour) {
                set(&mut row, flavour, setting.name, "default").unwrap();
            }
            assert_eq!(row, OauthClientRow::default());
        }
    }

    #[test]
    fn what_cannot_be_is_refused_with_what_can() {
        let mut row = OauthClientRow::default();
        let mut refusal = |flavour, name, value| set(&mut row, flavour, name, value).unwrap_err().to_string();
        assert!(refusal(Flavour::Auth0, "rejected", "no").contains("invalid_grant, access_denied"));
        assert!(refusal(Flavour::Auth0, "demand", "never").contains("always, enrolled"));
        assert!(refusal(Flavour::Auth0, "verify_word", "X").contains("rejected, not_enrolled"));
        assert!(refusal(Flavour::Reltio, "verify_word", "two words").contains("up to 32"));
        assert!(refusal(Flavour::Reltio, "verify_word", "").contains("up to 32"));
        assert!(refusal(Flavour::Reltio, "rejected", "access_denied").contains("enroll_word"));
        assert_eq!(row, OauthClientRow::default());
    }

    #[test]
    fn what_was_set_is_what_is_read() {
        let mut row = OauthClientRow::default();
        for (name, value) in [("demand", "enrolled"), ("rejected", "access_denied"), ("requirements", "emit")]
        {
            set(&mut row, Flavour::Auth0, name, value).unwrap();
        }
        let (demand, wording) = read(&row, Flavour::Auth0).unwrap();
        assert_eq!(
            (demand, wording.rejected, wording.requirements),
            (Demand::Enrolled, "access_denied", true)
        );
        assert_eq!((wording.enroll_word.as_str(), wording.verify_word.as_str()), ("ENROLL", "VERIFY"));
        row.rejected = Some("something else".to_owned());
        assert_eq!(read(&row, Flavour::Auth0), None, "a row that holds what cannot be lets nobody in");
    }
}
