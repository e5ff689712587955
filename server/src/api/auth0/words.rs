//! What Auth0 calls things: kinds of factors, channels, and the ids of authenticators.

use crate::engine::policy::Factor;
use crate::engine::{FactorId, ListedFactor};

/// `otp`, `oob` or `recovery-code`.
pub(super) fn authenticator_type(kind: Factor) -> &'static str {
    match kind {
        Factor::Totp => "otp",
        Factor::Recovery => "recovery-code",
        Factor::Push | Factor::Sms | Factor::Voice | Factor::Email => "oob",
    }
}

/// By which way a question out of band goes; none for what asks none.
pub(super) fn channel(kind: Factor) -> Option<&'static str> {
    match kind {
        Factor::Push => Some("auth0"),
        Factor::Sms => Some("sms"),
        Factor::Voice => Some("voice"),
        Factor::Email => Some("email"),
        Factor::Totp | Factor::Recovery => None,
    }
}

/// The other way round.
pub(super) fn from_channel(word: &str) -> Option<Factor> {
    Factor::ALL.into_iter().find(|kind| channel(*kind) == Some(word))
}

/// The kinds that a type of challenge stands for.
pub(super) fn kinds(challenge_type: &str) -> Vec<Factor> {
    Factor::ALL.into_iter().filter(|kind| authenticator_type(*kind) == challenge_type).collect()
}

/// The word before the bar in an authenticator's id.
fn id_word(kind: Factor) -> &'static str {
    match kind {
        Factor::Recovery => "recovery-code",
        Factor::Push | Factor::Totp | Factor::Sms | Factor::Voice | Factor::Email => kind.as_str(),
    }
}

/// `totp|fac_…`, `push|dev_…`.
pub(super) fn authenticator_id(factor: &ListedFactor) -> String {
    format!("{}|{}", id_word(factor.kind), factor.id)
}

/// The factor that such an id names; none for what is no such id.
pub(super) fn from_authenticator_id(text: &str) -> Option<FactorId> {
    let (word, id) = text.split_once('|')?;
    let known = Factor::ALL.into_iter().any(|kind| id_word(kind) == word);
    id.parse().ok().filter(|_| known)
}

/// The word of newer clients, which look for it where the application has `mfa_requirements` told.
pub(super) fn newer_type(kind: Factor) -> &'static str {
    match kind {
        Factor::Totp => "otp",
        Factor::Push => "push-notification",
        Factor::Sms | Factor::Voice => "phone",
        Factor::Email => "email",
        Factor::Recovery => "recovery-code",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_stands_for_what_it_did_before() {
        for kind in Factor::ALL {
            assert!(channel(kind).is_none_or(|word| from_channel(word) == Some(kind)));
            assert!(kinds(authenticator_type(kind)).contains(&kind));
        }
        assert_eq!(kinds("otp"), [Factor::Totp]);
        assert_eq!(kinds("oob"), [Factor::Push, Factor::Sms, Factor::Voice, Factor::Email]);
        assert!(kinds("").is_empty() && from_channel("fax").is_none());
    }

    #[test]
    fn an_id_has_a_known_word_and_a_bar() {
        let id = "fac_00000000000000000000000007";
        assert!(from_authenticator_id(&format!("totp|{id}")).is_some());
        for text in ["", "|", id, "fax|fac_00000000000000000000000007", "totp|", "totp|x", "|fac_0"] {
            assert!(from_authenticator_id(text).is_none(), "{text}");
        }
    }
}
