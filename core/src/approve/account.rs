//! One enrolled account: all that a phone must remember to be asked and to answer. Nothing in it is secret; the
//! private keys stay with [`crate::keys`], and keeping the record safe is the work of [`crate::vault`].

use countersign_protocol::challenge::DeviceKeys;
use countersign_protocol::id::{DeviceId, to_base32};
use countersign_protocol::jwk::{PublicKey, Thumbprint};
use countersign_protocol::wire::Platform;
use serde::{Deserialize, Serialize};

/// From this difference on the person is told that the phone's clock is wrong, in seconds.
pub const CLOCK_TOLERANCE: i64 = 60;

/// Names an account on this phone, and its keys in the key store: `acc_` and 26 random characters.
///
/// It is the phone's own: a device id is chosen by a server, and one server could choose another's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(String);

impl AccountId {
    /// A new one from 16 random bytes.
    #[must_use]
    pub fn new(random: [u8; 16]) -> Self {
        Self(format!("acc_{}", to_base32(uuid::Uuid::from_bytes(random))))
    }

    /// The text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for AccountId {
    /// Takes any text: whether there is such an account is seen when it is looked up.
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl std::fmt::Display for AccountId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// An account as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its name here; the key store's alias of both private keys.
    pub id: AccountId,
    /// The server's id: its base URL without a trailing slash.
    pub server: String,
    /// The key that challenges must be signed with. Follows the server's chain of keys, see [`super::KeyQuestion`].
    pub server_key: PublicKey,
    /// Thumbprints of the keys that were pinned before, oldest first: what older receipts are checked against.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_server_keys: Vec<Thumbprint>,
    /// Who this device is to the server. Only unique there.
    pub device: DeviceId,
    /// The public keys.
    pub keys: DeviceKeys,
    /// The relying party's name for the person.
    pub user_ref: String,
    /// The person's own name, if the server told it.
    pub user_name: Option<String>,
    /// The display name of the organisation.
    pub tenant_name: String,
    /// The name the person gave this device.
    pub device_name: String,
    /// Which kind of device.
    pub platform: Platform,
    /// When it was enrolled, seconds since 1970 by the server's clock.
    pub enrolled_at: u64,
    /// Server's clock minus the phone's at the last reply, in seconds. Shown to the person; dates answers, and says whether a
    /// question that was scanned without a network has expired.
    #[serde(default)]
    pub clock_offset: i64,
}

impl Account {
    /// How far the phone's clock is behind the server's (negative: ahead), when it is worth telling the person.
    #[must_use]
    pub fn clock_error(&self) -> Option<i64> {
        (self.clock_offset.saturating_abs() > CLOCK_TOLERANCE).then_some(self.clock_offset)
    }

    /// Takes in what a reply says of the server's clock; both in seconds since 1970.
    pub fn saw_clock(&mut self, server_time: u64, phone_time: u64) {
        self.clock_offset = offset(server_time, phone_time);
    }

    /// Pins `newest`, to which the server's chain of keys has led, and keeps the earlier pin for older receipts.
    pub fn follow(&mut self, newest: PublicKey) {
        let earlier = self.server_key.thumbprint();
        if newest.thumbprint() != earlier {
            self.earlier_server_keys.retain(|key| *key != earlier);
            self.earlier_server_keys.push(earlier);
            self.server_key = newest;
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/api/v1/device{path}", self.server)
    }
}

/// `server_time - phone_time`, in seconds.
#[must_use]
pub fn offset(server_time: u64, phone_time: u64) -> i64 {
    let signed = |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX);
    signed(server_time).saturating_sub(signed(phone_time))
}
