//! Sign-ins of applications that show nothing but the channel when they ask how it went.

use std::net::IpAddr;

use countersign_protocol::id::{TenantId, from_base32};
use uuid::Uuid;

use crate::engine::{ApplicationId, Engine, Error, Transaction};

impl Engine {
    /// The transaction with this channel, for who shows no secret, from `address`. A channel has 256 random bits and is not
    /// to be guessed; who tries is told to wait (S26). Who has a channel is not: whoever sends others to a web site with
    /// made-up channels must not be able to lock the site's own people out.
    ///
    /// # Errors
    /// [`Error::TransactionNotFound`]; [`Error::Unauthorized`] when the application is not set so that the channel is
    /// enough; [`Error::TooManyAttempts`] after many of those.
    pub async fn transaction_by_channel_alone(
        &self,
        channel: &str,
        address: Option<IpAddr>,
    ) -> Result<Transaction, Error> {
        // Nobody has shown which application they are, so all of a tenant's count as one.
        let tenant = channel.strip_prefix("ch_").and_then(|rest| from_base32(rest.get(..26)?));
        let tenant = TenantId(tenant.unwrap_or(Uuid::nil()));
        let (id, now) = (ApplicationId { tenant, local: Uuid::nil() }, self.now());
        let refused = match self.transaction(channel).await {
            Ok(found) if found.caller.web.legacy_check => return Ok(found),
            Ok(_) => Error::Unauthorized,
            Err(Error::TransactionNotFound) => Error::TransactionNotFound,
            Err(error) => return Err(error),
        };
        self.attempts.check(id, address, now)?;
        self.attempts.failed(id, false, address, now);
        Err(refused)
    }
}
