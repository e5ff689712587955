//! Under which name a tenant issues tokens: its own host name, so that no tenant's tokens pass for another's.

use countersign_protocol::id::TenantId;

use crate::engine::oauth::SignInError;
use crate::engine::{Engine, Error};

/// Who issues a tenant's tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// The tenant.
    pub tenant: TenantId,
    /// `iss` of every token: `https://HOST/`, with the slash.
    pub url: String,
}

impl Issuer {
    /// The audience of tokens that change factors: `https://HOST/mfa/`.
    #[must_use]
    pub fn mfa_audience(&self) -> String {
        format!("{}mfa/", self.url)
    }
}

impl Engine {
    /// The tenant's issuer.
    ///
    /// # Errors
    /// [`SignInError::NoIssuer`].
    pub async fn issuer_of(&self, tenant: TenantId) -> Result<Issuer, SignInError> {
        let _ = tenant;
        Err(SignInError::Rule(Error::Closing))
    }

    /// Whose host name this is, as a request says it in `Host`; none: nobody's.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn issuer_at(&self, host: &str) -> Result<Option<Issuer>, Error> {
        let _ = host;
        Err(Error::Closing)
    }
}
