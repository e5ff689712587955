//! Applications as OAuth clients: whose words they speak, what they may ask for, and from which pages.

use super::client_settings;
use crate::engine::Error;
use crate::engine::oauth::SignInError;
use crate::store::OauthClientRow;

/// The grant by which an application gets tokens for itself. No client has it unless it was given it.
pub(super) const CLIENT_CREDENTIALS: &str = "client_credentials";

/// Whose API an application was written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// Auth0's.
    Auth0,
    /// Reltio's.
    Reltio,
}

impl Flavour {
    /// The word it is known by.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auth0 => "auth0",
            Self::Reltio => "reltio",
        }
    }

    /// The flavour known by this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Auth0, Self::Reltio].into_iter().find(|flavour| flavour.as_str() == word)
    }

    /// The grants that its clients have unless told otherwise.
    pub(super) fn grants(self) -> &'static [&'static str] {
        match self {
            Self::Auth0 => &[
                "password",
                "http://auth0.com/oauth/grant-type/password-realm",
                "refresh_token",
                "http://auth0.com/oauth/grant-type/mfa-otp",
                "http://auth0.com/oauth/grant-type/mfa-oob",
                "http://auth0.com/oauth/grant-type/mfa-recovery-code",
            ],
            Self::Reltio => &["password", "refresh_token", "state_token"],
        }
    }

    /// The grants that its clients may have, those first that they have unless told otherwise.
    pub fn all_grants(self) -> impl Iterator<Item = &'static str> {
        self.grants().iter().copied().chain([CLIENT_CREDENTIALS])
    }
}

/// Of whom a second factor is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// Of everyone: whoever has none is given one before they get in.
    Always,
    /// Of whoever has one.
    Enrolled,
}

/// Words where an API's own sources disagree. Fields of the other flavour have its defaults and mean nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// Auth0, a refused push: `invalid_grant` (403) or `access_denied` (400).
    pub rejected: &'static str,
    /// Auth0, a challenge for somebody without a factor: `association_required` or `unsupported_challenge_type`.
    pub not_enrolled: &'static str,
    /// Auth0: whether `mfa_required` says which factors there are (`mfa_requirements`).
    pub requirements: bool,
    /// Reltio: the status of a state token whose owner has no factor; `ENROLL` unless told otherwise.
    pub enroll_word: String,
    /// Reltio: the status of one whose owner has a factor; `VERIFY` unless told otherwise.
    pub verify_word: String,
}

/// An application as an OAuth client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OauthClient {
    /// Whose words it speaks.
    pub flavour: Flavour,
    /// Whether it is one that cannot keep a secret.
    pub public: bool,
    /// The grants that it may use, as they stand in `grant_type`.
    pub grants: Vec<String>,
    /// The APIs that it may ask tokens for, besides the tenant's own.
    pub audiences: Vec<String>,
    /// The web origins that may call as this application, such as `https://app.example.org`.
    pub origins: Vec<String>,
    /// Of whom a second factor is asked.
    pub demand: Demand,
    /// Its words where sources disagree.
    pub wording: Wording,
}

impl OauthClient {
    /// That it may use this grant.
    ///
    /// # Errors
    /// [`SignInError::GrantNotAllowed`].
    pub fn may_use(&self, grant: &str) -> Result<(), SignInError> {
        if self.grants.iter().any(|allowed| allowed == grant) {
            Ok(())
        } else {
            Err(SignInError::GrantNotAllowed(grant.to_owned()))
        }
    }
}

/// The words of a list that is kept with spaces between.
pub(super) fn words(list: &str) -> Vec<String> {
    list.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A client out of its row.
pub(in crate::engine) fn read(row: &OauthClientRow) -> Result<OauthClient, Error> {
    let damaged = Error::Damaged("OAuth client");
    let flavour = Flavour::from_word(&row.flavour).ok_or(damaged.clone())?;
    let (demand, wording) = client_settings::read(row, flavour).ok_or(damaged)?;
    Ok(OauthClient {
        flavour,
        public: row.is_public != 0,
        grants: words(&row.grants),
        audiences: words(&row.audiences),
        origins: words(&row.origins),
        demand,
        wording,
    })
}
