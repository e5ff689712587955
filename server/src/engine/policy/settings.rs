//! The settings of a policy, each standing once: its name, what it may be, its default, and where it is kept.

use std::ops::RangeInclusive;

use super::{AccessRule, Factors, NumberKind, NumberRule, Policy};
use crate::engine::{ANSWER_WINDOWS, DEFAULT_ANSWER_WINDOW, Error};
use crate::store::PolicyRow;

/// One setting.
#[derive(Debug)]
pub(super) struct Setting {
    /// Its name, the same in commands, documents and the database.
    pub name: &'static str,
    /// What it is for, and its unit.
    pub meaning: &'static str,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Words { words: &'static [&'static str], at: fn(&mut PolicyRow) -> &mut Option<String> },
    Factors,
    Number { range: RangeInclusive<i64>, default: i64, at: fn(&mut PolicyRow) -> &mut Option<i64> },
}

macro_rules! words {
    ($name:ident, $meaning:literal, $($word:literal),+) => {
        Setting {
            name: stringify!($name),
            meaning: $meaning,
            kind: Kind::Words { words: &[$($word),+], at: |row| &mut row.$name },
        }
    };
}

macro_rules! number {
    ($name:ident, $meaning:literal, $range:expr, $default:expr) => {
        Setting {
            name: stringify!($name),
            meaning: $meaning,
            kind: Kind::Number { range: $range, default: $default, at: |row| &mut row.$name },
        }
    };
}

/// All settings. Of words, the first is the default.
pub(super) static SETTINGS: [Setting; 18] = [
    words!(number_match, "when a number binds the two screens", "auto", "required", "off"),
    words!(number_kind, "what that number is like", "type2", "type6", "show", "pick"),
    words!(verification, "when approving needs biometrics or passcode", "auto", "required"),
    words!(auto_accept, "whether people may sign rules that approve for them", "off", "on"),
    Setting {
        name: "factors",
        meaning: "what may be used: push totp sms voice email recovery",
        kind: Kind::Factors,
    },
    number!(risk, "the least risk that is assumed; 3 demands verification", 1..=3, 1),
    number!(answer_window, "seconds to answer", ANSWER_WINDOWS, DEFAULT_ANSWER_WINDOW),
    number!(result_window, "seconds to read how it ended", 60..=604_800, 86_400),
    number!(pushes_per_minute, "for each user; 0: no limit", 0..=60, 5),
    number!(pending_limit, "questions at once for each user and application; 0: no limit", 0..=20, 1),
    number!(denial_limit, "refusals in a row until pushes cool down", 1..=100, 3),
    number!(cool_down, "seconds without pushes then", 60..=86_400, 300),
    number!(failure_limit, "failures in a row until a factor is locked", 1..=100, 10),
    number!(totp_window, "time steps before and after now whose one-time passwords pass", 0..=2, 1),
    words!(
        factor_changes,
        "at whose word factors change: an application's, or with proof",
        "application",
        "proof"
    ),
    words!(two_person_resets, "whether a second operator must approve resets in the console", "off", "on"),
    words!(help_desk_enrols, "whether the help desk may enrol phones in the console", "on", "off"),
    words!(
        require_attestation,
        "what a phone must prove of its keys when it is enrolled; of a tenant only",
        "none",
        "hardware"
    ),
];

/// What holds for a whole tenant: an application has no word in it. An enrolment link belongs to none.
const OF_TENANTS: [&str; 3] = ["two_person_resets", "help_desk_enrols", "require_attestation"];

/// Whether an application may set this.
///
/// # Errors
/// [`Error::Invalid`] for what only its tenant can.
pub(super) fn may_differ(name: &str) -> Result<(), Error> {
    if OF_TENANTS.contains(&name) {
        return Err(Error::Invalid(format!(
            "{name} holds for a whole tenant: set it without an application"
        )));
    }
    Ok(())
}

const ALL_FACTORS: &str = "push totp sms voice email recovery";

/// A setting as it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingInForce {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub value: String,
    /// Who says so: `application`, `tenant` or `default`.
    pub by: &'static str,
    /// What it is for.
    pub meaning: &'static str,
    /// What is set here, and not further up.
    pub set_here: Option<String>,
    /// What it may be.
    pub choices: Choices,
}

/// What a setting may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choices {
    /// One of these words.
    Words(&'static [&'static str]),
    /// Some of [`Factor::ALL`](super::Factor::ALL), at least one.
    Factors,
    /// A number.
    Number(RangeInclusive<i64>),
}

impl Choices {
    /// Whether it may be this.
    #[must_use]
    pub fn hold(&self, text: &str) -> bool {
        match self {
            Self::Words(words) => words.contains(&text),
            Self::Factors => Factors::parse(text).is_some(),
            Self::Number(range) => text.parse().is_ok_and(|n| range.contains(&n)),
        }
    }
}

impl Setting {
    /// Its value in a row, as text.
    fn read(&self, row: &PolicyRow) -> Option<String> {
        let row = &mut row.clone();
        match &self.kind {
            Kind::Words { at, .. } => at(row).clone(),
            Kind::Factors => row.factors.clone(),
            Kind::Number { at, .. } => at(row).map(|n| n.to_string()),
        }
    }

    fn default(&self) -> String {
        match &self.kind {
            Kind::Words { words, .. } => words.first().copied().unwrap_or_default().to_owned(),
            Kind::Factors => ALL_FACTORS.to_owned(),
            Kind::Number { default, .. } => default.to_string(),
        }
    }

    /// Whether it may be this.
    fn may_be(&self, text: &str) -> bool {
        match &self.kind {
            Kind::Words { words, .. } => words.contains(&text),
            Kind::Factors => Factors::parse(text).is_some(),
            Kind::Number { range, .. } => text.parse().is_ok_and(|n| range.contains(&n)),
        }
    }

    /// Says what it may be.
    fn choices(&self) -> String {
        match &self.kind {
            Kind::Words { words, .. } => format!("one of {}", words.join(", ")),
            Kind::Factors => format!("one or more of {ALL_FACTORS}"),
            Kind::Number { range, .. } => format!("a number from {} to {}", range.start(), range.end()),
        }
    }

    /// Its value where the first of `layers` that says anything decides.
    fn in_force(&self, layers: &[(&'static str, &PolicyRow)]) -> SettingInForce {
        let said = layers.iter().find_map(|(by, row)| Some((*by, self.read(row)?)));
        let (by, value) = said.unwrap_or_else(|| ("default", self.default()));
        let set_here = layers.first().and_then(|(_, row)| self.read(row));
        let choices = match &self.kind {
            Kind::Words { words, .. } => Choices::Words(words),
            Kind::Factors => Choices::Factors,
            Kind::Number { range, .. } => Choices::Number(range.clone()),
        };
        SettingInForce { name: self.name, value, by, meaning: self.meaning, set_here, choices }
    }
}

/// Sets `name` to `value`; `default` takes away what was set.
///
/// # Errors
/// [`Error::Invalid`] that says which settings there are, or what this one may be.
pub(crate) fn set(row: &mut PolicyRow, name: &str, value: &str) -> Result<(), Error> {
    let setting = SETTINGS.iter().find(|s| s.name == name).ok_or_else(|| {
        let names: Vec<_> = SETTINGS.iter().map(|s| s.name).collect();
        Error::Invalid(format!("there is no setting {name}; there are {}", names.join(", ")))
    })?;
    let value = Some(value).filter(|v| *v != "default");
    if let Some(refused) = value.filter(|v| !setting.may_be(v)) {
        return Err(Error::Invalid(format!(
            "{name} cannot be {refused}: it is {}, or default",
            setting.choices()
        )));
    }
    match &setting.kind {
        Kind::Words { at, .. } => *at(row) = value.map(str::to_owned),
        Kind::Factors => row.factors = value.and_then(Factors::parse).map(|f| f.to_string()),
        Kind::Number { at, .. } => *at(row) = value.and_then(|v| v.parse().ok()),
    }
    Ok(())
}

/// All settings as they are in force, the first of `layers` counting most.
pub(crate) fn in_force(layers: &[(&'static str, &PolicyRow)]) -> Vec<SettingInForce> {
    SETTINGS.iter().map(|setting| setting.in_force(layers)).collect()
}

/// All there are, for whoever says something about each.
#[cfg(test)]
pub(crate) fn all_settings() -> Vec<SettingInForce> {
    in_force(&[])
}

/// The policy over these layers; none when one of them holds what a setting cannot be.
pub(super) fn policy(layers: &[&PolicyRow], access: Vec<AccessRule>) -> Option<Policy> {
    let named: Vec<_> = layers.iter().map(|row| ("", *row)).collect();
    let word = |name: &str| {
        let setting = SETTINGS.iter().find(|s| s.name == name)?;
        Some(setting.in_force(&named).value).filter(|value| setting.may_be(value))
    };
    let number = |name: &str| word(name)?.parse::<i64>().ok();
    Some(Policy {
        number_match: match word("number_match")?.as_str() {
            "required" => NumberRule::Required,
            "off" => NumberRule::Off,
            _ => NumberRule::Auto,
        },
        number_kind: match word("number_kind")?.as_str() {
            "type6" => NumberKind::Type6,
            "show" => NumberKind::Show,
            "pick" => NumberKind::Pick,
            _ => NumberKind::Type2,
        },
        verification_required: word("verification")? == "required",
        auto_accept: word("auto_accept")? == "on",
        factors: Factors::parse(&word("factors")?)?,
        risk: u8::try_from(number("risk")?).ok()?.try_into().ok()?,
        answer_window: number("answer_window")?,
        result_window: number("result_window")?,
        pushes_per_minute: number("pushes_per_minute")?,
        pending_limit: number("pending_limit")?,
        denial_limit: number("denial_limit")?,
        cool_down: number("cool_down")?,
        failure_limit: number("failure_limit")?,
        totp_window: number("totp_window")?,
        factor_changes_need_proof: word("factor_changes")? == "proof",
        two_person_resets: word("two_person_resets")? == "on",
        help_desk_enrols: word("help_desk_enrols")? == "on",
        attestation_required: word("require_attestation")? == "hardware",
        access,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_can_be_its_default_and_be_set_and_taken_away() {
        let mut row = PolicyRow::default();
        for setting in &SETTINGS {
            assert!(setting.may_be(&setting.default()), "{}", setting.name);
            set(&mut row, setting.name, &setting.default()).unwrap();
            assert_eq!(setting.read(&row), Some(setting.default()), "{}", setting.name);
        }
        assert!(policy(&[&row], Vec::new()).is_some());
        for setting in &SETTINGS {
            set(&mut row, setting.name, "default").unwrap();
        }
        assert_eq!(row, PolicyRow::default());
    }

    #[test]
    fn what_cannot_be_is_refused_with_what_can() {
        let mut row = PolicyRow::default();
        let refusal = |row: &mut PolicyRow, name, value| set(row, name, value).unwrap_err().to_string();
        assert!(refusal(&mut row, "answer_window", "601").contains("30 to 600"));
        assert!(refusal(&mut row, "answer_window", "soon").contains("30 to 600"));
        assert!(refusal(&mut row, "number_kind", "type4").contains("type2, type6, show, pick"));
        assert!(refusal(&mut row, "factors", "fax").contains("push totp sms voice email recovery"));
        assert!(refusal(&mut row, "colour", "red").contains("number_match"));
        assert_eq!(row, PolicyRow::default());
    }
}
