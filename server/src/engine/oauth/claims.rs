//! What stands in our tokens: access tokens as RFC 9068 has them, id tokens as OpenID Connect does.

use countersign_protocol::id::{from_base32, to_base32};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::engine::Error;
use crate::engine::policy::Factor;
use crate::store::UserRow;

/// Bytes of the scopes of one request at most.
const LONGEST_SCOPE: usize = 1_000;
/// What a token for the factors' API can allow.
const MFA_SCOPES: [&str; 3] = ["enroll", "read:authenticators", "remove:authenticators"];
/// What else may be asked for beside it.
const OPENID_SCOPES: [&str; 3] = ["openid", "profile", "email"];

/// An access token. Times are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessClaims {
    pub(super) iss: String,
    pub(super) sub: String,
    pub(super) aud: String,
    /// The application that it was given to, in OpenID Connect's word and in RFC 9068's.
    pub(super) azp: String,
    pub(super) client_id: String,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) jti: String,
    pub(super) scope: String,
    /// When the person signed in; not there when an application speaks for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) auth_time: Option<i64>,
    /// With what (RFC 8176).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) amr: Option<Vec<String>>,
    /// The word of the second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cs_factor: Option<String>,
}

/// An id token.
#[derive(Debug, Clone, Serialize)]
pub(super) struct IdClaims<'a> {
    pub(super) iss: &'a str,
    pub(super) sub: &'a str,
    pub(super) aud: &'a str,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) auth_time: i64,
    pub(super) amr: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
}

/// Who a person is in tokens: `usr_` and 26 characters.
pub(super) fn subject(user: &UserRow) -> String {
    format!("usr_{}", to_base32(user.id))
}

/// The other way round.
pub(super) fn user_of(subject: &str) -> Option<Uuid> {
    from_base32(subject.strip_prefix("usr_")?)
}

/// With what a person signed in (RFC 8176).
pub(super) fn methods(by: Option<Factor>) -> Vec<String> {
    let second = by.map(|_| "mfa");
    std::iter::once("pwd").chain(second).map(str::to_owned).collect()
}

/// The words of a scope (RFC 6749 §3.3), each once.
pub(super) fn words(scope: &str) -> Result<Vec<&str>, Error> {
    let is_plain = |c: char| matches!(c, '!' | '#'..='[' | ']'..='~' | ' ');
    if scope.len() > LONGEST_SCOPE || !scope.chars().all(is_plain) {
        let message = format!(
            "scope must be words with spaces between, at most {LONGEST_SCOPE} characters, without quotes and backslashes"
        );
        return Err(Error::Invalid(message));
    }
    let mut words = Vec::new();
    for word in scope.split(' ').filter(|word| !word.is_empty()) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    Ok(words)
}

/// Of what was asked for, what a token for the factors' API allows: all of it when none of its own scopes was named. It
/// is not refreshed.
pub(super) fn mfa_words<'a>(asked: &[&'a str]) -> Vec<&'a str> {
    let ours = |word: &&&str| MFA_SCOPES.contains(*word) || OPENID_SCOPES.contains(*word);
    let mut granted: Vec<&str> = asked.iter().filter(ours).copied().collect();
    if !granted.iter().any(|word| MFA_SCOPES.contains(word)) {
        granted.extend(MFA_SCOPES);
    }
    granted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_words_of_plain_characters_each_once() {
        assert_eq!(words("openid  email openid").unwrap(), ["openid", "email"]);
        assert_eq!(words("").unwrap(), [""; 0]);
        for bad in ["a\"b", "a\\b", "a\tb", "é", "a\u{0}", &"a ".repeat(501)] {
            assert!(words(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_token_for_factors_allows_what_was_asked_of_its_own_words_or_all_of_them() {
        assert_eq!(mfa_words(&[]), MFA_SCOPES);
        assert_eq!(mfa_words(&["enroll", "write:orders", "offline_access"]), ["enroll"]);
        assert_eq!(
            mfa_words(&["openid", "offline_access"]),
            ["openid", "enroll", "read:authenticators", "remove:authenticators"]
        );
    }

    #[test]
    fn a_subject_is_read_back_and_nothing_else_is() {
        let id = Uuid::from_u128(7);
        assert_eq!(user_of(&format!("usr_{}", to_base32(id))), Some(id));
        for bad in ["", "usr_", "app_00000000000000000000000007", "usr_7", "USR_00000000000000000000000007"] {
            assert_eq!(user_of(bad), None, "{bad}");
        }
    }
}
