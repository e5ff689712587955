//! Issuer and account out of the label and the parameters.

use super::parameters::Parameters;
use super::{OtpAuthError, decode, decode_form};

/// What an account is called.
pub(super) struct Names {
    pub(super) issuer: Option<String>,
    pub(super) account: String,
}

impl Names {
    /// The `issuer` parameter wins. A prefix of the label that repeats it is dropped; a different one stays part of the
    /// account, since it may be all that tells two accounts apart. Names that a person gave in FreeOTP win over both.
    pub(super) fn of(label: &str, parameters: &Parameters) -> Result<Self, OtpAuthError> {
        let named = parameters.issuer.as_deref().map(str::trim);
        let mut names = match named.filter(|issuer| !issuer.is_empty()) {
            Some(issuer) => Self::with_issuer(label, issuer)?,
            None => Self::from_label(label)?,
        };
        let own = |name: &Option<String>| name.clone().filter(|name| !name.trim().is_empty());
        names.issuer = own(&parameters.own_issuer).or(names.issuer);
        names.account = own(&parameters.own_account).unwrap_or(names.account);
        Ok(names)
    }

    /// Whether these are the names of a Steam account whose link does not mark it otherwise.
    pub(super) fn steam(&self, digits: Option<u8>) -> bool {
        let steam = self.issuer.as_deref().is_some_and(|name| name.trim().eq_ignore_ascii_case("steam"));
        steam && matches!(digits, None | Some(5))
    }

    /// `issuer:account`. A colon that is written as such separates before one that is escaped.
    pub(super) fn from_label(label: &str) -> Result<Self, OtpAuthError> {
        if let Some((issuer, account)) = label.split_once(':') {
            let (issuer, account) = (decode(issuer)?, decode(account)?);
            return Ok(Self {
                issuer: Some(issuer.as_str().to_owned()),
                account: account.as_str().to_owned(),
            });
        }
        let decoded = decode(label)?;
        Ok(match decoded.split_once(':') {
            Some((issuer, account)) => Self { issuer: Some(issuer.to_owned()), account: account.to_owned() },
            None => Self { issuer: None, account: decoded.as_str().to_owned() },
        })
    }

    pub(super) fn with_issuer(label: &str, issuer: &str) -> Result<Self, OtpAuthError> {
        let decoded = decode(label)?;
        let (issuer, account) = match without_prefix(&decoded, issuer) {
            Some(account) => (issuer, Some(account)),
            None => (without_period(issuer), without_prefix(&decoded, without_period(issuer))),
        };
        let account = match account {
            Some(account) => account.to_owned(),
            // Some services encode the label like a form. That its prefix reads like the issuer only then is the proof.
            None if label.contains('+') => {
                let form = decode_form(label)?;
                without_prefix(&form, issuer).unwrap_or(&decoded).to_owned()
            }
            None => decoded.as_str().to_owned(),
        };
        Ok(Self { issuer: Some(issuer.to_owned()), account })
    }
}

/// An early version of Ente forgot a `&`, so that the period became part of the issuer.
fn without_period(issuer: &str) -> &str {
    match issuer.rsplit_once("period=") {
        Some((issuer, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => issuer.trim(),
        _ => issuer,
    }
}

/// `label` after `issuer` and a colon, if it begins so, without regard to case and space.
fn without_prefix<'a>(label: &'a str, issuer: &str) -> Option<&'a str> {
    // The issuer may hold colons itself, so each colon could be the one that ends it.
    label.match_indices(':').find_map(|(at, _)| {
        let (prefix, account) = label.split_at_checked(at)?;
        (prefix.trim().to_lowercase() == issuer.to_lowercase()).then(|| account.strip_prefix(':'))?
    })
}
