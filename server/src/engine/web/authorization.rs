//! Tokens by which an application asks one person without showing its secret. There is one for each application and
//! person; it is made from what is in the database and a key that is not, so that it can be told again and nobody reads
//! it out of the rows.

use std::net::IpAddr;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::engine::{Caller, Engine, Error};
use crate::store::UserRow;

impl Engine {
    /// The token by which this application may ask this person.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn authorize(&self, _caller: &Caller, _user: &UserRow) -> Result<Zeroizing<String>, Error> {
        Err(Error::Closing)
    }

    /// Who calls with this token, from `address`, and whom it is about.
    ///
    /// # Errors
    /// [`Error::Unauthorized`]; [`Error::TooManyAttempts`] after many of those.
    pub async fn authorized(
        &self,
        _token: &str,
        _address: Option<IpAddr>,
    ) -> Result<(Arc<Caller>, UserRow), Error> {
        Err(Error::Unauthorized)
    }

    /// Makes every token of this application for this person worthless.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn end_authorization(&self, _caller: &Caller, _user: &UserRow) -> Result<(), Error> {
        Err(Error::Closing)
    }
}
