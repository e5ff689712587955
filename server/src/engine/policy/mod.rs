//! What a tenant or one of its applications asks of a sign-in: the settings, their ranges, and what holds in the end.
//! From where sign-ins may come is next door, in `access`.

mod access;
mod change;
mod settings;

pub use access::{AccessRule, Effect, Matcher};
pub use change::{ListedRule, Scope};
#[cfg(test)]
pub(crate) use settings::all_settings;
pub use settings::{Choices, SettingInForce};

use countersign_protocol::risk::Risk;

use super::Error;
use crate::store::Policies;

/// When a sign-in shows a number (protocol, property 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberRule {
    /// When the login screen is ours, or its owner asked for one; otherwise the person is verified.
    Auto,
    /// Always.
    Required,
    /// Never: the person is always verified.
    Off,
}

/// What the number is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberKind {
    /// Two digits on the login screen, typed on the phone.
    Type2,
    /// Six digits on the login screen, typed on the phone.
    Type6,
    /// Six digits on the phone after approving, typed on the login screen.
    Show,
    /// Two digits on the login screen, picked out of three on the phone. Weak: one tap in three is right.
    Pick,
}

impl NumberKind {
    /// Its word in settings, replies and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Type2 => "type2",
            Self::Type6 => "type6",
            Self::Show => "show",
            Self::Pick => "pick",
        }
    }
}

/// The factors that an application allows. A set of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factors(u8);

/// One way to prove who one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factor {
    /// A signed answer by a device.
    Push,
    /// A time-based one-time password.
    Totp,
    /// A code by short message. Restricted (S13).
    Sms,
    /// A code by call. Restricted (S13).
    Voice,
    /// A code by e-mail. Never out of band (S13).
    Email,
    /// A recovery code.
    Recovery,
}

impl Factor {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Push, Self::Totp, Self::Sms, Self::Voice, Self::Email, Self::Recovery];

    /// Its word in settings, in the log and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Totp => "totp",
            Self::Sms => "sms",
            Self::Voice => "voice",
            Self::Email => "email",
            Self::Recovery => "recovery",
        }
    }

    /// The other way round.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|factor| factor.as_str() == word)
    }

    /// Whether it is good only for want of better (S13): codes that travel over a telephone network.
    #[must_use]
    pub fn is_restricted(self) -> bool {
        matches!(self, Self::Sms | Self::Voice)
    }
}

impl Factors {
    /// Words with spaces or commas between. None when there is no word, or an unknown one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let words = text.split([' ', ',']).filter(|word| !word.is_empty());
        let bit = |word: &str| Factor::ALL.into_iter().find(|f| f.as_str() == word).map(|f| 1 << f as u8);
        let bits = words.map(bit).try_fold(0, |all, bit| bit.map(|bit: u8| all | bit))?;
        (bits != 0).then_some(Self(bits))
    }

    /// Whether the factor is one of them.
    #[must_use]
    pub fn allow(self, factor: Factor) -> bool {
        self.0 & (1 << factor as u8) != 0
    }
}

impl std::fmt::Display for Factors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<_> = Factor::ALL.into_iter().filter(|x| self.allow(*x)).map(Factor::as_str).collect();
        f.write_str(&words.join(" "))
    }
}

/// What holds for an application: its own settings over its tenant's over the defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// When a sign-in shows a number.
    pub number_match: NumberRule,
    /// What the number is like.
    pub number_kind: NumberKind,
    /// Whether approving always needs the verification key.
    pub verification_required: bool,
    /// Whether a person may sign rules that approve for them.
    pub auto_accept: bool,
    /// The factors that may be used.
    pub factors: Factors,
    /// The risk that is assumed at least.
    pub risk: Risk,
    /// Seconds a person has to answer, 30…600.
    pub answer_window: i64,
    /// Seconds that the result can be read after the end, 60…604,800.
    pub result_window: i64,
    /// Pushes a user is sent in any minute; 0: no limit.
    pub pushes_per_minute: i64,
    /// Questions that wait at once for a user and application; 0: no limit.
    pub pending_limit: i64,
    /// Refusals in a row until pushes cool down.
    pub denial_limit: i64,
    /// Seconds without pushes then.
    pub cool_down: i64,
    /// Failures in a row until the factor is locked, 1…100 (S6).
    pub failure_limit: i64,
    /// Time steps before and after the present one whose one-time passwords pass too, 0…2 (S18).
    pub totp_window: i64,
    /// Whether an application must show fresh authentication before it changes somebody's factors (S49).
    pub factor_changes_need_proof: bool,
    /// Whether a reset that one operator asks for in the console waits for another one.
    pub two_person_resets: bool,
    /// Whether the help desk may enrol phones in the console.
    pub help_desk_enrols: bool,
    /// Whether only phones are enrolled that prove that their keys are in hardware.
    pub attestation_required: bool,
    /// From where sign-ins may come.
    pub access: Vec<AccessRule>,
}

impl Policy {
    /// What holds where this was set.
    ///
    /// # Errors
    /// [`Error::Damaged`] for a setting that this version would not have written. It decides nothing then.
    pub fn of(set: &Policies) -> Result<Self, Error> {
        let layers = [&set.application, &set.tenant];
        let rules = set.rules.iter().map(AccessRule::read).collect::<Result<_, _>>()?;
        settings::policy(&layers, rules).ok_or(Error::Damaged("policy"))
    }

    /// Whether a factor may be used at this risk. `risk` is what is asked for; the policy's own may be higher.
    ///
    /// # Errors
    /// [`Error::FactorNotAllowed`]; [`Error::FactorTooWeak`] where the person must be verified, which only a device
    /// can do (S13).
    pub fn allowed_at(&self, risk: Option<Risk>, factor: Factor) -> Result<(), Error> {
        if !self.factors.allow(factor) {
            return Err(Error::FactorNotAllowed(factor.as_str()));
        }
        let risk = risk.map_or(self.risk, |risk| risk.max(self.risk));
        if risk == Risk::High && factor != Factor::Push {
            return Err(Error::FactorTooWeak(factor.as_str()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::PolicyRow;

    #[test]
    fn the_applications_word_counts_before_the_tenants() {
        let tenant = PolicyRow {
            number_match: Some("required".to_owned()),
            answer_window: Some(60),
            ..PolicyRow::default()
        };
        let application = PolicyRow { number_match: Some("off".to_owned()), ..PolicyRow::default() };
        let policy = Policy::of(&Policies { tenant, application, rules: Vec::new() }).unwrap();
        assert_eq!((policy.number_match, policy.answer_window), (NumberRule::Off, 60));
        assert_eq!((policy.pushes_per_minute, policy.failure_limit), (5, 10));
    }

    #[test]
    fn a_setting_that_cannot_be_is_an_error_and_no_default() {
        let set = |row: PolicyRow| Policies { tenant: row, ..Policies::default() };
        for row in [
            PolicyRow { number_match: Some("perhaps".to_owned()), ..PolicyRow::default() },
            PolicyRow { answer_window: Some(601), ..PolicyRow::default() },
            PolicyRow { factors: Some(String::new()), ..PolicyRow::default() },
        ] {
            assert_eq!(Policy::of(&set(row)), Err(Error::Damaged("policy")));
        }
    }

    #[test]
    fn s13_at_high_risk_no_code_is_enough() {
        let policy = |risk: Option<i64>| {
            let tenant = PolicyRow { risk, ..PolicyRow::default() };
            Policy::of(&Policies { tenant, ..Policies::default() }).unwrap()
        };
        for factor in Factor::ALL {
            let asked = policy(None).allowed_at(Some(Risk::High), factor);
            let assumed = policy(Some(3)).allowed_at(Some(Risk::Ordinary), factor);
            let expected = match factor {
                Factor::Push => Ok(()),
                code => Err(Error::FactorTooWeak(code.as_str())),
            };
            assert_eq!((&asked, &assumed), (&expected, &expected));
            assert_eq!(policy(None).allowed_at(Some(Risk::Raised), factor), Ok(()));
        }
    }

    #[test]
    fn factors_are_a_set_of_words() {
        assert_eq!(Factors::parse("totp,push").map(|f| f.to_string()).as_deref(), Some("push totp"));
        assert!(Factors::parse("").is_none() && Factors::parse("push fax").is_none());
    }
}
