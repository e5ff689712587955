//! What the person is shown before they say yes: whose server, whose account. Making the device is `machine.rs`.

use countersign_protocol::jwk::PublicKey;
use countersign_protocol::link::EnrollmentLink;
use countersign_protocol::wire::EnrollmentInfo;

use super::{Check, EnrollError};
use crate::exchange::Reply;

/// A checked invitation: the server that made it holds the key that the link names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub(super) link: EnrollmentLink,
    pub(super) server_key: PublicKey,
    /// The organisation's display name.
    pub tenant: String,
    /// The relying party's name for the person.
    pub user_ref: String,
    /// The person's own name, if the server tells it.
    pub user_name: Option<String>,
    /// `s…e@example.org`, if the server tells it.
    pub email_masked: Option<String>,
    /// What else the server wants before it takes the device.
    pub(super) check: Check,
    /// When the link ends, RFC 3339.
    pub expires_at: String,
    /// Seconds since 1970 by the server's clock.
    pub server_time: u64,
}

impl Offer {
    pub(super) fn from_reply(link: &EnrollmentLink, reply: &Reply) -> Result<Self, EnrollError> {
        let info: EnrollmentInfo = reply.json()?;
        // The key comes first: until it is the right one, nothing else in the reply deserves to be believed or told.
        if info.server.key.thumbprint() != link.server_key {
            return Err(EnrollError::OtherKey);
        }
        if info.server.id != link.server {
            let shown = info.server.id.chars().filter(|c| !c.is_control()).take(200).collect();
            return Err(EnrollError::OtherServer { link: link.server.clone(), server: shown });
        }
        let check = Check::from_word(&info.challenge_type)?;
        Ok(Self {
            link: link.clone(),
            server_key: info.server.key,
            tenant: info.tenant.name,
            user_ref: info.user.user_ref,
            user_name: info.user.display_name,
            email_masked: info.user.email_masked,
            check,
            expires_at: info.expires_at,
            server_time: info.server.time,
        })
    }

    /// What must still be shown before the device is taken: see [`Offer::verify`].
    #[must_use]
    pub fn check(&self) -> Check {
        self.check
    }

    /// The server's base URL.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.link.server
    }

    /// The server's key, as proved by the link.
    #[must_use]
    pub fn server_key(&self) -> &PublicKey {
        &self.server_key
    }
}
